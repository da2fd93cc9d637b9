"""`backup`: everything that was taken in, as one file."""

from __future__ import annotations

import argparse
from datetime import datetime

from intake_bot.backup.making import back_up
from intake_bot.cli import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.progress import tracked
from intake_bot.config.load import load
from intake_bot.errors import PermanentFailure
from intake_bot.home import Home
from intake_bot.ledger.ledger import Ledger


def run(options: argparse.Namespace) -> int:
    """Writes a backup; 1 when something that should be in it was not there."""
    home = Home(options.home)
    zone = load(home.root).intake.zone
    if not home.ledger.exists():
        raise PermanentFailure("还没有登记过邮件，没有可以备份的")
    with Ledger.open(home.ledger) as ledger:
        done = back_up(ledger, home, options.file, datetime.now(zone), lambda files: tracked(files, "备份"))
    for fault in done.faults:
        print(f"问题：{fault}")
    print(f"已备份到 {options.file}：台账和 {len(done.entries) - 1} 个文件，{done.bytes / 1_000_000:.1f} MB。")
    print("里面有姓名、电话和照片，请存放在别人看不到的地方。config、templates 和授权码不在里面，请另行保存。")
    return EXIT_FOUND if done.faults else EXIT_WELL
