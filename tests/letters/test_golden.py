from __future__ import annotations

import re

import pytest

from intake_bot.letters.alert import AlertContext, MailboxEvent, compose_alert
from intake_bot.letters.digest import DigestContext, compose_digest
from intake_bot.letters.letter import Letter
from intake_bot.letters.reply import AnswerContext, compose_answer
from tests.letters import samples
from tests.letters.golden import assert_golden
from tests.letters.samples import TEMPLATES, at

ANSWERS = {
    "accepted": samples.ACCEPTED,
    "accepted_late": samples.ACCEPTED_LATE,
    "rejected": samples.REJECTED,
    "rejected_unknown_unit": samples.UNKNOWN_UNIT,
    "partial": samples.PARTIAL,
    "held": samples.HELD,
    "online": samples.ONLINE,
    "closed": samples.CLOSED,
    "partial_online": samples.PARTIAL_ONLINE,
    "early": samples.EARLY,
}
DIGESTS = {"digest_busy": samples.DIGEST_BUSY, "digest_empty": samples.DIGEST_EMPTY}
ALERTS = {
    f"alert_{event}": AlertContext(
        "濮阳市教育局",
        "py8991718@126.com",
        event,
        since=at("2023-05-17 09:10:00"),
        now=at("2023-05-17 10:15:30"),
        reason="" if event is MailboxEvent.RECOVERED else "LOGIN Login error or password error",
    )
    for event in MailboxEvent
}
LETTERS: dict[str, Letter] = {
    **{name: compose_answer(context, TEMPLATES) for name, context in ANSWERS.items()},
    **{name: compose_digest(context, TEMPLATES) for name, context in DIGESTS.items()},
    **{name: compose_alert(context, TEMPLATES) for name, context in ALERTS.items()},
}


@pytest.mark.parametrize(("name", "context"), ANSWERS.items(), ids=ANSWERS)
def test_answer_reads_as_agreed(name: str, context: AnswerContext) -> None:
    assert_golden(name, compose_answer(context, TEMPLATES))


@pytest.mark.parametrize(("name", "context"), DIGESTS.items(), ids=DIGESTS)
def test_digest_reads_as_agreed(name: str, context: DigestContext) -> None:
    assert_golden(name, compose_digest(context, TEMPLATES))


@pytest.mark.parametrize(("name", "context"), ALERTS.items(), ids=ALERTS)
def test_alert_reads_as_agreed(name: str, context: AlertContext) -> None:
    assert_golden(name, compose_alert(context, TEMPLATES))


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_letter_fetches_and_runs_nothing(letter: Letter) -> None:
    assert re.findall(r"<(?:a|img|script|link|iframe|form|object)\b|url\(|\bon\w+=|javascript:", letter.html) == []


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_letter_speaks_no_code_words(letter: Letter) -> None:
    codes = (
        r"\b(?:subject|deadline|channel|part|photo|video|document|text|news|media|archive|file|cloud)\.[a-z]+_?[a-z]+"
    )
    assert re.findall(codes, letter.subject + letter.text) == []


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_html_keeps_phone_rules_beside_inlined_styles(letter: Letter) -> None:
    assert letter.html.count("<style") == 1
    assert "@media only screen and (max-width: 480px)" in letter.html
