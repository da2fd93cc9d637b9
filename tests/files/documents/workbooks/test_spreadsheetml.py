from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.files.facts import Kind, TextFacts, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.sniff import sniff
from tests.files import samples
from tests.files.documents.measuring import measure
from tests.files.packages import spreadsheetml


def _cell(value: str, kind: str = "String", more: str = "") -> str:
    return f'<Cell {more}><Data ss:Type="{kind}">{value}</Data></Cell>'


def _row(*cells: str) -> str:
    return f"<Row>{''.join(cells)}</Row>"


@pytest.mark.parametrize(
    ("rows", "table"),
    [
        pytest.param([_row(_cell("甲"), _cell("乙"))], (("甲", "乙"),), id="texts"),
        pytest.param([_row(_cell("300", "Number"), _cell("0.5", "Number"))], (("300", "0.5"),), id="numbers"),
        pytest.param([_row(_cell("13812345678", "Number"))], (("13812345678",),), id="telephone"),
        pytest.param([_row(_cell("2023-05-17T00:00:00.000", "DateTime"))], (("2023-05-17",),), id="date"),
        pytest.param([_row(_cell("2023-05-17T10:30:00.000", "DateTime"))], (("2023-05-17 10:30",),), id="time"),
        pytest.param([_row(_cell("1", "Boolean"), _cell("#N/A", "Error"))], (("TRUE", "#N/A"),), id="others"),
        pytest.param([_row(_cell("甲"), _cell("丙", more='ss:Index="3"'))], (("甲", "", "丙"),), id="gap"),
        pytest.param(
            [_row(_cell("甲", more='ss:MergeAcross="2"'), _cell("丁"))], (("甲", "", "", "丁"),), id="wide-cell"
        ),
        pytest.param([_row("<Cell/>", _cell("乙")), "<Row/>"], (("", "乙"),), id="empty-cells"),
        pytest.param(
            [_row('<Cell><ss:Data ss:Type="String"><h:B>粗</h:B><h:I>斜</h:I></ss:Data></Cell>')],
            (("粗斜",),),
            id="rich-text",
        ),
        pytest.param(
            [_row('<Cell><Data ss:Type="String">甲</Data><Comment><ss:Data>批注</ss:Data></Comment></Cell>')],
            (("甲",),),
            id="comment",
        ),
    ],
)
def test_excel_2003_xml_gives_sheets_as_tables(
    tmp_path: Path, rows: list[str], table: tuple[tuple[str, ...], ...]
) -> None:
    content = spreadsheetml(*rows)
    assert sniff(samples.put(tmp_path, "sniffed", content), "日报.xls") is Kind.SPREADSHEETML
    facts, trouble = measure(tmp_path, content, Kind.SPREADSHEETML)
    assert (facts and facts.tables, trouble) == ((table,), None)


def test_excel_2003_xml_gives_links_and_name(tmp_path: Path) -> None:
    content = spreadsheetml(_row(_cell("看", more='ss:HRef="http://a.cn"')), encoding="GBK")
    facts = TextFacts("日报\n看", 3, 0, ("http://a.cn",), ((("看",),),))
    assert measure(tmp_path, content, Kind.SPREADSHEETML) == (facts, None)


@pytest.mark.parametrize(
    ("content", "limits", "trouble"),
    [
        pytest.param(spreadsheetml(_row(_cell("甲")))[:-20], FileLimits(), Trouble.DAMAGED, id="cut"),
        pytest.param(
            spreadsheetml(_row(_cell("甲" * 100))), FileLimits(text_length=90), Trouble.UNSUPPORTED, id="too-long"
        ),
        pytest.param(
            spreadsheetml(_row(_cell("甲"))), FileLimits(document_bytes=90), Trouble.BOMB, id="too-many-bytes"
        ),
    ],
)
def test_faulty_excel_2003_xml_reports_trouble(
    tmp_path: Path, content: bytes, limits: FileLimits, trouble: Trouble
) -> None:
    assert measure(tmp_path, content, Kind.SPREADSHEETML, limits) == (None, trouble)


@pytest.mark.parametrize("index", ["0", "-1", "999999999", "x", "16385"])
def test_odd_index_of_cell_is_ignored_or_beyond_form(tmp_path: Path, index: str) -> None:
    content = spreadsheetml(_row(_cell("甲", more=f'ss:Index="{index}"')))
    facts, trouble = measure(tmp_path, content, Kind.SPREADSHEETML)
    assert trouble is None
    assert facts is not None
    assert facts.tables in (((("甲",),),), ())
