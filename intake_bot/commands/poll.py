"""`poll`: one poll cycle: all mailboxes, the outbox, and the digests that are due."""

from __future__ import annotations

import argparse

from intake_bot.commands.console.exit_codes import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.console.inspection import load_usable_settings
from intake_bot.commands.console.options import chosen_bureaus, clock_of
from intake_bot.commands.console.progress import track_while_printing
from intake_bot.home.home import Home
from intake_bot.home.lock import only_instance
from intake_bot.service.pinger import Pinger
from intake_bot.service.poll_cycle import PollCycle


def run(options: argparse.Namespace) -> int:
    """One poll cycle for every bureau. 1 when a mailbox could not be read, or something was left undone."""
    home = Home(options.home)
    settings = load_usable_settings(home)
    bureaus = chosen_bureaus(options, settings)
    code = EXIT_WELL
    with only_instance(home), PollCycle(settings, home, clock_of(options, settings)) as cycle:
        for bureau in track_while_printing(bureaus, "收信"):
            done = cycle.run(bureau, lambda: False)
            if cycle.file_due_digest(bureau):
                cycle.works[bureau.id].send(lambda: False)
            print(
                f"{bureau.name}：新邮件 {done.taken.seen} 封，处理完 {done.taken.settled} 封，"
                f"未处理完 {done.taken.failed} 封；发出回信 {done.delivered.sent} 封，"
                f"稍后再发 {done.delivered.deferred} 封，发不出 {done.delivered.failed} 封。"
            )
            for sentence in done.trouble:
                print(f"  问题：{sentence}")
            if done.trouble or done.taken.failed or done.delivered.failed:
                code = EXIT_FOUND
        if cycle.health.is_well:
            pinger = Pinger(settings.intake.health.ping_url)
            pinger.ping()
            pinger.wait()
    return code
