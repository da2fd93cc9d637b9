"""From what the ledger says to the sheets of the workbook. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import PurePosixPath

from intake_bot.digests.standing import Slot, UnitStanding
from intake_bot.digests.workbook.sheet import Cell, Sheet
from intake_bot.judging.outcome_words import DECISION_WORDS, DISPOSITION_WORDS
from intake_bot.judging.verdict import Decision
from intake_bot.ledger.values.records import FiledItem, FiledMail
from intake_bot.ledger.views.forms import StandingForm
from intake_bot.letters import chinese
from intake_bot.letters.digest_lines import ContactLine
from intake_bot.letters.mark import Mark
from intake_bot.notices.day_words import item_name
from intake_bot.notices.notice import Severity

_NUMBER = re.compile(r"[1-9]\d{0,8}|0|\d{1,9}\.\d{1,4}")
_NO_QUANTITY = re.compile("电话|手机|联系方式|号码|编号|序号|邮编|身份证|账号|QQ|微信|日期|时间", re.IGNORECASE)
"""Headers of columns whose digits are no quantity."""
_MEDIA = re.compile("媒体")
_MAXIMUM_FORM_COLUMNS = 60


@dataclass(frozen=True)
class LedgerView:
    """What the workbook shows of one bureau and notice. `zone` is the bureau's."""

    standings: tuple[UnitStanding, ...]
    mails: tuple[FiledMail, ...]
    """All that were judged for the notice, oldest first."""
    forms: tuple[StandingForm, ...]
    contacts: Mapping[str, ContactLine]
    """By the unit's name."""
    now: datetime
    zone: tzinfo


def make_sheets(view: LedgerView) -> tuple[Sheet, ...]:
    """总览, 提交明细, 未报, 文件, 日报汇总, 媒体汇总."""
    media = [form for form in view.forms if _MEDIA.search(form.title)]
    others = [form for form in view.forms if not _MEDIA.search(form.title)]
    return (
        _overview(view),
        Sheet("提交明细", _ITEM_HEADER, tuple(_item_rows(view)), 4),
        Sheet("未报", _OWING_HEADER, tuple(_owing_rows(view))),
        Sheet("文件", _FILE_HEADER, tuple(_file_rows(view))),
        _form_sheet("日报汇总", others),
        _form_sheet("媒体汇总", media),
    )


def _overview(view: LedgerView) -> Sheet:
    """Unit × material and day, with the marks of the digest, and how much is missing."""
    columns = list(dict.fromkeys((slot.material, slot.day) for one in view.standings for slot in one.slots))
    columns.sort(key=lambda column: (_first_place(view, column[0]), column[1] or date.min))
    rows: list[tuple[Cell, ...]] = []
    for standing in view.standings:
        slots = {(slot.material, slot.day): slot for slot in standing.slots}
        marks = [_mark(slots.get(column)) for column in columns]
        missing, returned = _count(standing.slots, view.now)
        rows.append((standing.unit.name, standing.unit.category, *marks, missing, returned))
    header = ("单位", "类别", *(item_name(*column) for column in columns), "未报", "退回未改")
    return Sheet("总览", header, tuple(rows))


def _first_place(view: LedgerView, material: str) -> int:
    """The place of a material in the notice, by which its columns stand."""
    names = list(dict.fromkeys(slot.material for one in view.standings for slot in one.slots))
    return names.index(material)


def _mark(slot: Slot | None) -> str:
    return "" if slot is None or slot.mark in (Mark.NOT_ASKED, Mark.AHEAD) else slot.mark.value


def _count(slots: Sequence[Slot], now: datetime) -> tuple[int, int]:
    missing = sum(slot.mark is Mark.NOTHING and slot.is_due(now) for slot in slots)
    return missing, sum(slot.mark is Mark.RETURNED for slot in slots)


_ITEM_HEADER = (
    "回执编号", "收到时间", "单位", "材料", "日期", "截止时间", "结果", "迟报", "篇数", "文件数", "问题", "发件邮箱",
    "主题",
)  # fmt: skip


