"""Units by their names and mail addresses."""

from __future__ import annotations

import pytest

from intake_bot.notices.roster import Roster, Unit


@pytest.mark.parametrize(
    ("address", "unit"),
    [
        ("One@School.edu.cn", "甲校"),
        ("two@school.edu.cn", "乙校"),
        ("two@mail.school.edu.cn", None),
        ("@school.edu.cn", "乙校"),
        ("school.edu.cn", None),
        ("", None),
    ],
)
def test_find_by_address_prefers_full_address_to_domain(address: str, unit: str | None) -> None:
    roster = Roster((Unit("乙校", addresses=("@school.edu.cn",)), Unit("甲校", addresses=("one@school.edu.cn",))))
    found = roster.find_by_address(address)
    assert (found and found.name) == unit
