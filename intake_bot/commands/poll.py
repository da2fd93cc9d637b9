"""`poll`: one round over all mailboxes, then the outbox."""

from __future__ import annotations

import argparse

from intake_bot.cli import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.choosing import chosen_bureaus, clock_of
from intake_bot.commands.inspecting import fit_for_work
from intake_bot.commands.progress import tracked_while_printing
from intake_bot.health.pinging import Pinger
from intake_bot.home import Home, only_instance
from intake_bot.rounds import Rounds


def run(options: argparse.Namespace) -> int:
    """One round for every bureau. 1 when a mailbox could not be read, or something was left undone."""
    home = Home(options.home)
    settings = fit_for_work(home)
    bureaus = chosen_bureaus(options, settings)
    code = EXIT_WELL
    with only_instance(home), Rounds(settings, home, clock_of(options, settings)) as rounds:
        for bureau in tracked_while_printing(bureaus, "收信"):
            done = rounds.go(bureau, lambda: False)
            print(
                f"{bureau.name}：新邮件 {done.taken.seen} 封，处理完 {done.taken.settled} 封，"
                f"未处理完 {done.taken.failed} 封；发出回信 {done.delivered.sent} 封，"
                f"稍后再发 {done.delivered.deferred} 封，发不出 {done.delivered.failed} 封。"
            )
            for sentence in done.trouble:
                print(f"  问题：{sentence}")
            if done.trouble or done.taken.failed or done.delivered.failed:
                code = EXIT_FOUND
        if rounds.health.is_well:
            pinger = Pinger(settings.intake.health.ping_url)
            pinger.ping()
            pinger.wait()
    return code
