"""Reads winmail.dat (TNEF, MS-OXTNEF), in which Outlook may wrap the attachments of a mail.

Our own reader, because the library tnefparse loops four billion times over a false count, copies the rest of the file
for each attribute, and fails on names in GBK.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from intake_bot.files.archives.compressed_rtf import unpack_rtf
from intake_bot.files.documents.encoding import decode_marked_up
from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.text.decoding import GB18030

SIGNATURE = b"\x78\x9f\x3e\x22"
"""The first bytes of every winmail.dat."""

_PIECE_BYTES = 1 << 16
_MAXIMUM_DEPTH = 2
"""Maximum depth of attached mails whose files are unpacked too."""

# Attributes (MS-OXTNEF 2.1.3.3)
_BEGIN_ATTACHMENT, _ATTACHMENT_NAME, _ATTACHMENT_DATA, _TEXT = 0x9002, 0x8010, 0x800F, 0x800C
_ATTACHMENT_PROPERTIES, _MESSAGE_PROPERTIES, _CODE_PAGE = 0x9005, 0x9003, 0x9007

# Properties (MS-OXPROPS)
_DATA, _SHORT_NAME, _LONG_NAME, _SHOWN_NAME = 0x3701, 0x3704, 0x3707, 0x3001
_BODY, _BODY_HTML, _BODY_RTF = 0x1000, 0x1013, 0x1009

_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
"""Bytes of the values of fixed length by type (MS-OXCDATA 2.11.1), rounded up to four."""
_STRING, _UNICODE, _OBJECT, _BINARY = 0x1E, 0x1F, 0x0D, 0x102
_SEVERAL = 0x1000
_IS_A_MAIL = struct.pack("<LHH8s", 0x00020307, 0, 0, b"\xc0\0\0\0\0\0\0\x46")
"""IID_IMessage, the mark of an attached mail, which is TNEF again."""


@dataclass
class TnefFile:
    """One attachment. The name is untrusted; an attachment without one is called 附件."""

    name: str = ""
    content: memoryview = field(default_factory=lambda: memoryview(b""))

    def pieces(self) -> Iterator[bytes]:
        for start in range(0, len(self.content), _PIECE_BYTES):
            yield bytes(self.content[start : start + _PIECE_BYTES])


@dataclass
class Tnef:
    """The attachments, including those of attached mails, and the body in each form that the file has."""

    files: list[TnefFile] = field(default_factory=list)
    text: str = ""
    html: str = ""
    rtf: bytes = b""

    @property
    def has_no_body(self) -> bool:
        return not (self.text.strip() or self.html.strip() or self.rtf)


def read_tnef(path: Path) -> Tnef:
    """Reads a winmail.dat. If it has no body, the first attached mail with a body gives it. Raises Unreadable."""
    try:
        return _read(memoryview(path.read_bytes()), 0)
    except (struct.error, IndexError) as error:
        raise Unreadable(Trouble.TRUNCATED) from error


def _read(content: memoryview, depth: int) -> Tnef:
    if depth > _MAXIMUM_DEPTH:
        raise Unreadable(Trouble.TOO_DEEP)
    if content[: len(SIGNATURE)] != SIGNATURE:
        raise Unreadable(Trouble.DAMAGED if len(content) >= len(SIGNATURE) else Trouble.TRUNCATED)
    found = Tnef()
    attached_mails: list[Tnef] = []
    codec = GB18030
    for name, value in _read_attributes(content):
        if name == _CODE_PAGE:
            codec = _codec(struct.unpack_from("<L", value, 0)[0])
        elif name == _BEGIN_ATTACHMENT:
            found.files.append(TnefFile())
        elif name == _ATTACHMENT_NAME and found.files:
            found.files[-1].name = found.files[-1].name or _decode_text(value, codec)
        elif name == _ATTACHMENT_DATA and found.files:
            found.files[-1].content = value
        elif name == _ATTACHMENT_PROPERTIES and found.files:
            mail = _read_attachment(found.files[-1], value, codec, depth)
            if mail is not None:
                attached_mails.append(mail)
                found.files[-1:] = mail.files
        elif name == _TEXT:
            found.text = found.text or _decode_text(value, codec)
        elif name == _MESSAGE_PROPERTIES:
            _read_bodies(found, value, codec)
    for file in found.files:
        file.name = file.name or "附件"
    found.files = [file for file in found.files if len(file.content)]
    return _with_body(found, attached_mails)


def _with_body(found: Tnef, attached_mails: list[Tnef]) -> Tnef:
    body = next((mail for mail in (found, *attached_mails) if not mail.has_no_body), found)
    return Tnef(found.files, body.text, body.html, body.rtf)


def _read_attributes(content: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Yields name and value of each attribute (MS-OXTNEF 2.1.3.1). The checksums are ignored, as by other readers."""
    at = 6
    while at + 11 <= len(content):
        name, _, length = struct.unpack_from("<HHL", content, at + 1)
        at += 9
        if at + length > len(content):
            raise Unreadable(Trouble.TRUNCATED)
        yield name, content[at : at + length]
        at += length + 2
    if at > len(content) or any(content[at:]):
        raise Unreadable(Trouble.TRUNCATED)


