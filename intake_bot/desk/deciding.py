"""What a person decides about a held mail, as a verdict. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from intake_bot.config.nearest import meant
from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.examine import Desk
from intake_bot.files.facts import MailFacts, TextFacts
from intake_bot.judging.judge import Case, dispose, judge
from intake_bot.judging.verdict import Decision, Disposition, Finding, ItemVerdict, MailKind, Verdict
from intake_bot.ledger.records import FiledMail
from intake_bot.notices.notice import Severity
from intake_bot.notices.subject import SubjectReading, read_subject, write_subject

RAW_MAIL_NAME = "原邮件.eml"
"""The name under which a mail that was never opened is kept whole."""


@dataclass(frozen=True)
class Slot:
    """What a clerk says a mail is, where nobody could read it. Empty where the mail's subject says it."""

    unit: str = ""
    materials: tuple[str, ...] = ()
    day: date | None = None

    def __bool__(self) -> bool:
        return bool(self.unit or self.materials or self.day)


_SEEN = Finding("clerk.accepted", Severity.REMARK, "工作人员已经查看，予以收下")


def accepted_verdict(mail: FiledMail) -> Verdict:
    """The verdict with its held items accepted; what was accepted or rejected before stays so. What a later mail has
    superseded is settled, and no part of it any more."""
    items = tuple(
        replace(item, decision=Decision.ACCEPTED, findings=(*_without_holds(item.findings), _SEEN))
        if item.decision is Decision.HELD
        else item
        for item in _items(mail)
    )
    return _verdict(mail, items, _without_holds(mail.findings))


def rejected_verdict(mail: FiledMail, reason: str) -> Verdict:
    """The verdict with its held items rejected for this reason; of a mail without items, the mail itself. What a later
    mail has superseded is settled, and no part of it any more."""
    refused = Finding("clerk.rejected", Severity.ERROR, reason.rstrip("。"))
    items = tuple(
        replace(item, decision=Decision.REJECTED, findings=(*_without_holds(item.findings), refused))
        if item.decision is Decision.HELD
        else item
        for item in _items(mail)
    )
    findings = _without_holds(mail.findings)
    return _verdict(mail, items, findings if items else (*findings, refused))


def is_question(mail: FiledMail) -> bool:
    """True for words without files, which a person answers: there is nothing in it to take in or to send back."""
    return not mail.items and any(finding.code == "mail.question" and finding.holds for finding in mail.findings)


def closed_verdict(mail: FiledMail) -> Verdict:
    """The verdict on a question that a person has answered: it is no submission."""
    return Verdict(MailKind.OTHER, Disposition.IGNORED, mail.unit, findings=_without_holds(mail.findings))


def _verdict(mail: FiledMail, items: tuple[ItemVerdict, ...], findings: tuple[Finding, ...]) -> Verdict:
    return Verdict(MailKind.SUBMISSION, dispose(items), mail.unit, items, findings)


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
    """A second verdict on this mail, without what a later mail has superseded since the first."""
    settled = {(item.material, item.day) for item in mail.items if item.superseded}
    items = tuple(item for item in verdict.items if (item.material, item.day) not in settled)
    return verdict if items == verdict.items else replace(verdict, items=items, disposition=dispose(items))


def _without_holds(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if not finding.holds)


def accepted_by_hand(mail: FiledMail, desk: Desk, slot: Slot) -> Verdict:
    """Every material of the slot or the subject as one accepted item, late or not by the time of arrival.

    Raises ConfigError where neither names a unit and a material.
    """
    files = MailFacts((), TextFacts("", 0))
    by_rules = judge(Case(desk.notice, desk.calendar, _reading(mail, desk, slot), mail.received, files))
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


def _reading(mail: FiledMail, desk: Desk, slot: Slot) -> SubjectReading:
    """The subject as it is, or as the clerk says it ought to be. Raises ConfigError where it names too little."""
    notice, roster = desk.notice, desk.bureau.roster
    reading = read_subject(mail.subject, notice, roster)
    unit = roster.find(slot.unit) if slot.unit else reading.unit
    if unit is None:
        said = f"名册里没有“{slot.unit}”{meant(slot.unit, roster.names)}" if slot.unit else "请写明是哪个单位"
        raise usage_error("--unit", said)
    known = [material.name for material in notice.materials]
    unknown = next((name for name in slot.materials if name not in known), None)
    if unknown is not None or not (slot.materials or reading.materials):
        said = f"通知里没有“{unknown}”{meant(unknown, known)}" if unknown else f"请写明是哪种材料：{'、'.join(known)}"
        raise usage_error("--material", said)
    day = slot.day or reading.day
    written = write_subject(notice, unit.name, slot.materials or reading.materials, day)
    return replace(read_subject(written, notice, roster), unit=unit, fault=None, day=day)


def usage_error(option: str, message: str) -> ConfigError:
    """What is wrong with a command, or with one of its options."""
    return ConfigError((ConfigFault(option, 0, 0, message),))
