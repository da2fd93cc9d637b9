"""The configuration and templates that come with the program, and a new home made from them."""

from __future__ import annotations

import shutil
from pathlib import Path

from intake_bot.errors import ConfigError, ConfigFault

_PACKAGE = Path(__file__).resolve().parents[1]
_FOLDERS = ("config", "templates")


def defaults_dir() -> Path:
    """The folder that holds the shipped `config/` and `templates/`: in the wheel, or the root of the checkout."""
    packaged = _PACKAGE / "defaults"
    return packaged if packaged.is_dir() else _PACKAGE.parent


def init_home(target: Path) -> tuple[Path, ...]:
    """Makes a new home in `target` and returns the files written.

    Raises ConfigError, having written nothing, when a file of that name is there already; what else lies in the
    folder is left alone.
    """
    source = defaults_dir()
    wanted = [path.relative_to(source) for folder in _FOLDERS for path in _shipped(source / folder)]
    there = [path for path in wanted if (target / path).exists()]
    if there:
        raise ConfigError(
            tuple(
                ConfigFault(path.as_posix(), 0, 0, "已经有这个文件了，不会覆盖它；请换一个空文件夹。") for path in there
            )
        )
    for path in wanted:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / path, target / path)
    # Mailed material holds names, telephone numbers and faces: for the owner only. Windows takes the rights of the
    # folder above instead.
    (target / "data").mkdir(mode=0o700, exist_ok=True)
    return tuple(target / path for path in wanted)


def _shipped(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")]
