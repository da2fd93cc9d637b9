"""What counts towards the caps of answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from intake_bot.config.settings import SendingSettings
from intake_bot.intake.answers.answer_caps import Recipient, tallies
from intake_bot.intake.answers.loop_guard import Tally
from intake_bot.ledger.values.events import Cap
from intake_bot.ledger.values.records import Contest, ReportedContest
from intake_bot.ledger.values.written_answers import WrittenAnswer, WrittenAnswers

NOW = datetime(2023, 5, 17, 4, 0, tzinfo=UTC)
MIDNIGHT = datetime(2023, 5, 16, 16, 0, tzinfo=UTC)
SCHOOL, OTHER = "10001@qq.com", "20002@qq.com"
TOLD = ReportedContest(
    NOW - timedelta(minutes=5), Contest("1001-9", "照片", "2023-05-17", "范县教育局", "10001@QQ.com")
)


def written(*minutes_ago: int, to: str = SCHOOL) -> WrittenAnswers:
    answers = WrittenAnswers(MIDNIGHT)
    for letter, minutes in enumerate(minutes_ago):
        answers.add(letter, WrittenAnswer(NOW - timedelta(minutes=minutes), frozenset({to})))
    return answers


@pytest.mark.parametrize(
    ("answers", "told", "hour", "day"),
    [
        (written(5, 90), [], 1, 2),
        (written(5, 5, 90), [TOLD], 1, 2),
        (written(5, to=OTHER), [], 0, 0),
        (written(5), [ReportedContest(TOLD.at, Contest("1001-9", "照片", None, "范县教育局", OTHER))], 1, 1),
    ],
)
def test_letters_that_strangers_cause_use_up_no_answers(
    answers: WrittenAnswers, told: list[ReportedContest], hour: int, day: int
) -> None:
    sending = SendingSettings()
    found = tallies(answers, Recipient(frozenset({SCHOOL}), None, True), NOW, MIDNIGHT, sending, told)
    assert found[:2] == (
        Tally(Cap.SENDER_HOUR, hour, sending.answers_per_hour),
        Tally(Cap.SENDER_DAY, day, sending.answers_per_day),
    )
