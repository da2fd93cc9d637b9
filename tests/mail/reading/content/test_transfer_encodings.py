"""Decoders of transfer encodings."""

from __future__ import annotations

import pytest

from intake_bot.mail.reading.content.content_decoding import attachment_decoder


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
