from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.files.facts import Kind, TextFacts, Trouble
from tests.files.compound import compound
from tests.files.documents.measuring import measure
from tests.files.papers import number_cell, text_cell, xls


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        pytest.param(
            xls(text_cell(0, 0, "活动情况日报表"), text_cell(1, 1, " 人数 "), number_cell(1, 3, 13812345678)),
            TextFacts(
                "S1\n活动情况日报表\n\t人数\t\t13812345678",
                1 + 7 + 2 + 1,
                tables=((("活动情况日报表",), ("", "人数", "", "13812345678")),),
            ),
            id="gaps-and-long-numbers",
        ),
        pytest.param(
            xls(*(number_cell(n, 0, days, date=True) for n, days in enumerate((45063, 45063.4375, 0.5, -1, 9e9)))),
            TextFacts(
                "S1\n2023-05-17\n2023-05-17 10:30\n12:00\n-1\n9000000000",
                7,
                tables=((("2023-05-17",), ("2023-05-17 10:30",), ("12:00",), ("-1",), ("9000000000",)),),
            ),
            id="dates",
        ),
        pytest.param(
            xls(number_cell(0, 0, 0.1), text_cell(65535, 255, " "), (0x205, b"\1\0\0\0\0\0\x2a\1")),
            TextFacts("S1\n0.1\n#N/A", 3, tables=((("0.1",), ("#N/A",)),)),
            id="stray-blank-in-the-last-cell",
        ),
    ],
)
def test_xls_gives_sheets_as_tables(tmp_path: Path, content: bytes, facts: TextFacts) -> None:
    assert measure(tmp_path, compound({"Workbook": content}), Kind.XLS) == (facts, None)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(compound({"Workbook": xls(locked=True)}), Trouble.PROTECTED, id="xls-with-a-password"),
        pytest.param(compound({"Workbook": b"x"}), Trouble.DAMAGED, id="xls-damaged"),
    ],
)
def test_faulty_xls_reports_trouble(tmp_path: Path, content: bytes, trouble: Trouble) -> None:
    assert measure(tmp_path, content, Kind.XLS) == (None, trouble)
