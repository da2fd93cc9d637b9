"""Types of columns; and how stored values are read: the ledger is called damaged where one of them cannot be ours.

SQLite notices a damaged page by its structure only. Where single bytes of a row were overwritten, the row is read, and
its value is no time and no word of ours: that is the ledger's fault, and not that of the mail which asked for the row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, DateTime, Dialect, Text, TypeDecorator
from sqlalchemy.dialects import sqlite

from intake_bot.errors import LedgerDamaged

Reader = Callable[[Any], Any]


def guard(read: Reader | None) -> Reader | None:
    """The same reader, which raises LedgerDamaged for a value that it cannot read."""
    if read is None:
        return None

    def read_or_call_damaged(value: Any) -> Any:
        try:
            return read(value)
        except (ValueError, TypeError, OverflowError) as error:
            raise unreadable(error) from error

    return read_or_call_damaged


def unreadable(reason: object) -> LedgerDamaged:
    """The error for a stored value that is none of ours."""
    return LedgerDamaged(f"台账里有读不出来的内容，请从备份恢复 (unreadable value: {reason})")


class _GuardedDateTime(sqlite.DATETIME):
    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return guard(super().result_processor(dialect, coltype))


class _GuardedDate(sqlite.DATE):
    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return guard(super().result_processor(dialect, coltype))


class _GuardedJson(sqlite.JSON):
    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return guard(super().result_processor(dialect, coltype))


GUARDED_TYPES: Mapping[type, type] = {DateTime: _GuardedDateTime, Date: _GuardedDate, JSON: _GuardedJson}
"""Plain type → the one that SQLite's dialect uses in its place."""


# ---- types of columns ------------------------------------------------------------------------------------------------


class PlainText(TypeDecorator[str]):
    """Text that SQLite can hold: half a surrogate pair, as found in broken mail, becomes a question mark."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else value.encode("utf-8", "replace").decode("utf-8")


class Word(TypeDecorator[StrEnum]):
    """A member of one enum, stored as its value; `one_of` adds the CHECK."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words
        self._by_value = {word.value: word for word in words}

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self.words(value).value

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        # One call for each value: a digest reads hundreds of thousands, and a call of the enum would take longest.
        words = self._by_value

        def read(value: Any) -> StrEnum | None:
            try:
                return words[value] if value is not None else None
            except (KeyError, TypeError) as error:
                raise unreadable(repr(value)) from error

        return read
