"""Findings about a subject, and the subject to copy instead."""

from __future__ import annotations

from collections.abc import Set

from intake_bot.judging.verdict import Finding
from intake_bot.notices.notice import Material, Notice, Severity
from intake_bot.notices.subject import SubjectReading, UnitFault, find_possible_materials, write_subject
from intake_bot.notices.subject_form import parse_form


def check_subject(reading: SubjectReading, notice: Notice, sender_unit: str | None) -> list[Finding]:
    """Returns all findings about a subject. `sender_unit`: the unit that has the sender's address in the roster."""
    if reading.fault is UnitFault.PLACEHOLDER:
        what = "xx" if reading.unit else _blank_words(notice)
        found = f"主题里的“{what}”还没有换成实际的名称"
        return [_error(notice, UnitFault.PLACEHOLDER.value, found, _write(notice, "写上实际的名称"))]
    found_so_far = [
        _keyword(reading, notice),
        _unit(reading, notice, sender_unit),
        _material(reading, notice),
        _order(reading, notice),
    ]
    return [finding for finding in found_so_far if finding is not None]


def _blank_words(notice: Notice) -> str:
    """Returns the words that stand for unit and material in the form: xx单位xx材料, or 单位名称”和“材料名称."""
    blanks = parse_form(notice.subject.form).blanks
    together = "".join(blanks)
    return together if together in notice.subject.form else "”和“".join(blanks)


def suggest_subject(reading: SubjectReading, notice: Notice, sender_unit: str | None, too_late: Set[str]) -> str:
    """Returns a subject to copy, or an empty string where the subject is right.

    The unit is the one in the subject, else the one of the sender, else the most similar one, else a blank. Materials
    that are not reported by mail, or not accepted any more (`too_late`), are left out.
    """
    in_form = reading.has_keyword and reading.is_in_order if notice.subject.compulsory else True
    if reading.unit and reading.materials and in_form and not reading.fault:
        return ""
    nearest = reading.nearest[0] if reading.nearest else ""
    unit = reading.unit.name if reading.unit else sender_unit or nearest
    wanted = {material.name for material in _by_mail(notice)} - too_late
    return write_subject(notice, unit, [name for name in reading.materials if name in wanted], reading.day)


def _keyword(reading: SubjectReading, notice: Notice) -> Finding | None:
    if reading.has_keyword or not notice.subject.compulsory:
        return None
    keyword = notice.subject.keywords[0]
    return _error(notice, "subject.no_keyword", f"主题里没有“{keyword}”字样", _write(notice, f"写上“{keyword}”"))


def _unit(reading: SubjectReading, notice: Notice, sender_unit: str | None) -> Finding | None:
    match reading.fault:
        case UnitFault.NO_UNIT:
            hint = f"（您的邮箱登记在“{sender_unit}”名下，如有误请改）" if sender_unit else ""
            return _error(notice, reading.fault.value, "主题里没有写单位名称", _write(notice, "写上单位全称") + hint)
        case UnitFault.MANY_UNITS:
            found = f"主题里写了 {len(reading.units)} 个单位：{'、'.join(reading.units)}"
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
    by_mail = [material.name for material in _by_mail(notice)]
    possible = [name for name in find_possible_materials(reading, notice) if name in by_mail]
    if possible and len(possible) < len(by_mail):
        what = f"请写明是哪一种：{'、'.join(possible)}" if len(possible) > 1 else f"如果是{possible[0]}，请写明"
        return _error(notice, "subject.no_material", "主题里没有写清楚报送的是哪种材料", what)
    names = "、".join(by_mail)
    online = notice.online
    where = f"（{online.address}）" if online and online.address else ""
    others = f"。其他材料不用邮件报送，请登录{online.name}{where}提交" if online else ""
    todo = f"请从这些名称中选一种写上：{names}{others}"
    return _error(notice, "subject.no_material", "主题里没有写报送的是哪种材料", todo)


def _by_mail(notice: Notice) -> list[Material]:
    return [material for material in notice.materials if material.channel == "mail"]


def _order(reading: SubjectReading, notice: Notice) -> Finding | None:
    if reading.is_in_order or not notice.subject.compulsory or not reading.has_keyword:
        return None
    subject = notice.subject
    found = "主题的先后顺序与规定的格式不同"
    return Finding(
        "subject.other_order", Severity.REMARK, found, f"以“{subject.form}”为题", "这次照收，以后请按这个格式写",
        clause=subject.clause, quote=subject.quote,
    )  # fmt: skip


def _write(notice: Notice, what: str) -> str:
    """Some notices demand the form; others only recommend it. Another part of the letter says which files to resend."""
    if notice.subject.compulsory:
        return f"请在主题里{what}，照下方给出的主题写"
    return f"请在主题里{what}，建议按“{notice.subject.form}”书写"


def _error(notice: Notice, code: str, found: str, todo: str) -> Finding:
    subject = notice.subject
    asked = f"以“{subject.form}”为题" if subject.compulsory else ""
    return Finding(code, Severity.ERROR, found, asked, todo, clause=subject.clause or None, quote=subject.quote)
