"""The order that a line which was not understood comes nearest to. Only ever a suggestion."""

from __future__ import annotations

import re
from typing import Any

from intake_bot.ledger.values.receipt import read_receipt
from intake_bot.orders.line import NUMBER, PlainLine
from intake_bot.orders.order import Verb
from intake_bot.orders.verbs import EXAMPLES, LIKENESSES, PLACEHOLDERS, SPELLINGS, WITH_NUMBER

_SIMILAR = 45
"""Of 100; below that the list of orders is the better help."""
_VERB_LENGTH = 8
_FORMS = {Verb.EXTEND: f"{Verb.EXTEND} 单位 材料 日期和钟点", Verb.UNDO: f"{Verb.UNDO} 命令的号"}
"""Of verbs whose examples name what may exist: a clerk copies what is suggested."""


def suggest(line: PlainLine, open_numbers: tuple[str, ...]) -> str:
    """A line to write instead: with the receipt number that the line names, or the nearest one that is open; else one
    that does nothing when it is copied as it stands."""
    found = NUMBER.search(line.plain)
    verb = _likely_verb(line, has_number=found is not None)
    number = _number(found, open_numbers) if found else next(iter(open_numbers), "")
    if verb in WITH_NUMBER:
        return " ".join(part for part in (verb, number or "编号", PLACEHOLDERS[verb]) if part)
    return _FORMS.get(verb, EXAMPLES[verb][0])


def _number(found: re.Match[str], open_numbers: tuple[str, ...]) -> str:
    written = found["number"] + (f"-{found['check']}" if found["check"] else "")
    if found["check"] and read_receipt(written):
        return written
    near = _most_similar(written, open_numbers, 60)
    if near is not None:
        return near[0]
    return (read_receipt(found["number"]) or "") if not found["check"] else ""


def _likely_verb(line: PlainLine, *, has_number: bool) -> Verb:
    for verb, spelling in SPELLINGS.items():
        if spelling.search(line.plain):
            return verb
    like = next((LIKENESSES[one] for one in line.plain[:_VERB_LENGTH] if one in LIKENESSES), None)
    if like is not None and (has_number or like not in WITH_NUMBER):
        return like
    if has_number:
        return Verb.ACCEPT
    examples = {verb: example for verb, (example, _) in EXAMPLES.items()}
    near = _most_similar(line.plain, examples, _SIMILAR)
    return near[2] if near is not None else Verb.HELP


def _most_similar(
    written: str, choices: tuple[str, ...] | dict[Verb, str], cutoff: int
) -> tuple[str, float, Any] | None:
    """The choice with its score and its index or key; None where all are below the cutoff."""
    # Here and not above: it takes 6 MB, and most answers hold orders that are understood.
    from rapidfuzz import fuzz, process

    return process.extractOne(written, choices, scorer=fuzz.ratio, score_cutoff=cutoff)
