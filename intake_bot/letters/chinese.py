"""How dates, times, durations and sizes read in a letter. All times are aware and in the bureau's zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from intake_bot.notices.day_words import BRIEF_DEADLINE, DEADLINE, FULL, FULL_MINUTES, SHORT, deadline_day, write_time

_SPANS = ((86400, "天"), (3600, "小时"), (60, "分钟"), (1, "秒"))


def full_time(at: datetime) -> str:
    """2023年5月17日（周三）15:58:41."""
    return write_time(at, FULL)


def short_time(at: datetime) -> str:
    """5月17日 15:58."""
    return write_time(at, SHORT)


def tight_time(at: datetime) -> str:
    """5月17日15:58, for a narrow line."""
    return write_time(at, "{date}{minutes}")


def clock_time(at: datetime) -> str:
    """15:58."""
    return write_time(at, "{minutes}")


def deadline(at: datetime) -> str:
    """5月17日（周三）16:00; midnight is the end of the day before: 5月23日（周二）24:00."""
    return write_time(at, DEADLINE)


def short_deadline(at: datetime) -> str:
    """5月17日 16:00; 5月23日 24:00."""
    return write_time(at, "{last_date} {last_clock}")


def brief_deadline(at: datetime, beside: date | None) -> str:
    """16:00 where it falls on the day `beside`, else 5月18日10:00."""
    return write_time(at, "{last_clock}" if deadline_day(at) == beside else BRIEF_DEADLINE)


def arrival(received: datetime, deadlines: Iterable[datetime]) -> str:
    """2023年5月17日（周三）15:58; with seconds where they decide whether it was in time."""
    exact = any(seconds_decide(received, due) for due in deadlines)
    return write_time(received, FULL if exact else FULL_MINUTES)


def timing(received: datetime, due: datetime, late: bool) -> str:
    """截止 16:00，按时: the deadline, and by how much it was missed. Seconds only where they decide."""
    one_day, exact = deadline_day(due) == received.date(), seconds_decide(received, due)
    until = write_time(due, ("" if one_day else "{last_date} ") + ("{last_seconds}" if exact else "{last_clock}"))
    in_time = "按时" if received <= due else "此前已按时收到，仍算按时"
    return f"截止 {until}，{lateness(received, due) if late else in_time}"


def seconds_decide(received: datetime, due: datetime) -> bool:
    """True where a mail came less than a minute ahead of its deadline or behind it."""
    return abs(received - due) < timedelta(minutes=1)


def deadline_words(due: datetime, now: datetime) -> str:
    """今天（5月17日）16:00; 明天（5月18日）12:00; for any other day, with a space before it, 5月19日（周五）12:00."""
    day = deadline_day(due)
    name = {0: "今天", 1: "明天"}.get((day - now.date()).days)
    return write_time(due, f"{name}（{{last_date}}）{{last_clock}}") if name else f" {deadline(due)}"


def lateness(received: datetime, due: datetime | None) -> str:
    """迟报 1 小时 2 分钟; 迟报 alone where the deadline is not known or not passed."""
    return f"迟报 {span(received - due)}" if due is not None and received > due else "迟报"


def span(length: timedelta) -> str:
    """The two largest units of a positive duration: 16 小时 12 分钟."""
    seconds = max(1, int(length.total_seconds()))
    parts: list[tuple[int, str]] = []
    for unit, name in _SPANS:
        count, seconds = divmod(seconds, unit)
        if count or parts:
            parts.append((count, name))
    return " ".join(f"{count} {name}" for count, name in parts[:2] if count)


def size(count: int) -> str:
    """Bytes as people say them, in thousands (the notices' 2M is 2,000,000 bytes): 2.4 MB.

    Rounded down: a letter that asks for 2M must not show 2.0 MB for 1999999 bytes.
    """
    if count < 1000:
        return f"{count} 字节"
    if count < 1_000_000:
        return f"{count // 1000} KB"
    return f"{count // 100_000 / 10:.1f} MB"
