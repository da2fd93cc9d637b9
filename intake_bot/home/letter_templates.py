"""The letter templates of a home. Separate from `services`, for commands that start quickly and open no ledger."""

from __future__ import annotations

import logging

from intake_bot.config.defaults import packaged_templates
from intake_bot.config.shipped_templates import find_outdated, renew_outdated
from intake_bot.home.home import Home
from intake_bot.letters.templates import Templates, read_templates

log = logging.getLogger(__name__)


def home_templates(home: Home) -> Templates:
    """The home's own templates where an admin edited them, and the packaged ones for all others. Raises ConfigError
    for a broken template."""
    packaged, own = packaged_templates(), home.own_templates
    outdated = [own / name for name in find_outdated(own)]
    return read_templates([folder for folder in (own, packaged) if folder.is_dir()], packaged, outdated)


def renew_templates(home: Home) -> None:
    """Renews the home's templates that an older version put there and nobody edited. Where the disk refuses, the
    packaged ones are used all the same."""
    try:
        renewed = renew_outdated(home.own_templates)
    except OSError as error:
        log.warning("templates not renewed: %s", error)
        return
    if renewed:
        log.info("templates renewed count=%d names=%s", len(renewed), ",".join(renewed))
