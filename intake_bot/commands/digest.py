"""`digest`: today's digest, now."""

from __future__ import annotations

import argparse

from intake_bot.cli import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.choosing import chosen_bureaus, clock_of
from intake_bot.config.load import load
from intake_bot.errors import IntakeError
from intake_bot.home import Home
from intake_bot.rounds import Rounds, only_instance


def run(options: argparse.Namespace) -> int:
    """Files and sends the digest of each bureau, once a day; `--preview` only prints. 1 when one could not be sent."""
    home = Home(options.home)
    settings = load(home.root)
    clock = clock_of(options, settings)
    code = EXIT_WELL
    with only_instance(home), Rounds(settings, home, clock) as rounds:
        for bureau in chosen_bureaus(options, settings):
            if options.preview:
                letter = rounds.digesting.preview(bureau, clock())
                print(f"{letter.subject}\n\n{letter.text}")
                continue
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
