"""What each template may name: the values that it is rendered with, and the blocks that it must have."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

from intake_bot.letters.alert import AlertContext, MailboxEvent
from intake_bot.letters.digest import DigestPage
from intake_bot.letters.reply import AnswerKind, AnswerPage

FRAME = "letter.html"
"""The other HTML templates extend it: its blocks are all that they may fill."""

Values = Mapping[str, type | None]
"""Name → its class, where it has parts to be named."""

_REPLY: Values = {"letter": AnswerPage, "headline": None, "opening": None, "resend": None}
_ALERT: Values = {"alert": AlertContext, "headline": None, "opening": None, "reason": None}
VALUES: Mapping[str, Values] = {
    "reply.txt": _REPLY,
    "reply.html": _REPLY,
    "alert.txt": _ALERT,
    "alert.html": _ALERT,
    "digest.txt": {"digest": DigestPage, "lines": None},
    "digest.html": {"digest": DigestPage},
    "words/digest.txt": {"digest": DigestPage},
    "words/resend.txt": {"letter": AnswerPage},
    **{f"words/{kind}.txt": {"letter": AnswerPage} for kind in AnswerKind},
    **{f"words/{event}.txt": {"alert": AlertContext} for event in MailboxEvent},
}
"""By template. What is included or extended may name whatever the template around it may."""
BLOCKS: Mapping[str, frozenset[str]] = {
    **{name: frozenset({"headline", "subject", "opening"}) for name in VALUES if name.startswith("words/")},
    "words/digest.txt": frozenset({"subject"}),
    "words/resend.txt": frozenset({"resend"}),
}


def parts_of(value: type) -> frozenset[str]:
    """What may stand behind the dot: fields and properties."""
    fields = {name for one in value.__mro__ for name in inspect.get_annotations(one)}
    properties = {name for one in value.__mro__ for name, part in vars(one).items() if isinstance(part, property)}
    return frozenset(name for name in fields | properties if not name.startswith("_"))
