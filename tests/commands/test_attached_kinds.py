"""Files of all kinds that schools attach beside or instead of what is asked, from raw mail to verdict and letter."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from intake_bot.demo import media
from tests.commands.mails import NOTE, PHOTOS, judged, listed, mail, photos_zip
from tests.files.compound import compound, doc
from tests.files.papers import pptx, text_cell, xls

TEXT = "活动周濮阳县教育局文字材料"
STORY = {"活动情况.docx": media.docx([media.chinese_text(1000)])}
HEFEI = "hfsjyzcc@163.com"
MORNING = "2023-05-18T09:00:00+08:00"
DOCUMENTS = Path(__file__).parents[1] / "files" / "documents" / "originals"


def invited(method: str, files: Mapping[str, bytes]) -> EmailMessage:
    made = mail(TEXT, files, text="请查收，并请参加周三的视频会议。")
    event = f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    made.add_attachment(event, subtype="calendar", filename="invite.ics", params={"method": method})
    return made


def signed(files: Mapping[str, bytes]) -> bytes:
    """A mail with a detached signature, as RFC 8551 section 3.5.3 has it."""
    header, _, body = mail(TEXT, files).as_bytes().partition(b"\r\nMIME-Version: 1.0\r\n")
    kind, _, content = body.partition(b"\r\n\r\n")
    part = b"--s\r\n" + kind.strip() + b"\r\n\r\n" + content
    return (
        header
        + b'\r\nMIME-Version: 1.0\r\nContent-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary=s'
        + b"\r\n\r\n"
        + part
        + b'\r\n--s\r\nContent-Type: application/pkcs7-signature; name="smime.p7s"\r\n'
        + b'Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="smime.p7s"\r\n\r\n'
        + b"MIAGCSqGSIb3DQEHAqCAMIACAQExADCABgkqhkiG9w0BBwEAADEAAAAAAAAA\r\n--s--\r\n"
    )


def told(verdict: Mapping[str, Any]) -> tuple[str, list[tuple[str, str, str | None, str]], list[str]]:
    """Disposition; severity, code, file and words of every finding; and the files that the letter lists."""
    assert verdict["findings"] == []
    [item] = verdict["items"]
    findings = [(one["severity"], one["code"], one["file"], one["message"]) for one in item["findings"]]
    return item["verdict"], findings, listed(verdict)


NO_TEXT = ("error", "part.missing", None, "邮件里没有附件，没有找到文字，通知要求报送文字。请补上。")


def no_prose(name: str) -> tuple[str, list[tuple[str, str, str | None, str]], list[str]]:
    """What becomes of a table or of slides in the place of a text."""
    words = (
        f"没有找到文字（{name}不算），通知要求报送文字。请把内容写成一份Word文档发来，不要用Excel表格或PPT演示文稿。"
    )
    return "rejected", [("error", "part.missing", None, words)], [f"[未使用] {name}"]


OLD_SHEET = compound({"Workbook": xls(text_cell(0, 0, media.chinese_text(900)))})


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(invited("REQUEST", STORY), ("accepted", [], ["[合格] 活动情况.docx"]), id="invitation-beside"),
        pytest.param(invited("REQUEST", {}), ("rejected", [NO_TEXT], []), id="invitation-alone"),
        pytest.param(signed(STORY), ("accepted", [], ["[合格] 活动情况.docx"]), id="signature-beside"),
        pytest.param(signed({}), ("rejected", [NO_TEXT], []), id="signature-alone"),
        pytest.param(
            mail(TEXT, {"活动情况.doc": doc(media.chinese_text(900))}),
            ("accepted", [], ["[合格] 活动情况.doc"]),
            id="doc",
        ),
        pytest.param(
            mail(TEXT, {"活动情况.doc": (DOCUMENTS / "libreoffice.doc").read_bytes()}),
            (
                "rejected",
                [
                    (
                        "error",
                        "text.too_short",
                        "活动情况.doc",
                        "正文只有 52 字，通知要求800–1500 字左右。请补充内容，写到 800 字以上。",
                    )
                ],
                [],
            ),
            id="short-doc",
        ),
        pytest.param(
            mail(TEXT, {"汇报.pptx": pptx([media.chinese_text(500)] * 2)}), no_prose("汇报.pptx"), id="slides"
        ),
        pytest.param(
            mail(TEXT, {"汇报.xlsx": media.xlsx([[media.chinese_text(900)]])}), no_prose("汇报.xlsx"), id="workbook"
        ),
        pytest.param(mail(TEXT, {"汇报.xls": OLD_SHEET}), no_prose("汇报.xls"), id="old-workbook"),
        pytest.param(
            mail(TEXT, {**STORY, "汇报.pptx": pptx(["现场"])}),
            (
                "accepted",
                [
                    (
                        "remark",
                        "file.unexpected",
                        "汇报.pptx",
                        "没有用到这个文件（PPT演示文稿）。如果是这次要报的材料，请和我们联系。",
                    )
                ],
                ["[合格] 活动情况.docx", "[未使用] 汇报.pptx"],
            ),
            id="slides-beside",
        ),
        pytest.param(
            mail(PHOTOS, {"照片.zip": photos_zip("1.jpg"), "说明.docx": media.docx([NOTE])}),
            ("accepted", [], ["[合格] 1.jpg", "[合格] 说明.docx"]),
            id="words-beside-photos",
        ),
    ],
)
def test_attachment_is_judged_by_its_content(
    made: EmailMessage | bytes, expected: tuple[Any, ...], tmp_path: Path
) -> None:
    [verdict] = judged(tmp_path, [made])
    assert told(verdict) == expected


def form(title: str, *rows: str) -> bytes:
    """An old Word file with its title above one table."""
    text, cells, ends = f"{title}\r", [], {}
    for row in rows:
        for cell in row.split("|"):
            text += f"{cell}\x07"
            cells.append(len(text) - 1)
        text += "\x07"
        ends[len(text) - 1] = tuple(range(0, 1000 * row.count("|") + 1001, 1000))
    return doc(text, cells=cells, rows=ends)


def lacks(part: str) -> tuple[str, str, None, str]:
    words = f"没有找到{part}，通知要求报送{part}。如当天没有，或已另外报送，不用补。"
    return "remark", "part.missing", None, words


def test_daily_forms_as_old_excel_and_word_files_are_accepted(tmp_path: Path) -> None:
    files = {
        "日报.xls": (DOCUMENTS / "libreoffice.xls").read_bytes(),
        "媒体.doc": form("2023年职业教育活动周媒体宣传情况日报表", "序号|媒体名称|标题", "1|某市电视台|启动"),
    }
    [verdict] = judged(tmp_path, [mail("活动周合肥工业学校日报", files, to=HEFEI)], MORNING)
    assert told(verdict) == (
        "accepted",
        [lacks("活动情况、特色工作文字材料"), lacks("照片"), lacks("视频")],
        ["[合格] 日报.xls", "[合格] 媒体.doc"],
    )
