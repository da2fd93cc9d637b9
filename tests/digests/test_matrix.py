from __future__ import annotations

from intake_bot.digests.matrix import make_matrix
from intake_bot.judging.verdict import Decision
from intake_bot.letters.digest_lines import MatrixColumn, MatrixRow
from intake_bot.notices.notice import Extension
from tests.digests.standings import HEFEI, all_in, day, item, standings
from tests.judging.cases import notice

DAYS = tuple(map(day, range(14, 18)))


def test_matrix_has_a_mark_for_each_day_and_counts_the_newest() -> None:
    found = standings(*all_in("濮阳县教育局", 14, 15, 16, 17), item("范县教育局", "照片", 17, Decision.REJECTED))
    matrix = make_matrix(notice("puyang-2023"), found)
    assert matrix.columns == (
        MatrixColumn("文字材料", DAYS, 1, 3, "截止 16:00"),
        MatrixColumn("照片", DAYS, 1, 3, "截止 16:00"),
        MatrixColumn("工作总结", (), 0, 3, "截止 5月23日24:00"),
    )
    assert matrix.rows == (
        MatrixRow("濮阳县", ("收收收收", "收收收收", "・")),
        MatrixRow("范县", ("－－－－", "－－－退", "・")),
        MatrixRow("台前县教育局", ("－－－－", "－－－－", "・")),
    )


def test_extension_of_one_unit_is_not_the_deadline_of_all() -> None:
    extended = Extension.model_validate({"unit": "濮阳县教育局", "material": "照片", "until": "5月18日12:00前"})
    of = notice("puyang-2023").model_copy(update={"extensions": (extended,)})
    assert [column.due for column in make_matrix(of, standings(of=of)).columns][:2] == ["截止 16:00"] * 2


def test_material_that_a_unit_does_not_report_is_blank() -> None:
    of = notice("hefei-2023")
    matrix = make_matrix(of, standings(now="2023-05-12T10:00:00", of=of, roster=HEFEI))
    assert "走进校园方案" in [column.material for column in matrix.columns]
    number = [column.material for column in matrix.columns].index("走进校园方案")
    cells = {row.unit: row.cells[number] for row in matrix.rows}
    assert cells["合肥工业学校"] != "　"
    assert [cell for unit, cell in cells.items() if unit != "合肥工业学校"] == ["　"] * (len(cells) - 1)


def test_matrix_before_the_week_is_empty() -> None:
    assert make_matrix(notice("puyang-2023"), standings(now="2023-05-13T10:00:00")).columns == ()
