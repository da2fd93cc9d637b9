"""An archive in volumes, each in its own mail: opened when all are there, and shown as one archive."""

from __future__ import annotations

from intake_bot.demo.media import jpeg, zip_of
from intake_bot.ledger.values.records import Outcome
from tests.files.rars import rar5_volumes
from tests.stories.office import Letter, Office

SUBJECT = "活动周濮阳县教育局照片"
GOOD, SMALL = "学生技能展示现场.jpg", "启动仪式领导讲话.jpg"


def volumes(**sizes: tuple[int, int]) -> list[dict[str, bytes]]:
    """Two volumes, each as the files of one mail."""
    photos = {GOOD: jpeg(2400, 1800), **{name: jpeg(*size) for name, size in sizes.items()}}
    parts = rar5_volumes(photos, 180_000)
    assert len(parts) == 2
    return [{f"照片.part{number}.rar": part} for number, part in enumerate(parts, 1)]


def listed(letter: Letter) -> list[str]:
    """The files as the letter lists them."""
    return [line for line in letter.text.splitlines() if line.startswith("[")]


def test_volumes_in_two_mails_are_opened_as_one_archive(puyang: Office) -> None:
    first, second = volumes()
    puyang.receive("2023-05-17 10:00", f"{SUBJECT}（1/2）", first)
    assert puyang.poll("2023-05-17 10:01") == []
    puyang.receive("2023-05-17 10:03", f"{SUBJECT}（2/2）", second)
    (letter,) = puyang.poll("2023-05-17 10:04")
    assert letter.subject == "【已收】活动周濮阳县教育局照片（回执编号 1002-4）"
    assert listed(letter) == [f"[合格] {GOOD}"]
    assert puyang.decisions() == [("照片", "accepted", False)]
    assert sorted(file.name for file in puyang.items()[0].files) == ["照片.part1.rar", "照片.part2.rar"]
    assert [(mail.outcome, mail.merged_into) for mail in puyang.mails()] == [
        (Outcome.ACCEPTED, "1002-4"),
        (Outcome.ACCEPTED, None),
    ]


def test_volumes_are_opened_again_with_every_supplement(puyang: Office) -> None:
    first, second = volumes(**{SMALL: (1280, 960)})
    puyang.receive("2023-05-17 10:00", SUBJECT, {**first, **second})
    (letter,) = puyang.poll("2023-05-17 10:01")
    assert letter.subject == "【请补正】活动周濮阳县教育局照片（回执编号 1001-9）"
    for minute, size, subject in (
        (10, (1600, 1200), "【请补正】活动周濮阳县教育局照片（回执编号 1002-4）"),
        (20, (2400, 1800), "【已收】活动周濮阳县教育局照片（回执编号 1003-5）"),
    ):
        again = zip_of({SMALL: jpeg(*size, seed=minute)})
        puyang.receive(f"2023-05-17 10:{minute}", f"回复：{letter.subject}", {"补.zip": again}, answers=letter)
        (letter,) = puyang.poll(f"2023-05-17 10:{minute + 1}")
        assert letter.subject == subject
    assert f"接着用的文件（回执编号 1002-4 的邮件里合格的）：{GOOD}" in letter.text.splitlines()
    assert puyang.decisions() == [("照片", "rejected", True), ("照片", "rejected", True), ("照片", "accepted", False)]
    kept = sorted(file.name for file in puyang.items()[-1].files)
    assert kept == ["照片.part1.rar", "照片.part2.rar", "补.zip"]
