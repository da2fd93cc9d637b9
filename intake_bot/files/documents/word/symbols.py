"""Decodes characters of symbol fonts, such as the checked box of Wingdings, which stand in no charset."""

from __future__ import annotations

_WINGDINGS = {
    **{0x81 + n: chr(0x2460 + n) for n in range(10)},
    **{0x8C + n: chr(0x2776 + n) for n in range(10)},
    0x80: "⓪", 0x8B: "⓿",
    0x22: "✂", 0x28: "☎", 0x2A: "✉", 0x4A: "☺", 0x4C: "☹", 0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x71: "❑",
    0x72: "❒", 0x75: "◆", 0x76: "❖", 0x9E: "·", 0x9F: "•", 0xA1: "○", 0xA7: "▪", 0xA8: "◻", 0xAB: "★", 0xD8: "➢",
    0xE0: "→", 0xE8: "➔", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_WINGDINGS_2 = {
    **{0x6A + n: chr(0x2460 + n) for n in range(10)},
    0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x97: "●", 0x98: "●", 0xA2: "■", 0xA3: "□",
}  # fmt: skip
_SYMBOL = {
    **{code: chr(code) for code in range(0x20, 0x40)},
    **{0x41 + n: letter for n, letter in enumerate("ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ")},
    **{0x61 + n: letter for n, letter in enumerate("αβχδεφγηιϕκλμνοπθρστυϖωξψζ")},
    0xA3: "≤", 0xA5: "∞", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×",
    0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xBC: "…", 0xD6: "√", 0xE5: "∑",
}  # fmt: skip
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}


def decode_symbol(font: str, code: str) -> str:
    """Returns the character of a w:sym element (ECMA-376 part 1, 17.3.3.30): `code` is hexadecimal.

    Codes from F000 stand for the bytes of a symbol font. One that no table here has stays a character for private use,
    so that it is counted. Returns nothing for a faulty code.
    """
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    table = _FONTS.get(font.strip().lower())
    if 0xF000 <= number <= 0xF0FF or (table is not None and 0 <= number <= 0xFF):
        return (table or {}).get(number & 0xFF, chr(0xF000 | number & 0xFF))
    return chr(number) if 0x20 <= number < 0xD800 or 0xE000 <= number <= 0x10FFFF else ""
