"""One spelling for comparing names and subjects; what people wrote is kept elsewhere and shown as they wrote it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from opencc import OpenCC

# Zero-width signs, direction marks and variation selectors: invisible, and pasted along with every second subject.
# And halves of characters (surrogates), which broken files hold and the converter cannot take.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\ud800-\udfff]")


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def without_invisible(text: str) -> str:
    """The text without signs that nobody sees."""
    return _INVISIBLE.sub("", text)


def normalise(text: str) -> str:
    """Half-width, simplified, lower case, without invisible signs; runs of white space become one space."""
    plain = unicodedata.normalize("NFKC", without_invisible(text))
    simplified: str = _converter().convert(plain)
    return re.sub(r"\s+", " ", simplified).strip().lower()


def compact(text: str) -> str:
    """`normalise`, without any white space: for comparing titles and names."""
    return normalise(text).replace(" ", "")


@lru_cache(maxsize=256)
def any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """Finds any of the names in a normalised text, the longest first, with spaces allowed inside; nothing where there
    are none."""
    keys = sorted({compact(name) for name in names} - {""}, key=len, reverse=True)
    return re.compile("|".join(" ?".join(map(re.escape, key)) for key in keys) or r"(?!)")
