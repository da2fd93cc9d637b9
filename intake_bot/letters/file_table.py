"""Each file of a mail with its verdict, size and SHA-256, for the school to compare with what it sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from intake_bot.files.facts import FileFacts
from intake_bot.judging.verdict import Decision, ItemVerdict, Verdict
from intake_bot.letters.untrusted import unlinked
from intake_bot.notices.notice import Severity

LISTED_FILES = 300
"""A letter lists at most so many files; those to mend come before the others are cut."""

_NOT_TAKEN_AT_ALL = frozenset({"channel.online", "deadline.closed"})


class FileState(StrEnum):
    """The verdict on one file, in the words of the letter."""

    MEND = "需补正"
    HELD = "待人工查看"
    GOOD = "合格"
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


@dataclass(frozen=True)
class FileTable:
    """The rows, in the order of the mail; `unlisted` counts the files left out."""

    rows: tuple[ListedFile, ...]
    unlisted: int

    @property
    def has_unused(self) -> bool:
        return any(row.state is FileState.UNUSED for row in self.rows)


def list_files(files: tuple[FileFacts, ...], verdict: Verdict) -> FileTable:
    """The table of a mail's files. An archive is as good as the gravest of its members."""
    states = [_state(file.shown_name, verdict) for file in files]
    members: dict[str, list[FileState]] = {}
    for file, state in zip(files, states, strict=True):
        for archive in _enclosing(file):
            members.setdefault(archive, []).append(state)
    shown = {file.shown_name for file in files}
    rows = [
        ListedFile(
            name=unlinked(_name_inside(file) if file.archive in shown else file.shown_name),
            state=_gravest([state, *members.get(file.shown_name, ())]),
            bytes=file.bytes,
            sha256=file.sha256,
            inside=file.archive in shown,
        )
        for file, state in zip(files, states, strict=True)
    ]
    kept = sorted(range(len(rows)), key=lambda n: (_GRAVEST_FIRST.index(rows[n].state), n))[:LISTED_FILES]
    return FileTable(tuple(rows[n] for n in sorted(kept)), len(rows) - len(kept))


def _state(name: str, verdict: Verdict) -> FileState:
    findings = [finding for finding in verdict.all_findings if finding.file == name]
    if any(finding.severity is Severity.ERROR for finding in findings):
        return FileState.MEND
    if any(finding.holds for finding in findings):
        return FileState.HELD
    return _gravest([_state_in(item) for item in verdict.items if name in item.files])


def _state_in(item: ItemVerdict) -> FileState:
    """What a file is, of which no finding speaks, by the item that it serves."""
    if any(finding.code in _NOT_TAKEN_AT_ALL for finding in item.findings):
        return FileState.UNUSED
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
