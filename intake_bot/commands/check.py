"""`check`: is the configuration right, and can every letter be written?"""

from __future__ import annotations

import argparse

from intake_bot.cli import EXIT_WELL
from intake_bot.config.load import load
from intake_bot.config.nearest import nearest
from intake_bot.config.settings import Settings
from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.home import Home, packaged_templates
from intake_bot.letters.checking import check_templates


def run(options: argparse.Namespace) -> int:
    """Reads everything under config/, and writes every letter with sample values. Faults of both leave together by
    ConfigError; remarks are printed."""
    home = Home(options.home)
    settings, faults = _settings(home)
    templates = check_templates(home.own_templates, packaged_templates(), nearest)
    for remark in (*(settings.remarks if settings else ()), *templates.remarks):
        print(f"提示：{remark}")
    if settings is None or templates.faults:
        raise ConfigError((*faults, *templates.faults))
    units = sum(len(bureau.roster.units) for bureau in settings.bureaus)
    print(f"配置没有问题：{len(settings.bureaus)} 个教育局，{len(settings.notices)} 份通知，{units} 个报送单位。")
    print("信件模板没有问题：每一种信都用样例试写过。")
    return EXIT_WELL


def _settings(home: Home) -> tuple[Settings | None, tuple[ConfigFault, ...]]:
    try:
        return load(home.root), ()
    except ConfigError as error:
        return None, error.faults
