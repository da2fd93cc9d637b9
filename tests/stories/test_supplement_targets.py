"""Which unit, material and day a supplement is for, and which mails are none."""

from __future__ import annotations

from intake_bot.demo.media import chinese_text, docx, zip_of
from tests.stories.office import Office
from tests.stories.photos import (
    ACCEPTED,
    BAD_NAME,
    GOOD,
    GOOD_NAME,
    REJECTED,
    SECOND,
    SMALL,
    SUBJECT,
    SUPPLEMENT,
    file_names,
    send_rejected_photos,
)


def test_supplement_with_another_unit_in_its_subject_is_judged_for_that_unit(puyang: Office) -> None:
    send_rejected_photos(puyang)
    puyang.receive("2023-05-17 11:00", "活动周范县教育局照片（回执编号 1001-9）", SUPPLEMENT)
    puyang.poll("2023-05-17 11:01")
    assert puyang.decisions() == [("照片", "rejected", False), ("照片", "accepted", False)]
    assert [(item.unit, file_names(item)) for item in puyang.items()][1] == ("范县教育局", ["补发.zip"])


def test_mail_for_another_material_is_no_supplement(puyang: Office) -> None:
    first = send_rejected_photos(puyang)
    story = {"活动情况.docx": docx([chinese_text(900)])}
    puyang.receive("2023-05-17 11:00", "活动周濮阳县教育局文字材料", story, answers=first)
    puyang.poll("2023-05-17 11:01")
    assert puyang.decisions() == [("照片", "rejected", False), ("文字材料", "accepted", False)]


def test_mail_for_another_day_is_no_supplement(puyang: Office) -> None:
    send_rejected_photos(puyang)
    puyang.receive("2023-05-18 11:00", SUBJECT, SUPPLEMENT)
    puyang.poll("2023-05-18 11:01")
    assert puyang.decisions() == [("照片", "rejected", False), ("照片", "accepted", False)]
    assert file_names(puyang.items()[1]) == ["补发.zip"]


def test_supplement_on_the_next_day_is_for_the_day_it_answers(puyang: Office) -> None:
    first = send_rejected_photos(puyang)
    puyang.receive("2023-05-18 11:00", f"回复：{first.subject}", SUPPLEMENT, answers=first)
    puyang.poll("2023-05-18 11:01")
    item = puyang.items()[1]
    assert (str(item.day), item.late, item.decision.value) == ("2023-05-17", True, "accepted")


def test_supplement_judges_open_items_only(puyang: Office) -> None:
    story = {"活动情况.docx": docx([chinese_text(900)])}
    photos = {"照片.zip": zip_of({GOOD_NAME: GOOD, BAD_NAME: SMALL})}
    puyang.receive("2023-05-17 10:00", "活动周濮阳县教育局文字材料、照片", {**story, **photos})
    (first,) = puyang.poll("2023-05-17 10:01")
    assert first.subject == "【部分收下·请补正】活动周濮阳县教育局文字材料、照片（回执编号 1001-9）"
    puyang.receive("2023-05-17 18:00", f"回复：{first.subject}", SUPPLEMENT, answers=first)
    puyang.poll("2023-05-17 18:01")
    assert puyang.decisions() == [("文字材料", "accepted", False), REJECTED, ACCEPTED]
    assert [item.late for item in puyang.items()] == [False, False, True]


def test_reply_with_files_to_a_receipt_is_a_new_submission(puyang: Office) -> None:
    """Many schools send the next day's photos by answering yesterday's receipt."""
    puyang.receive("2023-05-17 10:00", SUBJECT, {"照片.zip": zip_of({GOOD_NAME: GOOD})})
    (first,) = puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-18 10:00", f"回复：{first.subject}", SUPPLEMENT, answers=first)
    puyang.poll("2023-05-18 10:01")
    assert [(str(item.day), file_names(item)) for item in puyang.items()] == [
        ("2023-05-17", ["照片.zip"]),
        ("2023-05-18", ["补发.zip"]),
    ]


def test_files_received_too_early_are_not_added_to_the_first_day(puyang: Office) -> None:
    trial = {"照片.zip": zip_of({"彩排现场学生合影.jpg": SECOND})}
    puyang.receive("2023-05-12 10:00", SUBJECT, trial)
    puyang.poll("2023-05-12 10:01")
    puyang.receive("2023-05-14 10:00", SUBJECT, {"照片.zip": zip_of({GOOD_NAME: GOOD})})
    puyang.poll("2023-05-14 10:01")
    assert [(str(item.day), item.decision.value, len(item.files)) for item in puyang.items()] == [
        ("2023-05-14", "rejected", 1),
        ("2023-05-14", "accepted", 1),
    ]
