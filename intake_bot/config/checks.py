"""Checks that no single model can make: one key against another, a notice against its bureau's roster.

They read the file as it is, and ignore wrong types, which the models report. So one run finds both kinds of faults.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from intake_bot.config.document import Document, KeyPath, is_file
from intake_bot.config.model_faults import is_secret_key
from intake_bot.config.nearest import find_nearest, suggest_spelling
from intake_bot.errors import ConfigFault
from intake_bot.mail.connection import is_loopback
from intake_bot.notices.deadline import Due, Week, read_due
from intake_bot.notices.notice import EVERYBODY, Extension, SubjectForm, WeekModel
from intake_bot.notices.roster import Roster
from intake_bot.notices.severities import BY_RULE, CHOICES, Severity, is_fixed
from intake_bot.notices.spelling import compact

_OTHER_WORDS_FOR_EVERYBODY = frozenset({"所有", "所有单位", "全体", "全体单位", "全部单位", "各单位"})
_MAXIMUM_DAYS_AFTER_WEEK = 183


def find_bureau_faults(document: Document, home: Path) -> Iterator[ConfigFault]:
    """Yields faults of a bureau's file: the source of the secret, unprotected connections, missing CA files."""
    for key_path, mailbox in document.find("mailbox"):
        if isinstance(mailbox, dict):
            yield from _secret_faults(document, key_path, mailbox)
    for key_path, server in document.find("mailbox", "*"):
        if isinstance(server, dict):
            yield from _server_faults(document, key_path, server, home)


def _server_faults(
    document: Document, key_path: KeyPath, server: dict[str, object], home: Path
) -> Iterator[ConfigFault]:
    if server.get("security") == "none" and not is_loopback(str(server.get("host", "localhost"))):
        yield document.fault_at_value(
            (*key_path, "security"), "不加密（none）只能用于本机（127.0.0.1）；请写 tls 或 starttls。"
        )
    ca_file = server.get("ca_file")
    if isinstance(ca_file, str) and not is_file(home / ca_file):
        yield document.fault_at_value((*key_path, "ca_file"), f"找不到证书文件 {ca_file}。")


def _secret_faults(document: Document, key_path: KeyPath, mailbox: dict[str, object]) -> Iterator[ConfigFault]:
    given = [key for key in ("secret_env", "secret_file") if key in mailbox]
    if not given and not any(map(is_secret_key, mailbox)):
        yield document.fault_at_value(
            key_path, "没有写授权码从哪里来：请写 secret_env（环境变量的名称）或 secret_file（文件的路径）。"
        )
    if len(given) == 2:
        yield document.fault_at_key((*key_path, "secret_file"), "secret_env 和 secret_file 只能写一个。")


def find_notice_faults(document: Document, roster: Roster) -> Iterator[ConfigFault]:
    """Yields faults of a notice's file. Categories are checked only against a roster with units."""
    yield from _name_faults(document)
    yield from _name_clashes(document, roster)
    yield from _calendar_faults(document)
    yield from _category_faults(document, roster)
    yield from _extension_faults(document, roster)
    yield from _severity_faults(document)
    if "online" not in document.data:
        for key_path, channel in document.find("materials", "*", "channel"):
            if channel == "online":
                yield document.fault_at_value(
                    key_path, "这份材料走网上系统，但文件里没有写 online（系统的名称和地址）。"
                )
    for key_path, _ in document.find("id"):
        yield document.fault_at_key(key_path, "不用写 id：文件名就是编号。")


def _name_faults(document: Document) -> Iterator[ConfigFault]:
    taken: dict[str, tuple[str | int, object]] = {}
    names = dict(document.find("materials", "*", "name"))
    words = [*names.items(), *document.find("materials", "*", "aliases", "*")]
    for key_path, word in words:
        if not isinstance(word, str) or not compact(word):
            continue  # reported with the models
        index = key_path[1]
        owner, name = taken.setdefault(compact(word), (index, names.get(("materials", index, "name"), "")))
        if owner != index or (key_path[2] == "name" and word != name):
            yield document.fault_at_value(
                key_path, f"“{word}”已经是材料“{name}”的名称或别名，一个名称只能属于一种材料。"
            )


