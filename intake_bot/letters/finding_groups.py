"""Findings grouped for the letter: a fault that many files share is one entry with their names.

Twelve photos outside an archive are one numbered entry. A photo with too few pixels and too few bytes is one that is
too small: one entry with both values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from intake_bot.judging.verdict import Finding, ItemVerdict, Verdict
from intake_bot.letters.untrusted import SENTENCE_LENGTH, defuse_file_name, defuse_links, short_line
from intake_bot.notices.day_words import item_name
from intake_bot.notices.notice import Severity
from intake_bot.notices.spelling import compact

MAXIMUM_NAMED_FILES = 8
"""Maximum file names in one entry."""
_SAID_ELSEWHERE = frozenset({"clerk.accepted", "deadline.late"})
_SMALL_PHOTO = "photo.too_small"
_ONE_FAULT: Mapping[str, str] = {"photo.too_few_pixels": _SMALL_PHOTO}
"""Codes that are the same fault to a reader, and the code whose steps say how to mend it."""
_MEASURED = frozenset(
    {
        "photo.too_few_pixels",
        "photo.too_small",
        "video.too_large",
        "video.low_resolution",
        "video.too_long",
        "text.too_short",
        "text.too_long",
    }
)
"""Faults of a measured value, which is said beside what is asked. What is found is the fault, ： and the value, or both
in one: 照片太小：长边 1280 像素; 正文只有 304 字."""
_MEASURE_WORDS = (("照片", "张"), ("图片", "张"), ("视频", "个"), ("文档", "个"), ("压缩包", "个"), ("文件", "个"))
"""What a fault begins with, and the word that is counted with: 2 张照片太小."""


@dataclass(frozen=True)
class AffectedFile:
    """One file. `found` is what was found in it; empty where its group says it."""

    name: str
    found: str

    @property
    def shown(self) -> str:
        """a.jpg（长边 1280 像素）."""
        return f"{self.name}（{self.found}）" if self.found else self.name


@dataclass(frozen=True)
class FindingGroup:
    """One entry of a letter: one fault with all files that have it."""

    code: str
    """Of the rule that is broken; of several codes that are one fault, one of them. Empty where nothing measurable is
    asked: a Word file in the place of a photo has no steps by which it becomes one."""
    material: str
    """照片（5月17日） where the mail has several items, else empty."""
    found: str
    """The fault, counted, with the value and what is asked: 2 张照片太小：长边 1280 像素；要求 2000 像素以上."""
    places: tuple[AffectedFile, ...]
    """The first of its files."""
    count: int
    """Number of files, named or not."""
    asked: str
    """What the notice asks; empty where `found` says it."""
    clause: str
    quote: str
    """The clause in the notice's own words; its quotation marks are ‘ and ’, to stand between “ and ”."""
    todo: str
    steps: tuple[str, ...] = ()
    """How to do it, a line for each device, where that differs."""

    @property
    def quote_says_it(self) -> bool:
        """The quote is all that has to be said: the entry itself says what is asked, or the quote contains it."""
        if not self.quote:
            return False
        return self.code in _MEASURED or (
            bool(self.asked) and _without_quotes(self.asked) in _without_quotes(self.quote)
        )

    @property
    def names(self) -> str:
        """a.jpg、b.jpg 等 12 个; files with a value of their own have it behind their name."""
        return join_counted((place.shown for place in self.places), self.count)


def join_counted(names: Iterable[str], count: int) -> str:
    """Names joined by 、, with 等 and the number of all where there are more than are named."""
    named = tuple(names)
    return "、".join(named) + (f" 等 {count} 个" if count > len(named) else "")


def find_corrections(verdict: Verdict) -> tuple[FindingGroup, ...]:
    """Everything that the school has to correct."""
    return _entries(verdict, lambda finding: finding.severity is Severity.ERROR)


def find_held_findings(verdict: Verdict) -> tuple[FindingGroup, ...]:
    """What a clerk has to decide."""
    return _entries(verdict, lambda finding: finding.severity is not Severity.ERROR and finding.holds)


def find_remarks(verdict: Verdict) -> tuple[FindingGroup, ...]:
    """Remarks, which change no verdict. Left out are those that other lines of the letter say, and unexpected files of
    a mail whose materials are not known."""
    said = _SAID_ELSEWHERE if verdict.items else _SAID_ELSEWHERE | {"file.unexpected"}
    return _entries(verdict, lambda f: f.severity is Severity.REMARK and not f.holds and f.code not in said)


