from __future__ import annotations

import re

import pytest

from intake_bot.letters.templates import Letter
from tests.letters.golden import assert_golden
from tests.letters.sample_letters import (
    ALERTS,
    ANSWERS,
    CLERK_ANSWERS,
    CONFIRMATIONS,
    CONTESTS,
    DIGESTS,
    LETTERS,
    REMINDERS,
)
from tests.letters.samples import TEMPLATES

GOLDEN = (*ANSWERS, *DIGESTS, "note", *ALERTS, *CONTESTS, *REMINDERS, *CONFIRMATIONS, *CLERK_ANSWERS)
WRITTEN: dict[str, Letter] = {name: compose(TEMPLATES) for name, compose in LETTERS.items()}


@pytest.mark.parametrize("name", GOLDEN)
def test_letter_equals_its_golden_files(name: str) -> None:
    assert_golden(name, WRITTEN[name])


@pytest.mark.parametrize("letter", WRITTEN.values(), ids=WRITTEN)
def test_letter_has_no_scripts_and_no_links_but_telephone_numbers_and_answers(letter: Letter) -> None:
    """A digest, which goes to clerks, has buttons that fill in an answer."""
    assert re.findall(r"""<a\b(?![^>]*href=["'](?:tel:\d+["']|mailto:))""", letter.html) == []
    assert re.findall(r"<img\b(?![^>]*src=\"cid:)", letter.html) == []
    assert re.findall(r"<(?:script|link|iframe|form|object)\b|url\(|\bon\w+=|javascript:", letter.html) == []


@pytest.mark.parametrize("letter", WRITTEN.values(), ids=WRITTEN)
def test_letter_has_no_finding_codes(letter: Letter) -> None:
    codes = (
        r"\b(?:subject|deadline|channel|part|photo|video|document|text|news|media|archive|file|cloud|form|mail|person)"
        r"\.[a-z]+_?[a-z]+"
    )
    # Files are named in letters, and photo.jpg is no code.
    assert re.findall(codes, re.sub(r"\S+\.(?:jpg|mp4|docx|zip)", "", letter.subject + letter.text)) == []


@pytest.mark.parametrize("letter", WRITTEN.values(), ids=WRITTEN)
def test_letter_uses_one_name_for_program_and_digest(letter: Letter) -> None:
    """日报 is a form that schools send in."""
    assert re.findall("日报|机器人", letter.subject + letter.text + letter.html) == []


@pytest.mark.parametrize("letter", WRITTEN.values(), ids=WRITTEN)
def test_html_keeps_phone_styles_beside_inlined_ones(letter: Letter) -> None:
    assert letter.html.count("<style") == 1
    assert "@media only screen and (max-width: 480px)" in letter.html


@pytest.mark.parametrize("letter", WRITTEN.values(), ids=WRITTEN)
def test_letter_has_no_doubled_or_empty_punctuation(letter: Letter) -> None:
    """What goes wrong when sentences are put together from parts."""
    assert re.findall(r"。。|，，|，。|。，|：。|（）|“”|、、|、。|None|  +\S+  +", letter.text) == []
