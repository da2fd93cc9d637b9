"""The form of a subject as a notice words it: what is fixed, and where unit, material and day stand.

Notices write 活动周xx单位xx材料, 活动周+单位名称+材料名称, 【单位全称】材料名称（活动周） and the like. A subject to
copy follows the form word by word; a subject in exactly this form is right, whatever else one might expect in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from intake_bot.notices.spelling import compact


class Blank(StrEnum):
    """What is filled in."""

    UNIT = "unit"
    MATERIAL = "material"
    DAY = "day"
    OTHER = "other"
    """Something that only the school knows: a name, a telephone number. A subject to copy has a blank for it."""


_FILLER = r"(?:[x×*○〇□…]{1,8}|[_＿]{2,8}|某{1,2}|\([^()]{0,6}\))?"
_BLANK = re.compile(
    rf"(?P<unit>{_FILLER}(?:(?:报送|填报|上报)?(?:单位|学校|院校|县区|区县)(?:全称|名称|简称|名)?))"
    rf"|(?P<material>{_FILLER}(?:材料|作品|报送内容)(?:名称|类别|类型|种类|名)?)"
    rf"|(?P<day>日期|{_FILLER}月{_FILLER}日)"
    rf"|(?P<other>{_FILLER}(?:姓名|联系人|联系电话|电话|手机号?码?|序号|编号))",
    re.IGNORECASE,
)
_MAXIMUM_SUBJECT = 200
"""Characters of a subject that is compared with the form."""
_QUOTES = "“”\"'‘’《》「」"
_WORD = re.compile(r"[^\W_]{2,}")


@dataclass(frozen=True)
class _Piece:
    text: str
    blank: Blank | None = None


@dataclass(frozen=True)
class SubjectPattern:
    """The form of one notice, in pieces."""

    pieces: tuple[_Piece, ...]

    @property
    def is_usable(self) -> bool:
        """True for a form with one place for the unit and one for the material."""
        blanks = [piece.blank for piece in self.pieces]
        return blanks.count(Blank.UNIT) == 1 and blanks.count(Blank.MATERIAL) == 1

    @property
    def fixed_words(self) -> tuple[str, ...]:
        """The words that every subject of this form has: 终身学习活动周."""
        return tuple(word for piece in self.pieces if piece.blank is None for word in _WORD.findall(piece.text))

    @property
    def blanks(self) -> tuple[str, ...]:
        """The words of the form that stand for unit and material: xx单位, xx材料."""
        return tuple(piece.text for piece in self.pieces if piece.blank in (Blank.UNIT, Blank.MATERIAL))

    def position(self, blank: Blank) -> int:
        return next((number for number, piece in enumerate(self.pieces) if piece.blank is blank), -1)

    def keyword_position(self, keywords: Iterable[str]) -> int:
        """Returns the number of the piece with a keyword; -1 where the form has none."""
        wanted = [compact(keyword) for keyword in keywords]
        fixed = ((number, compact(piece.text)) for number, piece in enumerate(self.pieces) if piece.blank is None)
        return next((number for number, text in fixed if any(keyword in text for keyword in wanted)), -1)

    def write(self, unit: str, material: str, day: str) -> str:
        """Writes a subject. A day is put behind a form that has no place for it."""
        filled = "".join(_fill(piece, unit, material, day) for piece in self.pieces)
        written = filled.replace("【【", "【").replace("】】", "】")  # a blank inside the form's own brackets
        return written if not day or self.position(Blank.DAY) >= 0 else f"{written}{day}"

    def is_copied(self, subject: str) -> bool:
        """True for a subject that is the form itself, with nothing filled in."""
        return self.is_usable and compact(subject) == compact("".join(piece.text for piece in self.pieces))

    def read(
        self, subject: str, units: tuple[str, ...], materials: tuple[str, ...]
    ) -> tuple[str, tuple[str, ...]] | None:
        """Returns the names of unit and materials, compact, in a subject of exactly this form; None for any other.

        White space and full or half width do not count, and a day or a number （2/3） may stand behind it.
        """
        if not self.is_usable:
            return None
        match = _pattern(self.pieces, units, materials).fullmatch(compact(subject)[:_MAXIMUM_SUBJECT])
        return (match["unit"], tuple(re.findall(_any_of(materials), match["material"]))) if match else None


@lru_cache(maxsize=64)
def parse_form(form: str) -> SubjectPattern:
    """Parses the form of a notice. A form that names no places is not usable."""
    text = form.strip().strip(_QUOTES)
    pieces: list[_Piece] = []
    end = 0
    for match in _BLANK.finditer(text):
        if match.start() > end:
            pieces.append(_Piece(text[end : match.start()]))
        pieces.append(_Piece(match[0], Blank(match.lastgroup or Blank.UNIT)))
        end = match.end()
    if end < len(text):
        pieces.append(_Piece(text[end:]))
    return SubjectPattern(tuple(pieces))


def _fill(piece: _Piece, unit: str, material: str, day: str) -> str:
    """Returns the words for one piece: 照片材料 for xx材料, and 照片 for 材料名称."""
    match piece.blank:
        case None:
            return piece.text
        case Blank.UNIT:
            return unit
        case Blank.MATERIAL:
            return f"{material}材料" if _needs_suffix(piece) and not material.endswith("材料") else material
        case Blank.DAY:
            return day or "【日期】"
        case Blank.OTHER:
            return f"【{piece.text}】"


def _needs_suffix(piece: _Piece) -> bool:
    return piece.text.endswith("材料") and piece.text != "材料"


_AND = "[、,和及与]"


@lru_cache(maxsize=64)
def _pattern(pieces: tuple[_Piece, ...], units: tuple[str, ...], materials: tuple[str, ...]) -> re.Pattern[str]:
    unit, material = _any_of(units), _any_of(materials)
    parts = []
    for piece in pieces:
        match piece.blank:
            case None:
                # 单位+材料 may mean the sign, or only that one follows the other.
                parts.append(re.escape(compact(piece.text)).replace(r"\+", r"\+?"))
            case Blank.OTHER:
                parts.append(".{0,40}?")
            case Blank.DAY:
                parts.append(r"[\d月日号./年-]{0,12}")
            case Blank.UNIT:
                parts.append(f"(?P<unit>{unit})")
            case Blank.MATERIAL:
                parts.append(f"(?P<material>{material}(?:{_AND}{material})*)")
                if _needs_suffix(piece):
                    parts.append("(?:材料)?")
    behind = r"(?:\(?(?:\d{1,4}年)?\d{1,2}月\d{1,2}[日号]?\)?)?(?:\(\d{1,2}/\d{1,2}\))?"
    return re.compile("".join(parts) + behind)


@lru_cache(maxsize=64)
def _any_of(names: tuple[str, ...]) -> str:
    """Returns a pattern for any of the names, the longest first; for none it matches nothing."""
    keys = sorted({compact(name) for name in names} - {""}, key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, keys)) or '(?!)'})"
