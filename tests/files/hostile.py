"""Files made to hurt whoever opens them, each with what is to be said of it."""

from __future__ import annotations

import io
import struct
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from intake_bot.demo import media
from intake_bot.files.facts import Trouble
from tests.files import samples
from tests.files.media import iso
from tests.files.sevens import SEVEN_ZIP, packed, with_dictionary

_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]><w:document>&a9;</w:document>"
)


Files = Iterator[tuple[str, bytes, Trouble | None]]
"""Name, content, and the trouble of the file itself."""


def corpus() -> Files:
    """All of them."""
    yield from quick()
    yield from long()


def quick() -> Files:
    """Those that are made and opened within a second."""
    yield "flood.png", _png(30_000, 30_000), Trouble.BOMB
    yield "flood just allowed.png", _png(7_700, 7_700), None
    yield "flood.gif", _gif(60_000, 60_000), Trouble.BOMB
    yield "scans.jpg", _jpeg_of_scans(400), Trouble.UNSUPPORTED
    yield "associations.heic", _heic_of_associations(0xFFFFFFFF), Trouble.DAMAGED
    yield "laughs.docx", samples.word("", {"word/document.xml": _LAUGHS.encode()}), Trouble.DAMAGED
    yield "blank.docx", samples.word("", {"word/document.xml": b" " * 50_000_000}), Trouble.BOMB
    yield "deep.docx", samples.word("<w:p>" * 200_000), Trouble.DAMAGED
    yield "long.docx", samples.word(samples.paragraph(samples.run("a" * 15_000_000 + "𠮷"))), Trouble.UNSUPPORTED
    yield "overlap.zip", samples.overlapping_zip(), Trouble.BOMB
    yield "deep.zip", _nested(12), None
    # Only Linux holds to a limit on memory. Elsewhere it is opened; its content is as small as it says.
    hard = Trouble.TOO_HARD if sys.platform == "linux" else None
    yield "dictionary.zip", samples.zip_with_dictionary(0xFFFFFFFF), hard
    yield "truncated.mp4", media.mp4(640, 480, 600)[:2000], Trouble.TRUNCATED
    if SEVEN_ZIP is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        (small,) = packed(Path(folder), "a.7z", {"a": bytes(9)}, "-m0=LZMA", "-mhc=off")
    yield "dictionary.7z", with_dictionary(small, 640 << 20), hard


def long() -> Files:
    """Those that take longer."""
    yield "long.txt", b"a" * 19_000_000 + "𠮷".encode(), Trouble.UNSUPPORTED
    yield "dense.zip", _dense_zip(260_000_000), Trouble.BOMB
    yield "many.zip", _many(60_000), Trouble.BOMB
    if SEVEN_ZIP is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        (dense,) = packed(Path(folder), "b.7z", {"a": bytes(260_000_000)}, "-m0=Deflate", "-mx=1")
        (large,) = packed(Path(folder), "c.7z", {"a": bytes(60_000_000)}, "-m0=Deflate", "-mx=1")
    yield "dense.7z", dense, Trouble.BOMB
    yield "dense just allowed.7z", large, None


def _png(width: int, height: int) -> bytes:
    """A picture of one colour, its rows packed to almost nothing."""
    packer = zlib.compressobj(9)
    row = bytes(1 + width)
    body = b"".join(packer.compress(row) for _ in range(height)) if width < 10_000 else packer.compress(row)
    chunks = (
        (b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", body + packer.flush()),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))
        for name, content in chunks
    )


def _jpeg_of_scans(count: int) -> bytes:
    """A progressive picture whose last scan is repeated."""
    target = io.BytesIO()
    Image.new("RGB", (3000, 2000), "red").save(target, "JPEG", progressive=True)
    whole = target.getvalue()
    return whole[:-2] + whole[whole.rindex(b"\xff\xda") : -2] * count + whole[-2:]


def _heic_of_associations(count: int) -> bytes:
    """A picture whose table of properties claims so many entries, and has one."""
    table = iso.full_box("ipma", struct.pack(">LHBB", count, 1, 1, 1))
    properties = iso.box("iprp", iso.box("ipco", iso.ispe(4032, 3024)), table)
    return iso.ftyp(b"heic", b"mif1") + iso.full_box("meta", iso.full_box("pitm", b"\0\1"), properties)


def _gif(width: int, height: int) -> bytes:
    screen = struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    return b"GIF89a" + screen + b"," + struct.pack("<4HB", 0, 0, width, height, 0) + b"\x02\x02\x4c\x01\0;"


def _nested(depth: int) -> bytes:
    """Two archives in each archive."""
    inner = media.zip_of({"a.txt": b"x"})
    for _ in range(depth):
        inner = media.zip_of({"1.zip": inner, "2.zip": inner})
    return inner


def _dense_zip(count: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("a", bytes(count))
    return target.getvalue()


def _many(count: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for number in range(count):
            package.writestr(f"{number}.txt", b"")
    return target.getvalue()
