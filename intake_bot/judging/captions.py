"""Captions of photos and videos: a text that accompanies them, or a descriptive file name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from intake_bot.files.facts import FileFacts
from intake_bot.notices.spelling import compact, name_pattern

# Words of names that cameras and phones give, and words that any file of the week may have in its name.
_STOCK_WORDS = re.compile(
    r"mmexport|wx_camera|微信图片|微信截图|微信视频|qq图片|qq截图|qq视频|屏幕截图|屏幕录制|截图|截屏|照片|图片|相片|图像|图|"
    r"未命名|无标题|新建|副本|复件|压缩|原图|视频|录像|录屏|短片|附件|文字|说明|最终版|修改版|"
    r"职业教育|职教|活动周|单位|材料|单张|报送|上报|[a-z]+"
)
_MINIMUM_CHARACTERS = 4
"""Minimum Chinese characters that must remain: 技能展示 is descriptive, 活动一 is not."""
_DESCRIPTION = re.compile(r"(?:的?(?:文字|图片|照片|视频))*(?:说明|图注|解说词?|介绍)$")


@dataclass(frozen=True)
class Captions:
    """The captions in one mail."""

    for_all: bool
    """There is a text that may describe every picture: a file, or the mail body."""
    own: frozenset[str] = frozenset()
    """`picture_name` of the pictures that have a text file of the same name."""
    units: tuple[str, ...] = ()
    """Names of the roster's units. They describe the sender, not the picture."""
    has_note: bool = False
    """The mail body speaks to the office, and describes nothing."""

    @property
    def why_none(self) -> str:
        """Why the mail body is no caption, in brackets; empty where it says nothing."""
        return "（邮件正文是说明情况的话，不算）" if self.has_note else ""

    def has_text_for(self, file: FileFacts) -> bool:
        """True when a text describes this file."""
        return self.for_all or picture_name(file.name) in self.own

    def has_caption_for(self, file: FileFacts) -> bool:
        """True when a text describes this file, or its name is descriptive."""
        return self.has_text_for(file) or is_descriptive_name(file.name, self.units)


def picture_name(name: str) -> str:
    """Returns the name without folders and suffix, for comparing: DSC_0001说明.docx and DSC_0001.JPG are equal."""
    stem = compact(_stem(name))
    return _DESCRIPTION.sub("", stem).rstrip("-_ ") or stem


def is_descriptive_name(name: str, units: Iterable[str] = ()) -> bool:
    """True for 技能展示现场.jpg; false for DSC_0001.jpg, 微信图片_20230517.jpg, 濮阳县职教中心3.jpg and the like."""
    without_units = name_pattern(tuple(units)).sub("", compact(_stem(name)))
    words = _STOCK_WORDS.sub("", re.sub(r"[\W\d_]", "", without_units))
    return len(re.findall(r"[\u4e00-\u9fff]", words)) >= _MINIMUM_CHARACTERS


def _stem(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).stem
