"""Dates in mail headers, read leniently: what cannot be read is None."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(
    r"(?P<day>\d{1,2})[ -]*(?P<month>[A-Za-z]{3})[a-z]{0,6}[ -]*(?P<year>\d{4}|\d{2})\s+"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
    r"(?:\s*(?P<offset>[+-]\d{4})|\s+\(?(?P<zone>[A-Za-z]{1,5})\b)?"
)
_LONGEST_DATE = 400
_YEARS = range(1970, 2200)
"""Any other is nonsense, and at the ends of the calendar no other zone could be reckoned with."""
# RFC 5322 section 4.3, but for CST: in mail to a Chinese bureau that is China Standard Time.
_ZONE_HOURS = {"CST": 8, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}


def header_date(value: str) -> datetime | None:
    """The moment that a Date field names, with the offset it gives.

    A bare CST is +08:00, and so is no zone at all; an unknown zone counts as UTC (RFC 5322 section 4.3).
    """
    found = _DATE.search(value[:_LONGEST_DATE])
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


def received_date(value: str) -> datetime | None:
    """The moment that a Received field ends with (RFC 5321 section 4.4: behind the last semicolon)."""
    return header_date(value.rpartition(";")[2][-_LONGEST_DATE:])


def _zone(offset: str | None, zone: str | None) -> timezone:
    """Raises ValueError for an offset of a day or more."""
    if offset:
        minutes = int(offset[1:3]) * 60 + int(offset[3:])
        return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
    if zone is None:
        return CHINA
    return timezone(timedelta(hours=_ZONE_HOURS.get(zone.upper(), 0)))
