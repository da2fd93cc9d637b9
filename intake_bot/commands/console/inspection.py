"""Checks the configuration and the letters of a home before they are used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from intake_bot.config.defaults import packaged_templates
from intake_bot.config.load import load
from intake_bot.config.nearest import find_nearest
from intake_bot.config.partial import PartialSettings, load_sound_parts
from intake_bot.config.settings import Settings
from intake_bot.config.shipped_templates import find_edited
from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.home.home import Home

if TYPE_CHECKING:
    from intake_bot.letters.template_check.check import TemplateReport


@dataclass(frozen=True)
class Inspection:
    """`settings` is None where the configuration has faults."""

    settings: Settings | None
    faults: tuple[ConfigFault, ...]
    remarks: tuple[ConfigFault, ...]
    letters_rendered: bool
    """False where the letters are the packaged ones, which are tested before a release."""


def inspect(home: Home) -> Inspection:
    """Reads everything under config/, and renders every letter with sample values where an admin edited one."""
    edited = find_edited(home.own_templates)
    if not edited:
        return _inspect_with(home, None)
    # Here and not above: the samples and Jinja2 take longer than all of config/.
    from intake_bot.letters.template_check.check import check_templates

    own, packaged = read_template_sources(home.own_templates), read_template_sources(packaged_templates())
    used = {name: raw for name, raw in own.items() if name in edited or packaged.get(name) == raw}
    return _inspect_with(home, check_templates(used, packaged, find_nearest))


def read_template_sources(folder: Path) -> dict[str, bytes]:
    """The templates of a folder in bytes, by name, with slashes; empty where there is no such folder."""
    from intake_bot.letters.templates import SUFFIXES

    paths = [path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def load_usable_settings(home: Home) -> Settings:
    """The settings of a home. Raises ConfigError with every fault of configuration and letters, so that no broken
    letter is found only when a school waits for it."""
    found = inspect(home)
    if found.settings is None or found.faults:
        raise ConfigError(found.faults)
    return found.settings


def load_usable_parts(home: Home, running: Settings) -> PartialSettings:
    """The settings after an edit; a bureau whose own files have a fault keeps the `running` ones. Raises ConfigError
    for faults of letters, and those that concern everybody."""
    found = inspect(home)
    if found.settings is not None and not found.faults:
        return PartialSettings(found.settings)
    if any(not fault.file.startswith("config/") for fault in found.faults):
        raise ConfigError(found.faults)
    return load_sound_parts(home.root, running)


def _inspect_with(home: Home, letters: TemplateReport | None) -> Inspection:
    faults, remarks = (letters.faults, letters.remarks) if letters else ((), ())
    try:
        settings = load(home.root, kept_trees=home.kept_trees)
    except ConfigError as error:
        return Inspection(None, (*error.faults, *faults), remarks, letters is not None)
    return Inspection(settings, faults, (*settings.remarks, *remarks), letters is not None)
