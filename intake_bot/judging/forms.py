"""Forms: which file is one, whether it is filled in, and the data in its cells.

Every bureau draws its own forms, so that no columns are known in advance. A form is recognised by its title alone. Its
cells are read by their layout: a table with a header row, or labels with their values beside them. Typical words of
labels (姓名, 电话, 日期) decide only where the layout is ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from intake_bot.files.facts import FileFacts, Kind, TextFacts
from intake_bot.judging.findings import report_unmeasured
from intake_bot.judging.verdict import Finding
from intake_bot.notices.notice import FormPart
from intake_bot.notices.severities import CHOICES
from intake_bot.notices.spelling import compact

Table = Sequence[Sequence[str]]
Row = Mapping[str, str]
"""One entry of a form: header or label → value, in the order of the form."""

_MAXIMUM_BESIDE_TITLE = 30
"""Maximum characters of a title line beside the title. A longer line mentions the form and is not its title."""
_MAXIMUM_TITLE_LINE = 300
_SENTENCE = re.compile("[。，；！？]")

# More than any form has. A file may claim millions.
_MAXIMUM_LINES, _MAXIMUM_TABLES, _MAXIMUM_ROWS, _MAXIMUM_COLUMNS = 5000, 50, 2000, 100

_WITHOUT_CELLS = frozenset({Kind.PDF, Kind.OFD})
"""Kinds of files that have no cells: their tables are lines and texts on a page."""


def is_form(part: FormPart, file: FileFacts) -> bool:
    """True for a file with a table, and the title of the form on a line of its own, with or without a number.

    A text that merely mentions the form has the title inside a sentence. A printed form needs only the title.
    """
    if file.text is None or not (file.text.tables or file.kind in _WITHOUT_CELLS):
        return False
    return bool(find_title_lines(part, file))


def find_title_lines(part: FormPart, file: FileFacts) -> list[int]:
    """Returns the numbers of the lines with the title of the form, the best first: the line that holds little else."""
    lines = file.text.text.splitlines()[:_MAXIMUM_LINES] if file.text else []
    titles = _titles(part)
    found = [number for number, line in enumerate(lines) if _is_title_line(line, titles)]
    return sorted(found, key=lambda number: len(lines[number]))


def is_titled(part: FormPart, file: FileFacts) -> bool:
    """True for a file with the title of the form on a line that is no sentence, with or without a table."""
    if file.text is None:
        return False
    titles = _titles(part)
    lines = file.text.text.splitlines()[:_MAXIMUM_LINES]
    return any(_is_title_line(line, titles) and _SENTENCE.search(line) is None for line in lines)


def is_named_form(part: FormPart, file: FileFacts) -> bool:
    """True for a file with the title of the form in its name."""
    return any(title in compact(file.name) for title in _titles(part))


def check_form(part: FormPart, file: FileFacts) -> list[Finding]:
    """Reports an empty template, or a form of which only a person can see whether it is filled in."""
    if file.text is None or not file.text.tables:
        return [report_unmeasured("document.unmeasured", file)]
    if read_form_rows(part, file.text):
        return []
    return [
        Finding(
            "form.empty",
            CHOICES["form.empty"].default,
            "表格是空白的，没有填写内容",
            f"填写{part.name}",
            "请填好后重新发送",
            file.shown_name,
            part.clause,
            part.quote,
        )
    ]


def read_form_rows(part: FormPart, text: TextFacts) -> tuple[Row, ...]:
    """Returns the cells of the form as data; nothing for an empty form."""
    return tuple(row for table in _find_tables(part, text) for row in _rows(table))


# ---- which tables ----------------------------------------------------------------------------------------------------


def _titles(part: FormPart) -> tuple[str, ...]:
    return tuple(compact(title) for title in (part.title, *part.aliases))


def _is_title_line(line: str, titles: Sequence[str]) -> bool:
    if len(line) > _MAXIMUM_TITLE_LINE:
        return False
    line = compact(line)
    return any(title in line and len(line) <= len(title) + _MAXIMUM_BESIDE_TITLE for title in titles)


def _find_tables(part: FormPart, text: TextFacts) -> Sequence[Table]:
    """Returns the tables of the form: those with its title inside, else the first one behind the title, else all.

    A file may contain several forms.
    """
    titles = _titles(part)
    sections = [section for table in text.tables[:_MAXIMUM_TABLES] for section in _sections(table)]
    inside = [table for table in sections if any(_is_title_line(cell, titles) for row in table[:5] for cell in row)]
    if inside:
        return inside
    lines = _cell_texts(text.text.splitlines()[:_MAXIMUM_LINES])
    heads = [number for number, line in enumerate(lines) if _is_title_line(line, titles)]
    for table in text.tables[:_MAXIMUM_TABLES]:
        at = _find_position(lines, _cell_texts(cell for row in table[:5] for cell in row))
        if at is not None and any(head < at for head in heads):
            return [table]
    return text.tables[:_MAXIMUM_TABLES]


def _sections(table: Table) -> list[Table]:
    """Splits a sheet with several tables at the titles above them: rows of one cell, followed by rows of more."""
    starts = [
        number
        for number, row in enumerate(table[:-1])
        if number and _is_title_row(row) and sum(map(bool, table[number + 1])) > 1
    ]
    bounds = [0, *starts, len(table)]
    return [table[start:end] for start, end in pairwise(bounds)]


def _is_title_row(row: Sequence[str]) -> bool:
    cells = [cell for cell in row if cell.strip()]
    return len(cells) == 1 and len(cells[0]) <= _MAXIMUM_LABEL and _TITLE_ROW.fullmatch(compact(cells[0])) is not None


def _cell_texts(texts: Iterator[str] | Sequence[str]) -> list[str]:
    """Splits lines and cells at tabs and line breaks, so that they can be compared."""
    return [piece.strip() for text in texts for piece in re.split(r"[\t\n]", text) if piece.strip()]


def _find_position(lines: Sequence[str], beginning: Sequence[str]) -> int | None:
    beginning = beginning[:5]
    assignments = (number for number in range(len(lines)) if lines[number : number + len(beginning)] == beginning)
    return next(assignments, None) if beginning else None


# ---- what the cells say ----------------------------------------------------------------------------------------------

_BLANK = re.compile(r"[\s_＿.．…()（）:：□☐]|[xX×Ｘ]{2,}|[年月日时分]|盖章|签字|签名|签章|公章")
_SERIAL_LABEL = re.compile(r"序号?|编号|no\.?", re.I)
_SERIAL = re.compile(r"[\d①-⑳一二三四五六七八九十]{1,3}[.、]?")
_TOTAL = re.compile(r"[合总小共]\s*计")
_EXAMPLE = re.compile(r"[(（]?(?:示例|样例|范例|例如|填写示例|例)(?:[)）:：].*)?", re.S)
_FIGURE = re.compile(r"[\d\s.,，/:：+\-—~～()（）年月日时分]+|\S*@\S*|https?://.*", re.S)
_LABEL = re.compile(
    r".{0,10}(?:姓名|单位|电话|手机|职务|职称|邮箱|邮件|日期|时间|地点|地址|名称|内容|人数|备注|部门|科室|性别|标题|题目|"
    r"媒体|链接|网址|形式|级别|主题|情况|数量|号码|qq号?|微信号?|手机号|传真|类型|类别|填[报表写]人|联系人|负责人|审核人|"
    r"联络员|简介|效果|次数|篇数|场次)(?:[（(].{0,12}[)）])?[:：]?",
    re.I,
)
_MAXIMUM_LABEL = 40
_LABEL_BEFORE_COLON = r"(?=[^\s:：/]*[^\s:：/\d.\-])[^\s:：/]{1,12}[:：](?!//)"
"""Not the 9 of 9:30, nor the https of a link."""
_PAIR = re.compile(rf"({_LABEL_BEFORE_COLON})[ \t\u3000]*(.*?)(?=\s+{_LABEL_BEFORE_COLON}|$)", re.S)
_MAXIMUM_ABOVE = 6
"""Maximum rows with several cells down to the header of a table, itself counted."""
_TITLE_ROW = re.compile(
    r"(?:附件|附表|表)[\d一二三四五六七八九十].*|.*(?:表|统计|汇总|一览|清单|名单)(?:[（(].{0,20}[)）])?"
)
_MERGED = re.compile(r".*(?:单位|学校|日期|时间|类别|类型|地区|县区).*")
"""Columns whose cell often stands for several rows."""
_DATE_COLUMN = re.compile(r".*(?:日期|时间)")
_SERIAL_DATE = re.compile(r"[45]\d{4}(?:\.0+)?")
"""Days since 1900, as Excel counts them: from 2009 to 2064."""
_FIRST_DAY = date(1899, 12, 30)
_MAXIMUM_PAIRS = 300


def _is_label(cell: str) -> bool:
    return len(cell) <= _MAXIMUM_LABEL and _LABEL.fullmatch(_name(cell)) is not None


def _is_figure(cell: str) -> bool:
    """True for a number, a date or a web address, which are never the name of a column."""
    return re.search(r"[\d@]|://", cell) is not None and _FIGURE.fullmatch(cell) is not None


def _name(cell: str) -> str:
    """Returns 姓名 for 姓　　名：."""
    return re.sub(r"\s+", "", cell).rstrip(":：")


def _rows(table: Table) -> list[Row]:
    """Returns the filled rows of one table."""
    cells = [[_value(cell) for cell in row[:_MAXIMUM_COLUMNS]] for row in table[:_MAXIMUM_ROWS]]
    width = max(map(len, cells), default=0)
    grid = [row + [""] * (width - len(row)) for row in cells]
    head = _find_head(grid)
    if head is not None and (_is_strong_header(grid[head]) or _has_header(grid[head], grid[head + 1 :])):
        return _rows_under_header(grid[:head], grid[head], grid[head + 1 :])
    return _rows_of_labels(grid)


def _find_head(grid: Sequence[Sequence[str]]) -> int | None:
    """The number of the row that may name the columns: below a title and rows such as 填报单位 | 合肥工业学校."""
    filled = [number for number, row in enumerate(grid) if sum(map(bool, row)) > 1][:_MAXIMUM_ABOVE]
    numbered = next((number for number in filled if _has_serial(grid[number])), None)
    if numbered is not None or not filled:
        return numbered
    strong = next((number for number in filled if _is_strong_header(grid[number])), None)
    return strong if strong is not None and _is_footer(grid[filled[0]]) else filled[0]


def _has_serial(row: Sequence[str]) -> bool:
    """True for a row that begins with 序号."""
    labels = [cell for cell in row if cell]
    return len(labels) > 1 and _SERIAL_LABEL.fullmatch(_name(labels[0])) is not None


def _is_strong_header(row: Sequence[str]) -> bool:
    """True for a row that can only name columns."""
    labels = [cell for cell in row if cell]
    return _has_serial(row) or (len(labels) > 2 and all(map(_is_label, labels)))


def _value(cell: str) -> str:
    """Returns what a person wrote into a cell. Empty where there is only a line to write on."""
    return cell.strip() if _BLANK.sub("", cell) else ""


def _has_header(head: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """True where the first row names columns. Otherwise it begins with a label, with its value beside it."""
    labels = [cell for cell in head if cell]
    if _SERIAL_LABEL.fullmatch(_name(labels[0])):
        return True
    if any(map(_is_figure, labels)) or not below:
        return False
    if any(_SERIAL.fullmatch(row[0]) for row in below):
        return True
    if list(head[: len(labels)]) != labels and not _is_second_header(head, below[0]):
        return False
    beside = [cell for row in (head, *below) for cell in row[::2] if cell]
    among_labels, among_beside = (sum(map(_is_label, cells)) / len(cells) for cells in (labels, beside))
    if among_labels != among_beside:
        return among_labels > among_beside
    return len(labels) > 2 or not all(map(any, below))


@dataclass(frozen=True)
class _Columns:
    names: tuple[str, ...]
    first: int
    """Index of the first row below the header."""


def _rows_under_header(
    above: Sequence[Sequence[str]], head: Sequence[str], below: Sequence[Sequence[str]]
) -> list[Row]:
    columns = _columns(head, below)
    common = {label: value for row in above for label, value in _read_labels(row) if not _is_title_row(row)}
    rows: list[Row] = []
    totals: list[Row] = []
    merged: dict[str, str] = {}
    for row in below[columns.first :]:
        if _is_footer(row):
            common |= dict(_read_labels(row))
        elif _is_filled_row(row) and list(row) != list(head):
            cells = {name: _read_date(name, cell) for name, cell in zip(columns.names, row, strict=True) if cell}
            if _is_total(row):
                totals.append(cells)
                continue
            merged = _leading(columns.names, row, merged) | {
                name: cell for name, cell in cells.items() if _MERGED.fullmatch(name)
            }
            rows.append({**{name: cell for name, cell in merged.items() if name not in cells}, **cells})
    return [{**common, **row} for row in rows or totals]


def _is_total(row: Sequence[str]) -> bool:
    return _TOTAL.fullmatch(next((cell for cell in row if cell), "")) is not None


def _leading(names: Sequence[str], row: Sequence[str], above: Row) -> dict[str, str]:
    """The cells of the row above that also stand for this one: those of merged columns before its first text."""
    first = next((n for n, cell in enumerate(row) if cell and not _SERIAL.fullmatch(cell)), 0)
    return {name: above[name] for name in names[:first] if name in above}


def _read_date(name: str, cell: str) -> str:
    """A date in ISO 8601 where Excel's count of days stands in a column of dates; else the cell."""
    if _DATE_COLUMN.fullmatch(name) and _SERIAL_DATE.fullmatch(cell):
        return (_FIRST_DAY + timedelta(days=int(float(cell)))).isoformat()
    return cell


