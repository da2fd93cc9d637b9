"""What the admin probably meant: the nearest valid spelling."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

from intake_bot.notices.spelling import compact

# 58 takes prot for port (75); a word of two or three signs differs by half with one slip: 学较 for 学校 (50).
_SCORE = 58
_SHORT_SCORE = 50
_PHRASE_SCORE = 40


def nearest(word: str, valid: Iterable[str]) -> str | None:
    """The valid word that looks most like `word`, or None when none looks like it at all."""
    return _best(word, valid, _SHORT_SCORE if len(word) <= 3 else _SCORE)


def nearest_phrase(words: str, valid: Iterable[str]) -> str | None:
    """The same for whole phrases, where a likeness is worth showing sooner."""
    return _best(words, valid, _PHRASE_SCORE)


def _best(word: str, valid: Iterable[str], cutoff: int) -> str | None:
    choices = {choice: compact(choice).replace("-", "_") for choice in valid}
    found = process.extractOne(compact(word).replace("-", "_"), choices, scorer=fuzz.ratio, score_cutoff=cutoff)
    return found[2] if found else None


def meant(word: str, valid: Iterable[str]) -> str:
    """A half-sentence for the end of a message: the nearest spelling, or else all that could be written."""
    choices = tuple(valid)
    if near := nearest(word, choices):
        return f"，是不是想写“{near}”？"
    return f"。可以写的有：{'、'.join(choices)}。" if choices else "。"
