"""The answer to a mail, and its recipient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from intake_bot.config.notice_context import NoticeContext
from intake_bot.errors import PermanentFailure
from intake_bot.intake.examine import Examination
from intake_bot.judging.assignment import is_decoration
from intake_bot.judging.author import Act
from intake_bot.judging.verdict import MailKind
from intake_bot.letters.local_times import localise
from intake_bot.letters.missing_reports import QuotaLine
from intake_bot.letters.reply import ReplyContext, Revision, compose_reply
from intake_bot.letters.templates import Letter, Templates
from intake_bot.mail.address import checked_address
from intake_bot.mail.machines.headers import is_unread_address


@dataclass(frozen=True)
class Reply:
    """An answer, and the address that it goes to."""

    to: str
    letter: Letter


class ReplyWriter:
    """Writes the answer to a mail."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    def reply(
        self,
        examination: Examination,
        context: NoticeContext,
        receipt: str,
        received: datetime,
        now: datetime,
        quota_lines: tuple[QuotaLine, ...] = (),
        revision: Revision | None = None,
        *,
        mentions_arrival: bool = False,
    ) -> Reply | None:
        """The answer; None for what is no submission, to a doubtful author, and where no address can be answered or
        nobody would read it."""
        if examination.verdict.kind is not MailKind.SUBMISSION or examination.is_unread:
            return None
        is_own_person = context.is_own_person(examination.message.sender.address)
        if is_own_person or not examination.author.may(Act.BE_ANSWERED):
            return None
        to = answer_address(examination, context)
        if to is None:
            return None
        answer = ReplyContext(
            bureau=context.bureau.name,
            notice=context.notice,
            contact=context.notice.contact,
            receipt=receipt,
            received=received,
            subject=examination.message.subject,
            sender=examination.message.sender.name,
            sender_unit=examination.author.registered_unit or "",
            verdict=examination.verdict.for_school,
            files=tuple(file for file in examination.files if not is_decoration(file)),
            now=now,
            quota_lines=quota_lines,
            supplements=examination.supplement.receipt if examination.supplement else "",
            taken_over=examination.supplement.reused_files if examination.supplement else (),
            together=tuple(one.receipt for one in examination.pieces),
            revision=revision,
            mentions_arrival=mentions_arrival,
            is_trial=examination.is_trial,
        )
        return Reply(to, compose_reply(localise(answer, context.calendar.zone), self._templates))


def answer_address(examination: Examination, context: NoticeContext) -> str | None:
    """Reply-To where it is the author's own, else From; None where neither is a valid address that somebody reads
    outside the bureaus' own mailboxes."""
    unit = context.bureau.roster.find(examination.verdict.unit) if examination.verdict.unit else None
    reply_to = examination.message.reply_to
    is_own = reply_to is not None and examination.author.may_be_answered_at(reply_to.address, unit)
    for candidate in (reply_to if is_own else None, examination.message.sender):
        if candidate is None or candidate.address.lower() in context.own_addresses:
            continue
        if is_unread_address(candidate.address):
            continue
        try:
            return checked_address(candidate.address)
        except PermanentFailure:
            continue
    return None
