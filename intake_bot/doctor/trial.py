"""What came of one trial."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """In the words that an admin reads."""

    WELL = "正常"
    LOOK = "提醒"
    """It works; somebody should have a look all the same."""
    WRONG = "不行"
    UNKNOWN = "没查"
    """It cannot be known from here."""


@dataclass(frozen=True)
class Trial:
    """`what` was tried, and `said` what was found; `todo` is for whoever is to mend it."""

    what: str
    grade: Grade
    said: str
    todo: str = ""


def well(what: str, said: str) -> Trial:
    return Trial(what, Grade.WELL, said)


def wrong(what: str, said: object, todo: str) -> Trial:
    return Trial(what, Grade.WRONG, str(said), todo)
