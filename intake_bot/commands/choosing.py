"""What several commands ask of their options."""

from __future__ import annotations

import argparse
from datetime import datetime, tzinfo

from intake_bot.clock import Clock, stopped_clock, system_clock
from intake_bot.config.settings import Bureau, Settings
from intake_bot.errors import ConfigError, ConfigFault


def chosen_bureaus(options: argparse.Namespace, settings: Settings) -> tuple[Bureau, ...]:
    """The bureau of `--bureau`, else all. Raises ConfigError when there is none of that name."""
    if options.bureau is None:
        return settings.bureaus
    bureau = settings.bureau(options.bureau)
    if bureau is None:
        known = "、".join(one.id for one in settings.bureaus)
        raise ConfigError((ConfigFault("--bureau", 0, 0, f"没有编号为“{options.bureau}”的教育局，可以写：{known}"),))
    return (bureau,)


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """A moment typed without an offset is meant in the bureau's zone."""
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def clock_of(options: argparse.Namespace, settings: Settings) -> Clock:
    """The clock of `--now`, else the machine's."""
    return stopped_clock(in_zone(options.now, settings.intake.zone)) if options.now else system_clock
