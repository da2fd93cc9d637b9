"""The state of the program, written to data/health.json when it changes and shown by `status`."""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from intake_bot import __version__
from intake_bot.config.settings import Bureau, Mode, Settings
from intake_bot.digests.archive_trouble import find_archive_trouble
from intake_bot.errors import IntakeError
from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import EventName
from intake_bot.letters.chinese import short_time
from intake_bot.outbox.pace import LearnedPause, pause_range
from intake_bot.outbox.rests import find_rest
from intake_bot.service.lateness import ALERT_AFTER, LETTER_WAITS, digest_lateness, poll_limit, unread_since

if TYPE_CHECKING:
    from intake_bot.home.services import Services

log = logging.getLogger(__name__)

SIGN_SECONDS = 60
"""Interval at which the file is written though nothing has changed, as a sign of life."""
SILENCE = timedelta(minutes=10)
"""After this time and two poll intervals without a sign of life the program counts as stopped."""


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True)


class BureauHealth(_Written):
    """The state of one bureau. Times are aware; None means never."""

    name: str
    mode: Mode
    last_round: datetime | None = None
    last_good_poll: datetime | None = None
    """Time of the last scan of the mailbox."""
    trouble: tuple[str, ...] = ()
    """Errors of the last run of each job, in words for the admin."""
    trouble_since: datetime | None = None
    alarmed: bool = False
    """True when the trouble has lasted for ALERT_AFTER."""
    queued: int = 0
    """Letters that wait to be sent."""
    oldest_queued: datetime | None = None
    in_doubt: int = 0
    """Letters that are being sent, or whose delivery is uncertain."""
    held: int = 0
    """Number of held mails."""
    waiting: int = 0
    """Mails that wait for other pieces."""
    unfinished: int = 0
    """Mails that were seen and have no outcome yet."""
    last_digest: date | None = None
    last_digest_sent: datetime | None = None
    digest_late: str = ""
    """Why the newest digest is late, in words; empty if it is not."""
    poll_late: str = ""
    """Why the mailbox was not read for too long, in words; empty if it was."""
    letters_late: str = ""
    """Why a letter that may be sent has waited for too long, in words; empty if none has."""
    archive_away: str = ""
    """Since when accepted files wait for the shared folder, and why, in words; empty if none waits."""
    stage_seconds: Mapping[str, float] = {}
    """What each stage took for one mail, and `send` for one letter, the last time that there was any. Those of worker
    processes that work at the same time are added."""
    pause_seconds: int = 0
    """Pause between two letters, as the server has taught it."""


class Health(_Written):
    """The content of `data/health.json`. Keys may be added; none is renamed."""

    version: str
    pid: int | None = None
    """Id of the process that wrote the file; None if the program has not run yet."""
    started: datetime | None = None
    written: datetime | None = None
    """The last sign of life."""
    free_disk_bytes: int
    last_receipt: str = ""
    """The receipt number that was given out last: a new ledger goes on above it."""
    faulty_edit: str = ""
    """The fault of an edit of the configuration that was not taken over."""
    complaints: tuple[str, ...] = ()
    """Problems, one sentence each, in words for the admin."""
    bureaus: Mapping[str, BureauHealth] = {}

    @property
    def is_well(self) -> bool:
        return not self.complaints


def read_health(home: Home) -> Health | None:
    """The last state that was written; None where there is none or it cannot be read."""
    try:
        return Health.model_validate_json(home.health.read_bytes())
    except (OSError, ValidationError):
        return None


def check_health(settings: Settings, home: Home, ledger: Ledger, last: Health | None, now: datetime) -> Health:
    """The state now, from the ledger and the disk; what only the program knows is taken from the `last` state."""
    bureaus = {bureau.id: _check_bureau(settings, ledger, bureau, last, now) for bureau in settings.bureaus}
    health = Health(
        version=__version__,
        pid=last.pid if last else None,
        started=last.started if last else None,
        written=last.written if last else None,
        free_disk_bytes=shutil.disk_usage(home.data).free,
        last_receipt=ledger.upkeep.last_receipt(),
        faulty_edit=last.faulty_edit if last else "",
        bureaus=bureaus,
    )
    return health.model_copy(update={"complaints": tuple(_find_complaints(settings, health, now))})


