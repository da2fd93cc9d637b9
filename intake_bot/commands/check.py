"""`check`: is the configuration right, and can every letter be written?"""

from __future__ import annotations

import argparse

from intake_bot.cli import EXIT_WELL
from intake_bot.commands.inspecting import inspect
from intake_bot.errors import ConfigError
from intake_bot.home import Home


def run(options: argparse.Namespace) -> int:
    """Faults of configuration and letters leave together by ConfigError; remarks are printed."""
    found = inspect(Home(options.home))
    for remark in found.remarks:
        print(f"提示：{remark}")
    if found.settings is None or found.faults:
        raise ConfigError(found.faults)
    units = sum(len(bureau.roster.units) for bureau in found.settings.bureaus)
    print(
        f"配置没有问题：{len(found.settings.bureaus)} 个教育局，{len(found.settings.notices)} 份通知，"
        f"{units} 个报送单位。"
    )
    print("信件模板没有问题：每一种信都用样例试写过。")
    return EXIT_WELL
