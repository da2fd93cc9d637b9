"""What the files under `config/` say, checked and frozen. Sizes in bytes, times in the unit that the key names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, InstanceOf

from intake_bot.config.nearest import nearest
from intake_bot.errors import ConfigFault, TemporaryFailure
from intake_bot.mail.connection import Security, is_loopback
from intake_bot.notices.notice import Frozen, Notice, Text
from intake_bot.notices.roster import Roster

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _address(value: str) -> str:
    if not is_address(value):
        apart = "；一格只写一个地址，几个地址写成列表 [a@b.cn, c@d.cn]" if re.search("[,，;；、]", value) else ""
        raise ValueError(f"“{value}”不是邮箱地址，应写成 name@example.edu.cn{apart}。")
    return value


def is_address(value: str) -> bool:
    """True for something that could be a mail address: ASCII, one @, a host name behind it."""
    return value.isascii() and _ADDRESS.fullmatch(value) is not None


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise ValueError("要写服务器的主机名，例如 imap.163.com，不带 https://，也不带端口。")
    return value


def _variable(value: str) -> str:
    if not _VARIABLE.fullmatch(value):
        # The value may be the secret itself, written in the wrong place: it is not repeated.
        raise ValueError(
            "要写环境变量的名称（字母、数字、下划线），例如 PUYANG_MAIL_SECRET；授权码本身不能写在文件里。"
        )
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: the name is a folder, as Asia is
        near = nearest(value, sorted(available_timezones()))
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
Addresses = Annotated[tuple[Address, ...], Field(strict=False)]
Positive = Annotated[int, Field(gt=0)]
Seconds = Annotated[int, Field(gt=0, le=24 * 60 * 60)]
Minutes = Annotated[int, Field(gt=0, le=7 * 24 * 60)]
Hours = Annotated[int, Field(gt=0, le=30 * 24)]
Days = Annotated[int, Field(gt=0, le=366)]


class Polling(Frozen):
    """How the mailboxes are looked into."""

    every_seconds: Seconds = 120
    lookback_days: Days = 30
    """Mail that reached the server longer ago is not looked at."""
    chunk_bytes: Positive = 1024 * 1024
    """Large mails are fetched in pieces of this size."""
    timeout_seconds: Seconds = 60
    """For one answer of a mail server, IMAP or SMTP."""


class Sending(Frozen):
    """How letters leave, politely enough for 163 and QQ."""

    pause_seconds: int = Field(default=10, ge=0, le=60 * 60)
    """Between two letters of one mailbox."""
    retry_minutes: Annotated[tuple[Minutes, ...], Field(strict=False, min_length=1)] = (2, 15, 60, 240, 720)
    """Waiting times after the first, second, … refusal; the last one repeats."""
    give_up_after_hours: Hours = 48
    """Counted from when the letter was written."""
    answers_per_hour: Positive = 12
    """To one sender within 60 minutes: six materials, each sent once and mended once. Mail beyond this and the
    following is judged and filed, and gets no letter."""
    answers_per_day: Positive = 20
    """To one sender and local day."""
    bureau_answers_per_hour: Positive = 500
    """To all senders of a bureau together. Far more than a roster sends; what comes up to it is a storm."""
    bureau_answers_per_day: Positive = 1000
    """The same for a local day."""


class DigestSettings(Frozen):
    """When the clerks get their daily letter."""

    at: ClockTime = time(17, 30)


class Limits(Frozen):
    """What one mail may cost; beyond it the mail is held for a person, never lost."""

    attempts: Positive = 3
    """A mail that has failed so often is set aside."""
    header_bytes: Positive = 256 * 1024
    parts: Positive = 1000
    """MIME parts of one mail."""
    depth: Positive = 20
    """MIME parts inside parts."""
    archive_members: Positive = 5000
    """All files in the archives of one mail."""
    archive_bytes: Positive = 2_000_000_000
    """All that the archives of one mail may unpack to."""
    archive_depth: Positive = 3
    """Archives inside archives."""
    photo_pixels: Positive = 210_000_000
    """Phones take up to 200 million."""
    measure_seconds: Seconds = 60
    """For measuring one file, or unpacking one archive; a file that takes longer counts as damaged."""
    measure_bytes: int = Field(default=1_000_000_000, ge=300_000_000)
    """Memory for the same, the libraries included. A picture of 60 million pixels in WebP, the hungriest format,
    takes all of it; below 300 MB hardly a photo could be measured."""
    free_disk_bytes: int = Field(default=200_000_000, ge=0)
    """With less free space than this, nothing is fetched."""


class HealthSettings(Frozen):
    """Who is told that all is well."""

    ping_url: PingUrl | None = None
    """Asked for after each round in which nothing is wrong; a monitor misses it otherwise."""


class IntakeSettings(Frozen):
    """config/intake.yaml: what holds for all bureaus. Every key has a default."""

    time_zone: ZoneName = "Asia/Shanghai"
    polling: Polling = Polling()
    sending: Sending = Sending()
    digest: DigestSettings = DigestSettings()
    limits: Limits = Limits()
    health: HealthSettings = HealthSettings()

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days, deadlines and hours are meant."""
        return ZoneInfo(self.time_zone)


