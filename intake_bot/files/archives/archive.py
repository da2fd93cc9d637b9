"""Unpacks an archive member by member, as a stream, into files under names of our own."""

from __future__ import annotations

import re
import shutil
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from intake_bot.disk.hashing import HashingWriter
from intake_bot.errors import own_disk_failures_of
from intake_bot.files.archives.sevenzip import Entry, find_program, list_entries, read_contents
from intake_bot.files.archives.tar import TarEntry, read_single, read_tar
from intake_bot.files.archives.volumes import Style, gather
from intake_bot.files.facts import Kind, Trouble, Unreadable
from intake_bot.files.limits import FileLimits
from intake_bot.files.zips import UNPACKED_METHODS, ZipArchive, ZipMember, open_zip
from intake_bot.mail.machines.program_parts import SYSTEM_FILE

_LONGEST_NAME = 255

"""Files that systems and office programs create in a folder, and that nobody sends on purpose."""

_VOLUME_MARKS = (b"PK\x07\x08", b"PK00")
"""The first bytes of the first volume of a split zip (APPNOTE 8.5.3 and 8.5.4)."""


@dataclass(frozen=True)
class Member:
    """One file of an archive, unpacked to `path`. With a trouble, the file holds the part that could be unpacked."""

    name: str
    """The last component of its name, for people; without control characters."""
    folder: str
    path: Path
    bytes: int
    sha256: str
    trouble: Trouble | None


@dataclass(frozen=True)
class Budget:
    """What remains of the limits on all archives of one mail."""

    members: int
    bytes: int

    @classmethod
    def of(cls, limits: FileLimits) -> Budget:
        return cls(limits.members, limits.unpacked_bytes)


@dataclass(frozen=True)
class Source:
    """One archive on disk, as its volumes in order. An archive in one file is its own only volume."""

    volumes: tuple[Path, ...]
    kind: Kind
    style: Style = Style.SINGLE
    is_volume: bool = False
    """By its name, the file may have volumes that are missing here."""
    name: str = ""
    """The name of the first volume, after which the content of a .gz is called."""


@dataclass(frozen=True)
class UnpackedArchive:
    """The members. A trouble says that some or all are missing. `left` is the budget that remains."""

    members: tuple[Member, ...]
    trouble: Trouble | None
    left: Budget


def unpack(source: Source, folder: Path, budget: Budget, limits: FileLimits) -> UnpackedArchive:
    """Unpacks an archive into numbered files in `folder`, which is created, or emptied. Runs in the worker.

    Nothing in the archive decides where its members are written. A damaged member carries a trouble of its own, and
    the other members are unpacked. Raises TemporaryFailure when our disk refuses.
    """
    whole = folder / "whole"
    with own_disk_failures_of(folder):
        if folder.exists():  # left by a worker that died over the same archive
            shutil.rmtree(folder)
        whole.mkdir(parents=True)
        unpacked = _unpack(source, folder, budget, limits)
        shutil.rmtree(whole)
    return unpacked


def _unpack(source: Source, folder: Path, budget: Budget, limits: FileLimits) -> UnpackedArchive:
    work = _Unpacking(source, _MemberFolder(folder, budget), limits, time.monotonic() + limits.program_seconds)
    try:
        if len(source.volumes) > 1 and work.packed_bytes > budget.bytes:
            raise Unreadable(Trouble.BOMB)
        trouble = _UNPACKERS.get(source.kind, _unpack_with_program)(work)
    except Unreadable as error:
        trouble = error.trouble
    if trouble is Trouble.SPLIT or (trouble is Trouble.TRUNCATED and _may_be_volume(source)):
        return UnpackedArchive((), Trouble.SPLIT, budget)
    return UnpackedArchive(tuple(work.folder.members), trouble, work.folder.left)


def _may_be_volume(source: Source) -> bool:
    if source.is_volume or source.style is not Style.SINGLE:
        return True
    with source.volumes[0].open("rb") as file:
        return file.read(4) in _VOLUME_MARKS


