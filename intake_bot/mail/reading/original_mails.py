"""Headers of the original mails that a bounce or report encloses, whole or as headers only (RFC 3462)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from intake_bot.mail.message import Attachment, Message
from intake_bot.mail.reading.headers import Field, decode_header, first_value, message_ids, read_fields, skip_preface
from intake_bot.mail.reading.source import Source

_MAXIMUM_MAILS = 5
_MAXIMUM_HEADER_BYTES = 64 * 1024
_TYPES = re.compile(r"message/.*|text/rfc822-headers|text/rfc822")


@dataclass(frozen=True)
class OriginalMail:
    """An enclosed mail by its header, which anybody can write."""

    message_id: str | None
    bot_id: str
    """Value of X-Intake-Bot; empty if it is no letter of ours."""
    subject: str


def is_original_mail(attachment: Attachment) -> bool:
    """Whether this is an enclosed mail, its headers, or another part of a report about it (RFC 3462, RFC 6533)."""
    return _TYPES.fullmatch(attachment.content_type) is not None or _is_eml(attachment)


def read_original_mails(message: Message) -> tuple[OriginalMail, ...]:
    """Reads the headers of the first five enclosed mails. Raises OSError if our disk fails."""
    return tuple(_original_mail(_read_header(one)) for one in _find_enclosed(message.attachments))


def _read_header(attachment: Attachment) -> tuple[Field, ...]:
    """The first header block in an attachment."""
    with attachment.path.open("rb") as file:
        source = Source(file)
        skip_preface(source)
        return read_fields(source, _MAXIMUM_HEADER_BYTES)[0]


def _find_enclosed(attachments: Iterable[Attachment]) -> list[Attachment]:
    return [
        one
        for one in attachments
        if one.content_type in ("message/rfc822", "message/global", "message/global-headers", "text/rfc822-headers")
        or _is_eml(one)
    ][:_MAXIMUM_MAILS]


def _is_eml(attachment: Attachment) -> bool:
    return PurePosixPath(attachment.name.lower()).suffix == ".eml"


def _original_mail(fields: tuple[Field, ...]) -> OriginalMail:
    return OriginalMail(
        message_id=next(iter(message_ids(first_value(fields, "message-id"))), None),
        bot_id=decode_header(first_value(fields, "x-intake-bot")),
        subject=decode_header(first_value(fields, "subject")),
    )
