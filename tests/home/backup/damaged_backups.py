"""Damaged and malicious backups, each made from a good one."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def _rewritten(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _manifest(source: Path, target: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    def rewrite(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        change(manifest["entries"])
        members["manifest.json"] = json.dumps(manifest).encode()

    _rewritten(source, target, rewrite)


def cut_off(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes()[:-2000])


def flipped(source: Path, target: Path) -> None:
    content = bytearray(source.read_bytes())
    with zipfile.ZipFile(source) as archive:
        largest = max(archive.infolist(), key=lambda info: info.compress_size)
    content[largest.header_offset + 200] ^= 0xFF
    target.write_bytes(content)


def other_zip(_source: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("照片.jpg", b"\xff\xd8")


def no_zip(_source: Path, target: Path) -> None:
    target.write_bytes(b"SQLite format 3\0" + bytes(1000))


def changed_file(source: Path, target: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        name = next(name for name in members if name.startswith("files/"))
        members[name] = bytes(len(members[name]))

    _rewritten(source, target, change)


def longer_file(source: Path, target: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        name = next(name for name in members if name.startswith("files/"))
        members[name] += bytes(5_000_000)

    _rewritten(source, target, change)


def missing_file(source: Path, target: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        del members[next(name for name in members if name.startswith("files/"))]

    _rewritten(source, target, change)


def no_ledger(source: Path, target: Path) -> None:
    _manifest(source, target, lambda entries: entries.__delitem__(0))


def _renamed(name: str) -> Callable[[Path, Path], None]:
    def damage(source: Path, target: Path) -> None:
        _manifest(source, target, lambda entries: entries[1].update(name=name))

    return damage


def newer(source: Path, target: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["manifest.json"] = members["manifest.json"].replace(b"backup 1", b"backup 2")

    _rewritten(source, target, change)


def name_of_no_letters(source: Path, target: Path) -> None:
    """In the archive's own list of names, which says that it is UTF-8."""
    content = bytearray(source.read_bytes())
    with zipfile.ZipFile(source) as archive:
        content[content.index(b"files/", archive.start_dir)] = 0xFF
    target.write_bytes(content)


def list_before_the_beginning(source: Path, target: Path) -> None:
    """The archive's last record states more bytes before its list than there are."""
    content = bytearray(source.read_bytes())
    at = len(content) - 22 + 16
    offset = int.from_bytes(content[at : at + 4], "little")
    content[at : at + 4] = (offset + 10_000_000).to_bytes(4, "little")
    target.write_bytes(content)


def otherwise_packed(source: Path, target: Path) -> None:
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_BZIP2) as other:
        for name in archive.namelist():
            other.writestr(name, archive.read(name))


DAMAGES: dict[str, Callable[[Path, Path], None]] = {
    "cut off": cut_off,
    "a bit flipped": flipped,
    "another zip": other_zip,
    "no zip": no_zip,
    "a name of no letters": name_of_no_letters,
    "a list before the beginning": list_before_the_beginning,
    "otherwise packed": otherwise_packed,
    "a changed file": changed_file,
    "a longer file": longer_file,
    "a missing file": missing_file,
    "no ledger": no_ledger,
    "a later format": newer,
    "a name that climbs out": _renamed("files/../../../etc/cron.d/x"),
    "an absolute name": _renamed("/etc/cron.d/x"),
    "a name outside of data": _renamed("config/intake.yaml"),
    "a Windows name that climbs out": _renamed("files/..\\..\\x"),
}
