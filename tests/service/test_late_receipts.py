"""Letters that leave long after their mail came say first when it came."""

from __future__ import annotations

from datetime import timedelta

from tests.e2e.inspection import text_of
from tests.e2e.mails import NOW, accepted_mail, rejected_mail
from tests.e2e.office import Office

WORDS = "就到了邮箱，是否按时以这个时间为准。"


def test_receipt_that_leaves_in_time_does_not_mention_the_arrival(office: Office) -> None:
    office.account.append(accepted_mail(), NOW - timedelta(minutes=28))
    office.run_cycle()
    (letter,) = office.smtp.letters
    assert WORDS not in text_of(letter)


def test_receipt_of_a_mail_that_waited_for_us_mentions_its_arrival(office: Office) -> None:
    office.account.append(accepted_mail(), NOW.replace(hour=16, minute=2))
    office.account.append(rejected_mail(), NOW.replace(hour=16, minute=3))
    office.run_cycle()
    said = sorted(line for letter in office.smtp.letters for line in text_of(letter).splitlines() if WORDS in line)
    assert [line.partition(WORDS)[0].rstrip()[-6:] for line in said] == ["）16:02", "）16:03"]
    assert not any(word in text_of(letter) for letter in office.smtp.letters for word in ("抱歉", "对不起", "见谅"))
