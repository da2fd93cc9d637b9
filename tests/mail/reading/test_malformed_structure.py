"""Mails whose structure is not written as it should be, read as mail programs read them."""

from __future__ import annotations

import quopri
from base64 import encodebytes
from collections.abc import Callable
from pathlib import Path

import pytest

from intake_bot.demo.media import chinese_text, docx
from intake_bot.mail.message import Message, UnreadContent
from tests.mail.encodings import binhex, uuencode, yenc
from tests.mail.samples import raw_mail, read

WORD = docx(["活动情况", chinese_text(900)])
HEAD = raw_mail("Subject: x", "From: <a@b.cn>")
TEXT = raw_mail("Content-Type: text/plain; charset=utf-8", "", "见附件。")
FILE = raw_mail(
    "Content-Type: application/octet-stream; name=a.docx", "Content-Transfer-Encoding: base64", ""
) + encodebytes(WORD).replace(b"\n", b"\r\n")


def parts(boundary: bytes = b"=_b", ahead: bytes = b"", *, close: bool = True) -> bytes:
    """A text and a file between boundary lines; `ahead` stands at the beginning of each of these."""
    line = b"\r\n" + ahead + b"--" + boundary
    return line + b"\r\n" + TEXT + line + b"\r\n" + FILE + (line + b"--\r\n" if close else b"")


def found(message: Message) -> tuple[str, list[bytes], tuple[UnreadContent, ...]]:
    return message.text.strip(), [one.path.read_bytes() for one in message.attachments], message.unread


READ = ("见附件。", [WORD], ())


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n", b"\r", b"\r\r\n"], ids=["CRLF", "LF", "CR", "CRCRLF"])
@pytest.mark.parametrize(
    "field",
    [
        'multipart/mixed; boundary="=_b"',
        'multipart/mixed boundary="=_b"',
        "multipart/mixed boundary==_b",
        'multipart/mixed, boundary="=_b"',
        'multipart/mixed; (produced by x) boundary="=_b"',
        'multipart/mixed (comment; with semicolon); boundary="=_b"',
        'multipart/mixed; boundary="=_b" (comment)',
        "multipart/mixed; boundary='=_b'",
        'multipart/mixed; boundary="=_b;"',
        'multipart/mixed; boundary="=_b',
        'multipart/mixed; boundary = "=_b"',
        'multipart/mixed; charset="utf-8"; boundary="=_b"',
        'multipart/mixed; boundary="wrong"; boundary="=_b"',
        'multipart/mixed; boundary="=_B"',
        'multipart/mixed; boundary="never"',
        "multipart/mixed; boundary=",
        "multipart/mixed",
        "multipart",
        'multipart/multipart/mixed; boundary="=_b"',
        'multipart/x; boundary="=_b"',
        'multipart / mixed; boundary="=_b"',
        'multipart-mixed; boundary="=_b"',
        '"multipart/mixed"; boundary="=_b"',
        'MULTIPART/MIXED; BOUNDARY="=_b"',
        '; boundary="=_b"',
        'boundary="=_b"',
        'mixed; boundary="=_b"',
        "text/plain; charset=utf-8",
        'text/html; boundary="=_b"',
        "application/octet-stream",
        "",
    ],
)
def test_parts_are_found_whatever_their_type_says(field: str, line_end: bytes, tmp_path: Path) -> None:
    raw = HEAD + f"Content-Type: {field}\r\n".encode() + parts()
    assert found(read(raw.replace(b"\r\n", line_end), tmp_path)) == READ


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(
            raw_mail("Content-Type: text/plain", "Content-Type: multipart/mixed; boundary==_b"), id="two types"
        ),
        pytest.param(
            raw_mail("Content-Type: multipart/mixed; boundary=no", "Content-Type: multipart/mixed; boundary==_b"),
            id="two boundaries",
        ),
        pytest.param(raw_mail("MIME-Version: 1.0 Content-Type: multipart/mixed; boundary==_b"), id="run together"),
        pytest.param(raw_mail("Content-Type: multipart/mixed;", "boundary==_b"), id="unindented"),
        pytest.param(raw_mail("Content-Type: multipart/mixed;", 'boundary="=_b:c"'), id="unindented with a colon"),
        pytest.param(raw_mail("", "Content-Type: multipart/mixed; boundary==_b"), id="blank line ahead"),
        pytest.param(
            raw_mail("MIME-Version: 1.0", "", "", "Content-Type: multipart/mixed; boundary==_b"), id="two blank"
        ),
        pytest.param(raw_mail("no field", "Content-Type: multipart/mixed; boundary==_b"), id="line that is no field"),
        pytest.param(b"", id="no type"),
    ],
)
def test_parts_are_found_behind_a_broken_header(head: bytes, tmp_path: Path) -> None:
    boundary = b"=_b:c" if b"=_b:c" in head else b"=_b"
    assert found(read(HEAD + head + parts(boundary), tmp_path)) == READ


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(parts(close=False), id="never closed"),
        pytest.param(parts(ahead=b" "), id="blank ahead"),
        pytest.param(parts(ahead=b"\t "), id="blanks ahead"),
        pytest.param(b"\r\nThis is a multi-part message in MIME format.\r\n" + parts(), id="note for old programs"),
        pytest.param(parts().replace(b"\r\n--", b"\r--"), id="boundaries behind a bare CR"),
        pytest.param(parts().replace(b"--=_b\r\n", b"--=_b \t\r\n"), id="blanks behind"),
        pytest.param(parts().replace(b"--=_b\r\n", b"--=_b\r\n\r\n"), id="blank line below"),
    ],
)
@pytest.mark.parametrize("field", [b"Content-Type: multipart/mixed; boundary==_b\r\n", b""], ids=["typed", "untyped"])
def test_parts_are_found_between_odd_boundary_lines(body: bytes, field: bytes, tmp_path: Path) -> None:
    assert found(read(HEAD + field + body, tmp_path)) == READ


