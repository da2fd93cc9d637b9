"""`desk`: carries out an order in the words in which a clerk would answer her digest."""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime, time
from pathlib import Path

from intake_bot.commands.console.exit_codes import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.console.options import clock_of, only_bureau, print_note
from intake_bot.commands.console.save_files import save_files
from intake_bot.commands.console.send_now import send_now
from intake_bot.config.settings import Bureau
from intake_bot.desk.carry_out import help_sentences
from intake_bot.desk.clerk_desk import ClerkDesk, Giver
from intake_bot.digests.package.make import package_folder
from intake_bot.home.home import Home
from intake_bot.home.ledger_guard import require_ledger
from intake_bot.home.lock import only_clerk
from intake_bot.home.services import Services
from intake_bot.home.usable_settings import load_or_last_good
from intake_bot.ledger.values.orders import COMMAND_LINE, Sheet
from intake_bot.letters.confirmation import OrderLine, OrderOutcome

_EVER = datetime(1, 1, 2, tzinfo=UTC)
_WELL = (OrderOutcome.DONE, OrderOutcome.ANSWERED)


def run(options: argparse.Namespace) -> int:
    """Carries out the order, and sends the letters about it. 1 where it was not carried out."""
    home = Home(options.home)
    usable = load_or_last_good(home)
    print_note(usable)
    words = " ".join(options.words)
    if not words.strip():
        print("\n".join(help_sentences()))
        return EXIT_WELL
    bureau = only_bureau(options, usable.settings)
    require_ledger(home)
    with only_clerk(home), Services.open(usable.settings, home, clock_of(options, usable.settings)) as services:
        with tempfile.TemporaryDirectory(dir=home.desk) as work:
            giver = Giver(COMMAND_LINE, sheet=_chosen_sheet(options, services, bureau), is_confirmed=options.yes)
            done = ClerkDesk(services).carry_out_words(bureau, words, services.clock(), giver, Path(work))
        services.worker.close()
        for line in done.lines:
            _show(line)
            for path in save_files(line.attached, package_folder(services), bureau.name):
                print(f"    已存成 {path}")
        for said in done.unread:
            print(f"没有当作命令：{said}")
        if why_not := send_now(services, bureau):
            print(f"信在待发信箱里，收件程序会发出{why_not}")
    is_well = done.lines and all(line.outcome in _WELL for line in done.lines) and not done.unread
    return EXIT_WELL if is_well else EXIT_FOUND


def _chosen_sheet(options: argparse.Namespace, services: Services, bureau: Bureau) -> Sheet | None:
    """The contact sheet of the last digest that has one; with --date the last one of that day, until --at."""
    zone, day = services.settings.intake.zone, options.date
    start = datetime.combine(day, time(), zone) if day else _EVER
    end = datetime.combine(day, options.at, zone) if day else services.clock()
    return services.ledger.orders.find_last_sheet(bureau.id, start, end)


def _show(line: OrderLine) -> None:
    # Plain print: names and subjects come from mails.
    print(f"[{line.outcome}] {line.line}")
    for sentence in line.sentences:
        print(f"    {sentence}")
    if line.outcome is OrderOutcome.ASKED:
        print("    要办，加上 --yes")
    elif line.to_copy:
        print(f"    {'要撤销' if line.outcome is OrderOutcome.DONE else '是不是想写'}：{line.to_copy}")
