"""Whether accepted files wait for the shared folder. Light, so that `status` can ask without what fills it."""

from __future__ import annotations

from intake_bot.config.settings import Bureau, Settings
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import ARCHIVE_EVENTS, EventName, EventRecord


def find_archive_trouble(settings: Settings, ledger: Ledger, bureau: Bureau) -> EventRecord | None:
    """The event since which files wait, with its reason (`why`); None where none waits, or none is to be laid."""
    if not settings.intake.is_archive_kept:
        return None
    newest = ledger.trail.find_last(bureau.id, ARCHIVE_EVENTS)
    return newest if newest is not None and newest.name == EventName.ARCHIVE_AWAY else None
