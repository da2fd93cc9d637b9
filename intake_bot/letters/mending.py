"""Findings as a teacher reads them: what is the same for many files is said once.

Twelve loose photos are one numbered entry with twelve names, not twelve entries.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from intake_bot.judging.verdict import Finding, ItemVerdict, Verdict
from intake_bot.letters import chinese
from intake_bot.letters.untrusted import SENTENCE_LENGTH, one_line, unlinked
from intake_bot.notices.notice import Severity
from intake_bot.notices.spelling import compact

NAMED_FILES = 30
"""An entry names at most so many files."""
_SAID_ELSEWHERE = frozenset({"clerk.accepted", "deadline.late"})


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
    """The clause in the notice's own words, ready to stand between “ and ”."""
    todo: str

    @property
    def quote_says_it(self) -> bool:
        """The notice's own words hold what is asked: said once is enough."""
        return bool(self.asked) and _unquoted(self.asked) in _unquoted(self.quote)

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
    """Remarks that change nothing. What other lines of the letter say is left out; so are files called unexpected
    where nobody knows yet what was expected."""
    said = _SAID_ELSEWHERE if verdict.items else _SAID_ELSEWHERE | {"file.unexpected"}
    return _entries(verdict, lambda f: f.severity is Severity.REMARK and not f.holds and f.code not in said)


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
        Place(unlinked(finding.file), "" if shared else _found(finding))
        for finding in group[:NAMED_FILES]
        if finding.file
    )
    return Entry(
        material=label,
        found=_found(first) if shared else "",
        places=places,
        count=len(group) if first.file else 0,
        asked=_own(first.asked),
        clause=_own(first.clause or ""),
        quote=_own(first.quote).replace("“", "‘").replace("”", "’"),
        todo=_own(first.todo),
    )


def _unquoted(words: str) -> str:
    return re.sub("[“”‘’]", "", compact(words))


def _found(finding: Finding) -> str:
    """May quote the sender's words. The file's name stands before it already."""
    found = finding.found.removeprefix(f"“{finding.file}”")
    return unlinked(found, SENTENCE_LENGTH).rstrip("。")


def _own(words: str) -> str:
    """The notice's words, or ours: addresses in them stay as they are."""
    return one_line(words, SENTENCE_LENGTH).rstrip("。")
