"""Opens a raw mail, and what a clerk supplied for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from intake_bot.config.settings import Limits
from intake_bot.files.facts import Unreadable
from intake_bot.files.worker.recorded import Opener
from intake_bot.mail.message import Attachment, Message


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
    if all(one.path.is_relative_to(work) and ".." not in one.path.parts for one in message.attachments):
        return message
    return open_mail(raw, work, limits)
