"""The configuration and the letters of a home, looked at before they are used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from intake_bot.config.load import load
from intake_bot.config.nearest import nearest
from intake_bot.config.settings import Settings
from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.home import Home, packaged_templates
from intake_bot.letters.checking import TemplateReport, check_templates
from intake_bot.letters.templates import SUFFIXES


@dataclass(frozen=True)
class Inspection:
    """`settings` is None where the configuration has faults."""

    settings: Settings | None
    faults: tuple[ConfigFault, ...]
    remarks: tuple[ConfigFault, ...]


def inspect(home: Home) -> Inspection:
    """Reads everything under config/, and writes every letter with sample values."""
    report = check_templates(template_sources(home.own_templates), template_sources(packaged_templates()), nearest)
    return _together(home, report)


def template_sources(folder: Path) -> dict[str, bytes]:
    """The templates in a folder as they are written, by name, with slashes; none where there is no such folder."""
    paths = [path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def inspect_edited(home: Home) -> Inspection:
    """The same in little time: letters that came with the program were tried with it, and are not tried again."""
    return inspect(home) if _edited(home.own_templates) else _together(home, TemplateReport((), ()))


def fit_for_work(home: Home) -> Settings:
    """The settings of a home that can work. Raises ConfigError with every fault of configuration and letters: a letter
    that cannot be written would else be found out when a school waits for it."""
    found = inspect_edited(home)
    if found.settings is None or found.faults:
        raise ConfigError(found.faults)
    return found.settings


def _together(home: Home, letters: TemplateReport) -> Inspection:
    try:
        settings = load(home.root)
    except ConfigError as error:
        return Inspection(None, (*error.faults, *letters.faults), letters.remarks)
    return Inspection(settings, letters.faults, (*settings.remarks, *letters.remarks))


def _edited(own: Path) -> bool:
    """True when a file lies there that did not come with the program."""
    packaged = packaged_templates()
    return any(path.is_file() and not _same(path, packaged / path.relative_to(own)) for path in own.rglob("*"))


def _same(path: Path, other: Path) -> bool:
    return other.is_file() and path.read_bytes() == other.read_bytes()
