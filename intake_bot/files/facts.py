"""What was measured about the files of a mail: plain values, no judgement, no library.

Measuring never judges: a photo that cannot be opened is a fact (`readable` is false, `trouble` says why).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from intake_bot.mail.cloud import CloudLink


class Kind(StrEnum):
    """What a file is, read from its bytes. A name makes it worse where they leave that open, and never better."""

    JPEG = "jpeg"
    PNG = "png"
    GIF = "gif"
    BMP = "bmp"
    WEBP = "webp"
    TIFF = "tiff"
    HEIC = "heic"
    """The HEIF family: .heic, .heif, .avif."""
    MP4 = "mp4"
    MOV = "mov"
    AVI = "avi"
    WMV = "wmv"
    MKV = "mkv"
    FLV = "flv"
    MPEG = "mpeg"
    AUDIO = "audio"
    DOC = "doc"
    """Word 97 to 2003, and WPS."""
    XLS = "xls"
    """Excel up to 2003, and .et of WPS."""
    PPT = "ppt"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    OLE = "ole"
    """A compound file that is no .doc, .xls, .ppt or .msg: most often a .docx or .xlsx with a password."""
    PDF = "pdf"
    OFD = "ofd"
    ODF = "odf"
    """OpenDocument: .odt, .ods, .odp."""
    IWORK = "iwork"
    """Apple's Pages, Numbers and Keynote; only Apple's programs open them."""
    RTF = "rtf"
    HTML = "html"
    """Markup: HTML, MHT, XML; an office program may have saved it as .doc or .xls."""
    TEXT = "text"
    ZIP = "zip"
    RAR = "rar"
    SEVEN_ZIP = "7z"
    TNEF = "tnef"
    """winmail.dat: what Outlook makes of a mail's attachments."""
    EXECUTABLE = "executable"
    SCRIPT = "script"
    SHORTCUT = "shortcut"
    MESSAGE = "message"
    OUTLOOK_MESSAGE = "msg"
    """A mail as Outlook saves it: .msg."""
    EMPTY = "empty"
    UNKNOWN = "unknown"


PHOTOS = frozenset({Kind.JPEG, Kind.PNG, Kind.GIF, Kind.BMP, Kind.WEBP, Kind.TIFF, Kind.HEIC})
VIDEOS = frozenset({Kind.MP4, Kind.MOV, Kind.AVI, Kind.WMV, Kind.MKV, Kind.FLV, Kind.MPEG})
ARCHIVES = frozenset({Kind.ZIP, Kind.RAR, Kind.SEVEN_ZIP, Kind.TNEF})
MAILS = frozenset({Kind.MESSAGE, Kind.OUTLOOK_MESSAGE})
DANGEROUS = frozenset({Kind.EXECUTABLE, Kind.SCRIPT, Kind.SHORTCUT})
WORD = frozenset({Kind.DOCX, Kind.DOC, Kind.OLE})
TEXTS = frozenset(
    {
        *(Kind.DOC, Kind.XLS, Kind.PPT, Kind.DOCX, Kind.XLSX, Kind.PPTX, Kind.OLE),
        *(Kind.PDF, Kind.OFD, Kind.ODF, Kind.IWORK, Kind.RTF, Kind.HTML, Kind.TEXT),
    }
)


class Trouble(StrEnum):
    """Why a file could not be measured."""

    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    PROTECTED = "protected"
    """A document with a password."""
    ENCRYPTED = "encrypted"
    """An archive with a password."""
    SPLIT = "split"
    """One volume of an archive, without the others."""
    TOO_DEEP = "too_deep"
    """An archive nested deeper than the setting allows."""
    BOMB = "bomb"
    """Would unpack or decode to more than the setting allows."""
    TOO_HARD = "too_hard"
    """Opening it took more time or memory than the settings allow, or ended the process that tried. What breaks our
    libraries rarely opens elsewhere, so to its sender it is a damaged file."""
    UNSUPPORTED = "unsupported"
    """A healthy file, as far as can be told, of a kind that this version cannot measure."""


@dataclass(frozen=True)
class PhotoFacts:
    """Pixels as a viewer sees them, after EXIF rotation."""

    width: int
    height: int
    look: int | None = field(default=None, compare=False)
    """A 64-bit hash of what is seen, by which the same picture is known when it was saved anew; None where too little
    is seen to tell pictures apart. Another decoder may give other bits, so that two equal facts may differ in it."""

    @property
    def long_side(self) -> int:
        return max(self.width, self.height)


@dataclass(frozen=True)
class VideoFacts:
    """Pixels as stored (rotation does not matter: sides are compared sorted), length in seconds."""

    width: int
    height: int
    seconds: float
    codec: str = ""

    @property
    def long_side(self) -> int:
        return max(self.width, self.height)

    @property
    def short_side(self) -> int:
        return min(self.width, self.height)


@dataclass(frozen=True)
class TextFacts:
    """A document's or a mail body's text. `words` is 字数 as Word counts; `tables` holds cell texts by row."""

    text: str
    words: int
    pictures: int = 0
    links: tuple[str, ...] = ()
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()
    macros: bool = False
    """The document brings programs of its own."""


@dataclass(frozen=True)
class FileFacts:
    """One file of a mail: attached, inside an archive, or an archive itself."""

    name: str
    """The file's own name as the school gave it, for people to read; not a path, not safe for a disk."""
    kind: Kind
    bytes: int
    sha256: str
    archive: str | None = None
    """Name of the archive it came out of (`外层.zip/内层.zip` when nested), or None when attached itself."""
    folder: str = ""
    """The folders inside that archive (`5月17日/照片`), or nothing when it lies at the top."""
    trouble: Trouble | None = None
    photo: PhotoFacts | None = None
    video: VideoFacts | None = None
    text: TextFacts | None = None
    inline: bool = False
    """A picture shown inside the mail's HTML by its Content-ID."""
    volume_of: str | None = None
    """Of a later volume: the shown name of the first one, under which the archive's members stand."""

    @property
    def readable(self) -> bool:
        return self.trouble is None

    @property
    def shown_name(self) -> str:
        """The name with its archive and folders in front, as letters show it."""
        return "/".join(part for part in (self.archive, self.folder, self.name) if part)


@dataclass(frozen=True)
class MailFacts:
    """All that is known of one mail's content. The body is cleaned of quoted history and signatures."""

    files: tuple[FileFacts, ...]
    body: TextFacts
    cloud_links: tuple[CloudLink, ...] = ()
    sealed: bool = False
    """An S/MIME wrapping could not be opened: what it holds is unknown."""
    incomplete: bool = False
    """The mail has more attachments than are read: what else it holds is unknown."""
