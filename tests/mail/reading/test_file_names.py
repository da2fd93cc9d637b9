"""Names of attachments."""

from __future__ import annotations

import pytest

from intake_bot.mail.reading.file_names import default_name, shown_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("现场 照片①（1）.jpg", "现场 照片①（1）.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\张三\\材料.doc", "材料.doc"),
        ("a\r\nb\0\x1b.jpg", "ab.jpg"),
        ("材料\u202egpj.exe\u200f\u2028", "材料gpj.exe"),
        ('"活动情况.docx"', "活动情况.docx"),
        ("活动情况\\.docx", "活动情况.docx"),
        ('"', '"'),
        ("“活动情况.docx”", "活动情况.docx"),
        ("“技能”活动.docx", "“技能”活动.docx"),
        ("..", ""),
        ("目录/", ""),
        (" \t", ""),
        ("照" * 300 + ".jpg", "照" * 251 + ".jpg"),
    ],
)
def test_attachment_name_is_shown_without_dangerous_characters(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_default_name_has_the_extension_of_its_type() -> None:
    assert [default_name(1, "image/jpeg"), default_name(2, "x/y")] == ["附件1.jpg", "附件2.bin"]
