from __future__ import annotations

import struct
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_bot.files.archives.tnef import Tnef, read_tnef
from intake_bot.files.facts import Trouble, Unreadable
from tests.files import samples
from tests.files.winmail import (
    MAIL_ID,
    attachment,
    attribute,
    binary_property,
    message,
    text_property,
    winmail,
)

_FILE = attachment("总结.docx\0".encode("gb18030"), b"PK")
_NAMED = struct.pack("<HH16sLL", 3, 0x8001, bytes(16), 1, 5) + b"a\0b\0c\0\0\0" + struct.pack("<L", 7)
_SEVERAL = struct.pack("<HHL", 0x1003, 0x1234, 3) + bytes(12)


def _read(folder: Path, content: bytes) -> Tnef:
    return read_tnef(samples.put(folder, "winmail.dat", content))


def _files(tnef: Tnef) -> list[tuple[str, bytes]]:
    return [(file.name, b"".join(file.pieces())) for file in tnef.files]


@pytest.mark.parametrize(
    ("content", "files"),
    [
        pytest.param(winmail(_FILE, _FILE), [("总结.docx", b"PK")] * 2, id="names-in-gbk"),
        pytest.param(
            winmail(attachment(b"A~1.DOC", b"x", [_NAMED, _SEVERAL, text_property(0x3707, "活动总结（最终）.docx")])),
            [("活动总结（最终）.docx", b"x")],
            id="long-name",
        ),
        pytest.param(
            winmail(attachment(b"\xd5\xd5\0", b"x", ()), code_page=1252), [("ÕÕ", b"x")], id="other-code-page"
        ),
        pytest.param(winmail(attachment(b"\xd5\xd5\0", b"x", ()), code_page=9), [("照", b"x")], id="unknown-code-page"),
        pytest.param(
            winmail(attachment(b"a.jpg", None, [binary_property(0x3701, b"JPEG")])),
            [("a.jpg", b"JPEG")],
            id="data-as-a-property",
        ),
        pytest.param(winmail(attachment(b"a", b"x" * 70_000)), [("a", b"x" * 70_000)], id="more-than-one-piece"),
        pytest.param(
            winmail(attachment(b"mail", None, [binary_property(0x3701, MAIL_ID + winmail(_FILE), 0x0D)]), _FILE),
            [("总结.docx", b"PK")] * 2,
            id="attached-mail",
        ),
        pytest.param(winmail(attachment(b"a", None)), [], id="nothing-in-it"),
        pytest.param(winmail(attachment(b"\0", b"x")), [("附件", b"x")], id="no-name"),
        pytest.param(winmail(attribute(0x800F, b"x"), attribute(0x9005, b"x")), [], id="attributes-of-no-attachment"),
        pytest.param(winmail(attachment(b"a", b"x", [struct.pack("<HH", 0x99, 1)])), [("a", b"x")], id="unknown-type"),
    ],
)
def test_winmail_gives_its_files(tmp_path: Path, content: bytes, files: list[tuple[str, bytes]]) -> None:
    assert _files(_read(tmp_path, content)) == files


_HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
"""The two examples of MS-OXRTFCP (4.1)."""
_WXYZ = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
_HTML = binary_property(0x1013, b"<p>x")
_DECLARED = '<meta charset="gb2312"><p>濮阳县教育局'
_RTF = binary_property(0x1009, _WXYZ)
_UNPACKED = b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def _attached(content: bytes) -> bytes:
    return attachment(b"mail", None, [binary_property(0x3701, MAIL_ID + content, 0x0D)])


