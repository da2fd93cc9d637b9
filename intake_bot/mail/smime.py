"""S/MIME mails of which the content is wrapped as a whole (RFC 8551 section 3.5.2): `smime.p7m`.

A signature is not checked, and does not need to be: what it was put around can be read like any other mail. What is
encrypted cannot. Detached signatures (`smime.p7s`) are left out while a mail is split.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from intake_bot.mail.message import Attachment, Message, ReadingLimits, read_message

_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_NAME = "smime.p7m"
_LAYERS = 3
"""Signed mails within signed mails: gateways sign once more what a person signed."""
_WRITE_BYTES = 1 << 20

# RFC 5652 sections 3, 5.1 and 5.2, as BER (X.690 section 8).
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_DATA = bytes.fromhex("2a864886f70d010701")
_INTEGER, _OCTETS, _OID, _SEQUENCE, _SET, _EXPLICIT = 0x02, 0x04, 0x06, 0x30, 0x31, 0xA0
_CONSTRUCTED = 0x20
_END_OF_CONTENTS = 0x00
_DEPTH = 8
_ELEMENTS = 500_000
"""More than 100 MB in the pieces of a thousand bytes that programs write; a hostile file has pieces of none."""


def unsealed(message: Message, folder: Path, limits: ReadingLimits) -> Message:
    """The mail with what its S/MIME wrapping holds in the place of the wrapping; its files are decoded into `folder`.

    A wrapping that cannot be opened is taken away, and `sealed` says so. Raises OSError, of our own disk.
    """
    for layer in range(1, _LAYERS + 1):
        wrapping = next((one for one in message.attachments if _is_wrapping(one)), None)
        if wrapping is None:
            return message
        others = tuple(one for one in message.attachments if one is not wrapping)
        content = folder / f"signed-{layer}.eml"
        folder.mkdir(parents=True, exist_ok=True)
        if not write_signed_content(wrapping.path, content):
            return replace(message, attachments=others, sealed=True)
        inner = read_message(content, folder / f"signed-{layer}", limits)
        message = replace(
            message,
            text="\n".join(text for text in (message.text, inner.text) if text),
            html="\n".join(html for html in (message.html, inner.html) if html),
            attachments=(*inner.attachments, *others),
            cut=tuple(dict.fromkeys((*message.cut, *inner.cut))),
        )
    return replace(message, sealed=any(_is_wrapping(one) for one in message.attachments))


def _is_wrapping(attachment: Attachment) -> bool:
    return attachment.content_type in _TYPES or attachment.name.lower() == _NAME


def write_signed_content(path: Path, target: Path) -> bool:
    """Writes the content of a CMS SignedData to `target`. False, for any other file, with nothing of use written.

    Both DER and BER are read: long signed mails are written without lengths. Raises OSError, of our own disk.
    """
    if not path.stat().st_size:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        reader = _Reader(data)
        try:
            octets = reader.signed_content()
            with target.open("wb") as out:
                for start, end in reader.pieces(octets, _DEPTH):
                    for at in range(start, end, _WRITE_BYTES):
                        out.write(data[at : min(end, at + _WRITE_BYTES)])
        except _NotSigned:
            return False
    return True


class _NotSigned(Exception):
    """These bytes are no signed data with its content inside. Stays in this file."""


@dataclass(frozen=True)
class _Element:
    """One BER element: `start` and `end` of its content; an `open` one ends with a mark, at `end` at the latest."""

    tag: int
    start: int
    end: int
    open: bool


@dataclass
class _Reader:
    """Walks through BER bytes; every step raises _NotSigned where they are not what they should be."""

    data: mmap.mmap
    left: int = _ELEMENTS

    def signed_content(self) -> _Element:
        """ContentInfo → SignedData → EncapsulatedContentInfo → its OCTET STRING."""
        signed = self._explicit(_expect(self._element(0, len(self.data)), _SEQUENCE), _SIGNED_DATA)
        parts = self._children(_expect(signed, _SEQUENCE), _DEPTH)
        for tag in (_INTEGER, _SET):
            _expect(next(parts, None), tag)
        octets = self._explicit(_expect(next(parts, None), _SEQUENCE), _DATA)
        return _expect(octets, _OCTETS, _OCTETS | _CONSTRUCTED)

    def pieces(self, octets: _Element, depth: int) -> Iterator[tuple[int, int]]:
        """Where the bytes of an OCTET STRING lie; a constructed one is the sum of its parts."""
        if octets.tag == _OCTETS:
            yield octets.start, octets.end
            return
        for part in self._children(octets, depth):
            yield from self.pieces(_expect(part, _OCTETS, _OCTETS | _CONSTRUCTED), depth - 1)

    def _explicit(self, info: _Element, oid: bytes) -> _Element:
        """The content of `SEQUENCE { oid, [0] EXPLICIT content }`."""
        parts = self._children(info, _DEPTH)
        name = _expect(next(parts, None), _OID)
        if self.data[name.start : name.end] != oid:
            raise _NotSigned
        content = next(self._children(_expect(next(parts, None), _EXPLICIT), _DEPTH), None)
        if content is None:
            raise _NotSigned
        return content

    def _children(self, parent: _Element, depth: int) -> Iterator[_Element]:
        """The elements inside a constructed one, in order."""
        if not depth:
            raise _NotSigned
        at = parent.start
        while at < parent.end:
            child = self._element(at, parent.end)
            if parent.open and child.tag == _END_OF_CONTENTS:
                return
            yield child
            at = self._behind(child, depth - 1)

    def _behind(self, element: _Element, depth: int) -> int:
        """Where the next element begins."""
        if not element.open:
            return element.end
        if not depth:
            raise _NotSigned
        at = element.start
        while at < element.end:
            child = self._element(at, element.end)
            if child.tag == _END_OF_CONTENTS:
                return child.end
            at = self._behind(child, depth - 1)
        return at

    def _element(self, at: int, end: int) -> _Element:
        self.left -= 1
        if not self.left or at + 2 > end or self.data[at] & 0x1F == 0x1F:
            raise _NotSigned
        tag, length, start = self.data[at], self.data[at + 1], at + 2
        if length == 0x80 and tag & _CONSTRUCTED:
            return _Element(tag, start, end, open=True)
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(self.data[start : start + count], "big")
            start += count
        if start + length > end:
            raise _NotSigned
        return _Element(tag, start, start + length, open=False)


def _expect(element: _Element | None, *tags: int) -> _Element:
    if element is None or element.tag not in tags:
        raise _NotSigned
    return element
