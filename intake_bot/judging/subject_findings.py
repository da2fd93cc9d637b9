"""What is to be said about a subject, and the subject to copy instead."""

from __future__ import annotations

from collections.abc import Set

from intake_bot.judging.verdict import Finding
from intake_bot.notices.notice import Material, Notice, Severity
from intake_bot.notices.subject import SubjectReading, UnitFault, write_subject


def subject_findings(reading: SubjectReading, notice: Notice, sender_unit: str | None) -> list[Finding]:
    """Everything to say about a subject. `sender_unit`: whose address the mail comes from, if the roster knows it."""
    if reading.fault is UnitFault.PLACEHOLDER:
        what = "xx" if reading.unit else "xx单位xx材料"
        found = f"主题里的“{what}”还没有换成实际的名称"
        return [_error(notice, UnitFault.PLACEHOLDER.value, found, _write(notice, "写上实际的名称"))]
    found_so_far = [
        _keyword(reading, notice),
        _unit(reading, notice, sender_unit),
        _material(reading, notice),
        _order(reading, notice),
    ]
    return [finding for finding in found_so_far if finding is not None]


def correct_subject(reading: SubjectReading, notice: Notice, sender_unit: str | None, too_late: Set[str]) -> str:
    """The subject to copy: the unit as read, else the sender's own, else the nearest; blanks where nothing is known.

    It names only what is taken by mail, without the materials that are not taken in any more (`too_late`). Empty where
    the subject is right as it is.
    """
    in_form = reading.keyword and reading.in_order if notice.subject.compulsory else True
    if reading.unit and reading.materials and in_form and not reading.fault:
        return ""
    nearest = reading.nearest[0] if reading.nearest else ""
    unit = reading.unit.name if reading.unit else sender_unit or nearest
    wanted = {material.name for material in _by_mail(notice)} - too_late
    return write_subject(notice, unit, [name for name in reading.materials if name in wanted], reading.day)


def _keyword(reading: SubjectReading, notice: Notice) -> Finding | None:
    if reading.keyword or not notice.subject.compulsory:
        return None
    keyword = notice.subject.keywords[0]
    return _error(notice, "subject.no_keyword", f"主题里没有“{keyword}”字样", _write(notice, f"写上“{keyword}”"))


def _unit(reading: SubjectReading, notice: Notice, sender_unit: str | None) -> Finding | None:
    match reading.fault:
        case UnitFault.NO_UNIT:
            hint = f"（您的邮箱登记在“{sender_unit}”名下，如有误请改）" if sender_unit else ""
            return _error(notice, reading.fault.value, "主题里没有写单位名称", _write(notice, "写上单位全称") + hint)
        case UnitFault.MANY_UNITS:
            found = f"主题里写了{len(reading.units)}个单位：{'、'.join(reading.units)}"
            return _error(notice, reading.fault.value, found, "请每个单位单独发一封，主题里只写一个单位")
        case UnitFault.UNKNOWN_UNIT:
            near = f"。名册中名称相近的有：{'、'.join(reading.nearest)}" if reading.nearest else ""
            todo = _write(notice, "写单位全称")
            return _error(notice, reading.fault.value, f"报送名册里没有“{reading.unit_words}”{near}", todo)
        case _:
            return None


def _material(reading: SubjectReading, notice: Notice) -> Finding | None:
    if reading.materials:
        return None
    names = "、".join(material.name for material in _by_mail(notice))
    online = notice.online
    where = f"（{online.address}）" if online and online.address else ""
    others = f"。其他材料不用邮件报送，请登录{online.name}{where}提交" if online else ""
    todo = f"请从这些名称中选一种写上：{names}{others}"
    return _error(notice, "subject.no_material", "主题里没有写报送的是哪种材料", todo)


def _by_mail(notice: Notice) -> list[Material]:
    return [material for material in notice.materials if material.channel == "mail"]


def _order(reading: SubjectReading, notice: Notice) -> Finding | None:
    if reading.in_order or not notice.subject.compulsory or not reading.keyword:
        return None
    subject = notice.subject
    found = "主题的先后顺序与规定的格式不同"
    return Finding(
        "subject.other_order", Severity.REMARK, found, f"以“{subject.form}”为题", "这次照收，以后请按这个格式写",
        clause=subject.clause, quote=subject.quote,
    )  # fmt: skip


def _write(notice: Notice, what: str) -> str:
    """The form is a demand of some notices, and elsewhere only the surest way to be understood. Whether files have to
    come again is said elsewhere in the letter."""
    if notice.subject.compulsory:
        return f"请在主题里{what}，照下方给出的主题写"
    return f"请在主题里{what}，建议按“{notice.subject.form}”书写"


def _error(notice: Notice, code: str, found: str, todo: str) -> Finding:
    subject = notice.subject
    asked = f"以“{subject.form}”为题" if subject.compulsory else ""
    return Finding(code, Severity.ERROR, found, asked, todo, clause=subject.clause or None, quote=subject.quote)
