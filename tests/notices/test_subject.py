"""Subjects read with the shipped notices and rosters: the rows of subjects.tsv, and further cases."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_bot.config.defaults import defaults_dir
from intake_bot.config.load import load
from intake_bot.config.settings import Settings
from intake_bot.files.facts import MailFacts, TextFacts
from intake_bot.judging.days import Calendar
from intake_bot.judging.judge import Case, judge
from intake_bot.judging.prior_mail.replies import MailTraits
from intake_bot.judging.recognition import is_submission
from intake_bot.judging.verdict import MailKind
from intake_bot.mail.machines.triage import machine_mark
from intake_bot.mail.message import Address, Message
from intake_bot.notices.named_days import read_relative_day
from intake_bot.notices.notice import Notice
from intake_bot.notices.roster import Roster
from intake_bot.notices.subject import SubjectReading, UnitFault, read_subject, strip_prefixes, write_subject

SETTINGS: Settings = load(defaults_dir())


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    notice: str
    received: str
    subject: str
    kind: str
    unit: str
    materials: str
    day: str
    code: str


def table() -> list[Row]:
    path = Path(__file__).with_name("subjects.tsv")
    with path.open(encoding="utf-8", newline="") as file:
        return [Row(**row) for row in csv.DictReader(file, delimiter="\t")]


def notice_and_roster(notice_id: str) -> tuple[Notice, Roster]:
    notice = next(notice for notice in SETTINGS.notices if notice.id == notice_id)
    bureau = SETTINGS.bureau(notice.bureau)
    assert bureau is not None
    return notice, bureau.roster


def letter(subject: str) -> Message:
    """A person's mail of which only the subject is known."""
    return Message(
        headers={}, subject=subject, sender=Address("", "teacher@example.edu.cn"), reply_to=None, to=(), cc=(),
        message_id=None, in_reply_to=(), references=(), sent_at=None, received_at=None, text="", html="",
        attachments=(), bytes=0,
    )  # fmt: skip


def read(subject: str, notice_id: str = "puyang-2023") -> SubjectReading:
    return read_subject(subject, *notice_and_roster(notice_id))


@pytest.mark.parametrize("row", table(), ids=lambda row: row.subject)
def test_subject_of_table_is_read_as_listed(row: Row) -> None:
    notice, roster = notice_and_roster(row.notice)
    if machine_mark(letter(row.subject)) is not None:
        assert row.kind == "machine"
        return
    reading = read_subject(row.subject, notice, roster)
    traits = MailTraits("teacher@example.edu.cn", carries_files=True, answers_us=False)
    kind = MailKind.SUBMISSION if is_submission(reading, traits, roster) else MailKind.OTHER
    assert kind.value == row.kind
    if kind is not MailKind.SUBMISSION:
        return
    zone = SETTINGS.intake.zone
    calendar = Calendar(notice.activity_week, zone, timedelta(hours=notice.grace_hours), notice.closes_at(zone))
    facts = MailFacts((), TextFacts("", 0))
    verdict = judge(Case(notice, calendar, reading, datetime.fromisoformat(row.received), facts))
    codes = [f.code for f in verdict.all_findings if f.code.startswith(("subject.", "channel."))]
    days = {item.day.isoformat() if item.day else "" for item in verdict.items} or {""}
    assert (verdict.unit or "", "+".join(item.material for item in verdict.items), days, codes) == (
        row.unit,
        row.materials,
        {row.day},
        [row.code] if row.code else [],
    )


@pytest.mark.parametrize(
    ("subject", "unit"),
    [
        ("活动周濮阳县教体局文字材料", "濮阳县教育局"),
        ("活动周濮阳县教育局职成股文字材料", "濮阳县教育局"),
        ("活动周濮阳市濮阳县教育局图片", "濮阳县教育局"),
        ("活动周河南省濮阳县教育局文字材料", "濮阳县教育局"),
        ("活动周濮阳县濮阳县职业技术学校照片", "濮阳县职业技术学校"),
        ("活动周濮阳县教育局文字材料张三13800000000", "濮阳县教育局"),
        ("活动周-濮阳县-文字材料-张三", "濮阳县教育局"),
        ("活动周濮阳 县教育局 文字 材料", "濮阳县教育局"),
        ("活动周濮阳县教育局关于开展职业教育活动周的活动情况报告", "濮阳县教育局"),
        ("活动周范县职校省级媒体报道", "范县职业技术学校"),
        ("活动周范县职校全部材料", "范县职业技术学校"),
        ("活动周启动仪式范县职校照片", "范县职业技术学校"),
        ("活动周清丰职校大国工匠进校园活动照片", "清丰县职业技术学校"),
        ("活动周濮阳医专宣传部视频", "濮阳医学高等专科学校"),
        ("活动周濮职院机电系照片", "濮阳职业技术学院"),
    ],
)
def test_unit_among_other_words_is_found(subject: str, unit: str) -> None:
    reading = read(subject)
    assert (reading.unit and reading.unit.name, reading.fault) == (unit, None)