def test_container_of_another_container_without_its_type_is_split(tmp_path: Path) -> None:
    inner = b"Content-Type: multipart/alternative\r\n" + parts(b"inner")
    raw = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n"
        + inner
        + b"\r\n--o\r\n"
        + FILE
        + b"\r\n--o--"
    )
    assert found(read(raw, tmp_path)) == ("见附件。", [WORD, WORD], ())


def test_parts_encoded_all_together_are_decoded(tmp_path: Path) -> None:
    body = encodebytes(parts().lstrip()).replace(b"\n", b"\r\n")
    for encoding in ("base64", "7bit"):
        head = raw_mail("Content-Type: multipart/mixed; boundary==_b", f"Content-Transfer-Encoding: {encoding}", "")
        assert found(read(HEAD + head + body, tmp_path)) == READ


def test_parts_in_quoted_printable_all_together_are_decoded(tmp_path: Path) -> None:
    head = raw_mail("Content-Type: multipart/mixed; boundary==_b", "Content-Transfer-Encoding: quoted-printable", "")
    body = quopri.encodestring(parts().lstrip().replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    assert b"=3D_b" in body
    assert found(read(HEAD + head + body, tmp_path)) == READ


def test_parts_in_quoted_printable_between_plain_boundary_lines_are_decoded(tmp_path: Path) -> None:
    head = raw_mail("Content-Type: multipart/mixed; boundary=B", "Content-Transfer-Encoding: quoted-printable", "")
    plain = parts().lstrip().replace(b"=_b", b"B").replace(b"\r\n", b"\n")
    body = quopri.encodestring(plain).replace(b"\n", b"\r\n")
    assert body.startswith(b"--B\r\n") and b"charset=3D" in body
    assert found(read(HEAD + head + body, tmp_path)) == READ


@pytest.mark.parametrize("encoded", [uuencode(WORD, "活动.docx"), yenc(WORD, "活动.docx")])
def test_nameless_part_takes_the_name_that_its_encoding_gives(encoded: bytes, tmp_path: Path) -> None:
    raw = (
        HEAD + raw_mail("Content-Type: application/octet-stream", "Content-Transfer-Encoding: x-uuencode", "") + encoded
    )
    [file] = read(raw, tmp_path).attachments
    assert (file.name, file.path.read_bytes(), file.is_undecoded) == ("活动.docx", WORD, False)


@pytest.mark.parametrize("encode", [uuencode, yenc])
def test_second_file_in_one_part_makes_it_incomplete(encode: Callable[[bytes], bytes], tmp_path: Path) -> None:
    head = raw_mail("Content-Type: application/octet-stream; name=a.docx", "")
    message = read(HEAD + head + encode(WORD) + encode(WORD), tmp_path)
    assert message.unread == (UnreadContent.ENCODED,)


def test_encoding_of_a_container_whose_parts_are_not_encoded_is_ignored(tmp_path: Path) -> None:
    head = raw_mail("Content-Type: multipart/mixed; boundary==_b", "Content-Transfer-Encoding: base64")
    assert found(read(HEAD + head + parts(), tmp_path)) == READ


def test_parts_of_a_digest_are_mails(tmp_path: Path) -> None:
    inner = raw_mail("Subject: inner", "", "text")
    raw = HEAD + raw_mail("Content-Type: multipart/digest; boundary=b", "", "--b", "") + inner + b"\r\n--b--\r\n"
    [mail] = read(raw, tmp_path).attachments
    assert (mail.content_type, mail.path.read_bytes().strip()) == ("message/rfc822", inner.strip())


@pytest.mark.parametrize(
    "fields",
    [
        ["Content-Type: text/plain; charset=utf-8 Content-Transfer-Encoding: base64"],
        ['Content-Type: text/plain; charset = "utf-8" Content-Transfer-Encoding: base64'],
        ["Content-Transfer-Encoding: base64 Content-Type: text/plain; charset=utf-8"],
        ["Content-Type: text/plain; charset=utf-8", "", "Content-Transfer-Encoding: base64"],
        ["Content-Type: text/plain;", "charset=utf-8", "Content-Transfer-Encoding: base64"],
        ["Content-Type: text/plain; charset=utf-8"],
        [],
    ],
)
def test_text_in_base64_is_read_behind_a_broken_header(fields: list[str], tmp_path: Path) -> None:
    raw = raw_mail("Subject: x", *fields, "") + encodebytes(chinese_text(900).encode()).replace(b"\n", b"\r\n")
    assert found(read(raw, tmp_path)) == (chinese_text(900), [], ())


@pytest.mark.parametrize(
    "body",
    [
        b"--x\r\n\r\ntext\r\n--x--\r\n",
        b"--x\r\nSubject: y\r\n\r\ntext\r\n--x--\r\n",
        b"text\r\n --part 1--\r\ntext",
    ],
)
def test_container_that_cannot_be_split_is_reported(body: bytes, tmp_path: Path) -> None:
    message = read(HEAD + b"Content-Type: multipart/mixed; boundary=y\r\n\r\n" + body, tmp_path)
    assert message.unread == (UnreadContent.ENCODED,)
    assert message.text.strip().startswith(body[:3].decode())


def test_file_without_the_boundary_ahead_of_it_is_reported(tmp_path: Path) -> None:
    body = b"\r\n" + FILE + b"\r\n--=_b\r\n" + TEXT + b"\r\n--=_b--\r\n"
    message = read(HEAD + b'Content-Type: multipart/mixed; boundary="=_b"\r\n' + body, tmp_path)
    assert found(message) == ("见附件。", [], (UnreadContent.ENCODED,))


@pytest.mark.parametrize(
    "body",
    ["正文", "正文\r\n-- \r\n张三", "正文\r\n---\r\n张三", "Content-Type: 正文", "-----原始邮件-----\r\nFrom: x"],
)
def test_plain_text_is_not_split(body: str, tmp_path: Path) -> None:
    message = read(HEAD + b"\r\n" + body.encode(), tmp_path)
    assert (message.attachments, message.unread) == ((), ())


def test_named_text_is_not_split(tmp_path: Path) -> None:
    """A saved mail stays one file."""
    saved = raw_mail("Content-Type: multipart/mixed; boundary=i") + parts(b"i")
    part = raw_mail("--o", "Content-Type: text/plain; name=a.txt", "") + saved
    raw = HEAD + raw_mail("Content-Type: multipart/mixed; boundary=o", "") + part + b"\r\n--o--"
    [file] = read(raw, tmp_path).attachments
    assert file.path.read_bytes().strip() == saved.strip()


@pytest.mark.parametrize(
    ("encoded", "name", "is_undecoded"),
    [
        (uuencode(WORD, "活动.docx"), "活动.docx", False),
        (uuencode(WORD, "%E6%B4%BB%E5%8A%A8.docx"), "活动.docx", False),
        (yenc(WORD, "活动.docx"), "活动.docx", False),
        (binhex(WORD, "活动.docx".encode("gbk")), "活动.docx", False),
        (encodebytes(WORD), "附件1.docx", False),
        (uuencode(WORD, "a.docx", end=""), "a.docx", True),
    ],
)
def test_file_in_the_text_becomes_an_attachment(encoded: bytes, name: str, is_undecoded: bool, tmp_path: Path) -> None:
    message = read(HEAD + raw_mail("Content-Type: text/plain", "", "见下。", "") + encoded, tmp_path)
    [file] = message.attachments
    assert (message.text.strip(), file.name, file.is_undecoded) == ("见下。", name, is_undecoded)
    assert file.path.read_bytes() == WORD
    assert message.unread == ((UnreadContent.ENCODED,) if is_undecoded else ())


@pytest.mark.parametrize(
    ("lines", "reason", "names"),
    [
        (["Content-Type: message/partial; id=a; number=1; total=2", "", "x"], UnreadContent.PIECE, ["附件1.bin"]),
        (
            ['Content-Type: message/external-body; access-type=URL; URL="http://x"', "", "x"],
            UnreadContent.ELSEWHERE,
            [],
        ),
        (["Content-Type: application/pgp-encrypted", "", "Version: 1"], UnreadContent.PGP, []),
        (
            ["Content-Type: application/octet-stream; name=a.zip.gpg", "", "\x85\x01"],
            UnreadContent.PGP,
            ["a.zip.gpg"],
        ),
        (
            ["Content-Type: application/octet-stream; name=a.asc", "", "-----BEGIN PGP MESSAGE-----", "", "abc"],
            UnreadContent.PGP,
            ["a.asc"],
        ),
        (["Content-Type: text/plain", "", "-----BEGIN PGP MESSAGE-----", "", "abc"], UnreadContent.PGP, []),
        (
            ["Content-Type: x/rpmsg; name=message.rpmsg", "Content-Transfer-Encoding: base64", "", "dugEYMQR44YAAA=="],
            UnreadContent.RIGHTS,
            ["message.rpmsg"],
        ),
        (
            ["Content-Type: image/jpeg; name=a.jpg", "Content-Transfer-Encoding: x-unheard-of", "", "~" * 90],
            UnreadContent.ENCODED,
            ["a.jpg"],
        ),
    ],
)
def test_content_that_cannot_be_opened_is_reported(
    lines: list[str], reason: UnreadContent, names: list[str], tmp_path: Path
) -> None:
    message = read(raw_mail("Subject: x", *lines), tmp_path)
    assert message.unread == (reason,)
    assert [(one.name, one.is_undecoded) for one in message.attachments] == [(name, True) for name in names]
