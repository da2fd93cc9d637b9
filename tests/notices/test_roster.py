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


def test_address_of_two_units_is_that_of_the_first() -> None:
    roster = Roster((Unit("乙校", addresses=("a@school.edu.cn",)), Unit("甲校", addresses=("a@school.edu.cn",))))
    found = roster.find_by_address("a@school.edu.cn")
    assert found is not None and found.name == "乙校"


def test_domain_belongs_to_all_units_with_an_address_of_it() -> None:
    roster = Roster(
        (
            Unit("甲校", addresses=("a@school.edu.cn", "b@school.edu.cn")),
            Unit("乙校", addresses=("@school.edu.cn",)),
            Unit("丙校", addresses=("c@qq.com",)),
        )
    )
    assert roster.units_by_domain == {"school.edu.cn": {"甲校", "乙校"}, "qq.com": {"丙校"}}
