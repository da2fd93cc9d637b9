"""Turns the times of a letter's values into the bureau's zone. Pure."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any, TypeVar

Value = TypeVar("Value")


def localise(value: Value, zone: tzinfo) -> Value:
    """The value with every aware time in it, however deep in dataclasses and tuples, in this zone.

    The ledger gives times in UTC, the judge in the bureau's zone: a letter may hold both.
    """
    localised: Value = _localise(value, zone)
    return localised


_WITHOUT_TIMES = frozenset({str, int, float, bool, bytes, date, type(None)})
"""Types of most values of a letter: they are passed by at once."""


def _localise(value: Any, zone: tzinfo) -> Any:
    if type(value) in _WITHOUT_TIMES:
        return value
    if isinstance(value, datetime):
        return value if value.tzinfo is None else value.astimezone(zone)
    if type(value) is tuple:
        parts = tuple(_localise(part, zone) for part in value)
        return value if all(new is old for new, old in zip(parts, value, strict=True)) else parts
    if is_dataclass(value) and not isinstance(value, type):
        old = {field.name: getattr(value, field.name) for field in fields(value) if field.init}
        changed = {name: new for name, part in old.items() if (new := _localise(part, zone)) is not part}
        return replace(value, **changed) if changed else value
    return value
