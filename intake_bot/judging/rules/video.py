"""What a notice may ask of videos."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from intake_bot.files.facts import FileFacts, Kind, Trouble
from intake_bot.judging.captions import Captions
from intake_bot.judging.rules.breach import breach, present, unmeasured, unreadable
from intake_bot.judging.verdict import Finding
from intake_bot.judging.wording import duration_words, kind_name, named, size_words
from intake_bot.notices.notice import Severity, VideoPart
from intake_bot.notices.severities import CHOICES


def video_is_readable(part: VideoPart, file: FileFacts) -> Finding | None:
    if file.video is not None and file.readable:
        return None
    if file.trouble is Trouble.UNSUPPORTED:
        return unmeasured("file.unmeasured", file)
    found = "视频不完整，可能没有传完" if file.trouble is Trouble.TRUNCATED else "视频打不开，文件可能已损坏"
    return unreadable("video.unreadable", found, "请先确认视频能从头放到尾，再重新发送", part, file)


def video_is_mp4(part: VideoPart, file: FileFacts) -> Finding | None:
    # Phones write brand `qt` into files that they name .mp4: every player and website takes them as mp4.
    phone_video = file.kind is Kind.MOV and PurePosixPath(file.name).suffix.lower() == ".mp4"
    if file.kind is Kind.MP4 or phone_video:
        return None
    return breach(
        part.mp4,
        "video.not_mp4",
        f"这个文件实际是{kind_name(file.kind)}",
        "mp4格式",
        "请用剪辑软件（如剪映）导出为mp4再发（只改文件名无效）",
        file,
    )


def video_has_size(part: VideoPart, file: FileFacts) -> Finding | None:
    if part.size is None or file.bytes <= part.size.at_most:
        return None
    asked = f"不超过{part.size.at_most // 1024**2}M"
    return breach(
        part.size, "video.too_large", f"视频大小为{size_words(file.bytes)}", asked, "请压缩或剪短一些再发", file
    )


def video_has_resolution(part: VideoPart, file: FileFacts) -> Finding | None:
    rule, video = part.resolution, file.video
    if rule is None or video is None or (video.long_side >= rule.long_side and video.short_side >= rule.short_side):
        return None
    asked = f"分辨率在标清以上（不低于{rule.long_side}×{rule.short_side}）"
    return breach(
        rule,
        "video.low_resolution",
        f"视频分辨率为{video.width}×{video.height}",
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
    return breach(advice, code, found, "", "这次照收，以后请用更高的分辨率拍摄", file)


def video_has_duration(part: VideoPart, file: FileFacts) -> Finding | None:
    # Whole seconds: cutters export exactly two minutes as 120.04 s.
    if part.duration is None or file.video is None or int(file.video.seconds) <= part.duration.at_most:
        return None
    found = f"视频时长{duration_words(int(file.video.seconds))}"
    return breach(
        part.duration, "video.too_long", found, f"在{duration_words(part.duration.at_most)}以内", "请剪短一些再发", file
    )


VIDEO_RULES: tuple[Callable[[VideoPart, FileFacts], Finding | None], ...] = (
    video_is_mp4,
    video_has_size,
    video_has_resolution,
    video_has_recommended_resolution,
    video_has_duration,
)


def check_video(part: VideoPart, file: FileFacts) -> list[Finding]:
    """Everything wrong with one video. Of one that cannot be opened, only that and its size are said."""
    if (closed := video_is_readable(part, file)) is not None:
        return present([closed, video_has_size(part, file)])
    return present(rule(part, file) for rule in VIDEO_RULES)


def videos_have_text(part: VideoPart, files: Sequence[FileFacts], captions: Captions) -> Finding | None:
    bare = [file.name for file in files if not captions.text_for(file)]
    if not bare:
        return None
    found = "没有找到视频的文字说明" if len(bare) == len(files) else f"{len(bare)}个视频没有文字说明：{named(bare)}"
    todo = "请写明视频的内容（时间、地点、活动、人物），写在邮件正文或一份Word文档里都行"
    return breach(part.text, "video.no_text", found, "另附文字说明", todo)
