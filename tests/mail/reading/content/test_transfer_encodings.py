"""Decoders of transfer encodings."""

from __future__ import annotations

from base64 import b64encode
from binascii import a2b_base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_bot.mail.reading.content.content_decoding import attachment_decoder
from intake_bot.mail.reading.content.transfer_encodings import Base64


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_decoder_fed_in_small_blocks_gives_the_same_bytes(size: int) -> None:
    for encoding, encoded in (("base64", b"5Lit5=\n5Zu9QQ==QQ"), ("quoted-printable", b"a=3D=\r\nb=E4=\r\nc")):
        whole: list[bytes] = []
        pieces: list[bytes] = []
        decoding = attachment_decoder(encoding, whole.append)
        decoding.feed(encoded)
        decoding.close()
        decoding = attachment_decoder(encoding, pieces.append)
        for at in range(0, len(encoded), size):
            decoding.feed(encoded[at : at + size])
        decoding.close()
        assert b"".join(pieces) == b"".join(whole)


def _decode(blocks: list[bytes]) -> bytes:
    decoded: list[bytes] = []
    decoder = Base64(decoded.append)
    for block in blocks:
        decoder.feed(block)
    decoder.close()
    return b"".join(decoded)


def _decode_with_binascii(text: bytes) -> bytes:
    """The same by the standard library, which ignores what is foreign, run by run between paddings."""
    known = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
    runs = text.replace(b"-", b"+").replace(b"_", b"/").translate(None, known).split(b"=")
    whole = (run[:-1] if len(run) % 4 == 1 else run for run in runs)
    return b"".join(a2b_base64(run + b"=" * (-len(run) % 4)) for run in whole)


BROKEN = {
    "padded in the middle": b"QUI=\r\nQUI=\r\nQQ==\r\n",
    "more after the end": b"QUI=QUJD",
    "padding alone": b"====",
    "padding ahead": b"=QUJD",
    "a single character over": b"QUJDR",
    "a single character before a padding": b"QUJDR=QUJD",
    "a cut line": b"QUJDREVGR0\r\nhJSktM\r\n",
    "blanks and tabs": b"QU JD\tRE VG",
    "foreign characters": b"QU*JD!RE#VG",
    "NUL and bytes above ASCII": b"QU\0JD\xffRE\xc3\xa9VG",
    "the alphabet for addresses": b"-_-_+/+/",
    "bare CR": b"QUJD\rREVG\r",
    "nothing": b"",
    "line ends alone": b"\r\n\r\n",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_broken_base64_is_decoded_as_the_standard_library_does(text: bytes) -> None:
    assert _decode([text]) == _decode_with_binascii(text)
    assert _decode([bytes([byte]) for byte in text]) == _decode_with_binascii(text)


@given(st.lists(st.text(alphabet="ABZaz09+/=-_\r\n \t*\0\xff", max_size=200).map(lambda one: one.encode("latin-1"))))
def test_any_characters_are_decoded_as_the_standard_library_does(blocks: list[bytes]) -> None:
    assert _decode(blocks) == _decode_with_binascii(b"".join(blocks))


@given(st.binary(max_size=2000), st.integers(1, 100), st.sampled_from([b"\r\n", b"\n", b"\r"]))
def test_any_bytes_in_lines_of_any_length_are_decoded(content: bytes, length: int, end: bytes) -> None:
    text = b64encode(content)
    lines = [text[at : at + length] + end for at in range(0, len(text), length)]
    assert _decode(lines) == content
