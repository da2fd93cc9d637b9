"""What a notice says beside its clauses: more time for one unit, and how grave a finding is."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, ValidationError

from intake_bot.notices.notice import Extension, Length, Notice, PhotoPart, Resolution, Rule
from intake_bot.notices.roster import Roster, Unit
from intake_bot.notices.severities import BY_RULE, CHOICES, Severity, is_fixed

SHANGHAI = ZoneInfo("Asia/Shanghai")
UNIT = "濮阳县教育局"
PACKAGE = Path(__file__).parents[2] / "intake_bot"


def notice(*extensions: dict[str, object]) -> Notice:
    return Notice.model_validate(
        {
            "id": "puyang-2023",
            "bureau": "puyang",
            "number": "",
            "title": "通知",
            "week": {"first": "2023-05-14", "last": "2023-05-20"},
            "subject": {"form": "活动周xx单位xx材料"},
            "materials": [
                {"name": "照片", "due": "每天16:00前", "clause": "", "quote": ""},
                {"name": "总结", "due": "活动周结束后3日内", "clause": "", "quote": ""},
            ],
            "extensions": list(extensions),
        }
    )


@pytest.mark.parametrize(
    ("extension", "material", "unit", "day", "deadline"),
    [
        ({}, "照片", UNIT, "2023-05-17", "2023-05-19T12:00:00"),
        ({}, "照片", UNIT, "2023-05-19", "2023-05-19T16:00:00"),
        ({}, "照片", "范县教育局", "2023-05-17", "2023-05-17T16:00:00"),
        ({}, "照片", None, "2023-05-17", "2023-05-17T16:00:00"),
        ({"material": "总结"}, "照片", UNIT, "2023-05-17", "2023-05-17T16:00:00"),
        ({"material": "照片"}, "照片", UNIT, "2023-05-17", "2023-05-19T12:00:00"),
        ({"day": "2023-05-17"}, "照片", UNIT, "2023-05-17", "2023-05-19T12:00:00"),
        ({"day": "2023-05-17"}, "照片", UNIT, "2023-05-16", "2023-05-16T16:00:00"),
        ({}, "总结", UNIT, None, "2023-05-24T00:00:00"),
        ({"until": "5月28日前"}, "总结", UNIT, None, "2023-05-29T00:00:00"),
        ({"until": "2023-05-28"}, "总结", UNIT, None, "2023-05-29T00:00:00"),
        ({"until": date(2023, 5, 28)}, "总结", UNIT, None, "2023-05-29T00:00:00"),
        ({"until": "2023-05-28T18:00"}, "总结", UNIT, None, "2023-05-28T18:00:00"),
        ({"until": "2023-05-28 18:00"}, "总结", UNIT, None, "2023-05-28T18:00:00"),
    ],
)
def test_deadline_of_a_unit_with_an_extension(
    extension: dict[str, object], material: str, unit: str | None, day: str | None, deadline: str
) -> None:
    of = notice({"unit": UNIT, "until": "5月19日12:00前"} | extension)
    asked = of.material(material)
    assert asked is not None
    found = of.deadline(asked, unit, date.fromisoformat(day) if day else None, SHANGHAI)
    assert found == datetime.fromisoformat(deadline).replace(tzinfo=SHANGHAI)


def test_extension_comes_back_as_it_was_written() -> None:
    of = notice({"unit": UNIT, "until": "5月19日12:00前"}, {"unit": UNIT, "until": "2023-05-28T18:00"})
    assert Notice.model_validate(of.model_dump(mode="json")) == of


@pytest.mark.parametrize("until", ["每天16:00前", "改天", "", "2023-13-01", 20])
def test_extension_to_no_moment_is_refused(until: object) -> None:
    with pytest.raises(ValidationError):
        Extension.model_validate({"unit": UNIT, "until": until})


def test_what_holds_where_a_notice_says_nothing() -> None:
    of = notice()
    assert (of.grace_hours, of.closes_after_days, of.pieces_wait_hours) == (8, 30, 2)
    assert PhotoPart(kind="photo", name="照片", clause="", quote="").at_least == 1


@pytest.mark.parametrize(
    ("settings", "takes"),
    [
        ({"grace_hours": 24}, True),
        ({"grace_hours": 25}, False),
        ({"closes_after_days": 366}, True),
        ({"closes_after_days": 367}, False),
        ({"pieces_wait_hours": 24}, True),
        ({"pieces_wait_hours": 25}, False),
        ({"week": {"first": "2023-05-01", "last": "2023-05-31"}}, True),
        ({"week": {"first": "2023-05-01", "last": "2023-06-01"}}, False),
    ],
)
def test_bounds_of_a_notice(settings: dict[str, object], takes: bool) -> None:
    assert is_taken(Notice, notice().model_dump(mode="json") | settings) is takes


@pytest.mark.parametrize(
    ("rule", "settings", "takes"),
    [
        (Length, {"at_least": 800, "tolerance": 1}, True),
        (Length, {"at_least": 800, "tolerance": 1.01}, False),
        (Resolution, {"long_side": 720, "short_side": 720}, True),
        (Resolution, {"long_side": 719, "short_side": 720}, False),
        (Resolution, {"long_side": 720, "short_side": 720, "recommended": "1280*720"}, True),
        (Resolution, {"long_side": 720, "short_side": 720, "recommended": "1280"}, False),
        (Resolution, {"long_side": 720, "short_side": 720, "recommended": "1280*720*60"}, False),
    ],
)
def test_bounds_of_a_rule(rule: type[Rule], settings: dict[str, object], takes: bool) -> None:
    assert is_taken(rule, {"clause": "一", "quote": "要求", **settings}) is takes


def is_taken(model: type[BaseModel], data: dict[str, object]) -> bool:
    try:
        model.model_validate(data)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("address", "unit"),
    [
        ("One@School.edu.cn", "甲校"),
        ("two@school.edu.cn", "乙校"),
        ("two@mail.school.edu.cn", None),
        ("@school.edu.cn", "乙校"),
        ("school.edu.cn", None),
        ("", None),
    ],
)
def test_a_whole_address_goes_before_a_domain(address: str, unit: str | None) -> None:
    roster = Roster((Unit("乙校", addresses=("@school.edu.cn",)), Unit("甲校", addresses=("one@school.edu.cn",))))
    found = roster.at_address(address)
    assert (found and found.name) == unit


def test_every_finding_code_is_in_exactly_one_group() -> None:
    """A new finding needs its place in `severities.py`: a default that an admin may change, a rule, or fixed."""
    files = [*(PACKAGE / "judging").rglob("*.py"), PACKAGE / "notices" / "subject.py"]
    code = re.compile(
        r'"((?:subject|deadline|channel|part|photo|video|document|text|news|media|archive|file|cloud|form|sender|mail)'
        r'\.[a-z_]+)"'
    )
    codes = {found for path in files for found in code.findall(path.read_text(encoding="utf-8"))}
    assert len(codes) > 40
    homeless = {one for one in codes if (one in CHOICES) + (one in BY_RULE) + is_fixed(one) != 1}
    assert homeless == set()


def test_the_guide_names_the_weights_that_each_code_may_have() -> None:
    """A notice's guide for admins is a file of the checkout."""
    guide = (PACKAGE.parent / "docs" / "notice.md").read_text(encoding="utf-8")
    told = {
        code: (row[1].strip(" `"), tuple(re.findall(r"`(\w+)`", row[2])) or tuple(Severity))
        for row in re.findall(r"^\| ((?:`[a-z]+\.[a-z_]+` ?)+)\|[^|]+\|([^|]+)\|([^|]+)\|$", guide, re.MULTILINE)
        for code in re.findall(r"`([a-z._]+)`", row[0])
    }
    assert told == {code: (choice.default, choice.allowed) for code, choice in CHOICES.items()}
