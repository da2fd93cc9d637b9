"""Reads the roster of a clerk: a CSV file, as Excel and WPS save it, in UTF-8 or GBK."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from intake_bot.errors import ConfigFault
from intake_bot.mail.address import is_address_of_host
from intake_bot.mail.free_providers import domain_of, is_free_provider
from intake_bot.notices.roster import Roster, Unit
from intake_bot.notices.spelling import compact, strip_invisible
from intake_bot.text.decoding import decode_chinese

_COLUMNS = {
    "单位": "name",
    "单位名称": "name",
    "单位全称": "name",
    "单位名": "name",
    "报送单位": "name",
    "学校名称": "name",
    "名称": "name",
    "简称": "aliases",
    "单位简称": "aliases",
    "别名": "aliases",
    "别称": "aliases",
    "曾用名": "former_names",
    "曾用名称": "former_names",
    "原名": "former_names",
    "原名称": "former_names",
    "原单位名称": "former_names",
    "旧名": "former_names",
    "类别": "category",
    "类型": "category",
    "分类": "category",
    "单位类别": "category",
    "单位类型": "category",
    "级别": "rank",
    "等级": "rank",
    "邮箱": "addresses",
    "电子邮箱": "addresses",
    "邮箱地址": "addresses",
    "邮件": "addresses",
    "电子邮件": "addresses",
    "email": "addresses",
    "e-mail": "addresses",
    "联系人": "contact",
    "联络员": "contact",
    "联系人姓名": "contact",
}
_TELEPHONE_COLUMNS = frozenset(
    {"电话", "联系电话", "电话号码", "手机", "手机号", "手机号码", "办公电话", "座机", "固定电话", "联系方式"}
)
"""There may be several: a mobile telephone beside that of the office."""
_TELEPHONE = "telephone"
_SHOWN_COLUMNS = "单位、简称、类别、级别、邮箱、曾用名、联系人、电话"
_IGNORED_COLUMNS = frozenset({"序号", "编号", "备注", "说明", "地址"})
_ENTRY = re.compile(r"(?:[（(][^（）()\n]*[）)]|[^|｜、,，;；/／\n])+")
_OPENING = re.compile("[（(]")
_CLOSING = re.compile("[）)]")
_SUMMARY_ROW = re.compile(r"(?:合计|总计|小计|共计|备注|说明|注)(?=$|[:：\d])")
_MEANINGLESS_NAMES = frozenset({"无", "没有", "暂无", "学校", "单位"})
_BROKEN_CELL = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)|#+", re.IGNORECASE)


@dataclass(frozen=True)
class _Cell:
    """The text of a cell, and its position. It may be a little off in quoted cells with doubled quotes."""

    text: str
    line: int
    column: int

    def split(self) -> Iterator[_Cell]:
        """Yields the names or addresses in the cell. |, 、 or a comma outside of brackets separates them."""
        for found in _ENTRY.finditer(self.text):
            if text := found[0].strip():
                yield _Cell(text, self.line, self.column + found.start() + found[0].index(text))


@dataclass
class RosterFile:
    """A roster file. The roster is empty where nothing could be read; `faults` then say why."""

    file: str
    roster: Roster = field(default_factory=Roster)
    faults: list[ConfigFault] = field(default_factory=list)
    remarks: list[ConfigFault] = field(default_factory=list)
    text: str = ""
    """All of the file, decoded."""

    def fault(self, cell: _Cell, message: str) -> None:
        self.faults.append(ConfigFault(self.file, cell.line, cell.column, message))

    def remark(self, cell: _Cell, message: str) -> None:
        self.remarks.append(ConfigFault(self.file, cell.line, cell.column, message))


def read_roster(path: Path, file: str) -> RosterFile:
    """Reads a roster: UTF-8 with or without BOM, or GBK. `file` is its name in faults. Never raises."""
    found = RosterFile(file)
    try:
        raw = path.read_bytes()
    except OSError as error:
        found.faults.append(ConfigFault(file, 0, 0, f"打不开名册（{error.strerror or error}）。"))
        return found
    text = _decode(raw)
    if text is None:
        found.faults.append(
            ConfigFault(file, 1, 1, "这不是 CSV 文件。请在 Excel 或 WPS 里“另存为”，类型选“CSV UTF-8（逗号分隔）”。")
        )
        return found
    found.text = text
    rows = _rows(text)
    header = next(rows, [_Cell("", 1, 1)])
    columns = _columns(header, found)
    if "name" not in columns:
        found.fault(header[0], f"第一行是列名，里面必须有“单位”一列{_separator_hint(header)}。")
        return found
    found.roster = Roster(tuple(_units(rows, columns, found)))
    return found


def _columns(header: list[_Cell], found: RosterFile) -> dict[str, int]:
    """Returns meaning → index of each column. Two columns of one meaning are a fault; an unknown column is a remark."""
    columns: dict[str, int] = {}
    for n, cell in enumerate(header):
        name = compact(cell.text)
        if meaning := _COLUMNS.get(name):
            first = header[columns.setdefault(meaning, n)]
            if first is not cell:
                found.fault(cell, f"“{cell.text}”和前面的“{first.text}”是同一种列，请只留一列。")
        elif name in _TELEPHONE_COLUMNS:
            columns[f"{_TELEPHONE} {n}"] = n
        elif name and name not in _IGNORED_COLUMNS:
            found.remark(cell, f"没有读取“{cell.text}”这一列；会读的列是：{_SHOWN_COLUMNS}。")
    return columns


def _decode(raw: bytes) -> str | None:
    try:
        text = decode_chinese(raw, "strict")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _separator_hint(header: list[_Cell]) -> str:
    odd = next((one for one in "，\t;；" if any(one in cell.text for cell in header)), None)
    return "；各列之间要用英文逗号隔开" if odd else "（自带的名册：单位,简称,类别,级别,邮箱）"


_CELL = re.compile(r'[ \t]*"(?P<quoted>(?:[^"]|"")*)"[ \t]*(?=,|\r|\n|\Z)|(?P<plain>[^,\r\n]*)')
_CELL_END = re.compile(r",|\r?\n|\r|\Z")


def _rows(text: str) -> Iterator[list[_Cell]]:
    """Yields the rows that are not empty, as cells with positions. csv.reader knows no columns."""
    row: list[_Cell] = []
    at, line, line_start = 0, 1, 0
    while at <= len(text):
        found = _CELL.match(text, at)
        assert found  # the plain form matches everywhere, if need be the empty string
        group = "plain" if found["quoted"] is None else "quoted"
        content = found[group]
        lead = len(content) - len(content.lstrip())
        row.append(
            _Cell(strip_invisible(content.replace('""', '"')).strip(), line, found.start(group) + lead - line_start + 1)
        )
        line += found[0].count("\n")
        end = _CELL_END.match(text, found.end())
        assert end
        if end[0] != ",":
            if any(cell.text for cell in row):
                yield row
            row, line, line_start = [], line + 1, end.end()
            if end.start() == len(text):
                return
        at = end.end()


def _units(rows: Iterator[list[_Cell]], columns: dict[str, int], found: RosterFile) -> Iterator[Unit]:
    names: dict[str, _Cell] = {}
    addresses: dict[str, _Cell] = {}
    categories: list[_Cell] = []
    for row in rows:
        # Some programs omit empty cells at the end of a row.
        cells = {key: row[n] if n < len(row) else replace(row[0], text="") for key, n in columns.items()}
        name = cells["name"]
        if not name.text:
            found.fault(name, "这一行没有写单位名称。")
            continue
        telephones = [cell for key, cell in cells.items() if key.startswith(_TELEPHONE)]
        judged = (cell for cell in cells.values() if cell not in telephones)
        if misuse := next(filter(None, (_find_misuse(cell, cell is name) for cell in judged)), None):
            found.fault(*misuse)
            continue
        new = _claim(name, name, names, found)
        aliases = _claim_names(cells.get("aliases"), "简称", name, names, found)
        former_names = _claim_names(cells.get("former_names"), "曾用名", name, names, found)
        mails = [mail for mail in _split(cells.get("addresses")) if _is_usable_address(mail, found)]
        own_mails = [mail for mail in mails if _claim(mail, name, addresses, found)]
        categories += [cells["category"]] if "category" in cells else []
        if new:
            yield Unit(
                name.text,
                aliases,
                category=cells["category"].text if "category" in cells else "",
                rank=cells["rank"].text if "rank" in cells else "",
                addresses=tuple(dict.fromkeys(mail.text.lower() for mail in own_mails)),
                former_names=former_names,
                contact=cells["contact"].text if "contact" in cells else "",
                telephone="、".join(cell.text for cell in telephones if _is_telephone(cell, found)),
            )

    _remark_on_bare(categories, found)


def _remark_on_bare(categories: list[_Cell], found: RosterFile) -> None:
    bare = [cell for cell in categories if not cell.text]
    if bare and len(bare) < len(categories):
        why = "合并的单元格存成 CSV 后，只有第一行有内容"
        found.remark(bare[0], f"从这一行起，有 {len(bare)} 行没有写类别（{why}），按类别催报时会漏掉这些单位。")


def _find_misuse(cell: _Cell, is_name: bool) -> tuple[_Cell, str] | None:
    """Returns a cell that is no data of a unit, with a message for the admin, or None."""
    if _BROKEN_CELL.fullmatch(cell.text):
        return cell, f"“{cell.text}”是表格软件的出错提示，请填上实际的内容。"
    if cell.text.count('"') % 2:
        return cell, "引号没有成对。"
    if is_name and _SUMMARY_ROW.match(cell.text):
        return cell, "这一行像是合计或说明，不是单位，请删掉。"
    if is_name and not _is_meaningful_name(cell.text):
        return cell, f"“{cell.text}”不能当单位名称，会认错单位；请写单位的全称。"
    if is_name and not _is_paired(cell.text):
        return cell, "括号没有成对。"
    return None


def _is_meaningful_name(name: str) -> bool:
    """False for words that name no unit: -, 无, 学校, 2023."""
    return re.search(r"[^\W\d_]", compact(name)) is not None and compact(name) not in _MEANINGLESS_NAMES


def _is_paired(name: str) -> bool:
    return len(_OPENING.findall(name)) == len(_CLOSING.findall(name))


def _claim_names(
    cell: _Cell | None, what: str, owner: _Cell, taken: dict[str, _Cell], found: RosterFile
) -> tuple[str, ...]:
    """Returns the other names of a unit in a cell, and registers them for it. `what` they are, for faults."""
    usable = [one for one in _split(cell) if _is_usable_name(one, what, found)]
    own = [one.text for one in usable if _claim(one, owner, taken, found)]
    return tuple(dict.fromkeys(name for name in own if name != owner.text))


def _is_usable_name(cell: _Cell, what: str, found: RosterFile) -> bool:
    """True for a name. Adds a fault for anything else."""
    if not _is_meaningful_name(cell.text):
        found.fault(cell, f"“{cell.text}”不能当{what}，会认错单位；没有{what}就空着。")
        return False
    if not _is_paired(cell.text):
        found.fault(cell, "括号没有成对。")
        return False
    return True


def _is_usable_address(cell: _Cell, found: RosterFile) -> bool:
    """True for a mail address, or the domain of one unit. Adds a fault for anything else."""
    # @example.edu.cn stands for every address of the domain.
    if cell.text.startswith("@") and is_free_provider(domain_of(cell.text)):
        found.fault(cell, f"“{cell.text}”是公共邮箱，谁都可以注册；请写完整的地址。")
        return False
    if is_address_of_host(f"anybody{cell.text}" if cell.text.startswith("@") else cell.text):
        return True
    found.fault(cell, f"“{cell.text}”不是邮箱地址，应写成 name@example.edu.cn。")
    return False


def _is_telephone(cell: _Cell, found: RosterFile) -> bool:
    """True for a cell with a number. Excel writes 1.38E+10 for one in a narrow column, which nobody can dial."""
    if not cell.text:
        return False
    if re.search(r"\d{5,}|\d{3,4}[- ]\d{3,}", cell.text) and "E+" not in cell.text.upper():
        return True
    found.remark(cell, f"“{cell.text}”不像电话号码，汇总里没有用。Excel 里请把这一列的格式设成“文本”再填。")
    return False


def _split(cell: _Cell | None) -> tuple[_Cell, ...]:
    return tuple(cell.split()) if cell else ()


def _claim(cell: _Cell, owner: _Cell, taken: dict[str, _Cell], found: RosterFile) -> bool:
    """Registers the word for the unit. Adds a fault and returns False where another row has it."""
    first = taken.setdefault(compact(cell.text), owner)
    if first is owner:
        return True
    found.fault(
        cell,
        f"“{cell.text}”在名册里重复：第 {first.line} 行的“{first.text}”已经用了它，一个名称（邮箱）只能属于一个单位。",
    )
    return False