@pytest.mark.parametrize(
    ("subject", "words", "first"),
    [
        ("活动周濮阳县第一中学文字材料", "濮阳县第一中学", "濮阳县教育局"),
        ("活动周 濮阳县 第一中学 文字材料", "第一中学", None),
        ("活动周濮阳职业技术学校文字材料", "濮阳职业技术学校", "濮阳县职业技术学校"),
        ("活动周濮阳县教育居文字材料", "濮阳县教育居", "濮阳县教育局"),
        ("活动周濮阳市教育局照片", "濮阳市教育局", "濮阳县教育局"),
        ("活动周濮阳职业技术学院附属中学照片", "濮阳职业技术学院附属中学", "濮阳职业技术学院"),
        ("活动周日照学校照片", "日照学校", None),
    ],
)
def test_unknown_unit_is_suggested_and_not_used(subject: str, words: str, first: str | None) -> None:
    reading = read(subject)
    assert (reading.unit, reading.fault, reading.unit_words) == (None, UnitFault.UNKNOWN_UNIT, words)
    assert (reading.nearest[0] if reading.nearest else None) == first


@pytest.mark.parametrize(
    ("subject", "day"),
    [
        ("活动周濮阳县教育局文字材料5月16日", date(2023, 5, 16)),
        ("活动周濮阳县教育局文字材料 5.16", date(2023, 5, 16)),
        ("活动周濮阳县教育局文字材料（5/16）", date(2023, 5, 16)),
        ("活动周濮阳县教育局文字材料2023-05-16", date(2023, 5, 16)),
        ("活动周濮阳县教育局文字材料20230516", date(2023, 5, 16)),
        ("活动周濮阳县教育局文字材料第三天", date(2023, 5, 16)),
        ("活动周濮阳县教育局文字材料16日", date(2023, 5, 16)),
        ("活动周濮阳县教育局文字材料0516", date(2023, 5, 16)),
        ("活动周濮阳县教育局文字材料23.5.16", date(2023, 5, 16)),
        ("活动周濮阳县教育局文字材料230516", date(2023, 5, 16)),
        ("活动周濮阳县教育局文字材料五月十六日", date(2023, 5, 16)),
        ("活动周濮阳县教育局周二文字材料", date(2023, 5, 16)),
        ("活动周濮阳县教育局文字材料5月14日-5月20日", None),
        ("活动周濮阳县教育局文字材料5月30日", None),
        ("活动周濮阳县教育局文字材料v1.2", None),
        ("活动周濮阳县教育局文字材料13月45日", None),
        ("活动周濮阳县教育局文字材料五月三十二日", None),
        ("活动周濮阳县教育局文字材料五月十十日", None),
    ],
)
def test_day_is_read_where_exactly_one_of_week_is_named(subject: str, day: date | None) -> None:
    assert read(subject).day == day


@pytest.mark.parametrize(
    ("subject", "materials"),
    [
        ("活动周濮阳县职校照片及文字说明", ("照片",)),
        ("活动周濮阳县职校照片（附文字说明）", ("照片",)),
        ("活动周濮阳县职校视频及说明", ("视频",)),
        ("活动周濮阳县职校照片和文字", ("照片", "文字材料")),
    ],
)
def test_caption_of_material_is_no_material(subject: str, materials: tuple[str, ...]) -> None:
    assert read(subject).materials == materials


@pytest.mark.parametrize(
    ("subject", "unit"),
    [
        ("河北省2023年职业教育活动周总结", "河北省教育厅"),
        ("活动周新疆生产建设兵团总结", "新疆生产建设兵团教育局"),
        ("活动周吉林市总结", None),
    ],
)
def test_bare_place_means_its_authority_only(subject: str, unit: str | None) -> None:
    reading = read(subject, "moe-2023")
    assert (reading.unit.name if reading.unit else None) == unit


def test_days_not_used_are_listed() -> None:
    two, outside = read("活动周濮阳县教育局文字材料5月16日、5月17日"), read("活动周濮阳县教育局文字材料5月30日")
    assert [two.other_days, outside.other_days] == [(date(2023, 5, 16), date(2023, 5, 17)), (date(2023, 5, 30),)]


@pytest.mark.parametrize(
    ("subject", "day"),
    [
        ("活动周濮阳县教育局昨天的文字材料", date(2023, 5, 16)),
        ("活动周濮阳县教育局昨日文字材料", date(2023, 5, 16)),
        ("活动周濮阳县教育局前天文字材料", date(2023, 5, 15)),
        ("活动周濮阳县教育局文字材料", None),
        ("活动周濮阳县教育局前一日活动情况", None),
        ("活动周濮阳县教育局昨天和前天的文字材料", None),
    ],
)
def test_day_before_that_of_the_mail_is_read(subject: str, day: date | None) -> None:
    notice, _ = notice_and_roster("puyang-2023")
    assert read_relative_day(subject, date(2023, 5, 17), notice.activity_week) == day
    assert read_relative_day(subject, date(2023, 5, 14), notice.activity_week) is None
    assert read(subject).unit is not None


def test_placeholder_with_unit_filled_in_keeps_unit() -> None:
    reading = read("活动周濮阳县职校xx材料")
    assert (reading.fault, reading.unit and reading.unit.name) == (UnitFault.PLACEHOLDER, "濮阳县职业技术学校")


