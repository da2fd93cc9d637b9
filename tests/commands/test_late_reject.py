"""A material that is not accepted late, from the mailbox to the letter."""

from __future__ import annotations

import re

from intake_bot.demo import media
from tests.commands.homes import TestHome
from tests.commands.mails import mail
from tests.letters.test_reply import ASKING

VIDEO = "活动周濮阳县教育局视频材料"
NOTE = "视频为五月十七日我校技能展示活动，学生正在操作无人机。"


def refuse_late_videos(office: TestHome) -> None:
    notice = office.root / "config" / "notices" / "puyang-2023.yaml"
    text = notice.read_text(encoding="utf-8")
    edited = re.sub(r"(- name: 视频\n)", r"\1    late: reject\n", text)
    assert edited != text
    notice.write_text(edited, encoding="utf-8")


def test_faulty_video_that_can_no_longer_be_corrected_is_not_asked_for(office: TestHome) -> None:
    """It came in time; the robot got to it after the deadline."""
    refuse_late_videos(office)
    office.receive(mail(VIDEO, {"开幕式.mp4": media.mp4(320, 240, 60)}, text=NOTE), "2023-05-17T15:50:00+08:00")
    office.poll("2023-05-17T16:30:00+08:00")
    [(_, subject, text)] = office.letters
    assert subject.startswith("【没有收下】")
    assert ASKING.findall(subject + text) == []
    assert "分辨率" in text
    assert "：截止 16:00，按时" in text


def test_same_video_is_to_be_corrected_while_there_is_time(office: TestHome) -> None:
    refuse_late_videos(office)
    office.receive(mail(VIDEO, {"开幕式.mp4": media.mp4(320, 240, 60)}, text=NOTE), "2023-05-17T15:50:00+08:00")
    office.poll("2023-05-17T15:55:00+08:00")
    [(_, subject, text)] = office.letters
    assert subject.startswith("【请补正】")
    assert "请在今天（5月17日）16:00 前发来，过后不再接收。" in text


def test_video_that_came_too_late_is_not_asked_for(office: TestHome) -> None:
    refuse_late_videos(office)
    office.receive(mail(VIDEO, {"开幕式.mp4": media.mp4(320, 240, 60)}), "2023-05-18T09:00:00+08:00")
    office.receive(mail(f"{VIDEO}5月17日", {"开幕式.mp4": media.mp4(1280, 720, 60)}), "2023-05-18T16:30:00+08:00")
    office.poll("2023-05-18T16:35:00+08:00")
    for _, subject, text in office.letters[1:]:
        assert subject.startswith("【没有收下】")
        assert ASKING.findall(subject + text) == []
    assert len(office.letters) == 2
