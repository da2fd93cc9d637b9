"""A notice whose subjects have another form, from raw mail to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.config.defaults import init_home
from tests.acceptance.posts import judged, one_word
from tests.commands.mails import mail

IN_TIME = {"Received": "from a by b; Wed, 17 May 2023 15:00:00 +0800"}


@pytest.mark.parametrize(
    ("subject", "disposition", "copied"),
    [
        ("【濮阳县教育局】文字材料-活动周", "accepted", None),
        ("文字材料-活动周", "rejected", "【单位全称】文字材料-活动周"),
        ("【濮阳县教育居】文字材料-活动周", "rejected", "【濮阳县教育局】文字材料-活动周"),
        ("【单位名称】材料名称-活动周", "rejected", "【单位全称】【材料名称】-活动周"),
        ("活动周濮阳县教育局", "rejected", "【濮阳县教育局】【材料名称】-活动周"),
    ],
)
def test_letter_gives_subject_in_form_of_notice(
    tmp_path: Path, subject: str, disposition: str, copied: str | None
) -> None:
    home = tmp_path / "home"
    init_home(home)
    path = home / "config/notices/puyang-2023.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("form: 活动周xx单位xx材料", "form: 【单位名称】材料名称-活动周"), encoding="utf-8")
    made = mail(subject, one_word()(), headers=IN_TIME)
    verdict = judged(tmp_path, home, [("mail", made.as_bytes())])["mail"]
    assert verdict["disposition"] == disposition
    if copied:
        lines = verdict["reply"]["text"].splitlines()
        assert copied in lines
        has_blanks = "全称" in copied or "材料名称" in copied
        assert any("【】里的字请换成实际名称" in line for line in lines) is has_blanks
