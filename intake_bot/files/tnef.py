"""What is in a winmail.dat (TNEF, MS-OXTNEF), into which Outlook may wrap a mail's attachments.

An own reader: the ready-made one (tnefparse) loops four thousand million times over a count that lies, copies the
rest of the file for each attribute, and fails on names in GBK.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from intake_bot.files.facts import Trouble
from intake_bot.files.packed_rtf import unpacked_rtf
from intake_bot.files.webpage import page_text
from intake_bot.files.zips import Unreadable

SIGNATURE = b"\x78\x9f\x3e\x22"
"""How every one begins."""

_PIECE_BYTES = 1 << 16
_DEEPEST = 2
"""Mails within the mail whose files are taken out too."""

# Attributes (MS-OXTNEF 2.1.3.3)
_BEGIN_ATTACHMENT, _ATTACHMENT_NAME, _ATTACHMENT_DATA, _TEXT = 0x9002, 0x8010, 0x800F, 0x800C
_ATTACHMENT_PROPERTIES, _MESSAGE_PROPERTIES, _CODE_PAGE = 0x9005, 0x9003, 0x9007

# Properties (MS-OXPROPS)
_DATA, _SHORT_NAME, _LONG_NAME, _SHOWN_NAME = 0x3701, 0x3704, 0x3707, 0x3001
_BODY, _BODY_HTML, _BODY_RTF = 0x1000, 0x1013, 0x1009

_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
"""Bytes of values of a fixed length, by type (MS-OXCDATA 2.11.1), filled up to four."""
_STRING, _UNICODE, _OBJECT, _BINARY = 0x1E, 0x1F, 0x0D, 0x102
_SEVERAL = 0x1000
_IS_A_MAIL = struct.pack("<LHH8s", 0x00020307, 0, 0, b"\xc0\0\0\0\0\0\0\x46")
"""IID_IMessage: an attached mail, in TNEF again."""


@dataclass
class TnefFile:
    """One file that was wrapped up. The name is untrusted; a file without one is called 附件."""

    name: str = ""
    content: memoryview = field(default_factory=lambda: memoryview(b""))

    def pieces(self) -> Iterator[bytes]:
        for start in range(0, len(self.content), _PIECE_BYTES):
            yield bytes(self.content[start : start + _PIECE_BYTES])


@dataclass
class Tnef:
    """The attachments, those of attached mails among them, and the body in each form that it has."""

    files: list[TnefFile] = field(default_factory=list)
    text: str = ""
    html: str = ""
    rtf: bytes = b""

    @property
    def says_nothing(self) -> bool:
        return not (self.text.strip() or self.html.strip() or self.rtf)


def read_tnef(path: Path) -> Tnef:
    """What is in a file. Of a mail without a body, that of the first mail attached to it. Raises Unreadable."""
    try:
        return _read(memoryview(path.read_bytes()), 0)
    except (struct.error, IndexError) as error:
        raise Unreadable(Trouble.TRUNCATED) from error


def _read(content: memoryview, depth: int) -> Tnef:
    if depth > _DEEPEST:
        raise Unreadable(Trouble.TOO_DEEP)
    if content[: len(SIGNATURE)] != SIGNATURE:
        raise Unreadable(Trouble.DAMAGED if len(content) >= len(SIGNATURE) else Trouble.TRUNCATED)
    found = Tnef()
    inside: list[Tnef] = []
    coding = "gb18030"
    for name, value in _attributes(content):
        if name == _CODE_PAGE:
            coding = _coding(struct.unpack_from("<L", value, 0)[0])
        elif name == _BEGIN_ATTACHMENT:
            found.files.append(TnefFile())
        elif name == _ATTACHMENT_NAME and found.files:
            found.files[-1].name = found.files[-1].name or _text(value, coding)
        elif name == _ATTACHMENT_DATA and found.files:
            found.files[-1].content = value
        elif name == _ATTACHMENT_PROPERTIES and found.files:
            mail = _attachment(found.files[-1], value, coding, depth)
            if mail is not None:
                inside.append(mail)
                found.files[-1:] = mail.files
        elif name == _TEXT:
            found.text = found.text or _text(value, coding)
        elif name == _MESSAGE_PROPERTIES:
            _read_bodies(found, value, coding)
    for file in found.files:
        file.name = file.name or "附件"
    found.files = [file for file in found.files if len(file.content)]
    return _with_body(found, inside)


def _with_body(found: Tnef, inside: list[Tnef]) -> Tnef:
    told = next((mail for mail in (found, *inside) if not mail.says_nothing), found)
    return Tnef(found.files, told.text, told.html, told.rtf)


def _attributes(content: memoryview) -> Iterator[tuple[int, memoryview]]:
    """MS-OXTNEF 2.1.3.1: level, name, type, length, the value, and a sum that nobody checks."""
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


def _attachment(file: TnefFile, properties: memoryview, coding: str, depth: int) -> Tnef | None:
    """Gives the file what its properties say of it. Of an attached mail, what is in that."""
    names: dict[int, str] = {}
    for name, kind, value in _properties(properties):
        if name == _DATA and kind == _OBJECT and value[:16] == _IS_A_MAIL:
            return _read(value[16:], depth + 1)
        if name == _DATA:
            file.content = value[16:] if kind == _OBJECT else value
        elif name in (_LONG_NAME, _SHORT_NAME, _SHOWN_NAME):
            names[name] = _text(value, "utf-16-le" if kind == _UNICODE else coding)
    given = (names.get(_LONG_NAME), file.name, names.get(_SHORT_NAME), names.get(_SHOWN_NAME))
    file.name = next((name for name in given if name), "")
    return None


def _read_bodies(found: Tnef, properties: memoryview, coding: str) -> None:
    for name, kind, value in _properties(properties):
        if name == _BODY:
            found.text = _text(value, "utf-16-le" if kind == _UNICODE else coding)
        elif name == _BODY_HTML:
            found.html = _text(value, "utf-16-le") if kind == _UNICODE else page_text(bytes(value))
        elif name == _BODY_RTF:
            found.rtf = unpacked_rtf(value)


def _properties(content: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """Name, type and value of each property (MS-OXTNEF 2.1.3.4); of several values the first."""
    (count,) = struct.unpack_from("<L", content, 0)
    at = 4
    while count and at < len(content):
        count -= 1
        kind, name = struct.unpack_from("<HH", content, at)
        at += 4
        if name >= 0x8000:
            at = _behind_name(content, at)
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
                return  # of an unknown type, the end cannot be told
            if at + length > len(content):
                raise Unreadable(Trouble.TRUNCATED)
            if number == 0:
                yield name, kind, content[at : at + length]
            at += length + -length % 4


def _behind_name(content: memoryview, at: int) -> int:
    """Properties of programs are named by a GUID and a number, or a GUID and a text."""
    by_text, length = struct.unpack_from("<2L", content, at + 16)
    return at + 24 + (length + -length % 4 if by_text else 0)


def _text(value: memoryview, coding: str) -> str:
    return bytes(value).decode(coding, "replace").strip("\0")


def _coding(code_page: int) -> str:
    """Python's name of a code page of Windows; Chinese where it knows none."""
    if code_page in (936, 54936):
        return "gb18030"
    try:
        return codecs.lookup("utf-8" if code_page == 65001 else f"cp{code_page}").name
    except LookupError:
        return "gb18030"