def _name_clashes(document: Document, roster: Roster) -> Iterator[ConfigFault]:
    """Yields words with two meanings. A subject with such a word can be read in two ways."""
    units = roster.compact_names
    keywords = [
        (key_path, word) for key_path, word in document.find("subject", "keywords", "*") if isinstance(word, str)
    ]
    usual = SubjectForm.model_fields["keywords"].default
    keywords = keywords or [(("subject",), word) for word in usual]
    taken = {compact(word): f"主题的关键词“{word}”" for _, word in keywords}
    taken |= {key: f"名册里的单位名称“{name}”" for key, name in units.items()}
    for key_path, word in (*document.find("materials", "*", "name"), *document.find("materials", "*", "aliases", "*")):
        if isinstance(word, str) and compact(word) in taken:
            yield document.fault_at_value(key_path, f"“{word}”也是{taken[compact(word)]}，材料请用别的名称。")
    for key_path, word in keywords:
        if compact(word) in units:
            yield document.fault_at_value(key_path, f"“{word}”也是{taken[compact(word)]}，请去掉一个。")
        elif len(compact(word)) == 1:
            yield document.fault_at_value(key_path, f"关键词“{word}”太短，别的邮件里也会有，至少写两个字。")


def _calendar_faults(document: Document) -> Iterator[ConfigFault]:
    """Yields 29 February where the year of the week has none."""
    last = next((day for _, day in document.find("week", "last") if isinstance(day, date)), None)
    for key_path, words in (*document.find("materials", "*", "due"), *document.find("extensions", "*", "until")):
        try:
            month_day = read_due(words).month_day if isinstance(words, str) else None
        except ValueError:
            continue  # reported with the models
        if last and month_day == (2, 29) and not _leap(last.year):
            yield document.fault_at_value(key_path, f"{last.year} 年没有 2 月 29 日。")


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _extension_faults(document: Document, roster: Roster) -> Iterator[ConfigFault]:
    units = {unit.name for unit in roster.units}
    for key_path, unit in document.find("extensions", "*", "unit"):
        if isinstance(unit, str) and units and unit not in units:
            owner = roster.find(unit)
            hint = f"的全称，请写“{owner.name}”。" if owner else suggest_spelling(unit, roster.names)
            yield document.fault_at_value(
                key_path, f"“{unit}”不是名册里单位{hint}" if owner else f"名册里没有单位“{unit}”{hint}"
            )
    materials = tuple(name for _, name in document.find("materials", "*", "name") if isinstance(name, str))
    for key_path, material in document.find("extensions", "*", "material"):
        if isinstance(material, str) and material not in materials:
            yield document.fault_at_value(
                key_path, f"这份通知里没有材料“{material}”{suggest_spelling(material, materials)}"
            )
    first, last = (next((day for _, day in document.find("week", end)), None) for end in ("first", "last"))
    for key_path, day in document.find("extensions", "*", "day"):
        if isinstance(day, date) and isinstance(first, date) and isinstance(last, date) and not first <= day <= last:
            yield document.fault_at_value(key_path, f"{day} 不在活动周内（{first} 至 {last}）。")
    with suppress(ValidationError):  # reported with the models
        week = WeekModel.model_validate(document.data.get("week"))
        yield from _extension_end_faults(document, Week(week.first, week.last))


def _extension_end_faults(document: Document, week: Week) -> Iterator[ConfigFault]:
    """Yields extensions that end before any deadline, and those that end too late, which is a typo."""
    for key_path, until in document.find("extensions", "*", "until"):
        at = key_path[:2]
        written = {place[2]: value for place, value in document.find("extensions", "*", "*") if place[:2] == at}
        day = written.get("day")
        try:
            extension = Extension.model_validate({"unit": EVERYBODY, "day": day, "until": until})
            end = extension.deadline(week, UTC)
            if extension.day is not None and extension.day not in week:
                continue  # reported as such
            dues = tuple(_find_dues(document, written.get("material")))
            deadlines = [
                _first_deadline(due, extension.day, week) for due in dues if due.daily or extension.day is None
            ]
        except ValueError:
            continue  # reported with the models, or as a day that is none
        if dues and not deadlines:
            yield document.fault_at_value((*at, "day"), "这份材料不是每天报的，写了 day 就没有用处，请把 day 去掉。")
        elif deadlines and end <= min(deadlines):
            yield document.fault_at_value(key_path, f"延期到“{until}”没有用处：不比原来的期限晚，请看看年月写对没有。")
        elif end.date() > week.last + timedelta(_MAXIMUM_DAYS_AFTER_WEEK):
            yield document.fault_at_value(key_path, f"“{until}”离活动周（{week.last} 结束）太远，请看看年月写对没有。")


