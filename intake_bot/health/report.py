"""Is all well? Told in data/health.json after each round, to whoever asks with `status`, and to a watchdog."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from intake_bot import __version__
from intake_bot.clock import Clock
from intake_bot.config.settings import Bureau, Mode, Settings
from intake_bot.errors import IntakeError
from intake_bot.health.alerting import ALERT_AFTER
from intake_bot.health.lateness import digest_lateness
from intake_bot.home import Home
from intake_bot.ledger.events import ALERTED, RECOVERED, TROUBLE
from intake_bot.ledger.ledger import Ledger
from intake_bot.letters.chinese import short_moment

log = logging.getLogger(__name__)

SIGN_SECONDS = 60
"""Within a long round the file is written anew so often: somebody is at work."""
SILENCE = timedelta(minutes=10)
"""One large mail may take so long; a longer silence, beside the pause between two rounds, means that nobody works."""


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True)


class BureauHealth(_Written):
    """One bureau. Moments are aware; None stands for "never"."""

    name: str
    mode: Mode
    last_round: datetime | None = None
    last_good_poll: datetime | None = None
    """When the mailbox was last looked through."""
    trouble: tuple[str, ...] = ()
    """What stopped the last round, in words for the admin."""
    trouble_since: datetime | None = None
    alarmed: bool = False
    """The trouble lasts so long that the admins were told."""
    queued: int = 0
    """Letters that wait to be sent."""
    oldest_queued: datetime | None = None
    in_doubt: int = 0
    """Letters on their way, or of which nobody knows whether they went out."""
    held: int = 0
    """Mails that wait for a person."""
    waiting: int = 0
    """Mails that wait for others that belong to them."""
    unfinished: int = 0
    """Mails that were seen and are not settled yet."""
    last_digest: date | None = None
    last_digest_sent: datetime | None = None
    digest_late: str = ""
    """What is wrong with the newest digest, or that today's is not made."""


class Health(_Written):
    """All that `data/health.json` holds; a key is added now and then, and none is renamed."""

    version: str
    pid: int | None = None
    """The process that wrote this; None: the program has not run yet."""
    started: datetime | None = None
    written: datetime | None = None
    """The last sign of life."""
    free_disk_bytes: int
    faulty_edit: str = ""
    """What is wrong with an edit to the configuration, which therefore was not taken over."""
    complaints: tuple[str, ...] = ()
    """What is wrong, a sentence each, in words for the admin."""
    bureaus: Mapping[str, BureauHealth] = {}

    @property
    def is_well(self) -> bool:
        return not self.complaints


def read_health(home: Home) -> Health | None:
    """What was written last; None where nothing was, or it cannot be read."""
    try:
        return Health.model_validate_json(home.health.read_bytes())
    except (OSError, ValidationError):
        return None


def look(settings: Settings, home: Home, ledger: Ledger, last: Health | None, now: datetime) -> Health:
    """How things are now: as the ledger and the disk say, and of the rounds as the `last` report does."""
    bureaus = {
        bureau.id: _bureau(settings, ledger, bureau, last.bureaus.get(bureau.id) if last else None, now)
        for bureau in settings.bureaus
    }
    health = Health(
        version=__version__,
        pid=last.pid if last else None,
        started=last.started if last else None,
        written=last.written if last else None,
        free_disk_bytes=shutil.disk_usage(home.data).free,
        faulty_edit=last.faulty_edit if last else "",
        bureaus=bureaus,
    )
    return health.model_copy(update={"complaints": tuple(_complaints(settings, health, now))})


def _bureau(
    settings: Settings, ledger: Ledger, bureau: Bureau, last: BureauHealth | None, now: datetime
) -> BureauHealth:
    zone = settings.intake.zone
    standing, newest = ledger.standings.of(bureau.id), ledger.digests.newest(bureau.id)
    begun = ledger.trail.since_last(bureau.id, TROUBLE, RECOVERED)
    alarmed = bool(ledger.trail.since_last(bureau.id, ALERTED, RECOVERED))
    late = digest_lateness(settings, ledger, bureau, now)
    why = tuple(str(event.detail.get("why") or "邮箱有问题") for event in begun[-1:])
    return BureauHealth(
        name=bureau.name,
        mode=bureau.mode,
        last_round=last.last_round if last else None,
        last_good_poll=last.last_good_poll if last else None,
        trouble=(last.trouble if last else ()) or why,
        trouble_since=begun[0].at.astimezone(zone) if begun else None,
        alarmed=alarmed or (bool(begun) and now - begun[0].at >= ALERT_AFTER),
        queued=standing.queued,
        oldest_queued=standing.oldest_queued.astimezone(zone) if standing.oldest_queued else None,
        in_doubt=standing.in_doubt,
        held=standing.held,
        waiting=standing.waiting,
        unfinished=standing.unfinished,
        last_digest=newest.day if newest else None,
        last_digest_sent=newest.letter.sent.astimezone(zone) if newest and newest.letter.sent else None,
        digest_late=late.why if late else "",
    )


