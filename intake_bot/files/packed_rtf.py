"""The body of a mail as Outlook packs it: compressed RTF (MS-OXRTFCP)."""

from __future__ import annotations

from contextlib import suppress

_HEADER_BYTES = 16
_PACKED, _NOT_PACKED = b"LZFu", b"MELA"
_WINDOW = 4096
_MOST_BYTES = 4_000_000
"""What comes behind is no letter any more."""
_BEGINNING = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor "
    rb"MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
"""What the packer takes for written already (2.1.2.1)."""


def unpacked_rtf(packed: memoryview) -> bytes:
    """Of one that is damaged, what comes before the damage; nothing of one that is packed in an unknown way."""
    form = packed[8:12]
    if form == _NOT_PACKED:
        return bytes(packed[_HEADER_BYTES : _HEADER_BYTES + _MOST_BYTES])
    rtf = bytearray(_BEGINNING)
    if form == _PACKED:
        with suppress(IndexError):
            _unpack(packed[_HEADER_BYTES:], rtf)
    return bytes(rtf[len(_BEGINNING) :])


def _unpack(packed: memoryview, rtf: bytearray) -> None:
    """Adds to `rtf` up to the mark that ends it (3.2.4.1.4). Raises IndexError where there is none."""
    at = 0
    while len(rtf) < _MOST_BYTES:
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
