"""The files that the demo's schools attach: small, made by code, and valid enough for every rule to judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intake_bot.demo.media import chinese_text, docx, jpeg, landscape, mp4, xlsx, zip_of

_TWO_MEGABYTES = 2_050_000
_CLOSING = (
    "活动亮点：校企同台展示，社区居民走进实训室，现场体验一技之长。",
    "典型案例：汽修专业师生为社区车主义务检修，两小时服务四十余人。",
)


def article(title: str, words: int, pictures: int = 0, notes: Sequence[str] = (), links: Sequence[str] = ()) -> bytes:
    """A Word file with a title, prose of this many 字, closing `notes` and pictures."""
    text = chinese_text(words)
    halves = (text[: words // 2], text[words // 2 :])
    return docx([title, *halves, *notes], [jpeg(640, 480, seed=n) for n in range(pictures)], links)


def summary(title: str, pictures: int = 2) -> bytes:
    """A 总结 that speaks of 活动亮点 and 典型案例."""
    return article(title, 1200, pictures, _CLOSING)


def photo(seed: int) -> bytes:
    """A photo as a camera takes it: 2400×1600, more than two million bytes."""
    return landscape(2400, 1600, min_bytes=_TWO_MEGABYTES, seed=seed)


def small_photo(seed: int) -> bytes:
    """A photo as a chat program leaves it."""
    return jpeg(1280, 960, seed=seed)


def album(photos: Mapping[str, bytes], captions: Sequence[str]) -> bytes:
    """Photos and their captions, packed by a Chinese Windows: names in GBK, and nothing says so."""
    return zip_of({"照片/图片说明.docx": docx(captions), **{f"照片/{n}": p for n, p in photos.items()}}, gbk=True)


def clip(seconds: float = 12) -> bytes:
    """A video as the notices recommend it."""
    return mp4(1280, 720, seconds)


def activity_form(unit: str) -> bytes:
    """合肥's first daily form; schools number the attachments as they like."""
    return xlsx(
        [
            ["附件2：2023年职业教育活动周活动情况日报表"],
            ["填报单位", unit, "日期", "5月17日"],
            ["序号", "活动名称", "活动形式", "地点", "参与人数"],
            ["1", "校园开放日", "参观体验", "实训中心", "260"],
            ["2", "便民服务进社区", "志愿服务", "社区广场", "85"],
        ]
    )


def media_form(unit: str) -> bytes:
    """合肥's second daily form."""
    return xlsx(
        [
            ["附件3：2023年职业教育活动周媒体宣传情况日报表"],
            ["填报单位", unit, "日期", "5月17日"],
            ["序号", "媒体名称", "级别", "标题", "链接"],
            ["1", "某市广播电视台", "市级", "职教活动周启动", "https://news.example.cn/20230517/1.html"],
        ]
    )


def contact_form(unit: str) -> bytes:
    """合肥's form for the contact person."""
    return xlsx(
        [
            ["2023年职业教育活动周联络员信息表"],
            ["单位", "姓名", "职务", "办公电话", "邮箱"],
            [unit, "周敏", "教务处副主任", "0551-00000000", "zhoumin@school.example"],
        ]
    )
