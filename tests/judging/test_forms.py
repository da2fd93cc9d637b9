from __future__ import annotations

from dataclasses import replace

import pytest

from intake_bot.files.facts import FileFacts, Kind, TextFacts, Trouble
from intake_bot.judging.forms import check_form, form_rows, is_form
from intake_bot.judging.judge import judge
from intake_bot.judging.verdict import FilledForm
from intake_bot.notices.notice import FormPart
from tests.judging.cases import case, errors, outcome, photo, remarks, video, word

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
            [{"序号": "1", "日期": "5月17日", "活动": "开放日", "人数": "300"}, {"序号": "2", "活动": "参观"}],
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
def test_form_rows_reads_cells_as_data(table: Table, rows: list[dict[str, str]]) -> None:
    assert list(form_rows(_PART, _text(table))) == rows


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
def test_check_form_knows_the_template(table: Table) -> None:
    found = check_form(_PART, _file(_text(table, (("另表", ""),))))
    assert [(finding.code, finding.file) for finding in found] == [("form.empty", "附件.docx")]


def test_check_form_leaves_a_printed_form_to_a_person() -> None:
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
def test_is_form(file: FileFacts, is_one: bool) -> None:
    assert is_form(_PART, file) == is_one


_PERSON: Table = (("姓名", "张三", "电话", "138"),)
_REPORT: Table = (("序号", "活动"), ("1", "开放日"))


def test_form_rows_takes_the_table_behind_the_title() -> None:
    text = _text(_REPORT, _PERSON, before=("附件1 活动情况日报表", f"附件3 {_TITLE}"))
    assert (form_rows(_PART, text), form_rows(_OTHER, text)) == (
        ({"姓名": "张三", "电话": "138"},),
        ({"序号": "1", "活动": "开放日"},),
    )


def test_form_rows_takes_the_sheet_with_the_title() -> None:
    sheets = (((_TITLE,), *_PERSON), (("活动情况日报表",), *_REPORT))
    text = TextFacts("\n".join("\t".join(row) for sheet in sheets for row in sheet), 9, tables=sheets)
    assert (form_rows(_PART, text), form_rows(_OTHER, text)) == (
        ({"姓名": "张三", "电话": "138"},),
        ({"序号": "1", "活动": "开放日"},),
    )


def test_form_rows_takes_the_sheet_named_so() -> None:
    text = TextFacts(
        "活动情况日报表\n序号\t活动\n1\t开放日\n联络员信息\n姓名\t张三\t电话\t138", 9, tables=(_REPORT, _PERSON)
    )
    assert form_rows(_PART, text) == ({"姓名": "张三", "电话": "138"},)


def test_form_rows_reads_no_more_than_a_form_has() -> None:
    wide = tuple(tuple("列" for _ in range(5000)) for _ in range(3))
    long = (("序号", "活动"), *(("1", "开放日") for _ in range(100_000)))
    assert all(len(row) <= 100 for row in form_rows(_PART, _text(wide)))
    assert len(form_rows(_PART, _text(long))) < 2000
    assert (
        form_rows(_PART, _text((("1" * 100_000 + "x", "9" * 100_000 + "。"), ("号" * 100_000, "：" * 100_000)))) != ()
    )


# ---- within a judgement ---------------------------------------------------------------------------------------------

_CONTACT = "活动周合肥工业学校联络员信息表"
_DAILY = "活动周合肥工业学校日报材料"
_BEFORE = "2023-05-11T12:00:00"


def _form(title: str, *rows: tuple[str, ...], name: str = "附件1.docx", kind: Kind = Kind.DOCX) -> FileFacts:
    return replace(_file(_text(rows, before=(title,)), kind), name=name)


@pytest.mark.parametrize("kind", [Kind.DOCX, Kind.DOC, Kind.XLSX, Kind.XLS])
def test_judge_takes_a_form_in_every_format_of_word_and_excel(kind: Kind) -> None:
    verdict = judge(case("hefei-2023", _CONTACT, _form(_TITLE, ("姓名", "张三"), kind=kind), received=_BEFORE))
    assert (errors(verdict), verdict.items[0].forms) == (
        [],
        (FilledForm("联络员信息表", "附件1.docx", ({"姓名": "张三"},)),),
    )


def test_judge_sends_the_template_back() -> None:
    verdict = judge(case("hefei-2023", _CONTACT, _form(_TITLE, *_BLANK_HEADER), received=_BEFORE))
    assert (verdict.disposition.value, errors(verdict), verdict.items[0].forms) == ("rejected", ["form.empty"], ())
    assert "表格是空白的" in verdict.all_findings[0].message


def test_judge_overlooks_the_template_beside_the_filled_form() -> None:
    files = (_form(_TITLE, *_BLANK_HEADER, name="模板.docx"), _form(_TITLE, ("姓名", "张三"), name="填好.docx"))
    verdict = judge(case("hefei-2023", _CONTACT, *files, received=_BEFORE))
    assert (verdict.disposition.value, errors(verdict), remarks(verdict), verdict.items[0].files) == (
        "accepted",
        [],
        ["file.unexpected"],
        ("填好.docx",),
    )


def test_judge_takes_no_empty_form_for_a_text() -> None:
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
def test_judge_on_forms_whose_cells_were_not_seen(file: FileFacts, decided: tuple[str, list[str], list[str]]) -> None:
    assert outcome(case("hefei-2023", _CONTACT, file, received=_BEFORE)) == decided


def test_forms_are_not_shown_in_what_is_logged() -> None:
    verdict = judge(case("hefei-2023", _CONTACT, _form(_TITLE, ("姓名", "张三")), received=_BEFORE))
    assert "张三" not in repr(verdict) + repr(verdict.items[0].forms)
