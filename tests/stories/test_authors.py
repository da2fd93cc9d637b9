"""Whose word counts: two and three senders who write in one unit's name, through mailbox, ledger and letters."""

from __future__ import annotations

import io
from contextlib import redirect_stdout

import pytest

from intake_bot import cli
from tests.marking import slow
from tests.stories.authors import (
    AGAIN,
    COLLEAGUE,
    MINE,
    PHOTO,
    ROW,
    SCHOOL,
    STRANGER,
    THEIRS,
    first_accepted,
    held,
    photos,
    settled,
)
from tests.stories.office import Office, at


def test_first_address_is_noted_for_the_clerk_and_taken_in(puyang: Office) -> None:
    letter = first_accepted(puyang)
    assert "首次" not in letter.text
    digest = puyang.digest("2023-05-17 10:05")
    assert "首次来信的地址：1 个（材料已照常收下，不用处理，记下备查）" in digest
    assert SCHOOL in digest.replace("．", ".")
    assert "① 要您办的：没有" in digest


def test_known_address_is_noted_once(puyang: Office) -> None:
    first_accepted(puyang)
    puyang.receive("2023-05-18 10:00", PHOTO, AGAIN, sender=SCHOOL)
    puyang.poll("2023-05-18 10:01")
    assert puyang.digest("2023-05-18 10:05").count("首次来信的地址：1 个") == 1


def test_stranger_takes_nobody_s_place(puyang: Office) -> None:
    first_accepted(puyang)
    puyang.receive("2023-05-17 11:00", PHOTO, THEIRS, sender=STRANGER)
    letters = {letter.to: letter for letter in puyang.poll("2023-05-17 11:01")}
    assert settled(puyang) == [(SCHOOL, "accepted", False), (STRANGER, "held", False)]
    assert letters[SCHOOL].subject == f"【请核实】{PHOTO}（回执编号 1001-9）"
    assert letters[STRANGER].subject == f"【待人工查看】{PHOTO}（回执编号 1002-4）"
    theirs = (STRANGER, "evil", "1002-4", "别人")
    mine = (SCHOOL, "1001-9", "学校.zip", "10:00")
    assert not [words for words in theirs if words in letters[SCHOOL].text + letters[SCHOOL].subject]
    assert not [words for words in mine if words in letters[STRANGER].text + letters[STRANGER].subject]
    for shown in (held(puyang, "list"), puyang.digest("2023-05-17 11:05").replace("．", ".")):
        (line,) = (line for line in shown.splitlines() if "已收下的来自" in line)
        assert SCHOOL in line and STRANGER in line


def test_first_author_is_told_once_an_item_and_day(puyang: Office) -> None:
    first_accepted(puyang)
    for minute in (0, 10):
        puyang.receive(f"2023-05-17 11:{minute:02}", PHOTO, photos(f"别人{minute}", 10 + minute), sender=STRANGER)
        puyang.receive(f"2023-05-17 11:{minute + 1:02}", PHOTO, photos(f"又{minute}", 20 + minute), sender=COLLEAGUE)
    told = [letter for letter in puyang.poll("2023-05-17 11:20") if letter.to == SCHOOL]
    assert len(told) == 1
    puyang.receive("2023-05-18 11:00", f"{PHOTO}5月17日", photos("次日", 30), sender=STRANGER)
    assert [letter.to for letter in puyang.poll("2023-05-18 11:01")].count(SCHOOL) == 1


def test_first_author_mends_his_own_item_and_the_contest_stays_for_the_clerk(puyang: Office) -> None:
    first_accepted(puyang)
    puyang.receive("2023-05-17 11:00", PHOTO, THEIRS, sender=STRANGER)
    puyang.receive("2023-05-17 12:00", PHOTO, AGAIN, sender=SCHOOL)
    puyang.poll("2023-05-17 12:01")
    assert settled(puyang) == [(SCHOOL, "accepted", True), (STRANGER, "held", False), (SCHOOL, "accepted", False)]


def test_school_writes_after_a_stranger_and_a_clerk_decides(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, THEIRS, sender=STRANGER)
    puyang.receive("2023-05-17 11:00", PHOTO, MINE, sender=SCHOOL)
    puyang.poll("2023-05-17 11:01")
    assert settled(puyang) == [(STRANGER, "accepted", False), (SCHOOL, "held", False)]
    held(puyang, "accept", "1002-4", "--now", at("2023-05-17 11:30").isoformat())
    assert settled(puyang)[0] == (STRANGER, "accepted", True)
    assert [item.superseded for item in puyang.items() if item.decision.value == "accepted"] == [True, False]
    # From now on the address is the unit's: it replaces, and the stranger does not.
    puyang.receive("2023-05-17 12:00", PHOTO, AGAIN, sender=SCHOOL)
    puyang.receive("2023-05-17 13:00", PHOTO, photos("再来", 9), sender=STRANGER)
    puyang.poll("2023-05-17 13:01")
    assert settled(puyang)[-2:] == [(SCHOOL, "accepted", False), (STRANGER, "held", False)]