def _item_rows(view: LedgerView) -> Iterator[tuple[Cell, ...]]:
    for mail in view.mails:
        received = _local(mail.received, view.zone)
        if not mail.items and mail.disposition is not None and mail.merged_into is None:
            words = DISPOSITION_WORDS[mail.disposition].brief or "非报送"
            yield (mail.receipt, received, mail.unit or "", "", None, None, words, "", None, len(mail.files),
                   _faults(mail, None), mail.sender, mail.subject)  # fmt: skip
        for item in mail.items:
            late = chinese.lateness(mail.received, item.deadline) if item.late else ""
            yield (mail.receipt, received, mail.unit or "", item.material, item.day,
                   _local(item.deadline, view.zone), _outcome(item), late, item.fills, len(item.files),
                   _faults(mail, item), mail.sender, mail.subject)  # fmt: skip


def _outcome(item: FiledItem) -> str:
    return DECISION_WORDS[item.decision].brief + ("（已被替换）" if item.superseded else "")


def _faults(mail: FiledMail, item: FiledItem | None) -> str:
    findings = (*mail.findings, *(item.findings if item else ()))
    named = [
        f"{one.file}：{one.found}" if one.file and one.file not in one.found else one.found
        for one in findings
        if one.severity is Severity.ERROR or one.holds
    ]
    return "；".join(dict.fromkeys(named))


_OWING_HEADER = ("单位", "材料", "日期", "截止时间", "情况", "回执编号", "联系人", "电话")


def _owing_rows(view: LedgerView) -> Iterator[tuple[Cell, ...]]:
    for standing in view.standings:
        contact = view.contacts.get(standing.unit.name, ContactLine())
        phones = "、".join(phone.shown for phone in contact.phones)
        for slot in standing.slots:
            if slot.mark is Mark.RETURNED or (slot.mark is Mark.NOTHING and slot.is_due(view.now)):
                words = "退回未改" if slot.mark is Mark.RETURNED else "未报"
                yield (standing.unit.name, slot.material, slot.day, _local(slot.deadline, view.zone), words,
                       slot.receipt, contact.name, phones)  # fmt: skip


_FILE_HEADER = ("单位", "材料", "日期", "回执编号", "文件名", "大小（字节）", "结果", "SHA-256", "存放位置")


def _file_rows(view: LedgerView) -> Iterator[tuple[Cell, ...]]:
    for mail in view.mails:
        serving: dict[str, list[FiledItem]] = {}
        for item in mail.items:
            for file in item.files:
                serving.setdefault(file.path, []).append(item)
        for file in mail.files:
            items = serving.get(file.path, [])
            materials = "、".join(dict.fromkeys(item.material for item in items))
            days = {item.day for item in items}
            outcome = "、".join(dict.fromkeys(_outcome(item) for item in items)) or "未使用"
            yield (mail.unit or "", materials, days.pop() if len(days) == 1 else None, mail.receipt,
                   PurePosixPath(file.name).name, file.bytes, outcome, file.sha256, file.path)  # fmt: skip


def _form_sheet(name: str, forms: Sequence[StandingForm]) -> Sheet:
    """The rows of all forms below each other, columns of the same header in one."""
    labels = list(dict.fromkeys(label for form in forms for row in form.rows for label in row))[:_MAXIMUM_FORM_COLUMNS]
    rows = tuple(
        (form.unit, form.day, form.title, form.receipt, *(_quantity(label, row.get(label, "")) for label in labels))
        for form in forms
        for row in form.rows
    )
    return Sheet(name, ("单位", "日期", "表格", "回执编号", *labels), rows)


def _quantity(label: str, cell: str) -> Cell:
    """The number in a cell that holds nothing else, so that a column can be added up; else the text as it stands."""
    if _NO_QUANTITY.search(label) or not _NUMBER.fullmatch(cell.strip()):
        return cell
    return float(cell) if "." in cell else int(cell)


def _local(at: datetime | None, zone: tzinfo) -> datetime | None:
    return None if at is None else at.astimezone(zone).replace(tzinfo=None, microsecond=0)


def accepted_items(mails: Iterable[FiledMail]) -> Iterator[tuple[FiledMail, FiledItem]]:
    """Every accepted item that no later one has superseded."""
    for mail in mails:
        for item in mail.items:
            if item.decision is Decision.ACCEPTED and not item.superseded:
                yield mail, item
