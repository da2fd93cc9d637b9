from __future__ import annotations

import re

import pytest

from intake_bot.letters.letter import Letter
from intake_bot.letters.samples import ALERTS, ANSWERS, DIGESTS, LETTERS
from tests.letters.golden import assert_golden
from tests.letters.samples import TEMPLATES

GOLDEN = (*ANSWERS, *DIGESTS, *ALERTS)
WRITTEN: dict[str, Letter] = {name: compose(TEMPLATES) for name, compose in LETTERS.items()}


@pytest.mark.parametrize("name", GOLDEN)
def test_letter_reads_as_agreed(name: str) -> None:
    assert_golden(name, WRITTEN[name])


@pytest.mark.parametrize("letter", WRITTEN.values(), ids=WRITTEN)
def test_letter_fetches_and_runs_nothing(letter: Letter) -> None:
    assert re.findall(r"<(?:a|img|script|link|iframe|form|object)\b|url\(|\bon\w+=|javascript:", letter.html) == []


@pytest.mark.parametrize("letter", WRITTEN.values(), ids=WRITTEN)
def test_letter_speaks_no_code_words(letter: Letter) -> None:
    codes = (
        r"\b(?:subject|deadline|channel|part|photo|video|document|text|news|media|archive|file|cloud|form|mail|person)"
        r"\.[a-z]+_?[a-z]+"
    )
    # Files are named in letters, and photo.jpg is no code.
    assert re.findall(codes, re.sub(r"\S+\.(?:jpg|mp4|docx|zip)", "", letter.subject + letter.text)) == []


@pytest.mark.parametrize("letter", WRITTEN.values(), ids=WRITTEN)
def test_letter_has_one_name_for_program_and_digest(letter: Letter) -> None:
    """日报 is a form that schools send in."""
    assert re.findall("日报|机器人", letter.subject + letter.text + letter.html) == []


@pytest.mark.parametrize("letter", WRITTEN.values(), ids=WRITTEN)
def test_html_keeps_phone_rules_beside_inlined_styles(letter: Letter) -> None:
    assert letter.html.count("<style") == 1
    assert "@media only screen and (max-width: 480px)" in letter.html


@pytest.mark.parametrize("letter", WRITTEN.values(), ids=WRITTEN)
def test_letter_has_no_doubled_or_hanging_marks(letter: Letter) -> None:
    """What goes wrong when sentences are put together from parts."""
    assert re.findall(r"。。|，，|，。|。，|：。|（）|“”|、、|、。|None|  +\S+  +", letter.text) == []
