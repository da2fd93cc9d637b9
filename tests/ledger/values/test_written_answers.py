"""What is counted of the answers to schools."""

from __future__ import annotations

from datetime import timedelta

from intake_bot.ledger.values.written_answers import WrittenAnswer, WrittenAnswers
from tests.ledger.samples import NOW

SCHOOL, OTHER = "10001@qq.com", "20002@qq.com"
HOUR = timedelta(hours=1)


def answers(*hours: int) -> WrittenAnswers:
    """One answer to SCHOOL so many hours after NOW each."""
    found = WrittenAnswers(NOW)
    for letter, hour in enumerate(hours):
        found.add(letter, WrittenAnswer(NOW + hour * HOUR, frozenset({SCHOOL}), "范县教育局"))
    return found


def test_times_are_in_order_where_the_clock_was_set_back() -> None:
    assert answers(3, 1, 2).times == answers(3, 1, 2).times_to([SCHOOL]) == [NOW + HOUR, NOW + 2 * HOUR, NOW + 3 * HOUR]


def test_two_answers_of_one_second_are_two() -> None:
    assert answers(1, 1).times_to([SCHOOL]) == [NOW + HOUR, NOW + HOUR]


def test_answer_to_two_people_is_one() -> None:
    found = answers()
    found.add(1, WrittenAnswer(NOW, frozenset({SCHOOL, OTHER})))
    assert found.times_to([SCHOOL, OTHER]) == [NOW]


def test_letter_that_is_queued_again_counts_with_its_first_time() -> None:
    found = answers(1)
    found.add(0, WrittenAnswer(NOW + 5 * HOUR, frozenset({OTHER})))
    assert (found.times, found.times_to([OTHER])) == ([NOW + HOUR], [])


def test_copy_has_the_later_ones_and_stands_alone() -> None:
    found = answers(1, 3)
    copy = found.copy_from(NOW + 2 * HOUR)
    copy.add(7, WrittenAnswer(NOW + 4 * HOUR, frozenset({OTHER})))
    assert (len(found), len(copy)) == (2, 2)
    assert (copy.times_to([SCHOOL]), copy.start) == ([NOW + 3 * HOUR], NOW + 2 * HOUR)


def test_unit_is_answered_from_its_last_answer_backwards() -> None:
    found = answers(3, 1)
    assert [found.is_answered("范县教育局", NOW + hour * HOUR) for hour in (1, 3, 4)] == [True, True, False]
    assert not found.is_answered("濮阳县教育局", NOW)
