"""The verdict on a held mail that follows from a clerk's decision. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from intake_bot.config.nearest import suggest_spelling
from intake_bot.config.notice_context import NoticeContext
from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.files.facts import MailFacts, TextFacts
from intake_bot.judging.judge import Case, decide_disposition, judge
from intake_bot.judging.outcome_words import DECISION_WORDS
from intake_bot.judging.verdict import Decision, Disposition, Finding, ItemVerdict, MailKind, Verdict
from intake_bot.ledger.values.records import FiledItem, FiledMail
from intake_bot.notices.day_words import item_name
from intake_bot.notices.notice import Severity
from intake_bot.notices.subject import SubjectReading, read_subject, write_subject
from intake_bot.orders.order import NamedSlot

RAW_MAIL_NAME = "原邮件.eml"
"""File name in the store of a raw mail that was never opened."""

_SEEN = Finding("clerk.accepted", Severity.REMARK, "工作人员已经查看，予以收下")
_BY_HAND = frozenset({"clerk.accepted", "clerk.rejected"})


def accepted_verdict(mail: FiledMail) -> Verdict:
    """The verdict with its held items accepted. Other items keep their decision; superseded items are left out."""
    items = tuple(
        replace(item, decision=Decision.ACCEPTED, findings=(*_without_holds(item.findings), _SEEN))
        if item.decision is Decision.HELD
        else item
        for item in _items(mail)
    )
    return _verdict(mail, items, _without_holds(mail.findings))


def rejected_verdict(mail: FiledMail, reason: str) -> Verdict:
    """The verdict with its held items, or a mail without items itself, rejected for this reason.

    Other items keep their decision; superseded items are left out.
    """
    refused = _refusal(reason)
    items = tuple(
        replace(item, decision=Decision.REJECTED, findings=(*_without_holds(item.findings), refused))
        if item.decision is Decision.HELD
        else item
        for item in _items(mail)
    )
    findings = _without_holds(mail.findings)
    return _verdict(mail, items, findings if items else (*findings, refused))


def links_accepted(mail: FiledMail) -> Verdict:
    """The verdict on a mail that waits for links only, after a clerk has looked at what they lead to: she accepts the
    mail, with what the rules had found faulty in it."""
    seen = replace(_SEEN, found=f"{link_names(mail)}，工作人员已经看过，予以收下")
    verdict = revised_to_accepted(mail)
    return replace(verdict, disposition=decide_disposition(verdict.items), findings=(*verdict.findings, seen))


def links_rejected(mail: FiledMail, reason: str) -> Verdict:
    """The same where she refuses them for this reason: the items keep their decisions."""
    verdict = decided_verdict(mail)
    refused = _refusal(f"{link_names(mail)}没有收下：{reason}")
    return replace(verdict, findings=(*verdict.findings, refused))


def link_names(mail: FiledMail) -> str:
    """超大附件“开幕式.mp4”: what a clerk has not fetched yet."""
    return "超大附件" + "、".join(f"“{link.name}”" for link in mail.open_links if link.name)


# ---- a decision revised ----------------------------------------------------------------------------------------------


def revised_to_accepted(mail: FiledMail) -> Verdict:
    """The verdict on a mail that was decided, with what was rejected accepted: what a clerk has rejected, or where no
    clerk has decided about it, what the rules have. Faults that the clerk waives are not repeated."""
    chosen = _revisable(mail)
    items = tuple(
        replace(item, decision=Decision.ACCEPTED, findings=(*_without_faults(item.findings), _SEEN))
        if item in chosen and item.decision is Decision.REJECTED
        else item
        for item in _items(mail)
    )
    return _verdict(mail, items, _without_faults(mail.findings))


def revised_to_rejected(mail: FiledMail, reason: str) -> Verdict:
    """The verdict on a mail that was decided, with what was accepted rejected for this reason: what a clerk has
    accepted, or where no clerk has decided about it, what the rules have. What a clerk rejected gets the new reason."""
    chosen, refused = _revisable(mail), _refusal(reason)
    items = tuple(
        replace(item, decision=Decision.REJECTED, findings=(*_without_clerks_words(item.findings), refused))
        if item in chosen and (item.decision is Decision.ACCEPTED or is_by_hand(item.findings))
        else item
        for item in _items(mail)
    )
    findings = _without_clerks_words(mail.findings)
    return _verdict(mail, items, findings if items else (*findings, refused))


def changes(before: FiledMail, after: Verdict) -> tuple[str, ...]:
    """What a revision changes, a sentence for each item without its full stop; empty where nothing is changed."""
    then = {(item.material, item.day): item for item in before.items if not item.superseded}
    now = {(item.material, item.day) for item in after.items}
    sentences = [f"报送单位改为{after.unit}"] if after.unit and after.unit != before.unit else []
    sentences += [f"{item_name(*slot)}不再登记" for slot in then if slot not in now]
    sentences += [
        _change(item_name(item.material, item.day), then.get((item.material, item.day)), item) for item in after.items
    ]
    if not after.items and after.disposition is not before.disposition:
        was = _DISPOSITIONS.get(before.disposition, "没有处理") if before.disposition else "没有处理"
        sentences.append(f"这封邮件原来{was}，现在改为{_DISPOSITIONS[after.disposition]}")
    elif not after.items and _reasons(after.findings) != _reasons(before.findings):
        sentences.append("退回的原因改了，新的写在下面")
    return tuple(sentence for sentence in sentences if sentence)


def _change(name: str, before: FiledItem | None, after: ItemVerdict) -> str:
    if before is None:
        return f"{name}现在登记为{DECISION_WORDS[after.decision].full}"
    if before.decision is not after.decision:
        return f"{name}原来{DECISION_WORDS[before.decision].full}，现在改为{DECISION_WORDS[after.decision].full}"
    changed = after.decision is Decision.REJECTED and _reasons(before.findings) != _reasons(after.findings)
    return f"{name}退回的原因改了，新的写在下面" if changed else ""


def is_decided(mail: FiledMail) -> bool:
    """True where there is a decision that a clerk may revise: what a later mail has superseded is settled."""
    is_superseded = bool(mail.items) and all(item.superseded for item in mail.items)
    return mail.disposition is not None and mail.merged_into is None and not is_superseded


def corrected_slot(mail: FiledMail, slot: NamedSlot) -> NamedSlot:
    """What the clerk says now, and for the rest what was said before. Raises ConfigError where the mail was read by the
    robot: what it is needs no clerk's word."""
    items = _items(mail)
    if any(not is_by_hand(item.findings) for item in items):
        raise usage_error("--unit、--material、--day", "这封邮件的单位和材料已经读出来了，不用再写")
    materials = slot.materials or tuple(dict.fromkeys(item.material for item in items))
    days = {item.day for item in items}
    return NamedSlot(slot.unit or mail.unit or "", materials, slot.day or (days.pop() if len(days) == 1 else None))


