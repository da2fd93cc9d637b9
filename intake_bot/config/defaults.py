"""The configuration and templates that come with the program. A new home is a copy of them."""

from __future__ import annotations

import shutil
from pathlib import Path

from intake_bot.errors import ConfigError, ConfigFault, TemporaryFailure, disk_words

_PACKAGE = Path(__file__).resolve().parents[1]
_FOLDERS = ("config", "templates")


def defaults_dir() -> Path:
    """Returns the folder with the shipped `config/` and `templates/`: in the wheel, or the root of the checkout."""
    packaged = _PACKAGE / "defaults"
    return packaged if packaged.is_dir() else _PACKAGE.parent


def packaged_templates() -> Path:
    """The letters that come with the program."""
    return defaults_dir() / "templates"


def init_home(target: Path) -> tuple[Path, ...]:
    """Makes a new home in `target` and returns the files written. Other files in the folder stay as they are.

    Raises ConfigError, before writing anything, when one of the files exists. Raises TemporaryFailure when the folder
    cannot be made.
    """
    source = defaults_dir()
    wanted = [path.relative_to(source) for folder in _FOLDERS for path in _list_shipped(source / folder)]
    there = [path for path in wanted if (target / path).exists()]
    if there:
        more = f"（这样的文件共 {len(there)} 个）" if len(there) > 1 else ""
        words = f"已经有这个文件了{more}，不会覆盖它；请换一个空文件夹。"
        raise ConfigError((ConfigFault(there[0].as_posix(), 0, 0, words),))
    try:
        for path in wanted:
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / path, target / path)
        # Mailed material contains names, telephone numbers and faces: for the owner only. Windows uses the rights of
        # the parent folder instead.
        (target / "data").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise TemporaryFailure(f"建不了工作目录：{disk_words(target, error)}") from error
    return tuple(target / path for path in wanted)


def _list_shipped(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")]
