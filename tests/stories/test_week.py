"""周报: by command, and with the digest of the last day."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from email import message_from_bytes
from email.policy import default

import docx

from intake_bot import cli
from intake_bot.demo.media import jpeg, zip_of
from tests.digests.workbook.reading import read_workbook
from tests.stories.office import Office, at

PHOTO = "活动周濮阳县教育局照片"
GOOD = {"照片.zip": zip_of({"学生技能展示现场.jpg": jpeg(2400, 1800, seed=1)})}


def attached(office: Office, day: str) -> list[str]:
    """The names of what goes with the digest of this day."""
    with redirect_stdout(io.StringIO()):
        cli.run(["digest", "--home", str(office.home), "--now", at(f"{day} 18:00").isoformat()])
    letter = message_from_bytes(office.smtp.letters[-1].raw, policy=default)
    return [part.get_filename() or "" for part in letter.walk() if part.get_content_disposition() == "attachment"]


def test_week_report_comes_with_the_digest_of_the_last_day(puyang: Office) -> None:
    puyang.receive("2023-05-19 10:00", PHOTO, GOOD)
    puyang.poll("2023-05-19 10:01")
    assert attached(puyang, "2023-05-19") == ["台账.xlsx"]
    assert attached(puyang, "2023-05-20") == ["台账.xlsx", "周报.docx", "周报.xlsx"]


def test_week_report_by_command_is_a_document_and_a_workbook(puyang: Office) -> None:
    puyang.receive("2023-05-19 10:00", PHOTO, GOOD)
    puyang.poll("2023-05-19 10:01")
    with redirect_stdout(io.StringIO()) as said:
        assert cli.run(["week", "--home", str(puyang.home), "--now", at("2023-05-19 18:00").isoformat()]) == 0
    sentence = "共收到符合要求的材料 1 项、文件 1 个，全部按时。"
    assert sentence in said.getvalue()
    folder = puyang.home / "exports"
    document = docx.Document(str(folder / "濮阳市教育局周报.docx"))
    assert any(sentence in paragraph.text for paragraph in document.paragraphs)
    assert len(document.inline_shapes) == 1
    assert any(paragraph.text == "濮阳县教育局：学生技能展示现场" for paragraph in document.paragraphs)
    sheets = read_workbook((folder / "濮阳市教育局周报.xlsx").read_bytes())
    assert list(sheets) == ["说明", "按单位", "按材料", "活动数据", "媒体报道", "篇数"]
    assert next(row for row in sheets["按材料"].texts() if row[0] == "照片")[:4] == ["照片", "1", "1", "0"]
