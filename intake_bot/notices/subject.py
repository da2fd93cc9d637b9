"""The subject language: 活动周xx单位xx材料, and what people make of it.

The form has no separators: where the unit ends and the material begins is known only from the roster and the
list of materials. So the text is not parsed from left to right but *explained*: keyword, dates, counters, units
and materials are each recognised and taken out, and what is left over says whether the explanation holds. A unit
is never guessed: 濮阳县第一中学 is not 濮阳县, because 第一中学 is left over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from rapidfuzz import fuzz, process

from intake_bot.notices.named_days import take_days
from intake_bot.notices.notice import Notice
from intake_bot.notices.rest import GAP, Rest
from intake_bot.notices.roster import Roster, Unit
from intake_bot.notices.spelling import any_of, compact, normalise


class UnitFault(StrEnum):
    """Why no unit could be read; the values are the finding codes."""

    PLACEHOLDER = "subject.placeholder"
    NO_UNIT = "subject.no_unit"
    UNKNOWN_UNIT = "subject.unknown_unit"
    MANY_UNITS = "subject.many_units"


@dataclass(frozen=True)
class SubjectReading:
    """What a subject says. `materials` are names of the notice, in the order in which they were written."""

    original: str
    keyword: bool
    unit: Unit | None = None
    fault: UnitFault | None = None
    materials: tuple[str, ...] = ()
    says_material: bool = False
    """The word 材料 stands there, even where no material of the notice does."""
    day: date | None = None
    other_days: tuple[date, ...] = ()
    """Days that are named and were not taken: outside the week, or more than one."""
    piece: tuple[int, int] | None = None
    """（2/3） as (2, 3)."""
    units: tuple[str, ...] = ()
    """Names of the units found, where there are several."""
    unit_words: str = ""
    """What stands where the unit should be, for an unknown one."""
    nearest: tuple[str, ...] = ()
    """Names of the roster's units that look most like `unit_words`, best first; suggestions, never taken."""
    in_order: bool = True
    """Keyword, unit and material stand in the order of the form."""


_PREFIX = re.compile(
    r"^(?:(?:re|fwd?|回复|答复|转发|转寄|转|回)\s*(?:\[\d+\])?\s*:\s*"
    r"|[\[【(]?(?:外部邮件|外部|external|紧急|重要|加急)[\]】)]?\s*:?\s*(?=\S))"
)
_PLACEHOLDER = re.compile(r"(?:[x×*○〇□_]{2,}|某某?)\s*(?:单位|学校|区县|县区|局|材料)|(?:^|\W)[x×]{2,}(?:\W|$)")
_GOES_ON = r"期(?!间|内|末)|刊|边(?![防疆区])|年(?:庆|纪念)|[一二三四五六日末](?:上午|下午|晚上|开始|举行|举办|起|至)"
# 照片及文字说明, 视频（附说明）: what goes with the material, and no material of its own.
_CAPTION = re.compile(
    r"\(?(?:及|和|与|附|含|配|带)+(?:文字|图片|照片|视频)?(?:说明|解说)(?:文字)?\)?|\((?:文字|图片|照片|视频)?说明\)|文字说明"
)
_YEAR = re.compile(r"20\d\d ?(?:年度?|学年)")
_PIECE = re.compile(r"\( ?(\d{1,2}) ?/ ?(\d{1,2}) ?\)|(?<!\d)(\d{1,2})/(\d{1,2})(?!\d)")
_TAIL = re.compile(
    r"(?:tel|电话|手机)?:?\b1[3-9]\d{9}\b|\b0\d{2,3}-?\d{7,8}\b"
    r"|第? ?(?:\d+|[一二三四五六七八九十]+) ?(?:篇|张|份|个|部|段|条|期|批|次|稿|组|幅)"
    r"|\b[vV]\d+(?:\.\d+)?|附件 ?\d*"
    r"|最终版|最新版|修改版|修订版|修改稿|更正版?|更新版?|补充版?|定稿|终稿|初稿|最终|重发|再次|补报|补交|补件"
    r"|请(?:领导|老师)?(?:查收|审阅|审核|审批|过目|收阅)|谢谢|收到请回复|敬请"
)
# Words around unit and material that carry neither.
_FILLER = re.compile(
    r"我校|我局|我院|我单位|我县|我区|我市|本校|本局|本院|本单位|学校名称|单位名称|单位|名称|报送|上报|提交|报道|发送|关于|职业教育|职教|"
    r"技能[:,]?让生活更美好|(?:国家|省市|省|市|县)级(?:以上)?|全国|开展|举办|工作|相关|有关|情况|信息|材料|资料|内容|汇总|稿件?|今日|今天|当日|当天|每日|昨日|"
    r"活动|宣传|主题|系列|特色|电子版|扫描件|盖章版?|以及|第(?=\d)|[的之及和与年月日天号共至到在了\d]"
)
# At the ends of a name only whole words are taken off: 日 is a filler in 5月17日, and the beginning of 日照.
_FRONT = re.compile(r"^(?:单位名称|学校名称|单位|名称|报送|上报|提交|关于|职业教育|职教|活动|[的及和与])+")
_BACK = re.compile(r"(?:单位|报送|上报|提交|关于|材料|资料|[的及和与])+$")
_ORGANISATION = re.compile(
    r"(?:局|厅|学校|校区?|学院|大学|中学|小学|高中|初中|幼儿园|教育中心|职教中心|中心|委员会|教委|行指委|教指委|公司|集团|"
    r"职专|职高|职中|职校|中专|技校|技师学院|[一二三四五六七八九十\d]中|研究院|教研室)$"
)
_EDUCATION_BUREAU = re.compile(
    r"教育体育局|教育和体育局|教育局|教体局|教科体局|教科局|文教局|教育厅|教委|教育委员会|公共服务局"
)
_REGION = re.compile(r"(?:[\u4e00-\u9fff]{1,8}?(?:省|自治区|市|县|区|州|盟))+")
_AUTHORITY = re.compile(r"(?:局|厅|委员会)$")


