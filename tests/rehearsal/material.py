"""The files that the schools of the rehearsal attach: valid, small on the way, and different each time."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from random import Random

from intake_bot.demo.material import article, clip
from intake_bot.demo.media import chinese_text, docx, jpeg, xlsx, zip_of

Maker = Callable[[str], Mapping[str, bytes]]
"""Makes the files of a mail; the same mark makes the same files."""
_PLACES = ("实训楼", "校门口广场", "汽修车间", "烹饪教室", "县文化广场", "社区服务中心", "报告厅", "操场")
_ACTS = ("启动仪式", "技能展示", "校园开放日", "便民服务", "工匠进校园", "技能比武", "家长参观", "招生咨询")
_MEDIA = ("市广播电视台", "市日报", "大河网", "省教育新闻网", "县融媒体中心", "学习强国平台")
_SMALLEST_COMMENT, _LARGEST_COMMENT = 4, 0xFFFF + 2


def large_photo(mark: str) -> bytes:
    """2160×1080 and more than two million bytes, of which a zip takes away the most."""
    return _padded(jpeg(2160, 1080, seed=_seed(mark)), 2_050_000)


def small_photo(mark: str) -> bytes:
    """960×720, as a chat program leaves it."""
    return _padded(jpeg(960, 720, seed=_seed(mark)), 96_000)


def _padded(picture: bytes, size: int) -> bytes:
    """The JPEG with comments that fill it up to exactly so many bytes, whatever library has encoded it."""
    padding = b""
    while missing := size - len(picture) - len(padding):
        assert missing >= _SMALLEST_COMMENT, "the picture is too large"
        length = min(missing, _LARGEST_COMMENT)
        if 0 < missing - length < _SMALLEST_COMMENT:
            length -= _SMALLEST_COMMENT
        padding += b"\xff\xfe" + struct.pack(">H", length - 2) + bytes(length - 4)
    return picture[:2] + padding + picture[2:]


def _seed(mark: str) -> int:
    """No two photos look alike: the robot would say so."""
    return Random(mark).randrange(10**9)


def scene(mark: str) -> str:
    """What a photo shows: 汽修车间技能展示."""
    dice = Random(mark)
    return dice.choice(_PLACES) + dice.choice(_ACTS)


def album(mark: str, count: int = 1) -> Mapping[str, bytes]:
    """A zip of good photos with their captions, named in GBK by every second school."""
    photos = {
        f"{scene(f'{mark} {number}')}{number}.jpg": large_photo(f"{mark} {number}") for number in range(1, count + 1)
    }
    captions = docx([f"图{number}：{name.removesuffix('.jpg')}。" for number, name in enumerate(photos, 1)])
    return {"照片.zip": zip_of({"图片说明.docx": captions, **photos}, gbk=bool(Random(mark).randrange(2)))}


def loose_photos(mark: str) -> Mapping[str, bytes]:
    """Two small photos from a telephone, not packed and without a caption."""
    return {f"mmexport{Random(mark).randrange(10**12, 10**13)}{n}.jpg": small_photo(f"{mark} {n}") for n in (1, 2)}


def text_file(mark: str, words: int = 0) -> Mapping[str, bytes]:
    """A Word file of this many 字, or of 850 to 1400."""
    words = words or Random(mark).randrange(850, 1400)
    return {f"{scene(mark)}.docx": article(f"{scene(mark)}纪实（{mark}）", words)}


def picture_news(mark: str) -> Mapping[str, bytes]:
    word = article(scene(mark), 260, pictures=1, notes=[f"图片来源：本校 {scene(mark)} 摄"])
    return {"图片新闻.docx": word, "图片.zip": zip_of({"配图.jpg": small_photo(mark)})}


def media_report(mark: str) -> Mapping[str, bytes]:
    link = f"https://news.example.cn/{Random(mark).randrange(10**6)}.html"
    word = article(f"{Random(mark).choice(_MEDIA)}：{scene(mark)}", 420, pictures=1, links=[link])
    return {"媒体报道.docx": word, "报道图片.zip": zip_of({"报道配图.jpg": small_photo(mark)})}


def film(mark: str, seconds: float = 45) -> Mapping[str, bytes]:
    """A good film with its words."""
    # No two have the same length, so that none is the copy of another.
    return {
        f"{scene(mark)}.mp4": clip(seconds + Random(mark).randrange(1, 100) / 10),
        "文字说明.docx": docx([scene(mark), chinese_text(120)]),
    }


def summary(mark: str) -> Mapping[str, bytes]:
    notes = ("活动亮点：校企同台展示。", "典型案例：汽修专业师生为社区车主义务检修。")
    return {"工作总结.docx": article(f"{mark}总结", 1200, pictures=2, notes=notes)}


# ---- 合肥's forms ----------------------------------------------------------------------------------------------------


def activity_form(unit: str, day: date) -> bytes:
    dice = Random(f"{unit} {day}")
    rows = [
        [str(number), dice.choice(_ACTS), dice.choice(("参观体验", "志愿服务", "讲座", "比赛")), dice.choice(_PLACES),
         str(dice.randrange(40, 400))]
        for number in range(1, dice.randrange(2, 4))
    ]  # fmt: skip
    return xlsx(
        [
            ["附件1：2023年职业教育活动周活动情况日报表"],
            ["填报单位", unit, "日期", f"{day.month}月{day.day}日"],
            ["序号", "活动名称", "活动形式", "地点", "参与人数"],
            *rows,
        ]
    )


def media_form(unit: str, day: date) -> bytes:
    dice = Random(f"{unit} {day} media")
    link = f"https://news.example.cn/{day:%Y%m%d}/{dice.randrange(1000)}.html"
    return xlsx(
        [
            ["附件2：2023年职业教育活动周媒体宣传情况日报表"],
            ["填报单位", unit, "日期", f"{day.month}月{day.day}日"],
            ["序号", "媒体名称", "级别", "标题", "链接"],
            ["1", dice.choice(_MEDIA), dice.choice(("国家级", "省级", "市级")), scene(f"{unit} {day} media"), link],
        ]
    )


def contact_form(unit: str, rows: Sequence[Sequence[str]]) -> bytes:
    return xlsx(
        [
            ["2023年职业教育活动周联络员信息表"],
            ["单位", "姓名", "职务", "办公电话", "邮箱"],
            *([unit, *row] for row in rows),
        ]
    )


def daily_report(unit: str, day: date, *, forms: int = 2) -> Mapping[str, bytes]:
    """日报 with both forms, the day's text and a photo; with one form only the first of these."""
    mark = f"{unit} {day}"
    files = {"附件1 活动情况日报表.xlsx": activity_form(unit, day)}
    if forms == 2:
        files["附件2 媒体宣传情况日报表.xlsx"] = media_form(unit, day)
        files |= text_file(mark, 500)
        files |= {f"{scene(mark)}.jpg": small_photo(mark)}
    return files
