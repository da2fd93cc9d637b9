"""`init`: a new home from the packaged defaults."""

from __future__ import annotations

import argparse

from intake_bot.cli import EXIT_WELL
from intake_bot.config.defaults import init_home


def run(options: argparse.Namespace) -> int:
    """Copies config/ and templates/; what is there already is never overwritten."""
    written = init_home(options.target)
    print(f"已在 {options.target} 放入 {len(written)} 个文件。接下来：")
    print("  1. 修改 config/bureaus/ 里的邮箱、经办人和名册，把不用的教育局文件删掉；")
    print("  2. 按文件里的说明放好邮箱授权码；")
    print(
        f"  3. 运行 intake-bot check --home {options.target}，没有问题后运行 intake-bot run --home {options.target}。"
    )
    return EXIT_WELL