@dataclass(frozen=True)
class _Unpacking:
    """The unpacking of one archive."""

    source: Source
    folder: _MemberFolder
    limits: FileLimits
    deadline: float
    """For the 7-Zip program, in seconds of the monotonic clock."""

    @property
    def packed_bytes(self) -> int:
        """Size of the archive, in all its volumes."""
        return sum(volume.stat().st_size for volume in self.source.volumes)

    def gather(self) -> Path:
        """Puts the archive alone into a folder, where the program finds no volumes but its own."""
        return gather(self.source.volumes, self.source.style, self.folder.path / "whole")

    def refuse_bomb(self, sizes: Sequence[int]) -> None:
        """Raises Unreadable when the declared sizes exceed a limit. No more than declared is read of a member."""
        total = sum(sizes)
        if len(sizes) > self.folder.left.members or total > self.folder.left.bytes or self.is_too_dense(total):
            raise Unreadable(Trouble.BOMB)

    def is_too_dense(self, total: int) -> bool:
        return total > self.limits.ratio_from and total > self.limits.ratio * self.packed_bytes


class _MemberFolder:
    """The folder that members are written to, and what remains of the budget."""

    def __init__(self, path: Path, budget: Budget) -> None:
        self.path = path
        self.members: list[Member] = []
        self.left = budget

    def write(self, parts: Sequence[str], pieces: Iterator[bytes]) -> Trouble | None:
        """Writes a member with its trouble, and returns that trouble."""
        target = self.path / f"{len(self.members):06d}"
        size, sha256, trouble = _write(pieces, target)
        self.left = Budget(self.left.members - 1, self.left.bytes - size)
        self.members.append(Member(parts[-1], "/".join(parts[:-1])[:_LONGEST_NAME], target, size, sha256, trouble))
        return trouble

    def remove_last(self) -> None:
        """Removes the member written last."""
        self.members.pop().path.unlink()


# ---- zip ------------------------------------------------------------------------------------------------------------


def _unpack_zip(work: _Unpacking) -> Trouble | None:
    path = work.source.volumes[0] if work.source.style is Style.SINGLE else work.gather()
    with open_zip(path) as archive:
        members = archive.members
        work.refuse_bomb([member.bytes for member in members])
        if _has_overlaps(members):
            raise Unreadable(Trouble.BOMB)
        if not _needs_program(members):
            return _unpack_members(archive, work.folder)
    # Names are decoded by us, because the program decodes those without the UTF-8 flag wrongly.
    entries = [Entry(member.name, member.bytes, member.crc, not member.is_folder) for member in members]
    return _write_members(path if work.source.style is not Style.SINGLE else work.gather(), entries, work)


def _needs_program(members: Sequence[ZipMember]) -> bool:
    """True when our reader lacks a method that is used. The program leaves out encrypted members, so none may be."""
    return (
        any(member.method not in UNPACKED_METHODS for member in members)
        and not any(member.encrypted for member in members)
        and find_program() is not None
    )


def _unpack_members(archive: ZipArchive, folder: _MemberFolder) -> Trouble | None:
    trouble = None
    for member in archive.members:
        parts = split_name(member.name)
        if not _is_wanted(parts):
            continue
        bad = folder.write(parts, archive.unpack(member))
        if bad in (Trouble.ENCRYPTED, Trouble.UNSUPPORTED):
            folder.remove_last()
            trouble = trouble or bad
    return trouble


# ---- tar and single files -------------------------------------------------------------------------------------------


def _unpack_tar(work: _Unpacking) -> Trouble | None:
    return _write_entries(read_tar(work.source.volumes[0]), work)


def _unpack_single(work: _Unpacking) -> Trouble | None:
    return _write_entries(read_single(work.source.volumes[0], work.source.name), work)


def _write_entries(entries: Iterator[TarEntry], work: _Unpacking) -> Trouble | None:
    """Writes entries whose number, or sizes, only reading shows. Stops at one that ends early, and at the limits."""
    for entry in entries:
        parts = split_name(entry.name)
        if not _is_wanted(parts):
            continue
        work.refuse_bomb([entry.size])
        bad = work.folder.write(parts, _limit(entry.pieces, work))
        if bad is Trouble.BOMB:
            work.folder.remove_last()
        if bad is not None:
            return bad
    return None