def test_roster_address_replaces_what_anybody_sent(puyang: Office) -> None:
    puyang.edit("rosters/puyang.csv", ROW, f"{ROW}jyj@fan.example")
    puyang.receive("2023-05-17 10:00", PHOTO, THEIRS, sender=STRANGER)
    puyang.receive("2023-05-17 11:00", PHOTO, MINE, sender="JYJ@fan.example")
    letters = puyang.poll("2023-05-17 11:01")
    assert settled(puyang) == [(STRANGER, "accepted", True), ("JYJ@fan.example", "accepted", False)]
    assert [letter.to for letter in letters] == [STRANGER, "JYJ@fan.example"]
    assert "1001-9" not in letters[1].text and "别人" not in letters[1].text


@pytest.mark.parametrize(
    ("first", "second", "superseded"),
    [
        ("a@school.example", "b@school.example", True),
        ("a@school.example", "b@mail.school.example", False),
        ("10001@qq.com", "10002@qq.com", False),
        slow("a@vip.163.com", "b@vip.163.com", False),
    ],
)
def test_domain_is_one_author(puyang: Office, first: str, second: str, superseded: bool) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, MINE, sender=first)
    puyang.receive("2023-05-17 11:00", PHOTO, THEIRS, sender=second)
    puyang.poll("2023-05-17 11:01")
    assert settled(puyang)[0] == (first, "accepted", superseded)
    assert settled(puyang)[1] == (second, "accepted" if superseded else "held", False)


def test_domain_of_two_units_is_shared(puyang: Office) -> None:
    puyang.receive("2023-05-17 09:00", "活动周清丰县教育局照片", photos("清丰", 7), sender="c@city.example")
    puyang.receive("2023-05-17 10:00", PHOTO, MINE, sender="a@city.example")
    puyang.receive("2023-05-17 11:00", PHOTO, THEIRS, sender="b@city.example")
    puyang.poll("2023-05-17 11:01")
    assert [decision for _, decision, _ in settled(puyang)] == ["accepted", "accepted", "held"]


def test_contest_of_another_day_shows_both_addresses_whole(puyang: Office) -> None:
    first_accepted(puyang)
    with redirect_stdout(io.StringIO()):
        cli.run(["digest", "--home", str(puyang.home), "--now", at("2023-05-17 16:30").isoformat()])
    puyang.receive("2023-05-18 11:00", f"{PHOTO}5月17日", THEIRS, sender=STRANGER)
    puyang.poll("2023-05-18 11:01")
    (line,) = (line for line in puyang.digest("2023-05-18 11:05").splitlines() if "已收下的来自" in line)
    assert SCHOOL in line and STRANGER in line


def test_late_correction_keeps_the_item_in_time(puyang: Office) -> None:
    first_accepted(puyang)
    puyang.receive("2023-05-17 16:30", f"{PHOTO}5月17日", AGAIN, sender=SCHOOL)
    (letter,) = puyang.poll("2023-05-17 16:31")
    assert [(item.superseded, item.late) for item in puyang.items()] == [(True, False), (False, False)]
    assert [file.name for file in puyang.items()[1].files] == ["更正.zip"]
    assert letter.subject == f"【已收】{PHOTO}（回执编号 1002-4）"
    assert "5月17日10:00已经按时收到" in letter.text and "16:30" in letter.text
    assert "（迟报" not in puyang.digest("2023-05-17 16:40")


def test_stranger_s_item_moves_no_report_of_the_school_to_another_day(puyang: Office) -> None:
    """Within 8 hours after the deadline a mail without a date is about the day just due, unless its author has
    reported that."""
    puyang.receive("2023-05-17 10:00", PHOTO, THEIRS, sender=STRANGER)
    puyang.receive("2023-05-17 17:00", PHOTO, MINE, sender=SCHOOL)
    puyang.receive("2023-05-17 17:30", PHOTO, photos("次日", 9), sender=STRANGER)
    puyang.poll("2023-05-17 17:31")
    found = [(item.day.day, item.decision.value) for item in puyang.items() if item.day]
    assert found == [(17, "accepted"), (17, "held"), (18, "accepted")]
