"""Looks up the bureaus and the clock that a command's options name."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime, tzinfo

from intake_bot.clock import Clock, stopped_clock, system_clock
from intake_bot.config.settings import Bureau, Settings
from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.home.usable_settings import UsableSettings


def chosen_bureaus(options: argparse.Namespace, settings: Settings) -> tuple[Bureau, ...]:
    """The bureau of `--bureau`, else all bureaus. Raises ConfigError when none has that id."""
    if options.bureau is None:
        return settings.bureaus
    bureau = settings.bureau(options.bureau)
    if bureau is None:
        known = "、".join(one.id for one in settings.bureaus)
        raise ConfigError((ConfigFault("--bureau", 0, 0, f"没有编号为“{options.bureau}”的教育局，可以写：{known}"),))
    return (bureau,)


def only_bureau(options: argparse.Namespace, settings: Settings) -> Bureau:
    """The bureau of `--bureau`, else the only one there is. Raises ConfigError where there are several."""
    bureaus = chosen_bureaus(options, settings)
    if len(bureaus) == 1:
        return bureaus[0]
    known = "、".join(one.id for one in bureaus)
    raise ConfigError((ConfigFault("--bureau", 0, 0, f"一次只能做一个教育局的，请写明是哪一个：{known}"),))


def in_zone(time: datetime, zone: tzinfo) -> datetime:
    """The time in this zone; a time without an offset is local time there."""
    return time.replace(tzinfo=zone) if time.tzinfo is None else time.astimezone(zone)


def clock_of(options: argparse.Namespace, settings: Settings) -> Clock:
    """A clock that stands at `--now`, else the machine's clock."""
    return stopped_clock(in_zone(options.now, settings.intake.zone)) if options.now else system_clock


def print_note(usable: UsableSettings) -> None:
    """Says on stderr that config/ has a fault and which copy is used; nothing where it has none."""
    if usable.note:
        print(usable.note, file=sys.stderr)
