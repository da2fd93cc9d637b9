"""`week`: the report on the week as a Word document and a workbook."""

from __future__ import annotations

import argparse

from intake_bot.commands.console.exit_codes import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.console.options import clock_of, only_bureau, print_note
from intake_bot.commands.console.save_files import save_files
from intake_bot.digests.package.make import package_folder
from intake_bot.digests.week.make import make_week_report
from intake_bot.home.home import Home
from intake_bot.home.ledger_guard import require_ledger
from intake_bot.home.services import Services
from intake_bot.home.usable_settings import load_or_last_good


def run(options: argparse.Namespace) -> int:
    """Writes both files, also while the daemon works, and prints the sentences. 1 where no notice applies."""
    home = Home(options.home)
    usable = load_or_last_good(home)
    print_note(usable)
    require_ledger(home)
    bureau, clock = only_bureau(options, usable.settings), clock_of(options, usable.settings)
    with Services.open(usable.settings, home, clock) as services:
        report = make_week_report(services, bureau, clock())
        folder = options.folder or package_folder(services)
    if report is None:
        print(f"{bureau.name}现在没有适用的通知，做不了周报。")
        return EXIT_FOUND
    for path in save_files(report.files, folder, bureau.name):
        print(f"已存成 {path}")
    print("\n".join(("", *report.sentences, *report.left_out)))
    return EXIT_WELL
