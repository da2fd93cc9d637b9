"""The grammar of mail addresses: what received mail may name, what the configuration accepts, what we send to."""

import re

import pytest

from intake_bot.errors import PermanentFailure
from intake_bot.mail.address import ADDRESS_IN_TEXT, checked_address, is_address, is_address_of_host


@pytest.mark.parametrize("address", ["a@b.cn", " 10000@qq.com ", "first.last+tag@mail.example.edu.cn", "a_b-c@x1.cn"])
def test_checked_address_of_usual_form_is_returned_without_white_space(address: str) -> None:
    assert checked_address(address) == address.strip()


@pytest.mark.parametrize("address", ["a@b_c.cn", "a@_b.cn", "-a@b.cn", "a..b@c.cn", ".a@c.cn", "a.@docomo.ne.jp"])
def test_address_outside_the_standard_is_read_answered_and_found_in_a_bounce(address: str) -> None:
    assert is_address(address)
    assert checked_address(address) == address
    assert re.findall(ADDRESS_IN_TEXT, f"无法发送到 {address}，退信") == [address]


@pytest.mark.parametrize(
    "address",
    ["", "a", "@b.cn", "a@", "a b@c.cn", "a\0@b.cn", "名字@c.cn", "a@b@c.cn", "a@[127.0.0.1]", "-a@-b.cn", "a@b-.cn"],
)
def test_text_that_is_no_address_fails_every_check(address: str) -> None:
    assert not is_address(address)
    assert not is_address_of_host(address)
    with pytest.raises(PermanentFailure):
        checked_address(address)


@pytest.mark.parametrize(
    ("address", "expected"),
    [("a..b@c.cn", True), ("a@localhost", True), ("a@b_c.cn", False), ("a@-b.cn", False), ("a@b..cn", False)],
)
def test_address_in_configuration_needs_a_correct_host_name(address: str, expected: bool) -> None:
    assert is_address_of_host(address) is expected


def test_address_longer_than_the_maximum_is_refused() -> None:
    longest = "a@" + "b" * 252
    assert is_address(longest)
    assert checked_address(longest) == longest
    assert not is_address(longest + "b")
    with pytest.raises(PermanentFailure):
        checked_address(longest + "b")


def test_address_within_a_sentence_is_found() -> None:
    assert re.findall(ADDRESS_IN_TEXT, "无法发送到 zhang.san@school.example.。") == ["zhang.san@school.example"]
