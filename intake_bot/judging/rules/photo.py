"""What a notice may ask of photos."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from intake_bot.files.facts import FileFacts, Kind, Trouble
from intake_bot.judging.captions import Captions
from intake_bot.judging.rules.breach import breach, present, unmeasured, unreadable
from intake_bot.judging.verdict import Finding
from intake_bot.judging.wording import kind_name, named, size_words
from intake_bot.notices.notice import AtLeast, PhotoPart
from intake_bot.notices.spelling import normalise


def photo_is_readable(part: PhotoPart, file: FileFacts) -> Finding | None:
    if file.photo is not None and file.readable:
        return None
    if file.trouble is Trouble.UNSUPPORTED:
        return unmeasured("file.unmeasured", file)
    found = {
        Trouble.TRUNCATED: "图片不完整，可能没有传完",
        Trouble.BOMB: "图片的像素大得异常，无法打开",
    }.get(file.trouble or Trouble.DAMAGED, "图片打不开，文件可能已损坏")
    return unreadable("photo.unreadable", found, "请先确认图片能打开，再重新发送", part, file)


def photo_is_jpeg(part: PhotoPart, file: FileFacts) -> Finding | None:
    if file.kind is Kind.JPEG:
        return None
    how = (
        "请转成JPG再发；以后拍照前，在手机“设置—相机—格式”里选“兼容性最佳”，拍出来就是JPG"
        if file.kind is Kind.HEIC
        else "请另存为JPG格式再发（只改文件名无效）"
    )
    return breach(part.jpeg, "photo.not_jpeg", f"这个文件实际是{kind_name(file.kind)}", "JPG格式", how, file)


def photo_has_pixels(part: PhotoPart, file: FileFacts) -> Finding | None:
    if part.pixels is None or file.photo is None or file.photo.long_side >= part.pixels.at_least:
        return None
    found = f"图片为{file.photo.width}×{file.photo.height}像素，长边{file.photo.long_side}像素"
    return breach(
        part.pixels, "photo.too_few_pixels", found, f"长边不低于{part.pixels.at_least}像素", _original_photo(file), file
    )


def photo_has_bytes(part: PhotoPart, file: FileFacts) -> Finding | None:
    if part.size is None or file.bytes >= part.size.at_least:
        return None
    found = f"图片大小为{size_words(file.bytes)}"
    return breach(part.size, "photo.too_small", found, f"不低于{_least_size(part.size)}", _original_photo(file), file)


def photo_is_in_archive(part: PhotoPart, file: FileFacts) -> Finding | None:
    if file.archive is not None:
        return None
    return breach(
        part.archive,
        "photo.not_in_archive",
        "图片没有放进压缩包",
        "以压缩包形式报送",
        "请把全部图片和文字说明放进一个zip压缩包再发（手机上：在“文件”应用里选中图片，点“压缩”）",
        file,
    )


PHOTO_RULES: tuple[Callable[[PhotoPart, FileFacts], Finding | None], ...] = (
    photo_is_jpeg,
    photo_has_pixels,
    photo_has_bytes,
    photo_is_in_archive,
)


def check_photo(part: PhotoPart, file: FileFacts) -> list[Finding]:
    """Everything wrong with one photo. Of a photo that cannot be opened, only that and its place are said."""
    if (closed := photo_is_readable(part, file)) is not None:
        return present([closed, photo_is_in_archive(part, file)])
    return present(rule(part, file) for rule in PHOTO_RULES)


def photos_have_caption(part: PhotoPart, files: Sequence[FileFacts], captions: Captions) -> Finding | None:
    bare = [file.name for file in files if not captions.caption_for(file)]
    if not bare:
        return None
    found = "没有找到图片的文字说明" if len(bare) == len(files) else f"{len(bare)}张图片没有文字说明：{named(bare)}"
    todo = "请写明每张图片的内容（时间、地点、活动、人物），写在邮件正文、一份Word文档或图片的文件名里都行"
    return breach(part.caption, "photo.no_caption", found, "配文字说明", todo)


def _least_size(rule: AtLeast) -> str:
    return f"{rule.at_least / 1_000_000:g}M"


def _original_photo(file: FileFacts) -> str:
    wechat = re.match(r"mmexport|wx_camera|微信图片", normalise(file.name))
    return (
        "请在微信发送时勾选“原图”，或以文件形式发送"
        if wechat
        else "请发相机或手机里的原图，不要用截图，也不要用微信压缩过的图"
    )
