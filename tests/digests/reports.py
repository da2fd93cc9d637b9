"""Reports of a day with mails and events, for the tests of the digest's lines."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from intake_bot.ledger.values.events import Detail, EventRecord
from intake_bot.ledger.values.records import FiledMail
from intake_bot.ledger.values.reports import DayReport
from intake_bot.ledger.values.states import MessageState

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2023, 5, 17, 4, 0, tzinfo=UTC)
"""12:00 in `ZONE`."""
REPORT = DayReport("puyang", None, 1, (), (), (), (), ())


def event(what: str, at: datetime = NOON, **detail: str | int | None) -> EventRecord:
    values: Detail = detail
    return EventRecord(at, "puyang", what, values)


def mail(receipt: str, reason: str = "", junk_folder: str = "") -> FiledMail:
    return FiledMail(
        receipt=receipt,
        bureau="puyang",
        received=NOON,
        sender="a@qq.com",
        subject="照片",
        state=MessageState.IGNORED,
        kind=None,
        reason=reason,
        disposition=None,
        notice=None,
        unit=None,
        items=(),
        findings=(),
        files=(),
        junk_folder=junk_folder,
    )
