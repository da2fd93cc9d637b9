"""Is this machine's clock right? Pure.

Mail servers do not tell the time when asked. Some say it in their greeting; and a mail that reached the server later
than it is here shows that the clock here is slow. Nothing shows that it is fast, so then a person has to look.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from intake_bot.doctor.trial import Grade, Trial, well, wrong
from intake_bot.letters.chinese import moment, span

WHAT = "本机时间"
ALLOWED = timedelta(minutes=2)
_DATE = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}")
"""RFC 5322, 3.3, without the day of the week: `220 mail.example.cn ESMTP Postfix; Wed, 17 May 2023 15:00:00 +0800`."""
_TODO = "请打开系统的自动校时（Windows：设置 → 时间和语言；Linux：timedatectl set-ntp true），每日汇总几点发按它算。"


def clock_trial(greetings: tuple[str, ...], newest_mail: datetime | None, now: datetime) -> Trial:
    """`now` by this machine, in the bureau's zone; `newest_mail` is when the server received it."""
    told = next((date for date in map(_date_in, greetings) if date is not None), None)
    if told is not None:
        return _compared(told, now)
    if newest_mail is not None and newest_mail - now > ALLOWED:
        return wrong(WHAT, f"比邮箱服务器慢了至少 {span(newest_mail - now)}（本机现在是 {moment(now)}）", _TODO)
    return Trial(WHAT, Grade.UNKNOWN, f"邮件服务器不报时间，没法核对；本机现在是 {moment(now)}", "请和手机对一下。")


def _compared(told: datetime, now: datetime) -> Trial:
    if abs(now - told) <= ALLOWED:
        return well(WHAT, f"和邮件服务器一致（{moment(now)}）")
    side = "快" if now > told else "慢"
    return wrong(WHAT, f"比邮件服务器{side}了 {span(abs(now - told))}（本机现在是 {moment(now)}）", _TODO)


def _date_in(greeting: str) -> datetime | None:
    found = _DATE.search(greeting)
    try:
        return parsedate_to_datetime(found[0]).astimezone(UTC) if found else None
    except ValueError:
        return None
