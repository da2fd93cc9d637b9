"""`restore`: from a backup to a home without data."""

from __future__ import annotations

import argparse
from datetime import datetime

from intake_bot.backup.archive import local_words
from intake_bot.backup.restoring import finish_restore, restore
from intake_bot.cli import EXIT_WELL
from intake_bot.commands.progress import tracked
from intake_bot.config.load import load
from intake_bot.home import Home, only_instance


def run(options: argparse.Namespace) -> int:
    """Restores everything, or raises and restores nothing; a restore that was killed at its end is brought to it."""
    home = Home(options.home)
    zone = load(home.root).intake.zone
    with only_instance(home):
        if finish_restore(home):
            print("上一次恢复已经核对完，放到一半中断了，现在做完了。要换一份备份恢复，请先把整个 data 文件夹改名。")
            return EXIT_WELL
        done = restore(options.file, home, datetime.now(zone), lambda entries: tracked(entries, "恢复"))
    made = local_words(done.manifest.made.astimezone(zone))
    print(f"已恢复到 {made} 的样子：台账和 {len(done.manifest.entries) - 1} 个文件，全部核对无误。")
    print("那以后收到的邮件，只要还在邮箱里，会重新登记、判定、回信，回执编号是新的。")
    if done.doubted:
        print(f"有 {done.doubted} 封信备份时还没有发出：会先看邮箱的“已发送”里有没有，没有再发。")
    return EXIT_WELL
