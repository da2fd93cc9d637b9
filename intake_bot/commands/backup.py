"""`backup`: writes the ledger and the stored files into one archive."""

from __future__ import annotations

import argparse

from intake_bot.clock import system_clock
from intake_bot.commands.console.exit_codes import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.console.progress import track
from intake_bot.config.load import load
from intake_bot.errors import PermanentFailure
from intake_bot.home.backup.make import back_up
from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger


def run(options: argparse.Namespace) -> int:
    """Writes a backup. 1 when a file that should be in it was missing or damaged."""
    home = Home(options.home)
    zone = load(home.root).intake.zone
    if not home.ledger.exists():
        raise PermanentFailure("还没有登记过邮件，没有可以备份的")
    with Ledger.open(home.ledger) as ledger:
        result = back_up(
            ledger, home, options.file, system_clock().astimezone(zone), lambda files: track(files, "备份")
        )
    for fault in result.faults:
        print(f"问题：{fault}")
    print(f"已备份到 {options.file}：台账和 {len(result.entries) - 1} 个文件，{result.bytes / 1_000_000:.1f} MB。")
    print("里面有姓名、电话和照片，请存放在别人看不到的地方。config、templates 和授权码不在里面，请另行保存。")
    return EXIT_FOUND if result.faults else EXIT_WELL
