"""The figures of a week. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from intake_bot.digests.standing import Slot
from intake_bot.digests.sums import list_media, sum_forms
from intake_bot.digests.workbook.sheets import LedgerView, accepted_items
from intake_bot.judging.verdict import Decision, ReportedItem
from intake_bot.letters.digest_lines import MediaLine, SumLine
from intake_bot.letters.mark import Mark
from intake_bot.letters.missing_reports import QuotaRow, quota_rows
from intake_bot.notices.notice import Notice
from intake_bot.notices.roster import Roster


@dataclass(frozen=True)
class Count:
    """Accepted items of one material or one unit, and what is missing of those that were expected by now."""

    name: str
    accepted: int
    late: int
    missing: int
    returned: int
    """Sent back and not mended."""

    @property
    def in_time(self) -> int:
        return self.accepted - self.late


@dataclass(frozen=True)
class WeekFigures:
    """What a week came to."""

    bureau: str
    event: str
    first_day: str
    last_day: str
    expected_units: int
    reporting_units: int
    """Units of which something was accepted."""
    files: int
    """Files as they were attached, of accepted items."""
    materials: tuple[Count, ...]
    """In the notice's order."""
    units: tuple[Count, ...]
    """In the roster's order."""
    sums: tuple[SumLine, ...]
    media: tuple[MediaLine, ...]
    quotas: tuple[QuotaRow, ...]

    @property
    def accepted(self) -> int:
        return sum(one.accepted for one in self.materials)

    @property
    def late(self) -> int:
        return sum(one.late for one in self.materials)

    @property
    def missing(self) -> int:
        return sum(one.missing for one in self.materials)

    @property
    def in_time_percent(self) -> int:
        """Rounded down: 100 means all."""
        return 100 * (self.accepted - self.late) // self.accepted if self.accepted else 0


def count_week(view: LedgerView, notice: Notice, roster: Roster, bureau: str) -> WeekFigures:
    """The figures as the ledger is at the time of the view."""
    accepted = [(mail.unit, item) for mail, item in accepted_items(view.mails) if mail.unit]
    week = notice.activity_week
    by_unit = Counter(unit for unit, _ in accepted)
    return WeekFigures(
        bureau=bureau,
        event=notice.event_name,
        first_day=f"{week.first.year}年{week.first.month}月{week.first.day}日",
        last_day=f"{week.last.month}月{week.last.day}日",
        expected_units=sum(bool(one.slots) for one in view.standings),
        reporting_units=len(by_unit),
        files=sum(len(item.files) for _, item in accepted),
        materials=tuple(
            _count(
                material.name,
                [item.late for _, item in accepted if item.material == material.name],
                [slot for one in view.standings for slot in one.slots if slot.material == material.name],
                view,
            )
            for material in notice.materials
            if material.channel == "mail"
        ),
        units=tuple(
            _count(one.unit.name, [item.late for unit, item in accepted if unit == one.unit.name], one.slots, view)
            for one in view.standings
        ),
        sums=sum_forms(view.forms),
        media=list_media(view.forms),
        quotas=quota_rows(notice, roster, _list_reported(view)),
    )


def _count(name: str, late: Sequence[bool], slots: Sequence[Slot], view: LedgerView) -> Count:
    missing = sum(slot.mark is Mark.NOTHING and slot.is_due(view.now) for slot in slots)
    return Count(name, len(late), sum(late), missing, sum(slot.mark is Mark.RETURNED for slot in slots))


def _list_reported(view: LedgerView) -> list[ReportedItem]:
    return [
        ReportedItem(
            mail.unit or "", item.material, item.day, item.late, mail.receipt, mail.received, item.fills,
            decision=Decision.ACCEPTED,
        )
        for mail, item in accepted_items(view.mails)
    ]  # fmt: skip
