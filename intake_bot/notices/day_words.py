"""How days, times and items read in Chinese: one function for the times of all that schools, clerks and admins read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

FULL = "{year}年{date}（周{weekday}）{seconds}"
"""2023年5月17日（周三）15:58:41."""
FULL_MINUTES = "{year}年{date}（周{weekday}）{minutes}"
"""2023年5月17日（周三）15:58."""
SHORT = "{date} {minutes}"
"""5月17日 15:58."""
DEADLINE = "{last_date}（周{last_weekday}）{last_clock}"
"""5月17日（周三）16:00; 5月23日（周二）24:00."""
BRIEF_DEADLINE = "{last_date}{last_clock}"
"""5月17日16:00; 5月23日24:00."""

_WEEKDAYS = "一二三四五六日"


def write_time(at: datetime, form: str) -> str:
    """Writes a time as `form` says. The time must be in the bureau's zone.

    `{year}`, `{date}`, `{weekday}`, `{minutes}` (15:58) and `{seconds}` (15:58:41) are those of the time. The fields
    that begin with `last_` are those of a deadline, where midnight is the end of the day before: `{last_clock}` is
    16:00, 16:00:30 or 24:00, `{last_seconds}` is 16:00:00 or 24:00.

    Raises ValueError for a time without a zone, or in UTC as the ledger stores it: it would be read as local time.
    """
    if at.tzinfo is None or at.tzinfo is UTC:
        raise ValueError(f"not in the bureau's zone: {at.isoformat()}")
    is_midnight, last_day = at.time() == time(0), deadline_day(at)
    return form.format(
        year=at.year,
        date=month_day(at),
        weekday=_WEEKDAYS[at.weekday()],
        minutes=f"{at:%H:%M}",
        seconds=f"{at:%H:%M:%S}",
        last_date=month_day(last_day),
        last_weekday=_WEEKDAYS[last_day.weekday()],
        last_clock="24:00" if is_midnight else f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}",
        last_seconds="24:00" if is_midnight else f"{at:%H:%M:%S}",
    )


def deadline_day(at: datetime) -> date:
    """The day on which a deadline falls: at midnight, the day that ends."""
    return at.date() - timedelta(1) if at.time() == time(0) else at.date()


def month_day(day: date) -> str:
    """5月17日."""
    return f"{day.month}月{day.day}日"


def weekday_date(day: date) -> str:
    """5月17日（周三）."""
    return f"{month_day(day)}（周{_WEEKDAYS[day.weekday()]}）"


def item_name(material: str, day: date | None) -> str:
    """照片（5月17日）, or 照片 for a material that is due once."""
    return f"{material}（{month_day(day)}）" if day else material
