"""Makes a complete mail for the outbox from a letter's words: addresses, thread, Message-ID."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal

from intake_bot.config.settings import Bureau, Mode
from intake_bot.ledger.values.records import LetterDraft
from intake_bot.ledger.values.states import LetterState
from intake_bot.letters.templates import Letter
from intake_bot.mail.message import Address, Message
from intake_bot.mail.smtp.outgoing import AttachedFile, Draft, Origin, Picture, build_letter, new_message_id

Report = Literal["digest", "alert"]


def answer_draft(letter: Letter, bureau: Bureau, to: str, answered: Message, receipt: str, at: datetime) -> LetterDraft:
    """The answer to a mail, in its thread. In shadow mode it is WITHHELD and never sent.

    `at` is the letter's date, in the bureau's zone.
    """
    message_id = new_message_id(bureau.mailbox.address, receipt)
    own_id = (answered.message_id,) if answered.message_id else ()
    draft = replace(
        _draft(letter, bureau, (to,), message_id, receipt, at),
        in_reply_to=answered.message_id,
        references=(*answered.references, *own_id),
    )
    raw = build_letter(draft)
    if bureau.mode is Mode.SHADOW:
        return LetterDraft((to,), letter.subject, message_id, raw, letter.text, LetterState.WITHHELD)
    return LetterDraft((to,), letter.subject, message_id, raw, letter.text)


def notice_draft(letter: Letter, bureau: Bureau, to: str, receipt: str, at: datetime) -> LetterDraft:
    """A letter to a school about its mail with this receipt number, which answers no mail. In shadow mode it is kept
    and never sent. `at` is its date, in the bureau's zone."""
    message_id = new_message_id(bureau.mailbox.address, receipt)
    draft = Draft(
        sender=Address(bureau.name, bureau.mailbox.address),
        to=(to,),
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        date=at,
        message_id=message_id,
        bot_id=receipt,
    )
    state: Literal[LetterState.QUEUED, LetterState.WITHHELD]
    state = LetterState.WITHHELD if bureau.mode is Mode.SHADOW else LetterState.QUEUED
    return LetterDraft((to,), letter.subject, message_id, build_letter(draft), letter.text, state)


def report_draft(
    letter: Letter,
    bureau: Bureau,
    to: tuple[str, ...],
    report: Report,
    at: datetime,
    attachments: tuple[AttachedFile, ...] = (),
    pictures: tuple[Picture, ...] = (),
) -> LetterDraft:
    """A letter to the bureau's clerks or admins, sent in shadow mode too. `at` is its date, in the bureau's zone; its
    HTML shows the `pictures`."""
    message_id = new_message_id(bureau.mailbox.address)
    draft = replace(
        _draft(letter, bureau, to, message_id, report, at),
        origin=Origin.REPORT,
        attachments=attachments,
        pictures=pictures,
    )
    return LetterDraft(to, letter.subject, message_id, build_letter(draft), letter.text)


def confirmation_draft(
    letter: Letter,
    bureau: Bureau,
    to: str,
    answered: str | None,
    receipt: str,
    at: datetime,
    attachments: tuple[AttachedFile, ...] = (),
) -> LetterDraft:
    """The answer to a clerk's orders, in the thread of her mail, sent in shadow mode too. `answered` is the Message-ID
    of her mail, `at` the letter's date in the bureau's zone."""
    message_id = new_message_id(bureau.mailbox.address)
    draft = replace(
        _draft(letter, bureau, (to,), message_id, receipt, at),
        in_reply_to=answered,
        references=(answered,) if answered else (),
        attachments=attachments,
    )
    return LetterDraft((to,), letter.subject, message_id, build_letter(draft), letter.text)


def _draft(letter: Letter, bureau: Bureau, to: tuple[str, ...], message_id: str, bot_id: str, date: datetime) -> Draft:
    return Draft(
        sender=Address(bureau.name, bureau.mailbox.address),
        to=to,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        date=date,
        message_id=message_id,
        bot_id=bot_id,
    )
