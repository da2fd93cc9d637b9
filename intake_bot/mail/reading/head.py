"""Reads the header of a mail alone: who wrote it, about what, and by what it is recognised.

Light, since each look into a mailbox may need it, and most of them find no mail to read.
"""

from __future__ import annotations

import re
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from intake_bot.mail.imap.mail_key import MailHead
from intake_bot.mail.message import ReadingLimits
from intake_bot.mail.reading.addresses import repair_addresses
from intake_bot.mail.reading.dates import parse_received_date
from intake_bot.mail.reading.headers import (
    decode_header,
    decode_subject,
    first_value,
    message_ids,
    read_fields,
    skip_preface,
)
from intake_bot.mail.reading.source import Source

IDENTITY_FIELDS = ("Message-ID", "From", "Date", "Subject", "Received")
MAXIMUM_SUBJECT_LENGTH = 1000
_ADDRESS = re.compile(rb"[^\s<>,]+@[^\s<>,]+")


def read_head(raw: Path) -> MailHead:
    """The identity of a raw mail, of which only the header is read. Raises OSError if our disk fails."""
    with raw.open("rb") as file:
        return _read_head(Source(file))


def parse_head(header: bytes) -> MailHead:
    """The same of a header block, or of some of its fields: `IDENTITY_FIELDS` are enough."""
    return _read_head(Source(BytesIO(header)))


def parse_sender(header: bytes) -> str:
    """The address in the From field of a header block, in lower case; empty if there is none."""
    source = Source(BytesIO(header))
    skip_preface(source)
    fields, _ = read_fields(source, ReadingLimits.header_bytes)
    found = _ADDRESS.search(repair_addresses(first_value(fields, "from")))
    return found[0].decode("ascii", "replace").lower() if found else ""


def parse_subject(header: bytes) -> str:
    """The subject in a header block; empty if there is none."""
    source = Source(BytesIO(header))
    skip_preface(source)
    fields, _ = read_fields(source, ReadingLimits.header_bytes)
    return decode_subject(first_value(fields, "subject"))[:MAXIMUM_SUBJECT_LENGTH]


def _read_head(source: Source) -> MailHead:
    skip_preface(source)
    fields, _ = read_fields(source, ReadingLimits.header_bytes)
    message_id = next(iter(message_ids(first_value(fields, "message-id"))), None)
    named = b"\n".join(b" ".join(first_value(fields, name).split()) for name in ("from", "date", "subject"))
    stamped = parse_received_date(decode_header(first_value(fields, "received")))
    return MailHead(message_id, message_id or sha256(named).hexdigest(), stamped)
