from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.demo import media
from intake_bot.files.documents.workbooks.xlsx import unescape
from intake_bot.files.facts import Kind, TextFacts, Trouble
from tests.files.documents.measuring import measure


def _workbook(sheet: str, strings: str = "<sst/>") -> bytes:
    relations = (
        '<Relationships><Relationship Id="s" Type="x/worksheet" Target="/xl/s.xml"/>'
        '<Relationship Id="t" Type="x/sharedStrings" Target="strings.xml"/></Relationships>'
    )
    links = (
        '<Relationships><Relationship Type="x/hyperlink" Target="http://a.cn" TargetMode="External"/></Relationships>'
    )
    return media.zip_of(
        {
            "[Content_Types].xml": b"",
            "_rels/.rels": b'<R><Relationship Type="x/officeDocument" Target="xl/workbook.xml"/></R>',
            "xl/workbook.xml": b'<w xmlns:r="r"><sheet name="S" r:id="s"/><sheet name="C" r:id="c"/></w>',
            "xl/_rels/workbook.xml.rels": relations.encode(),
            "xl/s.xml": sheet.encode(),
            "xl/_rels/s.xml.rels": links.encode(),
            "xl/strings.xml": strings.encode(),
        }
    )


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        pytest.param(
            media.xlsx([["活动情况日报表"], ["序号", "", "人数"], ["", ""], ["1", "开放日 & 展示", "300"]], "日报"),
            TextFacts(
                "日报\n活动情况日报表\n序号\t\t人数\n1\t开放日 & 展示\t300",
                2 + 7 + 4 + 1 + 3 + 1 + 2 + 1,
                tables=((("活动情况日报表",), ("序号", "", "人数"), ("1", "开放日 & 展示", "300")),),
            ),
            id="all-that-the-builder-writes",
        ),
        pytest.param(
            _workbook(
                '<x><row><c t="inlineStr"><is><t>内</t><rPh><t/></rPh></is></c><c><f>1+1</f><v>2</v></c>'
                '<c t="s"><v>0</v></c><c/></row></x>',
                "<sst><si><r><t>富</t></r><r><t>文本</t></r><rPh><t>fu</t></rPh></si></sst>",
            ),
            TextFacts("S\n内\t2\t富文本\nC", 7, 0, ("http://a.cn",), ((("内", "2", "富文本"),),)),
            id="inline-formula-rich-text-chart-link",
        ),
    ],
)
def test_xlsx_gives_sheets_as_tables(tmp_path: Path, content: bytes, facts: TextFacts) -> None:
    assert measure(tmp_path, content, Kind.XLSX) == (facts, None)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("一_x000D_二", "一\n二"),
        ("一_x000D__x000A_二", "一\n二"),
        ("一_x000a_二", "一\n二"),
        ("一_x0009_二", "一\t二"),
        ("一_x0007_二", "一二"),
        ("_x4E2D__x56FD_", "中国"),
        ("_xD83D__xDE00_", "😀"),
        ("_xD83D_", ""),
        ("a_x005F_x000D_b", "a_x000D_b"),
        ("_x00_", "_x00_"),
        ("_xGGGG_", "_xGGGG_"),
        ("文件_x1.docx", "文件_x1.docx"),
    ],
)
def test_escaped_character_is_decoded_in_all_texts(tmp_path: Path, written: str, text: str) -> None:
    assert unescape(written) == text
    sheet = (
        f'<x><row><c t="inlineStr"><is><t>首{written}尾</t></is></c><c t="s"><v>0</v></c>'
        f'<c t="str"><f>A1</f><v>首{written}尾</v></c></row></x>'
    )
    facts, _ = measure(tmp_path, _workbook(sheet, f"<sst><si><t>首{written}尾</t></si></sst>"), Kind.XLSX)
    assert facts is not None
    assert facts.tables == (((f"首{text}尾",) * 3,),)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(_workbook('<x><row><c t="s"><v>7</v></c></row></x>'), Trouble.DAMAGED, id="no-such-string"),
        pytest.param(_workbook('<x><row><c t="s"><v>²</v></c></row></x>'), Trouble.DAMAGED, id="index-that-is-none"),
        pytest.param(
            _workbook(
                "<x><row>" + '<c t="s"><v>0</v></c>' * 1000 + "</row></x>",
                f"<sst><si><t>{'长' * 30_000}</t></si></sst>",
            ),
            Trouble.UNSUPPORTED,
            id="one-long-string-many-times",
        ),
    ],
)
def test_faulty_xlsx_reports_trouble(tmp_path: Path, content: bytes, trouble: Trouble) -> None:
    assert measure(tmp_path, content, Kind.XLSX) == (None, trouble)
