"""A clerk undoes 催: what has not left is withdrawn, what has left is named."""

from __future__ import annotations

from itertools import count

import pytest

from intake_bot.clock import stopped_clock
from intake_bot.config.load import load
from intake_bot.home.home import Home
from intake_bot.service.poll_cycle import PollCycle
from tests.stories.clerk import CLERK, digest_of, order, to, undo_line
from tests.stories.office import Letter, Office, at, letter_of

UNITS = {"濮阳县教育局": "u0@x.example", "范县教育局": "u1@x.example", "台前县教育局": "u2@x.example"}


@pytest.fixture
def digest(office: Office) -> Letter:
    """The digest of an office whose roster has three units, with addresses."""
    roster = office.home / "config" / "rosters" / "puyang.csv"
    roster.write_text("单位,邮箱\n" + "".join(f"{unit},{address}\n" for unit, address in UNITS.items()), "utf-8")
    return digest_of(office)


def carry_out(office: Office, words: str, answers: Letter, now: str, asked_at_most: int) -> list[Letter]:
    """Takes in the clerk's answer and carries it out, and sends until the program has asked so often whether to stop:
    in a service letters leave one by one. Returns what was sent."""
    office.receive(now, f"Re: {answers.subject}", text=words, sender=CLERK, answers=answers)
    before, asked = len(office.smtp.letters), count()
    with PollCycle(load(office.home), Home(office.home), stopped_clock(at(now))) as cycle:
        work = cycle.works["puyang"]
        assert work.receive(lambda: False).result.settled == 1
        assert work.carry_out_orders().result == 1
        work.send(lambda: next(asked) >= asked_at_most)
    return [letter_of(one.raw) for one in office.smtp.letters[before:]]


def reminded(letters: list[Letter]) -> set[str]:
    """The units that these letters remind."""
    return {unit for unit, address in UNITS.items() if address in {letter.to for letter in letters}}


def test_letters_that_have_not_left_are_withdrawn_and_units_may_be_reminded_again(
    office: Office, digest: Letter
) -> None:
    assert carry_out(office, "催 照片", digest, "2023-05-17 17:40", 0) == []
    told, undone = carry_out(office, "撤销 1", digest, "2023-05-17 17:41", 99)
    assert "已写信催 3 个单位" in told.text
    assert "要撤销，回复这封信，写：撤销 1" in told.text
    assert "收回了还没有寄出的 3 封：" in undone.text
    assert "收不回来" not in undone.text
    assert office.poll("2023-05-17 17:42") == []
    assert "试运行" not in office.digest("2023-05-17 17:43")
    assert reminded(order(office, "催 照片", digest, "2023-05-17 17:45")) == set(UNITS)


def test_letters_that_have_left_are_named_and_the_others_withdrawn(office: Office, digest: Letter) -> None:
    left = reminded(carry_out(office, "催 照片", digest, "2023-05-17 17:40", 3))
    assert 0 < len(left) < len(UNITS)
    *_, undone = carry_out(office, "撤销 1", digest, "2023-05-17 17:41", 99)
    withdrawn, _, gone = undone.text.partition("收回了还没有寄出的")[2].partition("已经寄出、收不回来的")
    assert {unit for unit in UNITS if unit in withdrawn} == set(UNITS) - left
    assert {unit for unit in UNITS if unit in gone} == left
    assert office.poll("2023-05-17 17:42") == []
    # Who has its letter is not reminded again within the hour.
    assert reminded(order(office, "催 照片", digest, "2023-05-17 17:45")) == set(UNITS) - left


def test_nothing_is_undone_where_all_letters_have_left(office: Office, digest: Letter) -> None:
    told = to(order(office, "催 照片", digest, "2023-05-17 17:40"), CLERK)
    (letter,) = order(office, undo_line(told), told, "2023-05-17 17:41")
    assert letter.subject.startswith("【没有办】撤销")
    assert "没有可以撤销的：已经寄出、收不回来的 3 封：" in letter.text
    (again,) = order(office, undo_line(told), told, "2023-05-17 17:42")
    assert "已经寄出、收不回来的 3 封" in again.text
