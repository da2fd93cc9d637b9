"""`run`: the daemon."""

from __future__ import annotations

import argparse
import logging
import threading
from functools import partial
from logging.handlers import RotatingFileHandler

from intake_bot.clock import system_clock
from intake_bot.commands.console.exit_codes import EXIT_WELL
from intake_bot.commands.console.inspection import load_usable_parts, load_usable_settings
from intake_bot.commands.console.log_lines import LOG_FORMAT, DiscreetFormatter, log_to_screen
from intake_bot.home.home import Home
from intake_bot.home.lock import only_instance
from intake_bot.service.config_watcher import ConfigWatcher
from intake_bot.service.daemon import Daemon
from intake_bot.service.workplace import Workplace

log = logging.getLogger(__name__)

LOG_BYTES, LOG_FILES = 5_000_000, 5
"""Some weeks of the busiest bureau."""


def run(options: argparse.Namespace) -> int:
    """Works until it is told to stop."""
    home = Home(options.home)
    # Before the files are read: an edit in between must not be missed.
    watcher = ConfigWatcher(home, partial(load_usable_parts, home), system_clock)
    settings = load_usable_settings(home)
    log_to_screen(logging.DEBUG if options.verbose else logging.INFO)
    # Their INFO and DEBUG lines speak of every job and of every IMAP answer, letters included.
    for library in ("alembic", "imapclient", "mailparser"):
        logging.getLogger(library).setLevel(logging.WARNING)
    # It warns at each interval of a run that lasts longer.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    with only_instance(home):
        _log_into(home)
        stop = threading.Event()
        with Workplace(settings, home, system_clock, pause=stop.wait) as workplace:
            Daemon(workplace, settings, watcher, stop).run()
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
