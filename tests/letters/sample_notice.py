"""An invented notice with its roster, for the sample letters: one demand of every kind, in a notice's usual words."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from intake_bot.notices.notice import Notice
from intake_bot.notices.roster import Roster, Unit

ZONE = timezone(timedelta(hours=8))
DAY = date(2023, 5, 17)
"""A Wednesday, in the middle of the week."""
COUNTY = "濮阳县教育局"
COUNTIES = (COUNTY, "清丰县教育局", "南乐县教育局", "范县教育局", "台前县教育局", "华龙区教育局")
SCHOOLS = ("濮阳市职业中等专业学校", "濮阳县职业技术学校", "濮阳职业技术学院", "濮阳石油化工职业技术学院")
UNITS = COUNTIES + SCHOOLS
ROSTER = Roster(
    (*(Unit(name, category="县区") for name in COUNTIES), *(Unit(name, category="学校") for name in SCHOOLS))
)


def at(text: str) -> datetime:
    """`2023-05-17 15:58:41` in the bureau's zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


_DAILY = "于每天下午4时前，将本地活动开展情况及活动图片等发至市教育局邮箱"
_PHOTO = "单张图片，格式为JPG文件，不低于2000像素、2M，配文字说明，以压缩包形式报送"
_VIDEO = "200M以内，分辨率标清以上（建议1280*720），格式为mp4，视频须另附文字说明"
_ARTICLES = "每个县（区）推荐的典型案例和特色工作宣传材料不少于2篇"
_ONLINE = "活动周期间，各地要及时通过网上系统报送典型案例、稿件、照片、视频等资料"
_SUMMARY = "活动周工作总结（含文字、图片、活动亮点、典型案例等）于活动周结束后3日内报至市教育局邮箱"
_RECRUITING = "征集中等职业学校招生宣传短视频"

NOTICE = Notice.model_validate(
    {
        "id": "sample",
        "bureau": "sample",
        "number": "濮教工委〔2023〕8号",
        "title": "关于做好2023年濮阳市职业教育活动周相关工作的通知",
        "week": {"first": "2023-05-14", "last": "2023-05-20"},
        "subject": {
            "form": "活动周xx单位xx材料",
            "compulsory": True,
            "clause": "四（二）",
            "quote": "所有上报材料均以“活动周xx单位xx材料”为题",
        },
        "online": {
            "name": "职业教育活动周网上报送系统",
            "address": "https://zjhdz.example.cn",
            "clause": "五（四）",
            "quote": _ONLINE,
        },
        "materials": [
            {
                "name": "文字材料",
                "due": "每天16:00前",
                "clause": "四（三）",
                "quote": _DAILY,
                "parts": [
                    {
                        "kind": "text",
                        "name": "文字",
                        "clause": "四（三）1",
                        "quote": "文字介绍材料，字数在800-1500字左右",
                        "length": {
                            "at_least": 800,
                            "at_most": 1500,
                            "tolerance": 0.1,
                            "clause": "四（三）1",
                            "quote": "字数在800-1500字左右",
                        },
                    }
                ],
            },
            {
                "name": "照片",
                "due": "每天16:00前",
                "clause": "四（三）",
                "quote": _DAILY,
                "parts": [
                    {
                        "kind": "photo",
                        "name": "照片",
                        "clause": "四（三）2",
                        "quote": _PHOTO,
                        "jpeg": {"clause": "四（三）2", "quote": "格式为JPG文件"},
                        "pixels": {"at_least": 2000, "clause": "四（三）2", "quote": "不低于2000像素、2M"},
                        "size": {"at_least": 2_000_000, "clause": "四（三）2", "quote": "不低于2000像素、2M"},
                        "archive": {"clause": "四（三）2", "quote": "以压缩包形式报送"},
                        "caption": {"clause": "四（三）2", "quote": "配文字说明"},
                    }
                ],
            },
            {
                "name": "视频",
                "due": "每天16:00前",
                "clause": "四（三）3",
                "quote": _VIDEO,
                "parts": [
                    {
                        "kind": "video",
                        "name": "视频",
                        "clause": "四（三）3",
                        "quote": _VIDEO,
                        "mp4": {"clause": "四（三）3", "quote": "格式为mp4"},
                        "size": {"at_most": 209_715_200, "clause": "四（三）3", "quote": "200M以内"},
                        "text": {"clause": "四（三）3", "quote": "视频须另附文字说明"},
                    }
                ],
            },
            {
                "name": "宣传材料",
                "due": "活动周期间",
                "clause": "四（二）",
                "quote": _ARTICLES,
                "parts": [{"kind": "text", "name": "宣传材料", "clause": "四（二）", "quote": _ARTICLES}],
                "quotas": [{"at_least": 2, "categories": ["县区"], "clause": "四（二）", "quote": _ARTICLES}],
            },
            {
                "name": "工作总结",
                "due": "活动周结束后3日内",
                "clause": "四（三）末",
                "quote": _SUMMARY,
                "parts": [{"kind": "text", "name": "总结文字", "clause": "四（三）末", "quote": _SUMMARY}],
            },
            {
                "name": "招生宣传短视频",
                "due": "活动周期间",
                "late": "reject",
                "clause": "三（二）",
                "quote": _RECRUITING,
                "parts": [{"kind": "video", "name": "招生宣传短视频", "clause": "三（二）", "quote": _RECRUITING}],
            },
            {"name": "方案", "due": "4月28日前", "channel": "online", "clause": "五（四）", "quote": _ONLINE},
        ],
        "extensions": [
            {
                "unit": "台前县教育局",
                "material": "照片",
                "day": "2023-05-17",
                "until": "5月19日12:00前",
                "reason": "停电",
            }
        ],
    }
)
