"""Does when imported what each process would do for itself: by the fork server, so that its processes have it already.

Reads settings, compiles all letters, and imports what commands import with the first mail, order or digest."""

from __future__ import annotations

from intake_bot.config.defaults import defaults_dir, packaged_templates
from intake_bot.config.load import load
from intake_bot.letters.templates import read_templates
from intake_bot.service.daemon import import_the_rest

load(defaults_dir())
read_templates([packaged_templates()])
import_the_rest()
