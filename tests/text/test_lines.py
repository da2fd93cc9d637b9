"""Text on one line."""

import pytest

from intake_bot.text.lines import one_line, without_controls


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  a \r\n b\u2028c\u3000d ", "a b c d"),
        ("a\x00b\x85c\x9fd", "a b c d"),
        ("a\ud800b", "a b"),
        ("零\u200b宽", "零\u200b宽"),
        ("", ""),
    ],
)
def test_one_line_of_text_with_breaks_has_single_spaces(text: str, line: str) -> None:
    assert one_line(text) == line


def test_without_controls_of_text_with_breaks_keeps_other_spacing() -> None:
    assert without_controls(" a\r\n\t\x00b  c\u3000d ") == " a b  c\u3000d "
