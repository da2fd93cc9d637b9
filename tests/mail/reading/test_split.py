"""Splitting of raw mails."""

from __future__ import annotations

import hashlib
from base64 import b64encode, encodebytes
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from intake_bot.mail.message import ReadingLimits
from intake_bot.mail.reading.parts import SplitPart
from intake_bot.mail.reading.split import split_mail
from tests.mail.samples import raw_mail

BYTES = Random(1).randbytes(700_000)


def attached(encoding: str, encoded: bytes, *, end: bytes = b"\r\n--b--\r\n") -> bytes:
    head = raw_mail(
        "Content-Type: multipart/mixed; boundary=b",
        "",
        "--b",
        "Content-Type: image/jpeg; name=1.jpg",
        f"Content-Transfer-Encoding: {encoding}",
        "",
    )
    return head + encoded + end


@pytest.mark.parametrize(
    ("encoding", "encoded", "content"),
    [
        pytest.param("base64", encodebytes(BYTES), BYTES, id="base64"),
        pytest.param("BASE64", encodebytes(BYTES).replace(b"\n", b"\r\n"), BYTES, id="base64 with CRLF"),
        pytest.param("base64", b64encode(BYTES), BYTES, id="base64 on one line"),
        pytest.param("base64", b64encode(BYTES[:-1]).rstrip(b"="), BYTES[:-1], id="base64 without padding"),
        pytest.param("base64", b64encode(BYTES) + b"A", BYTES, id="base64 with an extra character"),
        pytest.param("base64", encodebytes(BYTES).replace(b"\n", b" *\0\xff\r\n\r\n"), BYTES, id="base64 in garbage"),
        pytest.param(
            "base64",
            b"\n".join(b64encode(BYTES[at : at + 50]) for at in range(0, len(BYTES), 50)),
            BYTES,
            id="base64 padded on every line",
        ),
        pytest.param("base64", b"", b"", id="empty"),
        pytest.param("quoted-printable", b"a=3D=\r\nb=E4=\nc=", b"a=b\xe4c", id="quoted-printable"),
        pytest.param("quoted-printable", b"=E4" * 100_001, b"\xe4" * 100_001, id="quoted-printable in many blocks"),
        pytest.param("binary", BYTES, BYTES, id="binary"),
        pytest.param("8bit", b"\r\na\n\r\n\r\n", b"\r\na\n\r\n\r\n", id="line ends inside"),
        pytest.param("x-unheard-of", b"abc", b"abc", id="unknown"),
    ],
)
def test_attachment_in_any_encoding_is_decoded(encoding: str, encoded: bytes, content: bytes, tmp_path: Path) -> None:
    split = split_mail(BytesIO(attached(encoding, encoded)), tmp_path, ReadingLimits())
    path = tmp_path / "part-001"
    assert split.parts == (
        SplitPart("1.jpg", path, len(content), hashlib.sha256(content).hexdigest(), "image/jpeg", ""),
    )
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("end", "content"),
    [
        pytest.param(b"\r\n--b--", b"x", id="closed at the end of the file"),
        pytest.param(b"\r\n--b \t\r\n", b"x", id="blanks behind the boundary"),
        pytest.param(b"\n--b\n", b"x", id="bare newlines"),
        pytest.param(b"", b"x", id="end missing"),
        pytest.param(b"\r\n", b"x\r\n", id="end missing behind a line"),
        pytest.param(b"\r\n--bb\r\n--b-\r\n --b\r\n--", b"x\r\n--bb\r\n--b-\r\n --b\r\n--", id="only look-alikes"),
        pytest.param(b"\r\n--b" + b" " * 2000 + b"\r\n", b"x\r\n--b" + b" " * 2000 + b"\r\n", id="a line too long"),
    ],
)
def test_part_ends_at_its_boundary(end: bytes, content: bytes, tmp_path: Path) -> None:
    split_mail(BytesIO(attached("binary", b"x", end=end)), tmp_path, ReadingLimits())
    assert (tmp_path / "part-001").read_bytes() == content


