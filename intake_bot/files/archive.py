"""What is in an archive: members streamed one by one into files of our own naming."""

from __future__ import annotations

import hashlib
import re
import shutil
import time
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from intake_bot.disk import own_disk_failures_of
from intake_bot.files.facts import Kind, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.sevenzip import Entry, all_contents, list_entries, program
from intake_bot.files.volumes import Style, gather
from intake_bot.files.zips import UNPACKED_METHODS, Unreadable, open_zip, unpacked

_UTF8_FLAG = 0x800
_LONGEST_NAME = 255

_RUBBISH = re.compile(r"\._.*|~\$.*|\.~lock\..*|\.ds_store|thumbs\.db|desktop\.ini", re.I)
"""What systems and office programs leave in a folder; nobody meant to send it."""

_VOLUME_MARKS = (b"PK\x07\x08", b"PK00")
"""How the first volume of a split zip begins (APPNOTE 8.5.3 and 8.5.4)."""


@dataclass(frozen=True)
class Member:
    """One file out of an archive. `path` is ours; it holds what could be read when `trouble` is not None."""

    name: str
    """The last part of its name, for people; without control characters."""
    folder: str
    path: Path
    bytes: int
    sha256: str
    trouble: Trouble | None


@dataclass(frozen=True)
class Budget:
    """What the archives of one mail may still unpack, all together."""

    members: int
    bytes: int

    @classmethod
    def of(cls, limits: FileLimits) -> Budget:
        return cls(limits.members, limits.unpacked_bytes)


@dataclass(frozen=True)
class Source:
    """One archive on disk: its volumes, the first one first; or itself alone."""

    volumes: tuple[Path, ...]
    kind: Kind
    style: Style = Style.SINGLE
    is_volume: bool = False
    """Its name says that there may be more volumes than these."""


@dataclass(frozen=True)
class Unpacked:
    """What came out. The trouble says that some members, or all, could not be had; `left` is the budget after it."""

    members: tuple[Member, ...]
    trouble: Trouble | None
    left: Budget


def unpack(source: Source, folder: Path, budget: Budget, limits: FileLimits) -> Unpacked:
    """Unpacks an archive into numbered files in `folder`, which is made for it, or made anew. Runs in the worker.

    Nothing in the archive has a say in where they lie. A damaged member is given with its own trouble, and the others
    are there. Raises TemporaryFailure when our disk does not take them.
    """
    whole = folder / "whole"
    with own_disk_failures_of(folder):
        if folder.exists():  # a worker that died left it; this one is asked again
            shutil.rmtree(folder)
        whole.mkdir(parents=True)
        unpacked = _unpack(source, folder, budget, limits)
        shutil.rmtree(whole)
    return unpacked


def _unpack(source: Source, folder: Path, budget: Budget, limits: FileLimits) -> Unpacked:
    work = _Work(source, _Shelf(folder, budget), limits, time.monotonic() + limits.program_seconds)
    try:
        if len(source.volumes) > 1 and work.packed > budget.bytes:
            raise Unreadable(Trouble.BOMB)
        trouble = _unpack_zip(work) if source.kind is Kind.ZIP else _unpack_other(work)
    except Unreadable as error:
        trouble = error.trouble
    if trouble is Trouble.SPLIT or (trouble is Trouble.TRUNCATED and _may_be_volume(source)):
        return Unpacked((), Trouble.SPLIT, budget)
    return Unpacked(tuple(work.shelf.members), trouble, work.shelf.left)


def _may_be_volume(source: Source) -> bool:
    if source.is_volume or source.style is not Style.SINGLE:
        return True
    with source.volumes[0].open("rb") as file:
        return file.read(4) in _VOLUME_MARKS


@dataclass(frozen=True)
class _Work:
    """One archive being unpacked."""

    source: Source
    shelf: _Shelf
    limits: FileLimits
    deadline: float
    """By the monotonic clock, for the program."""

    @property
    def packed(self) -> int:
        """Bytes of the archive."""
        return sum(volume.stat().st_size for volume in self.source.volumes)

    def gathered(self) -> Path:
        """The archive alone in a folder, where the program finds no other volumes than those we mean."""
        return gather(self.source.volumes, self.source.style, self.shelf.folder / "whole")

    def refuse_bomb(self, sizes: Sequence[int]) -> None:
        """Counts what the archive declares: of a member never more than that is read. Raises Unreadable."""
        total = sum(sizes)
        too_dense = total > self.limits.ratio_from and total > self.limits.ratio * self.packed
        if len(sizes) > self.shelf.left.members or total > self.shelf.left.bytes or too_dense:
            raise Unreadable(Trouble.BOMB)


class _Shelf:
    """Where members are put, one by one, within the budget."""

    def __init__(self, folder: Path, budget: Budget) -> None:
        self.folder = folder
        self.members: list[Member] = []
        self.left = budget

    def put(self, parts: Sequence[str], pieces: Iterator[bytes]) -> Trouble | None:
        """Writes a member; what is wrong with it is with the member, and returned."""
        target = self.folder / f"{len(self.members):06d}"
        size, sha256, trouble = _write(pieces, target)
        self.left = Budget(self.left.members - 1, self.left.bytes - size)
        self.members.append(Member(parts[-1], "/".join(parts[:-1])[:_LONGEST_NAME], target, size, sha256, trouble))
        return trouble

    def take_back(self) -> None:
        """Removes the member put last: of what cannot be had nothing is shown."""
        self.members.pop().path.unlink()


