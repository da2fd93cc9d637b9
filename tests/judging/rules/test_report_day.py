"""The day of a 日报 whose subject, words, forms, file names and titles disagree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import NamedTuple

import pytest

from intake_bot.files.facts import FileFacts, Kind, TextFacts
from intake_bot.judging.judge import Case, judge
from tests.judging.cases import case, form, photo, word

SUBJECT = "活动周合肥工业学校日报材料"
MORNING = "2023-05-19T09:00:00"
"""The report of the 18th is open; the 17th was due a day ago."""
NEXT = "2023-05-20T09:00:00"


class Mail(NamedTuple):
    """A 日报 by what it says of its day; 0 stands for nothing."""

    subject: int = 0
    body: str = ""
    forms: tuple[int, int] = (0, 0)
    file_name: int = 0
    title: int = 0
    filled: tuple[int, ...] = ()
    received: str = MORNING

    def made(self) -> Case:
        first, second = self.forms
        files: list[FileFacts] = [
            _form("活动情况日报表", f"{_words(self.file_name)}附件1.docx", first),
            _form("媒体宣传情况日报表", "附件2.docx", second),
            word("活动情况.docx", text=f"合肥工业学校{_words(self.title)}活动情况\n学校开放了实训室。"),
            photo("IMG_20230514_101010.jpg", archive=None),
        ]
        of = case("hefei-2023", SUBJECT + _words(self.subject), *files, body=self.body, received=self.received)
        return replace(of, filled_days={"日报": {_day(one) for one in self.filled}})


def _words(day: int) -> str:
    return f"5月{day}日" if day else ""


def _day(day: int) -> date:
    return date(2023, 5, day)


def _form(title: str, name: str, day: int) -> FileFacts:
    if not day:
        return form(title, name)
    rows = (("单位", "合肥工业学校"), ("日期", _words(day)))
    text = "\n".join([f"2023年职业教育活动周{title}", *("\t".join(row) for row in rows)])
    return FileFacts(name, Kind.DOCX, 20_000, f"sha-{name}", text=TextFacts(text, 30, tables=(rows,)))


BODY = "老师您好，现报送我校5月{}日的日报，请查收。"
SIGNED = "老师您好，现报送我校日报，请查收。\n合肥工业学校\n2023年5月{}日"
NOTHING, CHOSEN, UNCLEAR = "", "day.chosen", "day.unclear"
CASES = {
    "nothing named": (Mail(), 18, False, NOTHING),
    "all agree on the open day": (Mail(18, BODY.format(18), (18, 18), 18, 18), 18, False, NOTHING),
    "all agree on a late day": (Mail(17, BODY.format(17), (17, 17), 17, 17), 17, True, NOTHING),
    "words and forms agree on a late day": (Mail(0, BODY.format(17), (17, 17)), 17, True, NOTHING),
    "the subject alone names a late day": (Mail(17), 17, True, NOTHING),
    "a copied form beside the right subject": (Mail(18, "", (17, 17)), 18, False, CHOSEN),
    "one of two forms was copied": (Mail(0, "", (17, 18)), 18, False, CHOSEN),
    "a copied title": (Mail(0, "", (18, 18), 0, 17), 18, False, CHOSEN),
    "a copied file name": (Mail(0, "", (18, 18), 17), 18, False, CHOSEN),
    "copied forms, and yesterday's report is in": (Mail(0, "", (17, 17), filled=(17,)), 18, False, CHOSEN),
    "copied forms and names, and yesterday's report is in": (
        Mail(0, "", (17, 17), 17, 17, filled=(17,)), 18, False, CHOSEN,
    ),
    "only a form names yesterday, which is missing": (Mail(0, "", (17, 17)), 18, False, UNCLEAR),
    "only the words name yesterday, which is missing": (Mail(0, BODY.format(17)), 18, False, UNCLEAR),
    "the mail is signed with its own date": (Mail(0, SIGNED.format(19)), 18, False, NOTHING),
    "a day for something else": (Mail(0, "视频太大，5月20日前补发。"), 18, False, NOTHING),
    "a wrong subject beside the right form": (Mail(17, "", (18, 18)), 18, False, CHOSEN),
    "a wrong subject, and today's report is in": (Mail(17, "", (18, 18), filled=(18,)), 18, False, UNCLEAR),
    "a right subject, and today's report is in": (Mail(18, "", (17, 17), filled=(17, 18)), 18, False, CHOSEN),
    "two days that are both over": (Mail(0, "", (18, 17), received=NEXT), 19, False, UNCLEAR),
    "a late subject beside a copied form": (Mail(18, "", (17, 17), filled=(17,), received=NEXT), 18, True, CHOSEN),
    "a late subject beside another late day": (Mail(18, "", (17, 17), received=NEXT), 18, True, UNCLEAR),
    "a form dated on the day of writing": (Mail(0, "", (19, 19)), 18, False, CHOSEN),
    "today's report is in, and the form names the next": (Mail(0, "", (19, 19), filled=(18,)), 19, False, CHOSEN),
    "within grace, the form names the next day": (
        Mail(0, "", (19, 19), received="2023-05-19T12:00:00"), 19, False, NOTHING,
    ),
    "within grace, the form names the day just due": (
        Mail(0, "", (18, 18), received="2023-05-19T12:00:00"), 18, True, NOTHING,
    ),
    "within grace, the form names a day that is in": (
        Mail(0, "", (17, 17), filled=(17,), received="2023-05-19T12:00:00"), 17, True, UNCLEAR,
    ),
    "the subject names tomorrow, the form yesterday": (Mail(19, "", (17, 17)), 19, False, CHOSEN),
}  # fmt: skip


@pytest.mark.parametrize(("mail", "day", "late", "code"), CASES.values(), ids=CASES)
def test_day_is_chosen_among_named_days(mail: Mail, day: int, late: bool, code: str) -> None:
    verdict = judge(mail.made())
    (item,) = verdict.items
    codes = [finding.code for finding in item.findings if finding.code.startswith("day.")]
    assert (item.day, item.late, codes) == (_day(day), late, [code] if code else [])
    assert item.decision.value == ("held" if code == UNCLEAR else "accepted")


def test_no_hint_makes_a_report_late_that_is_in_time() -> None:
    """Whatever files and words name: without a subject's day a report in time stays in time."""
    for named in range(17, 24):
        for filled in ((), (17,), (17, 18)):
            for mail in (
                Mail(0, "", (named, 0), filled=filled),
                Mail(0, "", (named, 18), filled=filled),
                Mail(0, BODY.format(named), (0, 0), filled=filled),
                Mail(0, "", (0, 0), named, named, filled=filled),
            ):
                assert not judge(mail.made()).items[0].late, mail


def test_letter_says_which_day_was_taken_and_why() -> None:
    (finding,) = [f for f in judge(Mail(18, "", (17, 17)).made()).all_findings if f.code == CHOSEN]
    assert finding.found == (
        "主题写的是5月18日，表格“附件1.docx”里、表格“附件2.docx”里写的是5月17日，"
        "已按5月18日登记：现在正是报送这一天的时候"
    )
    (finding,) = [f for f in judge(Mail(0, "", (17, 17)).made()).all_findings if f.code == UNCLEAR]
    assert finding.found == (
        "表格“附件1.docx”里、表格“附件2.docx”里写的是5月17日，暂按5月18日登记，报的是哪一天要由工作人员确认"
    )
