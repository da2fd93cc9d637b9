"""uuencode, yEnc and BinHex."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from intake_bot.mail.reading.content.older_encodings import BinHex, Uuencode, YEnc
from intake_bot.mail.reading.content.transfer_encodings import Decoder, Sink
from tests.mail.encodings import binhex, uuencode, yenc

DICE = Random(4)
RANDOM = DICE.randbytes(50_000)
RUNS = b"".join(bytes((DICE.randrange(140, 150),)) * DICE.choice((1, 2, 3, 4, 200, 255, 300)) for _ in range(500))
CONTENTS = [RANDOM, RUNS, bytes(10_000), b"\x90" * 1000, b"a", b"=" * 100, b"=ybegin\r\nend\r\n" * 9]


def decoded(decoder: Callable[[Sink], Decoder], encoded: bytes, step: int) -> tuple[bytes, bool]:
    blocks: list[bytes] = []
    decoding = decoder(blocks.append)
    for at in range(0, len(encoded), step):
        decoding.feed(encoded[at : at + step])
    decoding.close()
    return b"".join(blocks), decoding.is_whole


@pytest.mark.parametrize("step", [1, 7, 4096, 1 << 20])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize(
    ("decoder", "encode"), [(Uuencode, uuencode), (YEnc, yenc), (BinHex, binhex)], ids=["uuencode", "yEnc", "BinHex"]
)
def test_encoded_file_is_decoded_whole(
    decoder: Callable[[Sink], Decoder], encode: Callable[[bytes], bytes], line_end: bytes, step: int
) -> None:
    for content in CONTENTS:
        if step == 1:
            content = content[:3000]
        encoded = b"text ahead\r\n" + encode(content).replace(b"\n", line_end)
        assert decoded(decoder, encoded, step) == (content, True)


@pytest.mark.parametrize(
    ("decoder", "encoded"),
    [
        pytest.param(Uuencode, uuencode(RANDOM, end=""), id="uuencode without its end"),
        pytest.param(YEnc, yenc(RANDOM, end="=yend size=50000 crc32=00000000"), id="yEnc of another CRC"),
        pytest.param(YEnc, yenc(RANDOM, end="=yend size=50001"), id="yEnc of another size"),
        pytest.param(YEnc, yenc(RANDOM, end="x"), id="yEnc without its end"),
        pytest.param(YEnc, yenc(RANDOM, part="=ypart begin=1 end=50000\n"), id="one part of a file in yEnc"),
        pytest.param(BinHex, binhex(RANDOM, broken=True), id="BinHex of another CRC"),
        pytest.param(BinHex, binhex(RANDOM)[:-300], id="BinHex without its end"),
    ],
)
def test_file_with_missing_or_wrong_bytes_is_not_whole(decoder: Callable[[Sink], Decoder], encoded: bytes) -> None:
    content, is_whole = decoded(decoder, encoded, 4096)
    assert content[:1000] == RANDOM[:1000]
    assert not is_whole


def test_uuencode_with_blanks_for_zero_and_without_those_at_line_ends_is_decoded() -> None:
    content = bytes(90) + RANDOM[:1000] + bytes(90)
    for backtick in (True, False):
        encoded = uuencode(content, backtick=backtick)
        stripped = b"\n".join(line.rstrip() for line in encoded.split(b"\n"))
        assert decoded(Uuencode, stripped, 100) == (content, True)


def test_uuencode_without_its_first_line_is_decoded() -> None:
    encoded = uuencode(RANDOM).partition(b"\n")[2]
    assert decoded(Uuencode, encoded, 4096) == (RANDOM, True)


def test_binhex_gives_the_name_in_it() -> None:
    decoding = BinHex(lambda _: None)
    decoding.feed(binhex(b"x", "活动.docx".encode("gbk")))
    decoding.close()
    assert decoding.name == "活动.docx".encode("gbk")


def test_binhex_bomb_is_stopped() -> None:
    written = 0

    def count(block: bytes) -> None:
        nonlocal written
        written += len(block)

    decoding = BinHex(count)
    decoding.feed(binhex(bytes(30_000_000)))
    decoding.close()
    assert written <= 20_000_000
    assert not decoding.is_whole


@pytest.mark.parametrize("decoder", [Uuencode, YEnc, BinHex])
def test_any_bytes_are_taken(decoder: Callable[[Sink], Decoder]) -> None:
    dice = Random(5)
    for encode in (uuencode, yenc, binhex):
        for _ in range(60):
            encoded = bytearray(encode(RANDOM[:2000]))
            for _ in range(dice.randint(1, 30)):
                encoded[dice.randrange(len(encoded))] = dice.randrange(256)
            decoded(decoder, bytes(encoded), dice.choice((1, 50, 5000)))
