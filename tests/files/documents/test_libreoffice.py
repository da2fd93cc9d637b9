"""One text and one workbook, as LibreOffice 7.4 writes them in every format: all readers agree on what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.files.documents.document import measure_document
from intake_bot.files.facts import Kind, TextFacts
from intake_bot.files.limits import FileLimits
from intake_bot.files.sniff import sniff

_FOLDER = Path(__file__).parent / "originals"
_LINK = ("https://news.example.cn/1.html",)
_TABLE = (("序号", "活动", "人数"), ("1", "", ""), ("合计", "", "300"))
_LINES = {
    "正文开头，正文新增结尾。", "框外。", "看报道后文", "表后。𠮷 “引号”", "脚注文字", "尾注文字", "文本框里的字",
    "序号", "活动", "人数", "1", "合计", "300",
}  # fmt: skip
_ROWS = (
    ("2023年职业教育活动周活动情况日报表",),
    ("序号", "日期", "活动", "人数", "时间", "链接"),
    ("1", "2023-05-17", "", "300.5", "15:30", "看报道"),
    ("2", "2023-05-18 10:30", "开放日 “Open”", "601", "TRUE"),
)


def _measured(name: str) -> tuple[Kind, TextFacts]:
    path = _FOLDER / name
    kind = sniff(path, name)
    facts, trouble = measure_document(path, kind, FileLimits())
    assert facts is not None, trouble
    return kind, facts


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("libreoffice.doc", Kind.DOC, id="doc"),
        pytest.param("libreoffice.docx", Kind.DOCX, id="docx"),
        pytest.param("libreoffice.odt", Kind.ODF, id="odt"),
        pytest.param("libreoffice.rtf", Kind.RTF, id="rtf"),
    ],
)
def test_text_of_libreoffice_reads_the_same_in_each_format(name: str, kind: Kind) -> None:
    found, facts = _measured(name)
    assert (found, set(facts.text.splitlines()), facts.words, facts.links, facts.tables) == (
        kind,
        _LINES,
        52,
        _LINK,
        (_TABLE,),
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [pytest.param("libreoffice.xls", Kind.XLS, id="xls"), pytest.param("libreoffice.xlsx", Kind.XLSX, id="xlsx")],
)
def test_workbook_of_libreoffice_reads_the_same_in_each_format(name: str, kind: Kind) -> None:
    text = "\n".join(["日报", *("\t".join(row) for row in _ROWS)])
    assert _measured(name) == (kind, TextFacts(text, 48, 0, _LINK, (_ROWS,)))


def test_ods_of_libreoffice_is_read_as_shown() -> None:
    kind, facts = _measured("libreoffice.ods")
    assert (kind, facts.tables[0][3][:5]) == (Kind.ODF, ("2", "5月18日", "开放日 “Open”", "601", "TRUE"))


def test_pdf_of_libreoffice_is_read_as_printed() -> None:
    kind, facts = _measured("libreoffice.pdf")
    # Print shows what was struck out, and the numbers of the notes.
    assert (kind, facts.words, facts.links) == (Kind.PDF, 52 + 5 + 2, _LINK)
    assert "文本框里的字\n正文开头删去的字，正文新增结尾。" in facts.text
