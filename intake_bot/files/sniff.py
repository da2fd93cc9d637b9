"""What a file is, from its bytes.

An own table, not a library: the ready-made ones know neither mail, HTML, scripts and shortcuts nor the insides of
a zip, and those are half of what arrives. A name can only make a file worse: a text called `照片.bat` is a script,
because nothing inside a batch file tells it from a text. No name makes a program a photo.
"""

from __future__ import annotations

import codecs
import re
import struct
import zipfile
from pathlib import Path

from intake_bot.files.facts import Kind
from intake_bot.files.ole import kind_of_ole
from intake_bot.files.tnef import SIGNATURE
from intake_bot.files.zips import Unreadable, open_zip, unpacked

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

_HEIF_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"avif", b"avis"}
)
_AUDIO_BRANDS = frozenset({b"M4A ", b"M4B ", b"M4P "})
_QUICKTIME_ATOMS = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_BITMAP_HEADER_BYTES = frozenset({12, 40, 52, 56, 64, 108, 124})

_NAMED = {
    **dict.fromkeys(
        ("bat", "cmd", "vbs", "vbe", "js", "jse", "wsf", "wsh", "hta", "ps1", "psm1", "sh", "command", "py", "reg"),
        Kind.SCRIPT,
    ),
    **dict.fromkeys(("exe", "com", "scr", "pif", "cpl", "dll", "msi", "jar", "apk", "chm"), Kind.EXECUTABLE),
    **dict.fromkeys(("lnk", "url", "desktop", "webloc"), Kind.SHORTCUT),
}
_WORSENED_BY_NAME = frozenset({Kind.TEXT, Kind.HTML, Kind.UNKNOWN, Kind.OLE, Kind.ZIP})
"""Kinds whose bytes leave it open whether they do something when clicked."""

_SCRIPT = re.compile(
    r"#!|@?echo off\b|@echo\b|<\?php|<job\b|<package\b|<hta:application|Windows Registry Editor|REGEDIT4", re.I
)
_SHORTCUT = re.compile(r"\[(?:\{[0-9A-F-]+\}|InternetShortcut|Desktop Entry)\]", re.I)
_MARKUP = re.compile(r"<(?:!--|!doctype|\?xml|html|head|body|meta|title|table|div|script|svg)\b|<!--", re.I)
_HEADER_LINE = re.compile(r"([A-Za-z][A-Za-z0-9-]*):[ \t]?.*(?:\r?\n[ \t].*)*(?:\r?\n|\Z)")
_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def sniff(path: Path, name: str = "") -> Kind:
    """The kind of a file on disk. `name` is the one the school gave; it only ever makes a kind worse."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    kind = _from_bytes(head)
    if kind is Kind.ZIP:
        kind = _inside_zip(path, head)
    if kind is Kind.OLE:
        kind = kind_of_ole(path)
    if kind is Kind.UNKNOWN and _ends_as_zip(path):
        kind = Kind.ZIP
    return _NAMED.get(_extension(name), kind) if kind in _WORSENED_BY_NAME else kind


def _extension(name: str) -> str:
    return name.rstrip(". ").rpartition(".")[2].lower() if "." in name else ""


def _from_bytes(head: bytes) -> Kind:
    if not head:
        return Kind.EMPTY
    for start, magic, kind in _MAGICS:
        if head.startswith(magic, start) and (start == 0 or head.startswith(b"RIFF")):
            return kind
    for look in (_container, _bitmap, _transport_stream, _program, _pdf):
        if found := look(head):
            return found
    return _text(head)


def _container(head: bytes) -> Kind | None:
    """ISO 14496-12 and QuickTime. Files without `ftyp` are QuickTime of before 2001, and of some cameras."""
    atom, brand = head[4:8], head[8:12]
    if b"\0" not in head:  # "Get free…" is a text
        return None
    if atom != b"ftyp":
        return Kind.MOV if atom in _QUICKTIME_ATOMS else None
    if brand in _HEIF_BRANDS:
        return Kind.HEIC
    if brand in _AUDIO_BRANDS:
        return Kind.AUDIO
    if brand == b"crx ":  # a Canon raw photo
        return Kind.UNKNOWN
    return Kind.MOV if brand == b"qt  " else Kind.MP4


def _bitmap(head: bytes) -> Kind | None:
    if head[:2] != b"BM" or len(head) < 18 or head[6:10] != bytes(4):
        return None
    return Kind.BMP if int.from_bytes(head[14:18], "little") in _BITMAP_HEADER_BYTES else None


def _transport_stream(head: bytes) -> Kind | None:
    """MPEG-TS: a sync byte every 188 bytes, or every 192 after a time stamp of four (AVCHD)."""
    for start, step in ((0, 188), (4, 192)):
        beats = head[start : start + 4 * step : step]
        if len(beats) == 4 and set(beats) == {0x47}:
            return Kind.MPEG
    return None


def _program(head: bytes) -> Kind | None:
    """DOS and Windows programs. `MZ` alone may begin a text, so a sign of the header is wanted too."""
    if head[:2] != b"MZ":
        return None
    portable = struct.unpack_from("<L", head, 60)[0] if len(head) >= 64 else 0
    is_program = head.startswith(b"PE\0\0", portable) or b"\0" in head[2:64]
    return Kind.EXECUTABLE if is_program else None


def _pdf(head: bytes) -> Kind | None:
    """Readers accept the mark anywhere in the first kilobyte; more than a few bytes of junk would be a text on PDF."""
    return Kind.PDF if 0 <= head[:1024].find(b"%PDF-") <= 16 else None


def _text(head: bytes) -> Kind:
    text = _decoded(head)
    if text is None or _NOT_IN_TEXT.search(text):
        return Kind.UNKNOWN
    text = text.lstrip("\ufeff \t\r\n")
    if _SCRIPT.match(text):
        return Kind.SCRIPT
    if _SHORTCUT.match(text):
        return Kind.SHORTCUT
    if _MARKUP.match(text):
        return Kind.SCRIPT if "<hta:application" in text.lower() else Kind.HTML
    return _message(text) or Kind.TEXT


def _decoded(head: bytes) -> str | None:
    """The head as text, or None. Incremental decoders, because the head may end within a character."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codings = ["utf-16"]
    elif b"\0" in head:
        return None
    else:
        codings = ["utf-8", "gb18030"]
    for coding in codings:
        try:
            return codecs.getincrementaldecoder(coding)().decode(head)
        except UnicodeDecodeError:
            continue
    return None