def _find_dues(document: Document, material: object) -> Iterator[Due]:
    """Yields the deadlines of all materials, or of the one that is named."""
    names = {key_path[1]: name for key_path, name in document.find("materials", "*", "name")}
    for key_path, words in document.find("materials", "*", "due"):
        if material in (None, names.get(key_path[1])) and isinstance(words, str):
            with suppress(ValueError):  # reported with the models
                yield read_due(words)


def _first_deadline(due: Due, day: date | None, week: Week) -> datetime:
    """Returns the deadline for the day, or the first deadline of the week."""
    return due.deadline(week, (day or week.first) if due.daily else None, UTC)


def _severity_faults(document: Document) -> Iterator[ConfigFault]:
    for _, severities in document.find("severities"):
        for code, severity in severities.items() if isinstance(severities, dict) else ():
            if "：" in code:
                continue  # reported with the models
            if message := _why_not_settable(code):
                yield document.fault_at_key(("severities", code), message)
            elif severity in list(Severity) and severity not in CHOICES[code].allowed:
                listed = "、".join(CHOICES[code].allowed)
                message = f"“{code}”不能写“{severity}”，只能写 {listed} 之一：这一项只作提醒，不能因此退回材料。"
                yield document.fault_at_value(("severities", code), message)


def _why_not_settable(code: str) -> str | None:
    if code in CHOICES:
        return None
    if code == "deadline.late":
        return "迟报收不收，请在那份材料里写 late: mark 或 late: reject。"
    if code in BY_RULE:
        return f"“{code}”的 severity 请写在通知的那一条要求里，不写在这里。"
    if is_fixed(code):
        return f"“{code}”不能改，也不能关掉：打不开、有危险或者不知道是谁报的材料，收件程序收不了。"
    return f"不认识的问题代码“{code}”{suggest_spelling(code, CHOICES)}"


def _categories(document: Document) -> Iterator[tuple[KeyPath, str]]:
    for pattern in (("expected_from", "*"), ("quotas", "*", "categories", "*")):
        for key_path, word in document.find("materials", "*", *pattern):
            if isinstance(word, str):
                yield key_path, word


def _category_faults(document: Document, roster: Roster) -> Iterator[ConfigFault]:
    known = _known_categories(roster)
    for key_path, word in _categories(document):
        near = find_nearest(word, known) if known and word not in known else None
        if word in _OTHER_WORDS_FOR_EVERYBODY:
            yield document.fault_at_value(key_path, f"“{word}”请写成“{EVERYBODY}”。")
        elif _SEVERAL.search(word):
            yield document.fault_at_value(key_path, f"“{word}”要分成几项写，各项之间用英文逗号“,”隔开。")
        elif near:
            yield document.fault_at_value(key_path, f"名册里没有类别“{word}”，是不是想写“{near}”？")


_SEVERAL = re.compile("[、；;/]")


def _known_categories(roster: Roster) -> tuple[str, ...]:
    categories = tuple(dict.fromkeys(unit.category for unit in roster.units if unit.category))
    return (*categories, EVERYBODY) if categories else ()


def find_notice_remarks(document: Document, roster: Roster) -> Iterator[ConfigFault]:
    """Yields categories and ranks that no unit of the roster has, and that are similar to none.

    They are remarks: a roster may not be complete yet.
    """
    known = _known_categories(roster)
    for key_path, word in _categories(document):
        if known and word not in known and not find_nearest(word, known):
            yield document.fault_at_value(
                key_path, f"名册里现在没有类别为“{word}”的单位（有：{'、'.join(known[:-1])}）。"
            )
    ranks = {unit.rank for unit in roster.units}
    for key_path, wanted in document.find("materials", "*", "quotas", "*", "ranks"):
        if roster.units and isinstance(wanted, list) and wanted and not ranks.intersection(map(str, wanted)):
            yield document.fault_at_value(key_path, f"名册里现在没有级别为“{'、'.join(map(str, wanted))}”的单位。")
