"""Notices: extensions for one unit, defaults, and bounds of numbers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, ValidationError

from intake_bot.notices.notice import (
    Extension,
    Length,
    Notice,
    PhotoPart,
    Resolution,
    Rule,
    WeekModel,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
UNIT = "濮阳县教育局"


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
def test_deadline_with_extension_of_unit_is_later_of_both(
    extension: dict[str, object], material: str, unit: str | None, day: str | None, deadline: str
) -> None:
    of = notice({"unit": UNIT, "until": "5月19日12:00前"} | extension)
    asked = of.material(material)
    assert asked is not None
    found = of.deadline(asked, unit, date.fromisoformat(day) if day else None, SHANGHAI)
    assert found == datetime.fromisoformat(deadline).replace(tzinfo=SHANGHAI)


def test_notice_with_extensions_dumped_and_validated_is_equal() -> None:
    of = notice({"unit": UNIT, "until": "5月19日12:00前"}, {"unit": UNIT, "until": "2023-05-28T18:00"})
    assert Notice.model_validate(of.model_dump(mode="json")) == of


@pytest.mark.parametrize("until", ["每天16:00前", "改天", "", "2023-13-01", 20])
def test_extension_until_unreadable_time_is_invalid(until: object) -> None:
    with pytest.raises(ValidationError):
        Extension.model_validate({"unit": UNIT, "until": until})


def test_notice_without_optional_keys_has_defaults() -> None:
    of = notice()
    assert (of.grace_hours, of.closes_after_days, of.pieces_wait_hours) == (8, 30, 2)
    assert PhotoPart(kind="photo", name="照片", clause="", quote="").at_least == 1


@pytest.mark.parametrize(
    ("settings", "valid"),
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
def test_notice_number_outside_bounds_is_invalid(settings: dict[str, object], valid: bool) -> None:
    assert is_valid(Notice, notice().model_dump(mode="json") | settings) is valid


@pytest.mark.parametrize(
    ("rule", "settings", "valid"),
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
def test_rule_number_outside_bounds_is_invalid(rule: type[Rule], settings: dict[str, object], valid: bool) -> None:
    assert is_valid(rule, {"clause": "一", "quote": "要求", **settings}) is valid


def is_valid(model: type[BaseModel], data: dict[str, object]) -> bool:
    try:
        model.model_validate(data)
    except ValidationError:
        return False
    return True


def test_notice_opens_sixty_days_before_week() -> None:
    week_begins = datetime(2023, 5, 14, tzinfo=SHANGHAI)
    assert notice().opens_at(SHANGHAI) == week_begins - timedelta(days=60)


def test_week_of_one_day_and_length_of_one_number_are_valid() -> None:
    day = date(2023, 5, 14)
    assert WeekModel(first=day, last=day).first == day
    assert Length(clause="四", quote="800字", at_least=800, at_most=800).at_most == 800
