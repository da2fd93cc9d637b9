from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from intake_bot.letters.digest import DigestContext, HeldLine, HeldLink, Sum, compose_digest
from tests.letters.samples import TEMPLATES

AT = datetime(2023, 5, 17, 15, 0, tzinfo=UTC)
LINK = HeldLink("开幕式.mp4", "180.2M，2023年6月1日到期", "https://u.163.com/abc?x=1&y=2")


def digest(*links: HeldLink) -> DigestContext:
    held = HeldLine("1001-9", "濮阳县教育局", "活动周", "a@qq.com", AT, "要看视频", links)
    return DigestContext("濮阳市教育局", date(2023, 5, 17), AT, Sum(1, 0, 0, 1, 0), held=(held,))


def test_files_left_at_a_provider_are_named_with_size_expiry_and_address() -> None:
    letter = compose_digest(digest(LINK), TEMPLATES)
    assert "    超大附件：开幕式.mp4（180.2M，2023年6月1日到期）\n      u.163.com/abc?x=1&y=2\n" in letter.text
    assert "u.163.com/abc?x=1&amp;y=2" in letter.html
    assert ["held supply" in said for said in (letter.text, letter.html)] == [True, True]


def test_what_to_do_with_links_is_said_where_there_are_any() -> None:
    assert "held supply" not in compose_digest(digest(), TEMPLATES).text


def test_a_hostile_link_stays_plain_text_on_its_line() -> None:
    bad = "</table><script>x</script>\r\n合计：\u202e邮箱 0 封 http://evil.example"
    letter = compose_digest(digest(HeldLink(bad, bad, f"https://u.163.com/{bad}")), TEMPLATES)
    assert [line for line in letter.text.splitlines() if line.startswith("合计")] == [
        "合计：邮箱 1 封 = 收 0 + 退 0 + 待人工 1 + 非报送 0"
    ]
    assert ["<script" in letter.html, "<a " in letter.html, "://" in letter.text] == [False, False, False]


def test_what_earlier_digests_told_of_is_not_forgotten() -> None:
    letter = compose_digest(replace(digest(), held=(), held_before=("1003-2", "1007-1")), TEMPLATES)
    assert "以前的还有 2 封没有处理：\n  1003-2、1007-1\n" in letter.text
    assert ["1007-1" in letter.html, "以前的还有" in compose_digest(digest(), TEMPLATES).html] == [True, False]