def _check_bureau(
    settings: Settings, ledger: Ledger, bureau: Bureau, written: Health | None, now: datetime
) -> BureauHealth:
    zone = settings.intake.zone
    last = written.bureaus.get(bureau.id) if written else None
    figures, newest = ledger.reports.count_figures(bureau.id, now), ledger.digests.find_newest(bureau.id)
    trouble = ledger.trail.find_since_last(bureau.id, EventName.MAILBOX_TROUBLE, EventName.MAILBOX_RECOVERED)
    alarmed = bool(ledger.trail.find_since_last(bureau.id, EventName.MAILBOX_ALERTED, EventName.MAILBOX_RECOVERED))
    late = digest_lateness(settings, ledger, bureau, now)
    why = tuple(str(event.detail.get("why") or "邮箱有问题") for event in trouble[-1:])
    pause = LearnedPause(bureau.id, ledger, pause_range(bureau, settings.intake.sending)).at(now)
    health = BureauHealth(
        name=bureau.name,
        mode=bureau.mode,
        last_round=last.last_round if last else None,
        last_good_poll=last.last_good_poll if last else None,
        stage_seconds=last.stage_seconds if last else {},
        trouble=(last.trouble if last else ()) or why,
        trouble_since=trouble[0].at.astimezone(zone) if trouble else None,
        alarmed=alarmed or (bool(trouble) and now - trouble[0].at >= ALERT_AFTER),
        queued=figures.queued,
        oldest_queued=figures.oldest_queued.astimezone(zone) if figures.oldest_queued else None,
        in_doubt=figures.in_doubt,
        held=figures.held,
        waiting=figures.waiting,
        unfinished=figures.unfinished,
        last_digest=newest.day if newest else None,
        last_digest_sent=newest.letter.sent_at.astimezone(zone) if newest and newest.letter.sent_at else None,
        digest_late=late.why if late else "",
        pause_seconds=round(pause),
    )
    changes = {
        "poll_late": _poll_late(settings, health, written, now),
        "letters_late": _letters_late(ledger, bureau, health, figures.oldest_due, zone, now),
        "archive_away": _archive_away(settings, ledger, bureau),
    }
    return health.model_copy(update=changes)


def _poll_late(settings: Settings, bureau: BureauHealth, written: Health | None, now: datetime) -> str:
    started = written.started if written else None
    since = unread_since(bureau.last_good_poll, started, poll_limit(settings), now)
    if since is None:
        return ""
    reason = "；".join(bureau.trouble) or "还没有收完一轮，原因见日志"
    return f"从 {short_time(since.astimezone(settings.intake.zone))} 起没有正常收信（{reason}）"


def _letters_late(
    ledger: Ledger, bureau: Bureau, health: BureauHealth, due: datetime | None, zone: tzinfo, now: datetime
) -> str:
    if due is None or now - due < LETTER_WAITS:
        return ""
    rest = find_rest(ledger, bureau.id, now)
    if rest is not None:
        reason = f"发信服务器不收：{rest.why}；到 {short_time(rest.until.astimezone(zone))} 再发"
    else:
        reason = "；".join(health.trouble) or f"一共排着 {health.queued} 封，两封之间停 {health.pause_seconds} 秒"
    return f"有信从 {short_time(due.astimezone(zone))} 起一直没有发出（{reason}）"


def _archive_away(settings: Settings, ledger: Ledger, bureau: Bureau) -> str:
    trouble = find_archive_trouble(settings, ledger, bureau)
    if trouble is None:
        return ""
    since = short_time(trouble.at.astimezone(settings.intake.zone))
    return f"从 {since} 起收下的文件存不进共享文件夹，接上后自动补存：{trouble.detail['why']}"


def _find_complaints(settings: Settings, health: Health, now: datetime) -> Iterator[str]:
    zone = settings.intake.zone
    silence = SILENCE + 2 * timedelta(seconds=settings.intake.polling.every_seconds)
    is_stopped = health.written is None or now - health.written > silence
    if health.written is None:
        yield "收件程序还没有运行过"
    elif is_stopped:
        yield f"收件程序没有在运行，或者卡住了：最近一次活动是 {short_time(health.written.astimezone(zone))}"
    if health.free_disk_bytes < settings.intake.limits.free_disk_bytes:
        yield f"磁盘快满了，只剩 {health.free_disk_bytes // 1_000_000} MB，已经暂停收信"
    if health.faulty_edit:
        yield f"配置改过，但有写错的地方，仍按原来的运行：{health.faulty_edit}"
    for bureau in health.bureaus.values():
        if bureau.alarmed and bureau.trouble_since:
            yield f"{bureau.name}：{'；'.join(bureau.trouble)}（{short_time(bureau.trouble_since)} 起）"
        elif bureau.poll_late and not is_stopped:
            yield f"{bureau.name}：{bureau.poll_late}"
        if bureau.letters_late:
            yield f"{bureau.name}：{bureau.letters_late}"
        if bureau.digest_late:
            yield f"{bureau.name}：{bureau.digest_late}"
        if bureau.archive_away:
            yield f"{bureau.name}：{bureau.archive_away}"


