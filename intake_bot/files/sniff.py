"""Finds out what a file is by its bytes.

Our own table and no library: libraries know neither mail, HTML, scripts and shortcuts nor the content of a zip, which
are half of what arrives. A name can only make a kind more dangerous: a text called `照片.bat` is a script, because
a batch file has no mark that distinguishes it from a text. No name makes a program a photo. `danger` knows what runs.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

from intake_bot.files.archives.tar import is_tar
from intake_bot.files.archives.tnef import SIGNATURE
from intake_bot.files.danger import apply_name, find_dangerous_bytes, find_dangerous_text, sniff_svg
from intake_bot.files.documents.compound import sniff_compound
from intake_bot.files.documents.encoding import decode_head
from intake_bot.files.documents.markup_kind import find_markup_kind
from intake_bot.files.documents.package_kind import find_kind_by_names, find_package_kind
from intake_bot.files.facts import Kind, Unreadable
from intake_bot.files.zips import open_zip

_HEAD_BYTES = 65536

_MAGICS: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"\xff\xd8\xff", Kind.JPEG),
    (0, b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (0, b"GIF87a", Kind.GIF),
    (0, b"GIF89a", Kind.GIF),
    (0, b"II*\0", Kind.TIFF),
    (0, b"MM\0*", Kind.TIFF),
    (0, b"II+\0", Kind.TIFF),
    (8, b"WEBP", Kind.WEBP),
    (8, b"AVI ", Kind.AVI),
    (8, b"WAVE", Kind.AUDIO),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Kind.WMV),
    (0, b"\x1a\x45\xdf\xa3", Kind.MKV),
    (0, b"FLV\x01", Kind.FLV),
    (0, b"\0\0\x01\xba", Kind.MPEG),
    (0, b"\0\0\x01\xb3", Kind.MPEG),
    (0, b"ID3", Kind.AUDIO),
    (0, b"\xff\xfb", Kind.AUDIO),
    (0, b"\xff\xf3", Kind.AUDIO),
    (0, b"\xff\xf1", Kind.AUDIO),
    (0, b"fLaC", Kind.AUDIO),
    (0, b"OggS", Kind.AUDIO),
    (0, b"#!AMR", Kind.AUDIO),  # WeChat's voice messages: these two look like scripts
    (0, b"#!SILK", Kind.AUDIO),
    (0, b"\x02#!SILK", Kind.AUDIO),
    (0, b"PK\x03\x04", Kind.ZIP),
    (0, b"PK\x05\x06", Kind.ZIP),  # an archive of nothing
    (0, b"PK\x07\x08", Kind.ZIP),  # the first of several volumes
    (0, b"PK00PK", Kind.ZIP),  # the only one of several volumes
    (0, b"Rar!\x1a\x07", Kind.RAR),
    (0, b"7z\xbc\xaf\x27\x1c", Kind.SEVEN_ZIP),
    (0, b"\x1f\x8b\x08", Kind.GZIP),
    (0, b"\xfd7zXZ\0", Kind.GZIP),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OLE),
    (0, b"{\\rtf", Kind.RTF),
    (0, SIGNATURE, Kind.TNEF),
    (0, b"\x7fELF", Kind.EXECUTABLE),
    (0, b"\xfe\xed\xfa\xce", Kind.EXECUTABLE),
    (0, b"\xfe\xed\xfa\xcf", Kind.EXECUTABLE),
    (0, b"\xce\xfa\xed\xfe", Kind.EXECUTABLE),
    (0, b"\xcf\xfa\xed\xfe", Kind.EXECUTABLE),
    (0, b"\xca\xfe\xba\xbe", Kind.EXECUTABLE),
    (0, b"dex\n", Kind.EXECUTABLE),
    (0, b"\x4c\0\0\0\x01\x14\x02\0", Kind.SHORTCUT),
)

_OTHER_ARCHIVES = (
    (0, b"\x28\xb5\x2f\xfd"),  # Zstandard
    (0, b"MSCF\0\0\0\0"),  # cab
    (0, b"\x60\xea"),  # ARJ
    (0, b"\x1f\x9d"),  # compress
    (0, b"\x1f\xa0"),
    (0, b"LZIP\x01"),
    (0, b"\x04\x22\x4d\x18"),  # LZ4
    (0, b"ALZ\x01"),
    (0, b"EGGA"),
    (7, b"**ACE**"),
    (2, b"-lh"),
    (2, b"-lz"),
)
"""Archives that are recognised and not unpacked."""

_HEIF_BRANDS = frozenset(
    {
        *(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"avif", b"avis"),
        *(b"mif1", b"mif2", b"mif3", b"msf1", b"miaf", b"1pic", b"avci", b"avcs", b"jpeg", b"jpgs"),
    }
)
_HEIF_COMPATIBLE = frozenset({b"mif1", b"mif2", b"heic", b"heix", b"avif", b"miaf"})
_FILM_COMPATIBLE = frozenset({b"isom", b"mp41", b"mp42", b"avc1", b"qt  "})
_FRAGMENT_BOXES = frozenset({b"styp", b"sidx", b"moof"})
"""One piece of a film that a website plays piece by piece begins with one of these."""
_AUDIO_BRANDS = frozenset({b"M4A ", b"M4B ", b"M4P "})
_QUICKTIME_ATOMS = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_BITMAP_HEADER_BYTES = frozenset({12, 40, 52, 56, 64, 108, 124})

_HEADER_LINE = re.compile(r"([A-Za-z][A-Za-z0-9-]*):[ \t]?.*(?:\r?\n[ \t].*)*(?:\r?\n|\Z)")


def sniff(path: Path, name: str = "") -> Kind:
    """Returns the kind of a file on disk. The `name` that the school gave can only make the kind more dangerous."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    kind = _sniff_head(head)
    kind = _sniff_content(path, kind, head)
    return apply_name(kind, name)