def is_by_hand(findings: Iterable[Finding]) -> bool:
    """True where a clerk has decided."""
    return any(finding.code in _BY_HAND for finding in findings)


_DISPOSITIONS = {
    Disposition.ACCEPTED: "收下",
    Disposition.PARTIAL: "部分收下",
    Disposition.REJECTED: "退回补正",
    Disposition.HELD: "待人工查看",
    Disposition.IGNORED: "结案，不算报送",
}


def _reasons(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(finding.found for finding in findings if finding.code in _BY_HAND)


def _revisable(mail: FiledMail) -> tuple[ItemVerdict, ...]:
    """The items that a clerk has decided; where there are none, all that are decided."""
    items = _items(mail)
    return tuple(item for item in items if is_by_hand(item.findings)) or items


def _refusal(reason: str) -> Finding:
    return Finding("clerk.rejected", Severity.ERROR, reason.rstrip("。"))


def _without_clerks_words(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in _without_holds(findings) if finding.code not in _BY_HAND)


def _without_faults(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in _without_clerks_words(findings) if finding.severity is not Severity.ERROR)


def is_question(mail: FiledMail) -> bool:
    """True for a held mail without files that asks something: it has nothing to accept or reject."""
    return not mail.items and any(finding.code == "mail.question" and finding.holds for finding in mail.findings)


def waits_for_links_only(mail: FiledMail) -> bool:
    """True for a mail that was decided, and is held only because of links that nobody has fetched."""
    if mail.disposition in (None, Disposition.HELD) or not mail.open_links:
        return False
    return not any(item.decision is Decision.HELD and not item.superseded for item in mail.items)


def decided_verdict(mail: FiledMail) -> Verdict:
    """The verdict as it stands."""
    disposition = mail.disposition or Disposition.HELD
    return Verdict(MailKind.SUBMISSION, disposition, mail.unit, _items(mail), mail.findings)


def closed_verdict(mail: FiledMail) -> Verdict:
    """The verdict on a question that a clerk has answered: it is no submission."""
    return Verdict(MailKind.OTHER, Disposition.IGNORED, mail.unit, findings=_without_holds(mail.findings))


def reopened_verdict() -> Verdict:
    """The verdict on a mail that was never opened, after a clerk's decision about it was withdrawn: it is held."""
    undone = Finding(
        "clerk.undone",
        Severity.REMARK,
        "工作人员撤销了原来的决定，这封邮件要重新处理",
        holds=True,
    )
    return Verdict(MailKind.SUBMISSION, Disposition.HELD, findings=(undone,))


def _verdict(mail: FiledMail, items: tuple[ItemVerdict, ...], findings: tuple[Finding, ...]) -> Verdict:
    return Verdict(MailKind.SUBMISSION, decide_disposition(items), mail.unit, items, findings)


def _items(mail: FiledMail) -> tuple[ItemVerdict, ...]:
    return tuple(
        ItemVerdict(
            item.material,
            item.day,
            item.deadline,
            item.late,
            item.decision,
            item.findings,
            tuple(file.name for file in item.files),
            item.fills,
        )
        for item in mail.items
        if not item.superseded
    )


def without_settled(verdict: Verdict, mail: FiledMail) -> Verdict:
    """The verdict without the items of this mail that a later mail has superseded."""
    settled = {(item.material, item.day) for item in mail.items if item.superseded}
    items = tuple(item for item in verdict.items if (item.material, item.day) not in settled)
    return verdict if items == verdict.items else replace(verdict, items=items, disposition=decide_disposition(items))


def _without_holds(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What is left of the findings once a clerk has decided. What only clerks read stays, as a note."""
    kept = (finding for finding in findings if not finding.holds or finding.private)
    return tuple(replace(finding, holds=False) for finding in kept)


def accepted_by_hand(mail: FiledMail, context: NoticeContext, slot: NamedSlot) -> Verdict:
    """The verdict that accepts one item for each material of the slot or the subject. The time of arrival decides
    whether an item is late.

    Raises ConfigError where neither names a unit and a material.
    """
    files = MailFacts((), TextFacts("", 0))
    by_rules = judge(Case(context.notice, context.calendar, _reading(mail, context, slot), mail.received, files))
    items = tuple(
        replace(
            item,
            decision=Decision.ACCEPTED,
            findings=(*(f for f in item.findings if f.code == "deadline.late"), _SEEN),
            files=tuple(file.name for file in mail.files) or (RAW_MAIL_NAME,),
        )
        for item in by_rules.items
    )
    return Verdict(MailKind.SUBMISSION, Disposition.ACCEPTED, by_rules.unit, items)


def _reading(mail: FiledMail, context: NoticeContext, slot: NamedSlot) -> SubjectReading:
    """Reads the subject, with what the slot names in its place. Raises ConfigError without a unit or a material."""
    notice, roster = context.notice, context.bureau.roster
    reading = read_subject(mail.subject, notice, roster)
    unit = roster.find(slot.unit) if slot.unit else reading.unit
    if unit is None:
        said = (
            f"名册里没有“{slot.unit}”{suggest_spelling(slot.unit, roster.names)}" if slot.unit else "请写明是哪个单位"
        )
        raise usage_error("--unit", said)
    known = [material.name for material in notice.materials]
    unknown = next((name for name in slot.materials if name not in known), None)
    if unknown is not None or not (slot.materials or reading.materials):
        said = (
            f"通知里没有“{unknown}”{suggest_spelling(unknown, known)}"
            if unknown
            else f"请写明是哪种材料：{'、'.join(known)}"
        )
        raise usage_error("--material", said)
    day = slot.day or reading.day
    written = write_subject(notice, unit.name, slot.materials or reading.materials, day)
    return replace(read_subject(written, notice, roster), unit=unit, fault=None, day=day)


def usage_error(option: str, message: str) -> ConfigError:
    """The error for a wrong value of a command's option or argument."""
    return ConfigError((ConfigFault(option, 0, 0, message),))
