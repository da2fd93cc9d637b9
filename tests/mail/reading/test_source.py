"""The bytes of a raw mail, by lines and up to delimiters."""

from __future__ import annotations

import re
from io import BytesIO

from intake_bot.mail.reading.source import Source

BOUNDARY = re.compile(rb"\n--b(?=\r?\n)")


def test_lines_end_at_any_line_end_or_after_8_kib() -> None:
    source = Source(BytesIO(b"a\r\nb\rc\n\n" + b"d" * 10_000 + b"\r\n"))
    lines = [source.read_line() for _ in range(7)]
    assert lines == [b"a\r\n", b"b\r", b"c\n", b"\n", b"d" * 8192, b"d" * 1808 + b"\r\n", b""]


def test_bytes_up_to_a_delimiter_are_copied_and_it_is_skipped() -> None:
    source = Source(BytesIO(b"--b\r\none\r\n--b\r\n"))
    poured: list[bytes] = []
    assert source.copy_until(BOUNDARY.search, poured.append)
    assert (poured, source.read_line()) == ([], b"\r\n")
    assert source.copy_until(BOUNDARY.search, poured.append)
    assert (b"".join(poured), source.read_line()) == (b"one", b"\r\n")
    assert source.copy_until(BOUNDARY.search, poured.append) is None