def _sniff_content(path: Path, kind: Kind, head: bytes) -> Kind:
    """Returns the kind more exactly, where the head of the file leaves it open."""
    match kind:
        case Kind.ZIP:
            return _sniff_zip(path, head)
        case Kind.OLE:
            return sniff_compound(path)
        case Kind.PACKAGE:
            return _sniff_flat_package(path)
        case Kind.GZIP | Kind.UNKNOWN if is_tar(path):
            return Kind.TAR
        case Kind.SVG:
            return sniff_svg(path)
        case Kind.UNKNOWN if _is_end_of_zip(path):
            return _sniff_zip(path, head)
        case Kind.UNKNOWN | Kind.TEXT | Kind.OTHER_ARCHIVE:
            return find_dangerous_bytes(path, head) or kind
    return kind


def _sniff_head(head: bytes) -> Kind:
    if not head:
        return Kind.EMPTY
    for start, magic, kind in _MAGICS:
        if head.startswith(magic, start) and (start == 0 or head.startswith(b"RIFF")):
            return kind
    for recognise in (
        *(_sniff_iso_media, _sniff_bitmap, _sniff_transport_stream, _sniff_program, _sniff_pdf),
        *(_sniff_bare_workbook, _sniff_rare_archive),
    ):
        if found := recognise(head):
            return found
    return _sniff_text(head)


def _sniff_iso_media(head: bytes) -> Kind | None:
    """Recognises ISO 14496-12 and QuickTime. QuickTime from before 2001 and of some cameras has no `ftyp`."""
    atom, brand = head[4:8], head[8:12]
    if b"\0" not in head:  # "Get free…" is a text
        return None
    if atom in _FRAGMENT_BOXES:
        return Kind.MP4
    if atom != b"ftyp":
        return Kind.MOV if atom in _QUICKTIME_ATOMS else None
    compatible = {head[start : start + 4] for start in range(16, min(int.from_bytes(head[:4], "big"), 256), 4)}
    is_still = not compatible.isdisjoint(_HEIF_COMPATIBLE) and compatible.isdisjoint(_FILM_COMPATIBLE)
    if brand in _HEIF_BRANDS or is_still:
        return Kind.HEIC
    if brand in _AUDIO_BRANDS:
        return Kind.AUDIO
    if brand == b"crx ":  # a Canon raw photo
        return Kind.UNKNOWN
    return Kind.MOV if brand == b"qt  " else Kind.MP4


def _sniff_bitmap(head: bytes) -> Kind | None:
    if head[:2] != b"BM" or len(head) < 18 or head[6:10] != bytes(4):
        return None
    return Kind.BMP if int.from_bytes(head[14:18], "little") in _BITMAP_HEADER_BYTES else None


def _sniff_transport_stream(head: bytes) -> Kind | None:
    """Recognises MPEG-TS: a sync byte every 188 bytes, or every 192 behind a time stamp of four bytes (AVCHD)."""
    for start, step in ((0, 188), (4, 192)):
        beats = head[start : start + 4 * step : step]
        if len(beats) == 4 and set(beats) == {0x47}:
            return Kind.MPEG
    return None


