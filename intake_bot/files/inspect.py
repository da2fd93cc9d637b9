"""The walk through the files of one mail: unpack, sniff, measure. Bad bytes become facts, never exceptions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from intake_bot.files.archive import Budget, Member, unpack_zip, volume_kind
from intake_bot.files.document import measure_document
from intake_bot.files.facts import ARCHIVES, PHOTOS, TEXTS, VIDEOS, FileFacts, Kind, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.photo import measure_photo
from intake_bot.files.sniff import sniff
from intake_bot.files.video import measure_video
from intake_bot.mail.message import Attachment

_NOT_LOOKED_INTO = frozenset({Kind.MESSAGE, Kind.UNKNOWN})


@dataclass(frozen=True)
class Inspected:
    """What was measured, and the file on disk it was measured from."""

    facts: FileFacts
    path: Path


@dataclass(frozen=True)
class _Place:
    """Where a file came from."""

    archive: str | None = None
    folder: str = ""
    depth: int = 0
    inline: bool = False
    trouble: Trouble | None = None


def inspect_files(files: Sequence[Attachment], work: Path, limits: FileLimits) -> tuple[Inspected, ...]:
    """Facts of every file, in order; the members of an archive follow the archive.

    `work` is a folder of this mail's own, in which members are left. Raises TemporaryFailure when the disk is full.
    """
    walk = _Walk(work, limits)
    work.mkdir(parents=True, exist_ok=True)
    return tuple(found for file in files for found in walk.attached(file))


class _Walk:
    """One pass over one mail; its archives share one budget."""

    def __init__(self, work: Path, limits: FileLimits) -> None:
        self._work = work
        self._limits = limits
        self._budget = Budget.of(limits)

    def attached(self, file: Attachment) -> Iterator[Inspected]:
        yield from self._look(file, _Place(inline=file.inline))

    def _look(self, file: Attachment | Member, place: _Place) -> Iterator[Inspected]:
        kind = sniff(file.path, file.name)
        volume = volume_kind(file.name)
        if volume is not None and kind in (Kind.UNKNOWN, Kind.RAR, Kind.SEVEN_ZIP):
            yield Inspected(_facts(file, place, volume, Trouble.SPLIT), file.path)
        elif place.trouble is not None:
            # Where nothing at all could be read, the file is not empty: it is not known.
            known = Kind.UNKNOWN if kind is Kind.EMPTY else kind
            yield Inspected(_facts(file, place, known, place.trouble), file.path)
        elif kind in ARCHIVES:
            yield from self._open(file, place, kind)
        else:
            facts = _facts(file, place, kind, None)
            yield Inspected(self._measured(facts, file.path), file.path)

    def _open(self, file: Attachment | Member, place: _Place, kind: Kind) -> Iterator[Inspected]:
        members: tuple[Member, ...] = ()
        if place.depth >= self._limits.depth:
            trouble: Trouble | None = Trouble.TOO_DEEP
        elif kind is Kind.ZIP:
            members, trouble = unpack_zip(file.path, file.name, self._work, self._budget, self._limits)
        else:
            trouble = Trouble.UNSUPPORTED
        archive = _facts(file, place, kind, trouble)
        yield Inspected(archive, file.path)
        for member in members:
            inside = _Place(archive.shown_name, member.folder, place.depth + 1, trouble=member.trouble)
            yield from self._look(member, inside)

    def _measured(self, facts: FileFacts, path: Path) -> FileFacts:
        if facts.kind in PHOTOS:
            photo, trouble = measure_photo(path, facts.kind, self._limits)
            return replace(facts, photo=photo, trouble=trouble)
        if facts.kind in VIDEOS:
            video, trouble = measure_video(path, facts.kind)
            return replace(facts, video=video, trouble=trouble)
        if facts.kind in TEXTS:
            text, trouble = measure_document(path, facts.kind, self._limits)
            return replace(facts, text=text, trouble=trouble)
        return replace(facts, trouble=Trouble.UNSUPPORTED) if facts.kind in _NOT_LOOKED_INTO else facts


def _facts(file: Attachment | Member, place: _Place, kind: Kind, trouble: Trouble | None) -> FileFacts:
    return FileFacts(
        name=file.name,
        kind=kind,
        bytes=file.bytes,
        sha256=file.sha256,
        archive=place.archive,
        folder=place.folder,
        trouble=trouble,
        inline=place.inline,
    )
