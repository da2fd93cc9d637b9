"""What names of files claim, read for different questions from different lists."""

from __future__ import annotations

from intake_bot.files.danger import _EXPECTED_EXTENSIONS
from intake_bot.files.facts import PHOTOS, TEXTS, VIDEOS
from intake_bot.judging.assignment import KIND_BY_SUFFIX
from intake_bot.judging.rules.wrong_kind import _FAMILY_OF_SUFFIX

OPEN_TO_MORE = {"docm", "svg", "ts"}
"""With macros, with scripts, and TypeScript as well as video: no names for a harmless text."""


def test_name_claims_the_family_of_the_kind_that_it_stands_for() -> None:
    measured = {suffix[1:]: kind for suffix, kind in KIND_BY_SUFFIX.items() if kind in PHOTOS | VIDEOS | TEXTS}
    assert [suffix for suffix, kind in measured.items() if kind not in _FAMILY_OF_SUFFIX.get(suffix, ())] == []


def test_name_of_material_is_no_sign_of_danger() -> None:
    assert set(_FAMILY_OF_SUFFIX) - _EXPECTED_EXTENSIONS == OPEN_TO_MORE
