"""Files that no ordinary program writes, and mails' attachments made from bytes."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from intake_bot.demo import media
from intake_bot.mail.message import Attachment
from tests.files.compound import compound

CUT_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
OLE = compound({"CONTENTS": b""})
PROTECTED_OLE = compound({"EncryptionInfo": b"", "EncryptedPackage": b""})
LNK = b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46" + bytes(56)
EXE = b"MZ\x90\0" + bytes(56) + struct.pack("<L", 64) + b"PE\0\0" + bytes(200)
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def attached(folder: Path, name: str, content: bytes) -> Attachment:
    """An attachment as the mail room hands it over: on disk under a name of ours."""
    digest = hashlib.sha256(content).hexdigest()
    return Attachment(name, put(folder, digest[:16], content), len(content), digest, "application/octet-stream")


def rotated_jpeg(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return _saved("JPEG", exif=exif)


def picture(form: str) -> bytes:
    """64 × 48 pixels in one of Pillow's formats."""
    return _saved(form)


def _saved(form: str, **options: object) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(target, form, **options)
    return target.getvalue()


def mpo() -> bytes:
    """Two JPEGs in one file, as phones write portraits."""
    target = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(
        target, "MPO", save_all=True, append_images=[Image.new("RGB", (32, 24), "blue")]
    )
    return target.getvalue()


def heic(width: int, height: int, brand: bytes = b"heic") -> bytes:
    """The boxes of a HEIF picture (ISO 23008-12), without the picture."""
    ispe = _full_box("ispe", struct.pack(">LL", width, height))
    meta = _full_box(
        "meta",
        _full_box("hdlr", bytes(4) + b"pict" + bytes(13)),
        _full_box("pitm", b"\0\1"),
        _full_box("iinf", b"\0\1", _box("infe", b"\2\0\0\0", b"\0\1\0\0hvc1\0")),
        _box("iprp", _box("ipco", ispe), _full_box("ipma", struct.pack(">LHBB", 1, 1, 1, 0x81))),
        _full_box("iloc", b"\x44\0", struct.pack(">HHHHLL", 1, 1, 0, 1, 0, 16)),
    )
    return _box("ftyp", brand, bytes(4), b"mif1" + brand) + meta + _box("mdat", bytes(16))


def heic_in_tiles(width: int, height: int, tiles: int) -> bytes:
    """The same as telephones write it: tiles, and a grid that is made of them (ISO 23008-12, 6.6.2.3)."""
    grid = tiles + 1
    kinds = [(number, b"hvc1") for number in range(1, grid)] + [(grid, b"grid")]
    every = b"".join(struct.pack(">H", number) for number in range(1, grid))
    sizes = (_full_box("ispe", struct.pack(">LL", *sides)) for sides in ((512, 512), (width, height)))
    which = b"".join(struct.pack(">HBB", number, 1, 0x82 if number == grid else 0x81) for number, _ in kinds)
    meta = _full_box(
        "meta",
        _full_box("hdlr", bytes(4) + b"pict" + bytes(13)),
        _full_box("pitm", struct.pack(">H", grid)),
        _full_box(
            "iinf",
            struct.pack(">H", grid),
            *(_box("infe", b"\2\0\0\0", struct.pack(">HH", number, 0) + kind + b"\0") for number, kind in kinds),
        ),
        _full_box("iref", _box("dimg", struct.pack(">HH", grid, tiles) + every)),
        _box("iprp", _box("ipco", *sizes), _full_box("ipma", struct.pack(">L", grid), which)),
        _full_box(
            "iloc",
            b"\x44\0",
            struct.pack(">H", grid),
            *(struct.pack(">HHHLL", number, 0, 1, 0, 16) for number, _ in kinds),
        ),
    )
    return _box("ftyp", b"heic", bytes(4), b"mif1heic") + meta + _box("mdat", bytes(16))


def recorded(name: str) -> bytes:
    """A small file as another program wrote it: `ffmpeg.wmv`, `libheif.heic`."""
    return (Path(__file__).parent / "recorded" / name).read_bytes()


def _box(name: str, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">L", len(body) + 8) + name.encode() + body


def _full_box(name: str, *content: bytes) -> bytes:
    return _box(name, bytes(4), *content)


