"""Files that a clerk supplies and gets, and letters that she has sent."""

from __future__ import annotations

import os
import sys
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from intake_bot.demo import media
from tests.commands.held_mails import video_mail
from tests.marking import slow
from tests.stories.clerk import (
    CLERK,
    digest_of,
    held,
    order,
    to,
)
from tests.stories.office import Office, at


def test_downloaded_file_is_supplied_by_an_answer(office: Office) -> None:
    office.account.append(video_mail().as_bytes(), at("2023-05-17 15:00"))
    office.poll("2023-05-17 15:01")
    (number,) = held(office)
    digest = digest_of(office)
    film = {"开幕式.mp4": media.mp4(1280, 720, 60)}
    office.receive("2023-05-17 17:40", "Re", film, text=f"{number}", sender=CLERK, answers=digest)
    letters = office.poll("2023-05-17 17:41")
    assert "【已收】" in to(letters, "school@qq.com").subject
    assert "交上了 1 个文件" in to(letters, CLERK).text
    (item,) = [one for one in office.items() if not one.superseded]
    assert (item.material, item.decision.value) == ("视频", "accepted")
    assert "开幕式.mp4" in [file.name for file in item.files]
    assert held(office) == []


def test_large_file_is_supplied_from_the_shared_folder(office: Office) -> None:
    office.account.append(video_mail().as_bytes(), at("2023-05-17 15:00"))
    office.poll("2023-05-17 15:01")
    (number,) = held(office)
    folder = office.home / "supply" / number
    folder.mkdir(parents=True)
    (folder / "开幕式.mp4").write_bytes(b"half of it")
    assert office.poll("2023-05-17 15:02") == []
    (folder / "开幕式.mp4").write_bytes(media.mp4(1280, 720, 60))
    assert office.poll("2023-05-17 15:04") == []
    (receipt,) = office.poll("2023-05-17 15:06")
    assert "【已收】" in receipt.subject
    assert held(office) == []
    assert [path.name for path in (office.home / "supply").iterdir()] == ["已收"]
    folder.mkdir()
    (folder / "再来一个.mp4").write_bytes(b"x")
    assert [office.poll(f"2023-05-17 15:{minute}") for minute in ("08", "10", "12")] == [[], [], []]
    assert "不在待人工之列" in (folder / "没有收.txt").read_text("utf-8-sig")


def lay(folder: Path, name: bytes, content: bytes) -> None:
    """Lays a file with this name into the folder, byte for byte."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / os.fsdecode(name)).write_bytes(content)
    assert name in [os.fsencode(path.name) for path in folder.iterdir()]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
@pytest.mark.parametrize("name", ["开幕式.mp4", slow("〇学校宣传片终稿.mp4")])
def test_name_that_is_not_utf8_on_the_disk_is_read_as_gbk(office: Office, encoding: str, name: str) -> None:
    office.account.append(video_mail().as_bytes(), at("2023-05-17 15:00"))
    office.poll("2023-05-17 15:01")
    (number,) = held(office)
    lay(office.home / "supply" / number, name.encode(encoding), media.mp4(1280, 720, 60))
    assert office.poll("2023-05-17 15:02") == []
    (receipt,) = office.poll("2023-05-17 15:04")
    assert "【已收】" in receipt.subject
    (item,) = [one for one in office.items() if not one.superseded]
    # The only link is that of this file, whatever it is called here.
    assert [file.name for file in item.files if file.supplied] == ["开幕式.mp4"]
    assert [path.name for path in (office.home / "supply").iterdir()] == ["已收"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_second_file_with_such_a_name_is_kept_under_it_and_a_refusal_is_noted(office: Office) -> None:
    office.account.append(video_mail().as_bytes(), at("2023-05-17 15:00"))
    office.poll("2023-05-17 15:01")
    (number,) = held(office)
    folder = office.home / "supply" / number
    lay(folder, "开幕式.mp4".encode("gbk"), media.mp4(1280, 720, 60))
    lay(folder, "〇花絮视频.mp4".encode("gbk"), media.mp4(1280, 720, 20))
    office.poll("2023-05-17 15:02")
    office.poll("2023-05-17 15:04")
    (mail,) = [one for one in office.mails() if one.receipt == number]
    assert {file.name for file in mail.files if file.supplied} == {"开幕式.mp4", "〇花絮视频.mp4"}
    stored = [path.name for path in (office.home / "data" / "files").rglob("*.mp4")]
    assert sorted(stored) == ["〇花絮视频.mp4", "开幕式.mp4"]
    lay(folder, "再来一个.mp4".encode("gbk"), b"x")
    office.poll("2023-05-17 15:06")
    office.poll("2023-05-17 15:08")
    assert "不在待人工之列" in (folder / "没有收.txt").read_text("utf-8-sig")


def test_workbook_is_sent_when_a_clerk_asks(office: Office) -> None:
    digest = digest_of(office)
    order(office, "台账", digest, "2023-05-17 17:40")
    message = message_from_bytes(office.smtp.letters[-1].raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert [part.get_filename() for part in message.iter_attachments()] == ["台账.xlsx"]


def test_reminder_of_many_schools_waits_for_a_yes(office: Office) -> None:
    roster = office.home / "config" / "rosters" / "puyang.csv"
    units = [row.split(",")[0] for row in roster.read_text("utf-8-sig").splitlines()[1:7]]
    roster.write_text("单位,邮箱\n" + "".join(f"{unit},u{n}@x.example\n" for n, unit in enumerate(units)), "utf-8")
    digest = digest_of(office)
    (asked,) = order(office, "催 照片", digest, "2023-05-17 17:40")
    assert "会写信给 6 个单位" in asked.text
    letters = order(office, "好", asked, "2023-05-17 17:45")
    assert len([one for one in letters if one.to.endswith("@x.example")]) == 6
    assert "已写信催 6 个单位" in to(letters, CLERK).text
    assert order(office, "好", asked, "2023-05-17 19:45") == []
