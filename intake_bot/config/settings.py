"""The settings in the files under `config/`. Sizes are in bytes, times in the unit of the key."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, InstanceOf, model_validator

from intake_bot.config.nearest import find_nearest
from intake_bot.config.tree import Node
from intake_bot.errors import ConfigFault, TemporaryFailure
from intake_bot.files.limits import Allowance, FileLimits
from intake_bot.mail.address import is_address_of_host
from intake_bot.mail.connection import Security, is_loopback
from intake_bot.mail.message import ReadingLimits
from intake_bot.notices.notice import Frozen, Notice, Text
from intake_bot.notices.roster import Roster

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _address(value: str) -> str:
    if not is_address_of_host(value):
        apart = "；一格只写一个地址，几个地址写成列表 [a@b.cn, c@d.cn]" if re.search("[,，;；、]", value) else ""
        raise ValueError(f"“{value}”不是邮箱地址，应写成 name@example.edu.cn{apart}。")
    return value


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise ValueError("要写服务器的主机名，例如 imap.163.com，不带 https://，也不带端口。")
    return value


def _variable(value: str) -> str:
    if not _VARIABLE.fullmatch(value):
        # The value may be the secret itself, in the wrong place. It is never shown.
        raise ValueError(
            "要写环境变量的名称（字母、数字、下划线），例如 PUYANG_MAIL_SECRET；授权码本身不能写在文件里。"
        )
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: the name is a folder, as Asia is
        near = find_nearest(value, sorted(available_timezones()))
        hint = f"是不是想写“{near}”？" if near else "中国写 Asia/Shanghai。"
        raise ValueError(f"没有“{value}”这个时区，{hint}") from error
    return value


def _clock(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = _CLOCK.fullmatch(unicodedata.normalize("NFKC", value).strip())
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError(f'“{value}”不是时刻，要写成 24 小时制，例如 "17:30"。')
    return time(int(found[1]), int(found[2]))


def _clocks(value: object) -> object:
    """One time of day, or a list of them, in order and each once."""
    if isinstance(value, int):
        words = f'“{value}”不是时刻，要写成带引号的 24 小时制，例如 "17:30"。'
        raise ValueError(words)  # noqa: TRY004 - pydantic reports ValueErrors only
    if not isinstance(value, list | tuple):
        return (value,)
    times = [_clock(one) for one in value]
    if all(isinstance(one, time) for one in times):
        return tuple(sorted({one for one in times if isinstance(one, time)}))
    return value


def _work_hours(value: object) -> object:
    """8:00-18:00, as two times of day."""
    if not isinstance(value, str):
        return value
    ends = [one.strip() for one in re.split("[-—–~～至]", unicodedata.normalize("NFKC", value))]
    if len(ends) != 2:
        raise ValueError(f'“{value}”不是一段时间，要写成 "8:00-18:00"。')
    first, last = map(_clock, ends)
    if first >= last:  # type: ignore[operator]  # of a text `_clock` makes a time, or raises
        raise ValueError(f"“{value}”的开始不早于结束。")
    return first, last


def _ping_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError("看不懂这个网址，应写成 https://hc-ping.com/编号 这样。") from error
    if not value.isascii() or not _HOST.fullmatch(host) or parts.username is not None or re.search(r"\s", value):
        raise ValueError("要写完整的网址，例如 https://hc-ping.com/编号，不带用户名和密码。")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise ValueError("网址要以 https:// 开头；http:// 只能用于本机（127.0.0.1）。")
    return value


Address = Annotated[str, AfterValidator(_address)]
Host = Annotated[str, AfterValidator(_host)]
PingUrl = Annotated[str, AfterValidator(_ping_url)]
Variable = Annotated[str, AfterValidator(_variable)]
ZoneName = Annotated[str, AfterValidator(_zone)]
ClockTime = Annotated[time, BeforeValidator(_clock)]
"""A local time of day, to the minute."""
ClockTimes = Annotated[tuple[ClockTime, ...], BeforeValidator(_clocks), Field(strict=False, min_length=1)]
"""Local times of day: one, or a list of them."""
WorkHours = Annotated[tuple[time, time], BeforeValidator(_work_hours)]
Addresses = Annotated[tuple[Address, ...], Field(strict=False)]
Positive = Annotated[int, Field(gt=0)]
Seconds = Annotated[int, Field(gt=0, le=24 * 60 * 60)]
Minutes = Annotated[int, Field(gt=0, le=7 * 24 * 60)]
Hours = Annotated[int, Field(gt=0, le=30 * 24)]
Days = Annotated[int, Field(gt=0, le=366)]
_LONGEST_PAUSE = 60 * 60
Pause = Annotated[int, Field(ge=0, le=_LONGEST_PAUSE)]
"""Seconds."""


class PollingSettings(Frozen):
    """How mailboxes are polled."""

    every_seconds: Seconds = 120
    lookback_days: Days = 30
    """Mail that the server received before is ignored."""
    chunk_bytes: Positive = 1024 * 1024
    """Size of the parts in which large mails are fetched."""
    timeout_seconds: Seconds = 60
    """Maximum time for one command to an IMAP or SMTP server and its answer. The time that its bytes take at 16 KB a
    second is added."""


class PauseRange(Frozen):
    """The pause between two letters of one mailbox: `least` as long as its server is content, and up to `most` after it
    has counted too many."""

    least: Pause
    most: Pause

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.least > self.most:
            raise ValueError(f"least（{self.least} 秒）不能大于 most（{self.most} 秒）。")
        return self


def _pause_range(value: object) -> object:
    """One number stands for both."""
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value <= _LONGEST_PAUSE:
            raise ValueError(f"要写 0 到 {_LONGEST_PAUSE} 之间的秒数。")
        return {"least": value, "most": value}
    if not isinstance(value, dict | PauseRange):
        words = "要写秒数，例如 10，或者写最短和最长的秒数，例如 {least: 5, most: 60}。"
        raise ValueError(words)  # noqa: TRY004 - pydantic reports ValueErrors only
    return value


class SendingSettings(Frozen):
    """How letters are sent, within the limits of 163 and QQ."""

    pause_seconds: Annotated[PauseRange, BeforeValidator(_pause_range)] = PauseRange(least=5, most=60)
    mention_arrival_after_minutes: Minutes = 30
    """A letter that will leave later than this after its mail arrived says first when the mail arrived."""
    retry_minutes: Annotated[tuple[Minutes, ...], Field(strict=False, min_length=1)] = (2, 15, 60, 240, 720)
    """Waiting times after the first, second, … refusal. The last one repeats."""
    give_up_after_hours: Hours = 48
    """Time from writing a letter until it counts as failed."""
    answers_per_hour: Positive = 12
    """Maximum answers to one sender within 60 minutes: six materials, each sent and corrected once. Mail beyond this
    limit, or the following ones, is judged and filed without an answer."""
    answers_per_day: Positive = 20
    """Maximum answers to one sender in a local day."""
    bureau_answers_per_hour: Positive = 500
    """Maximum answers to all senders of a bureau within 60 minutes. Only a mail storm reaches it."""
    bureau_answers_per_day: Positive = 1000
    """Maximum answers to all senders of a bureau in a local day."""


class DigestSettings(Frozen):
    """When clerks get their digests and notes."""

    at: ClockTimes = (time(17, 30),)
    minutes_after_deadline: int = Field(default=30, ge=0, le=24 * 60)
    """Minutes from a deadline to the digest about it. 0: there is none."""
    work_hours: WorkHours = (time(8, 0), time(18, 0))
    """Local time. Between these, clerks get a note about what newly waits for them, at most one an hour."""


class ReminderSettings(Frozen):
    """Reminders to units that have sent nothing."""

    hours_before: float | None = Field(default=None, gt=0, le=72, strict=False)
    """Hours ahead of a deadline. None: only when a clerk asks for them."""


class Limits(Frozen):
    """Limits for one mail. A mail beyond them is held for a person and never lost."""

    attempts: Positive = 3
    """Tries of a mail before it is held for a person."""
    header_bytes: Positive = ReadingLimits.header_bytes
    parts: Positive = ReadingLimits.parts
    """MIME parts of one mail."""
    depth: Positive = ReadingLimits.depth
    """Levels of nested MIME parts."""
    archive_members: Positive = FileLimits.members
    """Files in all archives of one mail."""
    archive_bytes: Positive = FileLimits.unpacked_bytes
    """Unpacked size of all archives of one mail."""
    archive_depth: Positive = FileLimits.depth
    """Levels of nested archives."""
    photo_pixels: Positive = FileLimits.jpeg_pixels
    measure_seconds: Seconds = int(Allowance.seconds)
    """Time for measuring one file, or unpacking one archive. A file that takes longer counts as damaged."""
    mail_seconds: Seconds = int(FileLimits.mail_seconds)
    """Processor time for all files of one mail together. Files that were not opened by then are held."""
    measure_bytes: int = Field(default=Allowance.memory_bytes, ge=300_000_000)
    """Memory for the same, the libraries included. A WebP picture of 60 million pixels, the most costly format, takes
    all of it. Less than 300 MB are not enough for most photos."""
    workers: Positive = Field(default_factory=lambda: os.cpu_count() or 1)
    """Processes that open the files of a bureau's mails at the same time; by default one for each core."""
    free_disk_bytes: int = Field(default=200_000_000, ge=0)
    """Minimum free space on the disk for fetching mail."""

    @property
    def reading(self) -> ReadingLimits:
        """How much of the mail itself is read."""
        return ReadingLimits(self.header_bytes, self.parts, self.depth)

    @property
    def files(self) -> FileLimits:
        """How much its files may unpack and decode to."""
        return FileLimits(
            members=self.archive_members,
            unpacked_bytes=self.archive_bytes,
            depth=self.archive_depth,
            jpeg_pixels=self.photo_pixels,
            program_seconds=self.allowance.program_seconds,
            mail_seconds=self.mail_seconds,
        )

    @property
    def allowance(self) -> Allowance:
        """What the worker may take for one of its files."""
        return Allowance(self.measure_seconds, self.measure_bytes, self.archive_bytes)


