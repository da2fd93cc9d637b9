"""The day that a mail reports on: from the subject, prior mail, a form or the time; and extensions for one unit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from intake_bot.files.facts import FileFacts, Kind, TextFacts
from intake_bot.judging.days import find_days_in_forms
from intake_bot.judging.judge import Case, judge
from intake_bot.judging.verdict import Decision
from intake_bot.notices.notice import Extension
from tests.judging.cases import archive, case, errors, form, moment, notice, photo, word

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
def test_find_days_in_forms_reads_one_day_of_week(rows: tuple[tuple[str, ...], ...], day: date | None) -> None:
    daily, week = HEFEI.material("日报"), HEFEI.activity_week
    assert daily is not None
    assert [found for _, found in find_days_in_forms(daily, [table(*rows)], week)] == ([day] if day else [])
    assert list(find_days_in_forms(daily, [word("说明.docx"), table(*rows, title="别的表")], week)) == []


def daily(subject: str = DAILY, day: str = "5月17日", received: str = "2023-05-19T09:00:00") -> Case:
    forms = table(("单位", "合肥工业学校"), ("日期", day)), form("媒体宣传情况日报表", "附件2.docx")
    return case("hefei-2023", subject, *forms, received=received)


@pytest.mark.parametrize(
    ("of", "day", "late"),
    [
        (daily(received="2023-05-18T12:00:00"), "2023-05-17", True),
        (daily(day="5月18日", received="2023-05-18T12:00:00"), "2023-05-18", False),
        (daily(day="5月18日"), "2023-05-18", False),
        (daily(f"{DAILY}5月18日"), "2023-05-18", False),
        (replace(daily(day="无"), stated_days={"日报": date(2023, 5, 17)}), "2023-05-17", True),
        (replace(daily(day="5月18日"), stated_days={"日报": date(2023, 5, 17)}), "2023-05-17", True),
        (daily(day="无"), "2023-05-18", False),
    ],
    ids=[
        "form",
        "form before grace",
        "form in time",
        "subject before form",
        "supplement",
        "supplement before form",
        "the open window",
    ],
)
def test_day_is_taken_from_subject_prior_mail_form_or_time(of: Case, day: str, late: bool) -> None:
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
def test_extension_moves_deadline_of_one_unit(of: Case, day: str, late: bool) -> None:
    item = judge(of).items[0]
    assert (str(item.day), item.late, errors(judge(of))) == (day, late, [])


def test_late_finding_with_extension_names_extended_deadline() -> None:
    verdict = judge(extended(sent("2023-05-19T12:00:01", f"{PHOTO}5月17日")))
    (finding,) = verdict.items[0].findings
    assert finding.asked == "每天16:00前报送（已为贵单位延期，5月19日12:00截止）"


def test_late_finding_without_extension_names_usual_deadline() -> None:
    (finding,) = judge(sent("2023-05-17T16:00:01")).items[0].findings
    assert finding.asked == "每天16:00前报送（5月17日16:00截止）"


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ("5月10日", "主题里的5月10日不在活动周内，已按5月17日登记"),
        ("5月16日、17日", "主题里的5月16日、5月17日不止一天，已按5月17日登记"),
    ],
)
def test_check_named_days_reports_day_outside_week_or_several(days: str, found: str) -> None:
    (finding,) = judge(sent("2023-05-17T11:00:00", f"{PHOTO}{days}")).items[0].findings
    assert finding.found == found


def test_mail_at_deadline_is_for_day_even_if_filled() -> None:
    mail = case("puyang-2023", "活动周濮阳县教育局文字材料", word(), received="2023-05-17T16:00:00")
    mail = replace(mail, filled_days={"文字材料": {mail.received.date()}})
    assert str(judge(mail).items[0].day) == "2023-05-17"


@pytest.mark.parametrize(
    ("rows", "days"),
    [
        ((("日期", "5月18日".ljust(29) + "。"),), [date(2023, 5, 18)]),
        ((("日期", "5月18日".ljust(30) + "。"),), []),
        ((("单位",), ("甲校", "5月18日")), [date(2023, 5, 18)]),
    ],
    ids=["30 characters", "31 characters", "a row longer than the first"],
)
def test_day_in_cell_of_thirty_characters_is_found(rows: tuple[tuple[str, ...], ...], days: list[date]) -> None:
    daily = HEFEI.material("日报")
    assert daily is not None
    assert [day for _, day in find_days_in_forms(daily, [table(*rows)], HEFEI.activity_week)] == days


@pytest.mark.parametrize(
    ("estimate", "latest", "subject", "decision", "day", "code"),
    [
        ("2023-05-17T15:00:00", "2023-05-17T15:30:00", PHOTO, Decision.ACCEPTED, "2023-05-17", None),
        ("2023-05-17T15:00:00", "2023-05-17T16:00:00", PHOTO, Decision.ACCEPTED, "2023-05-17", None),
        ("2023-05-17T15:00:00", "2023-05-17T20:00:00", PHOTO, Decision.HELD, "2023-05-17", "deadline.uncertain"),
        ("2023-05-17T15:00:00", "2023-05-17T16:00:01", PHOTO, Decision.HELD, "2023-05-17", "deadline.uncertain"),
        (
            "2023-05-18T09:00:00",
            "2023-05-18T09:00:00",
            f"{PHOTO}5月17日",
            Decision.HELD,
            "2023-05-17",
            "deadline.uncertain",
        ),
        ("2023-05-16T09:00:00", "2023-05-18T09:00:00", f"{PHOTO}5月18日", Decision.ACCEPTED, "2023-05-18", None),
        (
            "2023-07-30T09:00:00",
            "2023-07-30T09:00:00",
            f"{PHOTO}5月17日",
            Decision.HELD,
            "2023-05-17",
            "deadline.uncertain",
        ),
        ("2023-05-01T09:00:00", "2023-05-02T09:00:00", PHOTO, Decision.REJECTED, "2023-05-14", "deadline.closed"),
        ("2023-05-01T09:00:00", "2023-05-14T09:00:00", PHOTO, Decision.HELD, "2023-05-14", "deadline.uncertain"),
    ],
)
def test_estimated_arrival_is_held_where_it_decides_day_or_lateness(
    estimate: str, latest: str, subject: str, decision: Decision, day: str, code: str | None
) -> None:
    of = replace(sent(estimate, subject), latest_arrival=moment(latest))
    item = judge(of).items[0]
    assert (item.decision, str(item.day), item.late) == (decision, day, False)
    assert [finding.code for finding in item.findings if finding.code.startswith("deadline.")] == (
        [code] if code else []
    )
