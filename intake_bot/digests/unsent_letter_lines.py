"""Digest lines about letters that were not written, not sent or bounced. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from itertools import groupby

from intake_bot.ledger.values.events import NO_ADDRESS, SAID_ALREADY, UNREAD, Cap, EventName, EventRecord
from intake_bot.ledger.values.records import Letter, LetterKind
from intake_bot.ledger.values.reports import DayReport
from intake_bot.ledger.values.states import LetterState
from intake_bot.letters.chinese import short_time
from intake_bot.letters.digest import list_receipts
from intake_bot.letters.digest_lines import TroubleLine

_BOUNCED = {
    LetterKind.ANSWER: "回信没有送到",
    LetterKind.DIGEST: "每日汇总未送达",
    LetterKind.ALERT: "给管理员的信未送达",
    LetterKind.CONFIRMATION: "给经办人的答复未送达",
}
_CHECK_ADDRESS = "如地址有误，请电话告知对方"
_CAPPED = "多半是对方的自动回复；如果是真材料，请电话告知结果"
_STORM = "请管理员看一看邮箱里出了什么事；如果是真材料，请电话告知结果"


_SPANS = {
    Cap.SENDER_HOUR: "一小时内",
    Cap.SENDER_DAY: "今天",
    Cap.BUREAU_HOUR: "一小时内",
    Cap.BUREAU_DAY: "今天",
    Cap.STRANGERS_HOUR: "一小时内",
    Cap.STRANGERS_DAY: "今天",
}
_WHOLE_BUREAU = {
    Cap.BUREAU_HOUR: "本单位发出的回信",
    Cap.BUREAU_DAY: "本单位发出的回信",
    Cap.STRANGERS_HOUR: "给没有收过材料的地址的回信",
    Cap.STRANGERS_DAY: "给没有收过材料的地址的回信",
}


def undelivered_lines(letters: Iterable[Letter], zone: tzinfo) -> Iterator[TroubleLine]:
    """One line for each letter that was not delivered."""
    for letter in letters:
        since = letter.created_at.astimezone(zone)
        if letter.state is LetterState.BOUNCED:
            # What answers no mail is a reminder, or reports a contested item.
            is_unasked = letter.kind is LetterKind.ANSWER and letter.receipt is None
            head = f"“{letter.subject}”未送达" if is_unasked else f"{_BOUNCED[letter.kind]}{_receipt(letter)}"
            what = f"{head}：{letter.last_error}"
        else:
            what = f"给 {'、'.join(letter.recipients)} 的信还没有送达：{letter.last_error}"
        yield TroubleLine(what, since, _CHECK_ADDRESS, letter.recipients)


def sending_limit_lines(report: DayReport, zone: tzinfo) -> Iterator[TroubleLine]:
    """One line for each time that the provider's daily limit of letters was reached."""
    for event in report.trouble:
        if event.name == EventName.MAILBOX_SENDING_OVER:
            until = datetime.fromisoformat(str(event.detail["until"])).astimezone(zone)
            when = short_time(until)
            what = f"今天的发信额度用完了，其余的信 {when} 起再发：{event.detail['why']}"
            yield TroubleLine(what, event.at.astimezone(zone), "急的事请电话告知对方")


def unanswered_lines(report: DayReport, zone: tzinfo) -> Iterator[TroubleLine]:
    """One line for each reason not to reply, and for each address where the reason lies with one sender."""
    events = sorted((one for one in report.trouble if one.name == EventName.MAILBOX_UNANSWERED), key=_category)
    for (reason, to), same in groupby(events, key=_category):
        events_of_one = sorted(same, key=lambda event: event.at)
        # A mail that is judged again after a crash has two events.
        receipts = tuple(dict.fromkeys(str(event.detail["receipt"]) for event in events_of_one))
        what, todo = _describe(reason, to, events_of_one[0], len(receipts))
        yield TroubleLine(
            what, events_of_one[0].at.astimezone(zone), f"{todo}。回执编号：{list_receipts(receipts)}", (to,)
        )


def _category(event: EventRecord) -> tuple[str, str]:
    reason = str(event.detail["reason"])
    return reason, "" if reason in _WHOLE_BUREAU else str(event.detail["to"])


def _describe(reason: str, to: str, first: EventRecord, count: int) -> tuple[str, str]:
    """What happened to `count` mails, and what the clerk should do."""
    if reason == SAID_ALREADY:
        what = f"{to} 又发来 {count} 封来信，文件和要改的地方都与今天回过信的一样，照常判定、登记，没有再回信"
        return what, "请看对方是否需要帮助"
    if reason == NO_ADDRESS:
        what = f"{count} 封来信的发件人写作“{to}”，不是能回信的地址；照常判定、登记，没有回信"
        return what, "请电话告知对方结果，并请对方检查发件地址的设置"
    if reason == UNREAD:
        what = f"{to} 收不了回信（扫描仪、系统账号、自动回复等），发来的 {count} 封来信照常判定、登记，没有回信"
        return what, "请把结果电话告知报送单位"
    whose = f"给 {to} 的回信" if to else _WHOLE_BUREAU[Cap(reason)]
    reached = f"{whose}{_SPANS[Cap(reason)]}已到上限（{first.detail['most']} 封）"
    what = f"{reached}，另有 {count} 封来信照常判定、登记，没有回信"
    return what, _CAPPED if to else _STORM


def _receipt(letter: Letter) -> str:
    return f"（编号 {letter.receipt}）" if letter.receipt else ""
