from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.files.facts import Kind, TextFacts, Trouble
from tests.files.documents.measuring import measure
from tests.files.papers import pdf


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        pytest.param(pdf("Hello", "world"), TextFacts("Hello\nworld", 2), id="pages"),
        pytest.param(
            pdf("word " * 20, picture=True), TextFacts(("word " * 20).strip(), 20, 1), id="page-with-a-picture"
        ),
        pytest.param(
            pdf("see https://a.cn/1 now"), TextFacts("see https://a.cn/1 now", 3, 0, ("https://a.cn/1",)), id="link"
        ),
    ],
)
def test_pdf_gives_text_pictures_and_links(tmp_path: Path, content: bytes, facts: TextFacts) -> None:
    assert measure(tmp_path, content, Kind.PDF) == (facts, None)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(pdf("12", picture=True), Trouble.UNSUPPORTED, id="pdf-of-scans"),
        pytest.param(pdf(""), Trouble.UNSUPPORTED, id="pdf-of-drawings"),
        pytest.param(pdf(r"a\001\002\003b"), Trouble.UNSUPPORTED, id="pdf-without-character-map"),
        pytest.param(pdf("a", locked=True), Trouble.PROTECTED, id="pdf-with-a-password"),
        pytest.param(pdf("Hello")[:-6], Trouble.TRUNCATED, id="pdf-cut-off"),
        pytest.param(b"%PDF-1.7\n%%EOF", Trouble.DAMAGED, id="pdf-with-nothing-in-it"),
    ],
)
def test_faulty_pdf_reports_trouble(tmp_path: Path, content: bytes, trouble: Trouble) -> None:
    assert measure(tmp_path, content, Kind.PDF) == (None, trouble)
