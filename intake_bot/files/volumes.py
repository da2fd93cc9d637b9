"""Archives in several volumes: which files of a mail belong together, and one archive out of them."""

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

from intake_bot.files.facts import Kind, Trouble
from intake_bot.files.zips import Unreadable


class Style(StrEnum):
    """How a packer names and cuts volumes."""

    SINGLE = "single"
    PARTS = "parts"
    """x.part1.rar, x.part2.rar: every volume is an archive of its own."""
    OLD_RAR = "old rar"
    """x.rar, x.r00, x.r01: likewise, up to WinRAR 2.9 and on request later."""
    CUT = "cut"
    """x.7z.001, x.7z.002: one archive, cut."""
    DISKS = "disks"
    """x.z01, x.z02, x.zip: one zip, cut, whose table of contents counts from the beginning of each volume."""


@dataclass(frozen=True)
class VolumeSet:
    """Where the volumes of one archive are in the list that was given, the first one first."""

    style: Style
    places: tuple[int, ...]


_VOLUMES = (
    (re.compile(r"\.part\d+\.rar$|\.r\d\d$|\.rar\.\d{3}$", re.I), Kind.RAR),
    (re.compile(r"\.7z\.\d{3}$", re.I), Kind.SEVEN_ZIP),
    (re.compile(r"\.z\d\d$|\.\d{3}$", re.I), Kind.ZIP),
)


def volume_kind(name: str) -> Kind | None:
    """The kind of archive that a file named like this is one volume of; None for any other name."""
    return next((kind for pattern, kind in _VOLUMES if pattern.search(name)), None)


_NAMES: tuple[tuple[re.Pattern[str], Style, Callable[[re.Match[str]], int]], ...] = (
    (re.compile(r"(.+)\.part(\d{1,5})\.rar", re.I), Style.PARTS, lambda found: int(found[2])),
    (re.compile(r"(.+)\.rar", re.I), Style.OLD_RAR, lambda found: 1),
    (re.compile(r"(.+)\.r(\d\d)", re.I), Style.OLD_RAR, lambda found: int(found[2]) + 2),
    (re.compile(r"(.+)\.(\d{3})", re.I), Style.CUT, lambda found: int(found[2])),
    (re.compile(r"(.+)\.z(\d\d)", re.I), Style.DISKS, lambda found: int(found[2])),
    (re.compile(r"(.+)\.zip", re.I), Style.DISKS, lambda found: 0),
)
"""How volumes are named, and which number a name has. The .zip of a set is its last volume."""


def volume_sets(names: Sequence[str]) -> tuple[VolumeSet, ...]:
    """The sets of volumes among files of these names, by name alone. A set with a gap is none.

    Whether the last volume is there shows only when the archive is opened.
    """
    found: dict[tuple[str, Style], dict[int, int]] = defaultdict(dict)
    for place, name in enumerate(names):
        for pattern, style, number in _NAMES:
            if match := pattern.fullmatch(name):
                found[match[1].casefold(), style].setdefault(number(match), place)
                break
    return tuple(
        VolumeSet(style, tuple(by_number[number] for number in _order(style, by_number)))
        for (_, style), by_number in found.items()
        if _is_whole(style, sorted(by_number))
    )


def _is_whole(style: Style, numbers: Sequence[int]) -> bool:
    """Counted without a gap, and more than x.rar or x.zip alone, which are most often no volumes at all."""
    first = 0 if style is Style.DISKS else 1
    several = len(numbers) > 1 or style in (Style.PARTS, Style.CUT)
    return several and list(numbers) == list(range(first, first + len(numbers)))


def _order(style: Style, numbers: Iterable[int]) -> list[int]:
    first, *rest = sorted(numbers)
    return [*rest, first] if style is Style.DISKS else [first, *rest]


def gather(volumes: Sequence[Path], style: Style, folder: Path) -> Path:
    """Brings volumes together in an empty folder of their own, under names of ours; the path of what to open there.

    Raises Unreadable when they do not belong together, and OSError, of our own disk.
    """
    match style:
        case Style.SINGLE:
            return _linked(volumes[0], folder / "archive")
        case Style.PARTS:
            names = [f"archive.part{number}.rar" for number in range(1, len(volumes) + 1)]
        case Style.OLD_RAR:
            names = ["archive.rar", *(f"archive.r{number:02d}" for number in range(len(volumes) - 1))]
        case Style.CUT | Style.DISKS:
            whole = _joined(volumes, folder / "archive")
            if style is Style.DISKS:
                _count_from_one_beginning(whole, [volume.stat().st_size for volume in volumes])
            return whole
    first, *_ = [_linked(volume, folder / name) for volume, name in zip(volumes, names, strict=True)]
    return first


def _linked(source: Path, target: Path) -> Path:
    """A hard link where the file system has them; else a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    return target


def _joined(volumes: Sequence[Path], target: Path) -> Path:
    with target.open("wb") as whole:
        for volume in volumes:
            with volume.open("rb") as part:
                shutil.copyfileobj(part, whole, 1 << 20)
    return target


_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
"""End of central directory, and central file header (PKWARE APPNOTE 4.3.16 and 4.3.12)."""


def _count_from_one_beginning(whole: Path, sizes: Sequence[int]) -> None:
    """Makes one zip of volumes that lie behind each other: places in the table of contents count from its beginning.

    Of the larger form of the table (zip64) no volumes are known in the wild; that form is left alone. Raises
    Unreadable.
    """
    starts = [0, *accumulate(sizes)]
    with whole.open("r+b") as file:
        file.seek(max(0, starts[-1] - _END.size - 0xFFFF))
        tail = file.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) - at < _END.size:
            raise Unreadable(Trouble.SPLIT)
        sign, disk, first, _, entries, size, offset, comment = _END.unpack_from(tail, at)
        if disk != len(sizes) - 1 or first > disk or size > 0xFFFFFF:
            raise Unreadable(Trouble.SPLIT)
        begin = starts[first] + offset
        file.seek(begin)
        table = bytearray(file.read(size))
        _move_entries(table, starts)
        file.seek(begin)
        file.write(table)
        file.seek(starts[-1] - len(tail) + at)
        file.write(_END.pack(sign, 0, 0, entries, entries, size, begin, comment))


def _move_entries(table: bytearray, starts: Sequence[int]) -> None:
    at = 0
    while at + _ENTRY.size <= len(table):
        fields = list(_ENTRY.unpack_from(table, at))
        name, extra, comment, disk, offset = *fields[10:14], fields[16]
        if fields[0] != b"PK\x01\x02" or disk >= len(starts) - 1 or starts[disk] + offset > 0xFFFFFFFF:
            raise Unreadable(Trouble.SPLIT)
        fields[13], fields[16] = 0, starts[disk] + offset
        _ENTRY.pack_into(table, at, *fields)
        at += _ENTRY.size + name + extra + comment
