"""A bounced letter waits for the clerk until she closes it."""

from __future__ import annotations

import re

import pytest

from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger
from tests.e2e.test_bounces import report
from tests.stories.clerk import (
    CLERK,
    COLLEAGUE,
    PHOTO,
    SCHOOL,
    SMALL_PHOTOS,
    asks,
    button,
    digest_of,
    held,
    order,
    undo_line,
)
from tests.stories.office import Letter, Office, at, letter_of


def open_part(digest: str) -> str:
    return digest.partition("① 要您办的")[2].partition("② 未报")[0]


def trouble_part(digest: str) -> str:
    return digest.partition("⑧ ")[2]


@pytest.fixture
def digest(office: Office) -> Letter:
    """The digest after the answer to a rejected mail bounced."""
    office.receive("2023-05-17 15:00", PHOTO, SMALL_PHOTOS)
    office.poll("2023-05-17 15:01")
    bounces(office, "2023-05-17 15:02")
    return digest_of(office)


def bounces(office: Office, now: str) -> None:
    """The newest letter to the school comes back."""
    newest = next(one for one in reversed(office.smtp.letters) if one.recipients == (SCHOOL,))
    office.account.append(report(newest, to=SCHOOL), at(now))
    office.poll(now)


def test_bounce_is_closed_by_its_ready_answer_and_opened_again(office: Office, digest: Letter) -> None:
    assert "可以回复：关 1001-9" in open_part(digest.text)
    subject, _ = button(office, digest, "关 1001-9")
    office.receive("2023-05-17 17:40", subject, text="", sender=CLERK)
    (letter,) = office.poll("2023-05-17 17:41")
    assert letter.subject == "【已办】关 1001-9"
    assert f"1001-9 濮阳县教育局：没有送到的回信（{SCHOOL}）不再列在待办里" in letter.text
    after = office.digest("2023-05-17 17:45")
    assert "·待办0｜" in after
    assert "1001-9" not in open_part(after) + trouble_part(after)
    order(office, undo_line(letter), letter, "2023-05-17 17:50")
    assert "可以回复：关 1001-9" in open_part(office.digest("2023-05-17 17:55"))


def test_bounce_is_closed_once_and_the_ledger_shows_the_time_before(office: Office, digest: Letter) -> None:
    order(office, "关 1001-9", digest, "2023-05-17 17:40")
    own = [letter_of(one.raw) for one in office.smtp.letters if COLLEAGUE.encode() in one.raw][-1]
    (letter,) = order(office, "关 1001-9", own, "2023-05-17 17:45", sender=COLLEAGUE)
    assert "1001-9 不在待办之列" in letter.text
    with Ledger.open_as_of(Home(office.home).ledger, at("2023-05-17 17:35")) as past:
        assert len(past.open_works.gather("puyang", "puyang-2023").undelivered) == 1
    with Ledger.open(Home(office.home).ledger) as now:
        assert now.open_works.gather("puyang", "puyang-2023").undelivered == ()


def test_bounce_of_what_another_clerk_decided_is_closed(office: Office, digest: Letter) -> None:
    order(office, "收 1001-9", digest, "2023-05-17 17:40")
    bounces(office, "2023-05-17 17:42")
    own = [letter_of(one.raw) for one in office.smtp.letters if COLLEAGUE.encode() in one.raw][-1]
    (letter,) = order(office, "关 1001-9", own, "2023-05-17 17:45", sender=COLLEAGUE)
    assert letter.subject == "【已办】关 1001-9"
    assert office.decisions()[-1] == ("照片", "accepted", False)


def test_question_whose_answer_came_back_is_closed_as_a_whole(office: Office) -> None:
    number = asks(office)
    bounces(office, "2023-05-17 15:02")
    digest = digest_of(office)
    assert len(re.findall(f"可以回复：关 {number}", open_part(digest.text))) == 2
    order(office, f"关 {number}", digest, "2023-05-17 17:40")
    assert held(office) == []
    assert number not in open_part(office.digest("2023-05-17 17:45"))
