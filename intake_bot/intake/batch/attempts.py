"""One attempt at a mail: counted before its bytes are touched, and taken back where the mail is not to blame."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from intake_bot.errors import (
    DiskFailure,
    IntakeError,
    LedgerDamaged,
    LedgerUnavailable,
    TemporaryFailure,
    disk_failures_of,
)
from intake_bot.files.worker.recorded import NotAsked
from intake_bot.home.services import Services
from intake_bot.intake.excuses import Excuses
from intake_bot.ledger.values.records import MessageRecord
from intake_bot.mail.connection import LoginRefused
from intake_bot.mail.imap.responses import MailGone

log = logging.getLogger(__name__)

OUR_TROUBLE = (LedgerUnavailable, LedgerDamaged, DiskFailure)
"""What is wrong with us, and is no attempt of a mail."""


class Attempts:
    """The attempts at the mails of one home."""

    def __init__(self, services: Services) -> None:
        self._messages = services.ledger.messages
        self._clock = services.clock
        self._data = services.home.data
        self._maximum = services.settings.intake.limits.attempts
        self._excuses = Excuses(services.home.excuses)

    def hold_hopeless(self, record: MessageRecord) -> bool:
        """Whether the mail had all its attempts, and is held now."""
        if record.attempts < self._maximum:
            return False
        reason = f"连续{record.attempts}次没能处理（{record.last_error or '收件程序意外中断'}），请人工打开查看"
        self._messages.hold(record.id, reason, self._clock())
        log.warning("message held receipt=%s attempts=%d", record.receipt, record.attempts)
        return True

    def make(self, record: MessageRecord, step: Callable[[], object]) -> bool:
        """Whether the step came to its end. The one broad `except` around a mail is here.

        Raises LedgerUnavailable, LedgerDamaged and DiskFailure, and NotAsked: those are no attempt of the mail.
        """
        try:
            with disk_failures_of(self._data):
                step()
        except MailGone as error:
            self._messages.record_failed_attempt(record.id, str(error), self._clock())
            log.warning("message gone receipt=%s uid=%d", record.receipt, record.key.uid)
            return False
        except (*OUR_TROUBLE, NotAsked):
            raise
        except (TemporaryFailure, LoginRefused) as error:
            self.excuse(record, error)
            return False
        except Exception as error:
            self._messages.record_failed_attempt(record.id, type(error).__name__, self._clock())
            log.exception("message failed receipt=%s", record.receipt)
            return False
        return True

    def excuse(self, record: MessageRecord, error: IntakeError) -> None:
        """Takes the attempt back, now or where the ledger takes nothing, with the next pass."""
        log.warning("message put off receipt=%s: %s", record.receipt, error)
        try:
            self._messages.excuse_attempt(record.id, str(error), self._clock())
        except (LedgerUnavailable, LedgerDamaged):
            self._excuses.add(record.id)

    def apply_excuse(self, record: MessageRecord) -> MessageRecord:
        """The mail without an attempt that the ledger could not take back when it was made."""
        if record.id not in self._excuses:
            return record
        self._messages.excuse_attempt(record.id, record.last_error, self._clock())
        self._excuses.remove(record.id)
        return replace(record, attempts=max(0, record.attempts - 1))
