"""Unpacks compressed RTF (MS-OXRTFCP), in which Outlook keeps the body of a mail."""

from __future__ import annotations

from contextlib import suppress

_HEADER_BYTES = 16
_COMPRESSED, _UNCOMPRESSED = b"LZFu", b"MELA"
_WINDOW = 4096
_MAXIMUM_BYTES = 4_000_000
"""Maximum unpacked size; longer bodies are cut."""
_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor "
    rb"MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
"""Text that the packer refers to as if it preceded the body (2.1.2.1)."""


def unpack_rtf(packed: memoryview) -> bytes:
    """Returns the RTF: only the part before the damage if it is damaged, and nothing for an unknown method."""
    method = packed[8:12]
    if method == _UNCOMPRESSED:
        return bytes(packed[_HEADER_BYTES : _HEADER_BYTES + _MAXIMUM_BYTES])
    rtf = bytearray(_DICTIONARY)
    if method == _COMPRESSED:
        with suppress(IndexError):
            _unpack(packed[_HEADER_BYTES:], rtf)
    return bytes(rtf[len(_DICTIONARY) :])


def _unpack(packed: memoryview, rtf: bytearray) -> None:
    """Appends the body to `rtf`, up to its end mark (3.2.4.1.4). Raises IndexError when the mark is missing."""
    at = 0
    while len(rtf) < _MAXIMUM_BYTES:
        flags = packed[at]
        at += 1
        for bit in range(8):
            if not flags >> bit & 1:
                rtf.append(packed[at])
                at += 1
                continue
            place = packed[at] << 4 | packed[at + 1] >> 4
            length = (packed[at + 1] & 15) + 2
            at += 2
            back = (len(rtf) - place) % _WINDOW
            if not back:
                return
            for _ in range(length):
                rtf.append(rtf[-back])
