"""How grave each finding is, and which of them an admin may make an error, a remark or nothing.

Three groups. What stands in a rule of the notice is set in that rule, beside its clause. What rests on no clause is
set for the whole notice, under `severities`. The rest is no matter of taste: what nobody could open or file cannot
be accepted, whatever a setting says.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Severity(StrEnum):
    """What breaking a rule means."""

    ERROR = "error"
    REMARK = "remark"
    OFF = "off"


DEFAULTS: Mapping[str, Severity] = {
    "file.duplicate": Severity.REMARK,  # units of one city may well report the same event
    "file.empty": Severity.ERROR,
    "file.macros": Severity.REMARK,  # nothing here runs them, and the text is what was asked for
    "file.unexpected": Severity.REMARK,  # it is kept, and what was asked for is there
    "form.empty": Severity.ERROR,
    "part.missing": Severity.ERROR,  # where the part itself does not say `missing`
    "part.piece": Severity.REMARK,
    "part.too_few": Severity.ERROR,  # as above
    "sender.unauthenticated": Severity.REMARK,  # a clerk looks; many school servers sign badly
    "sender.unknown": Severity.REMARK,  # a teacher may write from a private mailbox
    "video.below_recommended": Severity.REMARK,  # 建议 is no demand
}
"""What `severities` of a notice may set, and what holds where it does not."""

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
