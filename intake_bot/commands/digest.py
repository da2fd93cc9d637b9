"""`digest`: today's digest, now."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from intake_bot.cli import EXIT_FOUND, EXIT_WELL
from intake_bot.clock import Clock
from intake_bot.commands.choosing import chosen_bureaus, clock_of
from intake_bot.config.load import load
from intake_bot.config.settings import Bureau, Settings
from intake_bot.digests.digesting import Digesting
from intake_bot.errors import IntakeError
from intake_bot.home import Home, only_instance
from intake_bot.ledger.ledger import Ledger
from intake_bot.rounds import Rounds


def run(options: argparse.Namespace) -> int:
    """Files and sends the digest of each bureau, once a day; `--preview` only prints, also while the daemon works.

    1 when one could not be sent.
    """
    home = Home(options.home)
    settings = load(home.root)
    bureaus, clock = chosen_bureaus(options, settings), clock_of(options, settings)
    return _preview(home, settings, bureaus, clock) if options.preview else _file(home, settings, bureaus, clock)


def _preview(home: Home, settings: Settings, bureaus: Sequence[Bureau], clock: Clock) -> int:
    if not home.ledger.exists():
        print("还没有登记过邮件，没有可以汇总的。")
        return EXIT_WELL
    with Ledger.open(home.ledger) as ledger:
        digesting = Digesting(settings, home, ledger, home.templates())
        for bureau in bureaus:
            letter = digesting.preview(bureau, clock())
            print(f"{letter.subject}\n\n{letter.text}")
    return EXIT_WELL


def _file(home: Home, settings: Settings, bureaus: Sequence[Bureau], clock: Clock) -> int:
    code = EXIT_WELL
    with only_instance(home), Rounds(settings, home, clock) as rounds:
        for bureau in bureaus:
            day = clock().astimezone(settings.intake.zone).date()
            page = home.digests / bureau.id / f"{day.isoformat()}.html"
            filed = rounds.digesting.file(bureau, clock())
            print(f"{bureau.name}：{'已做好' if filed else '今天已经做过'}，见 {page}")
            try:
                rounds.deliver(bureau, lambda: False)
            except IntakeError as error:
                print(f"  信还没有发出，会再试：{error}")
                code = EXIT_FOUND
    return code
