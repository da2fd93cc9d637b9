"""The files of a mail with the verdict on each, for the school to compare with what it sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from intake_bot.files.facts import ARCHIVES, FileFacts
from intake_bot.judging.verdict import Decision, Disposition, Finding, ItemVerdict, Verdict
from intake_bot.letters.finding_groups import MAXIMUM_NAMED_FILES, join_counted
from intake_bot.letters.resubmission import select_judged
from intake_bot.letters.untrusted import defuse_file_name
from intake_bot.notices.notice import Severity


class FileState(StrEnum):
    """The verdict on one file, in the words of the letter."""

    MEND = "需补正"
    HELD = "待人工查看"
    GOOD = "合格"
    KEPT = "已留存"
    """Without a fault, of a mail whose materials are not known."""
    UNUSED = "未使用"


_GRAVEST_FIRST = tuple(FileState)


@dataclass(frozen=True)
class FileCategory:
    """Files of one state: the names of the first, and the number of all."""

    state: FileState
    names: tuple[str, ...]
    count: int

    @property
    def shown(self) -> str:
        """a.jpg、b.jpg 等 12 个."""
        return join_counted(self.names, self.count)


@dataclass(frozen=True)
class FileTable:
    """The files of a mail by state, gravest first, without those to correct, which a letter names elsewhere, and
    without archives that were opened. `good` is the number of files without a fault that are no archives."""

    categories: tuple[FileCategory, ...]
    good: int = 0

    @property
    def has_unused(self) -> bool:
        return any(category.state is FileState.UNUSED for category in self.categories)


def list_files(files: tuple[FileFacts, ...], verdict: Verdict) -> FileTable:
    """The table of a mail's files. An archive that was not opened has a state of its own, with its volumes."""
    findings: dict[str, list[Finding]] = {}
    for finding in select_judged(verdict).all_findings:
        findings.setdefault(finding.file or "", []).append(finding)
    serving: dict[str, list[ItemVerdict]] = {}
    for item in verdict.items:
        for name in item.files:
            serving.setdefault(name, []).append(item)
    opened = {archive for file in files for archive in _archives_around(file)}
    names: dict[FileState, list[str]] = {}
    good = 0
    for file in files:
        state = _state(file, findings.get(file.shown_name, []), serving.get(file.shown_name, []), verdict)
        good += state is FileState.GOOD and file.kind not in ARCHIVES
        if (file.volume_of or file.shown_name) not in opened:
            names.setdefault(state, []).append(defuse_file_name(file.name))
    return FileTable(
        tuple(
            FileCategory(state, tuple(names[state][:MAXIMUM_NAMED_FILES]), len(names[state]))
            for state in FileState
            if state in names and state is not FileState.MEND
        ),
        good,
    )


def _state(file: FileFacts, findings: list[Finding], serving: list[ItemVerdict], verdict: Verdict) -> FileState:
    """The state of one file with its findings, and with the items that it is part of (`serving`)."""
    if any(finding.severity is Severity.ERROR for finding in findings):
        return FileState.MEND
    if any(finding.holds for finding in findings):
        return FileState.HELD
    if not verdict.items:
        return FileState.HELD if verdict.disposition is Disposition.HELD else FileState.KEPT
    return _find_gravest(_state_in(item) for item in serving)


def _state_in(item: ItemVerdict) -> FileState:
    """The state of a file without findings, by an item that it is part of."""
    if item.turned_away:
        return FileState.UNUSED
    if any(finding.code == "clerk.rejected" for finding in item.findings):
        return FileState.MEND
    held_as_a_whole = not any(finding.holds and finding.file for finding in item.findings)
    if item.decision is Decision.HELD and held_as_a_whole:
        return FileState.HELD
    return FileState.GOOD


def _find_gravest(states: Iterable[FileState]) -> FileState:
    return min(states, key=_GRAVEST_FIRST.index, default=FileState.UNUSED)


def _archives_around(file: FileFacts) -> list[str]:
    """The archives around a file: 外层.zip and 外层.zip/内层.zip for one inside both."""
    if file.archive is None:
        return []
    steps = file.archive.split("/")
    return ["/".join(steps[: n + 1]) for n in range(len(steps))]
