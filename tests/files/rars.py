"""RAR archives written by hand, since no free program writes any: members are stored, or packed by one simple code.

The layouts are those of the public technical notes: https://www.rarlab.com/technote.htm (RAR 5) and the note that
came with WinRAR up to 4.x (RAR 4).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

RAR4 = b"Rar!\x1a\x07\0"
RAR5 = b"Rar!\x1a\x07\x01\0"


@dataclass(frozen=True)
class _Piece:
    """What one volume holds of one member."""

    name: str
    content: bytes
    whole: bytes
    begins: bool
    ends: bool

    @property
    def crc(self) -> int:
        """Of the piece; of the whole member with its last piece."""
        return zlib.crc32(self.whole if self.ends else self.content)


def _volumes(members: Mapping[str, bytes], volume_bytes: int) -> list[list[_Piece]]:
    """Members cut so that no volume holds more than so many bytes of content. 0 is one volume for all."""
    volumes: list[list[_Piece]] = [[]]
    room = most = volume_bytes or sum(map(len, members.values())) + 1
    for name, whole in members.items():
        left, begins = whole, True
        while left or begins:
            if not room:
                volumes.append([])
                room = most
            now, left = left[:room], left[room:]
            room -= len(now)
            volumes[-1].append(_Piece(name, now, whole, begins, not left))
            begins = False
    return volumes


# ---- RAR 4 -----------------------------------------------------------------------------------------------------------


def rar4(members: Mapping[str, bytes], *, coding: str = "unicode", encrypted: bool = False) -> bytes:
    """`coding` is how names are written: unicode, as WinRAR does, or a code page and nothing else, as others do.

    A name that ends with a slash is a folder. Encrypted ones only say that they are.
    """
    return _rar4(_volumes(members, 0), coding, encrypted)[0]


def rar4_volumes(members: Mapping[str, bytes], volume_bytes: int, *, old_names: bool = False) -> list[bytes]:
    """Every volume says whether the next one is called .r00 or .part2.rar."""
    return _rar4(_volumes(members, volume_bytes), "unicode", encrypted=False, numbering=0x01 if old_names else 0x11)


def rar4_with_encrypted_headers() -> bytes:
    return RAR4 + _block4(0x73, 0x80, bytes(6)) + bytes(range(200))


def _rar4(volumes: list[list[_Piece]], coding: str, encrypted: bool, numbering: int = 0x11) -> list[bytes]:
    archives = []
    for number, pieces in enumerate(volumes):
        several = numbering | (0x100 if number == 0 else 0) if len(volumes) > 1 else 0
        archive = RAR4 + _block4(0x73, several, bytes(6))
        for piece in pieces:
            archive += _file4(piece, coding, encrypted) + piece.content
        last = number == len(volumes) - 1
        archives.append(archive + _block4(0x7B, 0x4000 | (not last), b""))
    return archives


def _file4(piece: _Piece, coding: str, encrypted: bool) -> bytes:
    is_folder = piece.name.endswith("/")
    name = piece.name.rstrip("/").replace("/", "\\")
    raw = _unicode_name4(name) if coding == "unicode" else name.encode(coding)
    flags = 0x8000 | (not piece.begins) | (not piece.ends) << 1 | (0xE0 if is_folder else 0)
    flags |= (0x200 if coding == "unicode" else 0) | (0x404 if encrypted else 0)
    body = struct.pack("<LLBLLBBHL", len(piece.content), len(piece.whole), 2, piece.crc, 0x56B1_6000, 29, 0x30,
                       len(raw), 0x10 if is_folder else 0x20)  # fmt: skip
    return _block4(0x74, flags, body + raw + (bytes(8) if encrypted else b""))


def _unicode_name4(name: str) -> bytes:
    """An OEM name, a zero, and UTF-16 in groups of four under a byte that says "two bytes each"."""
    units = name.encode("utf-16-le")
    groups = [b"\xaa" + units[at : at + 8] for at in range(0, len(units), 8)]
    return name.encode("gbk", "replace") + b"\0" + b"\0" + b"".join(groups)


def _block4(kind: int, flags: int, body: bytes) -> bytes:
    rest = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest


# ---- RAR 5 -----------------------------------------------------------------------------------------------------------


def rar5(members: Mapping[str, bytes], *, encrypted: bool = False, copies: Mapping[str, str] | None = None) -> bytes:
    """`copies` are members (name → the name of an earlier one) that WinRAR stores as a reference, the sum left out.

    A name that ends with `>` becomes a hard link, of which 7-Zip gives no content.
    """
    archive = _rar5(_volumes(members, 0), encrypted)[0]
    end = _block5(5, _vint(0))
    references = b"".join(_copy5(name, to, len(members[to])) for name, to in (copies or {}).items())
    return archive.removesuffix(end) + references + end


def rar5_packed(members: Mapping[str, bytes], *, solid: bool = False) -> bytes:
    """Packed, with no other match than the four bytes before; in a solid archive these may be of the member before."""
    archive = RAR5 + _block5(1, _vint(4 if solid else 0))
    before = b""
    for number, (name, content) in enumerate(members.items()):
        packed = _packed5(content, before if solid else b"")
        how = 1 << 7 | (solid and number > 0) << 6
        body = _body5(name, len(content), zlib.crc32(content), how=how)
        archive += _block5(2, body, data=len(packed)) + packed
        before = (before + content)[-_BACK:]
    return archive + _block5(5, _vint(0))


_BACK, _MATCH = 4, 8
"""The only match there is: so many bytes back, so many bytes long."""
_LITERAL_BITS, _NONE, _ONE = 9, 0, 1


def _packed5(content: bytes, before: bytes) -> bytes:
    """One block: a table of code lengths, and the codes. A literal is 1 and its eight bits, the match is 0."""
    bits = _TABLE5
    window = before + content
    at = len(before)
    while at < len(window):
        pattern = window[max(at - _BACK, 0) : at]
        if len(pattern) == _BACK and window[at : at + _MATCH] == pattern * (_MATCH // _BACK):
            bits += "0" + "1"  # and the second of two distances
            at += _MATCH
        else:
            bits += f"1{window[at]:08b}"
            at += 1
    size = -(-len(bits) // 8)
    flags = 0xC0 | 2 << 3 | (len(bits) - 1) % 8  # a table, the last block, three bytes of size, bits of the last byte
    sized = size.to_bytes(3, "little")
    check = 0x5A ^ flags ^ sized[0] ^ sized[1] ^ sized[2]
    return bytes((flags, check)) + sized + int(bits.ljust(8 * size, "0"), 2).to_bytes(size, "big")


def _table5() -> str:
    """The lengths of 306 codes for literals and matches, 64 for distances, 16 and 44 that are not used; run by run,
    themselves in a code of lengths 0, 1 and 9, of repetitions (17) and of zeros (19)."""
    codes = {_NONE: "00", _ONE: "01", _LITERAL_BITS: "10", 17: "110", 19: "111"}
    bits = "".join(f"{len(codes.get(symbol, '')):04b}" for symbol in range(20))

    def run(symbol: int, count: int) -> str:
        return codes[symbol] + f"{count - 11:07b}"

    literals = codes[_LITERAL_BITS] + run(17, 138) + run(17, 117)
    matches = run(19, 12) + codes[_ONE] + run(19, 37)  # the seventh length is eight
    distances = codes[_ONE] + codes[_NONE] * 2 + codes[_ONE]  # one back, and four
    return bits + literals + matches + distances + run(19, 120)


_TABLE5 = _table5()


def rar5_volumes(members: Mapping[str, bytes], volume_bytes: int) -> list[bytes]:
    return _rar5(_volumes(members, volume_bytes), encrypted=False)


def rar5_with_encrypted_headers() -> bytes:
    return RAR5 + _block5(4, _vint(0) + _vint(0) + b"\x0f" + bytes(range(16))) + bytes(range(200))


def _rar5(volumes: list[list[_Piece]], encrypted: bool) -> list[bytes]:
    archives = []
    for number, pieces in enumerate(volumes):
        several = len(volumes) > 1
        flags = (1 | (2 if number else 0)) if several else 0
        archive = RAR5 + _block5(1, _vint(flags) + (_vint(number) if number else b""))
        for piece in pieces:
            archive += _file5(piece, encrypted) + piece.content
        archives.append(archive + _block5(5, _vint(several and number < len(volumes) - 1)))
    return archives


def _file5(piece: _Piece, encrypted: bool) -> bytes:
    is_folder = piece.name.endswith("/")
    extra = _record5(1, _vint(0) + _vint(0) + b"\x0f" + bytes(range(32))) if encrypted else b""
    flags = (not piece.begins) << 3 | (not piece.ends) << 4
    body = _body5(piece.name.rstrip("/"), len(piece.whole), None if is_folder else piece.crc)
    return _block5(2, body, flags=flags, extra=extra, data=None if is_folder else len(piece.content))


def _copy5(name: str, to: str, size: int) -> bytes:
    kind = 4 if name.endswith(">") else 5
    record = _record5(5, _vint(kind) + _vint(0) + _vint(len(to.encode())) + to.encode())
    return _block5(2, _body5(name.rstrip(">"), size, 0, is_folder=False), extra=record, data=0)


def _body5(name: str, size: int, crc: int | None, *, is_folder: bool | None = None, how: int = 0) -> bytes:
    raw = name.encode()
    folder = crc is None if is_folder is None else is_folder
    body = _vint(folder | (4 if crc is not None else 0)) + _vint(size) + _vint(0x10 if folder else 0x20)
    body += struct.pack("<L", crc) if crc is not None else b""
    return body + _vint(how) + _vint(0) + _vint(len(raw)) + raw


def _record5(kind: int, body: bytes) -> bytes:
    return _vint(len(_vint(kind) + body)) + _vint(kind) + body


def _block5(kind: int, body: bytes, *, flags: int = 0, extra: bytes = b"", data: int | None = None) -> bytes:
    flags |= bool(extra) | (0 if data is None else 2)
    rest = _vint(kind) + _vint(flags) + (_vint(len(extra)) if extra else b"")
    rest += (b"" if data is None else _vint(data)) + body + extra
    sized = _vint(len(rest)) + rest
    return struct.pack("<L", zlib.crc32(sized)) + sized


def _vint(number: int) -> bytes:
    """Seven bits a byte, the low ones first; the eighth says that more follow."""
    pieces = bytearray()
    while number > 0x7F:
        pieces.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*pieces, number))
