"""Which mails are orders of a clerk: never by the address alone, and never where that is doubtful."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from intake_bot.config.notice_context import NoticeContext
from intake_bot.intake.prior_mail import PriorMail
from intake_bot.judging.author import Author, Relation
from intake_bot.ledger.values.orders import ClerkLetter
from intake_bot.mail.machines.triage import is_of_sender
from intake_bot.mail.message import Attachment, Message
from intake_bot.mail.reading.original_mails import is_original_mail
from intake_bot.mail.reply_line import words_above_reply_line
from intake_bot.orders.codes import find_code, is_expired, words_of_button
from intake_bot.orders.read import Known, Misread, Reading, Understood, read_orders


class OrderRefusal(StrEnum):
    """Why the orders of a mail are not carried out. Ledgers hold these words for good."""

    DOUBTFUL = "doubtful"
    """The bureau's mail server found that the address is probably forged."""
    OTHER_ADDRESS = "other_address"
    """A clerk wrote it from another address than the letter went to."""
    FORMER_CLERK = "former_clerk"
    """The letter went to this address, which is no clerk's any more."""
    STRANGER = "stranger"
    EXPIRED = "expired"
    """The code of its button is too old."""


@dataclass(frozen=True)
class OrderMail:
    """A mail that answers a letter to clerks, or bears the code of a button in one."""

    sender: str
    """In lower case."""
    letter: ClerkLetter
    words: str
    """What she wrote herself, or the one order of the button."""
    readings: tuple[Reading, ...]
    files: tuple[Attachment, ...] = ()
    code: int | None = None
    refusal: OrderRefusal | None = None

    @property
    def has_orders(self) -> bool:
        return any(isinstance(one, Understood) for one in self.readings)

    @property
    def says_anything(self) -> bool:
        """It holds orders, or lines that were not understood, and not only thanks."""
        return any(isinstance(one, Understood | Misread) for one in self.readings)


def find_order_mail(
    message: Message, context: NoticeContext, prior_mail: PriorMail, author: Author, received: datetime
) -> OrderMail | None:
    """The mail as one with orders; None where it answers no letter to clerks and bears no code."""
    sender = message.sender.address.lower()
    # A picture that is shown in the mail is her signature, and no file for a school's mail.
    attached = (one for one in message.attachments if is_of_sender(one) and not one.is_inline)
    files = tuple(one for one in attached if not is_original_mail(one))
    now = received.astimezone(context.calendar.zone)
    known = Known(context.notice, context.bureau.roster, now, has_files=bool(files))
    clerks = frozenset(one.lower() for one in context.bureau.clerks)
    code = find_code(message.subject)
    given = prior_mail.find_order_code(code) if code else None
    if given is not None:
        letter = ClerkLetter(given.letter.id, frozenset({given.clerk.lower()}))
        words = words_of_button(given.line, words_above_reply_line(message), known)
        refusal = _refusal(sender, letter, clerks, author)
        if refusal is None and is_expired(given.created_at, received):
            refusal = OrderRefusal.EXPIRED
        return OrderMail(sender, letter, words, read_orders(words, known), files, given.id, refusal)
    thread = (*message.in_reply_to, *message.references)
    answered = prior_mail.find_clerk_letter(thread, sender) if thread else None
    if answered is None:
        return None
    words = words_above_reply_line(message)
    return OrderMail(
        sender, answered, words, read_orders(words, known), files, None, _refusal(sender, answered, clerks, author)
    )


def _refusal(sender: str, letter: ClerkLetter, clerks: frozenset[str], author: Author) -> OrderRefusal | None:
    if author.relation is Relation.DOUBTFUL:
        return OrderRefusal.DOUBTFUL
    if sender in clerks:
        return None if sender in letter.recipients else OrderRefusal.OTHER_ADDRESS
    return OrderRefusal.FORMER_CLERK if sender in letter.recipients else OrderRefusal.STRANGER