@dataclass(frozen=True)
class _Found:
    """A recognised name: where it stood, and what it means."""

    start: int
    end: int
    name: str
    meaning: str


def read_subject(subject: str, notice: Notice, roster: Roster) -> SubjectReading:
    """Reads a subject against a notice and its roster. Never raises: what cannot be read is said in `fault`."""
    text = strip_prefixes(normalise(subject))
    if _PLACEHOLDER.search(text):
        return _read_placeholder(subject, text, notice, roster)
    rest = Rest(text)
    keywords = rest.take(_keyword(notice))
    rest.take(_CAPTION)
    days = take_days(rest, notice.days)
    piece = _take_piece(rest)
    rest.take(_YEAR)
    rest.take(_TAIL)
    units = _units(rest.text, roster)
    for unit in units:
        rest.blank(unit.start, unit.end)
    aliases = _material_names(notice)
    materials = _find(rest.text, any_of(tuple(aliases)), aliases)
    for material in materials:
        rest.blank(material.start, material.end)
    reading = SubjectReading(
        subject,
        keyword=bool(keywords),
        materials=tuple(dict.fromkeys(material.meaning for material in materials)),
        says_material="材料" in text,
        day=days[0] if len(days) == 1 and days[0] in notice.days else None,
        other_days=() if len(days) == 1 and days[0] in notice.days else days,
        piece=piece,
        in_order=_in_order(keywords, units, materials),
    )
    return _with_unit(reading, units, rest.text, roster)


def _read_placeholder(subject: str, text: str, notice: Notice, roster: Roster) -> SubjectReading:
    """活动周xx单位xx材料 as it stands in the notice; a unit is kept where one was filled in."""
    units = {roster.find(found.meaning) for found in _units(text, roster)}
    keyword = _keyword(notice).search(text) is not None
    return SubjectReading(subject, keyword, units.pop() if len(units) == 1 else None, UnitFault.PLACEHOLDER)


def strip_prefixes(text: str) -> str:
    """Takes stacked 回复：/转发：/Re:/Fw:/【外部邮件】 off the front of a normalised subject."""
    while match := _PREFIX.match(text):
        text = text[match.end() :]
    return text


def write_subject(notice: Notice, unit: str, materials: Iterable[str], day: date | None = None) -> str:
    """A subject in the notice's form, ready to copy: 活动周濮阳县教育局照片材料."""
    what = "、".join(materials) or "【材料名称】"
    what = what if what.endswith("材料") else f"{what}材料"
    when = f"{day.month}月{day.day}日" if day else ""
    return f"{notice.subject.keywords[0]}{unit or '【单位全称】'}{what}{when}"


def _keyword(notice: Notice) -> re.Pattern[str]:
    return re.compile(
        # 科技活动周 and its sisters are other people's weeks.
        r"(?<!科技)(?<!推普)(?<!读书)(?<!学习)(?<!安全)(?<!艺术)(?<!文化)(?<!健康)"
        r"(?:20\d\d ?年?度?)? ?(?:全国|全省|全市)?(?:职业教育|职教)?"
        # 活动周期, 职教周刊 and 活动周六下午 are other words, in which ours happens to stand.
        rf"(?:{any_of(notice.subject.keywords).pattern})(?!{_GOES_ON})(?:期间)?"
    )


def _material_names(notice: Notice) -> dict[str, str]:
    return {compact(word): m.name for m in notice.materials for word in (*m.aliases, m.name)}


def _find(text: str, pattern: re.Pattern[str], meanings: dict[str, str]) -> list[_Found]:
    return [
        _Found(m.start(), m.end(), name, meanings[name])
        for m in pattern.finditer(text)
        if (name := m.group().replace(" ", "")) in meanings
    ]


