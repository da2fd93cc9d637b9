"""Questions, which a clerk answers: closed, supplemented, accepted or rejected."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest

from intake_bot.ledger.values.events import EventName
from tests.commands.held_mails import (
    AGAIN_HINT,
    NOTE,
    SMALL,
    accepted,
    items_left,
    number_of,
)
from tests.commands.homes import NOW, TestHome
from tests.commands.mails import mail, photos_zip


@pytest.fixture
def question(office: TestHome) -> str:
    """The number of a mail that answers a rejection and only asks something."""
    office.receive(mail("活动周濮阳县教育局照片材料", {"照片.zip": SMALL}))
    office.poll()
    letter = message_from_bytes(office.smtp.letters[0].raw, policy=default)
    office.receive(
        mail(f"Re: {letter['Subject']}", text="请问照片一定要两张吗？", headers={"In-Reply-To": letter["Message-ID"]}),
        at="2023-05-17T15:02:00+08:00",
    )
    office.poll()
    return number_of(office)


@pytest.mark.parametrize("act", [("accept",), ("reject", "--reason", "已电话答复", "--no-letter")])
def test_answered_question_is_closed(office: TestHome, question: str, act: tuple[str, ...]) -> None:
    assert "已经答复的，用 intake-bot held accept 编号 结案" in office.run("held")[1]
    items, letters = office.run("ledger", "--json"), office.letters
    code, printed = office.held(act[0], question, *act[1:])
    assert (code, printed) == (
        0, f"{question} 已结案，不算报送：濮阳县教育局　Re: 【请补正】活动周濮阳县教育局照片（回执编号 1001-9）\n",
    )  # fmt: skip
    assert office.run("held") == (0, "共 0 封待人工处理。\n")
    assert (office.run("ledger", "--json"), office.letters) == (items, letters)
    assert items_left(office) == [("照片", "2023-05-17", "rejected")]
    assert list((office.root / "data" / "spool").iterdir()) == []
    assert office.run("ledger", "verify")[0] == 0
    lines = office.run("digest", "--preview", "--now", NOW)[1].splitlines()
    assert "  照片（5月17日）　截止 16:00　已报 0/20" in lines
    assert "④ 退回还没改好的：1 项" in lines
    assert "① 要您办的：没有" in lines
    assert "合计：邮箱 2 封 = 收 0 + 退 1 + 待人工 0 + 非报送 1" in lines
    assert office.held("accept", question) == (1, f"出错：{question} 不在待人工之列：已结案，不算报送{AGAIN_HINT}\n")


def test_trail_records_a_closed_question(office: TestHome, question: str) -> None:
    office.held("accept", question, "--reason", "已电话答复")
    with office.ledger() as ledger:
        event = ledger.trail.find_last("puyang", [EventName.HELD_CLOSED, EventName.HELD_ACCEPTED])
    assert event is not None
    by = {"clerk": "本机命令", "order": 1}
    assert (event.name, event.detail) == ("held.closed", {"reason": "已电话答复", **by, "disposition": "ignored"})


def test_closed_question_can_be_supplemented(office: TestHome, question: str) -> None:
    """The school goes on answering the letter about its question."""
    letter = message_from_bytes(office.smtp.letters[1].raw, policy=default)
    office.held("accept", question)
    thread = {"In-Reply-To": letter["Message-ID"]}
    office.receive(
        mail("活动周濮阳县教育局照片材料", {"照片.zip": photos_zip()}, text=NOTE, headers=thread),
        at="2023-05-17T15:10:00+08:00",
    )
    office.poll("2023-05-17T15:11:00+08:00")
    assert items_left(office) == [("照片", "2023-05-17", "accepted")]


def test_question_that_holds_material_is_accepted(office: TestHome, question: str) -> None:
    code, printed = office.held("accept", question, "--unit", "濮阳县", "--material", "照片")
    assert (code, "照片（5月17日）：收下" in printed) == (0, True), printed
    assert accepted(office) == [("濮阳县教育局", "照片")]


def test_rejected_question_gets_a_letter(office: TestHome, question: str) -> None:
    code, printed = office.held("reject", question, "--reason", "请直接补发照片")
    assert (code, "已退回补正" in printed) == (0, True), printed
    assert "请直接补发照片" in office.letters[-1][2]
