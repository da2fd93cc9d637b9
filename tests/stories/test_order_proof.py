"""Which answers to a digest are orders, and that each is carried out once."""

from __future__ import annotations

import pytest

from intake_bot.errors import LedgerUnavailable
from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.orders import Orders
from intake_bot.ledger.values.events import EventName
from tests.stories.clerk import (
    CLERK,
    COLLEAGUE,
    PHOTO,
    PHOTOS,
    SCHOOL,
    asks,
    button,
    digest_of,
    held,
    order,
    to,
)
from tests.stories.office import Office


def test_repeated_mail_changes_nothing(office: Office) -> None:
    number = asks(office)
    digest = digest_of(office)
    for minute in (40, 41):
        office.sent = 100  # the same Message-ID
        office.receive(
            f"2023-05-17 17:{minute}", "Re", text=f"答 {number} 可以", sender=CLERK, answers=digest,
            headers={"X-Copy": str(minute)},
        )  # fmt: skip
    letters = office.poll("2023-05-17 17:45")
    assert sorted(one.to for one in letters) == sorted([CLERK, SCHOOL])


@pytest.mark.parametrize(
    ("sender", "headers", "reason"),
    [
        ("wang@home.example", {}, "stranger"),
        (CLERK, {"Authentication-Results": "mx.example.edu.cn; dmarc=fail; spf=fail"}, "doubtful"),
    ],
)
def test_order_that_is_not_proven_is_silent(office: Office, sender: str, headers: dict[str, str], reason: str) -> None:
    number = asks(office)
    digest = digest_of(office)
    office.receive("2023-05-17 17:40", "Re", text=f"收 {number}", sender=sender, answers=digest, headers=headers)
    assert office.poll("2023-05-17 17:41") == []
    assert held(office) == [number]
    with Ledger.open(Home(office.home).ledger) as ledger:
        event = ledger.trail.find_last("puyang", (EventName.MAILBOX_ORDER_REFUSED,))
    assert event is not None
    assert (event.detail["sender"], event.detail["reason"]) == (sender, reason)
    assert sender in office.digest("2023-05-18 17:30")


def test_order_from_a_former_clerk_or_her_other_mailbox_is_silent(office: Office) -> None:
    number = asks(office)
    digest = digest_of(office)
    office.edit("bureaus/puyang.yaml", f"clerks: [{CLERK}, {COLLEAGUE}]", "clerks: [zhang@home.example]")
    office.receive("2023-05-17 17:40", "Re", text=f"收 {number}", sender="zhang@home.example", answers=digest)
    office.receive("2023-05-17 17:41", "Re", text=f"收 {number}", sender=CLERK, answers=digest)
    assert office.poll("2023-05-17 17:45") == []
    assert held(office) == [number]
    told = office.digest("2023-05-18 17:30")
    assert f"请用 {CLERK}" in told
    assert "已经不是经办人" in told


def test_words_without_our_letter_are_no_order(office: Office) -> None:
    number = asks(office)
    office.receive("2023-05-17 17:40", "收", text=f"收 {number}", sender=CLERK)
    assert office.poll("2023-05-17 17:41") == []
    assert held(office) == [number]


def test_auto_reply_is_no_order(office: Office) -> None:
    number = asks(office)
    digest = digest_of(office)
    headers = {"Auto-Submitted": "auto-replied"}
    office.receive("2023-05-17 17:40", "自动回复", text=f"收 {number}", sender=CLERK, answers=digest, headers=headers)
    assert office.poll("2023-05-17 17:41") == []
    assert held(office) == [number]


def test_thanks_for_a_digest_are_not_answered(office: Office) -> None:
    digest = digest_of(office)
    assert order(office, "收到，谢谢", digest, "2023-05-17 17:40") == []
    assert order(office, "好的", digest, "2023-05-17 17:41") == []
    assert "来自经办人的邮件" not in office.digest("2023-05-17 18:00")


def test_button_orders_once_and_only_what_it_stands_for(office: Office) -> None:
    number = asks(office)
    digest = digest_of(office)
    subject, body = button(office, digest, f"答 {number}")
    for sender, minute in (("wang@home.example", 40), (COLLEAGUE, 41), (CLERK, 42), (CLERK, 43)):
        office.receive(f"2023-05-17 17:{minute}", subject, text=f"{body}可以\n关 1002-4", sender=sender)
    letters = office.poll("2023-05-17 17:45")
    assert sorted(one.to for one in letters) == sorted([SCHOOL, CLERK, CLERK])
    assert "可以" in to(letters, SCHOOL).text
    assert "1002-4" not in to(letters, SCHOOL).text
    assert "这个按钮已经用过了（第 1 号命令）" in [one for one in letters if one.to == CLERK][1].text


def test_button_of_an_old_digest_is_expired(office: Office) -> None:
    number = asks(office)
    subject, body = button(office, digest_of(office), f"关 {number}")
    office.receive("2023-05-24 17:32", subject, text=body, sender=CLERK)
    assert [one for one in office.poll("2023-05-24 17:33") if "已办" in one.subject] == []
    assert held(office) == [number]
    assert "7 天有效" in office.digest("2023-05-24 17:40")


def test_order_that_was_carried_out_before_a_crash_is_not_carried_out_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = asks(office)
    digest = digest_of(office)
    finish = Orders.finish

    def fail(*_: object) -> None:
        raise LedgerUnavailable("locked")

    monkeypatch.setattr(Orders, "finish", fail)
    (answer,) = order(office, f"答 {number} 可以", digest, "2023-05-17 17:40")
    assert answer.to == SCHOOL
    monkeypatch.setattr(Orders, "finish", finish)
    (confirmation,) = office.poll("2023-05-17 17:42")
    assert (confirmation.to, "已经办好" in confirmation.text, "撤销 1" in confirmation.text) == (CLERK, True, True)
    assert office.poll("2023-05-17 17:44") == []


def test_school_that_answers_a_forwarded_digest_with_its_files_is_judged(office: Office) -> None:
    number = asks(office)
    digest = digest_of(office)
    office.receive("2023-05-17 15:50", PHOTO, PHOTOS, text=f"收 {number}", answers=digest)
    (receipt,) = office.poll("2023-05-17 17:41")
    assert (receipt.to, "【已收】" in receipt.subject) == (SCHOOL, True)
    assert held(office) == [number]
