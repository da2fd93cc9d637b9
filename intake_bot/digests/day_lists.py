"""Names several items in few words: 文字材料、照片（5月14—16日、18日）. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from intake_bot.notices.day_words import month_day


def name_items(items: Iterable[tuple[str, date | None]]) -> str:
    """The materials with their days; those of the same days together, the newest days first, then those without."""
    days: dict[str, list[date]] = {}
    once: list[str] = []
    for material, day in items:
        if day is None:
            once.append(material)
        else:
            days.setdefault(material, []).append(day)
    materials: dict[tuple[date, ...], list[str]] = {}
    for material, its_days in days.items():
        materials.setdefault(tuple(sorted(set(its_days))), []).append(material)
    groups = sorted(materials.items(), key=lambda group: group[0][-1], reverse=True)
    named = [f"{'、'.join(names)}（{name_days(of)}）" for of, names in groups]
    return "、".join([*named, *dict.fromkeys(once)])


def name_days(days: tuple[date, ...]) -> str:
    """5月14—16日、18日 for days in order, without repetitions."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(1):
            runs[-1].append(day)
        else:
            runs.append([day])
    words, month = [], None
    for run in runs:
        first, last = run[0], run[-1]
        name = f"{first.day}日" if first.month == month else month_day(first)
        if last != first:
            until = f"{last.day}日" if last.month == first.month else month_day(last)
            name = f"{name.removesuffix('日')}—{until}" if last.month == first.month else f"{name}—{until}"
        words.append(name)
        month = last.month
    return "、".join(words)
