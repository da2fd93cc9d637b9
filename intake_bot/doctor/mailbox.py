"""Trials of one bureau's two servers: connect, log in, log out. Sends no letter and changes nothing in the mailbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta

from intake_bot.config.connections import ca_file, imap_settings, smtp_settings
from intake_bot.config.settings import Bureau, MissingSecret, Settings
from intake_bot.doctor.clock import clock_trial
from intake_bot.doctor.connection import ServerTrial, try_connection
from intake_bot.doctor.trial import Grade, Trial, failure, success
from intake_bot.errors import IntakeError
from intake_bot.mail.connection import LoginRefused
from intake_bot.mail.imap.mailbox import Mailbox
from intake_bot.mail.smtp.transport import RefusedForNow, Transport

_NEWEST = 5
"""Mails that are asked for their dates: UIDs ascend, and dates nearly do."""
_LOOK_BACK = timedelta(days=2)


def bureau_trials(settings: Settings, bureau: Bureau, environ: Mapping[str, str], now: datetime) -> Iterator[Trial]:
    """Tries everything that one bureau needs, with at most one login a server: providers lock accounts that retry."""
    box, home, timeout = bureau.mailbox, settings.home, settings.intake.polling.timeout_seconds
    imap = try_connection("收信服务器", box.imap, ca_file(box.imap, home), timeout, now)
    smtp = try_connection("发信服务器", box.smtp, ca_file(box.smtp, home), timeout, now)
    newest: datetime | None = None
    try:
        secret = bureau.secret(environ, home)
    except MissingSecret as missing:
        yield from (failure("授权码", missing, _advise_new_secret(bureau)), imap.trial, smtp.trial)
    else:
        yield imap.trial
        if _is_connected(imap):
            inbox, newest = _inbox(settings, bureau, secret, now)
            yield inbox
        yield smtp.trial
        if _is_connected(smtp):
            yield _sending(settings, bureau, secret)
    yield clock_trial((smtp.greeting, imap.greeting), newest, now.astimezone(settings.intake.zone))
    if settings.notice_for(bureau.id, now) is None:
        advice = "请在 config/notices 里放一份这个教育局的通知，写法见 docs/notice.md；没有通知时收信会暂停。"
        yield failure("通知", "没有这个教育局的通知", advice)


def _is_connected(server: ServerTrial) -> bool:
    return server.trial.grade is not Grade.FAILED


def _inbox(settings: Settings, bureau: Bureau, secret: str, now: datetime) -> tuple[Trial, datetime | None]:
    """Login, ID, EXAMINE (which keeps every flag), SEARCH, FETCH of dates; with the newest date, aware."""
    subject, folder = "收信邮箱", bureau.mailbox.imap.folder
    with closing(Mailbox(imap_settings(bureau, secret, settings.intake, settings.home))) as mailbox:
        try:
            mailbox.open()
            uids = mailbox.search((now - _LOOK_BACK).astimezone(settings.intake.zone).date())
            dates = [mail.internaldate for mail in mailbox.fetch_summaries(uids[-_NEWEST:]).values()]
        except LoginRefused as error:
            return failure(subject, error, _advise_renewed_secret(bureau)), None
        except IntakeError as error:
            advice = f"请过几分钟再试；一直这样，请核对文件夹“{folder}”在网页邮箱里有没有，再联系邮箱服务商。"
            return failure(subject, error, advice), None
    result = f"能登录，能只读打开“{folder}”，最近两三天有 {len(uids)} 封邮件"
    return success(subject, result), max(dates, default=None)


def _sending(settings: Settings, bureau: Bureau, secret: str) -> Trial:
    subject = "发信登录"
    try:
        with Transport(smtp_settings(bureau, secret, settings.intake, settings.home)).session():
            return success(subject, "能登录（没有发信）")
    except LoginRefused as error:
        return failure(subject, error, _advise_renewed_secret(bureau))
    except RefusedForNow as error:
        return failure(subject, error, "服务商嫌连得太勤，或者正忙：请过半小时再试，其间不要反复试。")
    except IntakeError as error:
        return failure(subject, error, "请过几分钟再试；一直这样，请联系邮箱服务商。")


def _advise_new_secret(bureau: Bureau) -> str:
    where = _place_of_secret(bureau)
    return f"163、126、QQ 邮箱请在网页邮箱的设置里开启 IMAP/SMTP 服务，生成授权码，放进{where}。"


def _advise_renewed_secret(bureau: Bureau) -> str:
    where = _place_of_secret(bureau)
    return (
        "请登录网页邮箱，在设置里确认 IMAP/SMTP 服务开着，重新生成授权码（不是登录密码），"
        f"换到{where}。不要反复重试，免得账号被锁。"
    )


def _place_of_secret(bureau: Bureau) -> str:
    if bureau.mailbox.secret_file is not None:
        return f"文件 {bureau.mailbox.secret_file}"
    return f"环境变量 {bureau.mailbox.secret_env}"
