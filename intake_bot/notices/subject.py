"""Reads subjects of the form 活动周xx单位xx材料, and the many ways in which people write them.

The form has no separators: only the roster and the list of materials say where the unit ends and the material begins.
So the text is not parsed from left to right. Keyword, dates, counters, units and materials are each recognised and
taken out, and the remainder says whether the reading is right. A unit is never guessed: 濮阳县第一中学 is not 濮阳县,
because 第一中学 remains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from intake_bot.notices.day_words import month_day
from intake_bot.notices.named_days import take_days
from intake_bot.notices.notice import Notice, Severity
from intake_bot.notices.remainder import GAP, Remainder
from intake_bot.notices.roster import Roster, Unit
from intake_bot.notices.spelling import compact, name_pattern, normalise
from intake_bot.notices.subject_form import Blank, SubjectPattern, parse_form


class UnitFault(StrEnum):
    """Why no unit could be read. The values are finding codes."""

    PLACEHOLDER = "subject.placeholder"
    NO_UNIT = "subject.no_unit"
    UNKNOWN_UNIT = "subject.unknown_unit"
    MANY_UNITS = "subject.many_units"


@dataclass(frozen=True)
class SubjectReading:
    """What a subject says. `materials` are names in the notice, in the order of the subject."""

    original: str
    has_keyword: bool
    unit: Unit | None = None
    fault: UnitFault | None = None
    materials: tuple[str, ...] = ()
    mentions_material: bool = False
    """The subject contains the word 材料, even where it names no material of the notice."""
    day: date | None = None
    other_days: tuple[date, ...] = ()
    """Days that the subject names and that were not used: outside the week, or more than one."""
    piece: tuple[int, int] | None = None
    """（2/3） as (2, 3)."""
    units: tuple[str, ...] = ()
    """Names of the units, where the subject names several."""
    unit_words: str = ""
    """The words in the place of the unit, where the unit is unknown."""
    nearest: tuple[str, ...] = ()
    """Names of the units most similar to `unit_words`, best first. They are suggested and never used."""
    is_in_order: bool = True
    """Keyword, unit and material are in the order of the form."""
    other_words: tuple[str, ...] = ()
    """Words that name neither unit nor material nor day."""


_PREFIX = re.compile(
    r"^(?:(?:re|fwd?|回复|答复|转发|转寄|转|回)\s*(?:\[\d+\])?\s*:\s*"
    r"|[\[【(]?(?:外部邮件|外部|external|紧急|重要|加急)[\]】)]?\s*:?\s*(?=\S))"
)
_PLACEHOLDER = re.compile(r"(?:[x×*○〇□_]{2,}|某某?)\s*(?:单位|学校|区县|县区|局|材料)|(?:^|\W)[x×]{2,}(?:\W|$)")
_OTHER_WORD = (
    r"期(?!间|内|末)|刊|边(?![防疆区])|年(?:庆|纪念)|[一二三四五六日末](?:上午|下午|晚上|开始|举行|举办|起|至)"
)
# 照片及文字说明, 视频（附说明）: the caption of a material is no material of its own.
_CAPTION = re.compile(
    r"\(?(?:及|和|与|附|含|配|带)+(?:文字|图片|照片|视频)?(?:说明|解说)(?:文字)?\)?|\((?:文字|图片|照片|视频)?说明\)|文字说明"
)
_YEAR = re.compile(r"20\d\d ?(?:年度?|学年)")
_COUNT = r"(\d{1,2}|[一二两三四五六七八九十])"
_PART = r" ?(?:封邮件|封|部分|个邮件)"
_PIECE = re.compile(
    r"\( ?(\d{1,2}) ?/ ?(\d{1,2}) ?\)|(?<!\d)(\d{1,2})/(\d{1,2})(?!\d)"
    rf"|\(?第 ?{_COUNT}{_PART}[,、/ (]{{0,3}}共 ?{_COUNT}{_PART}\){{0,2}}"
)
_PIECE_OF = re.compile(rf"\(?共 ?{_COUNT}{_PART}[,、/ (]{{0,3}}第 ?{_COUNT}{_PART}\){{0,2}}")
_TAIL = re.compile(
    r"(?:tel|电话|手机)?:?\b1[3-9]\d{9}\b|\b0\d{2,3}-?\d{7,8}\b"
    r"|第? ?(?:\d+|[一二三四五六七八九十]+) ?(?:篇|张|份|个|部|段|条|期|批|次|稿|组|幅)"
    r"|\b[vV]\d+(?:\.\d+)?|附件 ?\d*"
    r"|最终版|最新版|修改版|修订版|修改稿|更正版?|更新版?|补充版?|定稿|终稿|初稿|最终|重发|再次|补报|补交|补件"
    r"|请(?:领导|老师)?(?:查收|审阅|审核|审批|过目|收阅)|谢谢|收到请回复|敬请"
)
# Words around unit and material that are part of neither.
_FILLER = re.compile(
    r"我校|我局|我院|我单位|我县|我区|我市|本校|本局|本院|本单位|学校名称|单位名称|单位|名称|报送|上报|提交|报道|发送|关于|职业教育|职教|"
    r"技能[:,]?让生活更美好|(?:国家|省市|省|市|县)级(?:以上)?|全国|开展|举办|工作|相关|有关|情况|信息|材料|资料|内容|汇总|稿件?|今日|今天|当日|当天|每日|昨日|昨天|前天|"
    r"活动|宣传|主题|系列|特色|电子版|扫描件|盖章版?|以及|第(?=\d)|[的之及和与年月日天号共至到在了\d]"
)
# Only whole words are removed at the ends of a name: 日 is a filler in 5月17日, and the beginning of 日照.
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
_NOTICES = 64
"""Notices whose words are kept: every subject is compared with them."""


@dataclass(frozen=True)
class _Found:
    """A recognised name: its position, and the name that it means."""

    start: int
    end: int
    name: str
    meaning: str


def read_subject(subject: str, notice: Notice, roster: Roster) -> SubjectReading:
    """Reads a subject for a notice and its roster. Never raises: `fault` says why no unit could be read."""
    text = strip_prefixes(normalise(subject))
    form = parse_form(notice.subject.form)
    if _PLACEHOLDER.search(text) or form.is_copied(text):
        return _read_placeholder(subject, text, notice, roster)
    rest = Remainder(text)
    keywords = rest.take(_keyword(notice))
    rest.take(_CAPTION)
    days = take_days(rest, notice.activity_week)
    piece = _take_piece(rest)
    rest.take(_YEAR)
    rest.take(_TAIL)
    units = _units(rest.text, roster)
    for unit in units:
        rest.blank(unit.start, unit.end)
    aliases = _material_names(notice)
    materials = _find(rest.text, name_pattern(tuple(aliases)), aliases)
    for material in materials:
        rest.blank(material.start, material.end)
    materials = _drop_kind_words(materials, text, notice)
    reading = SubjectReading(
        subject,
        has_keyword=bool(keywords) or form.keyword_position(notice.subject.keywords) < 0,
        materials=tuple(dict.fromkeys(material.meaning for material in materials)),
        mentions_material="材料" in text,
        day=days[0] if len(days) == 1 and days[0] in notice.activity_week else None,
        other_days=() if len(days) == 1 and days[0] in notice.activity_week else days,
        piece=piece,
        is_in_order=_in_order(keywords, units, materials, form, notice),
        other_words=tuple(_unrecognised_words(rest.text)),
    )
    return _read_exact_form(reading, text, notice, roster) or _with_unit(reading, units, rest.text, roster)


def _read_exact_form(reading: SubjectReading, text: str, notice: Notice, roster: Roster) -> SubjectReading | None:
    """Returns the reading of a subject in exactly the notice's form, with a unit and materials that are known."""
    aliases = _material_names(notice)
    exact = parse_form(notice.subject.form).read(text, roster.names, tuple(aliases))
    if exact is None:
        return None
    unit, words = exact
    owner = roster.find(roster.compact_names[unit])
    materials = tuple(dict.fromkeys(aliases[word] for word in words))
    return replace(reading, has_keyword=True, unit=owner, fault=None, materials=materials, is_in_order=True)