def _columns(head: Sequence[str], below: Sequence[Sequence[str]]) -> _Columns:
    """Returns the names of the columns. A cell over several columns names them all, together with the cells of a second
    header row. Equal names are numbered."""
    second = below[0] if below and _is_second_header(head, below[0]) else [""] * len(head)
    names: list[str] = []
    over = ""
    for upper, lower in zip(head, second, strict=True):
        over = upper or over
        name = _name("/".join(part for part in (over, lower) if part)) or "第1列"
        number = 2
        unique = name
        while unique in names:
            unique, number = f"{name}{number}", number + 1
        names.append(unique)
    return _Columns(tuple(names), int(any(second)))


def _is_second_header(head: Sequence[str], row: Sequence[str]) -> bool:
    """True for a row with texts only below wide cells, and without figures."""
    wide = {n for n, cell in enumerate(head) if not cell or (n + 1 < len(head) and not head[n + 1])}
    filled = {n for n, cell in enumerate(row) if cell}
    return len(filled) > 1 and filled <= wide and not any(map(_is_figure, row))


def _is_filled_row(row: Sequence[str]) -> bool:
    """True for a row with more than a number, a label or the first column of the template."""
    first = next((cell for cell in row if cell), "")
    if not first or _EXAMPLE.fullmatch(first):
        return False
    values = [cell for cell in row[1:] if cell and not _is_label(cell)]
    if _TOTAL.fullmatch(first):
        values = [cell for cell in values if cell != first and cell.strip("0.")]
    return bool(values)


