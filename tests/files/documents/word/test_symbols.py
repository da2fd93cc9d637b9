from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.files.documents.word.symbols import decode_symbol
from intake_bot.files.facts import Kind
from tests.files import samples
from tests.files.documents.measuring import measure


@pytest.mark.parametrize(
    ("font", "code", "character"),
    [
        ("Wingdings", "F0FE", "☑"),
        ("wingdings", "00FE", "☑"),
        ("Wingdings", "F0A8", "◻"),
        ("Wingdings", "F081", "①"),
        ("Wingdings", "F08A", "⑩"),
        ("Wingdings", "F08C", "❶"),
        ("Wingdings 2", "F052", "☑"),
        ("Wingdings 2", "F0A3", "□"),
        ("Symbol", "F061", "α"),
        ("Symbol", "F0B0", "°"),
        ("Symbol", "F035", "5"),
        ("宋体", "4E2D", "中"),
        ("宋体", "2611", "☑"),
        ("", "1F600", "😀"),
        ("Webdings", "F061", "\uf061"),
        ("宋体", "D800", ""),
        ("宋体", "0007", ""),
        ("Wingdings", "-2", ""),
        ("", "", ""),
        ("", "x", ""),
        ("", "FFFFFFFFFF", ""),
    ],
)
def test_symbol_is_decoded(font: str, code: str, character: str) -> None:
    assert decode_symbol(font, code) == character


def test_symbols_are_part_of_text(tmp_path: Path) -> None:
    box = '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'
    rare = '<w:r><w:sym w:font="宋体" w:char="9555"/></w:r>'
    content = samples.word(samples.paragraph(box, samples.run("是"), rare))
    facts, trouble = measure(tmp_path, content, Kind.DOCX)
    assert (facts and (facts.text, facts.words), trouble) == (("☑是镕", 3), None)
