"""`kill -9` within a batch, between what is done for all mails of it: the next run ends as one that was not killed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from intake_bot.demo.servers import SmtpServer
from tests.conftest import ImapHost
from tests.e2e.killed_poll import Outcome, assert_completed_after_kill, name_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

INSTANTS = [
    ("intake_bot.ledger.messages:Messages.count_attempts", "after", 1),
    ("intake_bot.mail.imap.mailbox:Mailbox.fetch_ahead", "after", 1),
    ("intake_bot.disk.wave:Wave.finish", "before", 1),  # all mails beside their places in the spool
    ("pathlib:Path.replace", "after", 2),  # two of them at their places
    ("intake_bot.disk.wave:Wave.finish", "after", 1),  # all of them, and the ledger does not know
    ("intake_bot.intake.batch.ahead:ReadAhead.start", "after", 3),
    ("intake_bot.intake.batch.settling:Settler.settle_read", "after", 4),
    ("intake_bot.disk.wave:Wave.finish", "before", 2),  # all files beside their places in the store
    ("intake_bot.disk.wave:Wave.finish", "after", 2),  # all of them at their places, and no verdict is committed
    ("intake_bot.intake.batch.settling:Settler.discard", "before", 1),  # all verdicts are committed
    ("intake_bot.mail.imap.spool:Spool.discard", "after", 2),
]

BETWEEN = (
    "intake_bot.ledger.messages:Messages.count_attempts",
    "intake_bot.mail.imap.mailbox:Mailbox.fetch_ahead",
    "intake_bot.intake.batch.ahead:ReadAhead.start",
    "intake_bot.intake.batch.settling:Settler.settle_read",
    "pathlib:Path.replace",
)
"""Places between two writes that a kill at another instant separates as well."""


@pytest.mark.parametrize(
    ("place", "when", "number"),
    [
        pytest.param(*instant, id=name_of(*instant), marks=pytest.mark.slow if instant[0] in BETWEEN else ())
        for instant in INSTANTS
    ],
)
def test_poll_killed_within_a_batch_is_completed_by_the_next_poll(
    place: str,
    when: str,
    number: int,
    best_host: ImapHost,
    undisturbed: Outcome,
    smtp_server: SmtpServer,
    new_user: str,
    tmp_path: Path,
) -> None:
    assert_completed_after_kill((place, when, number), best_host.account(new_user), smtp_server, tmp_path, undisturbed)
