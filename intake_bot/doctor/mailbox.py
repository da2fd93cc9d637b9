"""One bureau's two servers: reached, entered and left again. Nothing is sent, and nothing in the mailbox is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta

from intake_bot.config.settings import Bureau, MissingSecret, Settings
from intake_bot.connecting import ca_file, imap_settings, smtp_settings
from intake_bot.doctor.clocks import clock_trial
from intake_bot.doctor.line import Reached, reach
from intake_bot.doctor.trial import Grade, Trial, well, wrong
from intake_bot.errors import IntakeError
from intake_bot.mail.connection import LoginRefused
from intake_bot.mail.mailbox import Mailbox
from intake_bot.mail.transport import RefusedForNow, Transport

_NEWEST = 5
"""UIDs ascend, and dates nearly do."""
_LOOK_BACK = timedelta(days=2)


def bureau_trials(settings: Settings, bureau: Bureau, environ: Mapping[str, str], now: datetime) -> Iterator[Trial]:
    """Tries all that one bureau needs. One login each at most: providers lock accounts that go on trying."""
    box, home, timeout = bureau.mailbox, settings.home, settings.intake.polling.timeout_seconds
    imap = reach("收信服务器", box.imap, ca_file(box.imap, home), timeout, now)
    smtp = reach("发信服务器", box.smtp, ca_file(box.smtp, home), timeout, now)
    newest: datetime | None = None
    try:
        secret = bureau.secret(environ, home)
    except MissingSecret as missing:
        yield from (wrong("授权码", missing, _put_secret(bureau)), imap.trial, smtp.trial)
    else:
        yield imap.trial
        if _is_reached(imap):
            inbox, newest = _inbox(settings, bureau, secret, now)
            yield inbox
        yield smtp.trial
        if _is_reached(smtp):
            yield _sending(settings, bureau, secret)
    yield clock_trial((smtp.greeting, imap.greeting), newest, now.astimezone(settings.intake.zone))
    if settings.notice_for(bureau.id, now) is None:
        todo = "请在 config/notices 里放一份这个教育局的通知，写法见 docs/notice.md；没有通知时收信会暂停。"
        yield wrong("通知", "没有这个教育局的通知", todo)


def _is_reached(server: Reached) -> bool:
    return server.trial.grade is not Grade.WRONG


def _inbox(settings: Settings, bureau: Bureau, secret: str, now: datetime) -> tuple[Trial, datetime | None]:
    """Login, ID, EXAMINE (which itself keeps every flag), SEARCH and FETCH of dates; and the newest of the dates."""
    what, folder = "收信邮箱", bureau.mailbox.imap.folder
    with closing(Mailbox(imap_settings(bureau, secret, settings.intake, settings.home))) as mailbox:
        try:
            mailbox.open()
            uids = mailbox.search((now - _LOOK_BACK).astimezone(settings.intake.zone).date())
            dates = [mail.internaldate for mail in mailbox.describe(uids[-_NEWEST:]).values()]
        except LoginRefused as error:
            return wrong(what, error, _renew_secret(bureau)), None
        except IntakeError as error:
            todo = f"请过几分钟再试；一直这样，请核对文件夹“{folder}”在网页邮箱里有没有，再联系邮箱服务商。"
            return wrong(what, error, todo), None
    said = f"能登录，能只读打开“{folder}”，最近两三天有 {len(uids)} 封邮件"
    return well(what, said), max(dates, default=None)


def _sending(settings: Settings, bureau: Bureau, secret: str) -> Trial:
    what = "发信登录"
    try:
        with Transport(smtp_settings(bureau, secret, settings.intake, settings.home)).session():
            return well(what, "能登录（没有发信）")
    except LoginRefused as error:
        return wrong(what, error, _renew_secret(bureau))
    except RefusedForNow as error:
        return wrong(what, error, "服务商嫌连得太勤，或者正忙：请过半小时再试，其间不要反复试。")
    except IntakeError as error:
        return wrong(what, error, "请过几分钟再试；一直这样，请联系邮箱服务商。")


def _put_secret(bureau: Bureau) -> str:
    where = _place_of_secret(bureau)
    return f"163、126、QQ 邮箱请在网页邮箱的设置里开启 IMAP/SMTP 服务，生成授权码，放进{where}。"


def _renew_secret(bureau: Bureau) -> str:
    where = _place_of_secret(bureau)
    return (
        "请登录网页邮箱，在设置里确认 IMAP/SMTP 服务开着，重新生成授权码（不是登录密码），"
        f"换到{where}。不要反复重试，免得账号被锁。"
    )


def _place_of_secret(bureau: Bureau) -> str:
    if bureau.mailbox.secret_file is not None:
        return f"文件 {bureau.mailbox.secret_file}"
    return f"环境变量 {bureau.mailbox.secret_env}"
