"""Files and PGP messages inside a text body."""

from __future__ import annotations

from base64 import encodebytes
from dataclasses import dataclass, field
from random import Random

import pytest

from intake_bot.demo.media import chinese_text, docx
from intake_bot.mail.reading.content.embedded_files import EmbeddedFileExtractor
from intake_bot.mail.reading.content.transfer_encodings import Sink
from tests.mail.encodings import begin_base64, binhex, uuencode, yenc

WORD = docx(["活动情况", chinese_text(900)])
JPEG = b"\xff\xd8\xff\xe0" + Random(7).randbytes(5000)
ARMOUR = b"-----BEGIN PGP MESSAGE-----\n\n" + encodebytes(Random(8).randbytes(3000)) + b"=abcd\n"
MESSAGE = ARMOUR + b"-----END PGP MESSAGE-----\n"


@dataclass
class Found:
    """What was found in a text."""

    files: list[bytearray] = field(default_factory=list)
    names: list[bytes] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    pgp_messages: int = 0

    def begin_file(self, name: bytes, content_type: str) -> Sink:
        self.files.append(bytearray())
        self.names.append(name)
        self.types.append(content_type)
        return self.files[-1].extend

    def end_file(self, is_whole: bool, name: bytes) -> None:
        self.whole.append(is_whole)
        self.names[-1] = name or self.names[-1]

    def find_pgp_message(self) -> None:
        self.pgp_messages += 1


def extract(text: bytes, step: int = 1000) -> tuple[bytes, Found]:
    rest: list[bytes] = []
    found = Found()
    extractor = EmbeddedFileExtractor(rest.append, found)
    for at in range(0, len(text), step):
        extractor.feed(text[at : at + step])
    extractor.close()
    return b"".join(rest), found


@pytest.mark.parametrize("step", [1, 300, 1 << 20])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize(
    ("encoded", "name"),
    [
        pytest.param(uuencode(WORD, "材料 1.docx"), "材料 1.docx".encode(), id="uuencode"),
        pytest.param(begin_base64(WORD), b"a.docx", id="uuencode in base64"),
        pytest.param(yenc(WORD, "a b.docx"), b"a b.docx", id="yEnc"),
        pytest.param(binhex(WORD, b"c.docx"), b"c.docx", id="BinHex"),
        pytest.param(encodebytes(WORD), b"", id="base64"),
    ],
)
def test_file_is_taken_out_of_the_text(encoded: bytes, name: bytes, line_end: bytes, step: int) -> None:
    text = b"text before\n\n" + encoded + b"\ntext behind\n"
    rest, found = extract(text.replace(b"\n", line_end), step)
    assert [bytes(file) for file in found.files] == [WORD]
    assert (found.names, found.whole) == ([name], [True])
    assert rest.split() == b"text before text behind".split()


def test_every_file_of_a_text_is_taken_out() -> None:
    text = uuencode(WORD, "1.docx") + b"and\n" + uuencode(JPEG, "2.jpg") + encodebytes(JPEG) + b"\n" + yenc(WORD, "3")
    rest, found = extract(text)
    assert [bytes(file) for file in found.files] == [WORD, JPEG, JPEG, WORD]
    assert found.whole == [True] * 4
    assert rest.strip() == b"and"


@pytest.mark.parametrize(
    "encoded",
    [uuencode(WORD, end=""), uuencode(WORD, end="text again\n"), yenc(WORD, end="x"), binhex(WORD)[:-500]],
    ids=["uuencode", "uuencode before text", "yEnc", "BinHex"],
)
def test_file_without_its_end_is_not_whole(encoded: bytes) -> None:
    _, found = extract(b"text\n" + encoded)
    assert found.whole == [False]


def test_body_that_is_a_file_is_taken_out_as_one() -> None:
    rest, found = extract(WORD)
    assert (rest, [bytes(file) for file in found.files]) == (b"", [WORD])
    assert found.types == ["application/vnd.openxmlformats-officedocument.wordprocessingml.document"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"begin 644 the work tomorrow\nwith good will\n", id="begin of a sentence"),
        pytest.param(b"begin\nend\n=yend\n====\n", id="ends without beginnings"),
        pytest.param("老师好，\r\n\r\n材料见附件。".encode("utf-16"), id="UTF-16"),
        pytest.param(b"a" * 20_000, id="line without end"),
        pytest.param(b"\r\r\n\n\r", id="line ends"),
        pytest.param((b"x" * 64 + b"\n") * 30, id="lines of letters"),
        pytest.param(b"", id="nothing"),
    ],
)
@pytest.mark.parametrize("step", [1, 9000])
def test_other_text_is_unchanged(text: bytes, step: int) -> None:
    rest, found = extract(text, step)
    assert (rest, found) == (text, Found())


@pytest.mark.parametrize(
    ("text", "rest", "count"),
    [
        pytest.param(MESSAGE, b"", 1, id="message"),
        pytest.param(b"text\n" + MESSAGE + b"more\n", b"text\nmore\n", 1, id="message in text"),
        pytest.param(ARMOUR, b"", 1, id="message without its end"),
        pytest.param(
            b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\ntext\n-----BEGIN PGP SIGNATURE-----\n\nabc\n"
            b"-----END PGP SIGNATURE-----\n",
            b"text\n",
            0,
            id="signed text",
        ),
        pytest.param(
            b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n-----END PGP PUBLIC KEY BLOCK-----\ntext\n",
            b"text\n",
            0,
            id="key",
        ),
    ],
)
def test_pgp_is_taken_out_of_the_text_and_a_message_is_reported(text: bytes, rest: bytes, count: int) -> None:
    left, found = extract(text)
    assert (left, found.pgp_messages) == (rest, count)


@pytest.mark.parametrize("texts", [60, pytest.param(1000, marks=pytest.mark.slow)])
def test_any_bytes_are_taken(texts: int) -> None:
    dice = Random(9)
    bases = [uuencode(JPEG), yenc(JPEG), binhex(JPEG), encodebytes(JPEG), begin_base64(JPEG), MESSAGE]
    for _ in range(texts):
        text = bytearray(b"text\n".join(dice.sample(bases, 3)))
        for _ in range(dice.randint(0, 40)):
            text[dice.randrange(len(text))] = dice.choice(b"\r\n=:`- \0\xff" + bytes((dice.randrange(256),)))
        _, found = extract(bytes(text), dice.choice((1, 77, 4096)))
        assert len(found.whole) == len(found.files)
