"""The mails of the demo, good and bad, from schools and bureaus of all four notices.

Each is written as raw bytes, the way Chinese mail programs write them. All people and addresses are
invented; the addresses end in .example, where no mail ever arrives (RFC 2606).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from intake_bot.demo.hebei import HEBEI_MAILS
from intake_bot.demo.hefei import HEFEI_MAILS
from intake_bot.demo.mailbox import ZONE, DemoMail
from intake_bot.demo.moe import MOE_MAILS
from intake_bot.demo.puyang import PUYANG_MAILS

DIGEST_TIMES: Mapping[str, datetime] = {
    "puyang": datetime(2023, 5, 17, 17, 30, tzinfo=ZONE),
    "hefei": datetime(2023, 5, 18, 17, 30, tzinfo=ZONE),
    "hebei": datetime(2023, 5, 28, 17, 30, tzinfo=ZONE),
    "moe": datetime(2023, 5, 24, 17, 30, tzinfo=ZONE),
}
"""By bureau, when its digest is made: after all its mails, at the configured hour."""

DEMO_MAILS: tuple[DemoMail, ...] = (*PUYANG_MAILS, *HEFEI_MAILS, *HEBEI_MAILS, *MOE_MAILS)
"""Bureau by bureau, each bureau's mails in the order of arrival."""
