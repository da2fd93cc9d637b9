"""Photos on a digest, and those that the week report shows."""

from __future__ import annotations

import io
from contextlib import redirect_stdout

import docx

from intake_bot import cli
from intake_bot.demo.media import zip_of
from tests.stories.clerk import PHOTO, digest_of
from tests.stories.office import Letter, Office, at
from tests.stories.photos import GOOD, SECOND

OPENING, CONTEST, THIRD = "开幕式现场.jpg", "技能比武现场.jpg", "成果展示现场.jpg"
OTHER = "活动周范县教育局照片材料"
FANXIAN = "fanxian@school.example"


def sends(office: Office, now: str, name: str, content: bytes, subject: str = PHOTO, sender: str = FANXIAN) -> None:
    office.receive(now, subject, {"照片.zip": zip_of({name: content})}, sender=sender)
    office.poll(now)


def week_photos(office: Office, now: str = "2023-05-17 20:00") -> tuple[str, list[str]]:
    """The heading of the photos in the week report, and what stands below each."""
    with redirect_stdout(io.StringIO()):
        assert cli.run(["week", "--home", str(office.home), "--now", at(now).isoformat()]) == 0
    document = docx.Document(str(office.home / "exports" / "濮阳市教育局周报.docx"))
    words = [one.text for one in document.paragraphs if one.text]
    place = next(n for n, one in enumerate(words) if one in ("优秀照片", "活动照片"))
    assert len(document.inline_shapes) == len(words[place + 1 :])
    return words[place], words[place + 1 :]


def week_words(office: Office) -> str:
    with redirect_stdout(io.StringIO()) as said:
        cli.run(["week", "--home", str(office.home), "--now", at("2023-05-17 20:00").isoformat()])
    return said.getvalue()


def two_photos(office: Office) -> Letter:
    """The digest shows 范县's photo as number 1, which came later, and 濮阳县's as number 2."""
    sends(office, "2023-05-17 10:00", OPENING, GOOD, sender="teacher@school.example")
    sends(office, "2023-05-17 11:00", CONTEST, SECOND, OTHER)
    return digest_of(office)
