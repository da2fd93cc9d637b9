"""Files that their name means for a part, and that are something else by their bytes: 短片.mp4 that is a picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from intake_bot.files.facts import PHOTOS, TEXTS, VIDEOS, FileFacts, Kind
from intake_bot.judging.verdict import Finding
from intake_bot.judging.wording import kind_name
from intake_bot.notices.notice import FormPart, Part, PhotoPart, Severity, TextPart, VideoPart

_SUFFIXES: Mapping[frozenset[Kind], str] = {
    PHOTOS: "jpg jpeg jpe jfif png gif bmp webp tif tiff heic heif avif svg",
    VIDEOS: "mp4 m4v mov avi wmv mkv flv mpg mpeg ts 3gp rmvb webm",
    TEXTS: "doc docx docm wps wpt rtf pdf ofd odt txt xls xlsx et ppt pptx",
}
_FAMILY_OF_SUFFIX = {suffix: family for family, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}


def kinds_of(part: Part) -> frozenset[Kind]:
    """Returns the kinds of files that can serve a part at all, be it in a format that the notice does not take."""
    match part:
        case PhotoPart():
            return PHOTOS
        case VideoPart():
            return VIDEOS
        case TextPart() | FormPart():
            return TEXTS


def claimed_kinds(file: FileFacts) -> frozenset[Kind] | None:
    """Returns the kinds that a file's suffix claims where its bytes are none of them; None for an honest name.

    None for files whose kind nobody knows.
    """
    family = _FAMILY_OF_SUFFIX.get(PurePosixPath(file.name).suffix.lower().lstrip("."))
    known = file.kind in PHOTOS | VIDEOS | TEXTS | {Kind.AUDIO, Kind.SVG}
    return family if known and family is not None and file.kind not in family else None


def report_wrong_kind(part: Part, file: FileFacts) -> Finding | None:
    """Reports a file that is no photo, no video, no document. It is as severe as a missing part."""
    if file.kind in kinds_of(part):
        return None
    code, wanted, todo = _words(part)
    found = f"文件实际是{kind_name(file.kind)}，不是{wanted}"
    severity = Severity.REMARK if part.missing is not Severity.ERROR else Severity.ERROR
    return Finding(code, severity, found, "", todo, file.shown_name, part.clause, part.quote)


def _words(part: Part) -> tuple[str, str, str]:
    match part:
        case PhotoPart():
            return "photo.not_jpeg", "照片", "请发图片原文件（只改文件名无效）"
        case VideoPart():
            return "video.not_mp4", "视频", "请发视频原文件，发之前先放一遍看看（只改文件名无效）"
        case TextPart():
            return "document.not_word", "文档", "请把内容放进一份Word文档再发（只改文件名无效）"
        case FormPart():
            return "form.not_table", f"可以读取的{part.name}", "请把填好的Word或Excel表格发来，不要拍照"
