"""How grave each finding is, and which of them an admin may make an error, a remark or nothing.

Three groups. What stands in a rule of the notice is set in that rule, beside its clause. What rests on no clause is
set for the whole notice, under `severities`. The rest is no matter of taste: what nobody could open or file cannot
be accepted, whatever a setting says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What breaking a rule means."""

    ERROR = "error"
    REMARK = "remark"
    OFF = "off"


@dataclass(frozen=True)
class Choice:
    """What holds where a notice says nothing, and what it may say."""

    default: Severity
    allowed: tuple[Severity, ...] = tuple(Severity)


_ADVICE = Choice(Severity.REMARK, (Severity.REMARK, Severity.OFF))
"""For what is said to clerks alone, or is no demand: nothing is sent back for it."""

CHOICES: Mapping[str, Choice] = {
    "file.duplicate": _ADVICE,  # units of one city may well report the same event
    "file.empty": Choice(Severity.ERROR),
    "file.macros": Choice(Severity.REMARK),  # nothing here runs them, and the text is what was asked for
    "file.unexpected": Choice(Severity.REMARK),  # it is kept, and what was asked for is there
    "form.empty": Choice(Severity.ERROR),
    "part.missing": Choice(Severity.ERROR),  # where the part itself does not say `missing`
    "part.piece": Choice(Severity.REMARK),
    "part.too_few": Choice(Severity.ERROR),  # as above
    "sender.unauthenticated": _ADVICE,  # a clerk looks; many school servers sign badly
    "sender.unknown": _ADVICE,  # a teacher may write from a mailbox of their own
    "video.below_recommended": _ADVICE,  # 建议 is no demand
}
"""What `severities` of a notice may set."""

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
"""Set in the rule itself (`severity`; for the deadline: `late`)."""

FIXED_GROUPS = frozenset({"archive", "channel", "cloud", "mail", "subject"})
FIXED = frozenset(
    {
        "deadline.closed",
        "document.protected",
        "document.unmeasured",
        "document.unreadable",
        "file.dangerous",
        "file.unmeasured",
        "form.untitled",
        "photo.unreadable",
        "video.unreadable",
    }
)


def is_fixed(code: str) -> bool:
    """True for a finding that no setting changes."""
    return code in FIXED or code.partition(".")[0] in FIXED_GROUPS