# ---- zip -------------------------------------------------------------------------------------------------------------


def _unpack_zip(work: _Work) -> Trouble | None:
    path = work.source.volumes[0] if work.source.style is Style.SINGLE else work.gathered()
    with open_zip(path) as package:
        infos = package.infolist()
        work.refuse_bomb([info.file_size for info in infos])
        if _overlap(infos):
            raise Unreadable(Trouble.BOMB)
        if not _is_for_the_program(infos):
            return _unpack_members(package, infos, work.shelf)
    # Names are read here: without the UTF-8 flag the program reads them wrongly.
    entries = [Entry("/".join(member_name(info)), info.file_size, info.CRC, not info.is_dir()) for info in infos]
    return _take(path if work.source.style is not Style.SINGLE else work.gathered(), entries, work)


def _is_for_the_program(infos: Sequence[zipfile.ZipInfo]) -> bool:
    """Something is packed as zipfile cannot unpack it, and nothing is encrypted: then contents would be left out."""
    return (
        any(info.compress_type not in UNPACKED_METHODS for info in infos)
        and not any(info.flag_bits & 1 for info in infos)
        and program() is not None
    )


def _unpack_members(package: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo], shelf: _Shelf) -> Trouble | None:
    trouble = None
    for info in infos:
        parts = member_name(info)
        if not _is_wanted(parts):
            continue
        bad = shelf.put(parts, unpacked(package, info))
        if bad in (Trouble.ENCRYPTED, Trouble.UNSUPPORTED):
            shelf.take_back()
            trouble = trouble or bad
    return trouble


# ---- RAR, 7z, and rare zips -----------------------------------------------------------------------------------------


def _unpack_other(work: _Work) -> Trouble | None:
    archive = work.gathered()
    listing = list_entries(archive, work.shelf.left.members, work.deadline)
    if listing.trouble in (Trouble.SPLIT, Trouble.TOO_HARD):
        return listing.trouble
    work.refuse_bomb([entry.bytes for entry in listing.entries])
    return _take(archive, listing.entries, work) or listing.trouble


def _take(archive: Path, entries: Sequence[Entry], work: _Work) -> Trouble | None:
    """Cuts the program's stream into members. It ends where an entry is not all there: nothing fits behind it."""
    with all_contents(archive, work.deadline) as contents:
        for entry in entries:
            parts = name_parts(entry.name)
            if not entry.has_content:
                continue
            if not _is_wanted(parts):
                bad = _passed(contents.of(entry))
            elif (bad := work.shelf.put(parts, contents.of(entry))) is Trouble.TRUNCATED:
                work.shelf.take_back()
            if bad is Trouble.TRUNCATED:
                return contents.trouble() or Trouble.DAMAGED
        trouble = contents.trouble()
    # All members came. Where each has its sum, whatever is damaged is with a member already, or nobody's loss.
    summed = all(entry.crc is not None for entry in entries if entry.has_content)
    return None if trouble is Trouble.DAMAGED and summed else trouble


def _passed(pieces: Iterator[bytes]) -> Trouble | None:
    try:
        for _ in pieces:
            pass
    except Unreadable as error:
        return error.trouble
    return None


# ---- names and sizes ------------------------------------------------------------------------------------------------


def _is_wanted(parts: Sequence[str]) -> bool:
    """Somebody meant to send it: no folder, nothing that a system left behind."""
    return bool(parts[-1]) and "__MACOSX" not in parts[:-1] and _RUBBISH.fullmatch(parts[-1]) is None


def member_name(info: zipfile.ZipInfo) -> list[str]:
    """A member's folders and name, for people: no `..`, no drive, no control characters.

    The name is empty for a folder, which ends with a slash, or with a backslash from some Windows tools.

    Chinese Windows writes GBK and macOS UTF-8, both without the flag that says UTF-8. zipfile has read such names as
    cp437, which loses nothing, so the bytes can be had again and read rightly.
    """
    name = info.orig_filename
    if not info.flag_bits & _UTF8_FLAG:
        raw = name.encode("cp437")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("gb18030", "replace")
    return name_parts(name)


def name_parts(name: str) -> list[str]:
    """Folders and name of a member, as `member_name` promises."""
    name = "".join(sign for sign in name if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    *folders, last = [part.strip()[:_LONGEST_NAME] for part in re.split(r"[/\\]", name)]
    return [part for part in folders if part.strip(".") and not part.endswith(":")] + [last]


def _overlap(infos: list[zipfile.ZipInfo]) -> bool:
    """Members that share their bytes: how a small file declares petabytes."""
    spans = sorted((info.header_offset, info.header_offset + 30 + info.compress_size) for info in infos)
    return any(end > start for (_, end), (start, _) in pairwise(spans))


def _write(pieces: Iterator[bytes], target: Path) -> tuple[int, str, Trouble | None]:
    """Bytes written, their SHA-256, and what kept us from writing more. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as file:
        try:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
                size += len(piece)
        except Unreadable as error:
            return size, digest.hexdigest(), error.trouble
    return size, digest.hexdigest(), None
