"""Codes of buttons: what a `mailto:` button puts into the subject, since telephones drop the thread from it. Pure but
for `new_code`."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from intake_bot.orders.order import Order, number_of, verb_of
from intake_bot.orders.read import Known, Understood, read_orders

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which are misread."""
_GROUPS, _GROUP = 4, 4
_CODE = re.compile(
    rf"(?<![0-9A-Za-z-])(?:[{_ALPHABET}]{{{_GROUP}}}-){{{_GROUPS - 1}}}[{_ALPHABET}]{{{_GROUP}}}(?![0-9A-Za-z-])"
)
VALID_FOR = timedelta(days=7)
_ANY_WORDS = "如下"
_ANY_NUMBER = "1"


def new_code() -> str:
    """A new code of 80 random bits: 7Q2M-K0XD-44TZ-P9CE."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def find_code(subject: str) -> str | None:
    """The first code in a subject."""
    found = _CODE.search(subject)
    return found[0] if found else None


def is_expired(created_at: datetime, now: datetime) -> bool:
    """True for a code of a letter that is older than a code is valid."""
    return now - created_at > VALID_FOR


def words_of_button(line: str, words: str, known: Known) -> str:
    """The one order that a button stands for, in one line. An order that needs words (退 1017-6) or numbers (选) takes
    them from what she wrote into the mail, with or without repeating its beginning; whatever else she wrote is no
    order."""
    if _order_in(line, known) is not None:
        return line
    wanted = _order_in(f"{line} {_ANY_WORDS}", known) or _order_in(f"{line} {_ANY_NUMBER}", known)
    said = [one.strip() for one in words.splitlines() if one.strip()]
    begun = (one for one in said if wanted and _is_same_kind(wanted, _order_in(one, known)))
    return next(begun, " ".join((line, *said)))


def _order_in(line: str, known: Known) -> Order | None:
    """The only order of a line."""
    readings = read_orders(line, known)
    return readings[0].order if len(readings) == 1 and isinstance(readings[0], Understood) else None


def _is_same_kind(one: Order, other: Order | None) -> bool:
    return other is not None and (verb_of(one), number_of(one)) == (verb_of(other), number_of(other))
