"""Each file of a mail with its verdict, size and SHA-256, for the school to compare with what it sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from intake_bot.files.facts import ARCHIVES, FileFacts
from intake_bot.judging.verdict import Decision, Disposition, Finding, ItemVerdict, Verdict
from intake_bot.letters.resending import judged_part
from intake_bot.letters.untrusted import unlinked
from intake_bot.notices.notice import Severity

LISTED_FILES = 300
"""A letter lists at most so many files; those to mend come before the others are cut."""


class FileState(StrEnum):
    """The verdict on one file, in the words of the letter."""

    MEND = "需补正"
    HELD = "待人工查看"
    GOOD = "合格"
    KEPT = "已留存"
    """Nothing is wrong with it, but what it is for could not be told."""
    UNUSED = "未使用"


_GRAVEST_FIRST = tuple(FileState)


@dataclass(frozen=True)
class ListedFile:
    """One row. `bytes` is the size; `sha256` the full hexadecimal digest."""

    name: str
    state: FileState
    bytes: int
    sha256: str
    inside: bool
    """Came out of an archive that is a row too."""
    opened: bool
    """An archive whose members are rows too."""


@dataclass(frozen=True)
class Heap:
    """The files of one state."""

    state: FileState
    names: tuple[str, ...]


@dataclass(frozen=True)
class FileTable:
    """The rows, in the order of the mail; `unlisted` counts the files left out, `good` the good ones that are no
    archives."""

    rows: tuple[ListedFile, ...]
    unlisted: int
    good: int = 0

    @property
    def has_unused(self) -> bool:
        return any(row.state is FileState.UNUSED for row in self.rows)

    @property
    def heaps(self) -> tuple[Heap, ...]:
        """The files by state, without those to mend, which a letter names elsewhere, and without opened archives."""
        states = [state for state in FileState if state is not FileState.MEND]
        heaps = [Heap(state, tuple(r.name for r in self.rows if r.state is state and not r.opened)) for state in states]
        return tuple(heap for heap in heaps if heap.names)


def list_files(files: tuple[FileFacts, ...], verdict: Verdict) -> FileTable:
    """The table of a mail's files. An archive and its volumes are as good as the gravest of its members."""
    findings: dict[str, list[Finding]] = {}
    for finding in judged_part(verdict).all_findings:
        findings.setdefault(finding.file or "", []).append(finding)
    serving: dict[str, list[ItemVerdict]] = {}
    for item in verdict.items:
        for name in item.files:
            serving.setdefault(name, []).append(item)
    states = [
        _state(file, findings.get(file.shown_name, []), serving.get(file.shown_name, []), verdict) for file in files
    ]
    members: dict[str, list[FileState]] = {}
    for file, state in zip(files, states, strict=True):
        for archive in _enclosing(file):
            members.setdefault(archive, []).append(state)
    shown = {file.shown_name for file in files}
    rows = [
        ListedFile(
            name=unlinked(_name_inside(file) if file.archive in shown else file.shown_name),
            state=_gravest([state, *members.get(file.volume_of or file.shown_name, ())]),
            bytes=file.bytes,
            sha256=file.sha256,
            inside=file.archive in shown,
            opened=(file.volume_of or file.shown_name) in members,
        )
        for file, state in zip(files, states, strict=True)
    ]
    kept = sorted(range(len(rows)), key=lambda n: (_GRAVEST_FIRST.index(rows[n].state), n))[:LISTED_FILES]
    good = sum(state is FileState.GOOD and file.kind not in ARCHIVES for file, state in zip(files, states, strict=True))
    return FileTable(tuple(rows[n] for n in sorted(kept)), len(rows) - len(kept), good)


def _state(file: FileFacts, findings: list[Finding], serving: list[ItemVerdict], verdict: Verdict) -> FileState:
    """`findings` are those about this file, `serving` the items that it serves."""
    if any(finding.severity is Severity.ERROR for finding in findings):
        return FileState.MEND
    if any(finding.holds for finding in findings):
        return FileState.HELD
    if not verdict.items:
        return FileState.HELD if verdict.disposition is Disposition.HELD else FileState.KEPT
    return _gravest(_state_in(item) for item in serving)


def _state_in(item: ItemVerdict) -> FileState:
    """What a file is, of which no finding speaks, by the item that it serves."""
    if item.turned_away:
        return FileState.UNUSED
    if any(finding.code == "clerk.rejected" for finding in item.findings):
        return FileState.MEND
    held_as_a_whole = not any(finding.holds and finding.file for finding in item.findings)
    if item.decision is Decision.HELD and held_as_a_whole:
        return FileState.HELD
    return FileState.GOOD


def _gravest(states: Iterable[FileState]) -> FileState:
    return min(states, key=_GRAVEST_FIRST.index, default=FileState.UNUSED)


def _name_inside(file: FileFacts) -> str:
    return f"{file.folder}/{file.name}" if file.folder else file.name


def _enclosing(file: FileFacts) -> list[str]:
    """外层.zip and 外层.zip/内层.zip, for a file inside both."""
    if file.archive is None:
        return []
    steps = file.archive.split("/")
    return ["/".join(steps[: n + 1]) for n in range(len(steps))]
