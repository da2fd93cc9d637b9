"""Encoders for the transfer encodings that mail is decoded from."""

from __future__ import annotations

import re
import struct
import zlib
from base64 import b64encode, encodebytes
from binascii import b2a_uu, crc_hqx
from functools import cache

_HQX = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_RUN = re.compile(rb"(.)\1{0,254}", re.DOTALL)


def uuencode(data: bytes, name: str = "a.docx", *, backtick: bool = True, end: str = "`\nend\n") -> bytes:
    """The file in uuencode. Older programs write a blank for zero instead of a backtick."""
    lines = b"".join(b2a_uu(data[at : at + 45], backtick=backtick) for at in range(0, len(data), 45))
    return f"begin 644 {name}\n".encode() + lines + end.encode()


def begin_base64(data: bytes, name: str = "a.docx") -> bytes:
    """The file as `uuencode -m` writes it."""
    return f"begin-base64 644 {name}\n".encode() + encodebytes(data) + b"====\n"


@cache
def yenc(data: bytes, name: str = "a.docx", *, end: str = "", part: str = "") -> bytes:
    """The file in yEnc. `end` replaces the line with size and CRC-32; `part` is one more line at the beginning."""
    encoded = bytearray()
    lines: list[bytes] = []
    for byte in data:
        code = (byte + 42) & 0xFF
        encoded += bytes((0x3D, (code + 64) & 0xFF)) if code in (0, 10, 13, 0x3D) else bytes((code,))
        if len(encoded) >= 128:
            lines.append(bytes(encoded))
            encoded.clear()
    lines.append(bytes(encoded))
    head = f"=ybegin line=128 size={len(data)} name={name}\n{part}".encode()
    tail = end or f"=yend size={len(data)} crc32={zlib.crc32(data):08x}\n"
    return head + b"\n".join(lines) + b"\n" + tail.encode()


def _shorten(run: re.Match[bytes]) -> bytes:
    plain = b"\x90\0" if run[1] == b"\x90" else run[1]
    return plain + bytes((0x90, len(run[0]))) if len(run[0]) > 3 else plain * len(run[0])


@cache
def binhex(data: bytes, name: bytes = b"a.docx", *, broken: bool = False) -> bytes:
    """The file as BinHex 4.0, with an empty resource fork. Runs are shortened as a Macintosh does."""
    header = bytes((len(name),)) + name + b"\0TEXT????\0\0" + len(data).to_bytes(4, "big") + bytes(4)
    check = crc_hqx(data, 0) ^ broken
    content = header + crc_hqx(header, 0).to_bytes(2, "big") + data + check.to_bytes(2, "big") + bytes(2)
    packed = _RUN.sub(_shorten, content)
    text = b64encode(packed).rstrip(b"=").translate(bytes.maketrans(_BASE64, _HQX))
    whole = b":" + text + b":"
    lines = b"\n".join(whole[at : at + 64] for at in range(0, len(whole), 64))
    return b"(This file must be converted with BinHex 4.0)\n\n" + lines + b"\n"


def apple_single(data: bytes, name: bytes = b"a.docx", *, rest: bytes = b"icon" * 9) -> bytes:
    """The file as AppleSingle: its name, its data fork if there is one, and what else a Macintosh keeps."""
    contents = {3: name, 2: rest, **({1: data} if data else {})}
    place, entries = 26 + 12 * len(contents), b""
    for number, content in contents.items():
        entries += struct.pack(">3L", number, place, len(content))
        place += len(content)
    head = b"\x00\x05\x16\x00\x00\x02\x00\x00" + bytes(16) + len(contents).to_bytes(2, "big")
    return head + entries + b"".join(contents.values())


def mac_binary(data: bytes, name: bytes = b"a.docx", *, check: int = 0) -> bytes:
    """The file as MacBinary II, with a resource fork. `check` is added to its checksum."""
    head = bytes((0, len(name))) + name.ljust(63, b"\0") + b"WDBNMSWD" + bytes(10) + len(data).to_bytes(4, "big")
    head = (head + (9).to_bytes(4, "big")).ljust(122, b"\0") + b"\x81\x81"
    fork = data + bytes(-len(data) % 128)
    return head + (crc_hqx(head, 0) + check).to_bytes(2, "big") + bytes(2) + fork + b"resources".ljust(128, b"\0")
