"""Reads a spooled mail: split as a stream, header fields repaired, then read by mail-parser.

The only module that imports mail-parser, which finds the bodies of the skeleton and decodes its subject and addresses.
Everything else is read here from the raw header, since mail-parser loses characters of Chinese mail.
"""

from __future__ import annotations

import html
import re
from email import message_from_binary_file
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

from intake_bot.disk.growing import GrowingFile
from intake_bot.mail.machines.program_parts import is_kept_by_a_system, is_program_part
from intake_bot.mail.message import Address, Attachment, Message, ReadingLimits
from intake_bot.mail.quoted_text import find_quoted_text
from intake_bot.mail.reading.addresses import repair_addresses, valid_addresses
from intake_bot.mail.reading.dates import parse_date, parse_received_date
from intake_bot.mail.reading.encoded_words import encode_word
from intake_bot.mail.reading.head import MAXIMUM_SUBJECT_LENGTH
from intake_bot.mail.reading.headers import (
    Field,
    decode_header,
    decode_headers,
    decode_subject,
    first_value,
    message_ids,
)
from intake_bot.mail.reading.html_page import read_page
from intake_bot.mail.reading.parts import SplitPart
from intake_bot.mail.reading.split import SplitMail, split_mail
from intake_bot.mail.subject_prefixes import is_reply_subject

_RECIPIENT_FIELDS = (b"Reply-To", b"To", b"Cc")
_MAXIMUM_LOGO_BYTES = 50_000
_REST_BYTES = 1 << 20
_REFERENCE = re.compile(r"cid:([^\"'\s<>)]{1,300})", re.IGNORECASE)


def read_message(raw: Path, parts_dir: Path, limits: ReadingLimits, patience: float = 0) -> Message:
    """Reads one raw mail, and decodes its attachments into `parts_dir` (made if missing) as part-001, part-002, …

    Any content gives a Message; raises OSError only, if our disk fails. Memory does not grow with attachments. Reading
    again writes the same files and gives the same message. A subject is cut after 1,000 characters.

    A mail that another process still writes is read as it grows, for so many seconds; `bytes` of the message are those
    that were read.
    """
    parts_dir.mkdir(parents=True, exist_ok=True)
    with raw.open("rb") as file:
        growing = GrowingFile(file, patience)
        split = split_mail(growing, parts_dir, limits)
        while growing.read(_REST_BYTES):
            pass
    return _message(split, growing.bytes)


def _message(split: SplitMail, size: int) -> Message:
    # Imported here, since it takes a tenth of a second and some commands read no mail.
    import mailparser

    fields = split.fields
    # From a file and not from bytes, of which the email package would make a buffer with four bytes a character.
    skeleton = BytesIO(split.skeleton.to_bytes(_repair_fields(fields)))
    parsed = mailparser.MailParser(message_from_binary_file(skeleton))
    html_text = "\n".join(parsed.text_html)
    thread = message_ids(first_value(fields, "in-reply-to")), message_ids(first_value(fields, "references"))
    # Under a subject of its own a mail passes on what it quotes, even in a thread, and so does a forwarded one.
    quoted = _quoted_pictures(html_text) if is_reply_subject(parsed.subject) else frozenset()
    return Message(
        headers=decode_headers(fields),
        subject=parsed.subject,
        sender=next(iter(valid_addresses(parsed.from_)), Address("", "")),
        reply_to=next(iter(valid_addresses(parsed.reply_to)), None),
        to=valid_addresses(parsed.to),
        cc=valid_addresses(parsed.cc),
        message_id=next(iter(message_ids(first_value(fields, "message-id"))), None),
        in_reply_to=thread[0],
        references=thread[1],
        sent_at=parse_date(decode_header(first_value(fields, "date"))),
        received_at=parse_received_date(decode_header(first_value(fields, "received"))),
        text="\n".join(parsed.text_plain),
        html=html_text,
        attachments=_attachments(split.parts, html_text, quoted),
        bytes=size,
        exceeded_limits=split.exceeded_limits,
        unread=split.unread,
    )


def _repair_fields(fields: tuple[Field, ...]) -> list[tuple[bytes, bytes]]:
    """The fields that mail-parser decodes, as plain ASCII with encoded words."""
    repaired = [
        (b"Subject", encode_word(decode_subject(first_value(fields, "subject"))[:MAXIMUM_SUBJECT_LENGTH])),
        (b"From", _sender(fields)),
        *((name, repair_addresses(first_value(fields, name.decode().lower()))) for name in _RECIPIENT_FIELDS),
    ]
    return [(name, value) for name, value in repaired if value]


def _sender(fields: tuple[Field, ...]) -> bytes:
    """From, else Sender, else Return-Path; empty if none of them has an address."""
    candidates = (repair_addresses(first_value(fields, name)) for name in ("from", "sender", "return-path"))
    return next((candidate for candidate in candidates if candidate), b"")


def _attachments(parts: tuple[SplitPart, ...], html_text: str, left_out: frozenset[str]) -> tuple[Attachment, ...]:
    shown = _shown_content_ids(html_text)
    kept = [part for part in parts if part.content_id.lower() not in left_out]
    added = _find_added_parts(kept)
    return tuple(
        Attachment(
            part.name,
            part.path,
            part.bytes,
            part.sha256,
            part.content_type,
            is_inline=part.content_id.lower() in shown,
            is_undecoded=part.is_undecoded,
            has_content_id=bool(part.content_id),
            is_program_part=part.path in added,
        )
        for part in kept
    )


def _find_added_parts(parts: list[SplitPart]) -> frozenset[Path]:
    """The parts that programs added. Word's note on an open file is one of them only where there is something else:
    who attached it alone must read what it is."""
    added = {part.path for part in parts if is_program_part(part.path, part.name, part.bytes)}
    added |= _find_repeated_pictures(parts)
    beside = {part.path for part in parts if is_kept_by_a_system(part.name, part.bytes)}
    return frozenset(added | beside if any(part.path not in added | beside for part in parts) else added)


def _find_repeated_pictures(parts: list[SplitPart]) -> frozenset[Path]:
    """Small pictures with a Content-ID that came before in the same mail, as each signature of a thread brings one."""
    seen: set[str] = set()
    repeated = set()
    for part in parts:
        if part.content_id and part.bytes < _MAXIMUM_LOGO_BYTES and part.content_type.startswith("image/"):
            if part.sha256 in seen:
                repeated.add(part.path)
            seen.add(part.sha256)
    return frozenset(repeated)


def _shown_content_ids(html_text: str) -> frozenset[str]:
    """The Content-IDs of pictures that the HTML shows, in lower case."""
    return frozenset(unquote(html.unescape(reference)).lower() for reference in _REFERENCE.findall(html_text))


def _quoted_pictures(html_text: str) -> frozenset[str]:
    """The Content-IDs of pictures shown in quoted text only, which clients send again with every reply."""
    page = read_page(html_text)
    end = find_quoted_text(page.text)
    own = " ".join(picture.source for picture in page.pictures if picture.start < end or end == len(page.text))
    return _shown_content_ids(html_text) - _shown_content_ids(own)
