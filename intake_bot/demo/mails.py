"""The mails of the demo, from schools and bureaus of all four notices, good and bad.

They are written on the spot as raw bytes, the way Chinese mail programs write them. All people and addresses are
invented; the addresses end in .example, where no mail ever arrives (RFC 2606).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from intake_bot.demo.hebei import hebei_mails
from intake_bot.demo.hefei import hefei_mails
from intake_bot.demo.moe import moe_mails
from intake_bot.demo.posted import ZONE, DemoMail
from intake_bot.demo.puyang import puyang_mails

MOMENTS: Mapping[str, datetime] = {
    "puyang": datetime(2023, 5, 17, 17, 30, tzinfo=ZONE),
    "hefei": datetime(2023, 5, 18, 17, 30, tzinfo=ZONE),
    "hebei": datetime(2023, 5, 28, 17, 30, tzinfo=ZONE),
    "moe": datetime(2023, 5, 24, 17, 30, tzinfo=ZONE),
}
"""By bureau, when the digest is made: after all its mails, at the hour that the configuration names."""


def demo_mails() -> tuple[DemoMail, ...]:
    """All of them, bureau by bureau, each bureau's in the order of arrival."""
    return (*puyang_mails(), *hefei_mails(), *hebei_mails(), *moe_mails())