def _read_placeholder(subject: str, text: str, notice: Notice, roster: Roster) -> SubjectReading:
    """Reads 活动周xx单位xx材料, copied from the notice. A unit that was filled in is kept."""
    units = {roster.find(found.meaning) for found in _units(text, roster)}
    keyword = _keyword(notice).search(text) is not None
    return SubjectReading(subject, keyword, units.pop() if len(units) == 1 else None, UnitFault.PLACEHOLDER)


def strip_prefixes(text: str) -> str:
    """Removes all leading 回复：, 转发：, Re:, Fw: and 【外部邮件】 from a normalised subject."""
    while match := _PREFIX.match(text):
        text = text[match.end() :]
    return text


def write_subject(notice: Notice, unit: str, materials: Iterable[str], day: date | None = None) -> str:
    """Writes a subject in the form of the notice, ready to copy: 活动周濮阳县教育局照片材料."""
    form = parse_form(notice.subject.form)
    if not form.is_usable:
        form = parse_form(f"{notice.subject.keywords[0]}xx单位xx材料")
    what = "、".join(materials) or "【材料名称】"
    return form.write(unit or "【单位全称】", what, month_day(day) if day else "")


@lru_cache(maxsize=_NOTICES)
def _keyword(notice: Notice) -> re.Pattern[str]:
    return re.compile(
        # 科技活动周 and the like are other weeks.
        r"(?<!科技)(?<!推普)(?<!读书)(?<!学习)(?<!安全)(?<!艺术)(?<!文化)(?<!健康)"
        r"(?:20\d\d ?年?度?)? ?(?:全国|全省|全市)?(?:职业教育|职教)?"
        # 活动周期, 职教周刊 and 活动周六下午 are other words that contain the keyword.
        rf"(?:{name_pattern(_keywords(notice)).pattern})(?!{_OTHER_WORD})(?:期间)?"
    )