@pytest.mark.parametrize(
    ("content", "bodies"),
    [
        pytest.param(winmail(message(text_property(0x1000, "老师您好")), _FILE), ("老师您好", "", b""), id="text"),
        pytest.param(winmail(attribute(0x800C, "您好\0".encode("gbk"))), ("您好", "", b""), id="text-as-an-attribute"),
        pytest.param(winmail(message(_HTML)), ("", "<p>x", b""), id="html"),
        pytest.param(winmail(message(text_property(0x1013, "<p>您好"))), ("", "<p>您好", b""), id="html-utf-16"),
        pytest.param(
            winmail(message(text_property(0x1013, _DECLARED))), ("", _DECLARED, b""), id="html-utf-16-that-says-gb2312"
        ),
        pytest.param(
            winmail(message(binary_property(0x1013, _DECLARED.encode("gb2312")))),
            ("", _DECLARED, b""),
            id="html-in-gb2312",
        ),
        pytest.param(winmail(message(text_property(0x1000, " \r\n"), _HTML)), (" \r\n", "<p>x", b""), id="blank-text"),
        pytest.param(winmail(message(_RTF)), ("", "", _UNPACKED), id="rtf"),
        pytest.param(
            winmail(message(binary_property(0x1009, _HELLO))),
            ("", "", b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"),
            id="rtf-by-its-beginning",
        ),
        pytest.param(
            winmail(message(binary_property(0x1009, b"\0" * 8 + b"MELA" + b"\0" * 4 + b"{\\rtf1 a}"))),
            ("", "", b"{\\rtf1 a}"),
            id="rtf-not-packed",
        ),
        pytest.param(winmail(message(binary_property(0x1009, _WXYZ[:-5]))), ("", "", _UNPACKED[:11]), id="rtf-cut-off"),
        pytest.param(winmail(message(binary_property(0x1009, b"LZFu"))), ("", "", b""), id="rtf-of-nothing"),
        pytest.param(winmail(_attached(winmail(message(_HTML)))), ("", "<p>x", b""), id="of-an-attached-mail"),
        pytest.param(
            winmail(_attached(winmail(message(_HTML))), message(text_property(0x1000, "转发"))),
            ("转发", "", b""),
            id="its-own-first",
        ),
    ],
)
def test_winmail_gives_its_body(tmp_path: Path, content: bytes, bodies: tuple[str, str, bytes]) -> None:
    tnef = _read(tmp_path, content)
    assert (tnef.text, tnef.html, tnef.rtf) == bodies


def test_compressed_body_is_cut_at_maximum_size(tmp_path: Path) -> None:
    packed = bytes(8) + b"LZFu" + bytes(4) + (b"\0" + b"x" * 8) * 501_000
    assert 3_999_000 < len(_read(tmp_path, winmail(message(binary_property(0x1009, packed)))).rtf) < 4_001_000


def _mail_in_a_mail(levels: int) -> bytes:
    content = winmail(_FILE)
    for _ in range(levels):
        content = winmail(attachment(b"mail", None, [binary_property(0x3701, MAIL_ID + content, 0x0D)]))
    return content


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(winmail(_FILE)[:-30], Trouble.TRUNCATED, id="cut-off"),
        pytest.param(b"\x78\x9f", Trouble.TRUNCATED, id="cut-off-at-once"),
        pytest.param(b"x" * 99, Trouble.DAMAGED, id="something-else"),
        pytest.param(_mail_in_a_mail(3), Trouble.TOO_DEEP, id="mails-in-mails"),
        pytest.param(_mail_in_a_mail(300), Trouble.TOO_DEEP, id="endless-mails-in-mails"),
    ],
)
def test_faulty_winmail_reports_trouble(tmp_path: Path, content: bytes, trouble: Trouble) -> None:
    with pytest.raises(Unreadable) as caught:
        _read(tmp_path, content)
    assert caught.value.trouble is trouble


def test_false_count_in_winmail_is_refused(tmp_path: Path) -> None:
    lie = attribute(0x9002, b"") + attribute(0x9005, struct.pack("<LHHL", 0xFFFFFFFF, 0x1003, 1, 0xFFFFFFFF))
    with pytest.raises(Unreadable):
        _read(tmp_path, winmail(lie))


_SEED = winmail(
    message(text_property(0x1000, "您好"), _RTF), attachment(b"a", b"x", [_NAMED, _SEVERAL]), _mail_in_a_mail(1)[30:]
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(6, len(_SEED) - 1), st.integers(0, 255)), max_size=8), st.integers(0, len(_SEED)))
def test_damaged_winmail_is_read_or_refused(damage: list[tuple[int, int]], keep: int) -> None:
    content = bytearray(_SEED)
    for place, value in damage:
        content[place] = value
    with tempfile.TemporaryDirectory() as folder:
        try:
            _read(Path(folder), bytes(content[:keep]))
        except Unreadable as error:
            assert error.trouble in Trouble
