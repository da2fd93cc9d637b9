"""`check`: is the configuration right?"""

from __future__ import annotations

import argparse

from intake_bot.cli import EXIT_WELL
from intake_bot.config.load import load
from intake_bot.home import Home


def run(options: argparse.Namespace) -> int:
    """Reads everything under config/ and templates/. Faults leave by ConfigError; remarks are printed."""
    home = Home(options.home)
    settings = load(home.root)
    home.templates()
    for remark in settings.remarks:
        print(f"提示：{remark}")
    units = sum(len(bureau.roster.units) for bureau in settings.bureaus)
    print(f"配置没有问题：{len(settings.bureaus)} 个教育局，{len(settings.notices)} 份通知，{units} 个报送单位。")
    return EXIT_WELL
