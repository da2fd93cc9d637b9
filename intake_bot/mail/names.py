"""The names of attachments, for people: what the sender wrote, made harmless to look at."""

from __future__ import annotations

import re
import unicodedata

_LONGEST_NAME = 255
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
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


def shown_name(name: str) -> str:
    """The last component of the name, without control characters and direction overrides; empty if nothing is left.

    At most 255 characters; of a longer one the end with its extension is kept whole.
    """
    last = re.split(r"[/\\]", _seen(name))[-1].strip()
    if last in {".", ".."}:
        return ""
    if len(last) > _LONGEST_NAME:
        extension = re.search(r"\.\w{1,10}\Z", last)
        end = extension.group() if extension else ""
        last = last[: _LONGEST_NAME - len(end)] + end
    return last


def made_up_name(number: int, content_type: str) -> str:
    """A name for an attachment that came without one: 附件1.jpg."""
    return f"附件{number}{_EXTENSIONS.get(content_type, '.bin')}"


def _seen(name: str) -> str:
    return "".join(c for c in name if c not in _BIDI and unicodedata.category(c) not in _UNSEEN)
