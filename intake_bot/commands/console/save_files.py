"""Writes the files that a letter would bring, for whoever sits at the machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from intake_bot.disk.writing import replace_file
from intake_bot.errors import PermanentFailure, disk_words
from intake_bot.mail.smtp.outgoing import AttachedFile


def save_files(files: Iterable[AttachedFile], folder: Path, bureau: str) -> Iterator[Path]:
    """Writes each file into the folder, with the bureau's name before its own, and yields its path. Raises
    PermanentFailure where the disk refuses."""
    for file in files:
        path = folder / f"{bureau}{file.name}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            replace_file(path, file.content)
        except OSError as error:
            raise PermanentFailure(f"写不了 {path}：{disk_words(folder, error)}") from error
        yield path
