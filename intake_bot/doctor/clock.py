"""Compares this machine's clock with the mail servers'. Pure.

IMAP and SMTP have no command for the time. Some servers put it into their greeting. Without one, a mail whose
INTERNALDATE lies in the future shows that this clock is slow; nothing shows that it is fast, so the admin is asked to
compare.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from intake_bot.doctor.trial import Grade, Trial, failure, success
from intake_bot.letters.chinese import full_time, span

SUBJECT = "本机时间"
TOLERANCE = timedelta(minutes=2)
"""A smaller difference is no fault."""
_DATE = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}")
"""RFC 5322, 3.3, without the day of the week: `220 mail.example.cn ESMTP Postfix; Wed, 17 May 2023 15:00:00 +0800`."""
_ADVICE = "请打开系统的自动校时（Windows：设置 → 时间和语言；Linux：timedatectl set-ntp true），每日汇总几点发按它算。"


def clock_trial(greetings: tuple[str, ...], newest_mail: datetime | None, now: datetime) -> Trial:
    """Compares this machine's clock with the servers' greetings, else with the newest INTERNALDATE.

    `now` is this machine's time in the bureau's time zone.
    """
    server_time = next((date for date in map(_date_in, greetings) if date is not None), None)
    if server_time is not None:
        return _compare(server_time, now)
    here = f"本机现在是 {full_time(now)}"
    if newest_mail is not None and newest_mail - now > TOLERANCE:
        return failure(SUBJECT, f"比邮箱服务器慢了至少 {span(newest_mail - now)}（{here}）", _ADVICE)
    return Trial(SUBJECT, Grade.UNKNOWN, f"邮件服务器不报时间，没法核对；{here}", "请和手机对一下。")


def _compare(server_time: datetime, now: datetime) -> Trial:
    if abs(now - server_time) <= TOLERANCE:
        return success(SUBJECT, f"和邮件服务器一致（{full_time(now)}）")
    side, difference = "快" if now > server_time else "慢", span(abs(now - server_time))
    return failure(SUBJECT, f"比邮件服务器{side}了 {difference}（本机现在是 {full_time(now)}）", _ADVICE)


def _date_in(greeting: str) -> datetime | None:
    found = _DATE.search(greeting)
    try:
        return parsedate_to_datetime(found[0]).astimezone(UTC) if found else None
    except ValueError:
        return None
