"""The mails that a mail encloses, by their headers alone: what a bounce sends back, whole or only its head."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from intake_bot.mail.headers import Field, first_value, header_text, message_ids, read_fields, skip_opening
from intake_bot.mail.message import Attachment, Message
from intake_bot.mail.source import Source

_MOST = 5
_HEADER_BYTES = 64 * 1024
_TYPES = re.compile(r"message/.*|text/rfc822-headers|text/rfc822")


@dataclass(frozen=True)
class Original:
    """One enclosed mail, as its header tells. Anybody can write such a header."""

    message_id: str | None
    bot_id: str
    """X-Intake-Bot; empty where it is no letter of ours."""
    subject: str


def is_original(attachment: Attachment) -> bool:
    """True for an enclosed mail, the head of one, and the other parts of a report about one (RFC 3462, RFC 6533)."""
    return _TYPES.fullmatch(attachment.content_type) is not None or _is_eml(attachment)


def originals(message: Message) -> tuple[Original, ...]:
    """The mails that this one encloses, the first five. Raises OSError, of our own disk."""
    return tuple(_original(read_head(one)) for one in _enclosed(message.attachments))


def read_head(attachment: Attachment) -> tuple[Field, ...]:
    """The first block of header fields in an attachment. Raises OSError, of our own disk."""
    with attachment.path.open("rb") as file:
        source = Source(file)
        skip_opening(source)
        return read_fields(source, _HEADER_BYTES)[0]


def _enclosed(attachments: Iterable[Attachment]) -> list[Attachment]:
    return [
        one
        for one in attachments
        if one.content_type in ("message/rfc822", "message/global", "message/global-headers", "text/rfc822-headers")
        or _is_eml(one)
    ][:_MOST]


def _is_eml(attachment: Attachment) -> bool:
    return PurePosixPath(attachment.name.lower()).suffix == ".eml"


def _original(fields: tuple[Field, ...]) -> Original:
    return Original(
        message_id=next(iter(message_ids(first_value(fields, "message-id"))), None),
        bot_id=header_text(first_value(fields, "x-intake-bot")),
        subject=header_text(first_value(fields, "subject")),
    )
