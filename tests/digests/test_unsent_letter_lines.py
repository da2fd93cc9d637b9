from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from intake_bot.digests.unsent_letter_lines import sending_limit_lines, unanswered_lines, undelivered_lines
from intake_bot.ledger.values.events import NO_ADDRESS, SAID_ALREADY, Cap, EventName
from intake_bot.ledger.values.records import Letter, LetterKind
from intake_bot.ledger.values.states import LetterState
from intake_bot.letters.digest_lines import TroubleLine
from tests.digests.reports import NOON, REPORT, ZONE, event

SINCE = NOON.astimezone(ZONE)
LETTER = Letter(
    id=1,
    bureau="puyang",
    kind=LetterKind.ANSWER,
    receipt="1001-9",
    recipients=("a@qq.com",),
    subject="",
    message_id="<a1@intake>",
    raw=b"",
    text="",
    state=LetterState.BOUNCED,
    attempts=1,
    next_attempt=None,
    last_error="对方邮箱已满",
    created_at=NOON,
    sent_at=None,
)


@pytest.mark.parametrize(
    ("letter", "what"),
    [
        (LETTER, "回信没有送到（编号 1001-9）：对方邮箱已满"),
        (replace(LETTER, kind=LetterKind.DIGEST, receipt=None), "每日汇总未送达：对方邮箱已满"),
        (replace(LETTER, state=LetterState.DEFERRED), "给 a@qq.com 的信还没有送达：对方邮箱已满"),
    ],
    ids=["bounced", "bounced digest", "deferred"],
)
def test_undelivered_letter_is_reported_with_its_error(letter: Letter, what: str) -> None:
    (line,) = undelivered_lines([letter], ZONE)
    assert line == TroubleLine(what, SINCE, "如地址有误，请电话告知对方", ("a@qq.com",))


def test_sending_limit_is_reported_with_the_time_of_the_next_letters() -> None:
    over = event(EventName.MAILBOX_SENDING_OVER, until=(NOON + timedelta(hours=20)).isoformat(), why="550 quota")
    (line,) = sending_limit_lines(replace(REPORT, trouble=(over,)), ZONE)
    assert line.what == "今天的发信额度用完了，其余的信 5月18日 08:00 起再发：550 quota"
    assert line.since == SINCE


def test_mails_without_reply_are_counted_by_reason_and_sender() -> None:
    """The event of a mail that was judged again counts once."""
    events = (
        event(EventName.MAILBOX_UNANSWERED, reason=Cap.SENDER_HOUR, to="a@qq.com", receipt="1-1", most=2),
        event(EventName.MAILBOX_UNANSWERED, reason=Cap.SENDER_HOUR, to="a@qq.com", receipt="1-1", most=2),
        event(EventName.MAILBOX_UNANSWERED, reason=Cap.SENDER_HOUR, to="b@qq.com", receipt="2-1", most=2),
        event(EventName.MAILBOX_UNANSWERED, reason=SAID_ALREADY, to="a@qq.com", receipt="3-1"),
    )
    lines = list(unanswered_lines(replace(REPORT, trouble=events), ZONE))
    assert [line.what.partition("，")[0] for line in lines] == [
        "a@qq.com 又发来 1 封来信",
        "给 a@qq.com 的回信一小时内已到上限（2 封）",
        "给 b@qq.com 的回信一小时内已到上限（2 封）",
    ]
    assert [line.todo.rpartition("：")[2] for line in lines] == ["3-1", "1-1", "2-1"]


def test_mail_without_an_address_names_its_sender_as_written() -> None:
    events = (event(EventName.MAILBOX_UNANSWERED, reason=NO_ADDRESS, to="张三 <zhang>", receipt="1-1"),)
    (line,) = unanswered_lines(replace(REPORT, trouble=events), ZONE)
    assert line.what == "1 封来信的发件人写作“张三 <zhang>”，不是能回信的地址；照常判定、登记，没有回信"
    assert line.todo == "请电话告知对方结果，并请对方检查发件地址的设置。回执编号：1-1"


def test_mails_above_the_maximum_of_the_bureau_are_one_line() -> None:
    events = tuple(
        event(EventName.MAILBOX_UNANSWERED, reason=Cap.BUREAU_DAY, to=f"{n}@qq.com", receipt=f"{n}-1", most=200)
        for n in range(3)
    )
    (line,) = unanswered_lines(replace(REPORT, trouble=events), ZONE)
    assert line.what == "本单位发出的回信今天已到上限（200 封），另有 3 封来信照常判定、登记，没有回信"
    assert line.todo.endswith("回执编号：0-1、1-1、2-1")