def _sniff_program(head: bytes) -> Kind | None:
    """Recognises DOS and Windows programs. `MZ` alone may begin a text, so the header must look like one too."""
    if head[:2] != b"MZ":
        return None
    portable = struct.unpack_from("<L", head, 60)[0] if len(head) >= 64 else 0
    is_program = head.startswith(b"PE\0\0", portable) or b"\0" in head[2:64]
    return Kind.EXECUTABLE if is_program else None


def _sniff_pdf(head: bytes) -> Kind | None:
    """Recognises PDF. Viewers accept its mark in the first kilobyte; behind 16 bytes it may be a text on PDF."""
    return Kind.PDF if 0 <= head[:1024].find(b"%PDF-") <= 16 else None


def _sniff_bare_workbook(head: bytes) -> Kind | None:
    """Recognises a workbook without a compound file around it, which old systems export: its first record says that a
    sheet or a workbook begins (MS-XLS 2.4.21, and the older versions of it).
    """
    if head[:4] in (b"\x09\x08\x10\0", b"\x09\x08\x08\0", b"\x09\0\x04\0", b"\x09\x02\x06\0", b"\x09\x04\x06\0"):
        return Kind.XLS if head[6:8] in (b"\x05\0", b"\x10\0") else None
    return None


def _sniff_rare_archive(head: bytes) -> Kind | None:
    if re.match(rb"BZh[1-9]1AY&SY", head):
        return Kind.GZIP
    is_other = any(head.startswith(magic, start) and b"\0" in head[:512] for start, magic in _OTHER_ARCHIVES)
    return Kind.OTHER_ARCHIVE if is_other else None


def _sniff_text(head: bytes) -> Kind:
    text = decode_head(head)
    if text is None:
        return Kind.UNKNOWN
    text = text.lstrip("\ufeff\0 \t\r\n")
    if dangerous := find_dangerous_text(text):
        return dangerous
    if text.startswith("{\\rtf"):
        return Kind.RTF
    if markup := find_markup_kind(text):
        return markup
    return _sniff_message(text) or Kind.TEXT


def _sniff_message(text: str) -> Kind | None:
    """Recognises a saved mail (.eml), and a web page saved as a mail (.mht, RFC 2557)."""
    names, position = set(), 0
    while line := _HEADER_LINE.match(text, position):
        names.add(line[1].lower())
        position = line.end()
    if "mime-version" in names and "multipart/related" in text[:position].lower() and not names & {"received", "to"}:
        return Kind.HTML
    return Kind.MESSAGE if "from" in names and names & {"received", "message-id", "mime-version"} else None


def _sniff_zip(path: Path, head: bytes) -> Kind:
    """Recognises the formats that are zips. A zip that does not open is judged by the names at its beginning."""
    try:
        if kind := find_package_kind(path):
            return kind
        with open_zip(path) as archive:
            names = frozenset(_fold_path(member.name) for member in archive.members)
    except Unreadable:
        names = frozenset(_fold_path(name) for name in _read_first_names(head))
        if kind := find_kind_by_names(names):
            return kind
    folders = {name.partition("/")[0] for name in names if "/" in name}
    if "index/document.iwa" in names or {"index.zip", "metadata"} <= names | folders:
        return Kind.IWORK
    is_java = "meta-inf/manifest.mf" in names and any(name.endswith(".class") for name in names)
    is_phone_program = any(_PHONE_PROGRAM.fullmatch(name) for name in names)
    return Kind.EXECUTABLE if is_java or is_phone_program or not names.isdisjoint(_INSTALLER_FILES) else Kind.ZIP


_INSTALLER_FILES = frozenset(
    {"androidmanifest.xml", "appxmanifest.xml", "appxmetadata/appxbundlemanifest.xml", "extension.vsixmanifest"}
)
_PHONE_PROGRAM = re.compile(r"payload/[^/]+\.app/info\.plist")


def _fold_path(name: str) -> str:
    return name.replace("\\", "/").lower()


def _sniff_flat_package(path: Path) -> Kind:
    try:
        return find_package_kind(path) or Kind.PACKAGE
    except Unreadable:
        return Kind.PACKAGE


def _read_first_names(head: bytes) -> set[str]:
    """Returns the names in the local headers within the head (APPNOTE 4.3.7)."""
    names = set()
    for header in re.finditer(rb"PK\x03\x04.{22}(..)..", head, re.DOTALL):
        length = int.from_bytes(header[1], "little")
        names.add(head[header.end() : header.end() + length].decode("utf-8", "replace"))
    return names


def _is_end_of_zip(path: Path) -> bool:
    """True for the last volume of a split zip, which has the end of a zip and no beginning."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 22))
        return file.read().startswith(b"PK\x05\x06")
