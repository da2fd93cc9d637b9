from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from intake_bot.digests.mailbox_lines import junk_notes, mailbox_lines, overlooked_notes
from intake_bot.judging.recognition import LOOKS_LIKE_SUBMISSION
from intake_bot.ledger.values.events import EventName
from intake_bot.letters.alert import AlertEvent
from tests.digests.reports import NOON, REPORT, ZONE, event, mail

REFUSED = event(EventName.MAILBOX_TROUBLE, NOON - timedelta(days=1), kind=AlertEvent.LOGIN_REFUSED, why="密码错误")


def test_trouble_that_is_not_over_is_reported_again() -> None:
    (line,) = mailbox_lines(REPORT, REFUSED, ZONE)
    assert line.what == "邮箱登录不上，到现在还没有恢复：密码错误"
    assert line.since == (NOON - timedelta(days=1)).astimezone(ZONE)


def test_trouble_of_the_day_is_reported_once() -> None:
    begun = event(EventName.MAILBOX_TROUBLE, kind=AlertEvent.UNREACHABLE, why="timed out")
    (line,) = mailbox_lines(replace(REPORT, trouble=(begun,)), begun, ZONE)
    assert line.what == "邮箱连不上：timed out"


def test_recovered_mailbox_is_reported_without_standing_trouble() -> None:
    over = event(EventName.MAILBOX_RECOVERED)
    lines = list(mailbox_lines(replace(REPORT, trouble=(event(EventName.MAILBOX_TROUBLE), over)), over, ZONE))
    assert [line.what for line in lines] == ["邮箱连不上：原因不明", "邮箱恢复正常"]


def test_recreated_folder_is_named() -> None:
    (line,) = mailbox_lines(replace(REPORT, trouble=(event(EventName.MAILBOX_RECREATED, folder="INBOX"),)), None, ZONE)
    assert line.what.startswith("邮箱的文件夹“INBOX”像是重建过：")


def test_mails_without_content_are_reported_from_the_newest_event() -> None:
    left_out, none_left = (
        event(EventName.MAILBOX_LEFT_OUT, mails="INBOX 7"),
        event(EventName.MAILBOX_LEFT_OUT, mails=""),
    )
    (line,) = mailbox_lines(replace(REPORT, trouble=(none_left, left_out)), None, ZONE)
    assert line.what.endswith("收件程序会继续尝试：INBOX 7（文件夹和编号）")
    assert list(mailbox_lines(replace(REPORT, trouble=(left_out, none_left)), None, ZONE)) == []


def test_mails_without_content_are_reported_until_there_are_none() -> None:
    left_out, none_left = (
        event(EventName.MAILBOX_LEFT_OUT, mails="INBOX 7"),
        event(EventName.MAILBOX_LEFT_OUT, mails=""),
    )
    (line,) = mailbox_lines(REPORT, None, ZONE, left_out)
    assert "INBOX 7" in line.what
    assert list(mailbox_lines(REPORT, None, ZONE, none_left)) == []
    assert list(mailbox_lines(replace(REPORT, trouble=(none_left,)), None, ZONE, none_left)) == []


def test_unfinished_mails_are_counted_with_their_receipts() -> None:
    (line,) = mailbox_lines(replace(REPORT, unfinished=(mail("1-1"), mail("2-1"))), None, ZONE)
    assert line.what == "还有 2 封邮件没有处理完，收件程序会继续尝试"
    assert line.todo.endswith("回执编号：1-1、2-1")


def test_mail_from_a_junk_folder_has_a_note() -> None:
    report = replace(REPORT, mails=(mail("1-1"), mail("2-1", junk_folder="垃圾邮件")))
    (note,) = junk_notes(report)
    assert (note.receipt, "“垃圾邮件”" in note.what) == ("2-1", True)


def test_ignored_mail_that_looks_like_a_submission_has_a_note() -> None:
    (note,) = overlooked_notes(replace(REPORT, mails=(mail("1-1", "newsletter"), mail("2-1", LOOKS_LIKE_SUBMISSION))))
    assert (note.receipt, note.what.startswith("a@qq.com 发来的“照片”像是报送材料")) == ("2-1", True)
