"""Dates in mail headers."""

from __future__ import annotations

from datetime import datetime

import pytest

from intake_bot.mail.reading.dates import parse_date, parse_received_date


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Wed, 17 May 2023 15:02:11 +0800 (CST)", "2023-05-17T15:02:11+08:00"),
        ("Wed, 17 May 2023 15:02:11 CST", "2023-05-17T15:02:11+08:00"),
        ("17 May 23 15:02 (CST)", "2023-05-17T15:02:00+08:00"),
        ("Wed, 17 May 2023 15:02:11", "2023-05-17T15:02:11+08:00"),
        ("Wed, 17 May 2023 07:02:11 GMT", "2023-05-17T07:02:11+00:00"),
        ("Wed, 17 May 2023 03:02:11 EDT", "2023-05-17T03:02:11-04:00"),
        ("Wed, 17 May 2023 15:02:60 -0330", "2023-05-17T15:02:59-03:30"),
        ("Wed, 31 Feb 2023 15:02:11 +0800", None),
        ("Wed, 17 May 2023 15:02:11 +9900", None),
        ("Mon, 01 Jan 0001 00:00:00 +0800", None),
        ("Fri, 31 Dec 9999 20:00:00 +0000", None),
        ("Wed, 17 May 1900 15:02:11 +0800", None),
        ("Wed, 17 May 99999 15:02:11 +0800", None),
        ("Wed, 17 Mai 2023 15:02:11 +0800", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_date_field_is_read_leniently(value: str, expected: str | None) -> None:
    found = parse_date(value)
    assert (found and found.isoformat()) == expected


def test_received_date_is_read_after_the_last_semicolon() -> None:
    value = "from a by b (1 May 2020 00:00:00 +0000; x) with SMTP id c; Wed, 17 May 2023 15:02:11 +0800"
    assert parse_received_date(value) == datetime.fromisoformat("2023-05-17T15:02:11+08:00")
    assert parse_received_date("from a by b") is None
