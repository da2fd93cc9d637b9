"""What is known about the files of a mail: plain values, without judgement and without a library.

A photo that cannot be opened is a fact too: `readable` is false and `trouble` gives the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intake_bot.mail.cloud_links import CloudLink
    from intake_bot.mail.message import UnreadContent


class Kind(StrEnum):
    """What a file is, by its bytes. Where these leave it open, the name can make a kind more dangerous, never less."""

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
    XLSB = "xlsb"
    """The binary workbook of Excel 2007 and later."""
    WORDML = "wordml"
    """Word 2003 XML, which systems of schools also write under the name .doc."""
    SPREADSHEETML = "spreadsheetml"
    """Excel 2003 XML, often under the name .xls."""
    PACKAGE = "package"
    """A package of Office Open XML of another program: XPS, Visio."""
    OLE = "ole"
    """A compound file other than .doc, .xls, .ppt and .msg: most often a .docx or .xlsx with a password."""
    PDF = "pdf"
    OFD = "ofd"
    ODF = "odf"
    """OpenDocument: .odt, .ods, .odp."""
    IWORK = "iwork"
    """Apple's Pages, Numbers and Keynote; only Apple's programs open them."""
    RTF = "rtf"
    HTML = "html"
    """HTML or MHT, which office programs may also save under the name .doc or .xls."""
    XML = "xml"
    """XML of no known program."""
    TEXT = "text"
    ZIP = "zip"
    RAR = "rar"
    SEVEN_ZIP = "7z"
    TAR = "tar"
    """A tar, also when compressed: .tar.gz, .tar.bz2, .tar.xz."""
    GZIP = "gzip"
    """One file compressed with gzip, bzip2 or xz."""
    OTHER_ARCHIVE = "archive"
    """An archive that this version cannot unpack: cab, lzh, zst and others."""
    TNEF = "tnef"
    """winmail.dat, in which Outlook wraps the attachments of a mail."""
    EXECUTABLE = "executable"
    SCRIPT = "script"
    SHORTCUT = "shortcut"
    SETTINGS = "settings"
    """Settings, queries and notebooks that run or fetch something when they are opened: .iqy, .rdp, .jnlp, .one …"""
    DISK_IMAGE = "disk_image"
    """A disk or disc as a file: .iso, .vhd, .dmg. Its content escapes the checks of mail programs."""
    SVG = "svg"
    """A drawing without scripts. One with scripts is a SCRIPT."""
    MESSAGE = "message"
    OUTLOOK_MESSAGE = "msg"
    """A mail saved by Outlook: .msg."""
    EMPTY = "empty"
    UNKNOWN = "unknown"


PHOTOS = frozenset({Kind.JPEG, Kind.PNG, Kind.GIF, Kind.BMP, Kind.WEBP, Kind.TIFF, Kind.HEIC})
VIDEOS = frozenset({Kind.MP4, Kind.MOV, Kind.AVI, Kind.WMV, Kind.MKV, Kind.FLV, Kind.MPEG})
ARCHIVES = frozenset({Kind.ZIP, Kind.RAR, Kind.SEVEN_ZIP, Kind.TAR, Kind.GZIP, Kind.OTHER_ARCHIVE, Kind.TNEF})
MAILS = frozenset({Kind.MESSAGE, Kind.OUTLOOK_MESSAGE})
DANGEROUS = frozenset({Kind.EXECUTABLE, Kind.SCRIPT, Kind.SHORTCUT, Kind.SETTINGS, Kind.DISK_IMAGE})
"""What can run or fetch something when it is opened. Of all other files only `PHOTOS`, `VIDEOS`, `TEXTS` and what is in
`ARCHIVES` can be a material, and only `CAPTIONS` a caption."""
WORD = frozenset({Kind.DOCX, Kind.DOC, Kind.OLE, Kind.WORDML})
TEXTS = frozenset(
    {
        *(Kind.DOC, Kind.XLS, Kind.PPT, Kind.DOCX, Kind.XLSX, Kind.PPTX, Kind.OLE),
        *(Kind.XLSB, Kind.WORDML, Kind.SPREADSHEETML, Kind.PACKAGE),
        *(Kind.PDF, Kind.OFD, Kind.ODF, Kind.IWORK, Kind.RTF, Kind.HTML, Kind.XML, Kind.TEXT),
    }
)
CAPTIONS = TEXTS - {Kind.XML}
"""XML of no known program describes nothing to a reader."""


class Trouble(StrEnum):
    """Why a file could not be measured."""

    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    PROTECTED = "protected"
    """A document with a password."""
    ENCRYPTED = "encrypted"
    """An archive with a password, or a film that opens with a key only."""
    SPLIT = "split"
    """One volume of an archive whose other volumes are missing."""
    FRAGMENT = "fragment"
    """One piece of a film that a website plays in pieces (DASH), without the other pieces."""
    NO_PICTURE = "no_picture"
    """A film file without a fault that has sound and no moving picture; a cover is none."""
    TOO_DEEP = "too_deep"
    """Archives in archives, deeper than `FileLimits.depth`."""
    BOMB = "bomb"
    """Unpacking or decoding it would exceed one of the `FileLimits`."""
    TOO_HARD = "too_hard"
    """Opening it exceeded the `Allowance` of the worker, or ended the worker's process. Files that break our libraries
    rarely open elsewhere, so it counts as damaged."""
    UNSUPPORTED = "unsupported"
    """A file without a known fault, of a kind that this version cannot measure."""
    UNDECODED = "undecoded"
    """The bytes are not those of the sender's file: an encoding of the mail was not understood. No fault of the file
    or of its sender is known."""


class Unreadable(Exception):
    """Raised by a reader for a file that it cannot measure or unpack. The caller keeps the trouble as a fact."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