def _complaints(settings: Settings, health: Health, now: datetime) -> Iterator[str]:
    zone = settings.intake.zone
    silence = SILENCE + 2 * timedelta(seconds=settings.intake.polling.every_seconds)
    if health.written is None:
        yield "收件程序还没有运行过"
    elif now - health.written > silence:
        yield f"收件程序没有在运行，或者卡住了：最近一次活动是 {short_moment(health.written.astimezone(zone))}"
    if health.free_disk_bytes < settings.intake.limits.free_disk_bytes:
        yield f"磁盘快满了，只剩 {health.free_disk_bytes // 1_000_000} MB，已经暂停收信"
    if health.faulty_edit:
        yield f"配置改过，但有写错的地方，仍按原来的运行：{health.faulty_edit}"
    for bureau in health.bureaus.values():
        if bureau.alarmed and bureau.trouble_since:
            yield f"{bureau.name}：{'；'.join(bureau.trouble)}（{short_moment(bureau.trouble_since)} 起）"
        if bureau.digest_late:
            yield f"{bureau.name}：{bureau.digest_late}"


class HealthFile:
    """Keeps data/health.json true while the program runs. That it cannot be written stops nobody."""

    def __init__(self, settings: Settings, home: Home, ledger: Ledger, clock: Clock) -> None:
        self.settings = settings
        """Those in use; another edit brings others."""
        self._home = home
        self._ledger = ledger
        self._clock = clock
        self._last: Health | None = None
        self._started = self._now()
        self._written = 0.0
        self._polled: dict[str, object] = {}
        self._faulty_edit = ""

    def polled(self) -> None:
        """Its mailbox was looked through, in the round that is on its way."""
        self._polled = {"last_good_poll": self._now()}

    def round_over(self, bureau: Bureau, trouble: tuple[str, ...], faulty_edit: str = "") -> None:
        """A round of this bureau is over; `trouble` is what stopped it, `faulty_edit` as in Health."""
        self._faulty_edit = faulty_edit
        told, self._polled = {**self._polled, "last_round": self._now(), "trouble": trouble}, {}
        self._write(bureau, told)

    def sign_of_life(self) -> None:
        """The program is at work, in the midst of a round. Asked often, it is written once in SIGN_SECONDS."""
        if time.monotonic() - self._written >= SIGN_SECONDS:
            self._write(None, {})

    @property
    def is_well(self) -> bool:
        """As of what was written last; false where it could not be written."""
        return self._last is not None and self._last.is_well

    @property
    def words(self) -> str:
        """The same in one line."""
        if self._last is None:
            return "不知道是否正常：状态没有写成，原因见日志"
        return " ".join("；".join(self._last.complaints).split()) or "一切正常"

    def _write(self, bureau: Bureau | None, told: Mapping[str, object]) -> None:
        self._written = time.monotonic()
        try:
            health = self._looked(bureau, told)
            _replace(self._home.health, health.model_dump_json(indent=2))
        except (IntakeError, OSError) as error:
            self._last = None
            log.warning("health not written: %s", error)
        else:
            self._last = health

    def _looked(self, bureau: Bureau | None, told: Mapping[str, object]) -> Health:
        now = self._now()
        # A program that starts anew, or could not write the last time, goes on from what was written before.
        last = self._last or read_health(self._home) or Health(version=__version__, free_disk_bytes=0)
        bureaus = dict(last.bureaus)
        if bureau is not None:
            known = bureaus.get(bureau.id, BureauHealth(name=bureau.name, mode=bureau.mode))
            bureaus[bureau.id] = known.model_copy(update=dict(told))
        last = last.model_copy(
            update={
                "pid": os.getpid(),
                "started": self._started,
                "written": now,
                "bureaus": bureaus,
                "faulty_edit": self._faulty_edit,
            }
        )
        return look(self.settings, self._home, self._ledger, last, now)

    def _now(self) -> datetime:
        return self._clock().astimezone(self.settings.intake.zone)


def _replace(path: Path, text: str) -> None:
    """Whoever reads meanwhile sees the old or the new, never half of it."""
    aside = path.with_name(f"{path.name}.new")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)
