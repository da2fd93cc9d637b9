"""How dates, times, durations and sizes read in a letter. All moments are aware and in the bureau's zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

_WEEKDAYS = "一二三四五六日"
_SPANS = ((86400, "天"), (3600, "小时"), (60, "分钟"), (1, "秒"))


def month_day(day: date) -> str:
    """5月17日."""
    return f"{day.month}月{day.day}日"


def weekday_date(day: date) -> str:
    """5月17日（周三）."""
    return f"{month_day(day)}（周{_WEEKDAYS[day.weekday()]}）"


def moment(at: datetime) -> str:
    """2023年5月17日（周三）15:58:41."""
    return f"{at.year}年{weekday_date(at)}{at:%H:%M:%S}"


def short_moment(at: datetime) -> str:
    """5月17日 15:58."""
    return f"{month_day(at)} {at:%H:%M}"


def deadline(at: datetime) -> str:
    """5月17日（周三）16:00; midnight is the end of the day before: 5月23日（周二）24:00."""
    return f"{weekday_date(_deadline_day(at))}{_deadline_clock(at)}"


def brief_deadline(at: datetime, beside: date | None) -> str:
    """16:00 where it falls on the day `beside`, else 5月18日10:00."""
    day = _deadline_day(at)
    return _deadline_clock(at) if day == beside else f"{month_day(day)}{_deadline_clock(at)}"


def timing(received: datetime, due: datetime, late: bool) -> str:
    """服务器收到 15:58:41，截止 16:00:00，按时: server time against deadline, and by how much it was missed."""
    day = _deadline_day(due)
    one_day = day == received.date()
    came = f"{'' if one_day else month_day(received)}{received:%H:%M:%S}"
    until = f"{'' if one_day else month_day(day)}{'24:00' if _is_midnight(due) else f'{due:%H:%M:%S}'}"
    return f"服务器收到 {came}，截止 {until}，{lateness(received, due) if late else '按时'}"


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


def _deadline_day(at: datetime) -> date:
    return at.date() - timedelta(1) if _is_midnight(at) else at.date()


def _deadline_clock(at: datetime) -> str:
    if _is_midnight(at):
        return "24:00"
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def _is_midnight(at: datetime) -> bool:
    return at.time() == time(0)