@pytest.mark.parametrize("subject", ["科技活动周邀请函", "关于举办2023年推普活动周的通知"])
def test_name_of_other_week_is_no_keyword(subject: str) -> None:
    assert not read(subject).has_keyword


def test_piece_number_is_no_date() -> None:
    reading = read("活动周濮阳技师学院图片材料（2/3）")
    assert (reading.piece, reading.day) == ((2, 3), None)


@pytest.mark.parametrize(
    ("words", "piece"),
    [
        ("（第1封，共2封）", (1, 2)),
        ("第二部分共三部分", (2, 3)),
        ("共2封第1封", (1, 2)),
        ("（共两封，第二封）", (2, 2)),
        ("第3封共2封", None),
        ("第二部分", None),
        ("共2封", None),
    ],
)
def test_piece_may_be_written_in_words(words: str, piece: tuple[int, int] | None) -> None:
    reading = read(f"活动周濮阳技师学院照片{words}")
    assert (reading.unit and reading.unit.name, reading.materials, reading.piece) == ("濮阳技师学院", ("照片",), piece)


def test_subject_in_other_order_is_noticed() -> None:
    assert read("活动周濮阳县教育局文字材料").is_in_order
    assert not read("活动周文字材料濮阳县教育局").is_in_order


def test_written_subject_is_read_as_same_unit_and_material() -> None:
    for notice in SETTINGS.notices:
        _, roster = notice_and_roster(notice.id)
        for unit in roster.units:
            for material in notice.materials:
                subject = write_subject(notice, unit.name, [material.name], notice.week.last)
                reading = read_subject(subject, notice, roster)
                assert (reading.unit, reading.materials, reading.is_in_order) == (unit, (material.name,), True), subject


@pytest.mark.parametrize("subject", ["", " ", "\x00", "回复：" * 500, "活动周" * 2000, "（" * 3000, "濮" * 5000])
def test_hostile_subject_is_read_without_error(subject: str) -> None:
    assert read(subject).unit is None


_PIECES = st.sampled_from(
    [
        *(
            "活动周",
            "濮阳县",
            "濮阳县教育局",
            "濮职中",
            "照片",
            "文字材料",
            "材料",
            "xx单位",
            "××",
            "回复：",
            "Fw:",
            "【",
            "】",
        ),
        *(
            "（2/3）",
            "5月17日",
            "13月45日",
            "20230599",
            "第2篇",
            "等 5 项材料",
            "、",
            "和",
            " ",
            "\u3000",
            "\x00",
            "\u202e",
        ),
        *("９９/９", "十月", "㈠", "\ud800", "İ", "ﬁ", "²", "①", "٣"),
    ]
)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=5), max_size=30).map("".join), st.sampled_from(SETTINGS.notices))
def test_random_subject_is_read_without_error(subject: str, notice: Notice) -> None:
    _, roster = notice_and_roster(notice.id)
    reading = read_subject(subject, notice, roster)
    assert (reading.unit is None) or (reading.fault in (None, UnitFault.PLACEHOLDER))
    assert set(reading.materials) <= {material.name for material in notice.materials}
    assert reading.day is None or reading.day in notice.activity_week
    assert read_subject(subject, notice, roster) == reading


def test_strip_prefixes_removes_stacked_prefixes() -> None:
    assert strip_prefixes("re: 回复: re: fw[2]: 转发:活动周") == "活动周"


@pytest.mark.parametrize(
    "subject",
    [
        "促销活动周期表",
        "《职教周刊》征订",
        "本店活动周六下午开始",
        "新品活动周五开始",
        "校园活动周边产品",
        "志愿活动周年庆",
    ],
)
def test_keyword_inside_other_word_is_not_found(subject: str) -> None:
    assert not read(subject).has_keyword


@pytest.mark.parametrize(
    "subject",
    [
        "活动周期间濮阳县教育局照片",
        "活动周日报濮阳县教育局",
        "活动周六安市教育局照片",
        "活动周三中照片材料",
        "活动周边防学校照片",
        "活动周年度总结濮阳县教育局",
        "活动周一中心小学照片",
        "职教周濮阳县教育局总结",
    ],
)
def test_keyword_before_unit_or_material_is_found(subject: str) -> None:
    assert read(subject).has_keyword


def test_subject_is_read_by_the_words_of_this_version_of_a_notice() -> None:
    before, roster = notice_and_roster("puyang-2023")
    renamed = before.materials[0].model_copy(update={"aliases": ("剪影",)})
    after = before.model_copy(update={"materials": (renamed, *before.materials[1:])})
    other = before.subject.model_copy(update={"keywords": ("技能月",), "form": "技能月xx单位xx材料"})
    keyword = before.model_copy(update={"subject": other})
    subject = "活动周濮阳县职校剪影"
    assert read_subject(subject, before, roster).materials == ()
    assert read_subject(subject, after, roster).materials == (renamed.name,)
    assert read_subject(subject, before, roster).has_keyword
    assert not read_subject(subject, keyword, roster).has_keyword
