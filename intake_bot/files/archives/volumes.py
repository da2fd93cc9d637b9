"""Archives in several volumes: finds the files that are volumes of one archive, and prepares them for unpacking."""

from __future__ import annotations

import os
import re
import shutil
import struct
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from pathlib import Path

from intake_bot.files.facts import Kind, Trouble, Unreadable
from intake_bot.files.zips import find_end_record


class Style(StrEnum):
    """How a packer names and cuts volumes."""

    SINGLE = "single"
    PARTS = "parts"
    """x.part1.rar, x.part2.rar: each volume is an archive that the program opens as one of a set."""
    OLD_RAR = "old rar"
    """x.rar, x.r00, x.r01: the same with the names of WinRAR up to 2.9, and of later ones on request."""
    CUT = "cut"
    """x.7z.001, x.7z.002: one archive, cut into pieces."""
    DISKS = "disks"
    """x.z01, x.z02, x.zip: one zip, cut into pieces. The offsets in its table count from the start of each volume."""


@dataclass(frozen=True)
class VolumeSet:
    """The volumes of one archive, in order, as positions in the list of names given to `volume_sets`."""

    style: Style
    positions: tuple[int, ...]


_VOLUMES = (
    (re.compile(r"\.part\d+\.rar$|\.r\d\d$|\.rar\.\d{3}$", re.I), Kind.RAR),
    (re.compile(r"\.7z\.\d{3}$", re.I), Kind.SEVEN_ZIP),
    (re.compile(r"\.z\d\d$|\.\d{3}$", re.I), Kind.ZIP),
)


def volume_kind(name: str) -> Kind | None:
    """Returns the kind of archive that a file of this name is a volume of; None for any other name."""
    return next((kind for pattern, kind in _VOLUMES if pattern.search(name)), None)


_NAMES: tuple[tuple[re.Pattern[str], Style, Callable[[re.Match[str]], int]], ...] = (
    (re.compile(r"(.+)\.part(\d{1,5})\.rar", re.I), Style.PARTS, lambda found: int(found[2])),
    (re.compile(r"(.+)\.rar", re.I), Style.OLD_RAR, lambda found: 1),
    (re.compile(r"(.+)\.r(\d\d)", re.I), Style.OLD_RAR, lambda found: int(found[2]) + 2),
    (re.compile(r"(.+)\.(\d{3})", re.I), Style.CUT, lambda found: int(found[2])),
    (re.compile(r"(.+)\.z(\d\d)", re.I), Style.DISKS, lambda found: int(found[2])),
    (re.compile(r"(.+)\.zip", re.I), Style.DISKS, lambda found: 0),
)
"""Names of volumes, and the number of each. A .zip has number 0 and is the last volume of its set."""


def volume_sets(names: Sequence[str]) -> tuple[VolumeSet, ...]:
    """Returns the sets of volumes among files of these names, judged by the names alone, without sets that have a gap.

    Names do not show whether the last volume is there; opening the archive does.
    """
    found: dict[tuple[str, Style], dict[int, int]] = defaultdict(dict)
    for position, name in enumerate(names):
        for pattern, style, number in _NAMES:
            if match := pattern.fullmatch(name):
                found[match[1].casefold(), style].setdefault(number(match), position)
                break
    return tuple(
        VolumeSet(style, tuple(by_number[number] for number in _order(style, by_number)))
        for (_, style), by_number in found.items()
        if _is_complete(style, sorted(by_number))
    )


def _is_complete(style: Style, numbers: Sequence[int]) -> bool:
    """True for numbers without a gap. A single x.rar or x.zip is an archive and no volume."""
    first = 0 if style is Style.DISKS else 1
    several = len(numbers) > 1 or style in (Style.PARTS, Style.CUT)
    return several and list(numbers) == list(range(first, first + len(numbers)))


def _order(style: Style, numbers: Iterable[int]) -> list[int]:
    first, *rest = sorted(numbers)
    return [*rest, first] if style is Style.DISKS else [first, *rest]


def gather(volumes: Sequence[Path], style: Style, folder: Path) -> Path:
    """Puts the volumes into an empty folder under names of our own, and returns the path of the file to open there.

    Raises Unreadable when they are not volumes of one archive, and OSError of our own disk.
    """
    match style:
        case Style.SINGLE:
            return _link(volumes[0], folder / "archive")
        case Style.PARTS:
            names = [f"archive.part{number}.rar" for number in range(1, len(volumes) + 1)]
        case Style.OLD_RAR:
            names = ["archive.rar", *(f"archive.r{number:02d}" for number in range(len(volumes) - 1))]
        case Style.CUT | Style.DISKS:
            whole = _concatenate(volumes, folder / "archive")
            if style is Style.DISKS:
                _rebase_offsets(whole, [volume.stat().st_size for volume in volumes])
            return whole
    first, *_ = [_link(volume, folder / name) for volume, name in zip(volumes, names, strict=True)]
    return first


def _link(source: Path, target: Path) -> Path:
    """Makes a hard link where the file system has them, else a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    return target


def _concatenate(volumes: Sequence[Path], target: Path) -> Path:
    with target.open("wb") as whole:
        for volume in volumes:
            with volume.open("rb") as part:
                shutil.copyfileobj(part, whole, 1 << 20)
    return target


_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
"""The end of central directory record and a central file header (PKWARE APPNOTE 4.3.16 and 4.3.12)."""


def _rebase_offsets(whole: Path, sizes: Sequence[int]) -> None:
    """Makes one zip of concatenated volumes: rewrites the offsets in its table to count from the start of the file.

    `sizes` are those of the volumes, in bytes. Zip64 is not supported: no volumes of that form are known. Raises
    Unreadable.
    """
    starts = [0, *accumulate(sizes)]
    with whole.open("r+b") as file:
        file.seek(max(0, starts[-1] - _END.size - 0xFFFF))
        tail = file.read()
        at = find_end_record(tail)
        if at < 0:
            raise Unreadable(Trouble.SPLIT)
        signature, disk, first, _, entries, size, offset, comment = _END.unpack_from(tail, at)
        if disk != len(sizes) - 1 or first > disk or size > 0xFFFFFF:
            raise Unreadable(Trouble.SPLIT)
        begin = starts[first] + offset
        file.seek(begin)
        table = bytearray(file.read(size))
        _rebase_entries(table, starts)
        file.seek(begin)
        file.write(table)
        file.seek(starts[-1] - len(tail) + at)
        file.write(_END.pack(signature, 0, 0, entries, entries, size, begin, comment))


def _rebase_entries(table: bytearray, starts: Sequence[int]) -> None:
    at = 0
    while at + _ENTRY.size <= len(table):
        fields = list(_ENTRY.unpack_from(table, at))
        name, extra, comment, disk, offset = *fields[10:14], fields[16]
        if fields[0] != b"PK\x01\x02" or disk >= len(starts) - 1 or starts[disk] + offset > 0xFFFFFFFF:
            raise Unreadable(Trouble.SPLIT)
        fields[13], fields[16] = 0, starts[disk] + offset
        _ENTRY.pack_into(table, at, *fields)
        at += _ENTRY.size + name + extra + comment
