"""Names of attachments for people: the sender's names without dangerous characters. Pure."""

from __future__ import annotations

import re
import unicodedata

from intake_bot.mail.reading.charsets import decode
from intake_bot.mail.reading.encoded_words import decode_nested_words
from intake_bot.mail.reading.escaped_text import unescape

_MAXIMUM_LENGTH = 255
# Some programs escape the dot before the extension: 活动情况\.docx is no path.
_PATH_SEPARATOR = re.compile(r"[/\\](?!\.\w{1,5}\Z)")
_QUOTES = frozenset({'""', "“”", "””", "＂＂", "「」"})
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_EXTENSIONS = {
    "application/msword": ".doc",
    "application/ms-tnef": ".dat",
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-powerpoint": ".ppt",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.rar": ".rar",
    "application/x-7z-compressed": ".7z",
    "application/x-rar-compressed": ".rar",
    "application/x-zip-compressed": ".zip",
    "application/zip": ".zip",
    "audio/mpeg": ".mp3",
    "image/bmp": ".bmp",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/rfc822": ".eml",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
    "text/rtf": ".rtf",
    "video/mp4": ".mp4",
    "video/mpeg": ".mpg",
    "video/quicktime": ".mov",
    "video/x-ms-wmv": ".wmv",
    "video/x-msvideo": ".avi",
}


def decode_name(name: bytes, charset: str) -> str:
    """The name that an encoded file brings along, for which there is no rule but custom."""
    return unescape(decode_nested_words(name) if b"=?" in name else decode(name, charset))


def shown_name(name: str) -> str:
    """The last path component of a name, without control characters and direction overrides; may be empty.

    Quotes around the whole name go, too. A name of more than 255 characters is shortened before its extension.
    """
    last = _PATH_SEPARATOR.split(_visible(name))[-1].replace("/", "").replace("\\", "").strip()
    if len(last) > 2 and f"{last[0]}{last[-1]}" in _QUOTES:
        last = last[1:-1].strip()
    if last in {".", ".."}:
        return ""
    if len(last) > _MAXIMUM_LENGTH:
        extension = re.search(r"\.\w{1,10}\Z", last)
        end = extension.group() if extension else ""
        last = last[: _MAXIMUM_LENGTH - len(end)] + end
    return last


def default_name(number: int, content_type: str) -> str:
    """The name for an attachment without one: 附件1.jpg."""
    return f"附件{number}{_EXTENSIONS.get(content_type, '.bin')}"


def _visible(name: str) -> str:
    """The name without direction marks and invisible characters."""
    return "".join(c for c in name if c not in _BIDI and unicodedata.category(c) not in _INVISIBLE_CATEGORIES)
