"""Raw mails as the mail programs of Chinese schools write them, with the habits that make them hard to read.

GBK bytes labelled gb2312 (镕 and — are in GBK only), encoded words that end in the middle of a character, encoded
words in file names (against RFC 2047 section 5), raw 8-bit headers (against RFC 5322), and RFC 2231 in between.
"""

from __future__ import annotations

import hashlib
import html
from base64 import b64encode, encodebytes
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from pathlib import PurePosixPath
from urllib.parse import quote

_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".jpg": "image/jpeg",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/x-zip-compressed",
}
_ON_THE_WAY = timedelta(seconds=3)
"""From the Date field to the topmost Received field."""


class Spelling(StrEnum):
    """How a mail program writes Chinese into a header."""

    WORDS = "words"
    """Encoded words (RFC 2047)."""
    RAW = "raw"
    """The bytes as they are."""
    PERCENT = "percent"
    """RFC 2231, for file names only."""


@dataclass(frozen=True)
class Client:
    """One mail program and its habits."""

    mailer: str
    """X-Mailer."""
    charset: str
    """The charset that it declares."""
    codec: str
    """The charset that it really writes."""
    message_id: str
    """Pattern of its Message-IDs, with {} for the unique part."""
    headers: Spelling = Spelling.WORDS
    names: Spelling = Spelling.WORDS
    word_bytes: int = 45
    """Bytes in one encoded word; a word may end in the middle of a character."""
    writes_html: bool = False


NETEASE = Client(
    "Coremail Webmail Server Version XT5.0.14 build 20230109(dcb5de15) Copyright (c) 2002-2023 www.mailtech.cn 163com",
    "GBK", "gb18030", "<{}.Coremail@163.example>", writes_html=True,
)  # fmt: skip
QQ = Client("QQMail 2.x", "gb18030", "gb18030", "<tencent_{}@qq.example>", word_bytes=999, writes_html=True)
FOXMAIL = Client("Foxmail 7.2.25.213[cn]", "gb2312", "gb18030", "<{}@foxmail.example>", word_bytes=31)
OUTLOOK_EXPRESS = Client(
    "Microsoft Outlook Express 6.00.2900.5512", "gb2312", "gb18030", "<{}@office>",
    headers=Spelling.RAW, names=Spelling.RAW,
)  # fmt: skip
OUTLOOK = Client("Microsoft Outlook 16.0", "utf-8", "utf-8", "<{}@mail.example>", names=Spelling.PERCENT)
IPHONE = Client("iPhone Mail (20E252)", "utf-8", "utf-8", "<{}@mobile.example>", names=Spelling.PERCENT)


@dataclass(frozen=True)
class Composition:
    """What a person wrote and attached."""

    sender: str
    """Display name."""
    address: str
    to: str
    subject: str
    body: str
    received: datetime
    """When the bureau's server received it, aware; written into the topmost Received field."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    page: str = ""
    """HTML body, where it says more than the text body."""
    extra: tuple[tuple[str, str], ...] = ()
    """More header fields, ASCII."""


def write_mail(client: Client, mail: Composition) -> bytes:
    """Writes the mail as this mail program does, with CRLF. The same arguments give the same bytes."""
    seed = hashlib.sha256(f"{mail.address}\n{mail.subject}\n{mail.received}".encode()).hexdigest().upper()
    sent = format_datetime(mail.received - _ON_THE_WAY)
    lines = [
        f"Received: from {mail.address.rpartition('@')[2]} (unknown [192.0.2.25]) by mx.example (Coremail) with SMTP"
        f" id {seed[:16]}; {format_datetime(mail.received)} (CST)".encode(),
        f"Date: {sent}".encode(),
        b"From: " + _quote(_text(client, mail.sender)) + f" <{mail.address}>".encode(),
        f"To: <{mail.to}>".encode(),
        b"Subject: " + _text(client, mail.subject),
        f"Message-ID: {client.message_id.format(seed[:24])}".encode(),
        f"X-Mailer: {client.mailer}".encode(),
        *(f"{name}: {value}".encode() for name, value in mail.extra),
        b"MIME-Version: 1.0",
    ]
    return b"\r\n".join([*lines, _content(client, mail, f"----=_Part_{seed[:12]}")])


def _content(client: Client, mail: Composition, boundary: str) -> bytes:
    """From the Content-Type field to the end of the mail."""
    text = _body(client, mail, boundary)
    if not mail.files:
        return text
    attached = [_attachment(client, name, content) for name, content in mail.files.items()]
    return _multipart("mixed", f"{boundary}_0", [text, *attached])


def _body(client: Client, mail: Composition, boundary: str) -> bytes:
    plain = _text_part(client, "plain", mail.body)
    if not client.writes_html:
        return plain
    page = mail.page or "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in mail.body.splitlines())
    return _multipart("alternative", f"{boundary}_1", [plain, _text_part(client, "html", page)])


def _multipart(subtype: str, boundary: str, parts: Iterable[bytes]) -> bytes:
    head = f'Content-Type: multipart/{subtype};\r\n\tboundary="{boundary}"\r\n\r\n'.encode()
    return (
        head
        + b"".join(f"--{boundary}\r\n".encode() + part + b"\r\n" for part in parts)
        + f"--{boundary}--\r\n".encode()
    )


def _text_part(client: Client, subtype: str, text: str) -> bytes:
    content = text.replace("\n", "\r\n").encode(client.codec)
    head = f'Content-Type: text/{subtype};\r\n\tcharset="{client.charset}"\r\nContent-Transfer-Encoding: '
    if client.headers is Spelling.RAW:
        return f"{head}8bit\r\n\r\n".encode() + content + b"\r\n"
    return f"{head}base64\r\n\r\n".encode() + _base64(content)


def _attachment(client: Client, name: str, content: bytes) -> bytes:
    kind = _TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")
    return b"".join(
        (
            f"Content-Type: {kind};\r\n\t".encode() + _parameter(client, "name", name) + b"\r\n",
            b"Content-Transfer-Encoding: base64\r\n",
            b"Content-Disposition: attachment;\r\n\t" + _parameter(client, "filename", name) + b"\r\n\r\n",
            _base64(content),
        )
    )


def _parameter(client: Client, key: str, name: str) -> bytes:
    if client.names is Spelling.PERCENT:
        return f"{key}*={client.charset}''{quote(name, safe='.', encoding=client.codec)}".encode()
    text = name.encode(client.codec) if client.names is Spelling.RAW else b"\r\n\t ".join(_words(client, name))
    return f"{key}=".encode() + _quote(text)


def _text(client: Client, text: str) -> bytes:
    if text.isascii() or client.headers is Spelling.RAW:
        return text.encode(client.codec)
    return b"\r\n ".join(_words(client, text))


def _words(client: Client, text: str) -> Iterator[bytes]:
    content = text.encode(client.codec)
    for start in range(0, len(content), client.word_bytes):
        piece = b64encode(content[start : start + client.word_bytes])
        yield b"=?" + client.charset.encode() + b"?B?" + piece + b"?="


def _quote(text: bytes) -> bytes:
    return b'"' + text + b'"'


def _base64(content: bytes) -> bytes:
    return encodebytes(content).replace(b"\n", b"\r\n")
