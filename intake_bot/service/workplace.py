"""All that works on one home, and the work of each of its bureaus."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from intake_bot.clock import Clock
from intake_bot.config.kept_trees import keep_trees
from intake_bot.config.last_good import keep_last_good
from intake_bot.config.settings import Bureau, Settings
from intake_bot.home.backup.restore import settle_killed_restore
from intake_bot.home.home import Home
from intake_bot.home.ledger_guard import require_ledger, skip_given_numbers
from intake_bot.home.letter_templates import renew_templates
from intake_bot.home.services import Services
from intake_bot.service.bureau_work import BureauWork
from intake_bot.service.config_watcher import EVERYBODY, FaultyEdit
from intake_bot.service.health import HealthFile
from intake_bot.service.logins import Logins


class Workplace:
    """A home at work: one ledger, one health file, and by id the work of each bureau. The caller holds the home."""

    def __init__(
        self,
        settings: Settings,
        home: Home,
        clock: Clock,
        environ: Mapping[str, str] = os.environ,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        """`pause` waits so many seconds between two letters. Raises LedgerLost where the ledger is not that of this
        home, else as `Services.open`."""
        settle_killed_restore(home)
        require_ledger(home)
        renew_templates(home)
        self._services = Services.open(settings, home, clock)
        skip_given_numbers(self._services.ledger, home, clock())
        shutil.rmtree(home.work, ignore_errors=True)  # of a killed run, also of a bureau that is gone
        self._logins = Logins(home.root, clock, environ)
        self._pause = pause
        self.health = HealthFile(self._services)
        self.works: Mapping[str, BureauWork] = {}
        self._known: dict[str, BureauWork] = {}
        """The work of bureaus that are gone too: one that comes back may not have ended its last run."""
        self._use(self._services)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections, the workers and the ledger."""
        close_all(self._known.values())
        self._services.close()

    @property
    def clock(self) -> Clock:
        return self._services.clock

    def report_edits(self, faulty: Mapping[str, FaultyEdit]) -> None:
        """Has the admins told of edits that were not taken over, if they last: each of those of its own bureau, and
        everybody of those that concern all."""
        words = "；".join(dict.fromkeys(edit.why for edit in faulty.values()))
        self.health.record_edit(words)
        for bureau, work in self.works.items():
            work.faulty_edit = faulty.get(bureau) or faulty.get(EVERYBODY)

    def use_settings(self, settings: Settings) -> tuple[BureauWork, ...]:
        """Replaces the settings, from the next run of each job on. Returns the work of bureaus that are gone, for the
        caller to close. Raises ConfigError for a broken template, and then keeps the old settings."""
        return self._use(self._services.with_settings(settings))

    def _use(self, services: Services) -> tuple[BureauWork, ...]:
        self._services = services
        keep_last_good(services.settings, services.home.last_good_config, services.clock())
        keep_trees(services.settings.trees, services.home.kept_trees)
        self.health.services = services
        before = self.works
        self.works = {bureau.id: self._work_of(bureau, services) for bureau in services.settings.bureaus}
        return tuple(work for bureau, work in before.items() if bureau not in self.works)

    def _work_of(self, bureau: Bureau, services: Services) -> BureauWork:
        work = self._known.get(bureau.id)
        if work is None:
            work = self._known[bureau.id] = BureauWork(services, bureau, self._logins, self.health, self._pause)
        work.use(services, bureau)
        return work


def close_all(works: Iterable[BureauWork]) -> None:
    """Closes them at the same time: the servers of one bureau may take long to say goodbye."""
    found = list(works)
    with ThreadPoolExecutor(max(1, len(found))) as pool:
        for closing in [pool.submit(work.close) for work in found]:
            closing.result()
