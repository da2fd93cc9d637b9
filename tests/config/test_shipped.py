"""The configuration that is shipped: four notices, row by row, as the notices themselves have it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from intake_bot.config.defaults import defaults_dir
from intake_bot.config.load import load
from intake_bot.config.settings import IntakeSettings, Settings
from intake_bot.notices.notice import FormPart, Notice, Part, PhotoPart, Rule, Severity, TextPart, VideoPart
from intake_bot.notices.spelling import compact

PUYANG_DAILY = "每天16:00前"
HEFEI_DAILY = "次日10:00前"
DURING = "活动周期间"

# notice, material, due, clause, channel, kinds of parts, expected from
ROWS: tuple[tuple[str, str, str, str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("puyang-2023", "文字材料", PUYANG_DAILY, "四（三）", "mail", ("text",), ("全部",)),
    ("puyang-2023", "照片", PUYANG_DAILY, "四（三）", "mail", ("photo",), ("全部",)),
    ("puyang-2023", "图片新闻", PUYANG_DAILY, "四（三）2", "mail", ("text", "photo"), ()),
    ("puyang-2023", "视频", PUYANG_DAILY, "四（三）3", "mail", ("video",), ()),
    ("puyang-2023", "媒体报道", PUYANG_DAILY, "四（三）4", "mail", ("text", "photo"), ()),
    ("puyang-2023", "工作总结", "活动周结束后3日内", "四（三）末", "mail", ("text", "photo"), ("全部",)),
    ("puyang-2023", "职校生的十八般武艺", DURING, "三（六）", "mail", ("video",), ()),
    ("puyang-2023", "我的一天", DURING, "三（七）", "mail", ("video",), ()),
    ("puyang-2023", "招生宣传短视频", DURING, "三（二）", "mail", ("video",), ()),
    ("hefei-2023", "日报", HEFEI_DAILY, "四（二）", "mail", ("form", "form", "text", "photo", "video"), ("全部",)),
    ("hefei-2023", "文字材料", HEFEI_DAILY, "四（二）", "mail", ("text",), ()),
    ("hefei-2023", "照片", HEFEI_DAILY, "四（二）", "mail", ("photo",), ()),
    ("hefei-2023", "视频", HEFEI_DAILY, "四（二）", "mail", ("video",), ()),
    ("hefei-2023", "宣传材料", DURING, "四（二）", "mail", ("text",), ("县市", "学校")),
    ("hefei-2023", "联络员信息表", "5月11日前", "四（二）", "mail", ("form",), ("全部",)),
    ("hefei-2023", "走进校园方案", "5月12日前", "三（二）2", "mail", ("text",), ("学校",)),
    ("hefei-2023", "走进社区报名", "5月13日前", "三（二）1", "mail", ("text",), ("学校",)),
    ("hefei-2023", "总结", "5月28日前", "四（三）", "mail", ("text",), ("县市", "开发区", "学校")),
    ("hebei-2023", "典型案例", DURING, "五（四）", "mail", ("text",), ()),
    ("hebei-2023", "稿件", DURING, "五（四）", "mail", ("text",), ()),
    ("hebei-2023", "照片", DURING, "五（四）", "mail", ("photo",), ()),
    ("hebei-2023", "视频", DURING, "五（四）", "mail", ("video",), ()),
    ("hebei-2023", "总结", "活动周结束后一周内", "五（四）", "mail", ("text", "photo"), ("城市",)),
    ("moe-2023", "方案", "4月28日前", "五（四）", "online", (), ()),
    ("moe-2023", "专题网站网址", "4月28日前", "五（四）", "online", (), ()),
    ("moe-2023", "联络员", "4月28日前", "五（四）", "online", (), ()),
    ("moe-2023", "典型案例", DURING, "五（四）", "online", (), ()),
    ("moe-2023", "稿件", DURING, "五（四）", "online", (), ()),
    ("moe-2023", "照片", DURING, "五（四）", "online", (), ()),
    ("moe-2023", "视频", DURING, "五（四）", "online", (), ()),
    ("moe-2023", "总结", "活动周结束后一周内", "五（四）", "mail", ("text", "photo"), ("全部",)),
)


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(defaults_dir(), {})


def _notice(settings: Settings, notice_id: str) -> Notice:
    return next(notice for notice in settings.notices if notice.id == notice_id)


def _parts(settings: Settings, notice_id: str, material: str) -> tuple[Part, ...]:
    found = _notice(settings, notice_id).material(material)
    assert found is not None
    return found.parts


def _limits(part: Part) -> dict[str, object]:
    """The rules of a part with their numbers, in the order of the model."""
    rules = {name: getattr(part, name) for name in type(part).model_fields}
    return {
        name: rule.model_dump(exclude={"clause", "quote", "severity"}) | {"clause": rule.clause}
        for name, rule in rules.items()
        if isinstance(rule, Rule)
    }


def test_shipped_configuration_lacks_only_secrets(settings: Settings) -> None:
    assert [remark.message.rpartition("：")[2] for remark in settings.remarks] == [
        f"环境变量 {name}_MAIL_SECRET 没有设置。" for name in ("HEBEI", "HEFEI", "MOE", "PUYANG")
    ]


def test_intake_file_writes_out_the_defaults(settings: Settings) -> None:
    assert settings.intake == IntakeSettings()


def test_intake_file_lists_every_key() -> None:
    text = (defaults_dir() / "config/intake.yaml").read_text(encoding="utf-8")
    keys = [*IntakeSettings.model_fields]
    keys += [
        k for group in ("polling", "sending", "digest", "limits") for k in getattr(IntakeSettings(), group).model_dump()
    ]
    assert [key for key in keys if f"{key}:" not in text] == []


@pytest.mark.parametrize(
    ("bureau", "address", "units"),
    [
        ("puyang", "py8991718@126.com", 20),
        ("hefei", "hfsjyzcc@163.com", 17),
        ("hebei", "hbsjytzcc@163.com", 21),
        ("moe", "zcs@moe.edu.cn", 41),
    ],
)
def test_bureau_has_its_mailbox_and_roster(settings: Settings, bureau: str, address: str, units: int) -> None:
    found = settings.bureau_at(address)
    assert found is not None
    assert (found.id, len(found.roster.units)) == (bureau, units)
    assert found.mailbox.secret_env == f"{bureau.upper()}_MAIL_SECRET"


@pytest.mark.parametrize(
    ("notice", "first", "last", "compulsory", "last_deadline"),
    [
        ("puyang-2023", date(2023, 5, 14), date(2023, 5, 20), False, "2023-05-24T00:00:00+08:00"),
        ("hefei-2023", date(2023, 5, 17), date(2023, 5, 23), True, "2023-05-29T00:00:00+08:00"),
        ("hebei-2023", date(2023, 5, 14), date(2023, 5, 20), False, "2023-05-28T00:00:00+08:00"),
        ("moe-2023", date(2023, 5, 14), date(2023, 5, 20), False, "2023-05-28T00:00:00+08:00"),
    ],
)
def test_notice_has_its_week(
    settings: Settings, notice: str, first: date, last: date, compulsory: bool, last_deadline: str
) -> None:
    found = _notice(settings, notice)
    assert (found.week.first, found.week.last, found.subject.compulsory) == (first, last, compulsory)
    assert found.last_deadline(settings.intake.zone) == datetime.fromisoformat(last_deadline)


def test_materials_are_the_rows_of_the_rules(settings: Settings) -> None:
    order = ("puyang-2023", "hefei-2023", "hebei-2023", "moe-2023")
    assert (
        tuple(
            (n.id, m.name, m.due.words, m.clause, m.channel, tuple(p.kind for p in m.parts), m.expected_from)
            for n in sorted(settings.notices, key=lambda notice: order.index(notice.id))
            for m in n.materials
        )
        == ROWS
    )


VIDEO = {
    "mp4": {"clause": "四（三）3"},
    "size": {"at_most": 209_715_200, "clause": "四（三）3"},
    "resolution": {"long_side": 640, "short_side": 480, "recommended": "1280*720", "clause": "四（三）3"},
}
VIDEO_TEXT = {"text": {"clause": "四（三）3"}}


@pytest.mark.parametrize(
    ("material", "limits"),
    [
        ("文字材料", [{"length": {"at_least": 800, "at_most": 1500, "tolerance": 0.1, "clause": "四（三）1"}}]),
        (
            "照片",
            [
                {
                    "jpeg": {"clause": "四（三）2"},
                    "pixels": {"at_least": 2000, "clause": "四（三）2"},
                    "size": {"at_least": 2_000_000, "clause": "四（三）2"},
                    "archive": {"clause": "四（三）2"},
                    "caption": {"clause": "四（三）2"},
                }
            ],
        ),
        (
            "图片新闻",
            [
                {
                    "word": {"clause": "四（三）2"},
                    "picture": {"clause": "四（三）2"},
                    "source": {"clause": "四（三）2"},
                },
                {"archive": {"clause": "四（三）2"}},
            ],
        ),
        ("视频", [VIDEO | VIDEO_TEXT]),
        (
            "媒体报道",
            [
                {"word": {"clause": "四（三）4"}, "picture": {"clause": "四（三）4"}, "link": {"clause": "四（三）4"}},
                {"archive": {"clause": "四（三）4"}},
            ],
        ),
        (
            "工作总结",
            [
                {
                    "mentions": {
                        "words": {"活动亮点": ("亮点", "特色", "创新"), "典型案例": ("案例", "典型", "事例", "故事")},
                        "clause": "四（三）末",
                    }
                },
                {},
            ],
        ),
        ("职校生的十八般武艺", [VIDEO | {"duration": {"at_most": 120, "clause": "三（六）"}} | VIDEO_TEXT]),
        ("我的一天", [VIDEO | {"duration": {"at_most": 180, "clause": "三（七）"}} | VIDEO_TEXT]),
        ("招生宣传短视频", [VIDEO | VIDEO_TEXT]),
    ],
)
def test_puyang_rules_have_their_numbers(settings: Settings, material: str, limits: list[dict[str, object]]) -> None:
    assert [_limits(part) for part in _parts(settings, "puyang-2023", material)] == limits


@pytest.mark.parametrize("notice", ["hefei-2023", "hebei-2023", "moe-2023"])
def test_only_summaries_have_rules_in_other_notices(settings: Settings, notice: str) -> None:
    """These notices set no size, no pixels, no length; a summary should speak of highlights and cases."""
    with_rules = {m.name: [*_limits(p)] for m in _notice(settings, notice).materials for p in m.parts if _limits(p)}
    assert with_rules == ({} if notice == "hefei-2023" else {"总结": ["mentions"]})


@pytest.mark.parametrize(
    ("notice", "material"), [("puyang-2023", "工作总结"), ("hebei-2023", "总结"), ("moe-2023", "总结")]
)
def test_summary_may_contain_its_pictures(settings: Settings, notice: str, material: str) -> None:
    text, photo = _parts(settings, notice, material)
    assert isinstance(text, TextPart)
    assert isinstance(photo, PhotoPart)
    assert text.mentions is not None
    assert text.mentions.severity is Severity.REMARK
    assert (photo.or_in_text, photo.at_least) == (True, 1)


def test_hefei_daily_report_needs_both_tables_and_may_leave_out_the_rest(settings: Settings) -> None:
    parts = _parts(settings, "hefei-2023", "日报")
    assert [(part.kind, part.missing) for part in parts] == [
        ("form", Severity.ERROR),
        ("form", Severity.ERROR),
        ("text", Severity.REMARK),
        ("photo", Severity.REMARK),
        ("video", Severity.REMARK),
    ]
    assert [part.title for part in parts if isinstance(part, FormPart)] == [
        "2023年职业教育活动周活动情况日报表",
        "2023年职业教育活动周媒体宣传情况日报表",
    ]


def test_hefei_quota_depends_on_category_and_rank(settings: Settings) -> None:
    material = _notice(settings, "hefei-2023").material("宣传材料")
    assert material is not None
    assert [(q.at_least, q.categories, "省级示范" in q.ranks, bool(q.ranks)) for q in material.quotas] == [
        (2, ("县市",), False, False),
        (2, ("学校",), True, True),
        (1, ("学校",), False, False),
    ]


def test_moe_names_the_online_system(settings: Settings) -> None:
    online = _notice(settings, "moe-2023").online
    assert online is not None
    assert (online.name, online.address, online.clause) == (
        "职业教育活动周网上报送系统",
        "http://xxbs.bzpt.edu.cn",
        "五（四）",
    )
    assert online.address in online.quote


@pytest.mark.parametrize(
    ("notice", "contact"),
    [
        ("puyang-2023", ""),
        ("hefei-2023", "蔡东东，63505163；束其杰，63505037"),
        ("hebei-2023", "李臻，0311-66005116"),
        ("moe-2023", "吴智兵、白维，010-66096513"),
    ],
)
def test_contact_is_the_published_one(settings: Settings, notice: str, contact: str) -> None:
    assert _notice(settings, notice).contact == contact


def _demands(notice: Notice) -> Iterator[tuple[str, str]]:
    for material in notice.materials:
        yield material.clause, material.quote
        yield from ((quota.clause, quota.quote) for quota in material.quotas)
        for part in material.parts:
            yield part.clause, part.quote
            rules = (getattr(part, name) for name in type(part).model_fields)
            yield from ((rule.clause, rule.quote) for rule in rules if isinstance(rule, Rule))


def test_rule_has_clause_and_quote(settings: Settings) -> None:
    demands = [demand for notice in settings.notices for demand in _demands(notice)]
    assert len(demands) > 80
    assert [demand for demand in demands if not all(demand)] == []


# What people write instead of the material's name, to be found by the longest alias first.
SPOKEN = (
    ("puyang-2023", "图片", "照片"),
    ("puyang-2023", "图片新闻", "图片新闻"),
    ("puyang-2023", "典型职教故事", "文字材料"),
    ("puyang-2023", "活动情况", "文字材料"),
    ("puyang-2023", "活动情况照片", "照片"),
    ("puyang-2023", "动漫", "视频"),
    ("puyang-2023", "省市级以上媒体报道", "媒体报道"),
    ("puyang-2023", "综述", "工作总结"),
    ("puyang-2023", "“我的一天”短视频", "我的一天"),
    ("puyang-2023", "十八般武艺短视频", "职校生的十八般武艺"),
    ("puyang-2023", "招生短视频", "招生宣传短视频"),
    ("hefei-2023", "活动情况日报表", "日报"),
    ("hefei-2023", "媒体宣传情况日报表", "日报"),
    ("hefei-2023", "特色工作文字材料", "文字材料"),
    ("hefei-2023", "特色工作", "宣传材料"),
    ("hefei-2023", "典型案例", "宣传材料"),
    ("hefei-2023", "活动内容及方案", "走进校园方案"),
    ("hefei-2023", "活动内容和参加人数", "走进社区报名"),
    ("hefei-2023", "综述材料", "总结"),
    ("hebei-2023", "典型案例", "典型案例"),
    ("hebei-2023", "新闻稿", "稿件"),
    ("hebei-2023", "活动周开展情况总结", "总结"),
    ("moe-2023", "典型案例", "典型案例"),
    ("moe-2023", "专题网站", "专题网站网址"),
)


@pytest.mark.parametrize(("notice", "words", "material"), SPOKEN, ids=[f"{n}-{w}" for n, w, _ in SPOKEN])
def test_spoken_name_means_material(settings: Settings, notice: str, words: str, material: str) -> None:
    names = {compact(n): m.name for m in _notice(settings, notice).materials for n in (m.name, *m.aliases)}
    longest = max((name for name in names if name in compact(words)), key=len)
    assert names[longest] == material


@pytest.mark.parametrize("bureau", ["puyang", "hefei", "hebei", "moe"])
def test_roster_opens_in_excel_and_wps(bureau: str) -> None:
    """A BOM tells Excel that it is UTF-8; rows end in CRLF."""
    raw = Path(defaults_dir() / f"config/rosters/{bureau}.csv").read_bytes()
    assert raw.startswith("\ufeff单位,简称,类别,级别,邮箱\r\n".encode())
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_notices_with_videos_have_video_parts(settings: Settings) -> None:
    """Through the anchor in the file, each part is a value of its own."""
    names = ("视频", "职校生的十八般武艺", "我的一天", "招生宣传短视频")
    parts = [part for name in names for part in _parts(settings, "puyang-2023", name)]
    assert all(isinstance(part, VideoPart) for part in parts)
    assert [part.clause for part in parts] == ["四（三）3", "三（六）", "三（七）", "三（二）"]
