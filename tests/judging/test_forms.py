"""Forms: which file is one, whether it is filled in, and the data in its cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from intake_bot.demo.material import activity_form, media_form
from intake_bot.files.documents.document import measure_document
from intake_bot.files.facts import FileFacts, Kind, TextFacts, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.judging.forms import check_form, is_form, read_form_rows
from intake_bot.judging.judge import judge
from intake_bot.judging.verdict import FilledForm
from intake_bot.notices.notice import FormPart
from tests.judging.cases import case, errors, form, outcome, photo, remarks, video, word

_TITLE = "2023年职业教育活动周联络员信息表"
_PART = FormPart(
    kind="form", name="联络员信息表", clause="四（二）", quote="x", title=_TITLE, aliases=("联络员信息表", "联络员信息")
)
_OTHER = FormPart(kind="form", name="日报表", clause="四（二）", quote="x", title="活动情况日报表")

Table = tuple[tuple[str, ...], ...]


def _text(*tables: Table, before: tuple[str, ...] = (_TITLE,)) -> TextFacts:
    """As a .docx gives it: titles above the tables, a line for each cell."""
    lines: list[str] = []
    for number, table in enumerate(tables):
        lines += [before[number]] if number < len(before) else []
        lines += [cell for row in table for cell in row if cell]
    return TextFacts("\n".join(lines), 9, tables=tables)


def _file(text: TextFacts | None, kind: Kind = Kind.DOCX, name: str = "附件.docx") -> FileFacts:
    return FileFacts(name, kind, 9, "s", text=text)


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        pytest.param(
            (("序号", "日期", "活动", "人数"), ("1", "5月17日", "开放日", "300"), ("2", "", "参观", "")),
            [
                {"序号": "1", "日期": "5月17日", "活动": "开放日", "人数": "300"},
                {"序号": "2", "日期": "5月17日", "活动": "参观"},
            ],
            id="header",
        ),
        pytest.param(
            (("单位", "姓名", "职务", "手机"), ("合肥工业学校", "张三", "主任", "13800000000"), ("", "", "", "")),
            [{"单位": "合肥工业学校", "姓名": "张三", "职务": "主任", "手机": "13800000000"}],
            id="header-without-numbers",
        ),
        pytest.param(
            (("姓名", "电话"), ("张三", "13800000000")), [{"姓名": "张三", "电话": "13800000000"}], id="header-of-two"
        ),
        pytest.param(
            (("甲", "乙", "丙"), ("子", "丑", "寅")),
            [{"甲": "子", "乙": "丑", "丙": "寅"}],
            id="header-of-unknown-words",
        ),
        pytest.param(
            (
                (_TITLE,),
                ("填报单位：合肥工业学校   填报日期：5月17日",),
                ("序号", "媒体"),
                ("1", "合肥日报"),
                ("合计", ""),
            ),
            [{"填报单位": "合肥工业学校", "填报日期": "5月17日", "序号": "1", "媒体": "合肥日报"}],
            id="title-and-unit-above-the-header",
        ),
        pytest.param(
            (
                ("附件2：2023年职业教育活动周联络员信息表",),
                ("填报单位", "合肥工业学校", "日期", "5月17日"),
                ("序号", "活动名称", "参与人数", "链接"),
                ("1", "开放日", "260", "https://news.example.cn:8080/1.html"),
                ("合计", "", "260", ""),
                ("填报人", "张三", "联系电话", "138"),
            ),
            [
                {
                    "填报单位": "合肥工业学校",
                    "日期": "5月17日",
                    "填报人": "张三",
                    "联系电话": "138",
                    "序号": "1",
                    "活动名称": "开放日",
                    "参与人数": "260",
                    "链接": "https://news.example.cn:8080/1.html",
                }
            ],
            id="title-unit-row-header-row-total-and-footer",
        ),
        pytest.param(
            (
                ("填报单位：合肥工业学校 时间：5月17日 9:30", "", ""),
                ("单位", "活动名称", "参与人数"),
                ("甲校", "开放日", "300"),
                ("", "参观", "20"),
                ("乙校", "讲座", "5"),
            ),
            [
                {"填报单位": "合肥工业学校", "时间": "5月17日 9:30", "单位": one, "活动名称": name, "参与人数": people}
                for one, name, people in (("甲校", "开放日", "300"), ("甲校", "参观", "20"), ("乙校", "讲座", "5"))
            ],
            id="merged-cells-of-a-unit",
        ),
        pytest.param(
            (("活动日期", "活动名称", "参与人数"), ("45063", "开放日", "45063"), ("2023-05-18", "参观", "1")),
            [
                {"活动日期": "2023-05-17", "活动名称": "开放日", "参与人数": "45063"},
                {"活动日期": "2023-05-18", "活动名称": "参观", "参与人数": "1"},
            ],
            id="serial-date",
        ),
        pytest.param(
            (("报道链接：https://a.example.cn/1 媒体：大河网",), ("网址：http://b.example.cn:80/x?y=1:2",)),
            [{"报道链接": "https://a.example.cn/1", "媒体": "大河网", "网址": "http://b.example.cn:80/x?y=1:2"}],
            id="links-within-cells",
        ),
        pytest.param(
            (("序号", "活动", "人数"), ("合计", "", "30")), [{"序号": "合计", "人数": "30"}], id="total-alone"
        ),
        pytest.param(
            (
                ("序号", "活动", "参与人数", "", "备注"),
                ("", "", "师生", "群众", ""),
                ("1", "开放日", "300", "20", ""),
            ),
            [{"序号": "1", "活动": "开放日", "参与人数/师生": "300", "参与人数/群众": "20"}],
            id="header-of-two-rows",
        ),
        pytest.param(
            (("序号", "人数", "人数", ""), ("1", "3", "4", "5")),
            [{"序号": "1", "人数": "3", "人数2": "4", "人数3": "5"}],
            id="headers-of-one-name",
        ),
        pytest.param(
            (("序号", "活 动\n名 称"), ("1", "开放日"), ("填表人", "张三"), ("联系电话：", "138")),
            [{"填表人": "张三", "联系电话": "138", "序号": "1", "活动名称": "开放日"}],
            id="labels-below-the-table",
        ),
        pytest.param(
            (("序号", "活动"), ("1", "开放日"), ("序号", "活动"), ("2", "参观")),
            [{"序号": "1", "活动": "开放日"}, {"序号": "2", "活动": "参观"}],
            id="header-again-on-the-next-page",
        ),
        pytest.param(
            (
                ("单位名称", "合肥工业学校", "", ""),
                ("姓  名：", "张三", "职务", "主任"),
                ("手机", "13800000000", "邮箱", ""),
                ("联系地址", "", "", ""),
            ),
            [{"单位名称": "合肥工业学校", "姓名": "张三", "职务": "主任", "手机": "13800000000"}],
            id="labels",
        ),
        pytest.param(
            (("姓名", "张三", "电话", "138"), ("姓名", "李四", "电话", "139")),
            [{"姓名": "张三", "电话": "138"}, {"姓名": "李四", "电话": "139"}],
            id="labels-of-two-people",
        ),
        pytest.param(
            (("分管领导", "姓名", "张三", "电话", "138"), ("", "职务", "校长", "", "")),
            [{"姓名": "张三", "电话": "138", "职务": "校长"}],
            id="labels-in-a-group",
        ),
        pytest.param(
            (("姓名：张三  电话：138",), ("邮箱：",)), [{"姓名": "张三", "电话": "138"}], id="labels-within-cells"
        ),
    ],
)
def test_read_form_rows_reads_cells_as_data(table: Table, rows: list[dict[str, str]]) -> None:
    assert list(read_form_rows(_PART, _text(table))) == rows


_BLANK_HEADER: Table = (("序号", "日期", "活动名称", "参与人数"), ("1", "", "", ""), ("2", "", "", ""))


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(_BLANK_HEADER, id="numbers-alone"),
        pytest.param((("序号", "日期", "活动名称"),), id="header-alone"),
        pytest.param((("单位", "姓名", "职务", "手机"), ("", "", "", "")), id="blank-row"),
        pytest.param((("媒体", "链接"), ("", "")), id="two-columns"),
        pytest.param(
            ((_TITLE, "", ""), ("填报单位：        填报日期：  年  月  日", "", ""), *_BLANK_HEADER),
            id="lines-to-write-on",
        ),
        pytest.param((*_BLANK_HEADER, ("合计", "", "0", "0")), id="sum-of-nothing"),
        pytest.param((*_BLANK_HEADER, ("填表人", "", "联系电话", "")), id="labels-below"),
        pytest.param((("日期", "活动名称", "参与人数"), ("5月17日", "", ""), ("5月18日", "", "")), id="days-given"),
        pytest.param((*_BLANK_HEADER, ("示例", "5月1日", "开放日", "300")), id="example"),
        pytest.param((*_BLANK_HEADER, ("注：请于每日10:00前报送。", "", "", "")), id="note"),
        pytest.param((("序号", "单位"), ("1", "XX")), id="placeholder"),
        pytest.param((("姓名", "", "职务", ""), ("手机", "", "邮箱", ""), ("备注", "", "", "")), id="labels"),
        pytest.param((("单位名称", ""), ("姓名", ""), ("签名", "年   月   日")), id="labels-one-below-the-other"),
        pytest.param(
            (("序号", "活动", "参与人数", ""), ("", "", "师生", "群众"), ("1", "", "", "")), id="header-of-two-rows"
        ),
        pytest.param((), id="nothing"),
    ],
)
def test_check_form_of_empty_template_is_error(table: Table) -> None:
    found = check_form(_PART, _file(_text(table, (("另表", ""),))))
    assert [(finding.code, finding.file) for finding in found] == [("form.empty", "附件.docx")]


def test_check_form_of_printed_form_holds() -> None:
    printed = _file(TextFacts(f"{_TITLE}\n姓名 张三", 9), Kind.PDF, "附件.pdf")
    assert is_form(_PART, printed)
    assert [(finding.code, finding.holds) for finding in check_form(_PART, printed)] == [("document.unmeasured", True)]


@pytest.mark.parametrize(
    ("file", "is_one"),
    [
        pytest.param(_file(_text(_BLANK_HEADER)), True, id="title-above"),
        pytest.param(_file(_text(_BLANK_HEADER, before=(f"附件3：{_TITLE}",))), True, id="any-number"),
        pytest.param(_file(_text(_BLANK_HEADER, before=("联 络 员 信 息 表",))), True, id="letter-spaced"),
        pytest.param(_file(_text(_BLANK_HEADER, before=("聯絡員資訊表",))), False, id="other-words"),
        pytest.param(
            _file(
                _text(
                    _BLANK_HEADER,
                    before=("各单位要认真填写联络员信息表，于五月十一日前报送到市教育局职业教育与成人教育处邮箱。",),
                )
            ),
            False,
            id="speaks-of-it",
        ),
        pytest.param(_file(TextFacts(_TITLE, 9)), False, id="no-table"),
        pytest.param(_file(None), False, id="unread"),
    ],
)
def test_is_form_needs_table_and_title_line(file: FileFacts, is_one: bool) -> None:
    assert is_form(_PART, file) == is_one


_PERSON: Table = (("姓名", "张三", "电话", "138"),)
_REPORT: Table = (("序号", "活动"), ("1", "开放日"))


def test_read_form_rows_takes_table_behind_title() -> None:
    text = _text(_REPORT, _PERSON, before=("附件1 活动情况日报表", f"附件3 {_TITLE}"))
    assert (read_form_rows(_PART, text), read_form_rows(_OTHER, text)) == (
        ({"姓名": "张三", "电话": "138"},),
        ({"序号": "1", "活动": "开放日"},),
    )


def test_read_form_rows_takes_sheet_with_title() -> None:
    sheets = (((_TITLE,), *_PERSON), (("活动情况日报表",), *_REPORT))
    text = TextFacts("\n".join("\t".join(row) for sheet in sheets for row in sheet), 9, tables=sheets)
    assert (read_form_rows(_PART, text), read_form_rows(_OTHER, text)) == (
        ({"姓名": "张三", "电话": "138"},),
        ({"序号": "1", "活动": "开放日"},),
    )


def test_read_form_rows_takes_sheet_with_title_as_name() -> None:
    text = TextFacts(
        "活动情况日报表\n序号\t活动\n1\t开放日\n联络员信息\n姓名\t张三\t电话\t138", 9, tables=(_REPORT, _PERSON)
    )
    assert read_form_rows(_PART, text) == ({"姓名": "张三", "电话": "138"},)


def test_read_form_rows_of_huge_table_is_cut() -> None:
    wide = tuple(tuple("列" for _ in range(5000)) for _ in range(3))
    long = (("序号", "活动"), *(("1", "开放日") for _ in range(100_000)))
    assert all(len(row) <= 100 for row in read_form_rows(_PART, _text(wide)))
    assert len(read_form_rows(_PART, _text(long))) < 2000
    assert (
        read_form_rows(_PART, _text((("1" * 100_000 + "x", "9" * 100_000 + "。"), ("号" * 100_000, "：" * 100_000))))
        != ()
    )


# ---- within a judgement ---------------------------------------------------------------------------------------------

_CONTACT = "活动周合肥工业学校联络员信息表"
_DAILY = "活动周合肥工业学校日报材料"
_BEFORE = "2023-05-11T12:00:00"


def _form(title: str, *rows: tuple[str, ...], name: str = "附件1.docx", kind: Kind = Kind.DOCX) -> FileFacts:
    return replace(_file(_text(rows, before=(title,)), kind), name=name, sha256=f"sha-{name}")


@pytest.mark.parametrize("kind", [Kind.DOCX, Kind.DOC, Kind.XLSX, Kind.XLS])
def test_filled_form_in_word_or_excel_is_accepted(kind: Kind) -> None:
    verdict = judge(case("hefei-2023", _CONTACT, _form(_TITLE, ("姓名", "张三"), kind=kind), received=_BEFORE))
    assert (errors(verdict), verdict.items[0].forms) == (
        [],
        (FilledForm("联络员信息表", "附件1.docx", ({"姓名": "张三"},)),),
    )


def test_empty_template_is_rejected() -> None:
    verdict = judge(case("hefei-2023", _CONTACT, _form(_TITLE, *_BLANK_HEADER), received=_BEFORE))
    assert (verdict.disposition.value, errors(verdict), verdict.items[0].forms) == ("rejected", ["form.empty"], ())
    assert "表格是空白的" in verdict.all_findings[0].message


def test_empty_template_beside_filled_form_is_unused() -> None:
    files = (_form(_TITLE, *_BLANK_HEADER, name="模板.docx"), _form(_TITLE, ("姓名", "张三"), name="填好.docx"))
    verdict = judge(case("hefei-2023", _CONTACT, *files, received=_BEFORE))
    assert (verdict.disposition.value, errors(verdict), remarks(verdict), verdict.items[0].files) == (
        "accepted",
        [],
        ["file.unexpected"],
        ("填好.docx",),
    )


def test_empty_form_is_not_used_as_text() -> None:
    forms = (_form("活动情况日报表", *_BLANK_HEADER), _form("媒体宣传情况日报表", *_BLANK_HEADER, name="附件2.docx"))
    verdict = judge(case("hefei-2023", _DAILY, *forms, word(), photo(), video()))
    assert [(f.code, f.file) for f in verdict.all_findings] == [
        ("form.empty", "附件1.docx"),
        ("form.empty", "附件2.docx"),
    ]


@pytest.mark.parametrize(
    ("file", "decided"),
    [
        pytest.param(
            FileFacts("联络员信息表.pdf", Kind.PDF, 9, "s", trouble=Trouble.UNSUPPORTED),
            ("held", [], ["document.unmeasured"]),
            id="scan",
        ),
        pytest.param(
            _file(TextFacts(f"{_TITLE}\n姓名 张三", 9), Kind.PDF, "联络员信息表.pdf"),
            ("held", [], ["document.unmeasured"]),
            id="print",
        ),
        pytest.param(
            FileFacts("联络员信息表.xls", Kind.XLS, 9, "s", trouble=Trouble.DAMAGED),
            ("rejected", ["document.unreadable"], []),
            id="damaged",
        ),
        pytest.param(
            FileFacts("联络员信息表.doc", Kind.DOC, 9, "s", trouble=Trouble.PROTECTED),
            ("rejected", ["document.protected"], []),
            id="protected",
        ),
    ],
)
def test_form_without_readable_cells_is_held_or_rejected(
    file: FileFacts, decided: tuple[str, list[str], list[str]]
) -> None:
    assert outcome(case("hefei-2023", _CONTACT, file, received=_BEFORE)) == decided


def test_verdict_repr_hides_form_rows() -> None:
    verdict = judge(case("hefei-2023", _CONTACT, _form(_TITLE, ("姓名", "张三")), received=_BEFORE))
    assert "张三" not in repr(verdict) + repr(verdict.items[0].forms)


def _sheet(text: str, *tables: tuple[tuple[str, ...], ...]) -> FileFacts:
    return replace(form(_OTHER.title), text=TextFacts(text, 9, tables=tables or ((("单位", "甲校"),),)))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (_OTHER.title + "甲" * 30, True),
        (_OTHER.title + "甲" * 31, False),
        (_OTHER.title.ljust(299) + "。", True),
        (_OTHER.title.ljust(300) + "。", False),
        ("\n" * 4999 + _OTHER.title, True),
        ("\n" * 5000 + _OTHER.title, False),
    ],
    ids=["30 signs beside", "31 signs beside", "line of 300", "line of 301", "line 5000", "line 5001"],
)
def test_is_form_finds_title_within_limits(text: str, is_one: bool) -> None:
    assert is_form(_OTHER, _sheet(text)) is is_one


def test_form_beyond_maximum_rows_columns_and_tables_is_cut() -> None:
    rows = tuple((f"项目{n}", "有") for n in range(2001))
    assert _read(rows)[0].keys() == {label for label, _ in rows[:2000]}
    columns = tuple(f"项目{n // 2}" if n % 2 == 0 else "有" for n in range(102))
    assert _read((columns[:100],))[0] == _read((columns,))[0]
    assert len(_read((columns[:98],))[0]) == 49
    assert len(_read((columns,))[0]) == 50
    assert len(_read((("", *columns[:100]),))[0]) == 49
    tables = tuple(((f"项目{n}", "有"),) for n in range(51))
    assert len(_read(*tables)) == 50


def _read(*tables: tuple[tuple[str, ...], ...]) -> tuple[Mapping[str, str], ...]:
    text = _sheet("", *tables).text
    assert text is not None
    return read_form_rows(_OTHER, text)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("联络员", "姓" + " " * 38 + "名", "张三"), {"姓名": "张三"}),
        (("联络员", "姓" + " " * 39 + "名", "张三"), {"联络员": "姓" + " " * 39 + "名"}),
        (("姓名：张三".ljust(299) + "，", "李四"), {"姓名": "张三" + " " * 294 + "，"}),
        (("姓名：张三".ljust(300) + "，", "李四"), {("姓名：张三，"): "李四"}),
        (("姓名", "电话"), {"姓名": "电话"}),
    ],
    ids=["label of 40", "label of 41", "pair in 300", "pair in 301", "two labels alone"],
)
def test_label_beyond_maximum_length_is_value(row: tuple[str, ...], said: dict[str, str]) -> None:
    assert _read((row,)) == (said,)


def test_tables_of_one_sheet_are_told_apart_by_their_titles() -> None:
    sheet = (
        ("附件2 活动情况日报表",),
        ("序号", "活动名称", "参与人数"),
        ("1", "开放日", "260"),
        (f"附件3 {_TITLE}",),
        ("单位", "姓名", "手机"),
        ("合肥工业学校", "张三", "13800000000"),
    )
    text = TextFacts("\n".join(cell for row in sheet for cell in row), 9, tables=(sheet,))
    assert list(read_form_rows(_PART, text)) == [{"单位": "合肥工业学校", "姓名": "张三", "手机": "13800000000"}]
    assert list(read_form_rows(_OTHER, text)) == [{"序号": "1", "活动名称": "开放日", "参与人数": "260"}]


def test_daily_forms_of_the_demo_keep_every_column(tmp_path: Path) -> None:
    """Read from real workbooks: a title row, a row with the unit, then the header."""
    rows = []
    for content in (activity_form("合肥工业学校"), media_form("合肥工业学校")):
        (tmp_path / "form.xlsx").write_bytes(content)
        text, _ = measure_document(tmp_path / "form.xlsx", Kind.XLSX, FileLimits())
        assert text is not None
        rows.append(read_form_rows(_OTHER.model_copy(update={"aliases": ("媒体宣传情况日报表",)}), text))
    activities, media = rows
    assert [(row["填报单位"], row["活动名称"], row["参与人数"]) for row in activities] == [
        ("合肥工业学校", "校园开放日", "260"),
        ("合肥工业学校", "便民服务进社区", "85"),
    ]
    assert media[0]["链接"] == "https://news.example.cn/20230517/1.html"
