"""The settings for commands that look and decide: they go on while somebody edits config/."""

from __future__ import annotations

from dataclasses import dataclass

from intake_bot.config.last_good import LastGood, read_last_good
from intake_bot.config.load import load
from intake_bot.config.settings import Settings
from intake_bot.errors import ConfigError, TemporaryFailure, disk_words
from intake_bot.home.home import Home
from intake_bot.letters.chinese import short_time


@dataclass(frozen=True)
class UsableSettings:
    """`note` says in one line what is wrong with config/ and which copy is used instead; `fault` is the first fault.
    Both are empty where the settings are those of config/."""

    settings: Settings
    note: str = ""
    fault: str = ""


def load_or_last_good(home: Home) -> UsableSettings:
    """The settings of config/; where it has a fault, the last ones that the program worked with.

    Raises ConfigError where none were kept, TemporaryFailure where config/ cannot be read.
    """
    failure: ConfigError | TemporaryFailure
    try:
        return UsableSettings(load(home.root, kept_trees=home.kept_trees))
    except ConfigError as error:
        failure, first, faults = error, str(error.faults[0]), len(error.faults)
    except OSError as error:
        failure, faults = TemporaryFailure(disk_words(home.config, error)), 1
        first = str(failure)
    kept = read_last_good(home.last_good_config, home.root)
    if kept is None:
        raise failure
    return UsableSettings(kept.settings, _note(home, kept, faults, first), first)


def _note(home: Home, kept: LastGood, faults: int, first: str) -> str:
    taken_at = short_time(kept.taken_at.astimezone(kept.settings.intake.zone))
    return (
        f"注意：config 里有 {faults} 处错误（{' '.join(first.split())}），没有采用；"
        f"下面按 {taken_at} 起用的那份没有错的配置（{home.last_good_config}）。运行 intake-bot check 可以看到全部错误"
    )
