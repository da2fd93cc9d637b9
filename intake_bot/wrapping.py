"""From a letter's words to a finished mail in the outbox: addresses, threads, a Message-ID of our own."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from intake_bot.config.settings import Bureau, Mode
from intake_bot.ledger.records import LetterDraft
from intake_bot.ledger.states import LetterState
from intake_bot.letters.letter import Letter
from intake_bot.mail.message import Address, Message
from intake_bot.mail.outgoing import Draft, Origin, build_letter, new_message_id

Report = Literal["digest", "alert"]


def wrap_answer(letter: Letter, bureau: Bureau, to: str, answered: Message, receipt: str, at: datetime) -> LetterDraft:
    """The answer to a mail, threaded under it. In shadow mode it is kept and never sent.

    `at` is the letter's date, in the bureau's zone.
    """
    message_id = new_message_id(bureau.mailbox.address, receipt)
    own_id = (answered.message_id,) if answered.message_id else ()
    draft = Draft(
        sender=Address(bureau.name, bureau.mailbox.address),
        to=(to,),
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        date=at,
        message_id=message_id,
        bot_id=receipt,
        in_reply_to=answered.message_id,
        references=(*answered.references, *own_id),
    )
    raw = build_letter(draft)
    if bureau.mode is Mode.SHADOW:
        return LetterDraft((to,), letter.subject, message_id, raw, letter.text, LetterState.WITHHELD)
    return LetterDraft((to,), letter.subject, message_id, raw, letter.text)


def wrap_report(letter: Letter, bureau: Bureau, to: tuple[str, ...], report: Report, at: datetime) -> LetterDraft:
    """A letter to the bureau's own people; it leaves in shadow mode too. `at` as above."""
    message_id = new_message_id(bureau.mailbox.address)
    draft = Draft(
        sender=Address(bureau.name, bureau.mailbox.address),
        to=to,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        date=at,
        message_id=message_id,
        bot_id=report,
        origin=Origin.REPORT,
    )
    return LetterDraft(to, letter.subject, message_id, build_letter(draft), letter.text)
