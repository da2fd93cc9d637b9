"""`run`: the daemon."""

from __future__ import annotations

import argparse
import logging

from intake_bot.cli import EXIT_WELL
from intake_bot.clock import system_clock
from intake_bot.commands.inspecting import fit_for_work
from intake_bot.daemon import Daemon
from intake_bot.home import Home
from intake_bot.rounds import Rounds, only_instance


def run(options: argparse.Namespace) -> int:
    """Works until it is told to stop."""
    home = Home(options.home)
    settings = fit_for_work(home)
    level = logging.DEBUG if options.verbose else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # Their INFO and DEBUG lines speak of every job and of every IMAP answer, letters included.
    for library in ("alembic", "apscheduler", "imapclient", "mailparser"):
        logging.getLogger(library).setLevel(logging.WARNING)
    with only_instance(home), Rounds(settings, home, system_clock) as rounds:
        Daemon(settings, rounds, system_clock).run()
    return EXIT_WELL
