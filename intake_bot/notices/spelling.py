"""Normalises names and subjects for comparing. What people wrote is kept elsewhere, and shown as they wrote it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from opencc import OpenCC

# Zero-width characters, direction marks and variation selectors: invisible, and often pasted along with a subject.
# And surrogates, which broken files contain and the converter cannot take.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\ud800-\udfff]")

_NAME_LENGTH = 100


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def strip_invisible(text: str) -> str:
    """Removes invisible characters and surrogates."""
    return _INVISIBLE.sub("", text)


def normalise(text: str) -> str:
    """Returns half-width, simplified, lower case text without invisible characters; white space becomes one space."""
    return _normalise_name(text) if len(text) <= _NAME_LENGTH else _normalise(text)


@lru_cache(maxsize=4096)
def _normalise_name(text: str) -> str:
    """The same names of units, materials and files are compared with every mail, and each with many others."""
    return _normalise(text)


def _normalise(text: str) -> str:
    plain = unicodedata.normalize("NFKC", strip_invisible(text))
    simplified: str = _converter().convert(plain)
    return re.sub(r"\s+", " ", simplified).strip().lower()


def compact(text: str) -> str:
    """Returns `normalise(text)` without any white space: for comparing titles and names."""
    return normalise(text).replace(" ", "")


@lru_cache(maxsize=256)
def name_pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Returns a pattern that finds any of the names in a normalised text, the longest first, also with spaces inside.

    Without names it matches nothing.
    """
    keys = sorted({compact(name) for name in names} - {""}, key=len, reverse=True)
    return re.compile("|".join(" ?".join(map(re.escape, key)) for key in keys) or r"(?!)")
