"""Which date of receipt is believed, and what counts instead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from intake_bot.mail.imap.arrival import Arrival, estimate_arrival

SEEN = datetime(2023, 5, 17, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
YEARS = (1, 1900, 1970, 1980, 2000, 2001, 2010, 2014, 2024, 2038, 2099, 9999)
BAD = [*(SEEN.replace(year=year) for year in YEARS), SEEN + 24 * HOUR + timedelta(seconds=1), SEEN + 48 * HOUR]
GOOD = [SEEN, SEEN - HOUR, SEEN - 90 * 24 * HOUR, SEEN.replace(year=2015), SEEN + HOUR, SEEN + 24 * HOUR]


@pytest.mark.parametrize("time", GOOD, ids=str)
@pytest.mark.parametrize("stamped", [None, SEEN - 2 * HOUR, SEEN + 48 * HOUR], ids=str)
def test_believable_date_counts_whatever_the_mail_says(time: datetime, stamped: datetime | None) -> None:
    assert estimate_arrival(time, stamped, SEEN) == Arrival(time)


@pytest.mark.parametrize("time", BAD, ids=str)
def test_unbelievable_date_gives_way_to_the_received_field_then_to_first_sight(time: datetime) -> None:
    assert estimate_arrival(time, SEEN - HOUR, SEEN) == Arrival(SEEN - HOUR, SEEN)
    assert estimate_arrival(time, SEEN + HOUR, SEEN) == Arrival(SEEN, SEEN)
    for stamped in (None, *BAD):
        assert estimate_arrival(time, stamped, SEEN) == Arrival(SEEN, SEEN)
