from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from intake_bot.notices.day_words import BRIEF_DEADLINE, DEADLINE, FULL, SHORT, write_time

ZONE = ZoneInfo("Asia/Shanghai")
TIMES = [
    ("2023-05-17T15:58:41", FULL, "2023年5月17日（周三）15:58:41"),
    ("2023-05-17T15:58:41", SHORT, "5月17日 15:58"),
    ("2023-05-17T16:00:00", DEADLINE, "5月17日（周三）16:00"),
    ("2023-05-24T00:00:00", DEADLINE, "5月23日（周二）24:00"),
    ("2023-05-24T00:00:00", FULL, "2023年5月24日（周三）00:00:00"),
    ("2023-06-01T00:00:00", BRIEF_DEADLINE, "5月31日24:00"),
    ("2023-05-17T16:00:30", BRIEF_DEADLINE, "5月17日16:00:30"),
    ("2023-05-17T16:00:00", "{last_seconds}", "16:00:00"),
    ("2023-05-24T00:00:00", "{last_seconds}", "24:00"),
]


@pytest.mark.parametrize(("at", "form", "words"), TIMES)
def test_time_is_written_as_its_form_says(at: str, form: str, words: str) -> None:
    assert write_time(datetime.fromisoformat(at).replace(tzinfo=ZONE), form) == words


@pytest.mark.parametrize("zone", [None, UTC])
def test_time_outside_the_bureaus_zone_is_refused(zone: ZoneInfo | None) -> None:
    with pytest.raises(ValueError, match="not in the bureau's zone"):
        write_time(datetime(2023, 5, 17, 8, tzinfo=zone), FULL)


def test_bureau_whose_zone_is_utc_may_write() -> None:
    assert write_time(datetime(2023, 5, 17, 8, tzinfo=ZoneInfo("UTC")), SHORT) == "5月17日 08:00"
