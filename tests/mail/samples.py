"""Raw mails and messages for the tests of reading."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

from intake_bot.mail.machines.triage import machine_mark
from intake_bot.mail.message import Address, Attachment, Message, ReadingLimits
from intake_bot.mail.reading.read import read_message


def raw_mail(*lines: bytes | str) -> bytes:
    """Lines joined by CRLF; text as UTF-8."""
    return b"".join((line.encode() if isinstance(line, str) else line) + b"\r\n" for line in lines)


def encoded_word(text: bytes, charset: str = "gb2312") -> bytes:
    """An encoded word in base64 (RFC 2047), whatever the charset of the bytes is."""
    return b"=?%s?B?%s?=" % (charset.encode(), b64encode(text))


def read(raw: bytes, tmp_path: Path, limits: ReadingLimits | None = None) -> Message:
    path = tmp_path / "mail.eml"
    path.write_bytes(raw)
    return read_message(path, tmp_path / "parts", limits or ReadingLimits())


def message(
    *,
    subject: str = "",
    sender: str = "zhang@qq.com",
    text: str = "",
    html: str = "",
    headers: Mapping[str, str] | None = None,
    attachments: tuple[Attachment, ...] = (),
) -> Message:
    return Message(
        headers={name.lower(): (value,) for name, value in (headers or {}).items()},
        subject=subject,
        sender=Address("", sender),
        reply_to=None,
        to=(),
        cc=(),
        message_id=None,
        in_reply_to=(),
        references=(),
        sent_at=None,
        received_at=None,
        text=text,
        html=html,
        attachments=attachments,
        bytes=0,
    )


def attachment(name: str = "照片.jpg", content_type: str = "image/jpeg") -> Attachment:
    return Attachment(name, Path("part-001"), 3, "00", content_type)


def machine_reason(mail: Message) -> str | None:
    """The kind of program that sent this mail; None without any mark of one."""
    mark = machine_mark(mail)
    return mark.reason if mark else None