def _read_attachment(file: TnefFile, properties: memoryview, codec: str, depth: int) -> Tnef | None:
    """Sets name and content of the file from its properties. Returns the content of an attached mail, else None."""
    names: dict[int, str] = {}
    for name, kind, value in _read_properties(properties):
        if name == _DATA and kind == _OBJECT and value[:16] == _IS_A_MAIL:
            return _read(value[16:], depth + 1)
        if name == _DATA:
            file.content = value[16:] if kind == _OBJECT else value
        elif name in (_LONG_NAME, _SHORT_NAME, _SHOWN_NAME):
            names[name] = _decode_text(value, "utf-16-le" if kind == _UNICODE else codec)
    given = (names.get(_LONG_NAME), file.name, names.get(_SHORT_NAME), names.get(_SHOWN_NAME))
    file.name = next((name for name in given if name), "")
    return None


def _read_bodies(found: Tnef, properties: memoryview, codec: str) -> None:
    for name, kind, value in _read_properties(properties):
        if name == _BODY:
            found.text = _decode_text(value, "utf-16-le" if kind == _UNICODE else codec)
        elif name == _BODY_HTML:
            found.html = _decode_text(value, "utf-16-le") if kind == _UNICODE else decode_marked_up(bytes(value))
        elif name == _BODY_RTF:
            found.rtf = unpack_rtf(value)


def _read_properties(content: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """Yields name, type and first value of each property (MS-OXTNEF 2.1.3.4)."""
    (count,) = struct.unpack_from("<L", content, 0)
    at = 4
    while count and at < len(content):
        count -= 1
        kind, name = struct.unpack_from("<HH", content, at)
        at += 4
        if name >= 0x8000:
            at = _skip_name(content, at)
        several = bool(kind & _SEVERAL)
        kind &= ~_SEVERAL
        values = 1
        if several or kind in (_STRING, _UNICODE, _OBJECT, _BINARY):
            (values,) = struct.unpack_from("<L", content, at)
            at += 4
        for number in range(values):
            length = _FIXED.get(kind, 0)
            if kind in (_STRING, _UNICODE, _OBJECT, _BINARY):
                (length,) = struct.unpack_from("<L", content, at)
                at += 4
            elif not length:
                return  # the length of a value of an unknown type is unknown
            if at + length > len(content):
                raise Unreadable(Trouble.TRUNCATED)
            if number == 0:
                yield name, kind, content[at : at + length]
            at += length + -length % 4


def _skip_name(content: memoryview, at: int) -> int:
    """Skips the name of a property of a program: a GUID with a number, or with a text."""
    by_text, length = struct.unpack_from("<2L", content, at + 16)
    return at + 24 + (length + -length % 4 if by_text else 0)


def _decode_text(value: memoryview, codec: str) -> str:
    return bytes(value).decode(codec, "replace").strip("\0")


def _codec(code_page: int) -> str:
    """Returns the codec for a Windows code page, GB18030 for an unknown one. TNEF names it, so no UTF-8 is tried."""
    if code_page in (936, 54936):
        return GB18030
    try:
        return codecs.lookup("utf-8" if code_page == 65001 else f"cp{code_page}").name
    except LookupError:
        return GB18030
