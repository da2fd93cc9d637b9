from __future__ import annotations

from datetime import date

import pytest

from intake_bot.digests.workbook.sheet import Cell, Sheet
from intake_bot.digests.workbook.write import MAXIMUM_CHARACTERS, write_workbook
from tests.digests.workbook.reading import ReadCell, local, read_workbook

CREATED = local("2023-05-17 16:30:00")


def written(*cells: Cell) -> list[ReadCell | None]:
    """The cells as one row of a sheet, read back."""
    header = tuple(f"第{number}列" for number, _ in enumerate(cells, 1))
    sheets = read_workbook(write_workbook([Sheet("一", header, (cells,))], CREATED))
    assert "<f" not in sheets["一"].xml
    assert "hyperlink" not in sheets["一"].xml
    row = sheets["一"].rows[1] if len(sheets["一"].rows) > 1 else []
    return [*row, *[None] * (len(cells) - len(row))]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "=HYPERLINK(\"http://evil.example\",\"点我\")",
        "{=SUM(A1:A9)}",
        "+8613803931234",
        "-1+cmd|' /C calc'!A0",
        "@SUM(1)",
        "https://evil.example/x",
        "mailto:a@b.cn",
        "internal:Sheet2!A1",
        "03938991718",
        "0012",
        "13803931234",
        "1e5",
        "<i>&amp;</i>",
        "两行\n的字",
    ],
)  # fmt: skip
def test_text_stays_text_whatever_it_looks_like(text: str) -> None:
    (cell,) = written(text)
    assert cell is not None
    assert (cell.kind, cell.value) == ("s", text)


def test_dates_are_dates_and_numbers_are_numbers() -> None:
    day, time, count, nothing, empty = written(date(2023, 5, 17), local("2023-05-17 16:07:00"), 260, None, "")
    assert day == ReadCell("n", "45063", "yyyy-mm-dd")
    assert time is not None
    assert (time.kind, time.value[:8], time.format) == ("n", "45063.67", "yyyy-mm-dd hh:mm")
    assert count is not None
    assert (count.kind, count.value) == ("n", "260")
    assert (nothing, empty) == (None, None)


def test_control_characters_and_endless_text_leave_a_file_that_opens() -> None:
    strange, long = written("a\x00b\x07c\udcff", "字" * 50_000)
    assert strange is not None
    assert strange.value.startswith("a")
    assert long is not None
    assert long.value == "字" * MAXIMUM_CHARACTERS


def test_header_is_frozen_filtered_and_columns_are_as_wide_as_their_content() -> None:
    sheet = Sheet("一", ("单位", "很长的一列"), (("濮阳县教育局", "字" * 200),), 1)
    xml = read_workbook(write_workbook([sheet], CREATED))["一"].xml
    assert '<pane xSplit="1" ySplit="1" topLeftCell="B2"' in xml
    assert '<autoFilter ref="A1:B2"/>' in xml
    assert '<col min="1" max="1" width="14.7' in xml
    assert '<col min="2" max="2" width="48.7' in xml


def test_empty_sheet_has_its_header() -> None:
    sheets = read_workbook(write_workbook([Sheet("一", ("单位",), ())], CREATED))
    assert sheets["一"].texts() == [["单位"]]


def test_same_values_give_the_same_bytes() -> None:
    sheets = [Sheet("一", ("单位", "日期"), (("濮阳县教育局", date(2023, 5, 17)),))]
    assert write_workbook(sheets, CREATED) == write_workbook(sheets, CREATED)
