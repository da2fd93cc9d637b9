"""The walk through the files of one mail: unpack, sniff, measure. Bad bytes become facts, never exceptions."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from intake_bot.files.archive import Budget, Member, Source, unpack
from intake_bot.files.facts import ARCHIVES, MAILS, PHOTOS, TEXTS, VIDEOS, FileFacts, Kind, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.measure import Measured, measure
from intake_bot.files.sniff import sniff
from intake_bot.files.volumes import Style, VolumeSet, volume_kind, volume_sets
from intake_bot.files.worker import Worker
from intake_bot.files.zips import Unreadable
from intake_bot.mail.message import Attachment

T = TypeVar("T")

_MEASURED = PHOTOS | VIDEOS | TEXTS
_MAYBE_VOLUMES = frozenset({Kind.UNKNOWN, Kind.RAR, Kind.SEVEN_ZIP})
_NOT_LOOKED_INTO = MAILS | {Kind.UNKNOWN}


@dataclass(frozen=True)
class Inspected:
    """What was measured, and the file on disk it was measured from."""

    facts: FileFacts
    path: Path


@dataclass(frozen=True)
class _Found:
    """A file, where it came from, and what its first bytes say. The trouble is one that it came with."""

    file: Attachment | Member
    archive: str | None
    depth: int
    kind: Kind
    trouble: Trouble | None

    @property
    def folder(self) -> str:
        return self.file.folder if isinstance(self.file, Member) else ""

    def inspected(self, kind: Kind, trouble: Trouble | None, measured: Measured | None = None) -> Inspected:
        facts = FileFacts(
            name=self.file.name,
            kind=kind,
            bytes=self.file.bytes,
            sha256=self.file.sha256,
            archive=self.archive,
            folder=self.folder,
            trouble=trouble,
            inline=isinstance(self.file, Attachment) and self.file.inline,
        )
        if measured is not None:
            facts = replace(facts, photo=measured.photo, video=measured.video, text=measured.text)
        return Inspected(facts, self.file.path)


def inspect_files(files: Sequence[Attachment], work: Path, limits: FileLimits, worker: Worker) -> tuple[Inspected, ...]:
    """Facts of every file, in order; the members of an archive follow the archive, or all its volumes.

    Every file is opened by the worker. `work` is a folder of this mail's own, in which members are left. Raises
    TemporaryFailure when the disk is full, or when no worker can be started.
    """
    return tuple(_Walk(work, limits, worker).look(files, None, 0))


class _Walk:
    """One pass over one mail; its archives share one budget."""

    def __init__(self, work: Path, limits: FileLimits, worker: Worker) -> None:
        self._work = work
        self._limits = limits
        self._worker = worker
        self._budget = Budget.of(limits)
        self._archives = 0
        self._text_left = limits.text_length
        self._hard_files = 0

    def look(self, files: Sequence[Attachment | Member], archive: str | None, depth: int) -> Iterator[Inspected]:
        """Files that lie side by side: all that are attached, or all of one archive."""
        every = [self._found(file, archive, depth) for file in files]
        sets = self._sets(every)
        done: set[int] = set()
        for place, found in enumerate(every):
            if place in done:
                continue
            if place in sets:
                volumes = sets[place]
                done.update(volumes.places)
                yield from self._open([every[one] for one in volumes.places], volumes.style)
            elif found.trouble is not None:
                yield found.inspected(found.kind, found.trouble)
            elif (volume := volume_kind(found.file.name)) and found.kind in _MAYBE_VOLUMES:
                yield found.inspected(volume, Trouble.SPLIT)
            elif found.kind in ARCHIVES:
                yield from self._open([found], Style.SINGLE)
            else:
                yield self._measured(found)

    def _found(self, file: Attachment | Member, archive: str | None, depth: int) -> _Found:
        trouble = file.trouble if isinstance(file, Member) else None
        try:
            kind = self._asked(sniff, file.path, file.name)
        except Unreadable as error:
            return _Found(file, archive, depth, Kind.UNKNOWN, trouble or error.trouble)
        if trouble is not None and kind is Kind.EMPTY:
            kind = Kind.UNKNOWN  # nothing of it could be read, which does not make it empty
        return _Found(file, archive, depth, kind, trouble)

    def _sets(self, every: Sequence[_Found]) -> dict[int, VolumeSet]:
        """Every place that belongs to a set of volumes of an archive, and the set."""
        sets = volume_sets([f"{found.folder}/{found.file.name}" for found in every])
        return {
            place: one
            for one in sets
            if every[one.places[0]].kind in ARCHIVES and all(every[place].trouble is None for place in one.places)
            for place in one.places
        }

    def _open(self, volumes: Sequence[_Found], style: Style) -> Iterator[Inspected]:
        first = volumes[0]
        members, trouble = self._unpacked(volumes, style)
        archive = first.inspected(first.kind, trouble)
        yield archive
        for later in volumes[1:]:
            volume = later.inspected(first.kind, Trouble.SPLIT if trouble is Trouble.SPLIT else None)
            yield replace(volume, facts=replace(volume.facts, volume_of=archive.facts.shown_name))
        yield from self.look(members, archive.facts.shown_name, first.depth + 1)

    def _unpacked(self, volumes: Sequence[_Found], style: Style) -> tuple[tuple[Member, ...], Trouble | None]:
        first = volumes[0]
        if first.depth >= self._limits.depth:
            return (), Trouble.TOO_DEEP
        paths = tuple(volume.file.path for volume in volumes)
        source = Source(paths, first.kind, style, volume_kind(first.file.name) is not None)
        self._archives += 1
        folder = self._work / f"{self._archives:04d}"
        try:
            unpacked = self._asked(unpack, source, folder, self._budget, self._limits)
        except Unreadable as error:
            shutil.rmtree(folder, ignore_errors=True)
            return (), error.trouble
        self._budget = unpacked.left
        return unpacked.members, unpacked.trouble

    def _measured(self, found: _Found) -> Inspected:
        if found.kind in _NOT_LOOKED_INTO:
            return found.inspected(found.kind, Trouble.UNSUPPORTED)
        if found.kind not in _MEASURED:
            return found.inspected(found.kind, None)
        try:
            measured = self._asked(measure, found.file.path, found.kind, self._limits)
        except Unreadable as error:
            return found.inspected(found.kind, error.trouble)
        length = len(measured.text.text) if measured.text else 0
        if length > self._text_left:
            return found.inspected(found.kind, Trouble.UNSUPPORTED)
        self._text_left -= length
        return found.inspected(found.kind, measured.trouble, measured)

    def _asked(self, task: Callable[..., T], *arguments: object) -> T:
        """The worker's answer. A mail full of files that hang does not keep us longer than a few of them do."""
        if self._hard_files >= self._limits.hard_files:
            raise Unreadable(Trouble.UNSUPPORTED)
        try:
            return self._worker.ask(task, *arguments)
        except Unreadable as error:
            self._hard_files += error.trouble is Trouble.TOO_HARD
            raise
