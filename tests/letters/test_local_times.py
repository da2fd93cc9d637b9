"""Every letter, written from times in UTC as the ledger gives them: it speaks in the bureau's zone all the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC
from functools import partial
from typing import Any

import pytest

from intake_bot.errors import ConfigError
from intake_bot.letters import chinese
from intake_bot.letters.alert import compose_alert
from intake_bot.letters.clerk_answer import compose_clerk_answer
from intake_bot.letters.confirmation import compose_confirmation
from intake_bot.letters.digest import compose_digest, compose_note
from intake_bot.letters.local_times import localise
from intake_bot.letters.reply import ReplyContext, compose_reply
from intake_bot.letters.templates import Letter, Templates
from intake_bot.letters.unasked.contest import compose_contest
from intake_bot.letters.unasked.reminder import compose_reminder
from intake_bot.notices.day_words import FULL_MINUTES, write_time
from tests.letters.sample_letters import (
    ALERTS,
    ANSWERS,
    CLERK_ANSWERS,
    CONFIRMATIONS,
    CONTESTS,
    CROWDED,
    DIGESTS,
    LETTERS,
    NOBODY,
    REMINDERS,
)
from tests.letters.sample_notice import ZONE
from tests.letters.samples import TEMPLATES

Compose = Callable[[Any, Templates], Letter]
CONTEXTS: Mapping[str, tuple[Compose, Any]] = {
    **{name: (compose_reply, context) for name, context in {**ANSWERS, "crowded": CROWDED, "nobody": NOBODY}.items()},
    **{name: (compose_digest, context) for name, context in DIGESTS.items()},
    "note": (compose_note, DIGESTS["digest_busy"]),
    **{name: (compose_alert, context) for name, context in ALERTS.items()},
    **{name: (compose_contest, context) for name, context in CONTESTS.items()},
    **{name: (compose_reminder, context) for name, context in REMINDERS.items()},
    **{name: (compose_confirmation, context) for name, context in CONFIRMATIONS.items()},
    **{name: (compose_clerk_answer, context) for name, context in CLERK_ANSWERS.items()},
}


def test_every_letter_is_walked() -> None:
    assert set(CONTEXTS) == set(LETTERS)


@pytest.mark.parametrize("name", CONTEXTS)
def test_letter_with_times_in_utc_reads_as_in_the_bureaus_zone(name: str) -> None:
    compose, context = CONTEXTS[name]
    stored = localise(context, UTC)
    assert compose(localise(stored, ZONE), TEMPLATES) == compose(context, TEMPLATES)


@pytest.mark.parametrize("name", ANSWERS)
def test_letter_with_a_time_left_in_utc_is_refused(name: str) -> None:
    """A letter eight hours off must not be written at all."""
    with pytest.raises((ConfigError, ValueError)):
        compose_reply(localise(ANSWERS[name], UTC), TEMPLATES)


@pytest.mark.parametrize("context", ANSWERS.values(), ids=ANSWERS)
def test_letter_to_a_school_says_when_its_mail_was_received(context: ReplyContext) -> None:
    received = write_time(context.received, FULL_MINUTES)
    letter = compose_reply(context, TEMPLATES)
    if any(item.deadline and chinese.seconds_decide(context.received, item.deadline) for item in context.verdict.items):
        received = chinese.full_time(context.received)
    assert f"收到时间：{received}（以邮箱服务器时间为准）" in letter.text
    assert received in letter.html


def test_values_without_times_are_left_as_they_are() -> None:
    context = ANSWERS["accepted"]
    changed = partial(localise, zone=UTC)(context)
    assert changed.files is context.files
    assert changed.notice is context.notice
    assert changed.verdict.items[0].deadline == context.verdict.items[0].deadline
    assert localise(context, ZONE) == context
