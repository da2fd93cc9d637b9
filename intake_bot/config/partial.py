"""The settings after an edit that has faults: those of each bureau without a fault are new, those of the others stay.

A bureau's own files are its file under config/bureaus/, its notices and its roster. A fault in any other file concerns
everybody.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from intake_bot.config.load import ConfigReader
from intake_bot.config.settings import Bureau, Settings
from intake_bot.errors import ConfigError, ConfigFault


@dataclass(frozen=True)
class PartialSettings:
    """`faults` by the id of the bureau whose files have them; such a bureau keeps the settings that it had."""

    settings: Settings
    faults: Mapping[str, tuple[ConfigFault, ...]] = field(default_factory=dict)


def load_sound_parts(home: Path, running: Settings, environ: Mapping[str, str] = os.environ) -> PartialSettings:
    """Reads and checks `home`/config; `running` are the settings that a bureau with a fault keeps. Raises ConfigError,
    with every fault of every file, where one concerns everybody."""
    reader = ConfigReader(home, environ)
    new = reader.read_all()
    faults: dict[str, tuple[ConfigFault, ...]] = {}
    for fault in reader.all_faults:
        owners = frozenset(_owners(fault.file, new)) | frozenset(_owners(fault.file, running))
        if not owners:
            raise ConfigError(reader.all_faults)
        for owner in owners:
            faults[owner] = (*faults.get(owner, ()), fault)
    settings = _merge(new, running, frozenset(faults)) if faults else new
    if len({_place(bureau) for bureau in settings.bureaus}) < len(settings.bureaus):
        raise ConfigError(reader.all_faults)  # one has moved into the mailbox of one that stays
    return PartialSettings(settings, faults)


def _merge(new: Settings, running: Settings, faulty: frozenset[str]) -> Settings:
    def is_faulty(file: str, settings: Settings) -> bool:
        return not faulty.isdisjoint(_owners(file, settings))

    kept = {file: value for file, value in running.values.items() if is_faulty(file, running)}
    rosters = {bureau: text for bureau, text in running.roster_texts.items() if bureau in faulty}
    bureaus = [bureau for bureau in new.bureaus if bureau.id not in faulty]
    notices = [notice for notice in new.notices if notice.bureau not in faulty]
    bureaus += [bureau for bureau in running.bureaus if bureau.id in faulty]
    notices += [notice for notice in running.notices if notice.bureau in faulty]
    return replace(
        new,
        bureaus=tuple(sorted(bureaus, key=lambda bureau: bureau.id)),
        notices=tuple(sorted(notices, key=lambda notice: notice.id)),
        values={file: value for file, value in new.values.items() if not is_faulty(file, new)} | kept,
        roster_texts={name: text for name, text in new.roster_texts.items() if name not in faulty} | rosters,
    )


def _owners(file: str, settings: Settings) -> Iterator[str]:
    """The bureaus whose file it is, as far as these settings know."""
    path = PurePosixPath(file)
    folder = path.parent.as_posix()
    if folder == "config/bureaus":
        yield path.stem
    elif folder == "config/notices":
        bureau = settings.values.get(file, {}).get("bureau")
        if isinstance(bureau, str):
            yield bureau
    for name, values in settings.values.items():
        roster = values.get("roster")
        if name.startswith("config/bureaus/") and isinstance(roster, str) and file in (roster, f"config/{roster}"):
            yield PurePosixPath(name).stem


def _place(bureau: Bureau) -> tuple[str, str, str]:
    imap = bureau.mailbox.imap
    return bureau.mailbox.address.lower(), imap.host.lower(), imap.folder.upper()
