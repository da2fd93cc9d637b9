"""`restore`: restores a backup into a home without data."""

from __future__ import annotations

import argparse

from intake_bot.clock import system_clock
from intake_bot.commands.console.exit_codes import EXIT_WELL
from intake_bot.commands.console.progress import track
from intake_bot.config.load import load
from intake_bot.home.backup.archive import backup_time_words
from intake_bot.home.backup.restore import finish_restore, restore
from intake_bot.home.home import Home
from intake_bot.home.lock import only_instance


def run(options: argparse.Namespace) -> int:
    """Restores everything, or raises and restores nothing. Completes a restore that was killed after its check."""
    home = Home(options.home)
    zone = load(home.root).intake.zone
    with only_instance(home):
        if finish_restore(home):
            print("上一次恢复已经核对完，放到一半中断了，现在做完了。要换一份备份恢复，请先把整个 data 文件夹改名。")
            return EXIT_WELL
        result = restore(options.file, home, system_clock().astimezone(zone), lambda entries: track(entries, "恢复"))
    made = backup_time_words(result.manifest.made.astimezone(zone))
    print(f"已恢复到 {made} 的样子：台账和 {len(result.manifest.entries) - 1} 个文件，全部核对无误。")
    print("那以后收到的邮件，只要还在邮箱里，会重新登记、判定、回信，回执编号是新的。")
    if result.letters_in_doubt:
        print(f"有 {result.letters_in_doubt} 封信备份时还没有发出：会先看邮箱的“已发送”里有没有，没有再发。")
    return EXIT_WELL
