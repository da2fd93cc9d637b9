"""Which day is meant: by the subject, the submission that is mended, the form, the clock; and more time for one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from intake_bot.files.facts import FileFacts, Kind, TextFacts
from intake_bot.judging.form_days import day_in_forms
from intake_bot.judging.judge import Case, judge
from intake_bot.judging.sender import Sender
from intake_bot.notices.notice import Extension, Severity
from tests.judging.cases import archive, case, errors, form, notice, outcome, photo, word

HEFEI = notice("hefei-2023")
DAILY = "活动周合肥工业学校日报材料"
PHOTO = "活动周濮阳县教育局照片"


def table(*rows: tuple[str, ...], title: str = "活动情况日报表", name: str = "附件1.docx") -> FileFacts:
    text = f"2023年职业教育活动周{title}\n" + "\n".join("\t".join(row) for row in rows)
    return FileFacts(name, Kind.DOCX, 20_000, f"sha-{name}", text=TextFacts(text, 30, tables=(rows,)))


FORMS: dict[str, tuple[tuple[tuple[str, ...], ...], date | None]] = {
    "label and value": ((("单位", "合肥工业学校"), ("日期", "5月18日")), date(2023, 5, 18)),
    "header and value": ((("单位", "日期"), ("合肥工业学校", "2023-05-18")), date(2023, 5, 18)),
    "in one cell": ((("单位：合肥工业学校", "日期：2023年5月18日"),), date(2023, 5, 18)),
    "short": ((("活动时间", "5.18"),), date(2023, 5, 18)),
    "the same day twice": ((("日期", "5月18日"), ("日期", "2023.5.18")), date(2023, 5, 18)),
    "two days": ((("日期", "5月18日"), ("日期", "5月19日")), None),
    "when it was filled in": ((("填报日期", "5月19日"), ("日期", "5月18日")), date(2023, 5, 18)),
    "only when it was filled in": ((("填表时间", "5月19日"),), None),
    "filled in, by its header": ((("单位", "填报时间"), ("合肥工业学校", "5月19日")), None),
    "outside the week": ((("日期", "5月30日"),), None),
    "in a story": ((("内容", "5月18日上午，我校在体育馆隆重举行了职业教育活动周启动仪式，全体师生参加。"),), None),
    "none": ((("单位", "合肥工业学校"),), None),
}


@pytest.mark.parametrize(("rows", "day"), FORMS.values(), ids=FORMS)
def test_day_in_a_form(rows: tuple[tuple[str, ...], ...], day: date | None) -> None:
    daily = HEFEI.material("日报")
    assert daily is not None
    assert day_in_forms(daily, [table(*rows)], HEFEI.days) == day
    assert day_in_forms(daily, [word("说明.docx"), table(*rows, title="别的表")], HEFEI.days) is None


def daily(subject: str = DAILY, day: str = "5月17日", received: str = "2023-05-19T09:00:00") -> Case:
    forms = table(("单位", "合肥工业学校"), ("日期", day)), form("媒体宣传情况日报表", "附件2.docx")
    return case("hefei-2023", subject, *forms, received=received)


@pytest.mark.parametrize(
    ("of", "day", "late"),
    [
        (daily(), "2023-05-17", True),
        (daily(day="5月18日"), "2023-05-18", False),
        (daily(f"{DAILY}5月18日"), "2023-05-18", False),
        (replace(daily(day="无"), stated_days={"日报": date(2023, 5, 17)}), "2023-05-17", True),
        (replace(daily(day="5月18日"), stated_days={"日报": date(2023, 5, 17)}), "2023-05-17", True),
        (daily(day="无"), "2023-05-18", False),
    ],
    ids=["form", "form in time", "subject before form", "supplement", "supplement before form", "the open window"],
)
def test_what_decides_the_day(of: Case, day: str, late: bool) -> None:
    item = judge(of).items[0]
    assert (str(item.day), item.late) == (day, late)


def extended(of: Case, **extension: object) -> Case:
    granted = Extension.model_validate({"unit": "濮阳县教育局", "until": "5月19日12:00前"} | extension)
    return replace(of, notice=of.notice.model_copy(update={"extensions": (granted,)}))


def sent(received: str, subject: str = PHOTO) -> Case:
    return case("puyang-2023", subject, archive(), photo("学生技能展示现场.jpg"), received=received)


@pytest.mark.parametrize(
    ("of", "day", "late"),
    [
        (extended(sent("2023-05-19T11:00:00", f"{PHOTO}5月17日")), "2023-05-17", False),
        (extended(sent("2023-05-19T12:00:00", f"{PHOTO}5月17日")), "2023-05-17", False),
        (extended(sent("2023-05-19T12:00:01", f"{PHOTO}5月17日")), "2023-05-17", True),
        (extended(sent("2023-05-18T11:00:00"), day="2023-05-17"), "2023-05-17", False),
        (
            replace(extended(sent("2023-05-18T11:00:00"), day="2023-05-17"), filled_days={"照片": {date(2023, 5, 17)}}),
            "2023-05-18",
            False,
        ),
        (extended(sent("2023-05-18T11:00:00"), unit="范县教育局"), "2023-05-18", False),
        (extended(sent("2023-05-18T11:00:00"), material="视频"), "2023-05-18", False),
        (extended(sent("2023-07-30T11:00:00", f"{PHOTO}5月17日"), until="7月31日前"), "2023-05-17", False),
    ],
    ids=[
        "named day",
        "to the second",
        "a second later",
        "the day just due",
        "that day is in",
        "another unit",
        "another material",
        "long after the end",
    ],
)
def test_more_time_for_one_unit(of: Case, day: str, late: bool) -> None:
    item = judge(of).items[0]
    assert (str(item.day), item.late, errors(judge(of))) == (day, late, [])


def test_a_late_mail_is_told_its_own_deadline() -> None:
    verdict = judge(extended(sent("2023-05-19T12:00:01", f"{PHOTO}5月17日")))
    (finding,) = verdict.items[0].findings
    assert finding.asked == "每天16:00前报送（已为贵单位延期，5月19日12:00截止）"


def test_a_late_mail_without_more_time_is_told_the_usual_one() -> None:
    (finding,) = judge(sent("2023-05-17T16:00:01")).items[0].findings
    assert finding.asked == "每天16:00前报送（5月17日16:00截止）"


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ("5月10日", "主题里的5月10日不在活动周内，已按5月17日登记"),
        ("5月16日、17日", "主题里的5月16日、5月17日不止一天，已按5月17日登记"),
    ],
)
def test_why_another_day_was_taken(days: str, found: str) -> None:
    (finding,) = judge(sent("2023-05-17T11:00:00", f"{PHOTO}{days}")).items[0].findings
    assert finding.found == found


def weighed(of: Case, **severities: str) -> Case:
    chosen = {code.replace("_", ".", 1): Severity(severity) for code, severity in severities.items()}
    return replace(of, notice=of.notice.model_copy(update={"severities": chosen}))


SONG = FileFacts("歌.mp3", Kind.AUDIO, 9, "s")
TEXT = case("puyang-2023", "活动周濮阳县教育局文字材料", word(), SONG)
HOLLOW = FileFacts("空.docx", Kind.EMPTY, 0, "s")
EMPTY = case("puyang-2023", "活动周濮阳县教育局文字材料", word(), HOLLOW)
EMPTY_ALONE = case("puyang-2023", "活动周濮阳县教育局文字材料", HOLLOW)
NOTHING = case("puyang-2023", "活动周濮阳县教育局文字材料")
SPARSE = case("hefei-2023", DAILY, form("活动情况日报表"), form("媒体宣传情况日报表", "2.docx"))


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (TEXT, ("accepted", [], ["file.unexpected"])),
        (weighed(TEXT, file_unexpected="off"), ("accepted", [], [])),
        (weighed(TEXT, file_unexpected="error"), ("rejected", ["file.unexpected"], [])),
        (weighed(EMPTY, file_empty="remark"), ("accepted", [], ["file.empty"])),
        (weighed(EMPTY, file_empty="off"), ("accepted", [], [])),
        # What is not there is said in either case.
        (EMPTY_ALONE, ("rejected", ["file.empty"], [])),
        (weighed(EMPTY_ALONE, file_empty="remark"), ("rejected", ["part.missing"], ["file.empty"])),
        (weighed(EMPTY_ALONE, file_empty="off"), ("rejected", ["part.missing"], [])),
        (weighed(NOTHING, part_missing="remark"), ("accepted", [], ["part.missing"])),
        (weighed(NOTHING, part_missing="off"), ("accepted", [], [])),
        # The parts of this notice say themselves what their lack means.
        (weighed(SPARSE, part_missing="error"), ("accepted", [], ["part.missing"])),
    ],
    ids=[
        "default",
        "off",
        "error",
        "empty remark",
        "empty off",
        "empty alone",
        "empty alone remark",
        "empty alone off",
        "lack remark",
        "lack off",
        "the part's own word",
    ],
)
def test_severity_of_what_rests_on_no_clause(of: Case, expected: tuple[str, list[str], list[str]]) -> None:
    assert outcome(of) == expected


@pytest.mark.parametrize("severity", Severity)
def test_what_is_private_stays_so_at_any_weight(severity: Severity) -> None:
    of = sent("2023-05-17T11:00:00")
    unit = of.reading.unit
    assert unit is not None
    known = replace(of.reading, unit=replace(unit, addresses=("one@county.example",)))
    verdict = judge(weighed(replace(of, reading=known, sender=Sender("x@qq.com")), sender_unknown=severity))
    assert verdict.for_school.all_findings == ()
    told = [] if severity is Severity.OFF else [("sender.unknown", severity, True)]
    assert [(f.code, f.severity, f.private) for f in verdict.all_findings] == told


def test_a_lone_piece_is_judged_as_what_it_is() -> None:
    assert outcome(sent("2023-05-17T11:00:00", f"{PHOTO}（2/3）")) == ("accepted", [], ["part.piece"])
    whole = replace(sent("2023-05-17T11:00:00", f"{PHOTO}（2/3）"), pieces=frozenset({1, 2, 3}))
    assert outcome(whole) == ("accepted", [], [])
