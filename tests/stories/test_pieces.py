"""（2/3）: the pieces of a submission wait for each other, are merged, and answered once."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from intake_bot import cli
from intake_bot.demo.media import jpeg, zip_of
from intake_bot.home.home import Home
from intake_bot.ledger.values.records import Outcome
from tests.stories.office import Office

SUBJECT = "活动周濮阳县教育局照片"


def photos(name: str, seed: int) -> dict[str, bytes]:
    """An archive that always has the same name, as schools send it."""
    return {"照片.zip": zip_of({name: jpeg(2400, 1800, seed=seed)})}


def spooled(office: Office) -> int:
    return len(list(Home(office.home).spool.glob("*")))


def test_pieces_are_judged_as_one_when_the_last_arrives(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", f"{SUBJECT}（1/2）", photos("学生技能展示现场.jpg", 1))
    assert puyang.poll("2023-05-17 10:01") == []
    assert puyang.items() == []
    assert spooled(puyang) == 1
    assert "等齐再看：1 封" in puyang.digest("2023-05-17 10:02")
    puyang.receive("2023-05-17 10:03", f"{SUBJECT}（2/2）", photos("启动仪式领导讲话.jpg", 2))
    (letter,) = puyang.poll("2023-05-17 10:04")
    assert puyang.decisions() == [("照片", "accepted", False)]
    assert [file.name for file in puyang.items()[0].files] == ["照片.zip", "照片（第1封）.zip"]
    assert letter.subject == "【已收】活动周濮阳县教育局照片（回执编号 1002-4）"
    assert "一起查看的邮件：回执编号 1001-9" in letter.text.splitlines()
    assert [(mail.outcome, mail.merged_into) for mail in puyang.mails()] == [
        (Outcome.ACCEPTED, "1002-4"),
        (Outcome.ACCEPTED, None),
    ]
    assert puyang.poll("2023-05-17 10:06") == []
    assert spooled(puyang) == 0
    assert "合计：邮箱 2 封 = 收 2 + 退 0 + 待人工 0 + 非报送 0" in puyang.digest("2023-05-17 10:10")


def test_pieces_of_one_poll_are_answered_once(puyang: Office) -> None:
    for number in (2, 3, 1):
        puyang.receive(
            f"2023-05-17 10:0{number}", f"{SUBJECT}（{number}/3）", photos(f"学生技能展示现场{number}.jpg", number)
        )
    (letter,) = puyang.poll("2023-05-17 10:05")
    assert letter.subject == "【已收】活动周濮阳县教育局照片（回执编号 1003-5）"
    assert len(puyang.items()[0].files) == 3


def test_incomplete_pieces_are_judged_after_two_hours(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", f"{SUBJECT}（1/2）", photos("学生技能展示现场.jpg", 1))
    assert puyang.poll("2023-05-17 11:59") == []
    (letter,) = puyang.poll("2023-05-17 12:00")
    assert letter.subject == "【已收】活动周濮阳县教育局照片（回执编号 1001-9）"
    assert "- 主题写明分 2 封发送，第 2 封没有收到，先按收到的查看" in letter.text.splitlines()
    assert puyang.poll("2023-05-17 12:02") == []
    # The missing piece is then judged at once, together with the first.
    puyang.receive("2023-05-17 12:30", f"{SUBJECT}（2/2）", photos("启动仪式领导讲话.jpg", 2))
    (letter,) = puyang.poll("2023-05-17 12:31")
    assert letter.subject == "【已收】活动周濮阳县教育局照片（回执编号 1002-4）"
    assert "没有收到" not in letter.text
    assert puyang.decisions() == [("照片", "accepted", True), ("照片", "accepted", False)]
    assert len(puyang.items()[1].files) == 2


def test_piece_does_not_wait_beyond_its_deadline(puyang: Office) -> None:
    puyang.receive("2023-05-17 15:30", f"{SUBJECT}（1/2）", photos("学生技能展示现场.jpg", 1))
    assert puyang.poll("2023-05-17 15:31") == []
    (letter,) = puyang.poll("2023-05-17 16:00")
    assert letter.subject == "【已收】活动周濮阳县教育局照片（回执编号 1001-9）"
    assert [item.late for item in puyang.items()] == [False]


def test_pieces_of_two_units_are_not_merged(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", f"{SUBJECT}（1/2）", photos("学生技能展示现场.jpg", 1))
    puyang.receive("2023-05-17 10:01", "活动周范县教育局照片（2/2）", photos("启动仪式领导讲话.jpg", 2))
    assert puyang.poll("2023-05-17 10:02") == []
    assert len(puyang.poll("2023-05-17 12:02")) == 2


@pytest.mark.slow
def test_piece_after_the_deadline_belongs_to_the_day_of_the_first(puyang: Office) -> None:
    puyang.receive("2023-05-17 15:30", f"{SUBJECT}（1/2）", photos("学生技能展示现场.jpg", 1))
    puyang.poll("2023-05-17 15:31")
    puyang.poll("2023-05-17 16:01")
    puyang.receive("2023-05-17 16:20", f"{SUBJECT}（2/2）", photos("启动仪式领导讲话.jpg", 2))
    puyang.poll("2023-05-17 16:21")
    assert [(item.day and item.day.day, item.late, len(item.files)) for item in puyang.items()] == [
        (17, False, 1),
        (17, False, 2),
    ]


def test_other_piece_with_the_number_of_a_judged_one_goes_to_a_person(puyang: Office) -> None:
    for minute, number in ((0, 1), (1, 2)):
        name = f"学生技能展示现场{number}.jpg"
        puyang.receive(f"2023-05-17 10:0{minute}", f"{SUBJECT}（{number}/2）", photos(name, number))
    puyang.poll("2023-05-17 10:02")
    puyang.receive("2023-05-17 10:20", f"{SUBJECT}（1/2）", photos("启动仪式领导讲话.jpg", 3))
    (letter,) = puyang.poll("2023-05-17 10:21")
    assert letter.subject.startswith("【待人工查看】")
    assert puyang.decisions() == [("照片", "accepted", False), ("照片", "held", False)]
    # That the other piece comes again settles nothing.
    puyang.receive("2023-05-17 10:30", f"{SUBJECT}（2/2）", photos("学生技能展示现场2.jpg", 2))
    puyang.poll("2023-05-17 10:31")
    assert puyang.decisions()[2:] == [("照片", "held", False)]
    assert puyang.decisions()[0] == ("照片", "accepted", False)


def test_faulty_piece_may_come_again(puyang: Office) -> None:
    small = {"照片.zip": zip_of({"学生技能展示现场.jpg": jpeg(900, 600, seed=1)})}
    puyang.receive("2023-05-17 10:00", f"{SUBJECT}（1/2）", small)
    (first,) = puyang.poll("2023-05-17 12:00")
    assert first.subject.startswith("【请补正】")
    puyang.receive("2023-05-17 12:10", f"{SUBJECT}（2/2）", photos("启动仪式领导讲话.jpg", 2))
    puyang.poll("2023-05-17 14:20")
    puyang.receive("2023-05-17 14:30", f"{SUBJECT}（1/2）", photos("学生技能展示现场.jpg", 3))
    (letter,) = puyang.poll("2023-05-17 14:31")
    assert letter.subject.startswith("【已收】")
    assert len(puyang.items()[-1].files) == 2


def test_piece_without_a_unit_is_answered_at_once(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", "活动周照片（1/2）", photos("学生技能展示现场.jpg", 1))
    (letter,) = puyang.poll("2023-05-17 10:01")
    assert letter.subject == "【请补正】活动周照片（回执编号 1001-9）"


@pytest.mark.slow
def test_two_overdue_pieces_are_answered_once(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", f"{SUBJECT}（1/3）", photos("学生技能展示现场.jpg", 1))
    puyang.receive("2023-05-17 10:30", f"{SUBJECT}（2/3）", photos("启动仪式领导讲话.jpg", 2))
    assert puyang.poll("2023-05-17 10:31") == []
    (letter,) = puyang.poll("2023-05-17 12:00")
    assert "- 主题写明分 3 封发送，第 3 封没有收到，先按收到的查看" in letter.text.splitlines()
    assert [len(item.files) for item in puyang.items()] == [2]


LINK = "从163网易邮箱发来的超大附件\n照片二.zip（180.2M，2023年6月1日 0:49 到期）\nhttps://u.163.com/xyz9\n"


@pytest.mark.slow
def test_pieces_judged_again_by_a_clerk_stay_merged(puyang: Office, tmp_path: Path) -> None:
    puyang.receive("2023-05-17 10:00", f"{SUBJECT}（1/2）", photos("学生技能展示现场.jpg", 1))
    assert puyang.poll("2023-05-17 10:01") == []
    puyang.receive("2023-05-17 10:02", f"{SUBJECT}（2/2）", photos("启动仪式领导讲话.jpg", 2), text=LINK)
    (letter,) = puyang.poll("2023-05-17 10:03")
    assert letter.subject == "【待人工查看】活动周濮阳县教育局照片（回执编号 1002-4）"
    first, number = (mail.receipt for mail in puyang.mails())
    everything = ["照片.zip", "照片（第1封）.zip"]
    assert [file.name for file in puyang.items()[-1].files] == everything

    assert held(puyang, "retry", number) == 1
    assert [
        (item.decision.value, [file.name for file in item.files]) for item in puyang.items() if not item.superseded
    ] == [("held", everything)]
    # The merged piece is not judged by itself.
    assert held(puyang, "retry", first) == 1

    fetched = tmp_path / "照片二.zip"
    fetched.write_bytes(photos("汽修专业学生比赛.jpg", 3)["照片.zip"])
    assert held(puyang, "supply", number, str(fetched)) == 0
    (accepted,) = [item for item in puyang.items() if not item.superseded]
    assert (accepted.decision.value, accepted.late) == ("accepted", False)
    assert sorted(file.name for file in accepted.files) == sorted([*everything, "照片二.zip"])
    assert [(mail.receipt, mail.outcome, mail.merged_into) for mail in puyang.mails()] == [
        (first, Outcome.ACCEPTED, number),
        (number, Outcome.ACCEPTED, None),
    ]
    assert spooled(puyang) == 0


def held(office: Office, what: str, *arguments: str) -> int:
    """A clerk's command about a held mail, on the next day; its exit code."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        try:
            return cli.run(["held", what, "--home", str(office.home), *arguments, "--now", "2023-05-18T09:00:00+08:00"])
        except SystemExit as error:
            return int(error.code or 0)
