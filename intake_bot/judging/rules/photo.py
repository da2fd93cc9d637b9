"""Rules that a notice may have for photos."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from intake_bot.files.facts import FileFacts, Kind, Trouble
from intake_bot.judging.captions import Captions
from intake_bot.judging.findings import drop_none, report_breach, report_unmeasured, report_unreadable
from intake_bot.judging.verdict import Finding
from intake_bot.judging.wording import join_names, kind_name, size_words
from intake_bot.notices.notice import AtLeast, PhotoPart

_SEND_THE_ORIGINAL = "请发原图；不要用截图，也不要用微信压缩过的图"


def photo_is_readable(part: PhotoPart, file: FileFacts) -> Finding | None:
    if file.photo is not None and file.readable:
        return None
    if file.trouble is Trouble.UNSUPPORTED:
        return report_unmeasured("file.unmeasured", file)
    found = {
        Trouble.TRUNCATED: "图片不完整，可能没有传完",
        Trouble.BOMB: "图片的像素大得异常，无法打开",
    }.get(file.trouble or Trouble.DAMAGED, "图片打不开，文件可能已损坏")
    return report_unreadable("photo.unreadable", found, "请先确认图片能打开，再重新发送", part, file)


def photo_is_jpeg(part: PhotoPart, file: FileFacts) -> Finding | None:
    if file.kind is Kind.JPEG:
        return None
    found = f"照片实际是{kind_name(file.kind)}"
    how = "请转成JPG格式再发（只改文件名无效）"
    return report_breach(part.jpeg, "photo.not_jpeg", found, "JPG格式", how, file)


def photo_has_pixels(part: PhotoPart, file: FileFacts) -> Finding | None:
    if part.pixels is None or file.photo is None or file.photo.long_side >= part.pixels.at_least:
        return None
    photo = file.photo
    found = f"照片太小：{photo.width}×{photo.height}，长边 {photo.long_side} 像素"
    asked = f"{part.pixels.at_least} 像素以上"
    return report_breach(part.pixels, "photo.too_few_pixels", found, asked, _SEND_THE_ORIGINAL, file)


def photo_has_bytes(part: PhotoPart, file: FileFacts) -> Finding | None:
    if part.size is None or file.bytes >= part.size.at_least:
        return None
    found = f"照片太小：{size_words(file.bytes)}"
    asked = f"{_least_size(part.size)} 以上"
    return report_breach(part.size, "photo.too_small", found, asked, _SEND_THE_ORIGINAL, file)


def photo_is_in_archive(part: PhotoPart, file: FileFacts) -> Finding | None:
    if file.archive is not None:
        return None
    return report_breach(
        part.archive,
        "photo.not_in_archive",
        "图片没有放进压缩包",
        "以压缩包形式报送",
        "请把这些图片和文字说明放进一个zip压缩包再发",
        file,
    )


PHOTO_RULES: tuple[Callable[[PhotoPart, FileFacts], Finding | None], ...] = (
    photo_is_jpeg,
    photo_has_pixels,
    photo_has_bytes,
    photo_is_in_archive,
)


def check_photo(part: PhotoPart, file: FileFacts) -> list[Finding]:
    """Returns all findings about one photo. A photo that cannot be opened is checked for its archive only."""
    if (closed := photo_is_readable(part, file)) is not None:
        return drop_none([closed, photo_is_in_archive(part, file)])
    return drop_none(rule(part, file) for rule in PHOTO_RULES)


def photos_have_caption(part: PhotoPart, files: Sequence[FileFacts], captions: Captions) -> Finding | None:
    bare = [file.name for file in files if not captions.has_caption_for(file)]
    if not bare:
        return None
    found = (
        f"没有找到图片的文字说明{captions.why_none}"
        if len(bare) == len(files)
        else f"{len(bare)} 张图片没有文字说明：{join_names(bare)}"
    )
    todo = "请写明每张图片的内容（时间、地点、活动、人物），写在邮件正文、一份Word文档或图片的文件名里都行"
    return report_breach(part.caption, "photo.no_caption", found, "配文字说明", todo)


def _least_size(rule: AtLeast) -> str:
    return f"{rule.at_least / 1_000_000:g}M"
