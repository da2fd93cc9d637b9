"""Everything that works on a home needs, made in one place and passed on as one value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType

from intake_bot.clock import Clock, stopped_clock
from intake_bot.config.notice_context import NoticeContext
from intake_bot.config.settings import Bureau, Settings
from intake_bot.files.worker.worker import Worker
from intake_bot.home.granted_time import find_context_with_extensions
from intake_bot.home.home import Home
from intake_bot.home.letter_templates import home_templates
from intake_bot.home.unit_names import follow_renamed_units
from intake_bot.ledger.ledger import Ledger
from intake_bot.letters.templates import Templates


@dataclass(frozen=True)
class Services:
    """Settings, home, ledger, templates, clock and worker of one home."""

    settings: Settings
    home: Home
    ledger: Ledger
    templates: Templates
    clock: Clock
    worker: Worker

    @classmethod
    def open(cls, settings: Settings, home: Home, clock: Clock) -> Services:
        """Opens the ledger, creating it if there is none, and reads the templates. The worker starts later. What units
        sent under former names counts for their present ones from now on.

        Raises ConfigError for a broken template; PermanentFailure and TemporaryFailure as `Ledger.open`.
        """
        templates = home_templates(home)
        ledger = Ledger.open(home.ledger)
        try:
            follow_renamed_units(ledger, settings, clock())
        except BaseException:
            ledger.close()
            raise
        return cls(settings, home, ledger, templates, clock, Worker(settings.intake.limits.allowance))

    @classmethod
    def open_as_of(cls, settings: Settings, home: Home, at: datetime) -> Services:
        """The same with the ledger as it was at this time (aware), to be read only. Raises as `open`."""
        templates = home_templates(home)
        ledger = Ledger.open_as_of(home.ledger, at)
        return cls(settings, home, ledger, templates, stopped_clock(at), Worker(settings.intake.limits.allowance))

    def with_settings(self, settings: Settings) -> Services:
        """Services with the same ledger, these settings, and the templates read anew. Closes the old worker.

        Raises ConfigError for a broken template; the old services then remain usable.
        """
        templates = home_templates(self.home)
        follow_renamed_units(self.ledger, settings, self.clock())
        self.worker.close()
        return replace(self, settings=settings, templates=templates, worker=Worker(settings.intake.limits.allowance))

    def find_notice_context(self, bureau: Bureau, at: datetime) -> NoticeContext | None:
        """The context for mail that the bureau received at `at` (aware), with the extensions that clerks have granted;
        None where it has no notice."""
        return find_context_with_extensions(self.settings, self.ledger, bureau, at)

    def close(self) -> None:
        """Ends the worker and closes the ledger."""
        self.worker.close()
        self.ledger.close()

    def __enter__(self) -> Services:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