class HealthFile:
    """Keeps data/health.json up to date while the program runs. The jobs of all bureaus report to it at once. A failure
    to write it is logged, never raised."""

    def __init__(self, services: Services) -> None:
        self.services = services
        """The services in use; replaced when an edit of the configuration is taken over."""
        self._faulty_edit = ""
        self._last: Health | None = None
        self._started = self._now()
        self._written = 0.0
        """By the monotonic clock."""
        self._changing, self._writing = threading.Lock(), threading.Lock()
        self._seconds: dict[str, dict[str, float]] = {}
        self._changes: dict[str, dict[str, object]] = {}
        """By bureau, what was reported since the file was written last."""
        self._is_changed = False

    def record_poll(self, bureau: Bureau) -> None:
        """The mailbox of this bureau was scanned just now. Said for every mail, it is written with the next change."""
        self._change(bureau, last_good_poll=self._now())

    def record_seconds(self, bureau: Bureau, seconds: Mapping[str, float]) -> None:
        """What stages took for one mail or letter of this bureau."""
        with self._changing:
            known = self._seconds[bureau.id] = {**self._seconds.get(bureau.id, {}), **seconds}
        self._change(bureau, stage_seconds={stage: round(one, 4) for stage, one in known.items()})

    def record_run(self, bureau: Bureau, trouble: tuple[str, ...], *, is_round: bool) -> None:
        """A job of this bureau has run. `trouble` has the errors of all its jobs; `is_round`: it was to receive."""
        self._change(bureau, trouble=trouble, **({"last_round": self._now()} if is_round else {}))
        self._is_changed = True

    def record_edit(self, fault: str) -> None:
        """The fault of an edit that was not taken over; empty where there is none."""
        if fault != self._faulty_edit:
            self._faulty_edit, self._is_changed = fault, True

    def is_outdated(self) -> bool:
        """True when something was reported since the file was written, or SIGN_SECONDS have passed."""
        has_failed = self._written > 0 and self._last is None
        return (self._is_changed and not has_failed) or time.monotonic() - self._written >= SIGN_SECONDS

    def write(self) -> None:
        """Writes the file anew."""
        with self._writing:
            self._written = time.monotonic()
            with self._changing:
                changes, self._changes, self._is_changed = self._changes, {}, False
            try:
                health = self._update(changes)
                _replace(self.services.home.health, health.model_dump_json(indent=2))
            except (IntakeError, OSError) as error:
                self._last = None
                log.warning("health not written: %s", error)
                with self._changing:
                    self._is_changed = True
                    for name, earlier in changes.items():
                        self._changes[name] = {**earlier, **self._changes.get(name, {})}
            else:
                self._last = health

    @property
    def is_well(self) -> bool:
        """True when the last state has no complaint; False where it could not be written."""
        return self._last is not None and self._last.is_well

    @property
    def words(self) -> str:
        """The complaints in one line for the admin."""
        if self._last is None:
            return "不知道是否正常：状态没有写成，原因见日志"
        return " ".join("；".join(self._last.complaints).split()) or "一切正常"

    def _change(self, bureau: Bureau, **changes: object) -> None:
        with self._changing:
            self._changes[bureau.id] = {**self._changes.get(bureau.id, {}), **changes}

    def _update(self, changes: Mapping[str, Mapping[str, object]]) -> Health:
        now = self._now()
        # After a start or a failed write, the state on disk is continued.
        last = self._last or read_health(self.services.home) or Health(version=__version__, free_disk_bytes=0)
        bureaus = dict(last.bureaus)
        for bureau in self.services.settings.bureaus:
            known = bureaus.get(bureau.id, BureauHealth(name=bureau.name, mode=bureau.mode))
            bureaus[bureau.id] = known.model_copy(update=dict(changes.get(bureau.id, {})))
        last = last.model_copy(
            update={
                "pid": os.getpid(),
                "started": self._started,
                "written": now,
                "bureaus": bureaus,
                "faulty_edit": self._faulty_edit,
            }
        )
        return check_health(self.services.settings, self.services.home, self.services.ledger, last, now)

    def _now(self) -> datetime:
        return self.services.clock().astimezone(self.services.settings.intake.zone)


def _replace(path: Path, text: str) -> None:
    """Replaces the file atomically: a reader sees the old content or the new content."""
    aside = path.with_name(f"{path.name}.new")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)
