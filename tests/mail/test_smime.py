from __future__ import annotations

from base64 import encodebytes
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake_bot.mail.message import Message, ReadingLimits, UnreadContent
from intake_bot.mail.reading.read import read_message
from intake_bot.mail.smime import extract_signed_content, open_smime
from tests.work import assert_grows_linearly

WRAPPINGS = Path(__file__).parent / "smime"
"""Made by OpenSSL: `signed-in-pieces` in BER, with pieces and without lengths, as large mails are."""
SIGNED = (WRAPPINGS / "signed.p7m").read_bytes()
IN_PIECES = (WRAPPINGS / "signed-in-pieces.p7m").read_bytes()
ENCRYPTED = (WRAPPINGS / "encrypted.p7m").read_bytes()


def wrapped(content: bytes, content_type: str = "application/pkcs7-mime") -> bytes:
    return (
        f'From: jyj@qq.com\nSubject: x\nMIME-Version: 1.0\nContent-Type: {content_type}; name="smime.p7m"\n'
        "Content-Transfer-Encoding: base64\n\n"
    ).encode() + encodebytes(content)


def read(raw: bytes, tmp_path: Path) -> Message:
    path = tmp_path / "mail.eml"
    path.write_bytes(raw)
    return open_smime(read_message(path, tmp_path / "parts", ReadingLimits()), tmp_path / "sealed", ReadingLimits())


@pytest.mark.parametrize("content", [SIGNED, IN_PIECES], ids=["der", "ber"])
@pytest.mark.parametrize(
    "content_type",
    ["application/pkcs7-mime", "application/x-pkcs7-mime; smime-type=signed-data", "application/octet-stream"],
)
def test_signed_mail_is_read_like_any_other(content: bytes, content_type: str, tmp_path: Path) -> None:
    message = read(wrapped(content, content_type), tmp_path)
    found = message.text.strip(), [(one.name, one.path.read_text().strip()) for one in message.attachments]
    assert (found, message.unread) == (("正文在签名里面", [("说明.txt", "说明")]), ())


@pytest.mark.parametrize(
    "content", [ENCRYPTED, b"", b"0", SIGNED[:60], IN_PIECES[:40], b"PK\x03\x04"], ids=lambda content: content[:4].hex()
)
def test_encrypted_mail_has_sealed_content(content: bytes, tmp_path: Path) -> None:
    message = read(wrapped(content), tmp_path)
    assert (message.unread, message.attachments, message.text.strip()) == ((UnreadContent.SMIME,), (), "")


def test_mail_signed_twice_is_read_like_any_other(tmp_path: Path) -> None:
    inner = wrapped(SIGNED).partition(b"MIME-Version: 1.0\n")[2]
    message = read(wrapped(_signed(inner)), tmp_path)
    assert (message.text.strip(), message.unread) == ("正文在签名里面", ())


def test_unsigned_mail_is_unchanged(tmp_path: Path) -> None:
    message = read(b"From: jyj@qq.com\nSubject: x\n\nbody\n", tmp_path)
    assert (message.text.strip(), message.unread) == ("body", ())


def _der(tag: int, content: bytes) -> bytes:
    size = len(content).to_bytes(4, "big")
    return bytes([tag, 0x84]) + size + content


def _signed(content: bytes) -> bytes:
    """As little of a SignedData as is looked at (RFC 5652 section 5.1)."""
    data, signed = bytes.fromhex("06092a864886f70d010701"), bytes.fromhex("06092a864886f70d010702")
    inside = _der(0x30, data + _der(0xA0, _der(0x04, content)))
    return _der(0x30, signed + _der(0xA0, _der(0x30, bytes.fromhex("020101") + _der(0x31, b"") + inside)))


@pytest.mark.slow
def test_hostile_smime_is_refused_in_linear_time(tmp_path: Path) -> None:
    """Millions of empty pieces, none of which the file's end closes."""
    data, signed = bytes.fromhex("06092a864886f70d010701"), bytes.fromhex("06092a864886f70d010702")
    opened = b"\x30\x80" + signed + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80" + data + b"\xa0\x80\x24\x80"
    path = tmp_path / "hostile.p7m"

    def refuse(size: int) -> None:
        path.write_bytes(opened + b"\x24\x80\x04\x00\x04\x00\x00\x00" * size)
        assert not extract_signed_content(path, tmp_path / "out")

    assert_grows_linearly(refuse, 2_000_000)


_FUZZ = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@given(st.integers(0, len(IN_PIECES) - 1), st.binary(min_size=1, max_size=6))
@_FUZZ
def test_damaged_smime_raises_nothing(tmp_path: Path, at: int, noise: bytes) -> None:
    _extract_with_noise(tmp_path, at, noise)


@pytest.mark.slow
@given(st.integers(0, len(IN_PIECES) - 1), st.binary(min_size=1, max_size=6))
@settings(_FUZZ, max_examples=300)
def test_smime_damaged_in_many_places_raises_nothing(tmp_path: Path, at: int, noise: bytes) -> None:
    _extract_with_noise(tmp_path, at, noise)


def _extract_with_noise(tmp_path: Path, at: int, noise: bytes) -> None:
    path = tmp_path / "noise.p7m"
    path.write_bytes(IN_PIECES[:at] + noise + IN_PIECES[at + len(noise) :])
    extract_signed_content(path, tmp_path / "out")
