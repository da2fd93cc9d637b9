"""超大附件 that nobody has fetched yet: never lost, whatever else becomes of their mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.demo.media import chinese_text, docx, jpeg, mp4, zip_of
from tests.stories.authors import held
from tests.stories.clerk import CLERK, digest_of, order, to, undo_line
from tests.stories.office import Letter, Office, at

SUBJECT = "活动周范县教育局文字材料、视频"
LINK = "https://u.163.com/xyz9"
TEXT = f"从163网易邮箱发来的超大附件\n开幕式.mp4（60.2M，2023年6月1日 0:49 到期）\n{LINK}\n"
SHORT, GOOD = {"活动情况.docx": docx([chinese_text(300)])}, {"活动情况.docx": docx([chinese_text(900)])}


def sent_with_link(office: Office, sender: str = "10001@qq.com") -> Letter:
    office.receive("2023-05-17 10:00", SUBJECT, SHORT, text=TEXT, sender=sender)
    (letter,) = office.poll("2023-05-17 10:01")
    return letter


def test_open_link_is_held_whatever_the_verdict(puyang: Office) -> None:
    letter = sent_with_link(puyang)
    assert "没有找到" not in letter.text
    assert LINK in held(puyang, "list")
    assert "1001-9" in puyang.digest("2023-05-17 10:05").partition("① 要您办的")[2].partition("② ")[0]


def test_supplement_carries_the_link_over(puyang: Office, tmp_path: Path) -> None:
    letter = sent_with_link(puyang)
    puyang.receive("2023-05-17 11:00", f"回复：{letter.subject}", GOOD, answers=letter, sender="10001@qq.com")
    (second,) = puyang.poll("2023-05-17 11:01")
    assert "没有找到" not in second.text
    assert held(puyang, "list").count(LINK) == 1
    (film := tmp_path / "开幕式.mp4").write_bytes(mp4(1280, 720, 20))
    held(puyang, "supply", "1002-4", str(film), "--now", at("2023-05-17 11:30").isoformat())
    assert LINK not in held(puyang, "list")
    assert [(item.material, item.decision.value) for item in puyang.items() if not item.superseded] == [
        ("文字材料", "accepted"),
        ("视频", "accepted"),
    ]


@pytest.mark.parametrize(("sender", "is_open"), [("10001@qq.com", False), ("20002@qq.com", True)])
def test_only_the_author_s_own_file_replaces_a_link(puyang: Office, sender: str, is_open: bool) -> None:
    sent_with_link(puyang)
    files = {**GOOD, "短片.mp4": mp4(1280, 720, 20)}
    puyang.receive("2023-05-17 11:00", SUBJECT, files, text="视频短片介绍我校开放日活动盛况。", sender=sender)
    puyang.poll("2023-05-17 11:01")
    assert (LINK in held(puyang, "list")) is is_open


TEXT_WITH_LINK = "活动周范县教育局文字材料"
FILM = "超大附件“开幕式.mp4”"


def waits_for_a_link_only(office: Office) -> Letter:
    """The clerk's digest, after a mail was sent back whose link nobody has fetched."""
    office.receive("2023-05-17 10:00", TEXT_WITH_LINK, SHORT, text=TEXT, sender="10001@qq.com")
    (letter,) = office.poll("2023-05-17 10:01")
    assert letter.subject.startswith("【请补正】")
    assert LINK in held(office, "list")
    return digest_of(office)


def standing(office: Office) -> list[str]:
    return [item.decision.value for item in office.items() if not item.superseded]


def test_clerk_closes_a_link_without_a_letter(office: Office) -> None:
    (told,) = order(office, "关 1001-9", waits_for_a_link_only(office), "2023-05-17 17:40")
    assert "没有写信给学校" in told.text
    assert LINK not in held(office, "list")
    assert standing(office) == ["rejected"]


def test_school_is_told_that_a_clerk_accepted_what_a_link_leads_to(office: Office) -> None:
    letters = order(office, "收 1001-9", waits_for_a_link_only(office), "2023-05-17 17:40")
    letter, told = to(letters, "10001@qq.com"), to(letters, CLERK)
    assert letter.subject.startswith("【更正·已收】")
    assert f"{FILM}，工作人员看过，收下了。" in letter.text
    assert "文字材料（5月17日）原来退回补正，现在改为收下。" in letter.text
    assert f"{FILM}，工作人员看过，收下了" in told.text
    assert "已写信告诉 10001@qq.com" in told.text
    assert standing(office) == ["accepted"]
    assert LINK not in held(office, "list")
    undone = order(office, undo_line(told), told, "2023-05-17 17:50")
    assert "现在改为退回补正" in to(undone, "10001@qq.com").text
    assert LINK in held(office, "list")


def test_school_reads_why_a_link_was_sent_back(office: Office) -> None:
    letters = order(office, "退 1001-9 链接打不开，请重新上传", waits_for_a_link_only(office), "2023-05-17 17:40")
    letter, told = to(letters, "10001@qq.com"), to(letters, CLERK)
    assert letter.subject.startswith("【更正·请补正】")
    assert f"{FILM}没有收下：链接打不开，请重新上传" in letter.text
    assert "怎样补发" in letter.text
    assert f"{FILM}没有收下" in told.text
    assert "已写信告诉 10001@qq.com" in told.text
    assert standing(office) == ["rejected"]
    assert LINK not in held(office, "list")
    order(office, undo_line(told), told, "2023-05-17 17:50")
    assert LINK in held(office, "list")


def test_mail_that_names_no_unit_is_accepted_by_the_clerks_words(office: Office) -> None:
    office.receive("2023-05-17 10:00", "活动周某某学校文字材料", SHORT, text=TEXT, sender="10001@qq.com")
    office.poll("2023-05-17 10:01")
    assert LINK in held(office, "list")
    letters = order(office, "收 1001-9 范县 文字材料 5月17日", digest_of(office), "2023-05-17 17:40")
    assert [(item.unit, item.decision.value) for item in office.items()] == [("范县教育局", "accepted")]
    assert "收下" in to(letters, "10001@qq.com").text
    assert LINK not in held(office, "list")


def test_mail_about_something_else_leaves_the_link_where_it_is(puyang: Office) -> None:
    sent_with_link(puyang)
    photo = zip_of({"学生技能展示.jpg": jpeg(2400, 1800, seed=1)})
    puyang.receive("2023-05-17 11:00", "活动周范县教育局照片", {"照片.zip": photo}, sender="10001@qq.com")
    puyang.poll("2023-05-17 11:01")
    assert LINK in held(puyang, "list")
    assert puyang.items()[-1].decision.value == "accepted"
