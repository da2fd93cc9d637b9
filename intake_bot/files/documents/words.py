"""Counts 字数 as Word does, and finds the links in a text."""

from __future__ import annotations

import re

from intake_bot.files.facts import TextFacts

_WIDE = (
    "\u2014\u2015\u2018\u2019\u201c\u201d\u2026\u00b7"  # —―‘’“”…·: full-width in a Chinese font
    "\u2e80-\u2fff"  # radicals
    "\u3001-\ua4cf"  # Chinese punctuation, kana, bopomofo, ideographs, Yi
    "\ua960-\ua97f\uac00-\ud7ff"  # hangul
    "\uf900-\ufaff\ufe30-\ufe6f"  # compatibility ideographs and forms
    "\uff01-\uffee"  # full-width and half-width forms
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"  # rare kana and ideographs
)
_WORD = re.compile(f"[{_WIDE}]|[^\\s{_WIDE}]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]")

_LINK_FIELD = re.compile(r'HYPERLINK\s+(?:"([^"]+)"|([^\s"\\]+))')
_LINK = re.compile(r"(?:https?://|www\.|mp\.weixin\.qq\.com/)[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", re.I)


def count_words(text: str) -> int:
    """Returns the 字数: each ideograph, kana, hangul and full-width character counts as one, and so does each run of
    other characters between blanks.

    `2025年5月12日 Hello world` has 8. Characters without width (byte order mark, variation selector) do not count.
    """
    return sum(1 for _ in _WORD.finditer(_INVISIBLE.sub("", text)))


def find_links(text: str) -> tuple[str, ...]:
    """Returns the web addresses in a text, in order, each once. Chinese text may follow without a blank."""
    return tuple(dict.fromkeys(found[0].rstrip(".,;:!?)]'") for found in _LINK.finditer(text)))


def read_field_link(code: str) -> str:
    """Returns the target of a HYPERLINK field of Word; empty for other fields and for targets in the document."""
    found = _LINK_FIELD.search(code)
    return (found[1] or found[2]) if found else ""


def make_text_facts(
    text: str,
    *,
    pictures: int = 0,
    links: tuple[str, ...] = (),
    tables: tuple[tuple[tuple[str, ...], ...], ...] = (),
) -> TextFacts:
    """Makes the facts of a text. `links` are the targets behind words; addresses in the text are added to them."""
    every_link = tuple(dict.fromkeys(links + find_links(text)))
    return TextFacts(text, count_words(text), pictures, every_link, tables)