def avi(width: int, height: int, frames: int) -> bytes:
    """An AVI of 25 frames a second, without its pictures."""
    avih = struct.pack("<10L16x", 40_000, 0, 0, 0x10, frames, 0, 1, 0, width, height)
    strh = b"vidsXVID" + struct.pack("<LHHLLLLLLLL4H", 0, 0, 0, 0, 1, 25, 0, frames, 0, 0, 0, 0, 0, width, height)
    strf = struct.pack("<LLLHH4sLLLLL", 40, width, height, 1, 24, b"XVID", 0, 0, 0, 0, 0)
    strl = _list(b"strl", _chunk(b"strh", strh), _chunk(b"strf", strf))
    movi = _list(b"movi", *(_chunk(b"00dc", bytes(16)) for _ in range(frames)))
    body = b"AVI " + _list(b"hdrl", _chunk(b"avih", avih), strl) + movi
    return _chunk(b"RIFF", body)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<L", len(content)) + content + bytes(len(content) % 2)


def _list(name: bytes, *chunks: bytes) -> bytes:
    return _chunk(b"LIST", name + b"".join(chunks))


def stored_zip(members: Mapping[str, bytes], *, comment: bytes = b"") -> bytes:
    """A zip as Python writes it, its members not packed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, content in members.items():
            package.writestr(zipfile.ZipInfo(name), content)
        package.comment = comment
    return target.getvalue()


def in_every_header(archive: bytes, offset: int, value: bytes) -> bytes:
    """Overwrites a field of all local headers (PK 3 4) and of the same field, two bytes on, of all central ones."""
    changed = bytearray(archive)
    for magic, start in ((b"PK\x03\x04", offset), (b"PK\x01\x02", offset + 2)):
        at = changed.find(magic)
        while at >= 0:
            changed[at + start : at + start + len(value)] = value
            at = changed.find(magic, at + 4)
    return bytes(changed)


def encrypted_zip() -> bytes:
    return in_every_header(media.zip_of({"照片.jpg": media.jpeg(64, 48)}), 6, b"\x01\x08")


def overlapping_zip() -> bytes:
    """Two members of the table of contents point at the same bytes."""
    archive = bytearray(stored_zip({"a.txt": b"one and the same", "b.txt": b"something else"}))
    second = archive.rfind(b"PK\x01\x02")
    archive[second + 42 : second + 46] = bytes(4)
    return bytes(archive)


def zip_packed_as(method: int, packed: bytes, content: bytes) -> bytes:
    """A zip of one member that is packed by a method of this number (APPNOTE 4.4.5)."""
    archive = in_every_header(stored_zip({"a.bin": packed}), 8, struct.pack("<H", method))
    return in_every_header(
        in_every_header(archive, 14, struct.pack("<L", zlib.crc32(content))), 22, struct.pack("<L", len(content))
    )


def zstd(content: bytes) -> bytes:
    """One frame of one raw block (RFC 8878), for content of 256 to 65791 bytes."""
    head = struct.pack("<LBH", 0xFD2FB528, 0x60, len(content) - 256)
    return head + (1 | len(content) << 3).to_bytes(3, "little") + content


def zip_with_dictionary(count: int) -> bytes:
    """A zip of one member, packed with LZMA, its dictionary called so many bytes large (APPNOTE 5.8.8)."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as package:
        package.writestr("a.txt", bytes(9))
    archive = bytearray(target.getvalue())
    struct.pack_into("<L", archive, archive.index(b"a.txt") + len("a.txt") + 5, count)
    return bytes(archive)


def word(body: str, parts: Mapping[str, bytes] | None = None) -> bytes:
    """A .docx with this body, and with parts added or replaced."""
    plain = media.docx([""])
    with zipfile.ZipFile(io.BytesIO(plain)) as package:
        every = {name: package.read(name) for name in package.namelist()}
    every["word/document.xml"] = (
        f'<w:document xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        ' xmlns:v="urn:schemas-microsoft-com:vml"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        f"><w:body>{body}</w:body></w:document>"
    ).encode()
    return media.zip_of({**every, **(parts or {})})


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(runs) + "</w:p>"


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"
