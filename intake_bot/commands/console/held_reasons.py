"""Why a mail is held, in words for the clerk who lists it or decides about it."""

from __future__ import annotations

from intake_bot.judging.outcome_words import LINKS_ONLY
from intake_bot.judging.verdict import Decision
from intake_bot.ledger.values.records import FiledMail


def list_held_reasons(mail: FiledMail) -> tuple[str, ...]:
    """The reasons of its held items and of the mail itself, each once."""
    held = [item for item in mail.items if item.decision is Decision.HELD]
    why = [f"{item.material}：{f.found}" for item in held for f in item.findings if f.holds]
    why += [finding.found for finding in mail.findings if finding.holds]
    if not why and mail.open_links:
        return (LINKS_ONLY,)
    return tuple(dict.fromkeys(why)) or (mail.reason,)
