from __future__ import annotations

import pytest

from intake_bot.letters.telephones import telephones

LINES = {
    "line with area code": ("职成科 0393-8991718", ["03938991718"]),
    "without a hyphen": ("电话03938991718", ["03938991718"]),
    "mobile phone": ("李老师13803931234（微信同号）", ["13803931234"]),
    "mobile phone in groups": ("李老师 138 0393 1234", ["13803931234"]),
    "two of them": ("李老师 0393-8991718、13803931234", ["03938991718", "13803931234"]),
    "with country code": ("+86 138-0393-1234", ["13803931234"]),
    "with an extension": ("0551-63505231转802", ["055163505231"]),
    "without area code": ("职成科：8991718", ["8991718"]),
    "hotline": ("热线 400-800-1234", ["4008001234"]),
    "no number": ("职成科李老师", []),
    "receipt number": ("回执编号 1042-9", []),
    "a date": ("2023-05-17", []),
    "nothing": ("", []),
}


@pytest.mark.parametrize(("line", "numbers"), LINES.values(), ids=LINES)
def test_telephone_numbers_are_found_and_the_line_is_kept(line: str, numbers: list[str]) -> None:
    pieces = telephones(line)
    assert "".join(piece.text for piece in pieces) == line
    assert [piece.number for piece in pieces if piece.number] == numbers