def _limit(pieces: Iterator[bytes], work: _Unpacking) -> Iterator[bytes]:
    """Yields the pieces of the next member. Raises Unreadable when all members together exceed a limit."""
    written = sum(member.bytes for member in work.folder.members)
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > work.folder.left.bytes or work.is_too_dense(written + size):
            raise Unreadable(Trouble.BOMB)
        yield piece


def _refuse_archive(work: _Unpacking) -> Trouble | None:
    raise Unreadable(Trouble.UNSUPPORTED)


_UNPACKERS: Mapping[Kind, Callable[[_Unpacking], Trouble | None]] = {
    Kind.ZIP: _unpack_zip,
    Kind.TAR: _unpack_tar,
    Kind.GZIP: _unpack_single,
    Kind.OTHER_ARCHIVE: _refuse_archive,
}


# ---- RAR, 7z, and rare zips -----------------------------------------------------------------------------------------


def _unpack_with_program(work: _Unpacking) -> Trouble | None:
    archive = work.gather()
    listing = list_entries(archive, work.folder.left.members, work.deadline)
    if listing.trouble in (Trouble.SPLIT, Trouble.TOO_HARD):
        return listing.trouble
    work.refuse_bomb([entry.bytes for entry in listing.entries])
    return _write_members(archive, listing.entries, work) or listing.trouble


def _write_members(archive: Path, entries: Sequence[Entry], work: _Unpacking) -> Trouble | None:
    """Cuts the output of the program into members. Stops at a truncated entry, behind which nothing is in place."""
    with read_contents(archive, work.deadline) as contents:
        for entry in entries:
            parts = split_name(entry.name)
            if not entry.has_content:
                continue
            if not _is_wanted(parts):
                bad = _skip(contents.of(entry))
            elif (bad := work.folder.write(parts, contents.of(entry))) is Trouble.TRUNCATED:
                work.folder.remove_last()
            if bad is Trouble.TRUNCATED:
                return contents.trouble() or Trouble.DAMAGED
        trouble = contents.trouble()
    # All members are there. When each has a CRC, damage to one is already known, and other damage loses nothing.
    have_crc = all(entry.crc is not None for entry in entries if entry.has_content)
    return None if trouble is Trouble.DAMAGED and have_crc else trouble


def _skip(pieces: Iterator[bytes]) -> Trouble | None:
    try:
        for _ in pieces:
            pass
    except Unreadable as error:
        return error.trouble
    return None


# ---- names and sizes ------------------------------------------------------------------------------------------------


def _is_wanted(parts: Sequence[str]) -> bool:
    """False for folders, and for files that a system or program created."""
    return bool(parts[-1]) and "__MACOSX" not in parts[:-1] and SYSTEM_FILE.fullmatch(parts[-1]) is None


def split_name(name: str) -> list[str]:
    """Returns the folders and the name of a member, for people: without `..`, drives and control characters.

    The name of a folder is empty, because it ends with a slash, or with a backslash in zips of some Windows tools.
    """
    name = "".join(
        character for character in name if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    )
    *folders, last = [part.strip()[:_LONGEST_NAME] for part in re.split(r"[/\\]", name)]
    return [part for part in folders if part.strip(".") and not part.endswith(":")] + [last]


def _has_overlaps(members: Sequence[ZipMember]) -> bool:
    """True when members share bytes, by which a small file declares petabytes."""
    spans = sorted((member.offset, member.offset + 30 + member.packed_bytes) for member in members)
    return any(end > start for (_, end), (start, _) in pairwise(spans))


def _write(pieces: Iterator[bytes], target: Path) -> tuple[int, str, Trouble | None]:
    """Returns the bytes written, their SHA-256, and the trouble that ended the pieces early. Raises OSError."""
    with target.open("wb") as file:
        writer = HashingWriter(file)
        try:
            for piece in pieces:
                writer.write(piece)
        except Unreadable as error:
            return writer.bytes, writer.sha256, error.trouble
    return writer.bytes, writer.sha256, None
