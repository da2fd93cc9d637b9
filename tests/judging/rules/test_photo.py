"""Rules for photos: each limit just kept and just missed."""

from __future__ import annotations

import pytest

from intake_bot.files.facts import FileFacts, Kind, PhotoFacts, Trouble
from intake_bot.judging.rules.photo import check_photo
from intake_bot.notices.notice import PhotoPart, Severity
from tests.judging.cases import photo

RULE = {"clause": "四（三）2", "quote": "不低于2000像素、2M"}
PART = PhotoPart.model_validate(
    {
        "kind": "photo",
        "name": "照片",
        **RULE,
        "jpeg": RULE,
        "pixels": {**RULE, "at_least": 2000},
        "size": {**RULE, "at_least": 2_000_000},
        "archive": RULE,
    }
)


def codes(file: FileFacts) -> list[str]:
    return [finding.code for finding in check_photo(PART, file)]


@pytest.mark.parametrize("sides", [(2000, 10), (10, 2000)], ids=["wide", "tall"])
def test_photo_with_minimum_pixels_on_its_long_side_is_accepted(sides: tuple[int, int]) -> None:
    assert codes(photo(photo=PhotoFacts(*sides))) == []


def test_photo_below_minimum_pixels_is_rejected() -> None:
    (finding,) = check_photo(PART, photo(photo=PhotoFacts(1999, 1500)))
    assert (finding.code, finding.severity) == ("photo.too_few_pixels", Severity.ERROR)
    assert (finding.found, finding.asked) == ("照片太小：1999×1500，长边 1999 像素", "2000 像素以上")


@pytest.mark.parametrize(("size", "found"), [(2_000_000, []), (1_999_999, ["photo.too_small"])])
def test_photo_size_is_compared_with_minimum_bytes(size: int, found: list[str]) -> None:
    assert codes(photo(bytes=size)) == found


def test_photo_outside_an_archive_is_rejected() -> None:
    assert codes(photo(archive=None)) == ["photo.not_in_archive"]


@pytest.mark.parametrize("kind", [Kind.PNG, Kind.HEIC, Kind.WEBP])
def test_photo_of_another_format_is_rejected_by_its_bytes(kind: Kind) -> None:
    assert codes(photo("现场.jpg", kind=kind)) == ["photo.not_jpeg"]


def test_photo_with_every_fault_reports_all_of_them() -> None:
    bad = photo("a.png", kind=Kind.PNG, bytes=9, archive=None, photo=PhotoFacts(8, 8))
    assert codes(bad) == ["photo.not_jpeg", "photo.too_few_pixels", "photo.too_small", "photo.not_in_archive"]


@pytest.mark.parametrize("trouble", [Trouble.DAMAGED, Trouble.TRUNCATED, Trouble.BOMB])
def test_photo_that_cannot_be_opened_is_unreadable_and_nothing_else(trouble: Trouble) -> None:
    assert codes(photo(photo=None, trouble=trouble)) == ["photo.unreadable"]
