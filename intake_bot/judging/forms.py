"""Forms: which file is one, is it filled in, and what do its cells say.

The columns of no form are known beforehand, and every bureau draws its own. So a form is known by its title alone, and
its cells are read by their shape: a table with a header row, or labels with their values beside them. Words that
labels are made of (姓名, 电话, 日期) are used as hints where the shape leaves it open, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from intake_bot.files.facts import FileFacts, Kind, TextFacts
from intake_bot.judging.rules.breach import unmeasured
from intake_bot.judging.verdict import Finding
from intake_bot.notices.notice import FormPart
from intake_bot.notices.severities import CHOICES
from intake_bot.notices.spelling import compact

Table = Sequence[Sequence[str]]
Row = Mapping[str, str]
"""What a form says about one thing: header or label → value, in the order of the form."""

_BESIDE_TITLE = 30
"""A line with so many more signs than the title speaks of the form, and does not head it."""
_LONGEST_TITLE_LINE = 300
_SENTENCE = re.compile("[。，；！？]")

# More than any form has; a file may claim millions.
_MOST_LINES, _MOST_TABLES, _MOST_ROWS, _MOST_COLUMNS = 5000, 50, 2000, 100

_WITHOUT_CELLS = frozenset({Kind.PDF, Kind.OFD})
"""Kinds whose tables are lines and texts on a page."""


def is_form(part: FormPart, file: FileFacts) -> bool:
    """True for a file with a table in it and the form's title on a line of its own, whatever number it carries.

    A text that merely speaks of the form has its title in the middle of a sentence. A printed form is known by its
    title alone.
    """
    if file.text is None or not (file.text.tables or file.kind in _WITHOUT_CELLS):
        return False
    titles = _titles(part)
    return any(_heads(line, titles) for line in file.text.text.splitlines()[:_MOST_LINES])


def is_titled(part: FormPart, file: FileFacts) -> bool:
    """True for a file with the form's title on a line that is no sentence, whether there is a table below it or not."""
    if file.text is None:
        return False
    titles = _titles(part)
    lines = file.text.text.splitlines()[:_MOST_LINES]
    return any(_heads(line, titles) and _SENTENCE.search(line) is None for line in lines)


def is_named_form(part: FormPart, file: FileFacts) -> bool:
    """True for a file that only its name calls the form; its content does not say what it is."""
    return any(title in compact(file.name) for title in _titles(part))


def check_form(part: FormPart, file: FileFacts) -> list[Finding]:
    """What is wrong with a form: it is the template, sent back; or only a person can see whether it is filled in."""
    if file.text is None or not file.text.tables:
        return [unmeasured("document.unmeasured", file)]
    if form_rows(part, file.text):
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


def form_rows(part: FormPart, text: TextFacts) -> tuple[Row, ...]:
    """The cells of the form as data; nothing for one that is not filled in."""
    return tuple(row for table in _own_tables(part, text) for row in _rows(table))


# ---- which tables ----------------------------------------------------------------------------------------------------


def _titles(part: FormPart) -> tuple[str, ...]:
    return tuple(compact(title) for title in (part.title, *part.aliases))


def _heads(line: str, titles: Sequence[str]) -> bool:
    if len(line) > _LONGEST_TITLE_LINE:
        return False
    line = compact(line)
    return any(title in line and len(line) <= len(title) + _BESIDE_TITLE for title in titles)


def _own_tables(part: FormPart, text: TextFacts) -> Sequence[Table]:
    """A file may hold several forms: the tables with the title in them, else the first one behind it, else all."""
    titles = _titles(part)
    inside = [table for table in text.tables if any(_heads(cell, titles) for row in table[:5] for cell in row)]
    if inside:
        return inside
    lines = _words(text.text.splitlines()[:_MOST_LINES])
    heads = [number for number, line in enumerate(lines) if _heads(line, titles)]
    for table in text.tables[:_MOST_TABLES]:
        at = _place(lines, _words(cell for row in table[:5] for cell in row))
        if at is not None and any(head < at for head in heads):
            return [table]
    return text.tables[:_MOST_TABLES]


def _words(texts: Iterator[str] | Sequence[str]) -> list[str]:
    """Lines of text and cells of tables in the same manner of writing: pieces without tabs and line breaks."""
    return [piece.strip() for text in texts for piece in re.split(r"[\t\n]", text) if piece.strip()]


def _place(lines: Sequence[str], beginning: Sequence[str]) -> int | None:
    beginning = beginning[:5]
    places = (number for number in range(len(lines)) if lines[number : number + len(beginning)] == beginning)
    return next(places, None) if beginning else None


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
_LONGEST_LABEL = 40
_PAIR = re.compile(r"([^\s:：]{1,12})[:：][ \t\u3000]*([^:：]*?)(?=\s+[^\s:：]{1,12}[:：]|$)")
_LONGEST_PAIRS = 300


