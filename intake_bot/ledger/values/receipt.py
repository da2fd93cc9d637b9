"""The receipt number (回执编号): short, digits only, with a check digit, easy to say on the telephone: 1042-9.

The check digit is Damm's (H. M. Damm, "Total anti-symmetrische Quasigruppen", Marburg 2004): every wrong
digit and every swap of two neighbours is noticed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

FIRST = 1000
"""Added to the row id, so that no number is shorter than four digits."""

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)

_DASH = r" ?[-‐‑‒–—―−ー_~] ?"
_LEAD = r"[\s:#为是【\[(〔「]{0,8}"
_NUMBER = r"(?P<number>[1-9][0-9]{3,8})"
# More digits, at once or behind another dash, make it a date or a telephone number.
_CHECK = r"(?P<check>[0-9])(?! ?[-‐‑–—/.] ?[0-9]|[0-9])"

_WITH_RECEIPT = (
    re.compile(rf"回[执執](?:编号|編號|号码|单号|号)?{_LEAD}{_NUMBER}{_DASH}{_CHECK}"),
    re.compile(rf"回[执執](?:编号|編號|号码|单号|号){_LEAD}{_NUMBER} ?{_CHECK}"),
)
_WITHOUT_RECEIPT = (
    re.compile(rf"(?:编号|編號|[补重再][发發报報交寄传充件正]|更正){_LEAD}{_NUMBER}{_DASH}{_CHECK}"),
    re.compile(rf"[【\[(〔「《<] ?{_NUMBER}{_DASH}{_CHECK} ?[】\])〕」》>]"),
)
_YEAR = re.compile("20[0-9]{2}")


def receipt_number(row_id: int) -> str:
    """The receipt number of a message row (ids count from 1): receipt_number(42) == "1042-9"."""
    number = str(row_id + FIRST)
    return f"{number}-{_check_digit(number)}"


def message_of_receipt(receipt: str) -> int:
    """The id of the message row: message_of_receipt("1042-9") == 42."""
    return int(receipt.partition("-")[0]) - FIRST


def read_receipt(typed: str) -> str | None:
    """The receipt number that somebody typed: with any dash or none, with the check digit or without. None for anything
    else, such as a wrong check digit."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    whole = re.fullmatch(rf"{_NUMBER}(?:{_DASH})?(?P<check>[0-9])", plain)
    if whole and _check_digit(whole["number"]) == whole["check"]:
        return f"{whole['number']}-{whole['check']}"
    if re.fullmatch(_NUMBER, plain):
        return f"{plain}-{_check_digit(plain)}"
    return find_receipt(typed)


def find_receipt(text: str) -> str | None:
    """The first well-formed receipt number in a subject or a body, in the form that `receipt_number` gives.

    Full-width digits and every kind of dash are understood. A bare number is never taken: a word such as 回执, 编号
    or 补发 must stand before it, or brackets around it. Without the word 回执 a number that could be a year (2000 to
    2099) is skipped, so that neither 【2023-5】 nor a telephone number is read as a receipt. Whether the number was
    ever given out, only the ledger knows.
    """
    plain = unicodedata.normalize("NFKC", text)
    found = [match for form in _WITH_RECEIPT for match in form.finditer(plain)]
    found += [
        match for form in _WITHOUT_RECEIPT for match in form.finditer(plain) if not _YEAR.fullmatch(match["number"])
    ]
    for match in found:
        if _check_digit(match["number"]) == match["check"]:
            return f"{match['number']}-{match['check']}"
    return None


def _check_digit(number: str) -> str:
    return str(_DAMM[_interim(number[:-1])][int(number[-1])])


@lru_cache(maxsize=1024)
def _interim(lead: str) -> int:
    """The state of the check behind these digits; ten numbers in a row share it."""
    interim = 0
    for digit in lead:
        interim = _DAMM[interim][int(digit)]
    return interim
