"""`digest`: today's digest, now."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime

from intake_bot.clock import Clock
from intake_bot.commands.console.exit_codes import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.console.options import chosen_bureaus, clock_of
from intake_bot.config.load import load
from intake_bot.config.settings import Bureau, Settings
from intake_bot.digests.file_digest import DigestFiler
from intake_bot.errors import IntakeError
from intake_bot.home.home import Home
from intake_bot.home.ledger_guard import require_ledger
from intake_bot.home.lock import only_instance
from intake_bot.home.services import Services


def run(options: argparse.Namespace) -> int:
    """Files and sends the digest of each bureau, once for each time it is due; `--preview` only prints, also while the
    daemon works, and `--date` prints that of another day from the ledger as it was then.

    1 when one could not be sent.
    """
    home = Home(options.home)
    settings = load(home.root)
    bureaus, clock = chosen_bureaus(options, settings), clock_of(options, settings)
    if options.date is not None:
        return _past(home, settings, bureaus, datetime.combine(options.date, options.at, settings.intake.zone))
    return _preview(home, settings, bureaus, clock) if options.preview else _file(home, settings, bureaus, clock)


def _past(home: Home, settings: Settings, bureaus: Sequence[Bureau], at: datetime) -> int:
    """Prints the digests as they would have been at this time, whatever came later."""
    require_ledger(home)
    if not home.ledger.exists():
        print("还没有登记过邮件，没有可以汇总的。")
        return EXIT_WELL
    with Services.open_as_of(settings, home, at) as services:
        _print(services, bureaus)
    return EXIT_WELL


def _preview(home: Home, settings: Settings, bureaus: Sequence[Bureau], clock: Clock) -> int:
    require_ledger(home)
    if not home.ledger.exists():
        print("还没有登记过邮件，没有可以汇总的。")
        return EXIT_WELL
    with Services.open(settings, home, clock) as services:
        _print(services, bureaus)
    return EXIT_WELL


def _print(services: Services, bureaus: Sequence[Bureau]) -> None:
    for bureau in bureaus:
        letter = DigestFiler(services).preview(bureau, services.clock())
        print(f"{letter.subject}\n\n{letter.text}")


def _file(home: Home, settings: Settings, bureaus: Sequence[Bureau], clock: Clock) -> int:
    from intake_bot.service.poll_cycle import PollCycle  # what reads and judges mail: a preview starts without

    code = EXIT_WELL
    with only_instance(home), PollCycle(settings, home, clock) as cycle:
        for bureau in bureaus:
            day = clock().astimezone(settings.intake.zone).date()
            page = home.digests / bureau.id / f"{day.isoformat()}.html"
            filed = cycle.file_digest(bureau, clock())
            print(f"{bureau.name}：{'已做好' if filed else '今天已经做过'}，见 {page}")
            try:
                cycle.deliver(bureau, lambda: False)
            except IntakeError as error:
                print(f"  信还没有发出，会再试：{error}")
                code = EXIT_FOUND
    return code
