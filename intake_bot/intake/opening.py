"""Opens a raw mail, and what a clerk supplied for it."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from intake_bot.config.settings import Limits
from intake_bot.errors import TemporaryFailure
from intake_bot.files.facts import Unreadable
from intake_bot.files.worker.recorded import Opener
from intake_bot.files.worker.time_budget import TimeBudget
from intake_bot.mail.imap.spool import SpooledMail
from intake_bot.mail.message import Attachment, Message

_PATIENCE = 0.8
"""Share of the wall time of a mail for which the worker waits for the rest of one that is fetched slowly."""


@dataclass(frozen=True)
class SuppliedFiles:
    """What a clerk fetched for a mail: files, and the links that they came from."""

    files: tuple[Attachment, ...] = ()
    links: frozenset[str] = frozenset()


NOTHING_SUPPLIED = SuppliedFiles()


def open_mail(raw: Path, work: Path, limits: Limits) -> Message:
    """Reads a raw mail, and what is wrapped by a signature; its attachments are decoded into `work`. Raises OSError, of
    our own disk."""
    from intake_bot.mail.smime import read_whole_message  # with the first mail: a poll without one needs none

    return read_whole_message(raw, work, limits.reading)


def open_mail_apart(raw: Path, work: Path, limits: Limits, worker: Opener) -> Message:
    """The same, read by the worker; by this process where the worker cannot, or says what cannot be."""
    from intake_bot.mail.smime import read_whole_message

    try:
        message = worker.ask(read_whole_message, raw, work, limits.reading)
    except Unreadable:
        return open_mail(raw, work, limits)
    return message if _stays_within(message, work) else open_mail(raw, work, limits)


def open_growing_mail(growing: Path, whole: Future[SpooledMail], work: Path, limits: Limits, worker: Opener) -> Message:
    """The same for a mail that is still being fetched; read once more where the worker did not get to its end. Raises
    what `whole` raises: then the mail was not fetched."""
    from intake_bot.mail.smime import read_growing_message

    with suppress(Unreadable, TemporaryFailure):
        budget = TimeBudget.of(limits.allowance.seconds)
        patience = _PATIENCE * budget.wall_seconds
        message = worker.ask(read_growing_message, growing, work, limits.reading, patience, budget=budget)
        if message.bytes == whole.result().bytes and _stays_within(message, work):
            return message
    return open_mail_apart(whole.result().path, work, limits, worker)


def _stays_within(message: Message, work: Path) -> bool:
    return all(one.path.is_relative_to(work) and ".." not in one.path.parts for one in message.attachments)
