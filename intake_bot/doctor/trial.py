"""The result of one trial."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How a trial ended, in the words that an admin reads."""

    OK = "正常"
    WARNING = "提醒"
    """It works, but an admin should act on it soon."""
    FAILED = "不行"
    UNKNOWN = "没查"
    """It cannot be tried from this machine."""


@dataclass(frozen=True)
class Trial:
    """One thing that was tried. `advice` tells an admin what to do about the result; empty where nothing is to do."""

    subject: str
    grade: Grade
    result: str
    advice: str = ""


def success(subject: str, result: str) -> Trial:
    return Trial(subject, Grade.OK, result)


def failure(subject: str, result: object, advice: str) -> Trial:
    return Trial(subject, Grade.FAILED, str(result), advice)
