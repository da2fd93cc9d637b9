"""Files packed by a Macintosh."""

from __future__ import annotations

from base64 import encodebytes
from collections.abc import Callable

import pytest

from intake_bot.demo.media import chinese_text, docx
from intake_bot.mail.reading.content.content_decoding import attachment_decoder
from tests.mail.encodings import apple_single, binhex, mac_binary

WORD = docx(["活动情况", chinese_text(900)])


def decoded(declared: str, content: bytes, step: int = 0) -> tuple[bytes, bool, bytes]:
    into = bytearray()
    decoder = attachment_decoder(declared, into.extend)
    for at in range(0, len(content), step or len(content)):
        decoder.feed(content[at : at + (step or len(content))])
    decoder.close()
    return bytes(into), decoder.is_whole, decoder.name


@pytest.mark.parametrize("step", [0, 1, 100_000], ids=["at once", "byte by byte", "in blocks"])
@pytest.mark.parametrize("pack", [apple_single, mac_binary])
def test_data_fork_is_the_file(pack: Callable[[bytes], bytes], step: int) -> None:
    packed = pack(WORD)
    assert decoded("base64", encodebytes(packed), step) == (WORD, True, b"a.docx")
    assert decoded("binary", packed, step) == (WORD, True, b"a.docx")


def test_data_fork_larger_than_the_first_block_is_whole() -> None:
    data = b"\xff\xd8\xff" + bytes(range(256)) * 400
    assert decoded("base64", encodebytes(mac_binary(data)), 5000)[:2] == (data, True)
    assert decoded("base64", encodebytes(apple_single(data, rest=b"r" * 20_000)), 5000)[:2] == (data, True)


def test_package_that_ends_early_is_not_whole() -> None:
    assert decoded("binary", mac_binary(WORD)[:500])[1] is False
    assert decoded("binary", apple_single(WORD)[:500])[1] is False


def test_package_without_a_file_stays_as_it_is() -> None:
    assert decoded("binary", apple_single(b"")) == (apple_single(b""), True, b"")


def test_header_with_another_checksum_is_no_package() -> None:
    assert decoded("binary", mac_binary(WORD, check=1)) == (mac_binary(WORD, check=1), True, b"")


def test_package_in_binhex_is_unpacked() -> None:
    assert decoded("7bit", binhex(mac_binary(WORD)))[:2] == (WORD, True)