class Mode(StrEnum):
    """`shadow`: everything runs, nothing is sent to schools."""

    LIVE = "live"
    SHADOW = "shadow"


class Server(Frozen):
    """Where a mail server listens."""

    host: Host
    port: int = Field(ge=1, le=65535)
    security: Annotated[Security, Field(strict=False)] = Security.TLS
    ca_file: str | None = None
    """A certificate authority of one's own, PEM; relative to the home."""


INBOX = "INBOX"
JUNK_FOLDERS = (
    "垃圾邮件", "垃圾箱", "广告邮件", "病毒邮件", "病毒文件夹", "Junk", "Junk E-mail", "Junk Email", "Spam",
)  # fmt: skip
"""What 163, 126, QQ and the usual server programs call them."""


SENT_FOLDERS = ("已发送", "已发送邮件", "已发邮件", "Sent", "Sent Messages", "Sent Items", "Sent Mail")
"""The same, for what was sent."""


class ImapServer(Server):
    """Where mail is fetched."""

    folder: str = Field(default=INBOX, min_length=1)
    junk_folders: Annotated[tuple[Annotated[str, Field(min_length=1)], ...] | None, Field(strict=False)] = None
    """Looked through for submissions that the provider took for junk, advertising or viruses; those that the account
    does not have are fine. None: the usual names."""

    sent_folders: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(strict=False)] = SENT_FOLDERS
    """Where the provider puts what was sent by SMTP: a letter of ours that nobody knows to have left is looked for
    there. Those that the account does not have are fine."""

    @property
    def junk(self) -> tuple[str, ...]:
        """Names of the folders to be looked through. Beside another folder than the inbox they are to be named: what a
        provider sorts out lay in the inbox before, and another bureau may read that."""
        if self.junk_folders is not None:
            return self.junk_folders
        return JUNK_FOLDERS if self.folder.upper() == INBOX else ()


class Mailbox(Frozen):
    """One mailbox and how to get in; the secret itself never stands in a file of `config/`."""

    address: Address
    username: str | None = None
    secret_env: Variable | None = None
    secret_file: str | None = None
    """Relative to the home."""
    imap: ImapServer
    smtp: Server

    @property
    def login(self) -> str:
        """The user name: the address, unless the file says otherwise."""
        return self.username or self.address


class MissingSecret(TemporaryFailure):
    """The mailbox's password is not where it should be: nobody can log in until a person puts it there."""


class Bureau(Frozen):
    """config/bureaus/<id>.yaml: a mailbox, its clerks, its roster."""

    id: str
    name: Text
    mailbox: Mailbox
    clerks: Annotated[Addresses, Field(min_length=1)]
    """They get the digest."""
    admins: Addresses = ()
    """They hear of machine trouble."""
    roster: InstanceOf[Roster] = Roster()
    mode: Annotated[Mode, Field(strict=False)] = Mode.LIVE
    digest_at: ClockTime | None = None
    """Local time; None: as intake.yaml says."""
    authserv_id: Host | None = None
    """The name under which the mailbox's own server writes Authentication-Results (RFC 8601); None: none is believed.
    Only its own word counts: anybody can write such a header into a mail."""

    def secret(self, environ: Mapping[str, str], home: Path) -> str:
        """The mailbox's password or 授权码. Raises MissingSecret, naming where it was looked for."""
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
    """Everything under `config/`, checked. `remarks` are no faults, but an admin should know them."""

    home: Path
    intake: IntakeSettings
    bureaus: tuple[Bureau, ...]
    notices: tuple[Notice, ...]
    remarks: tuple[ConfigFault, ...] = ()

    def bureau(self, bureau_id: str) -> Bureau | None:
        """The bureau of this id, which is the name of its file."""
        return next((bureau for bureau in self.bureaus if bureau.id == bureau_id), None)

    def bureau_at(self, address: str) -> Bureau | None:
        """The bureau whose mailbox has this address, compared without case."""
        wanted = address.lower()
        return next((bureau for bureau in self.bureaus if bureau.mailbox.address.lower() == wanted), None)

    def notice_for(self, bureau_id: str, at: datetime) -> Notice | None:
        """The notice that a mail received at this moment (aware) answers.

        Of the notices open then, the one whose week began last; with none begun, the one that begins next. Where none
        is open, all of the bureau's notices stand for choice in the same way. None: the bureau has no notice.
        """
        zone = self.intake.zone
        own = sorted((n for n in self.notices if n.bureau == bureau_id), key=lambda n: n.week.first)
        choice = [n for n in own if n.opens(zone) <= at <= n.closes(zone)] or own
        begun = [n for n in choice if n.week.first <= at.astimezone(zone).date()]
        return begun[-1] if begun else next(iter(choice), None)

    def digest_at(self, bureau: Bureau) -> time:
        """The local time of this bureau's digest."""
        return bureau.digest_at or self.intake.digest.at
