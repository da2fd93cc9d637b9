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
from intake_bot.mail.history import history_start
from intake_bot.mail.markup import own_page
from intake_bot.mail.message import Address, Attachment, Message, ReadingLimits
from intake_bot.mail.split import SplitMail, SplitPart, split_mail

_RECIPIENT_FIELDS = (b"Reply-To", b"To", b"Cc")
_LONGEST_SUBJECT = 1000
_REFERENCE = re.compile(r"cid:([^\"'\s<>)]{1,300})", re.IGNORECASE)
_FORWARDED = re.compile(r"\s*(?:fwd?|转发|轉發|转寄|轉寄|转)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)
_ANSWERED = re.compile(r"\s*(?:re|回复|回覆|答复|答覆|回)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)


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
    answers = message_ids(first_value(fields, "in-reply-to")), message_ids(first_value(fields, "references"))
    quoted = _quoted_pictures(html_text) if _is_answer(parsed.subject, any(answers)) else frozenset()
    return Message(
        headers=decoded_headers(fields),
        subject=parsed.subject,
        sender=next(iter(valid_addresses(parsed.from_)), Address("", "")),
        reply_to=next(iter(valid_addresses(parsed.reply_to)), None),
        to=valid_addresses(parsed.to),
        cc=valid_addresses(parsed.cc),
        message_id=next(iter(message_ids(first_value(fields, "message-id"))), None),
        in_reply_to=answers[0],
        references=answers[1],
        date=header_date(header_text(first_value(fields, "date"))),
        received=received_date(header_text(first_value(fields, "received"))),
        text="\n".join(parsed.text_plain),
        html=html_text,
        attachments=_attachments(split.parts, html_text, quoted),
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


def _attachments(parts: tuple[SplitPart, ...], html_text: str, left_out: frozenset[str]) -> tuple[Attachment, ...]:
    shown = _references(html_text)
    return tuple(
        Attachment(part.name, part.path, part.bytes, part.sha256, part.content_type, part.content_id.lower() in shown)
        for part in parts
        if part.content_id.lower() not in left_out
    )


def _references(html_text: str) -> frozenset[str]:
    """The Content-IDs that a piece of HTML shows, in lower case."""
    return frozenset(unquote(html.unescape(reference)).lower() for reference in _REFERENCE.findall(html_text))


def _is_answer(subject: str, has_thread: bool) -> bool:
    """Whether what it quotes is another mail's. What a forwarded mail quotes is what its sender wants to pass on."""
    return not _FORWARDED.match(subject) and (has_thread or _ANSWERED.match(subject) is not None)


def _quoted_pictures(html_text: str) -> frozenset[str]:
    """The Content-IDs of pictures that are shown in quoted history only: clients send them along with every answer."""
    page = own_page(html_text)
    end = history_start(page.text)
    own = " ".join(picture.source for picture in page.pictures if picture.start < end or end == len(page.text))
    return _references(html_text) - _references(own)
