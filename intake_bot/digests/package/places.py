"""Where packages are made, and how a finished one is laid where somebody looks for it."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intake_bot.disk.writing import sync_file, sync_folder
from intake_bot.errors import TemporaryFailure, disk_words
from intake_bot.home.home import Home

_LEFT_BEHIND_SECONDS = 24 * 3600
"""Age of a folder that a killed run has left."""
_CHUNK_BYTES = 1 << 20


@contextmanager
def own_folder(home: Home) -> Iterator[Path]:
    """A folder of one run, which nobody else writes into or empties. Raises TemporaryFailure when the disk refuses."""
    root = home.packing
    try:
        root.mkdir(parents=True, exist_ok=True)
        for left in root.iterdir():
            if time.time() - left.stat().st_mtime > _LEFT_BEHIND_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
    except OSError as error:
        raise TemporaryFailure(f"写不了 {root}：{disk_words(root, error)}") from error
    with tempfile.TemporaryDirectory(dir=root, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def lay(source: Path, folder: Path) -> Path:
    """Copies a finished file into a folder, under a name that is free there, where it appears when it is whole; returns
    its path. Raises TemporaryFailure when the disk refuses."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target, number = folder / source.name, 1
        while True:
            try:
                target.touch(exist_ok=False)  # nobody else takes the name meanwhile
                break
            except FileExistsError:
                number += 1
                target = folder / f"{source.stem} ({number}){source.suffix}"
        _copy(source, target)
    except OSError as error:
        raise TemporaryFailure(f"写不了 {folder}：{disk_words(folder, error)}") from error
    return target


def _copy(source: Path, target: Path) -> None:
    """Puts a whole copy into the place of the empty target, which goes when that fails."""
    aside = target.with_name(f".{target.name}.part")
    try:
        with source.open("rb") as reading, aside.open("wb") as writing:
            shutil.copyfileobj(reading, writing, _CHUNK_BYTES)
            sync_file(writing)
        aside.replace(target)
    except OSError:
        target.unlink(missing_ok=True)
        raise
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(target.parent)
