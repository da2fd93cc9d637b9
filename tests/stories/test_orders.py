"""A clerk answers her digest, and what she orders is done."""

from __future__ import annotations

from tests.stories.clerk import (
    CLERK,
    COLLEAGUE,
    PHOTO,
    PHOTOS,
    SCHOOL,
    SMALL_PHOTOS,
    asks,
    digest_of,
    held,
    number_of,
    order,
    to,
    undo_line,
)
from tests.stories.office import Office, letter_of


def test_question_is_answered_closed_and_opened_again(office: Office) -> None:
    number = asks(office)
    digest = digest_of(office)
    letters = order(office, f"答 {number} 可以明天上午交。\n\n张老师", digest, "2023-05-17 17:40")
    answer, confirmation = to(letters, SCHOOL), to(letters, CLERK)
    assert "可以明天上午交。" in answer.text
    assert number in answer.subject
    assert "张老师" not in answer.text
    assert f"答 {number} 可以明天上午交。" in confirmation.text
    assert f"已写信告诉 {SCHOOL}" in confirmation.text
    assert "张老师" in confirmation.text.partition("没有当作命令")[2]
    assert held(office) == []
    undone = order(office, undo_line(confirmation), confirmation, "2023-05-17 17:50")
    assert "待人工查看" in to(undone, SCHOOL).text
    assert held(office) == [number]


def test_rejected_mail_is_accepted_and_that_is_undone(office: Office) -> None:
    office.receive("2023-05-17 15:00", PHOTO, SMALL_PHOTOS)
    office.poll("2023-05-17 15:01")
    number = number_of(office)
    digest = digest_of(office)
    assert office.decisions() == [("照片", "rejected", False)]
    letters = order(office, f"收{number}", digest, "2023-05-17 17:40")
    assert "现在改为收下" in to(letters, SCHOOL).text
    assert office.decisions()[-1] == ("照片", "accepted", False)
    again = order(office, undo_line(to(letters, CLERK)), to(letters, CLERK), "2023-05-17 17:50")
    assert "现在改为退回补正" in to(again, SCHOOL).text
    assert office.decisions()[-1] == ("照片", "rejected", False)


def test_first_order_stands_and_the_other_clerk_is_told(office: Office) -> None:
    office.receive("2023-05-17 15:00", PHOTO, SMALL_PHOTOS)
    office.poll("2023-05-17 15:01")
    number = number_of(office)
    digest = digest_of(office, clerk=COLLEAGUE)
    own = [letter_of(one.raw) for one in office.smtp.letters if CLERK.encode() in one.raw][-1]
    order(office, f"收 {number}", own, "2023-05-17 17:40")
    letters = order(office, f"退 {number} 太小", digest, "2023-05-17 17:45", sender=COLLEAGUE)
    (told,) = letters
    assert told.to == COLLEAGUE
    assert f"{CLERK} 已在 5月17日 17:40 办过“收 {number}”" in told.text
    assert office.decisions()[-1] == ("照片", "accepted", False)


def test_unit_is_corrected_and_the_mail_judged_again(office: Office) -> None:
    office.receive("2023-05-17 15:00", "活动周清丰县教育局照片材料", PHOTOS)
    office.poll("2023-05-17 15:01")
    number = number_of(office)
    digest = digest_of(office)
    letters = order(office, f"改 {number} 范县 照片", digest, "2023-05-17 17:40")
    assert "报送单位改为范县教育局" in to(letters, SCHOOL).text
    assert "报送单位改为范县教育局" in to(letters, CLERK).text
    standing = [one for one in office.items() if not one.superseded]
    assert [(one.unit, one.material, one.decision.value) for one in standing] == [("范县教育局", "照片", "accepted")]
    undone = order(office, undo_line(to(letters, CLERK)), to(letters, CLERK), "2023-05-17 17:50")
    assert "报送单位改为清丰县教育局" in to(undone, SCHOOL).text


def test_extension_is_granted_and_withdrawn(office: Office) -> None:
    digest = digest_of(office)
    (granted,) = order(office, "延 范县 照片 5月18日12:00", digest, "2023-05-17 17:40")
    assert "现在延到5月18日（周四）12:00" in granted.text
    office.receive("2023-05-18 11:00", "活动周范县教育局照片材料5月17日", PHOTOS)
    office.poll("2023-05-18 11:01")
    assert [(one.day.isoformat() if one.day else "", one.late) for one in office.items()] == [("2023-05-17", False)]
    order(office, undo_line(granted), granted, "2023-05-18 11:10")
    office.receive("2023-05-18 11:20", "活动周范县教育局照片材料5月16日", PHOTOS, sender="o@x.example")
    office.poll("2023-05-18 11:21")
    assert office.items()[-1].late


def test_misread_line_changes_nothing_and_is_answered_with_the_nearest(office: Office) -> None:
    number = asks(office)
    digest = digest_of(office)
    (answer,) = order(office, f"受 {number}\n\n——— 在这条线以上回复 ———\n收 {number}", digest, "2023-05-17 17:40")
    assert f"是不是想写：收 {number}" in answer.text
    assert held(office) == [number]


def test_unit_that_did_not_report_is_named(office: Office) -> None:
    digest = digest_of(office)
    (answer,) = order(office, "谁没报", digest, "2023-05-17 17:40")
    assert "范县教育局" in answer.text
    assert "没报" in answer.text
