"""Inspects all files of one mail: sniffs, unpacks and measures them. Bad bytes become facts, never exceptions."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from intake_bot.files.archives.archive import Member, Source, unpack
from intake_bot.files.archives.volumes import Style, VolumeSet, volume_kind, volume_sets
from intake_bot.files.facts import ARCHIVES, MAILS, PHOTOS, TEXTS, VIDEOS, FileFacts, Kind, Trouble, Unreadable
from intake_bot.files.limits import FileLimits
from intake_bot.files.mail_budget import MailBudget
from intake_bot.files.measure import Measurement, measure
from intake_bot.files.sniff import sniff
from intake_bot.files.worker.recorded import Opener
from intake_bot.mail.message import Attachment

T = TypeVar("T")

_MEASURED_KINDS = PHOTOS | VIDEOS | TEXTS
_POSSIBLE_VOLUMES = frozenset({Kind.UNKNOWN, Kind.RAR, Kind.SEVEN_ZIP})
_NOT_OPENED = MAILS | {Kind.UNKNOWN}


@dataclass(frozen=True)
class InspectedFile:
    """The facts of a file, and the file on disk that they were measured from."""

    facts: FileFacts
    path: Path


@dataclass(frozen=True)
class _SniffedFile:
    """A file with its archive and its kind, before it is measured. `trouble` is what unpacking it met."""

    file: Attachment | Member
    archive: str | None
    depth: int
    kind: Kind
    trouble: Trouble | None

    @property
    def folder(self) -> str:
        return self.file.folder if isinstance(self.file, Member) else ""

    def result(self, kind: Kind, trouble: Trouble | None, measurement: Measurement | None = None) -> InspectedFile:
        facts = FileFacts(
            name=self.file.name,
            kind=kind,
            bytes=self.file.bytes,
            sha256=self.file.sha256,
            archive=self.archive,
            folder=self.folder,
            trouble=trouble,
            inline=isinstance(self.file, Attachment) and self.file.is_inline,
            has_content_id=isinstance(self.file, Attachment) and self.file.has_content_id,
            is_program_part=isinstance(self.file, Attachment) and self.file.is_program_part,
        )
        if measurement is not None:
            facts = replace(facts, photo=measurement.photo, video=measurement.video, text=measurement.text)
        return InspectedFile(facts, self.file.path)


def inspect_files(
    files: Sequence[Attachment], work: Path, limits: FileLimits, worker: Opener, budget: MailBudget | None = None
) -> tuple[InspectedFile, ...]:
    """Returns the facts of all files in their order; members follow their archive, or the last of its volumes.

    The worker opens every file. Members of archives are unpacked into `work`, a folder for this mail only, and stay
    there. `budget` is what other files of the same mail have left of its limits; without it all of them are left, and
    it is spent from. Raises TemporaryFailure when the disk is full or no worker can be started.
    """
    return tuple(_Inspection(work, limits, worker, budget or MailBudget.of(limits)).inspect(files, None, 0))


class _Inspection:
    """The inspection of one mail, whose archives share one budget."""

    def __init__(self, work: Path, limits: FileLimits, worker: Opener, budget: MailBudget) -> None:
        self._work = work
        self._limits = limits
        self._worker = worker
        self._budget = budget
        self._archives = 0

    def inspect(self, files: Sequence[Attachment | Member], archive: str | None, depth: int) -> Iterator[InspectedFile]:
        """Inspects files that may be volumes of each other: all attachments, or all members of one archive."""
        sniffed = [self._sniff(file, archive, depth) for file in files]
        sets = _find_volume_sets(sniffed)
        done: set[int] = set()
        for position, found in enumerate(sniffed):
            if position in done:
                continue
            if position in sets:
                volumes = sets[position]
                done.update(volumes.positions)
                yield from self._open_archive([sniffed[one] for one in volumes.positions], volumes.style)
            elif found.trouble is not None:
                yield found.result(found.kind, found.trouble)
            elif (volume := volume_kind(found.file.name)) and found.kind in _POSSIBLE_VOLUMES:
                yield found.result(volume, Trouble.SPLIT)
            elif found.kind in ARCHIVES:
                yield from self._open_archive([found], Style.SINGLE)
            else:
                yield self._measure(found)

    def _sniff(self, file: Attachment | Member, archive: str | None, depth: int) -> _SniffedFile:
        if isinstance(file, Attachment) and file.is_undecoded:
            return _SniffedFile(file, archive, depth, Kind.UNKNOWN, Trouble.UNDECODED)
        trouble = file.trouble if isinstance(file, Member) else None
        try:
            kind = self._ask(sniff, file.path, file.name)
        except Unreadable as error:
            return _SniffedFile(file, archive, depth, Kind.UNKNOWN, trouble or error.trouble)
        if trouble is not None and kind is Kind.EMPTY:
            kind = Kind.UNKNOWN  # nothing of it could be unpacked; that does not make it empty
        return _SniffedFile(file, archive, depth, kind, trouble)

    def _open_archive(self, volumes: Sequence[_SniffedFile], style: Style) -> Iterator[InspectedFile]:
        first = volumes[0]
        members, trouble = self._unpack(volumes, style)
        archive = first.result(first.kind, trouble)
        yield archive
        for later in volumes[1:]:
            volume = later.result(first.kind, Trouble.SPLIT if trouble is Trouble.SPLIT else None)
            yield replace(volume, facts=replace(volume.facts, volume_of=archive.facts.shown_name))
        yield from self.inspect(members, archive.facts.shown_name, first.depth + 1)

    def _unpack(self, volumes: Sequence[_SniffedFile], style: Style) -> tuple[tuple[Member, ...], Trouble | None]:
        first = volumes[0]
        if first.depth >= self._limits.depth:
            return (), Trouble.TOO_DEEP
        paths = tuple(volume.file.path for volume in volumes)
        source = Source(paths, first.kind, style, volume_kind(first.file.name) is not None, first.file.name)
        self._archives += 1
        folder = self._work / f"{self._archives:04d}"
        try:
            left = min(self._limits.program_seconds, self._budget.time.processor_seconds)
            limits = replace(self._limits, program_seconds=left)
            unpacked = self._ask(unpack, source, folder, self._budget.archives, limits)
        except Unreadable as error:
            shutil.rmtree(folder, ignore_errors=True)
            return (), error.trouble
        self._budget.archives = unpacked.left
        return unpacked.members, unpacked.trouble

    def _measure(self, found: _SniffedFile) -> InspectedFile:
        if found.kind in _NOT_OPENED:
            return found.result(found.kind, Trouble.UNSUPPORTED)
        if found.kind not in _MEASURED_KINDS:
            return found.result(found.kind, None)
        try:
            measurement = self._ask(measure, found.file.path, found.kind, self._limits)
        except Unreadable as error:
            return found.result(found.kind, error.trouble)
        length = len(measurement.text.text) if measurement.text else 0
        if length > self._budget.text_length:
            return found.result(found.kind, Trouble.UNSUPPORTED)
        self._budget.text_length -= length
        return found.result(found.kind, measurement.trouble, measurement)

    def _ask(self, task: Callable[..., T], *arguments: object) -> T:
        """Runs a task in the worker. When the budget of the mail is spent, its other files are not opened."""
        if self._budget.is_spent:
            raise Unreadable(Trouble.UNSUPPORTED)
        try:
            return self._worker.ask(task, *arguments, budget=self._budget.time)
        except Unreadable as error:
            self._budget.hard_files -= error.trouble is Trouble.TOO_HARD
            raise


def _find_volume_sets(files: Sequence[_SniffedFile]) -> dict[int, VolumeSet]:
    """Returns the complete volume sets of archives, by the position of each of their volumes in `files`."""
    sets = volume_sets([f"{found.folder}/{found.file.name}" for found in files])
    return {
        position: one
        for one in sets
        if files[one.positions[0]].kind in ARCHIVES
        and all(files[position].trouble is None for position in one.positions)
        for position in one.positions
    }
