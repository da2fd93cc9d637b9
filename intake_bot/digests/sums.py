"""Sums over the forms of the day, and the reports in the media that they name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from intake_bot.ledger.views.forms import StandingForm
from intake_bot.letters.digest_lines import MediaLine, SumLine

_COUNTED = re.compile(".*(?:人数|人次|场次|次数|数量|篇数|条数|点击量|阅读量|受众)")
_NUMBER = re.compile(r"(?<![\d.])(?P<number>\d{1,3}(?:[,，]\d{3})+|\d{1,9}(?:\.\d{1,4})?)\s*(?P<myriads>万)?")
_RANGE = re.compile(r"\d\s*(?:[-—~～]|至)\s*\d")
_MEDIA = re.compile(".*媒体(?:名称|单位)?|.*(?:刊发|报道|发布)(?:平台|单位)")
_TITLE = re.compile(".*(?:标题|题目|题名|篇名)")
_LINK = re.compile(r"https?://[\x21-\x7e]+", re.I)
_MAXIMUM_MEDIA = 300
ROWS = "填写行数"
"""Name of the sum that counts the filled rows of a form."""


def sum_forms(forms: Iterable[StandingForm]) -> tuple[SumLine, ...]:
    """For each form its number of filled rows, then a sum for each column that counts something."""
    totals: dict[tuple[str, str], Decimal] = {}
    units: dict[tuple[str, str], set[str]] = {}
    for form in forms:
        for name, count in _counts(form):
            totals[form.title, name] = totals.get((form.title, name), Decimal(0)) + count
            units.setdefault((form.title, name), set()).add(form.unit)
    return tuple(
        SumLine(title, name, f"{total.normalize():,f}", len(units[title, name]))
        for (title, name), total in totals.items()
    )


def list_media(forms: Iterable[StandingForm]) -> tuple[MediaLine, ...]:
    """Each report in the media once, as it was named first."""
    found: dict[tuple[str, str, str], MediaLine] = {}
    for form in forms:
        for row in form.rows:
            line = _media_line(form.unit, row)
            if line is not None:
                found.setdefault((line.media, line.title, line.link), line)
    return tuple(found.values())[:_MAXIMUM_MEDIA]


def read_count(cell: str) -> Decimal | None:
    """The number in a cell: 260, 1,240人, 1.2万. None where there is none, or a span of two."""
    found = _NUMBER.search(cell)
    if found is None or _RANGE.search(cell):
        return None
    number = Decimal(found["number"].replace(",", "").replace("，", ""))
    return number * 10000 if found["myriads"] else number


def _counts(form: StandingForm) -> Iterator[tuple[str, Decimal]]:
    yield ROWS, Decimal(len(form.rows))
    for row in form.rows:
        for label, cell in row.items():
            count = read_count(cell) if _COUNTED.fullmatch(label.partition("/")[0]) else None
            if count is not None:
                yield label, count


def _media_line(unit: str, row: Mapping[str, str]) -> MediaLine | None:
    media = next((cell for label, cell in row.items() if _MEDIA.fullmatch(label)), "")
    title = next((cell for label, cell in row.items() if _TITLE.fullmatch(label)), "")
    links = [found[0] for cell in row.values() if (found := _LINK.search(cell))]
    if not media and not links:
        return None
    return MediaLine(unit, media, title, links[0] if links else "")