@dataclass(frozen=True)
class PhotoFacts:
    """Width and height in pixels as a viewer shows them: cut out and rotated as the file says."""

    width: int
    height: int
    look: int | None = field(default=None, compare=False)
    """Perceptual hash of 64 bits, by which a picture is recognised after it was saved again. None for a picture with
    too little contrast. Left out of comparisons, because another decoder may give other bits."""

    @property
    def long_side(self) -> int:
        return max(self.width, self.height)


@dataclass(frozen=True)
class VideoFacts:
    """The picture of a film, or the largest of several. Width and height in pixels as stored, without rotation."""

    width: int
    height: int
    seconds: float
    """Length of the picture. Sound and subtitles that last longer do not count."""
    codec: str = ""

    @property
    def long_side(self) -> int:
        return max(self.width, self.height)

    @property
    def short_side(self) -> int:
        return min(self.width, self.height)


@dataclass(frozen=True)
class TextFacts:
    """The text of a document or of a mail body. `words` is 字数 as Word counts it; `tables` holds the cells by row."""

    text: str
    words: int
    pictures: int = 0
    links: tuple[str, ...] = ()
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()
    macros: bool = False
    """The document contains a VBA project."""


@dataclass(frozen=True)
class FileFacts:
    """One file of a mail: an attachment, or a member of an archive. Archives have facts of their own too."""

    name: str
    """The name as the school gave it, without folders. For people to read; not safe as a name on disk."""
    kind: Kind
    bytes: int
    sha256: str
    archive: str | None = None
    """Name of the archive that holds it (`外层.zip/内层.zip` when nested); None for an attachment."""
    folder: str = ""
    """The folders inside that archive (`5月17日/照片`); empty at its top."""
    trouble: Trouble | None = None
    photo: PhotoFacts | None = None
    video: VideoFacts | None = None
    text: TextFacts | None = None
    inline: bool = False
    """The HTML of the mail shows this picture by its Content-ID."""
    has_content_id: bool = False
    """The part has a Content-ID, as pictures of signatures have; some programs give every attachment one."""
    is_program_part: bool = False
    """A program added it to the mail by itself, and it is no material, for example a Mac's resource fork or a key."""
    volume_of: str | None = None
    """For the second and later volumes: the `shown_name` of the first volume, whose name the members carry."""

    @property
    def readable(self) -> bool:
        return self.trouble is None

    @property
    def shown_name(self) -> str:
        """The name with archive and folders in front, as letters show it."""
        return "/".join(part for part in (self.archive, self.folder, self.name) if part)


@dataclass(frozen=True)
class MailFacts:
    """The content of one mail. The body has no quoted text and no signature."""

    files: tuple[FileFacts, ...]
    body: TextFacts
    cloud_links: tuple[CloudLink, ...] = ()
    unread: tuple[UnreadContent, ...] = ()
    """Why some content of the mail is unknown."""
    incomplete: bool = False
    """The mail has more attachments than are read, so the rest of its content is unknown."""
