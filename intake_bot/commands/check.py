"""`check`: checks the configuration, and writes every letter with sample values where its templates were edited."""

from __future__ import annotations

import argparse

from intake_bot.commands.console.exit_codes import EXIT_WELL
from intake_bot.commands.console.inspection import inspect
from intake_bot.errors import ConfigError
from intake_bot.home.home import Home

_TRIED = "每一种信都用样例试写过"
_PACKAGED = "用的都是自带的，没有改过"


def run(options: argparse.Namespace) -> int:
    """Prints the remarks. Raises ConfigError with all faults of configuration and letters."""
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
    print(f"信件模板没有问题：{_TRIED if found.letters_rendered else _PACKAGED}。")
    return EXIT_WELL
