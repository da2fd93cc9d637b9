"""What is to be said about a subject, and the subject to copy instead."""

from __future__ import annotations

from intake_bot.judging.verdict import Finding
from intake_bot.notices.notice import Notice, Severity
from intake_bot.notices.subject import SubjectReading, UnitFault, write_subject

_COPY = "请照抄下面给出的主题"


def subject_findings(reading: SubjectReading, notice: Notice, sender_unit: str | None) -> list[Finding]:
    """Everything to say about a subject. `sender_unit`: whose address the mail comes from, if the roster knows it."""
    if reading.fault is UnitFault.PLACEHOLDER:
        found = "主题里的“xx单位xx材料”还没有换成本单位和材料的名称"
        return [_error(notice, UnitFault.PLACEHOLDER.value, found, _COPY)]
    found_so_far = [
        _keyword(reading, notice),
        _unit(reading, notice, sender_unit),
        _material(reading, notice),
        _order(reading, notice),
    ]
    return [finding for finding in found_so_far if finding is not None]


def correct_subject(reading: SubjectReading, notice: Notice, sender_unit: str | None) -> str:
    """The subject to copy: the unit as read, else the sender's own, else the nearest; blanks where nothing is known.

    Empty where the subject is right as it is.
    """
    in_form = reading.keyword and reading.in_order if notice.subject.compulsory else True
    if reading.unit and reading.materials and in_form:
        return ""
    nearest = reading.nearest[0] if reading.nearest else ""
    unit = reading.unit.name if reading.unit else sender_unit or nearest
    return write_subject(notice, unit, reading.materials, reading.day)


def _keyword(reading: SubjectReading, notice: Notice) -> Finding | None:
    if reading.keyword or not notice.subject.compulsory:
        return None
    return _error(notice, "subject.no_keyword", f"主题里没有“{notice.subject.keywords[0]}”字样", _COPY)


def _unit(reading: SubjectReading, notice: Notice, sender_unit: str | None) -> Finding | None:
    match reading.fault:
        case UnitFault.NO_UNIT:
            hint = f"（您的邮箱登记在“{sender_unit}”名下，如有误请改）" if sender_unit else ""
            return _error(notice, reading.fault.value, "主题里没有写单位名称", _COPY + hint)
        case UnitFault.MANY_UNITS:
            found = f"主题里写了{len(reading.units)}个单位：{'、'.join(reading.units)}"
            return _error(notice, reading.fault.value, found, "请每个单位单独发一封，主题里只写一个单位")
        case UnitFault.UNKNOWN_UNIT:
            near = f"。名单里相近的有：{'、'.join(reading.nearest)}" if reading.nearest else ""
            todo = "请写名单里的单位全称；名单里确实没有您的单位，请打电话告诉我们"
            return _error(notice, reading.fault.value, f"主题里的“{reading.unit_words}”不在报送单位名单里{near}", todo)
        case _:
            return None


def _material(reading: SubjectReading, notice: Notice) -> Finding | None:
    if reading.materials:
        return None
    names = "、".join(material.name for material in notice.materials)
    return _error(notice, "subject.no_material", "主题里没有写报送的是哪种材料", f"请从这些名称里选一种写上：{names}")


def _order(reading: SubjectReading, notice: Notice) -> Finding | None:
    if reading.in_order or not notice.subject.compulsory or not reading.keyword:
        return None
    subject = notice.subject
    found = "主题的先后顺序与规定的格式不同"
    return Finding(
        "subject.other_order", Severity.REMARK, found, f"以“{subject.form}”为题", "这次照收，以后请按这个格式写",
        clause=subject.clause, quote=subject.quote,
    )  # fmt: skip


def _error(notice: Notice, code: str, found: str, todo: str) -> Finding:
    subject = notice.subject
    asked = f"以“{subject.form}”为题" if subject.compulsory else ""
    return Finding(code, Severity.ERROR, found, asked, todo, clause=subject.clause or None, quote=subject.quote)