def _message(text: str) -> Kind | None:
    """A saved mail (.eml), or a web page saved as one (.mht, RFC 2557)."""
    names, position = set(), 0
    while line := _HEADER_LINE.match(text, position):
        names.add(line[1].lower())
        position = line.end()
    if "mime-version" in names and "multipart/related" in text[:position].lower() and not names & {"received", "to"}:
        return Kind.HTML
    return Kind.MESSAGE if "from" in names and names & {"received", "message-id", "mime-version"} else None


def _inside_zip(path: Path, head: bytes) -> Kind:
    """Office formats are zips. Of one that does not open, the first names still tell: Word writes them first."""
    try:
        with open_zip(path) as package:
            names = set(package.namelist())
            mimetype = _mimetype(package, names)
    except Unreadable:
        names, mimetype = _first_names(head), b""
    folders = {name.partition("/")[0] for name in names if "/" in name}
    if "[Content_Types].xml" in names:
        for folder, kind in (("word", Kind.DOCX), ("xl", Kind.XLSX), ("ppt", Kind.PPTX)):
            if folder in folders:
                return kind
    if "OFD.xml" in names:
        return Kind.OFD
    if mimetype.startswith(b"application/vnd.oasis.opendocument"):
        return Kind.ODF
    if "Index/Document.iwa" in names or {"Index.zip", "Metadata"} <= names | folders:
        return Kind.IWORK
    is_java = "META-INF/MANIFEST.MF" in names and any(name.endswith(".class") for name in names)
    return Kind.EXECUTABLE if is_java or "AndroidManifest.xml" in names else Kind.ZIP


def _mimetype(package: zipfile.ZipFile, names: set[str]) -> bytes:
    """OpenDocument says what it is in a first member of its own, never packed (ODF 1.2 part 3, 3.3)."""
    if "mimetype" not in names or (member := package.getinfo("mimetype")).file_size > 100:
        return b""
    return b"".join(unpacked(package, member))


def _first_names(head: bytes) -> set[str]:
    """Names in the local headers within the head (APPNOTE 4.3.7)."""
    names = set()
    for header in re.finditer(rb"PK\x03\x04.{22}(..)..", head, re.DOTALL):
        length = int.from_bytes(header[1], "little")
        names.add(head[header.end() : header.end() + length].decode("utf-8", "replace"))
    return names


def _ends_as_zip(path: Path) -> bool:
    """The last volume of a split zip begins in the middle of something and ends as a zip ends."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 22))
        return file.read().startswith(b"PK\x05\x06")
