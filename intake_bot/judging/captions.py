"""What says what a picture or a video shows: a text that goes with it, or a name that says something."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from intake_bot.files.facts import FileFacts
from intake_bot.notices.spelling import any_of, compact

# Names that cameras, telephones and tired people give, and what stands in every name of this week.
_STOCK_WORDS = re.compile(
    r"mmexport|wx_camera|微信图片|微信截图|微信视频|qq图片|qq截图|qq视频|屏幕截图|屏幕录制|截图|截屏|照片|图片|相片|图像|图|"
    r"未命名|无标题|新建|副本|复件|压缩|原图|视频|录像|录屏|短片|附件|文字|说明|最终版|修改版|"
    r"职业教育|职教|活动周|单位|材料|单张|报送|上报|[a-z]+"
)
_SAYS_LEAST = 4
"""Chinese characters that must remain: 技能展示 says what is seen, 活动一 does not."""
_DESCRIPTION = re.compile(r"(?:的?(?:文字|图片|照片|视频))*(?:说明|图注|解说词?|介绍)$")


@dataclass(frozen=True)
class Captions:
    """What came along with the photos and videos of one mail."""

    for_all: bool
    """A text that may speak of every one of them: a file, or the mail's own words."""
    own: frozenset[str] = frozenset()
    """Names, as `picture_name` gives them, of pictures that have a text file of the same name."""
    units: tuple[str, ...] = ()
    """Names of the roster's units: they say who sends, and not what is seen."""

    def text_for(self, file: FileFacts) -> bool:
        """True when a text goes with this file."""
        return self.for_all or picture_name(file.name) in self.own

    def caption_for(self, file: FileFacts) -> bool:
        """True when a text goes with this file, or its name says something."""
        return self.text_for(file) or name_says_something(file.name, self.units)


def picture_name(name: str) -> str:
    """The name without folders and ending, for comparing: DSC_0001说明.docx and DSC_0001.JPG are one."""
    stem = compact(_stem(name))
    return _DESCRIPTION.sub("", stem).rstrip("-_ ") or stem


def name_says_something(name: str, units: Iterable[str] = ()) -> bool:
    """True for 技能展示现场.jpg; false for DSC_0001.jpg, 微信图片_20230517.jpg, 濮阳县职教中心3.jpg and the like."""
    without_units = any_of(tuple(units)).sub("", compact(_stem(name)))
    words = _STOCK_WORDS.sub("", re.sub(r"[\W\d_]", "", without_units))
    return len(re.findall(r"[\u4e00-\u9fff]", words)) >= _SAYS_LEAST


def _stem(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).stem
