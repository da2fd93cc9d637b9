"""What the digest tells of letters that were not written, did not leave or came back. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from intake_bot.brakes.braking import SAID_ALREADY, Cap
from intake_bot.ledger.events import SENDING_OVER, UNANSWERED, EventRecord
from intake_bot.ledger.records import Letter, LetterKind
from intake_bot.ledger.reports import DayReport
from intake_bot.ledger.states import LetterState
from intake_bot.letters.digest import TroubleLine, some_receipts

_RETURNED = {
    LetterKind.ANSWER: "回执未送达",
    LetterKind.DIGEST: "每日汇总未送达",
    LetterKind.ALERT: "给管理员的信未送达",
}
_CHECK_ADDRESS = "如地址有误，请电话告知对方"
_CAPPED = "多半是对方的自动回复；如果是真材料，请电话告知结果"
_STORM = "请管理员看一看邮箱里出了什么事；如果是真材料，请电话告知结果"


def undelivered_lines(report: DayReport, zone: ZoneInfo) -> Iterator[TroubleLine]:
    """One line for each letter that did not arrive."""
    for letter in report.undelivered:
        since = letter.created.astimezone(zone)
        if letter.state is LetterState.BOUNCED:
            yield TroubleLine(f"{_RETURNED[letter.kind]}{_receipt(letter)}：{letter.last_error}", since, _CHECK_ADDRESS)
        else:
            to = "、".join(letter.recipients)
            yield TroubleLine(f"给 {to} 的信还没有送达：{letter.last_error}", since, _CHECK_ADDRESS)


def over_lines(report: DayReport, zone: ZoneInfo) -> Iterator[TroubleLine]:
    """One line for each time that the provider would take no more letters of the day."""
    for event in report.trouble:
        if event.what == SENDING_OVER:
            until = datetime.fromisoformat(str(event.detail["until"])).astimezone(zone)
            when = f"{until.month}月{until.day}日 {until:%H:%M}"
            what = f"今天的发信额度用完了，其余的信 {when} 起再发：{event.detail['why']}"
            yield TroubleLine(what, event.at.astimezone(zone), "急的事请电话告知对方")


def unanswered_lines(report: DayReport, zone: ZoneInfo) -> Iterator[TroubleLine]:
    """One line for each reason to be silent, and for each address where the reason lies with one sender."""
    events = sorted((one for one in report.trouble if one.what == UNANSWERED), key=_heap)
    for (reason, to), same in groupby(events, key=_heap):
        heap = sorted(same, key=lambda event: event.at)
        # After a crash a mail is judged again.
        receipts = tuple(dict.fromkeys(str(event.detail["receipt"]) for event in heap))
        what, todo = _words(reason, to, heap[0], len(receipts))
        yield TroubleLine(what, heap[0].at.astimezone(zone), f"{todo}。回执编号：{some_receipts(receipts)}")


def _heap(event: EventRecord) -> tuple[str, str]:
    reason = str(event.detail["reason"])
    return reason, "" if reason in (Cap.BUREAU_HOUR, Cap.BUREAU_DAY) else str(event.detail["to"])


def _words(reason: str, to: str, first: EventRecord, count: int) -> tuple[str, str]:
    """What happened to so many mails, and what is to be done."""
    if reason == SAID_ALREADY:
        what = f"{to} 又发来 {count} 封来信，文件和要改的地方都与今天回过信的一样，照常判定、登记，没有再回信"
        return what, "请看对方是否需要帮助"
    span = {Cap.SENDER_HOUR: "一小时内", Cap.SENDER_DAY: "今天", Cap.BUREAU_HOUR: "一小时内", Cap.BUREAU_DAY: "今天"}
    whose = f"给 {to} 的回信" if to else "本单位发出的回信"
    what = (
        f"{whose}{span[Cap(reason)]}已到上限（{first.detail['most']} 封），另有 {count} 封来信照常判定、登记，没有回信"
    )
    return what, _CAPPED if to else _STORM


def _receipt(letter: Letter) -> str:
    return f"（编号 {letter.receipt}）" if letter.receipt else ""
