"""Bytes of unknown encoding."""

import pytest

from intake_bot.text.decoding import decode_chinese


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_text_in_any_usual_encoding_is_decoded(encoding: str) -> None:
    assert decode_chinese("濮阳市教育局".encode(encoding), "strict") == "濮阳市教育局"


def test_bytes_that_are_no_text_are_replaced_or_refused() -> None:
    assert decode_chinese(b"\xff\xff") == "\ufffd\ufffd"
    with pytest.raises(UnicodeDecodeError):
        decode_chinese(b"\xff\xff", "strict")
