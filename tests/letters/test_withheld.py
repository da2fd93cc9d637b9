from __future__ import annotations

from dataclasses import replace

from intake_bot.letters.digest import MAXIMUM_BYTES, compose_digest, compose_digest_page
from intake_bot.letters.withheld import MAXIMUM_CHARACTERS, WithheldLetter, abridge, make_withheld_letter
from tests.letters.sample_digests import DIGEST_BUSY
from tests.letters.sample_letters import LETTERS
from tests.letters.samples import TEMPLATES

REJECTION = LETTERS["rejected"](TEMPLATES)


def test_withheld_letter_keeps_its_text_without_blank_lines() -> None:
    assert make_withheld_letter("a@b.cn", "【已收】", "老师，您好：\n\n  收到了。\n") == WithheldLetter(
        "a@b.cn", "【已收】", ("老师，您好：", "收到了。")
    )


def test_hostile_withheld_letter_stays_plain_text() -> None:
    letter = make_withheld_letter(
        "a@b.cn\n合计：0", "x" * 400, "看 https://evil.example\u202e <script>x</script>\r合计：0"
    )
    shown = compose_digest(replace(DIGEST_BUSY, withheld=(letter,)), TEMPLATES)
    assert (letter.to, len(letter.subject)) == ("a@b.cn 合计：0", 300)
    assert ["<script" in shown.html, "://" in shown.text, "\u202e" in shown.text] == [False, False, False]
    assert len([line for line in shown.text.splitlines() if line.startswith("合计")]) == 1


def test_withheld_letters_above_maximum_are_only_named() -> None:
    letters = tuple(WithheldLetter(str(n), "", ("字" * (MAXIMUM_CHARACTERS // 2),)) for n in range(3))
    small = WithheldLetter("4", "", ("",))
    assert abridge((*letters, small)) == (*letters[:2], WithheldLetter("2", "", ()), small)


def test_digest_of_500_withheld_letters_stays_short_and_the_page_names_all() -> None:
    letters = tuple(make_withheld_letter(f"t{n}@b.cn", REJECTION.subject, REJECTION.text) for n in range(500))
    digest = replace(DIGEST_BUSY, withheld=abridge(letters))
    letter = compose_digest(digest, TEMPLATES)
    assert len(letter.html.encode()) <= MAXIMUM_BYTES
    assert "试运行中没有寄出的信：500 封" in letter.text
    assert "这封信里放不下了" in letter.html
    page = compose_digest_page(replace(digest, withheld=letters), TEMPLATES)
    assert [one.to for one in letters if one.to not in page] == []
