"""Dates in mail headers, read leniently. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

CHINA_TIME = timezone(timedelta(hours=8))

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(
    r"(?P<day>\d{1,2})[ -]*(?P<month>[A-Za-z]{3})[a-z]{0,6}[ -]*(?P<year>\d{4}|\d{2})\s+"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
    r"(?:\s*(?P<offset>[+-]\d{4})|\s+\(?(?P<zone>[A-Za-z]{1,5})\b)?"
)
_MAXIMUM_LENGTH = 400
_YEARS = range(1970, 2200)
"""Other years are mistakes, and times at the ends of the calendar cannot be converted to other zones."""
# RFC 5322 section 4.3, except CST: in mail to a Chinese bureau it is China Standard Time.
_ZONE_HOURS = {"CST": 8, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}


def parse_date(value: str) -> datetime | None:
    """The time in a Date field, with its UTC offset; None if there is none.

    CST and a missing zone mean +08:00; an unknown zone means UTC (RFC 5322 section 4.3).
    """
    found = _DATE.search(value[:_MAXIMUM_LENGTH])
    if not found:
        return None
    year = int(found["year"])
    if len(found["year"]) == 2:
        year += 2000 if year < 50 else 1900
    if year not in _YEARS:
        return None
    try:
        month = _MONTHS.index(found["month"].lower()) + 1
        # Second 60 is a leap second, which datetime does not know.
        second = min(int(found["second"] or 0), 59)
        zone = _zone(found["offset"], found["zone"])
        return datetime(year, month, int(found["day"]), int(found["hour"]), int(found["minute"]), second, tzinfo=zone)
    except ValueError:
        return None


def parse_received_date(value: str) -> datetime | None:
    """The time in a Received field, which follows the last semicolon (RFC 5321 section 4.4)."""
    return parse_date(value.rpartition(";")[2][-_MAXIMUM_LENGTH:])


def _zone(offset: str | None, zone: str | None) -> timezone:
    """Raises ValueError for an offset of a day or more."""
    if offset:
        minutes = int(offset[1:3]) * 60 + int(offset[3:])
        return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
    if zone is None:
        return CHINA_TIME
    return timezone(timedelta(hours=_ZONE_HOURS.get(zone.upper(), 0)))
