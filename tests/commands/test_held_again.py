"""A clerk revises a decision, from the command line, on real servers."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from intake_bot.demo import media
from intake_bot.judging.verdict import Decision
from tests.commands.held_mails import AGAIN_HINT, NOTE, VIDEO, accepted, number_of, video_mail
from tests.commands.homes import TestHome
from tests.commands.mails import mail
from tests.commands.test_held_unopened import hold_unopened
from tests.marking import slow

GOOD_VIDEO = mail(VIDEO, {"开幕式.mp4": media.mp4(1280, 720, 60)}, text=NOTE)
REASON = ("--reason", "视频打不开，请重新发送")
OTHER = ("reject", "--reason", "另一个原因")
LATER = "2023-05-18T11:00:00+08:00"


def decisions(office: TestHome) -> list[tuple[str, Any]]:
    """The clerk's decisions in the trail, oldest first."""
    with closing(sqlite3.connect(office.root / "data" / "ledger.sqlite3")) as database:
        rows = database.execute("SELECT what, detail FROM event WHERE what LIKE 'held.%' ORDER BY id")
        return [(what, json.loads(detail)) for what, detail in rows]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        slow(("accept",), ("accept",), id="accepted-accept"),
        pytest.param(("accept",), OTHER, id="accepted-reject"),
        pytest.param(("reject", *REASON), ("accept",), id="rejected-accept"),
        slow(("reject", *REASON), OTHER, id="rejected-reject"),
    ],
)
def test_decided_receipt_without_again_is_left_as_it_is(
    office: TestHome, held: str, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    office.held(first[0], held, *first[1:])
    before = (office.letters, decisions(office), accepted(office))
    code, printed = office.held(second[0], held, *second[1:])
    assert (code, AGAIN_HINT in printed) == (1, True), printed
    assert (office.letters, decisions(office), accepted(office)) == before


def by(order: int) -> dict[str, object]:
    """Who decided, and the number of the order."""
    return {"clerk": "本机命令", "order": order}


def test_rejection_revised_to_acceptance_is_written_to_the_school(office: TestHome, held: str) -> None:
    office.held("reject", held, *REASON, now="2023-05-18T09:00:00+08:00")
    code, printed = office.held("accept", held, "--again", "--reason", "换了播放器能打开", now=LATER)
    assert (code, "已收下" in printed, "信已发出" in printed) == (0, True, True), printed
    assert accepted(office) == [("濮阳县教育局", "视频")]
    to, subject, text = office.letters[-1]
    assert (to, subject) == ("school@qq.com", f"【更正·已收】活动周濮阳县教育局视频（回执编号 {held}）")
    assert "我们 5月18日 09:00 给您的答复有更正，请以这封信为准：" in text
    assert "视频（5月17日）原来退回补正，现在改为收下。" in text
    assert "打不开" not in text
    assert decisions(office) == [
        ("held.rejected", {"reason": REASON[1], **by(1), "disposition": "rejected"}),
        ("held.accepted", {"reason": "换了播放器能打开", "revised": "rejected", **by(2), "disposition": "accepted"}),
    ]


def test_acceptance_revised_to_rejection_is_written_to_the_school(office: TestHome, held: str) -> None:
    office.held("accept", held)
    code, printed = office.held("reject", held, "--again", *REASON, now=LATER)
    assert (code, "已退回补正" in printed) == (0, True), printed
    assert accepted(office) == []
    _, subject, text = office.letters[-1]
    assert subject == f"【更正·请补正】活动周濮阳县教育局视频（回执编号 {held}）"
    assert "视频（5月17日）原来收下，现在改为退回补正。" in text
    assert REASON[1] in text
    assert office.run("held")[0] == 0
    office.held("accept", held, "--again", now=LATER)
    assert accepted(office) == [("濮阳县教育局", "视频")]
    assert [what for what, _ in decisions(office)] == ["held.accepted", "held.rejected", "held.accepted"]


def test_other_reason_for_a_rejection_is_a_revision_and_the_same_one_is_none(office: TestHome, held: str) -> None:
    office.held("reject", held, *REASON)
    code, printed = office.held("reject", held, "--again", *REASON)
    assert (code, "什么也不会变" in printed) == (1, True), printed
    code, printed = office.held("reject", held, "--again", "--reason", "视频没有声音")
    assert code == 0, printed
    assert "视频（5月17日）退回的原因改了，新的写在下面。" in office.letters[-1][2]
    assert "视频没有声音" in office.letters[-1][2]
    assert REASON[1] not in office.letters[-1][2]
    code, printed = office.held("accept", held, "--again", "--no-letter")
    assert (code, len(office.letters)) == (0, 3), printed
    assert office.held("accept", held, "--again")[0] == 1


def test_revised_acceptance_lets_the_prior_submission_count_again(office: TestHome) -> None:
    """What a wrongly accepted mail had superseded is not lost."""
    office.receive(GOOD_VIDEO, "2023-05-17T14:00:00+08:00")
    office.receive(video_mail())
    office.poll()
    number = number_of(office)
    office.held("accept", number)
    with office.ledger() as ledger:
        assert [item.superseded for item in ledger.submissions.iterate_items() if item.receipt != number] == [True]
    office.held("reject", number, "--again", *REASON)
    with office.ledger() as ledger:
        assert [item.superseded for item in ledger.submissions.iterate_items() if item.receipt != number] == [False]


def test_decision_of_the_rules_can_be_revised_too(office: TestHome) -> None:
    office.receive(mail(VIDEO, {"开幕式.mp4": media.mp4(320, 240, 60)}, text=NOTE))
    office.poll()
    with office.ledger() as ledger:
        [item] = ledger.submissions.iterate_items()
    assert item.decision is Decision.REJECTED
    assert "--again" in office.held("accept", item.receipt)[1]
    code, printed = office.held("accept", item.receipt, "--again", "--reason", "学校没有更好的")
    assert (code, accepted(office)) == (0, [("濮阳县教育局", "视频")]), printed
    assert office.letters[-1][1].startswith("【更正·已收】")
    assert "分辨率" not in office.letters[-1][2]


def test_mail_named_by_a_clerk_can_be_named_anew(office: TestHome) -> None:
    number = hold_unopened(office, "请查收")
    office.held("accept", number, "--unit", "濮阳县", "--material", "照片", "--day", "2023-05-16")
    code, printed = office.held("accept", number, "--again", "--unit", "范县")
    assert (code, accepted(office)) == (0, [("范县教育局", "照片")]), printed
    assert "报送单位改为范县教育局。" in office.letters[-1][2]
    code, printed = office.held("accept", number, "--again", "--day", "2023-05-17")
    assert code == 0, printed
    assert "照片（5月16日）不再登记。" in office.letters[-1][2]
    assert "照片（5月17日）现在登记为收下。" in office.letters[-1][2]


def test_closed_question_can_be_rejected_after_all(office: TestHome) -> None:
    office.receive(mail("活动周濮阳县教育局：请问照片怎么报", text="请问照片要发原图吗？怎么压缩？"))
    office.poll()
    number = number_of(office)
    office.held("accept", number)
    code, printed = office.held("reject", number, "--again", "--reason", "请把照片发来")
    assert code == 0, printed
    assert "这封邮件原来结案，不算报送，现在改为退回补正。" in office.letters[-1][2]


def test_superseded_decision_cannot_be_revised(office: TestHome, held: str) -> None:
    office.held("reject", held, *REASON)
    office.receive(GOOD_VIDEO, "2023-05-17T15:30:00+08:00")
    office.poll("2023-05-17T15:35:00+08:00")
    code, printed = office.held("accept", held, "--again")
    assert (code, "没有可以改判的决定" in printed) == (1, True), printed
