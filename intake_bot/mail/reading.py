"""Reads a spooled mail: split as a stream, repaired, and understood by mail-parser.

The only place that knows mail-parser, which is slow to import; the values of a mail are in `message`.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import unquote

import mailparser

from intake_bot.mail.addresses import clean_addresses, valid_addresses
from intake_bot.mail.dates import header_date, received_date
from intake_bot.mail.headers import Field, decoded_headers, encoded_word, first_value, header_text, message_ids
from intake_bot.mail.message import Address, Attachment, Message, ReadingLimits
from intake_bot.mail.split import SplitMail, SplitPart, split_mail

_RECIPIENT_FIELDS = (b"Reply-To", b"To", b"Cc")
_LONGEST_SUBJECT = 1000
_REFERENCE = re.compile(r"cid:([^\"'\s<>)]{1,300})", re.IGNORECASE)


def read(raw: Path, parts_dir: Path, limits: ReadingLimits) -> Message:
    """What `message.read_message` promises. A subject is cut at 1000 signs."""
    parts_dir.mkdir(parents=True, exist_ok=True)
    with raw.open("rb") as file:
        split = split_mail(file, parts_dir, limits)
    return _message(split, raw.stat().st_size)


def _message(split: SplitMail, size: int) -> Message:
    fields = split.fields
    parsed = mailparser.parse_from_bytes(split.skeleton.message(_repaired(fields)))
    html_text = "\n".join(parsed.text_html)
    return Message(
        headers=decoded_headers(fields),
        subject=parsed.subject,
        sender=next(iter(valid_addresses(parsed.from_)), Address("", "")),
        reply_to=next(iter(valid_addresses(parsed.reply_to)), None),
        to=valid_addresses(parsed.to),
        cc=valid_addresses(parsed.cc),
        message_id=next(iter(message_ids(first_value(fields, "message-id"))), None),
        in_reply_to=message_ids(first_value(fields, "in-reply-to")),
        references=message_ids(first_value(fields, "references")),
        date=header_date(header_text(first_value(fields, "date"))),
        received=received_date(header_text(first_value(fields, "received"))),
        text="\n".join(parsed.text_plain),
        html=html_text,
        attachments=_attachments(split.parts, html_text),
        bytes=size,
        cut=split.cut,
    )


def _repaired(fields: tuple[Field, ...]) -> list[tuple[bytes, bytes]]:
    """The fields that mail-parser is asked for, as clean ASCII."""
    repaired = [
        (b"Subject", encoded_word(header_text(first_value(fields, "subject"))[:_LONGEST_SUBJECT])),
        (b"From", _sender(fields)),
        *((name, clean_addresses(first_value(fields, name.decode().lower()))) for name in _RECIPIENT_FIELDS),
    ]
    return [(name, value) for name, value in repaired if value]


def _sender(fields: tuple[Field, ...]) -> bytes:
    """From, else Sender, else Return-Path; nothing where none of them holds an address."""
    candidates = (clean_addresses(first_value(fields, name)) for name in ("from", "sender", "return-path"))
    return next((candidate for candidate in candidates if candidate), b"")


def _attachments(parts: tuple[SplitPart, ...], html_text: str) -> tuple[Attachment, ...]:
    shown = {unquote(html.unescape(reference)).lower() for reference in _REFERENCE.findall(html_text)}
    return tuple(
        Attachment(part.name, part.path, part.bytes, part.sha256, part.content_type, part.content_id.lower() in shown)
        for part in parts
    )