def _keywords(notice: Notice) -> tuple[str, ...]:
    """Returns the keywords, and the words of the form that contain one: 终身学习活动周."""
    keywords = notice.subject.keywords
    of_form = parse_form(notice.subject.form).fixed_words
    return (*keywords, *(word for word in of_form if any(compact(keyword) in compact(word) for keyword in keywords)))


@lru_cache(maxsize=_NOTICES)
def _material_names(notice: Notice) -> Mapping[str, str]:
    return {compact(word): m.name for m in notice.materials for word in (*m.aliases, m.name)}


def _find(text: str, pattern: re.Pattern[str], meanings: Mapping[str, str]) -> list[_Found]:
    return [
        _Found(m.start(), m.end(), name, meanings[name])
        for m in pattern.finditer(text)
        if (name := m.group().replace(" ", "")) in meanings
    ]


_KIND_WORDS = {
    "text": re.compile("文字(?:材料|稿|介绍)?|文[稿本](?:材料)?|稿件|文章"),
    "photo": re.compile("(?:现场|活动)?(?:照片|图片|相片)(?:材料|资料)?"),
    "video": re.compile("(?:短|微)?视频(?:材料|资料|短片)?|短片|影片|录像"),
    "form": re.compile("表格?|登记表|汇总表"),
}
_BEHIND = re.compile(r"[\s\"'“”‘’《》「」()（）的类·-]*")


def _drop_kind_words(materials: list[_Found], text: str, notice: Notice) -> list[_Found]:
    """Leaves out a kind word behind the name of a material of that kind: 我的一天视频 is one material."""
    kept: list[_Found] = []
    for material in materials:
        before = kept[-1] if kept else None
        if before is None or not _says_kind_of(material, before, text, notice):
            kept.append(material)
    return kept


def _says_kind_of(word: _Found, name: _Found, text: str, notice: Notice) -> bool:
    owner = notice.material(name.meaning)
    if owner is None or word.meaning == name.meaning or not _BEHIND.fullmatch(text[name.end : word.start]):
        return False
    kinds = {part.kind for part in owner.parts if part.missing is Severity.ERROR}
    return any(kind in kinds and pattern.fullmatch(word.name) for kind, pattern in _KIND_WORDS.items())


def _units(text: str, roster: Roster) -> list[_Found]:
    """Finds the units that are named; `meaning` is the full name.

    A bare county or city directly before a school is left out: in 濮阳县濮阳县职校 it is an address.
    """
    found = _find(text, name_pattern(roster.names), roster.compact_names)
    kept = []
    for n, unit in enumerate(found):
        after = found[n + 1] if n + 1 < len(found) else None
        is_address = after is not None and after.start == unit.end and not _ORGANISATION.search(unit.name)
        owner = roster.find(unit.meaning)
        if owner is not None and not is_address:
            kept.append(replace(unit, meaning=owner.name))
    return kept


def _take_piece(rest: Remainder) -> tuple[int, int] | None:
    found = [_read_counts(match) for match in rest.take(_PIECE)]
    found += [(number, total) for total, number in map(_read_counts, rest.take(_PIECE_OF))]
    return next(((number, total) for number, total in found if 1 <= number <= total), None)


def _read_counts(match: re.Match[str]) -> tuple[int, int]:
    first, second = (_NUMERALS.get(group) or int(group) for group in match.groups() if group is not None)
    return first, second


_NUMERALS = {**{numeral: n for n, numeral in enumerate("一二三四五六七八九十", 1)}, "两": 2}


def _in_order(
    keywords: list[re.Match[str]], units: list[_Found], materials: list[_Found], form: SubjectPattern, notice: Notice
) -> bool:
    """True where keyword, unit and material stand in the order of the notice's form."""
    found = (
        (form.keyword_position(notice.subject.keywords), [match.start() for match in keywords]),
        (form.position(Blank.UNIT), [unit.start for unit in units]),
        (form.position(Blank.MATERIAL), [material.start for material in materials]),
    )
    asked = sorted((position, starts[0]) for position, starts in found if starts and position >= 0)
    places = [start for _, start in asked]
    return not form.is_usable or places == sorted(places)


