"""Rules that a notice may have for videos."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from intake_bot.files.facts import FileFacts, Kind, Trouble
from intake_bot.judging.captions import Captions
from intake_bot.judging.findings import drop_none, report_breach, report_unmeasured, report_unreadable
from intake_bot.judging.verdict import Finding
from intake_bot.judging.wording import duration_words, join_names, kind_name, size_words
from intake_bot.notices.notice import Severity, VideoPart
from intake_bot.notices.severities import CHOICES

_HELD = {
    Trouble.ENCRYPTED: "加了密的视频（有版权保护）",
    Trouble.FRAGMENT: "网站分段播放用的一段视频，不是完整的视频文件",
}
"""Troubles of a video that is not damaged, and what the letter calls it. A person judges it."""


def video_is_readable(part: VideoPart, file: FileFacts) -> Finding | None:
    if file.video is not None and file.readable:
        return None
    if file.trouble is Trouble.UNSUPPORTED:
        return report_unmeasured("file.unmeasured", file)
    if file.trouble in _HELD:
        return report_unmeasured("file.unmeasured", file, _HELD[file.trouble])
    if file.trouble is Trouble.NO_PICTURE:
        found, todo = "文件里只有声音，没有视频画面", "请发有画面的视频，发之前先放一遍看看"
        return report_unreadable("video.no_picture", found, todo, part, file)
    found = "视频不完整，可能没有传完" if file.trouble is Trouble.TRUNCATED else "视频打不开，文件可能已损坏"
    return report_unreadable("video.unreadable", found, "请先确认视频能从头放到尾，再重新发送", part, file)


def video_is_mp4(part: VideoPart, file: FileFacts) -> Finding | None:
    # Phones write brand `qt` into files that they name .mp4: every player and website takes them as mp4.
    phone_video = file.kind is Kind.MOV and PurePosixPath(file.name).suffix.lower() == ".mp4"
    if file.kind is Kind.MP4 or phone_video:
        return None
    return report_breach(
        part.mp4,
        "video.not_mp4",
        f"视频实际是{kind_name(file.kind)}",
        "mp4格式",
        "请用剪辑软件（如剪映）导出为mp4再发（只改文件名无效）",
        file,
    )


def video_has_size(part: VideoPart, file: FileFacts) -> Finding | None:
    if part.size is None or file.bytes <= part.size.at_most:
        return None
    asked = f"{part.size.at_most // 1024**2}M 以内"
    return report_breach(
        part.size, "video.too_large", f"视频太大：{size_words(file.bytes)}", asked, "请压缩或剪短一些再发", file
    )


def video_has_resolution(part: VideoPart, file: FileFacts) -> Finding | None:
    rule, video = part.resolution, file.video
    if rule is None or video is None or (video.long_side >= rule.long_side and video.short_side >= rule.short_side):
        return None
    asked = f"标清以上（{rule.long_side}×{rule.short_side}）"
    return report_breach(
        rule,
        "video.low_resolution",
        f"视频分辨率太低：{video.width}×{video.height}",
        asked,
        "请发手机或相机里的原视频，不要用微信转发过的（会被压缩）",
        file,
    )


def video_has_recommended_resolution(part: VideoPart, file: FileFacts) -> Finding | None:
    rule, video = part.resolution, file.video
    if rule is None or video is None or not rule.recommended or video_has_resolution(part, file):
        return None
    short, long = sorted(int(side) for side in re.findall(r"\d+", rule.recommended)[:2])
    if video.long_side >= long and video.short_side >= short:
        return None
    code = "video.below_recommended"
    advice = rule if rule.severity is Severity.OFF else rule.model_copy(update={"severity": CHOICES[code].default})
    found = f"视频分辨率为{video.width}×{video.height}，低于建议的{rule.recommended}"
    return report_breach(advice, code, found, "", "这次照收，以后请用更高的分辨率拍摄", file)


def video_has_duration(part: VideoPart, file: FileFacts) -> Finding | None:
    # Whole seconds: cutters export exactly two minutes as 120.04 s.
    if part.duration is None or file.video is None or int(file.video.seconds) <= part.duration.at_most:
        return None
    found = f"视频太长：画面时长 {duration_words(int(file.video.seconds))}"
    return report_breach(
        part.duration, "video.too_long", found, f"{duration_words(part.duration.at_most)}以内", "请剪短一些再发", file
    )


VIDEO_RULES: tuple[Callable[[VideoPart, FileFacts], Finding | None], ...] = (
    video_is_mp4,
    video_has_size,
    video_has_resolution,
    video_has_recommended_resolution,
    video_has_duration,
)


def check_video(part: VideoPart, file: FileFacts) -> list[Finding]:
    """Returns all findings about one video. A video that cannot be opened is checked for its size only."""
    if (closed := video_is_readable(part, file)) is not None:
        return drop_none([closed, video_has_size(part, file)])
    return drop_none(rule(part, file) for rule in VIDEO_RULES)


def videos_have_text(part: VideoPart, files: Sequence[FileFacts], captions: Captions) -> Finding | None:
    bare = [file.name for file in files if not captions.has_text_for(file)]
    if not bare:
        return None
    found = (
        f"没有找到视频的文字说明{captions.why_none}"
        if len(bare) == len(files)
        else f"{len(bare)} 个视频没有文字说明：{join_names(bare)}"
    )
    todo = "请写明视频的内容（时间、地点、活动、人物），写在邮件正文或一份Word文档里都行"
    return report_breach(part.text, "video.no_text", found, "另附文字说明", todo)
