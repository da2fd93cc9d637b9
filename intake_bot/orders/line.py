"""One line of a mail in plain characters, with the way back to the characters that were written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from intake_bot.ledger.values.receipt import read_receipt
from intake_bot.notices.spelling import strip_invisible

_TRADITIONAL = str.maketrans(
    "誰沒報臺帳週關銷幫選個單認確對發還請煩閉號編執複覆話", "谁没报台账周关销帮选个单认确对发还请烦闭号编执复复话"
)
"""Only what verbs are written with; names are converted whole where they are read."""
_DASH = r" ?[-‐‑‒–—―−ー_~] ?"
NUMBER = re.compile(
    r"[\s,，、;；:和及与]*(?:(?:第|这|邮件|回[执執])?(?:的)?(?:编号|号码|单号)?[\s:#为是【\[(〔「《<“\"]{0,4})"
    rf"(?<![\d-])(?P<number>[1-9]\d{{3,8}})(?:(?:{_DASH}|(?<=\d) )(?P<check>\d)(?!\d| ?[-/.] ?\d)|(?!\d| ?[-/.] ?\d))"
    r"(?! ?[年月日点时])"
    r"[】\])〕」》>”\"]?(?:号|的|这封|这一封)?\s?"
)
"""A receipt number at the beginning of a normalised text, with or without its check digit, in or without brackets."""
_BULLET = re.compile(
    r"[\s>•·*●◆▪—–-]*(?:(?:第?[0-9一二三四五六七八九十]{1,2}[.、)):：条](?!\d)|[(（][0-9一二三四五六七八九十]{1,2}[)）])[\s:：、.]*)?"
)
_POLITE = re.compile(
    r"(?:(?:老师|你好|您好)[,:。!\s]+)*(?:请|麻烦|烦请|劳驾|帮我|帮忙|那就|那|再)*(?:你|您|帮我|帮忙)?(?:将|把|给我|我要|要|来)?\s*"
)
_CIRCLED = re.compile("^[\\s]*[①-⑳⑴-⒇]")
_QUOTES = "“”\"'‘’「」【】《》"


@dataclass(frozen=True)
class PlainLine:
    """What a line says: half-width, in lower case; and the same in the characters that were written."""

    plain: str
    original: str
    places: tuple[int, ...]
    """For each character of `plain` its position in `original`, and at the end the length."""

    def behind(self, start: int) -> PlainLine:
        """The line from this position of `plain` on, without white space before it."""
        start += len(self.plain[start:]) - len(self.plain[start:].lstrip())
        offset = self.places[start]
        return PlainLine(self.plain[start:], self.original[offset:], tuple(one - offset for one in self.places[start:]))

    def upto(self, end: int) -> PlainLine:
        """The line before this position of `plain`."""
        return PlainLine(self.plain[:end], self.original[: self.places[end]], self.places[: end + 1])


def plain_line(written: str) -> PlainLine:
    """The line without bullets, quotation marks and politeness before it."""
    original = _CIRCLED.sub("", strip_invisible(written)).strip().strip(_QUOTES).strip()
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(original):
        for one in unicodedata.normalize("NFKC", character).translate(_TRADITIONAL).lower():
            if not (one.isspace() and characters[-1:] == [" "]):
                characters.append(" " if one.isspace() else one)
                places.append(place)
    line = PlainLine("".join(characters), original, (*places, len(original)))
    for prefix in (_BULLET, _POLITE):
        found = prefix.match(line.plain)
        line = line.behind(found.end() if found else 0)
    return line


def has_number(line: PlainLine) -> bool:
    """True where a receipt number stands in the line, with its check digit, be it right or wrong."""
    return any(found["check"] for found in NUMBER.finditer(line.plain))


def checked_number(found: re.Match[str]) -> str | None:
    """The receipt number of a match of `NUMBER`; None where its check digit is wrong."""
    return read_receipt(f"{found['number']}-{found['check']}")
