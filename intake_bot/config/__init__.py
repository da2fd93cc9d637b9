"""Reads `config/`, checks everything once, and hands frozen settings to the rooms."""

from intake_bot.config.defaults import defaults_dir, init_home
from intake_bot.config.load import load
from intake_bot.config.settings import (
    Bureau,
    ImapServer,
    IntakeSettings,
    Limits,
    Mailbox,
    Mode,
    Polling,
    Security,
    Sending,
    Server,
    Settings,
)

__all__ = [
    "Bureau",
    "ImapServer",
    "IntakeSettings",
    "Limits",
    "Mailbox",
    "Mode",
    "Polling",
    "Security",
    "Sending",
    "Server",
    "Settings",
    "defaults_dir",
    "init_home",
    "load",
]
