"""`run`: the daemon."""

from __future__ import annotations

import argparse
import logging
from functools import partial
from logging.handlers import RotatingFileHandler

from intake_bot.cli import EXIT_WELL
from intake_bot.clock import system_clock
from intake_bot.commands.inspecting import fit_for_work
from intake_bot.daemon import Daemon
from intake_bot.home import Home, only_instance
from intake_bot.log_lines import LOG_FORMAT, DiscreetFormatter, log_to_screen
from intake_bot.rereading import Rereading
from intake_bot.rounds import Rounds

log = logging.getLogger(__name__)

LOG_BYTES, LOG_FILES = 5_000_000, 5
"""Some weeks of the busiest bureau."""


def run(options: argparse.Namespace) -> int:
    """Works until it is told to stop."""
    home = Home(options.home)
    # Before the files are read: an edit in between must not be missed.
    rereading = Rereading(home, partial(fit_for_work, home), system_clock)
    settings = fit_for_work(home)
    log_to_screen(logging.DEBUG if options.verbose else logging.INFO)
    # Their INFO and DEBUG lines speak of every job and of every IMAP answer, letters included.
    for library in ("alembic", "apscheduler", "imapclient", "mailparser"):
        logging.getLogger(library).setLevel(logging.WARNING)
    with only_instance(home):
        _log_into(home)
        with Rounds(settings, home, system_clock) as rounds:
            Daemon(settings, rounds, rereading, system_clock).run()
    return EXIT_WELL


def _log_into(home: Home) -> None:
    """A file in the home as well: a task of Windows has no console, and not every admin knows journalctl."""
    try:
        home.logs.mkdir(exist_ok=True)
        file = RotatingFileHandler(
            home.logs / "intake-bot.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
        )
    except OSError as error:
        log.warning("no log file: %s", error)
        return
    file.setFormatter(DiscreetFormatter(LOG_FORMAT))
    logging.getLogger().addHandler(file)
