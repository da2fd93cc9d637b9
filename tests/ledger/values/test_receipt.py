from __future__ import annotations

import pytest

from intake_bot.ledger.values.receipt import find_receipt, message_of_receipt, receipt_number


@pytest.mark.parametrize(
    ("row_id", "number"), [(1, "1001-9"), (42, "1042-9"), (9000, "10000-9"), (999_000, "1000000-4")]
)
def test_receipt_number_is_short_and_has_a_check_digit(row_id: int, number: str) -> None:
    assert receipt_number(row_id) == number
    assert message_of_receipt(number) == row_id


def _found(digits: str) -> str | None:
    return find_receipt(f"回执编号 {digits[:-1]}-{digits[-1]}")


@pytest.mark.parametrize("row_id", [1, 42, 777, 8999, 9000, 123_456])
def test_find_receipt_refuses_every_single_wrong_digit(row_id: int) -> None:
    digits = receipt_number(row_id).replace("-", "")
    wrong = {
        digits[:place] + other + digits[place + 1 :]
        for place in range(len(digits))
        for other in "0123456789"
        if other != digits[place]
    }
    assert {number: _found(number) for number in wrong if _found(number)} == {}


def test_find_receipt_refuses_every_swap_of_neighbours() -> None:
    for row_id in range(1, 9000):
        digits = receipt_number(row_id).replace("-", "")
        for place in range(len(digits) - 1):
            swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
            assert swapped == digits or _found(swapped) is None


@pytest.mark.parametrize(
    ("text", "receipt"),
    [
        ("回执编号 1042-9", "1042-9"),
        ("回执编号：1042-9", "1042-9"),
        ("回复：您的材料已收到（回执编号1042-9）", "1042-9"),
        ("补交照片，编号:1042-9。", "1042-9"),
        ("回执编号：１０４２－９", "1042-9"),
        ("回执号 1042—9", "1042-9"),
        ("回执 1042–9", "1042-9"),
        ("回执 1042 - 9 补件", "1042-9"),
        ("回执编号 10429", "1042-9"),
        ("回执编号为【1042-9】", "1042-9"),
        ("【1042-9】活动周濮阳县教育局照片材料", "1042-9"),
        ("活动周照片[1042-9]", "1042-9"),
        ("回執編號 1042-9 5月17日照片", "1042-9"),
        ("回执编号 1042-8，更正：回执编号 1042-9", "1042-9"),
        ("补发 1042-9", "1042-9"),
        ("重报：1042-9 照片", "1042-9"),
        ("回执编号 2023-3", "2023-3"),
        ("回执编号\n1042-9\n", "1042-9"),
    ],
)
def test_find_receipt_reads_spellings_of_people(text: str, receipt: str) -> None:
    assert find_receipt(text) == receipt


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1042-9",
        "联系电话 0393-8991718",
        "电话：8991718-9",
        "(0393)8991718",
        "回执 13800138000",
        "回执 0393-8991718",
        "【2023-3】",
        "编号 2023-3",
        "补发 2023-3",
        "补发 1042-8",
        "补发 0393-8991718",
        "冀教职成函〔2023〕22号",
        "回执 2023-3-17",
        "【2023-05-17】",
        "(1042-9-1)",
        "回执编号 1042-8",
        "回执编号 042-9",
        "回执编号 1042-99",
        "濮教工委〔2023〕8号",
    ],
)
def test_find_receipt_leaves_other_numbers_alone(text: str) -> None:
    assert find_receipt(text) is None


def test_find_receipt_is_quick_on_hostile_text() -> None:
    assert find_receipt("回执编号" + " " * 200_000 + "【" * 200_000) is None
