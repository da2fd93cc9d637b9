"""`held`: what waits for a person."""

from __future__ import annotations

import argparse

from intake_bot.cli import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.choosing import chosen_bureaus
from intake_bot.config.load import load
from intake_bot.home import Home
from intake_bot.judging.verdict import Decision
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.records import FiledMail
from intake_bot.letters.untrusted import one_line


def run(options: argparse.Namespace) -> int:
    """Lists held mails. 1 when there are any, so that a script can ask."""
    home = Home(options.home)
    settings = load(home.root)
    bureaus = chosen_bureaus(options, settings)
    if not home.ledger.exists():
        print("还没有登记过邮件。")
        return EXIT_WELL
    count = 0
    with Ledger.open(home.ledger) as ledger:
        for bureau in bureaus:
            for mail in ledger.history.held(bureau.id):
                count += 1
                received = mail.received.astimezone(settings.intake.zone)
                print(f"{mail.receipt}  {bureau.name}  {received:%Y-%m-%d %H:%M}  {mail.unit or '未识别单位'}")
                print(f"    主题：{one_line(mail.subject)}  来自：{one_line(mail.sender)}")
                for reason in _reasons(mail):
                    print(f"    原因：{one_line(reason, 300)}")
                for file in mail.files:
                    print(f"    文件：{home.files / file.path}")
    print(f"共 {count} 封待人工处理。")
    return EXIT_FOUND if count else EXIT_WELL


def _reasons(mail: FiledMail) -> tuple[str, ...]:
    held = [item for item in mail.items if item.decision is Decision.HELD]
    why = [f"{item.material}：{f.found}" for item in held for f in item.findings if f.holds]
    return tuple(dict.fromkeys(why)) or (mail.reason,)
