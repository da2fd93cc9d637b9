"""Finds the valid spelling nearest to a typo."""

from __future__ import annotations

from collections.abc import Iterable

from intake_bot.notices.spelling import compact

# 58 accepts prot for port (75). One typo in two or three characters changes half of the word: 学较 for 学校 (50).
_SCORE = 58
_SHORT_SCORE = 50
_PHRASE_SCORE = 40


def find_nearest(word: str, valid: Iterable[str]) -> str | None:
    """Returns the valid word most similar to `word`, or None when none is similar."""
    return _best(word, valid, _SHORT_SCORE if len(word) <= 3 else _SCORE)


def find_nearest_phrase(words: str, valid: Iterable[str]) -> str | None:
    """Returns the most similar phrase. Less similarity is enough than for a word."""
    return _best(words, valid, _PHRASE_SCORE)


def _best(word: str, valid: Iterable[str], cutoff: int) -> str | None:
    # Here and not above: settings without a typo need no spelling.
    from rapidfuzz import fuzz, process

    choices = {choice: compact(choice).replace("-", "_") for choice in valid}
    found = process.extractOne(compact(word).replace("-", "_"), choices, scorer=fuzz.ratio, score_cutoff=cutoff)
    return found[2] if found else None


def suggest_spelling(word: str, valid: Iterable[str]) -> str:
    """Returns the end of a message: the nearest spelling, else all valid words."""
    choices = tuple(valid)
    if near := find_nearest(word, choices):
        return f"，是不是想写“{near}”？"
    return f"。可以写的有：{'、'.join(choices)}。" if choices else "。"