def item_label(item: ItemVerdict) -> str:
    """照片（5月17日）, or 照片 for an item without a day."""
    return item_name(item.material, item.day)


def _entries(verdict: Verdict, wanted: Callable[[Finding], bool]) -> tuple[FindingGroup, ...]:
    several = len(verdict.items) > 1
    labelled = [("", finding) for finding in verdict.findings]
    for item in verdict.items:
        label = item_label(item) if several else ""
        labelled += [(label, finding) for finding in item.findings]
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for label, finding in labelled:
        if wanted(finding):
            groups.setdefault(_kind_of_fault(label, finding), []).append(finding)
    return tuple(_entry(key[0], tuple(dict.fromkeys(group))) for key, group in groups.items())


def _kind_of_fault(label: str, finding: Finding) -> tuple[str, ...]:
    code = _ONE_FAULT.get(finding.code, finding.code)
    if code == _SMALL_PHOTO and finding.file:
        return label, code, finding.severity
    # A fault without a file is an entry of its own: 缺照片 and 缺视频 are two things to correct.
    alone = () if finding.file else (finding.found,)
    return label, code, finding.asked, finding.todo, finding.clause or "", finding.quote, *alone


def _entry(label: str, group: tuple[Finding, ...]) -> FindingGroup:
    first = group[0]
    by_file: dict[str, list[Finding]] = {}
    for finding in group:
        by_file.setdefault(finding.file or "", []).append(finding)
    said = {name: _Said.of(findings) for name, findings in by_file.items()}
    shared = len(set(said.values())) == 1
    faults = {one.fault for one in said.values()}
    count = len(by_file) if first.file else 0
    head = next(iter(said.values()))
    in_head = count < 2 or shared
    value = head.value if in_head else ""
    asked = "、".join(_unique(_own(finding.asked) for finding in group))
    measured = first.code in _MEASURED and bool(asked)
    found = _with_count(head.fault if len(faults) == 1 else "文件不合要求", count) + (f"：{value}" if value else "")
    return FindingGroup(
        code=_ONE_FAULT.get(first.code, first.code) if asked else "",
        material=label,
        found=found + (f"{'；' if value else '，'}要求{_gap(asked)}{asked}" if measured else ""),
        places=tuple(
            AffectedFile(defuse_file_name(name), "" if in_head else one.value if len(faults) == 1 else one.whole)
            for name, one in list(said.items())[:MAXIMUM_NAMED_FILES]
            if name
        ),
        count=count,
        asked="" if measured else asked,
        clause="、".join(_unique(_own(finding.clause or "") for finding in group)),
        quote="；".join(_unique(_own(finding.quote).replace("“", "‘").replace("”", "’") for finding in group)),
        todo="；".join(_unique(_own(finding.todo) for finding in group)),
    )


@dataclass(frozen=True)
class _Said:
    """What was found in one file: 照片太小 with 长边 1280 像素、82 KB. `value` is empty for what is not measured."""

    fault: str
    value: str

    @classmethod
    def of(cls, findings: list[Finding]) -> _Said:
        parts = [_describe(finding).partition("：") if finding.code in _MEASURED else None for finding in findings]
        measured = [part for part in parts if part is not None and part[2]]
        if not measured:
            return cls("；".join(_unique(_describe(finding) for finding in findings)), "")
        return cls(measured[0][0], "、".join(_unique(part[2] for part in measured)))

    @property
    def whole(self) -> str:
        return f"{self.fault}：{self.value}" if self.value else self.fault


def _with_count(fault: str, count: int) -> str:
    """2 张照片太小, or the fault alone where it is about one file or none."""
    if count < 2:
        return fault
    measure = next((word for noun, word in _MEASURE_WORDS if fault.startswith(noun)), "")
    return f"{count} {measure}{fault}" if measure else f"{count} 个文件：{fault}"


def _gap(words: str) -> str:
    """A space before a number, as in the rest of a letter."""
    return " " if words[:1].isdecimal() else ""


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word for word in words if word))


def _without_quotes(words: str) -> str:
    return re.sub("[“”‘’]", "", compact(words))


def _describe(finding: Finding) -> str:
    """What was found, without the name of the file, which its entry names; it may quote the sender."""
    found = finding.found.removeprefix(f"“{finding.file}”")
    return defuse_links(found).rstrip("。")


def _own(words: str) -> str:
    """Words of the notice or of the program, in which addresses stay links."""
    return short_line(words, SENTENCE_LENGTH).rstrip("。")