def _is_label(cell: str) -> bool:
    return len(cell) <= _LONGEST_LABEL and _LABEL.fullmatch(_name(cell)) is not None


def _is_figure(cell: str) -> bool:
    """A number, a date, an address of the net: never the name of a column."""
    return re.search(r"[\d@]|://", cell) is not None and _FIGURE.fullmatch(cell) is not None


def _name(cell: str) -> str:
    """姓　　名： is 姓名."""
    return re.sub(r"\s+", "", cell).rstrip(":：")


def _rows(table: Table) -> list[Row]:
    """The rows of one table that say something."""
    cells = [[_value(cell) for cell in row[:_MOST_COLUMNS]] for row in table[:_MOST_ROWS]]
    width = max(map(len, cells), default=0)
    grid = [row + [""] * (width - len(row)) for row in cells]
    head = next((number for number, row in enumerate(grid) if sum(map(bool, row)) > 1), None)
    if head is not None and _has_header(grid[head], grid[head + 1 :]):
        return _under_header(grid[:head], grid[head], grid[head + 1 :])
    return _beside_labels(grid)


def _value(cell: str) -> str:
    """What a person wrote into a cell; nothing where there is only a line to write on."""
    return cell.strip() if _BLANK.sub("", cell) else ""


def _has_header(head: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Does the first row name columns? Else it begins with a label, and its value stands beside it."""
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
    """Number of the first row below that is no part of the header."""


def _under_header(above: Sequence[Sequence[str]], head: Sequence[str], below: Sequence[Sequence[str]]) -> list[Row]:
    columns = _columns(head, below)
    common = {label: value for row in above for cell in row for label, value in _pairs(cell)}
    rows: list[Row] = []
    for row in below[columns.first :]:
        if _is_footer(row):
            common |= dict(_beside(row))
        elif _says_something(row) and list(row) != list(head):
            rows.append({name: cell for name, cell in zip(columns.names, row, strict=True) if cell})
    return [{**common, **row} for row in rows]


def _columns(head: Sequence[str], below: Sequence[Sequence[str]]) -> _Columns:
    """Names of the columns. A cell over several of them names them all, with what stands below it if that is a second
    row of headers; equal names are numbered."""
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
    """It has texts only where the cell above is wide, and no figures."""
    wide = {n for n, cell in enumerate(head) if not cell or (n + 1 < len(head) and not head[n + 1])}
    filled = {n for n, cell in enumerate(row) if cell}
    return len(filled) > 1 and filled <= wide and not any(map(_is_figure, row))


def _says_something(row: Sequence[str]) -> bool:
    """More than a number, a label, or what the template has in its first column."""
    first = next((cell for cell in row if cell), "")
    if not first or _EXAMPLE.fullmatch(first):
        return False
    values = [cell for cell in row[1:] if cell and not _is_label(cell)]
    if _TOTAL.fullmatch(first):
        values = [cell for cell in values if cell != first and cell.strip("0.")]
    return bool(values)


def _is_footer(row: Sequence[str]) -> bool:
    """填报人 | 张三 | 电话 | 138…: labels and values beside them, below a table with a header."""
    labels = [cell for cell in row[::2] if cell]
    return bool(row[0]) and all(map(_is_label, labels)) and not any(map(_is_label, filter(None, row[1::2])))


def _beside_labels(grid: Sequence[Sequence[str]]) -> list[Row]:
    """One row for each thing that the labels are about; a label that comes again begins the next one."""
    rows: list[dict[str, str]] = [{}]
    for row in grid:
        for label, value in _beside(row):
            if label in rows[-1]:
                rows.append({})
            rows[-1][label] = value
    return [row for row in rows if row]


def _beside(row: Sequence[str]) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(row):
        label, *rest = row[at:]
        value = rest[0] if rest else ""
        if not label:
            at += 1
        elif inner := list(_pairs(label)):
            yield from inner
            at += 1
        elif len(rest) > 1 and _is_label(value) and rest[1] and not _is_label(rest[1]):
            at += 1  # the name of a group of labels
        else:
            if value:
                yield _name(label), value
            at += 2


def _pairs(cell: str) -> Iterator[tuple[str, str]]:
    """姓名：张三 电话：138… in one cell."""
    if len(cell) > _LONGEST_PAIRS:
        return
    for found in _PAIR.finditer(cell):
        if value := _value(found[2]):
            yield _name(found[1]), value
