"""S/MIME mails whose whole content is in one `smime.p7m` (RFC 8551 section 3.5.2).

Signed content is read like any other mail, and its signature is not checked. Encrypted content cannot be read.
Detached signatures (`smime.p7s`) are left out while a mail is split.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from intake_bot.errors import TemporaryFailure
from intake_bot.mail.message import Attachment, Message, ReadingLimits, UnreadContent
from intake_bot.mail.reading.read import read_message

_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_NAME = "smime.p7m"
_MAXIMUM_LAYERS = 3
"""Signed mails within signed mails: gateways sign again what a person signed."""
_WRITE_BYTES = 1 << 20

# RFC 5652 sections 3, 5.1 and 5.2, as BER (X.690 section 8).
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_DATA = bytes.fromhex("2a864886f70d010701")
_INTEGER, _OCTETS, _OID, _SEQUENCE, _SET, _EXPLICIT = 0x02, 0x04, 0x06, 0x30, 0x31, 0xA0
_CONSTRUCTED = 0x20
_END_OF_CONTENTS = 0x00
_MAXIMUM_DEPTH = 8
_MAXIMUM_ELEMENTS = 500_000
"""Enough for 100 MB in blocks of a thousand bytes, as programs write them; a hostile file has empty blocks."""


def read_whole_message(raw: Path, work: Path, limits: ReadingLimits, patience: float = 0) -> Message:
    """Reads a raw mail, as `read_message` does, and what is wrapped by a signature; its attachments are decoded into
    `work`. Raises OSError, of our own disk."""
    return open_smime(read_message(raw, work / "parts", limits, patience), work / "sealed", limits)


def read_growing_message(raw: Path, work: Path, limits: ReadingLimits, patience: float) -> Message:
    """The same for a mail that another process still writes. Raises TemporaryFailure where it is not there: then it is
    whole, and has got its name."""
    try:
        return read_whole_message(raw, work, limits, patience)
    except FileNotFoundError as error:
        raise TemporaryFailure(str(error)) from error


def open_smime(message: Message, folder: Path, limits: ReadingLimits) -> Message:
    """The mail with the content of its `smime.p7m` in place of that file; the files in it are decoded into `folder`.

    A `smime.p7m` that cannot be opened is removed, and the mail has unread content. Raises OSError if our disk fails.
    """
    for layer in range(1, _MAXIMUM_LAYERS + 1):
        smime_file = next((one for one in message.attachments if _is_smime(one)), None)
        if smime_file is None:
            return message
        others = tuple(one for one in message.attachments if one is not smime_file)
        content = folder / f"signed-{layer}.eml"
        folder.mkdir(parents=True, exist_ok=True)
        if not extract_signed_content(smime_file.path, content):
            return replace(message, attachments=others, unread=_with_smime(message))
        inner = read_message(content, folder / f"signed-{layer}", limits)
        message = replace(
            message,
            text="\n".join(text for text in (message.text, inner.text) if text),
            html="\n".join(html for html in (message.html, inner.html) if html),
            attachments=(*inner.attachments, *others),
            exceeded_limits=tuple(dict.fromkeys((*message.exceeded_limits, *inner.exceeded_limits))),
            unread=tuple(dict.fromkeys((*message.unread, *inner.unread))),
        )
    return replace(message, unread=_with_smime(message)) if any(map(_is_smime, message.attachments)) else message


def _with_smime(message: Message) -> tuple[UnreadContent, ...]:
    return tuple(dict.fromkeys((*message.unread, UnreadContent.SMIME)))


def _is_smime(attachment: Attachment) -> bool:
    return attachment.content_type in _TYPES or attachment.name.lower() == _NAME


def extract_signed_content(path: Path, target: Path) -> bool:
    """Writes the content of a CMS SignedData to `target`. Returns False for any other file; then `target` is useless.

    Reads DER and BER, since programs write long signed mails without lengths. Raises OSError if our disk fails.
    """
    if not path.stat().st_size:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        reader = _Reader(data)
        try:
            octets = reader.signed_content()
            with target.open("wb") as out:
                for start, end in reader.ranges(octets, _MAXIMUM_DEPTH):
                    for at in range(start, end, _WRITE_BYTES):
                        out.write(data[at : min(end, at + _WRITE_BYTES)])
        except _NotSigned:
            return False
    return True


class _NotSigned(Exception):
    """The bytes are no SignedData that contains its content. Caught in this module."""


@dataclass(frozen=True)
class _Element:
    """One BER element, with `start` and `end` of its content.

    If its length is indefinite, it ends with an end-of-contents mark, at `end` at the latest.
    """

    tag: int
    start: int
    end: int
    is_indefinite: bool


@dataclass
class _Reader:
    """Reads BER elements; every method raises _NotSigned if the bytes are not what it expects."""

    data: mmap.mmap
    elements_left: int = _MAXIMUM_ELEMENTS

    def signed_content(self) -> _Element:
        """The OCTET STRING in ContentInfo → SignedData → EncapsulatedContentInfo."""
        signed = self._explicit(_expect(self._element(0, len(self.data)), _SEQUENCE), _SIGNED_DATA)
        parts = self._children(_expect(signed, _SEQUENCE), _MAXIMUM_DEPTH)
        for tag in (_INTEGER, _SET):
            _expect(next(parts, None), tag)
        octets = self._explicit(_expect(next(parts, None), _SEQUENCE), _DATA)
        return _expect(octets, _OCTETS, _OCTETS | _CONSTRUCTED)

    def ranges(self, octets: _Element, depth: int) -> Iterator[tuple[int, int]]:
        """Start and end of each block of bytes of an OCTET STRING, which may consist of several."""
        if octets.tag == _OCTETS:
            yield octets.start, octets.end
            return
        for part in self._children(octets, depth):
            yield from self.ranges(_expect(part, _OCTETS, _OCTETS | _CONSTRUCTED), depth - 1)

    def _explicit(self, info: _Element, oid: bytes) -> _Element:
        """The content of `SEQUENCE { oid, [0] EXPLICIT content }`."""
        parts = self._children(info, _MAXIMUM_DEPTH)
        name = _expect(next(parts, None), _OID)
        if self.data[name.start : name.end] != oid:
            raise _NotSigned
        content = next(self._children(_expect(next(parts, None), _EXPLICIT), _MAXIMUM_DEPTH), None)
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
            if parent.is_indefinite and child.tag == _END_OF_CONTENTS:
                return
            yield child
            at = self._end_of(child, depth - 1)

    def _end_of(self, element: _Element, depth: int) -> int:
        """The position after an element."""
        if not element.is_indefinite:
            return element.end
        if not depth:
            raise _NotSigned
        at = element.start
        while at < element.end:
            child = self._element(at, element.end)
            if child.tag == _END_OF_CONTENTS:
                return child.end
            at = self._end_of(child, depth - 1)
        return at

    def _element(self, at: int, end: int) -> _Element:
        self.elements_left -= 1
        if not self.elements_left or at + 2 > end or self.data[at] & 0x1F == 0x1F:
            raise _NotSigned
        tag, length, start = self.data[at], self.data[at + 1], at + 2
        if length == 0x80 and tag & _CONSTRUCTED:
            return _Element(tag, start, end, is_indefinite=True)
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(self.data[start : start + count], "big")
            start += count
        if start + length > end:
            raise _NotSigned
        return _Element(tag, start, start + length, is_indefinite=False)


def _expect(element: _Element | None, *tags: int) -> _Element:
    if element is None or element.tag not in tags:
        raise _NotSigned
    return element
