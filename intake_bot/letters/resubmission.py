"""What a school should send again, by when, and with which subject.

Items that were turned away (too early, too late, or to be reported online) are not to be corrected. Those that came too
early will be sent again, and the letter names their faults for that day.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum

from intake_bot.judging.verdict import Decision, Finding, ItemVerdict, Verdict
from intake_bot.letters import chinese
from intake_bot.letters.finding_groups import item_label
from intake_bot.letters.untrusted import short_line
from intake_bot.notices.notice import Notice
from intake_bot.notices.subject import write_subject

_COPIED_LENGTH = 200
"""Maximum characters of a subject to copy."""


class Refusal(StrEnum):
    """Reason for which an item was turned away."""

    ONLINE = "online"
    EARLY = "early"
    LATE = "late"
    OVER = "over"
    """It came in time, has faults, and may not be sent again: the deadline has passed since."""


@dataclass(frozen=True)
class OverdueItem(ItemVerdict):
    """A rejected item that can no longer be corrected: its deadline passed before the letter was written."""

    @property
    def turned_away(self) -> bool:
        return True


def turn_away_overdue(verdict: Verdict, notice: Notice, now: datetime) -> Verdict:
    """The verdict for a letter written at `now`, with the items that would not be accepted again turned away."""
    items = tuple(
        OverdueItem(**{field.name: getattr(item, field.name) for field in fields(item)})
        if item.decision is Decision.REJECTED and not item.turned_away and _is_over(item, notice, now)
        else item
        for item in verdict.items
    )
    return replace(verdict, items=items)


def _is_over(item: ItemVerdict, notice: Notice, now: datetime) -> bool:
    material = notice.material(item.material)
    return material is not None and material.late == "reject" and item.deadline is not None and now > item.deadline


def find_refusal(item: ItemVerdict, received: datetime) -> Refusal | None:
    """The reason for which an item was turned away; None for one that was judged."""
    if not item.turned_away:
        return None
    if any(finding.code == "channel.online" for finding in item.findings):
        return Refusal.ONLINE
    if isinstance(item, OverdueItem):
        return Refusal.OVER
    early = item.deadline is not None and received <= item.deadline
    return Refusal.EARLY if early else Refusal.LATE


def select_judged(verdict: Verdict) -> Verdict:
    """The verdict without the items that were turned away; where all of them were, without findings too."""
    items = tuple(item for item in verdict.items if not item.turned_away)
    return replace(verdict, items=items, findings=verdict.findings if items or not verdict.items else ())


def select_missed(verdict: Verdict, received: datetime) -> Verdict:
    """The items that are not accepted any more, with nothing to do: those that came too late with their findings about
    the time, those that can no longer be corrected with their faults.

    The findings of the mail itself are kept only where no other part of the letter names them.
    """
    items = tuple(
        replace(item, findings=_missed_findings(item, refusal))
        for item in verdict.items
        if (refusal := find_refusal(item, received)) in (Refusal.LATE, Refusal.OVER)
    )
    has_overdue = any(isinstance(item, OverdueItem) for item in items)
    is_alone = has_overdue and all(item.turned_away for item in verdict.items)
    return replace(verdict, items=items, findings=_without_todo(verdict.findings) if is_alone else ())


def _missed_findings(item: ItemVerdict, refusal: Refusal | None) -> tuple[Finding, ...]:
    if refusal is Refusal.LATE:
        return tuple(finding for finding in item.findings if finding.turns_away)
    return _without_todo(item.findings)


def _without_todo(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(replace(finding, todo="") for finding in findings)


def select_early(verdict: Verdict, received: datetime) -> Verdict:
    """The items that came too early, with their findings about everything but the time.

    The findings of the mail itself are kept only where no item was judged, whose part of the letter names them.
    """
    items = tuple(
        replace(item, findings=tuple(finding for finding in item.findings if not finding.turns_away))
        for item in verdict.items
        if find_refusal(item, received) is Refusal.EARLY
    )
    named_elsewhere = not items or select_judged(verdict).items
    return replace(verdict, items=items, findings=() if named_elsewhere else verdict.findings)


def select_to_resend(verdict: Verdict) -> tuple[ItemVerdict, ...]:
    """The items to be corrected and sent again by mail."""
    return tuple(item for item in verdict.items if item.decision is Decision.REJECTED and not item.turned_away)


def write_subject_to_copy(verdict: Verdict, notice: Notice) -> str:
    """The subject for the corrected items, with their day, since a mail sent tomorrow would count for tomorrow."""
    rejected = select_to_resend(verdict)
    if not (verdict.unit and rejected):
        return short_line(verdict.correct_subject, _COPIED_LENGTH)
    return _write_subject(rejected, notice, verdict.unit)


def write_trial_subject(verdict: Verdict, notice: Notice) -> str:
    """The subject for sending in earnest what was tried; empty where nothing of it can be sent by mail now."""
    wanted = tuple(item for item in verdict.items if not item.turned_away)
    if verdict.items and not wanted:
        return ""
    if verdict.unit and wanted:
        return _write_subject(wanted, notice, verdict.unit)
    return short_line(verdict.correct_subject, _COPIED_LENGTH)


def write_subject_for_later(verdict: Verdict, notice: Notice, received: datetime) -> str:
    """The subject for the items that came too early, with their day. Empty where there are none, or where the
    mail's own can be used again."""
    early = select_early(verdict, received).items
    is_reusable = len(early) == len(verdict.items) and not verdict.correct_subject
    names_another_day = any(finding.code == "subject.other_day" for item in early for finding in item.findings)
    if not (verdict.unit and early) or (is_reusable and not names_another_day):
        return ""
    return _write_subject(early, notice, verdict.unit)


def write_deadlines(verdict: Verdict, notice: Notice, now: datetime) -> tuple[str, ...]:
    """By when to send again, and what happens afterwards: a sentence for each deadline."""
    rejected = select_to_resend(verdict)
    if not rejected:
        return ("请尽快发来。",)
    sentences: dict[str, list[str]] = {}
    for item in rejected:
        sentences.setdefault(_deadline_sentence(item, notice, now), []).append(item_label(item))
    several = len(rejected) > 1
    return tuple(f"{'、'.join(labels)}：{sentence}" if several else sentence for sentence, labels in sentences.items())


def is_extended(item: ItemVerdict, notice: Notice) -> bool:
    """True where the unit has an extension of the notice's deadline."""
    material = notice.material(item.material)
    if material is None or item.deadline is None or item.deadline.tzinfo is None:
        return False
    if material.due.daily is not (item.day is not None):
        return False
    return item.deadline > material.due.deadline(notice.activity_week, item.day, item.deadline.tzinfo)


def _write_subject(items: tuple[ItemVerdict, ...], notice: Notice, unit: str) -> str:
    days = {item.day for item in items}
    materials = tuple(dict.fromkeys(item.material for item in items))
    return write_subject(notice, unit, materials, days.pop() if len(days) == 1 else None)


def _deadline_sentence(item: ItemVerdict, notice: Notice, now: datetime) -> str:
    material = notice.material(item.material)
    if item.deadline is None:
        return f"请尽快发来（通知规定{material.due.words}）。" if material else "请尽快发来。"
    taken_late = material is None or material.late == "mark"
    due = chinese.deadline_words(item.deadline, now)
    if now > item.deadline:
        return f"截止时间 {chinese.short_deadline(item.deadline)} 已过，请尽快发来，仍会收下，记为迟报。"
    granted = "（已延期）" if is_extended(item, notice) else ""
    return f"请在{due} 前发来{granted}，{'过后也照收，记为迟报' if taken_late else '过后不再接收'}。"
