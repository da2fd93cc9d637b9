"""`ledger export`: what the ledger holds of one bureau, as 台账.xlsx."""

from __future__ import annotations

import argparse

from intake_bot.commands.console.exit_codes import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.console.options import clock_of, only_bureau, print_note
from intake_bot.digests.workbook.gather import make_workbook
from intake_bot.disk.writing import replace_file
from intake_bot.errors import PermanentFailure, disk_words
from intake_bot.home.home import Home
from intake_bot.home.ledger_guard import require_ledger
from intake_bot.home.services import Services
from intake_bot.home.usable_settings import load_or_last_good


def run(options: argparse.Namespace) -> int:
    """Writes the workbook, also while the daemon works. 1 where no notice applies."""
    home = Home(options.home)
    usable = load_or_last_good(home)
    print_note(usable)
    require_ledger(home)
    bureau, clock = only_bureau(options, usable.settings), clock_of(options, usable.settings)
    with Services.open(usable.settings, home, clock) as services:
        content = make_workbook(services, bureau, clock())
    if content is None:
        print(f"{bureau.name}现在没有适用的通知，没有可以存的。")
        return EXIT_FOUND
    try:
        replace_file(options.file, content)
    except OSError as error:
        raise PermanentFailure(f"写不了 {options.file}：{disk_words(options.file.parent, error)}") from error
    print(f"已存成 {options.file}")
    return EXIT_WELL