def _units(text: str, roster: Roster) -> list[_Found]:
    """The units that are named, each meaning its full name.

    A bare county or city that stands directly before a school is left out: in 濮阳县濮阳县职校 it is an address.
    """
    found = _find(text, any_of(roster.names), {compact(name): name for name in roster.names})
    kept = []
    for n, unit in enumerate(found):
        after = found[n + 1] if n + 1 < len(found) else None
        is_address = after is not None and after.start == unit.end and not _ORGANISATION.search(unit.name)
        owner = roster.find(unit.meaning)
        if owner is not None and not is_address:
            kept.append(replace(unit, meaning=owner.name))
    return kept


def _take_piece(rest: Rest) -> tuple[int, int] | None:
    for match in rest.take(_PIECE):
        number, total = (int(group) for group in match.groups() if group is not None)
        if 1 <= number <= total:
            return number, total
    return None


def _in_order(keywords: list[re.Match[str]], units: list[_Found], materials: list[_Found]) -> bool:
    places = [
        found[0].start if isinstance(found[0], _Found) else found[0].start()
        for found in (keywords, units, materials)
        if found
    ]
    return places == sorted(places)


def _with_unit(reading: SubjectReading, units: list[_Found], rest: str, roster: Roster) -> SubjectReading:
    names = tuple(dict.fromkeys(unit.meaning for unit in units))
    if len(names) > 1:
        return replace(reading, fault=UnitFault.MANY_UNITS, units=names)
    if not names:
        return _without_unit(reading, rest, roster)
    owner = roster.find(names[0])
    assert owner is not None
    strangers = [words for unit in units if (words := _stranger(unit, rest, owner))]
    strangers += [
        words for words in _leftovers(rest) if _ORGANISATION.search(words) and not _EDUCATION_BUREAU.fullmatch(words)
    ]
    if strangers:
        return replace(
            reading, fault=UnitFault.UNKNOWN_UNIT, unit_words=strangers[0], nearest=nearest_units(strangers[0], roster)
        )
    return replace(reading, unit=owner)


def _stranger(unit: _Found, rest: str, owner: Unit) -> str:
    """The longer name that a recognised one is only a part of (濮阳县 in 濮阳县第一中学), or an empty string."""
    before = re.split(r"[^\w]", rest[: unit.start])[-1]
    after = re.split(r"[^\w]", rest[unit.end :])[0]
    # A bare place is a unit only when it stands alone; a school's short name is as good as its full one.
    full_name = unit.name == compact(owner.name) or not _AUTHORITY.search(owner.name)
    before_fits = not before or _is_filler(before) or bool(_REGION.fullmatch(before))
    after_fits = not after or _is_filler(after) or (full_name and not _ORGANISATION.search(after))
    if not after_fits and _AUTHORITY.search(owner.name):
        after_fits = _is_filler(_EDUCATION_BUREAU.sub("", after, count=1)) and bool(_EDUCATION_BUREAU.match(after))
    # A department or a person's name behind a full name is no other unit; a word before it may be anything harmless.
    before_fits = before_fits or (full_name and not _ORGANISATION.search(before))
    return "" if before_fits and after_fits else f"{before}{unit.name}{after}"


def _is_filler(text: str) -> bool:
    return not _FILLER.sub("", text).strip()


def _without_unit(reading: SubjectReading, rest: str, roster: Roster) -> SubjectReading:
    candidates = [words for words in _leftovers(rest) if not _is_filler(words)]
    for words in candidates:
        nearest = nearest_units(words, roster)
        if _ORGANISATION.search(words) or nearest:
            return replace(reading, fault=UnitFault.UNKNOWN_UNIT, unit_words=words, nearest=nearest)
    return replace(reading, fault=UnitFault.NO_UNIT)


def _leftovers(rest: str) -> list[str]:
    """Words that nothing explains, trimmed of fillers at both ends."""
    trimmed = [_trim(word) for word in re.split(r"[^\w]+", rest.replace(GAP, " ")) if word]
    return [word for word in trimmed if len(word) > 1]


def _trim(word: str) -> str:
    shorter = _BACK.sub("", _FRONT.sub("", word))
    return shorter if len(shorter) > 1 else word if _ORGANISATION.search(word) and not _is_filler(word) else ""


def nearest_units(words: str, roster: Roster) -> tuple[str, ...]:
    """Full names of up to three units that look like `words`, best first; empty when none is near."""
    choices = {name: compact(name) for name in roster.names}
    found = process.extract(compact(words), choices, scorer=fuzz.ratio, score_cutoff=60, limit=8)
    owners = [owner.name for _, _, name in found if (owner := roster.find(name))]
    return tuple(dict.fromkeys(owners))[:3]
