from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from intake_bot.digests.workbook.sheet import Sheet
from intake_bot.digests.workbook.sheets import LedgerView, make_sheets
from intake_bot.files.facts import Kind
from intake_bot.judging.verdict import Decision, Disposition, Finding, MailKind
from intake_bot.ledger.values.records import FiledItem, FiledMail, KeptFile
from intake_bot.ledger.values.states import MessageState
from intake_bot.ledger.views.forms import StandingForm
from intake_bot.letters.digest_lines import ContactLine, Phone
from intake_bot.notices.notice import Severity
from tests.digests.standings import NOW, day, item, standings
from tests.digests.workbook.reading import local
from tests.judging.cases import moment

COUNTY, FAN, TAIQIAN = "濮阳县教育局", "范县教育局", "台前县教育局"
RECEIVED = datetime(2023, 5, 17, 8, 7, 30, tzinfo=UTC)
PHOTO_FILE = KeptFile("照片.zip", f"puyang/2023-05-17/{COUNTY}/1001-9/照片.zip", "ab" * 32, 2_345_678, Kind.ZIP)
FAULT = Finding("photo.too_small", Severity.ERROR, "照片太小：82 KB", file="a.jpg")
PHOTO = FiledItem("照片", day(17), moment("2023-05-17T16:00:00"), True, Decision.ACCEPTED, (), (PHOTO_FILE,), False)
MAIL = FiledMail(
    receipt="1001-9",
    bureau="puyang",
    received=RECEIVED,
    sender="teacher@qq.com",
    subject="=活动周濮阳县教育局照片",
    state=MessageState.JUDGED,
    kind=MailKind.SUBMISSION,
    reason="",
    disposition=Disposition.ACCEPTED,
    notice="puyang-2023",
    unit=COUNTY,
    items=(PHOTO,),
    findings=(),
    files=(PHOTO_FILE, replace(PHOTO_FILE, name="校歌.mp3", path="x/校歌.mp3", bytes=9)),
)
RETURNED = replace(
    MAIL,
    receipt="1002-4",
    unit=FAN,
    items=(replace(PHOTO, late=False, decision=Decision.REJECTED, findings=(FAULT,), superseded=True),),
    files=(),
)
NAMELESS = replace(MAIL, receipt="1003-5", unit=None, items=(), files=(), disposition=Disposition.REJECTED)
FORM = StandingForm(
    COUNTY,
    "日报",
    day(17),
    "1001-9",
    RECEIVED,
    "teacher@qq.com",
    "活动情况日报表",
    ({"活动名称": "开放日", "参与人数": "260", "联系电话": "13803931234"}, {"活动名称": "比赛", "参与人数": "40人"}),
    False,
)
MEDIA = replace(FORM, title="媒体宣传情况日报表", rows=({"媒体": "濮阳日报", "链接": "http://x.cn/1"},))


def view(*mails: FiledMail) -> LedgerView:
    return LedgerView(
        standings=standings(
            item(COUNTY, "照片", 17, late=True), item(FAN, "照片", 17, Decision.REJECTED, receipt="1002-4")
        ),
        mails=mails,
        forms=(FORM, MEDIA),
        contacts={FAN: ContactLine("李老师", (Phone("0393-8991718", "03938991718"),))},
        now=NOW,
        zone=NOW.tzinfo or UTC,
    )


def sheets(*mails: FiledMail) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in make_sheets(view(*mails))}


def test_workbook_has_the_six_sheets_in_order() -> None:
    assert list(sheets(MAIL)) == ["总览", "提交明细", "未报", "文件", "日报汇总", "媒体汇总"]


def test_every_row_has_a_cell_for_each_column() -> None:
    for sheet in sheets(MAIL, RETURNED, NAMELESS).values():
        assert {len(row) for row in sheet.rows} <= {len(sheet.header)}, sheet.name


def test_overview_has_a_mark_for_each_material_and_day() -> None:
    sheet = sheets()["总览"]
    at = sheet.header.index("照片（5月17日）")
    marks = {row[0]: (row[at], row[-2], row[-1]) for row in sheet.rows}
    assert [marks[unit][0] for unit in (COUNTY, FAN, TAIQIAN)] == ["迟", "退", "－"]
    assert marks[FAN][2] == 1
    days = [name for name in sheet.header if name.startswith("照片")]
    assert days == [f"照片（5月{number}日）" for number in (14, 15, 16, 17)]


def test_items_have_their_times_in_the_bureaus_zone() -> None:
    accepted, returned, nameless = sheets(MAIL, RETURNED, NAMELESS)["提交明细"].rows
    assert accepted[:8] == (
        "1001-9",
        local("2023-05-17 16:07:30"),
        COUNTY,
        "照片",
        date(2023, 5, 17),
        local("2023-05-17 16:00:00"),
        "收",
        "迟报 7 分钟 30 秒",
    )
    assert accepted[-1] == "=活动周濮阳县教育局照片"
    assert (returned[6], returned[10]) == ("退（已被替换）", "a.jpg：照片太小：82 KB")
    assert nameless[2:7] == ("", "", None, None, "退")


def test_owing_names_whom_to_call_and_leaves_out_what_is_not_due() -> None:
    rows = sheets()["未报"].rows
    assert (
        FAN,
        "照片",
        date(2023, 5, 17),
        local("2023-05-17 16:00:00"),
        "退回未改",
        "1002-4",
        "李老师",
        "0393-8991718",
    ) in rows
    assert [row for row in rows if row[0] == COUNTY and row[1] == "照片" and row[2] == date(2023, 5, 17)] == []
    assert all(row[3] < NOW.replace(tzinfo=None) for row in rows if row[4] == "未报" and isinstance(row[3], datetime))


def test_files_are_listed_with_what_they_serve() -> None:
    used, unused = sheets(MAIL)["文件"].rows
    assert used[1:7] == ("照片", date(2023, 5, 17), "1001-9", "照片.zip", 2_345_678, "收")
    assert (unused[1], unused[4], unused[6]) == ("", "校歌.mp3", "未使用")


def test_form_cells_are_numbers_only_where_they_count_something() -> None:
    daily = sheets()["日报汇总"]
    assert daily.header == ("单位", "日期", "表格", "回执编号", "活动名称", "参与人数", "联系电话")
    assert [row[4:] for row in daily.rows] == [("开放日", 260, "13803931234"), ("比赛", "40人", "")]
    assert sheets()["媒体汇总"].rows == (
        (COUNTY, day(17), "媒体宣传情况日报表", "1001-9", "濮阳日报", "http://x.cn/1"),
    )


def test_empty_ledger_and_empty_roster_give_sheets_with_headers() -> None:
    empty = replace(view(), standings=(), forms=(), now=NOW + timedelta(days=1))
    assert [sheet.rows for sheet in make_sheets(empty)] == [()] * 6
