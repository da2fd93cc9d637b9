from __future__ import annotations

import struct
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_bot.files.facts import Trouble
from intake_bot.files.tnef import tnef_files
from intake_bot.files.zips import Unreadable
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


def _read(folder: Path, content: bytes) -> list[tuple[str, bytes]]:
    return [(file.name, b"".join(file.pieces())) for file in tnef_files(samples.put(folder, "winmail.dat", content))]


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
        pytest.param(
            winmail(message(text_property(0x1000, "老师您好")), _FILE),
            [("总结.docx", b"PK"), ("邮件正文.txt", "\ufeff老师您好".encode())],
            id="body",
        ),
        pytest.param(
            winmail(message(binary_property(0x1013, b"<p>x"), binary_property(0x1009, b"LZFu"))),
            [("邮件正文.html", b"<p>x")],
            id="html-body",
        ),
        pytest.param(winmail(attribute(0x800F, b"x"), attribute(0x9005, b"x")), [], id="attributes-of-no-attachment"),
        pytest.param(winmail(attachment(b"a", b"x", [struct.pack("<HH", 0x99, 1)])), [("a", b"x")], id="unknown-type"),
    ],
)
def test_tnef_files(tmp_path: Path, content: bytes, files: list[tuple[str, bytes]]) -> None:
    assert _read(tmp_path, content) == files


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
def test_tnef_files_says_why_it_cannot(tmp_path: Path, content: bytes, trouble: Trouble) -> None:
    with pytest.raises(Unreadable) as caught:
        _read(tmp_path, content)
    assert caught.value.trouble is trouble


def test_tnef_files_does_not_believe_counts(tmp_path: Path) -> None:
    lie = attribute(0x9002, b"") + attribute(0x9005, struct.pack("<LHHL", 0xFFFFFFFF, 0x1003, 1, 0xFFFFFFFF))
    with pytest.raises(Unreadable):
        _read(tmp_path, winmail(lie))


_SEED = winmail(
    message(text_property(0x1000, "您好")), attachment(b"a", b"x", [_NAMED, _SEVERAL]), _mail_in_a_mail(1)[30:]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(6, len(_SEED) - 1), st.integers(0, 255)), max_size=8), st.integers(0, len(_SEED)))
def test_tnef_files_survives_any_damage(damage: list[tuple[int, int]], keep: int) -> None:
    content = bytearray(_SEED)
    for place, value in damage:
        content[place] = value
    with tempfile.TemporaryDirectory() as folder:
        try:
            _read(Path(folder), bytes(content[:keep]))
        except Unreadable as error:
            assert error.trouble in Trouble
