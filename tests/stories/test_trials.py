"""预检: a mail that is judged and answered, and registered nowhere."""

from __future__ import annotations

import pytest

from intake_bot.demo.media import jpeg, zip_of
from intake_bot.ledger.values.records import Outcome
from tests.marking import slow
from tests.stories.office import Office

PHOTO = "活动周濮阳县教育局照片"
NAME = "学生技能展示现场.jpg"
GOOD = {"照片.zip": zip_of({NAME: jpeg(2400, 1800, seed=1)})}
SMALL = {"照片.zip": zip_of({NAME: jpeg(900, 600, seed=3)})}


@pytest.mark.parametrize("subject", [f"预检 {PHOTO}", slow(f"【预检】{PHOTO}"), slow(f"转发：预检：{PHOTO}")])
def test_trial_is_judged_and_answered_and_registered_nowhere(puyang: Office, subject: str) -> None:
    puyang.receive("2023-05-17 10:00", subject, GOOD)
    (letter,) = puyang.poll("2023-05-17 10:01")
    assert letter.subject == f"【预检·可以报送】{PHOTO}"
    assert letter.text.splitlines()[2] == "这次是预检，还没有报送。"
    assert f"{PHOTO}材料5月17日" in letter.text.splitlines()
    assert "回执" not in letter.text
    assert puyang.items() == []
    assert [(mail.outcome, mail.reason, mail.files) for mail in puyang.mails()] == [(Outcome.OTHER, "trial", ())]
    assert not [path for path in (puyang.home / "data" / "files").rglob("*") if path.is_file()]
    assert "濮阳县教育局" in puyang.digest("2023-05-17 16:30")  # still missing


def test_answer_to_a_trial_is_a_trial_again_and_says_so(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", f"预检{PHOTO}", SMALL)
    (first,) = puyang.poll("2023-05-17 10:01")
    assert first.subject == f"【预检·请补正】{PHOTO}"
    assert "照片太小：900×600，长边 900 像素" in first.text
    puyang.receive("2023-05-17 10:10", f"回复：{first.subject}", GOOD, answers=first)
    puyang.receive("2023-05-17 10:11", PHOTO, GOOD, answers=first)  # a subject of its own, in the thread of the trial
    for letter in puyang.poll("2023-05-17 10:12"):
        assert letter.subject == f"【预检·可以报送】{PHOTO}"
        assert letter.text.splitlines()[2] == "这次是预检，还没有报送。"
    assert puyang.sent == 3
    assert puyang.items() == []


def test_mail_in_earnest_after_a_trial_is_registered_without_a_word_of_the_trial(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", f"预检{PHOTO}", GOOD)
    puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-17 10:10", f"{PHOTO}材料5月17日", GOOD)
    (letter,) = puyang.poll("2023-05-17 10:11")
    assert letter.subject == f"【已收】{PHOTO}（回执编号 1002-4）"
    assert [word for word in ("预检", "相同") if word in letter.text] == []
    assert puyang.decisions() == [("照片", "accepted", False)]


def test_trial_tells_nothing_of_what_others_have_sent(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, GOOD)
    puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-17 10:10", f"预检{PHOTO}", GOOD, sender="stranger@qq.com")
    (letter,) = puyang.poll("2023-05-17 10:11")
    assert letter.subject == f"【预检·可以报送】{PHOTO}"
    assert "1001-9" not in letter.text
    assert puyang.decisions() == [("照片", "accepted", False)]


def test_thanks_for_a_trial_gets_no_letter(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", f"预检{PHOTO}", GOOD)
    (first,) = puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-17 10:10", f"回复：{first.subject}", text="收到，谢谢老师！", answers=first)
    assert puyang.poll("2023-05-17 10:11") == []


def test_many_trials_of_one_sender_stop_at_the_cap(puyang: Office) -> None:
    for minute in range(14):
        puyang.receive(f"2023-05-17 10:{minute:02}", f"预检{PHOTO}", text=f"第{minute}次")
    assert 0 < len(puyang.poll("2023-05-17 10:31")) < 14
