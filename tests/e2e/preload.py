"""Reads settings and templates when imported: by the fork server, so that its processes have them already."""

from __future__ import annotations

from intake_bot.config.defaults import defaults_dir
from intake_bot.config.load import load
from intake_bot.home.home import Home
from intake_bot.home.letter_templates import home_templates

load(defaults_dir())
home_templates(Home(defaults_dir()))
