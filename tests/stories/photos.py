"""A rejected photo submission of 濮阳县, and the files that complete it."""

from __future__ import annotations

from intake_bot.demo.media import jpeg, zip_of
from intake_bot.ledger.values.records import LedgerItem
from tests.stories.office import Letter, Office

SUBJECT = "活动周濮阳县教育局照片"
GOOD = jpeg(2400, 1800, seed=1)
SECOND = jpeg(2400, 1800, seed=2)
SMALL = jpeg(900, 600, seed=3)
GOOD_NAME, BAD_NAME = "学生技能展示现场.jpg", "启动仪式领导讲话.jpg"
SUPPLEMENT = {"补发.zip": zip_of({BAD_NAME: SECOND})}
REJECTED, ACCEPTED = ("照片", "rejected", True), ("照片", "accepted", False)


def send_rejected_photos(office: Office, subject: str = SUBJECT) -> Letter:
    """One good photo and one that is too small."""
    office.receive("2023-05-17 10:00", subject, {"照片.zip": zip_of({GOOD_NAME: GOOD, BAD_NAME: SMALL})})
    (letter,) = office.poll("2023-05-17 10:01")
    assert letter.subject == "【请补正】活动周濮阳县教育局照片（回执编号 1001-9）"
    return letter


def file_names(item: LedgerItem) -> list[str]:
    return [file.name for file in item.files]