def _with_unit(reading: SubjectReading, units: list[_Found], rest: str, roster: Roster) -> SubjectReading:
    names = tuple(dict.fromkeys(unit.meaning for unit in units))
    if len(names) > 1:
        return replace(reading, fault=UnitFault.MANY_UNITS, units=names)
    if not names:
        return _without_unit(reading, rest, roster)
    owner = roster.find(names[0])
    assert owner is not None
    longer_names = [words for unit in units if (words := _longer_name(unit, rest, owner))]
    longer_names += [
        words
        for words in _unrecognised_words(rest)
        if _ORGANISATION.search(words) and not _EDUCATION_BUREAU.fullmatch(words)
    ]
    if longer_names:
        return replace(
            reading,
            fault=UnitFault.UNKNOWN_UNIT,
            unit_words=longer_names[0],
            nearest=find_nearest_units(longer_names[0], roster),
        )
    return replace(reading, unit=owner)


def _longer_name(unit: _Found, rest: str, owner: Unit) -> str:
    """Returns the longer name that contains a recognised one (濮阳县 in 濮阳县第一中学), or an empty string."""
    before = re.split(r"[^\w]", rest[: unit.start])[-1]
    after = re.split(r"[^\w]", rest[unit.end :])[0]
    # A bare place is a unit only when it stands alone. A school's short name is as good as its full name.
    full_name = unit.name == compact(owner.name) or not _AUTHORITY.search(owner.name)
    before_fits = not before or _is_filler(before) or bool(_REGION.fullmatch(before))
    after_fits = not after or _is_filler(after) or (full_name and not _ORGANISATION.search(after))
    if not after_fits and _AUTHORITY.search(owner.name):
        after_fits = _is_filler(_EDUCATION_BUREAU.sub("", after, count=1)) and bool(_EDUCATION_BUREAU.match(after))
    # A department or a person behind a full name is no other unit. A word before a full name may be anything harmless.
    before_fits = before_fits or (full_name and not _ORGANISATION.search(before))
    return "" if before_fits and after_fits else f"{before}{unit.name}{after}"


def _is_filler(text: str) -> bool:
    return not _FILLER.sub("", text).strip()


def _without_unit(reading: SubjectReading, rest: str, roster: Roster) -> SubjectReading:
    candidates = [words for words in _unrecognised_words(rest) if not _is_filler(words)]
    for words in candidates:
        nearest = find_nearest_units(words, roster)
        if _ORGANISATION.search(words) or nearest:
            return replace(reading, fault=UnitFault.UNKNOWN_UNIT, unit_words=words, nearest=nearest)
    return replace(reading, fault=UnitFault.NO_UNIT)


def _unrecognised_words(rest: str) -> list[str]:
    """Returns the words that nothing recognised, without fillers at both ends."""
    trimmed = [_trim(word) for word in re.split(r"[^\w]+", rest.replace(GAP, " ")) if word]
    return [word for word in trimmed if len(word) > 1]


def _trim(word: str) -> str:
    shorter = _BACK.sub("", _FRONT.sub("", word))
    return shorter if len(shorter) > 1 else word if _ORGANISATION.search(word) and not _is_filler(word) else ""


def find_nearest_units(words: str, roster: Roster) -> tuple[str, ...]:
    """Returns the full names of up to three units similar to `words`, best first; empty when none is similar."""
    choices = {name: compact(name) for name in roster.names}
    # Here and not above: it takes 6 MB, and most subjects name a unit as the roster does.
    from rapidfuzz import fuzz, process

    found = process.extract(compact(words), choices, scorer=fuzz.ratio, score_cutoff=60, limit=8)
    owners = [owner.name for _, _, name in found if (owner := roster.find(name))]
    return tuple(dict.fromkeys(owners))[:3]


def assume_only_material(reading: SubjectReading, notice: Notice) -> SubjectReading:
    """Returns the reading with the material of a notice that asks for one only: nobody needs to ask which it is."""
    if reading.materials or len(notice.materials) != 1 or reading.fault is UnitFault.PLACEHOLDER:
        return reading
    return replace(reading, materials=(notice.materials[0].name,))


_COMMON_WORDS = re.compile("材料|资料|活动|情况|报送|上报|职教|职业教育|学校|单位|内容|宣传|开展|[第期年月日]")


def find_possible_materials(reading: SubjectReading, notice: Notice) -> tuple[str, ...]:
    """Returns the materials that the subject's words may mean: those whose names share two characters with them."""
    words = "|".join(_COMMON_WORDS.sub("|", word) for word in reading.other_words)
    pairs = {words[at : at + 2] for at in range(len(words) - 1) if "|" not in words[at : at + 2]}
    return tuple(
        one.name
        for one in notice.materials
        if any(pair in compact(name) for pair in pairs for name in (one.name, *one.aliases))
    )
