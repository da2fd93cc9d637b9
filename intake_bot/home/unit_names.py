"""Renamed units: what they sent under former names goes on counting for them."""

from __future__ import annotations

import logging
from datetime import datetime

from intake_bot.config.settings import Settings
from intake_bot.ledger.ledger import Ledger

log = logging.getLogger(__name__)


def follow_renamed_units(ledger: Ledger, settings: Settings, now: datetime) -> None:
    """Gives what the ledger holds under a former name or a short name of a unit to its present name.

    Digest, quota, the list of missing reports and all questions about prior mail ask by the present name.
    """
    for bureau in settings.bureaus:
        notices = [notice.id for notice in settings.notices if notice.bureau == bureau.id]
        owners = {name: bureau.roster.find(name) for name in ledger.units.find_names(notices)}
        renamed = {name: owner.name for name, owner in owners.items() if owner is not None and owner.name != name}
        if renamed:
            ledger.units.rename(bureau.id, notices, renamed, now)
            log.info("units renamed bureau=%s names=%d", bureau.id, len(renamed))
