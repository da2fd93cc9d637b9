from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.files.facts import Kind, Trouble
from tests.files.documents.measuring import measure


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param("活动周".encode(), "活动周", id="utf8"),
        pytest.param("\ufeff活动周".encode(), "活动周", id="utf8-with-mark"),
        pytest.param("活动周，朱镕基".encode("gb18030"), "活动周，朱镕基", id="gbk"),
        pytest.param("活动周".encode("utf-16"), "活动周", id="utf16"),
    ],
)
def test_plain_text_is_decoded(tmp_path: Path, content: bytes, text: str) -> None:
    facts, trouble = measure(tmp_path, content, Kind.TEXT)
    assert (facts and facts.text, trouble) == (text, None)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(b"x" * 30_000_000, Trouble.BOMB, id="text-too-large"),
    ],
)
def test_faulty_plain_text_reports_trouble(tmp_path: Path, content: bytes, trouble: Trouble) -> None:
    assert measure(tmp_path, content, Kind.TEXT) == (None, trouble)
