"""The default severity of each finding, and the severities that an admin may set.

There are three groups. Findings of a rule get their severity in the rule, beside its clause. Findings without a clause
get it for the whole notice, under `severities`. All others are fixed: a file that nobody can open is never accepted,
nor is a mail that nobody can file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is."""

    ERROR = "error"
    REMARK = "remark"
    OFF = "off"


@dataclass(frozen=True)
class SeverityChoice:
    """The severity where a notice sets none, and the severities that it may set."""

    default: Severity
    allowed: tuple[Severity, ...] = tuple(Severity)


_ADVICE = SeverityChoice(Severity.REMARK, (Severity.REMARK, Severity.OFF))
"""For findings that only clerks see, or that are advice. Nothing is rejected for them."""

CHOICES: Mapping[str, SeverityChoice] = {
    "file.duplicate": _ADVICE,  # units of one city may well report the same event
    "file.empty": SeverityChoice(Severity.ERROR),
    "file.macros": SeverityChoice(Severity.REMARK),  # nothing here runs them, and the text is what was asked for
    "file.unexpected": SeverityChoice(Severity.REMARK),  # it is kept, and what was asked for is there
    "form.empty": SeverityChoice(Severity.ERROR),
    "part.missing": SeverityChoice(Severity.ERROR),  # where the part itself does not say `missing`
    "photo.shared": _ADVICE,  # the notice asks for the same pictures twice
    "part.piece": SeverityChoice(Severity.REMARK),
    "part.too_few": SeverityChoice(Severity.ERROR),  # as above
    "sender.unauthenticated": _ADVICE,  # a clerk looks; many school servers sign badly
    "sender.unknown": _ADVICE,  # a teacher may write from a mailbox of their own
    "video.below_recommended": _ADVICE,  # 建议 is no demand
}
"""Codes that `severities` of a notice may set."""

BY_RULE = frozenset(
    {
        "deadline.late",
        "document.not_word",
        "media.no_link",
        "news.no_picture",
        "news.no_source",
        "photo.no_caption",
        "photo.not_in_archive",
        "photo.not_jpeg",
        "photo.too_few_pixels",
        "photo.too_small",
        "text.not_mentioned",
        "text.too_long",
        "text.too_short",
        "video.low_resolution",
        "video.no_text",
        "video.not_mp4",
        "video.too_large",
        "video.too_long",
    }
)
"""Codes whose severity is set in the rule itself (`severity`; for the deadline: `late`)."""

FIXED_GROUPS = frozenset({"archive", "channel", "cloud", "mail", "subject"})
FIXED = frozenset(
    {
        "day.chosen",
        "day.unclear",
        "deadline.closed",
        "deadline.kept",
        "deadline.uncertain",
        "document.protected",
        "document.unmeasured",
        "document.unreadable",
        "file.dangerous",
        "file.unmeasured",
        "form.not_table",
        "form.untitled",
        "part.piece_conflict",
        "photo.unreadable",
        "sender.clerk",
        "sender.contested",
        "sender.first",
        "sender.unproven",
        "video.no_picture",
        "video.unreadable",
    }
)


def is_fixed(code: str) -> bool:
    """True for a code whose severity no setting changes."""
    return code in FIXED or code.partition(".")[0] in FIXED_GROUPS
