"""`init`: makes a new home from the packaged defaults. `--new-ledger`: a new ledger for a home that lost its own."""

from __future__ import annotations

import argparse
from pathlib import Path

from intake_bot.clock import system_clock
from intake_bot.commands.console.exit_codes import EXIT_WELL
from intake_bot.config.defaults import init_home
from intake_bot.config.shipped_templates import record_shipped
from intake_bot.errors import own_disk_failures_of
from intake_bot.home.home import Home
from intake_bot.home.lock import only_instance
from intake_bot.home.new_ledger import begin_new_ledger
from intake_bot.home.usable_settings import load_or_last_good


def run(options: argparse.Namespace) -> int:
    """Copies config/ and templates/. Raises ConfigError, and copies nothing, when one of the files exists already."""
    if options.new_ledger:
        return _new_ledger(options.target)
    written = init_home(options.target)
    own = Home(options.target).own_templates
    with own_disk_failures_of(own):
        record_shipped(own, [path.relative_to(own).as_posix() for path in written if path.is_relative_to(own)])
    print(f"已在 {options.target} 放入 {len(written)} 个文件。接下来：")
    print("  1. 修改 config/bureaus/ 里的邮箱、经办人和名册，把不用的教育局文件删掉；")
    print("  2. 按文件里的说明放好邮箱授权码；")
    print(
        f"  3. 运行 intake-bot check --home {options.target}，没有问题后运行 intake-bot run --home {options.target}。"
    )
    return EXIT_WELL


def _new_ledger(root: Path) -> int:
    """Makes a new ledger in this home, which must be one: its configuration is read."""
    home = Home(root)
    zone = load_or_last_good(home).settings.intake.zone
    with only_instance(home):
        made = begin_new_ledger(home, system_clock().astimezone(zone))
    print(f"已另建台账 {home.ledger}，回执编号从 {made.first_receipt} 起，不会和以前的相同。")
    if made.set_aside is not None:
        print(f"原来的文件没有删，改名为 {made.set_aside}。data 里的其他文件都没有动。")
    print("新台账不知道以前的事：还在邮箱里的邮件（最近几天，见 lookback_days）会重新登记、判定、回信。")
    print("不想让学校再收到一遍回信的，请先把教育局文件里的 mode 改成 shadow，再启动收件程序。")
    return EXIT_WELL