def _is_footer(row: Sequence[str]) -> bool:
    """True for 填报人 | 张三 | 电话 | 138…: labels and values below a table with a header."""
    labels = [cell for cell in row[::2] if cell]
    return bool(row[0]) and all(map(_is_label, labels)) and not any(map(_is_label, filter(None, row[1::2])))


def _rows_of_labels(grid: Sequence[Sequence[str]]) -> list[Row]:
    """Returns the labelled values as rows. A repeated label begins the next row."""
    rows: list[dict[str, str]] = [{}]
    for row in grid:
        for label, value in _read_labels(row):
            if label in rows[-1]:
                rows.append({})
            rows[-1][label] = value
    return [row for row in rows if row]


def _read_labels(row: Sequence[str]) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(row):
        label, *rest = row[at:]
        value = rest[0] if rest else ""
        if not label:
            at += 1
        elif inner := list(_read_pairs(label)):
            yield from inner
            at += 1
        elif len(rest) > 1 and _is_label(value) and rest[1] and not _is_label(rest[1]):
            at += 1  # the name of a group of labels
        else:
            if value:
                yield _name(label), value
            at += 2


def _read_pairs(cell: str) -> Iterator[tuple[str, str]]:
    """Yields label and value of each pair in a cell: 姓名：张三 电话：138…"""
    if len(cell) > _MAXIMUM_PAIRS:
        return
    for found in _PAIR.finditer(cell):
        if value := _value(found[2]):
            yield _name(found[1]), value
