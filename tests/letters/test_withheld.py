from __future__ import annotations

from dataclasses import replace

from intake_bot.letters.digest import compose_digest
from intake_bot.letters.sample_days import DIGEST_BUSY
from intake_bot.letters.samples import LETTERS
from intake_bot.letters.withheld import MAILED_CHARACTERS, WithheldLetter, abridged, withheld_letter
from tests.letters.samples import TEMPLATES

REJECTION = LETTERS["rejected"](TEMPLATES)


def test_letter_keeps_its_words_and_loses_its_blank_lines() -> None:
    assert withheld_letter("a@b.cn", "【已收】", "老师，您好：\n\n  收到了。\n") == WithheldLetter(
        "a@b.cn", "【已收】", ("老师，您好：", "收到了。")
    )


def test_hostile_words_stay_words() -> None:
    letter = withheld_letter("a@b.cn\n合计：0", "x" * 400, "看 https://evil.example\u202e <script>x</script>\r合计：0")
    shown = compose_digest(replace(DIGEST_BUSY, withheld=(letter,)), TEMPLATES)
    assert (letter.to, len(letter.subject)) == ("a@b.cn 合计：0", 300)
    assert ["<script" in shown.html, "://" in shown.text, "\u202e" in shown.text] == [False, False, False]
    assert len([line for line in shown.text.splitlines() if line.startswith("合计")]) == 1


def test_letters_that_make_a_digest_too_long_are_only_named() -> None:
    letters = tuple(WithheldLetter(str(n), "", ("字" * (MAILED_CHARACTERS // 2),)) for n in range(3))
    small = WithheldLetter("4", "", ("",))
    assert abridged((*letters, small)) == (*letters[:2], WithheldLetter("2", "", ()), small)


def test_digest_of_500_letters_stays_a_mail_and_names_them_all() -> None:
    letters = tuple(withheld_letter(f"t{n}@b.cn", REJECTION.subject, REJECTION.text) for n in range(500))
    letter = compose_digest(replace(DIGEST_BUSY, withheld=abridged(letters)), TEMPLATES)
    assert [one.to for one in letters if one.to not in letter.text or one.to not in letter.html] == []
    assert len(letter.html.encode()) + len(letter.text.encode()) < 1_000_000
    assert "data/digests" in letter.text
