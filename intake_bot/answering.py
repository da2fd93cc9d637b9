"""What we answer to a mail, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from intake_bot.errors import PermanentFailure
from intake_bot.examine import Desk, Examined
from intake_bot.judging.sorting import is_decoration
from intake_bot.judging.verdict import MailKind
from intake_bot.letters.letter import Letter
from intake_bot.letters.reply import AnswerContext, compose_answer
from intake_bot.letters.templates import Templates
from intake_bot.mail.message import Message
from intake_bot.mail.outgoing import checked_address


@dataclass(frozen=True)
class Reply:
    """An answer in words, and the address that it goes to."""

    to: str
    letter: Letter


class Answering:
    """Writes the one answer that a mail gets."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    def reply(
        self,
        examined: Examined,
        desk: Desk,
        receipt: str,
        received: datetime,
        now: datetime,
        quota_lines: tuple[str, ...] = (),
    ) -> Reply | None:
        """The answer, or None where we stay silent: no submission, or nobody to answer."""
        if examined.verdict.kind is not MailKind.SUBMISSION:
            return None
        to = _answer_address(examined.message, desk)
        if to is None:
            return None
        context = AnswerContext(
            bureau=desk.bureau.name,
            notice=desk.notice,
            contact=desk.notice.contact,
            receipt=receipt,
            received=received.astimezone(desk.calendar.zone),
            subject=examined.message.subject,
            sender=examined.message.sender.name,
            verdict=examined.verdict.for_school,
            files=tuple(file for file in examined.files if not is_decoration(file)),
            now=now.astimezone(desk.calendar.zone),
            quota_lines=quota_lines,
            supplements=examined.supplement.receipt if examined.supplement else "",
            taken_over=examined.supplement.taken_over if examined.supplement else (),
            together=tuple(one.receipt for one in examined.siblings),
        )
        return Reply(to, compose_answer(context, self._templates))


def _answer_address(message: Message, desk: Desk) -> str | None:
    """Reply-To, else From; never one of the bureaus' own mailboxes, never something that is no address."""
    for candidate in (message.reply_to, message.sender):
        if candidate is None or candidate.address.lower() in desk.own_addresses:
            continue
        try:
            return checked_address(candidate.address)
        except PermanentFailure:
            continue
    return None
