"""The last configuration without a fault, kept in one file under data/ for the commands that only look and decide.

It holds the values of the files and not their text: a comment, where somebody noted the 授权码, is not copied, and
neither is the address that a monitor gave. No value is a secret: a bureau's file only names where its secret is.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from intake_bot import __version__
from intake_bot.config.load import load
from intake_bot.config.settings import Settings
from intake_bot.disk.writing import sync_file
from intake_bot.errors import ConfigError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LastGood:
    """Settings read from the copy. `taken_at` (aware) is when they were first in use."""

    settings: Settings
    taken_at: datetime


def keep_last_good(settings: Settings, path: Path, now: datetime) -> None:
    """Keeps these settings in the file `path`, in one step, where they differ from what it holds.

    A failure is logged and stops nothing: the copy is for a day on which config/ has a fault.
    """
    # Settings that are kept already are recognised by this: to write all of them as YAML takes longer.
    mark = _sha256((__version__, sorted(settings.values.items()), sorted(settings.roster_texts.items())))
    try:
        if (mark, _sha256(_read(path)[1])) == _read_marks(path):
            return
    except (OSError, ValueError):
        pass  # there is none yet, or not a whole one
    aside = path.with_name(f"{path.name}.new")
    try:
        # Addresses of people stand in the rosters.
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            files = _files(settings)
            content = {"taken_at": now.isoformat(), "made_of": mark, "sha256": _sha256(files), "files": files}
            file.write(json.dumps(content, ensure_ascii=False).encode())
            sync_file(file)
        aside.replace(path)
    except (OSError, UnicodeEncodeError) as error:
        log.warning("last good configuration not kept: %s", error)


def read_last_good(path: Path, home: Path) -> LastGood | None:
    """The settings that were kept, as those of `home`; None where none were, or this version cannot read them."""
    try:
        taken_at, files = _read(path)
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                target = Path(folder, *name.split("/"))
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            return LastGood(replace(load(Path(folder)), home=home), taken_at)
    except (OSError, ValueError, ConfigError):
        return None


def _sha256(content: object) -> str:
    return hashlib.sha256(repr(content).encode("utf-8", "backslashreplace")).hexdigest()


def _read_marks(path: Path) -> tuple[object, object]:
    """Of the settings that the file was made of, and of the files in it as they were written."""
    found = json.loads(path.read_bytes())
    return found.get("made_of"), found.get("sha256")


def _read(path: Path) -> tuple[datetime, dict[str, str]]:
    """Raises OSError and ValueError."""
    found = json.loads(path.read_bytes())
    try:
        files = {str(name): str(text) for name, text in found["files"].items()}
        taken_at = datetime.fromisoformat(found["taken_at"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a kept configuration") from error
    if taken_at.tzinfo is None or any(".." in name.split("/") or ":" in name or "\\" in name for name in files):
        raise ValueError("not a kept configuration")
    return taken_at, files


def _files(settings: Settings) -> dict[str, str]:
    """Name below the home → content, of everything that `load` read."""
    files = {f"config/rosters/{bureau}.csv": text for bureau, text in settings.roster_texts.items()}
    for name, values in settings.values.items():
        files[name] = _dump(_without_private_values(name, values, settings.roster_texts))
    return files


def _without_private_values(
    name: str, values: Mapping[str, object], rosters: Mapping[str, str]
) -> Mapping[str, object]:
    folder, _, file = name.removeprefix("config/").rpartition("/")
    bureau = file.rpartition(".")[0]
    if folder == "bureaus" and bureau in rosters:
        return {**values, "roster": f"rosters/{bureau}.csv"}
    # Whoever knows the address can report to the monitor in our name.
    return {key: value for key, value in values.items() if key != "health"} if not folder else values


def _dump(values: Mapping[str, object]) -> str:
    from ruamel.yaml import YAML  # seldom needed

    writer = YAML(typ="safe", pure=True)
    writer.width = 1_000_000  # a folded line is another text
    writer.allow_unicode = True
    writer.representer.sort_base_mapping_type_on_output = False
    text = io.StringIO()
    writer.dump(dict(values), text)
    return text.getvalue()
