"""What is still of use to a school whose mail was not taken in whole: what to send again, by when, with which subject.

An item that was turned away is never among it: it came too early, too late or the wrong way. What came too early will
come again, and is told its faults for that day.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from intake_bot.judging.verdict import Decision, ItemVerdict, Verdict
from intake_bot.letters import chinese
from intake_bot.letters.mending import item_label
from intake_bot.letters.untrusted import one_line
from intake_bot.notices.notice import Notice
from intake_bot.notices.subject import write_subject

_COPIED_LENGTH = 200


class Refusal(StrEnum):
    """Why an item was turned away."""

    ONLINE = "online"
    EARLY = "early"
    LATE = "late"


def refusal_of(item: ItemVerdict, received: datetime) -> Refusal | None:
    """Why an item was turned away; None for one that was judged."""
    if not item.turned_away:
        return None
    if any(finding.code == "channel.online" for finding in item.findings):
        return Refusal.ONLINE
    early = item.deadline is not None and received <= item.deadline
    return Refusal.EARLY if early else Refusal.LATE


def judged_part(verdict: Verdict) -> Verdict:
    """The verdict without the items that were turned away; nothing of it is left where all of them were."""
    items = tuple(item for item in verdict.items if not item.turned_away)
    return replace(verdict, items=items, findings=verdict.findings if items or not verdict.items else ())


def missed_part(verdict: Verdict, received: datetime) -> Verdict:
    """The items that came too late to be taken in, and nothing said of them but that."""
    items = tuple(
        replace(item, findings=tuple(finding for finding in item.findings if finding.turns_away))
        for item in verdict.items
        if refusal_of(item, received) is Refusal.LATE
    )
    return replace(verdict, items=items, findings=())


def early_part(verdict: Verdict, received: datetime) -> Verdict:
    """The items that came too early, without a word about the time: what else is wrong with them.

    The faults of the mail itself are told with them only where no other item is told of these.
    """
    items = tuple(
        replace(item, findings=tuple(finding for finding in item.findings if not finding.turns_away))
        for item in verdict.items
        if refusal_of(item, received) is Refusal.EARLY
    )
    told = not items or judged_part(verdict).items
    return replace(verdict, items=items, findings=() if told else verdict.findings)


def to_send_again(verdict: Verdict) -> tuple[ItemVerdict, ...]:
    """The items that are to be mended and sent once more by mail."""
    return tuple(item for item in verdict.items if item.decision is Decision.REJECTED and not item.turned_away)


def subject_to_copy(verdict: Verdict, notice: Notice) -> str:
    """Asks for the rejected part only, and names its day: sent tomorrow, the same words would mean tomorrow's."""
    rejected = to_send_again(verdict)
    if not (verdict.unit and rejected):
        return one_line(verdict.correct_subject, _COPIED_LENGTH)
    return _ask_for(rejected, notice, verdict.unit)


def subject_for_later(verdict: Verdict, notice: Notice, received: datetime) -> str:
    """Asks for what came too early, with its day. Empty where nothing did, or where the mail's own subject will do then
    as it is."""
    early = early_part(verdict, received).items
    will_do = len(early) == len(verdict.items) and not verdict.correct_subject
    names_another_day = any(finding.code == "subject.other_day" for item in early for finding in item.findings)
    if not (verdict.unit and early) or (will_do and not names_another_day):
        return ""
    return _ask_for(early, notice, verdict.unit)


def until_sentences(verdict: Verdict, notice: Notice, now: datetime) -> tuple[str, ...]:
    """By when to send again, and what happens afterwards: a sentence for each deadline."""
    rejected = to_send_again(verdict)
    if not rejected:
        return ("请尽快发来。",)
    sentences: dict[str, list[str]] = {}
    for item in rejected:
        sentences.setdefault(_until(item, notice, now), []).append(item_label(item))
    several = len(rejected) > 1
    return tuple(f"{'、'.join(labels)}：{said}" if several else said for said, labels in sentences.items())


def is_extended(item: ItemVerdict, notice: Notice) -> bool:
    """This unit was granted more time than the notice gives."""
    material = notice.material(item.material)
    if material is None or item.deadline is None or item.deadline.tzinfo is None:
        return False
    if material.due.daily is not (item.day is not None):
        return False
    return item.deadline > material.due.deadline(notice.days, item.day, item.deadline.tzinfo)


def _ask_for(items: tuple[ItemVerdict, ...], notice: Notice, unit: str) -> str:
    days = {item.day for item in items}
    materials = tuple(dict.fromkeys(item.material for item in items))
    return write_subject(notice, unit, materials, days.pop() if len(days) == 1 else None)


def _until(item: ItemVerdict, notice: Notice, now: datetime) -> str:
    material = notice.material(item.material)
    if item.deadline is None:
        return f"请尽快发来（通知规定{material.due.words}）。" if material else "请尽快发来。"
    taken_late = material is None or material.late == "mark"
    due = chinese.deadline(item.deadline)
    if now > item.deadline:
        afterwards = "请尽快发来，照样接收，会记为迟报。" if taken_late else "不再接收。如有特殊情况，请和我们联系。"
        return f"{due} 的截止时间已经过了，{afterwards}"
    granted = "（已为贵单位延期）" if is_extended(item, notice) else ""
    afterwards = "过了这个时间也照收，会记为迟报。" if taken_late else "过了这个时间就不再接收了。"
    return f"请在 {due} 前发来{granted}。{afterwards}"