class HealthSettings(Frozen):
    """How a monitor learns that all is well."""

    ping_url: PingUrl | None = None
    """URL that is requested once in a poll interval while all is well. A monitor notices when it stays away."""


class IntakeSettings(Frozen):
    """config/intake.yaml: settings for all bureaus. Every key has a default."""

    time_zone: ZoneName = "Asia/Shanghai"
    archive_dir: str = ""
    """Folder for packages, such as a shared drive; absolute or relative to the home. Empty: exports/ in the home."""
    archive_files: bool = False
    """Also keep that folder filled with accepted files as they come."""
    polling: PollingSettings = PollingSettings()
    sending: SendingSettings = SendingSettings()
    digest: DigestSettings = DigestSettings()
    reminders: ReminderSettings = ReminderSettings()
    limits: Limits = Limits()
    health: HealthSettings = HealthSettings()

    @property
    def is_archive_kept(self) -> bool:
        """Accepted files are to be laid into `archive_dir`."""
        return bool(self.archive_dir) and self.archive_files

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of all days, deadlines and hours."""
        return ZoneInfo(self.time_zone)


class Mode(StrEnum):
    """`shadow`: everything runs, but no letter to schools is sent."""

    LIVE = "live"
    SHADOW = "shadow"


class Server(Frozen):
    """Address of a mail server."""

    host: Host
    port: int = Field(ge=1, le=65535)
    security: Annotated[Security, Field(strict=False)] = Security.TLS
    ca_file: str | None = None
    """PEM file of an own certificate authority, relative to the home."""


INBOX = "INBOX"
JUNK_FOLDERS = (
    "垃圾邮件", "垃圾箱", "广告邮件", "病毒邮件", "病毒文件夹", "Junk", "Junk E-mail", "Junk Email", "Spam",
)  # fmt: skip
"""Names of junk folders at 163, 126, QQ and in common server programs."""


SENT_FOLDERS = ("已发送", "已发送邮件", "已发邮件", "Sent", "Sent Messages", "Sent Items", "Sent Mail")
"""Names of folders for sent mail at the same."""


class ImapServer(Server):
    """The IMAP server, and its folders."""

    folder: str = Field(default=INBOX, min_length=1)
    junk_folders: Annotated[tuple[Annotated[str, Field(min_length=1)], ...] | None, Field(strict=False)] = None
    """Folders for junk, advertising and viruses, in which submissions are looked for. The account need not have them.
    None: the usual names."""

    sent_folders: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(strict=False)] = SENT_FOLDERS
    """Folders in which the provider stores what was sent by SMTP. Letters whose delivery is in doubt are looked for
    there. The account need not have them."""

    @property
    def junk(self) -> tuple[str, ...]:
        """Names of the junk folders. Where `folder` is not the inbox, the usual names are not used: junk was in the
        inbox before, which another bureau may read."""
        if self.junk_folders is not None:
            return self.junk_folders
        return JUNK_FOLDERS if self.folder.upper() == INBOX else ()


class Mailbox(Frozen):
    """A mailbox and its login. The secret itself is in no file under `config/`."""

    address: Address
    username: str | None = None
    secret_env: Variable | None = None
    secret_file: str | None = None
    """Relative to the home."""
    imap: ImapServer
    smtp: Server

    @property
    def login(self) -> str:
        """The user name: `username`, else the address."""
        return self.username or self.address


class MissingSecret(TemporaryFailure):
    """The password of the mailbox is missing. Nobody can log in until an admin sets it."""


class Bureau(Frozen):
    """config/bureaus/<id>.yaml: a mailbox, its clerks and its roster."""

    id: str
    name: Text
    mailbox: Mailbox
    clerks: Annotated[Addresses, Field(min_length=1)]
    """Addresses that get the digest."""
    admins: Addresses = ()
    """Addresses that get alerts."""
    roster: InstanceOf[Roster] = Roster()
    mode: Annotated[Mode, Field(strict=False)] = Mode.LIVE
    digest_at: ClockTimes | None = None
    """Local times. None: those in intake.yaml."""
    authserv_id: Host | None = None
    """The name of the mailbox's own server in Authentication-Results (RFC 8601). Headers of other names are ignored:
    anybody can write them into a mail. None: all are ignored."""

    def secret(self, environ: Mapping[str, str], home: Path) -> str:
        """Returns the password or 授权码 of the mailbox. Raises MissingSecret, which names where it was looked for."""
        if self.mailbox.secret_file is not None:
            return self._secret_in_file(home / self.mailbox.secret_file)
        secret = environ.get(self.mailbox.secret_env or "", "").strip()
        if not secret:
            raise MissingSecret(f"{self.name}的邮箱授权码还没有：环境变量 {self.mailbox.secret_env} 没有设置。")
        return secret

    def _secret_in_file(self, path: Path) -> str:
        try:
            secret = path.read_text(encoding="utf-8-sig").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise MissingSecret(f"{self.name}的邮箱授权码还没有：读不到文件 {self.mailbox.secret_file}。") from error
        if not secret:
            raise MissingSecret(f"{self.name}的邮箱授权码还没有：文件 {self.mailbox.secret_file} 是空的。")
        return secret


@dataclass(frozen=True)
class Settings:
    """Everything under `config/`. `remarks` are no faults, but an admin should know them."""

    home: Path
    intake: IntakeSettings
    bureaus: tuple[Bureau, ...]
    notices: tuple[Notice, ...]
    remarks: tuple[ConfigFault, ...] = ()
    values: Mapping[str, Mapping[str, object]] = field(default_factory=dict, repr=False, compare=False)
    """What stood in each file, by its name below the home: config/intake.yaml."""
    roster_texts: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    """Bureau id → its roster, as CSV."""
    trees: Mapping[str, Node] = field(default_factory=dict, repr=False, compare=False)
    """The tree of each file without a fault that holds nothing private, by the SHA-256 of its bytes."""

    def bureau(self, bureau_id: str) -> Bureau | None:
        """Returns the bureau of this id, which is the name of its file, or None."""
        return next((bureau for bureau in self.bureaus if bureau.id == bureau_id), None)

    def bureau_at(self, address: str) -> Bureau | None:
        """Returns the bureau whose mailbox has this address, compared without case, or None."""
        wanted = address.lower()
        return next((bureau for bureau in self.bureaus if bureau.mailbox.address.lower() == wanted), None)

    def notice_for(self, bureau_id: str, at: datetime) -> Notice | None:
        """Returns the notice for mail that was received at `at` (aware). None: the bureau has no notice.

        Of the notices that are open then, it is the one whose week began last; before all weeks, the one that begins
        next. Where none is open, all notices of the bureau are considered.
        """
        zone = self.intake.zone
        own = sorted((n for n in self.notices if n.bureau == bureau_id), key=lambda n: n.week.first)
        choice = [n for n in own if n.opens_at(zone) <= at <= n.closes_at(zone)] or own
        begun = [n for n in choice if n.week.first <= at.astimezone(zone).date()]
        return begun[-1] if begun else next(iter(choice), None)

    def digest_times(self, bureau: Bureau) -> tuple[time, ...]:
        """Returns the local times of the bureau's digests, in order; those after deadlines are not among them."""
        return bureau.digest_at or self.intake.digest.at
