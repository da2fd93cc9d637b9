"""Findings as a teacher reads them: what is the same for many files is said once.

Twelve loose photos are one numbered entry with twelve names, not twelve entries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from intake_bot.judging.verdict import Finding, ItemVerdict, Verdict
from intake_bot.letters import chinese
from intake_bot.letters.untrusted import SENTENCE_LENGTH, one_line, unlinked
from intake_bot.notices.notice import Severity

NAMED_FILES = 30
"""An entry names at most so many files."""


@dataclass(frozen=True)
class Place:
    """One file with what was measured in it."""

    name: str
    found: str


@dataclass(frozen=True)
class Entry:
    """One thing to mend, or to know. `found` is what all files share; else each of `places` has its own."""

    material: str
    """照片（5月17日） where the mail holds several items, else empty."""
    found: str
    places: tuple[Place, ...]
    count: int
    """Of files, named or not."""
    asked: str
    clause: str
    quote: str
    todo: str

    @property
    def unnamed(self) -> int:
        """How many files are not in `places`."""
        return self.count - len(self.places)


def to_mend(verdict: Verdict) -> tuple[Entry, ...]:
    """What the school must mend, everything at once."""
    return _entries(verdict, lambda finding: finding.severity is Severity.ERROR)


def to_look_at(verdict: Verdict) -> tuple[Entry, ...]:
    """What a person of the bureau has to look at."""
    return _entries(verdict, lambda finding: finding.severity is not Severity.ERROR and finding.holds)


def to_know(verdict: Verdict) -> tuple[Entry, ...]:
    """Remarks that change nothing. Lateness is left out: the line with the server's time says it already."""
    return _entries(verdict, lambda f: f.severity is Severity.REMARK and not f.holds and f.code != "deadline.late")


def item_label(item: ItemVerdict) -> str:
    """照片（5月17日）, or 照片 where there is no day."""
    return f"{item.material}（{chinese.month_day(item.day)}）" if item.day else item.material


def _entries(verdict: Verdict, wanted: Callable[[Finding], bool]) -> tuple[Entry, ...]:
    several = len(verdict.items) > 1
    labelled = [("", finding) for finding in verdict.findings]
    for item in verdict.items:
        label = item_label(item) if several else ""
        labelled += [(label, finding) for finding in item.findings]
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for label, finding in labelled:
        if wanted(finding):
            key = (label, finding.code, finding.asked, finding.todo, finding.clause or "", finding.quote)
            # A fault without a file stands for itself: 缺照片 and 缺视频 are two things to mend.
            alone = () if finding.file else (finding.found,)
            groups.setdefault(key + alone, []).append(finding)
    return tuple(_entry(key[0], tuple(dict.fromkeys(group))) for key, group in groups.items())


def _entry(label: str, group: tuple[Finding, ...]) -> Entry:
    first = group[0]
    shared = len({finding.found for finding in group}) == 1
    places = tuple(
        Place(unlinked(finding.file), "" if shared else _sentence(finding.found))
        for finding in group[:NAMED_FILES]
        if finding.file
    )
    return Entry(
        material=label,
        found=_sentence(first.found) if shared else "",
        places=places,
        count=len(group) if first.file else 0,
        asked=_own(first.asked),
        clause=_own(first.clause or ""),
        quote=_own(first.quote),
        todo=_own(first.todo),
    )


def _sentence(found: str) -> str:
    """May quote the sender's words."""
    return unlinked(found, SENTENCE_LENGTH).rstrip("。")


def _own(words: str) -> str:
    """The notice's words, or ours: addresses in them stay as they are."""
    return one_line(words, SENTENCE_LENGTH).rstrip("。")
