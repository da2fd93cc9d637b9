"""Every clause of the four notices, from raw mail to `judge --json`: what is accepted, and what is rejected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from intake_bot.config.defaults import defaults_dir
from intake_bot.config.load import load
from intake_bot.notices.notice import Rule
from tests.acceptance.posts import Case, Verdict, codes_of
from tests.acceptance.tables import CASES


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_mail_of_case_is_judged_by_its_clause(case: Case, verdicts: Mapping[str, Verdict]) -> None:
    verdict = verdicts[case.name]
    assert (verdict["disposition"], codes_of(verdict)) == (case.disposition, case.codes)
    if case.day:
        assert verdict["items"][0]["day"] == case.day
    if case.late is not None:
        assert verdict["items"][0]["late"] is case.late


def test_case_names_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


_CODES = {
    "archive": ("photo.not_in_archive",),
    "caption": ("photo.no_caption",),
    "duration": ("video.too_long",),
    "jpeg": ("photo.not_jpeg",),
    "length": ("text.too_short", "text.too_long"),
    "link": ("media.no_link",),
    "mentions": ("text.not_mentioned",),
    "mp4": ("video.not_mp4",),
    "picture": ("news.no_picture",),
    "pixels": ("photo.too_few_pixels",),
    "resolution": ("video.low_resolution",),
    "size": ("photo.too_small", "video.too_large"),
    "source": ("news.no_source",),
    "text": ("video.no_text",),
    "word": ("document.not_word",),
}
"""Rule of a notice → codes of its findings."""


def _demands() -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Yields notice, material, rule, and the codes of which one must be found where the rule is broken."""
    for notice in load(defaults_dir()).notices:
        for material in notice.materials:
            if material.channel == "online":
                yield notice.id, material.name, "channel", ("channel.online",)
                continue
            yield notice.id, material.name, "due", ("deadline.late",)
            for part in material.parts:
                yield notice.id, material.name, f"{part.name} there", ("part.missing",)
                for field in type(part).model_fields:
                    if isinstance(getattr(part, field), Rule):
                        yield notice.id, material.name, f"{part.name} {field}", _CODES[field]


@pytest.mark.parametrize(
    ("notice", "material", "codes"),
    [
        pytest.param(notice, material, codes, id=f"{notice} {material} {what}")
        for notice, material, what, codes in _demands()
    ],
)
def test_rule_of_notice_is_met_and_broken_by_cases(
    notice: str, material: str, codes: tuple[str, ...], verdicts: Mapping[str, Verdict]
) -> None:
    items = [
        item
        for verdict in verdicts.values()
        if verdict["notice"] == notice
        for item in verdict["items"]
        if item["material"] == material
    ]
    found = [{finding["code"] for finding in item["findings"]} for item in items]
    assert [one for one in found if not one.isdisjoint(codes)], "never broken"
    met = [item for item in items if item["verdict"] == "accepted"]
    assert bool(met) is (codes != ("channel.online",)), "never met, or what is not sent by mail was accepted"


def test_rejected_mail_quotes_its_clause(verdicts: Mapping[str, Verdict]) -> None:
    """The clauses of a material and of its rules."""
    clauses = {
        (notice.id, material.name): _clauses(material.model_dump(mode="json"))
        for notice in load(defaults_dir()).notices
        for material in notice.materials
    }
    resting_on_none = {"archive", "cloud", "file", "mail"}
    for name, verdict in verdicts.items():
        for item in verdict["items"]:
            errors = [one for one in item["findings"] if one["severity"] == "error"]
            told = {one["clause"] for one in errors if one["code"].partition(".")[0] not in resting_on_none}
            assert told <= clauses[verdict["notice"], item["material"]], name


def _clauses(raw: object) -> set[str]:
    match raw:
        case dict():
            own = {raw["clause"]} if "clause" in raw else set()
            return own.union(*map(_clauses, raw.values()))
        case list():
            return set().union(*map(_clauses, raw))
        case _:
            return set()