@pytest.mark.parametrize("before", range(262_144 - 90, 262_144 + 10))
def test_boundary_across_blocks_is_found(before: int, tmp_path: Path) -> None:
    content = b"\r" * before
    split_mail(BytesIO(attached("binary", content)), tmp_path, ReadingLimits())
    assert (tmp_path / "part-001").stat().st_size == before


def test_skeleton_has_no_attachment_content(tmp_path: Path) -> None:
    split = split_mail(BytesIO(attached("base64", encodebytes(BYTES))), tmp_path, ReadingLimits())
    assert split.skeleton.to_bytes([(b"Subject", b"x")]) == (
        b"Subject: x\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="skeleton-1"\r\n\r\n'
        b"\r\n--skeleton-1\r\n"
        b"Content-Type: application/octet-stream\r\n"
        b'Content-Disposition: attachment; filename="part-001"\r\n\r\n'
        b"\r\n--skeleton-1\r\n"
        b"\r\n--skeleton-1--\r\n"
    )


@pytest.mark.parametrize(
    ("fields", "is_body"),
    [
        (["Content-Type: text/plain"], True),
        (["Content-Type: text/html", "Content-Disposition: inline"], True),
        (["Content-Type: text/plain", "Content-Disposition: attachment"], False),
        (["Content-Type: text/plain; name=a.txt"], False),
        (["Content-Type: text/html", "Content-Disposition: inline; filename=a.html"], False),
        (["Content-Type: text/csv"], False),
        (["Content-Type: application/pdf"], False),
    ],
)
def test_bodies_and_attachments_are_distinguished(fields: list[str], is_body: bool, tmp_path: Path) -> None:
    split = split_mail(BytesIO(raw_mail(*fields, "", "x")), tmp_path, ReadingLimits())
    assert (split.parts == ()) == is_body


@pytest.mark.parametrize(
    "field",
    [
        "text/calendar; method=REQUEST",
        "application/ics; name=invite.ics",
        "application/pgp-signature; name=signature.asc",
        "application/pkcs7-signature; name=smime.p7s",
        "application/x-pkcs7-signature; name=smime.p7s",
        "application/octet-stream; name=SMIME.P7S",
    ],
)
def test_signatures_and_invitations_are_left_out(field: str, tmp_path: Path) -> None:
    parts = ("--b", "Content-Type: text/plain", "", "正文", "--b", f"Content-Type: {field}", "", "x", "--b--")
    raw = raw_mail("Content-Type: multipart/mixed; boundary=b", "", *parts)
    assert split_mail(BytesIO(raw), tmp_path, ReadingLimits()).parts == ()


@pytest.mark.parametrize(
    "field", ["text/calendar; name=a.docx", "application/pgp-signature; name=1.jpg", "application/ics; name=a.zip"]
)
def test_file_under_the_type_of_an_invitation_or_a_signature_is_kept(field: str, tmp_path: Path) -> None:
    parts = ("--b", "Content-Type: text/plain", "", "正文", "--b", f"Content-Type: {field}", "", "x", "--b--")
    raw = raw_mail("Content-Type: multipart/mixed; boundary=b", "", *parts)
    assert [part.content_type for part in split_mail(BytesIO(raw), tmp_path, ReadingLimits()).parts] != []


@pytest.mark.parametrize("closing", ["--b--", "--b-- "])
def test_closing_line_in_place_of_a_boundary_line_hides_no_part(closing: str, tmp_path: Path) -> None:
    first = ("--b", "Content-Type: text/plain", "", "正文")
    second = (closing, "Content-Type: image/jpeg; name=1.jpg", "", "x", "--b--", "footer")
    raw = raw_mail("Content-Type: multipart/mixed; boundary=b", "", *first, *second)
    assert [part.name for part in split_mail(BytesIO(raw), tmp_path, ReadingLimits()).parts] == ["1.jpg"]
