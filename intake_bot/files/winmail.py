"""The files of a winmail.dat, on disk like any other attachments."""

from __future__ import annotations

import hashlib
from pathlib import Path

from intake_bot.disk import disk_words
from intake_bot.errors import TemporaryFailure
from intake_bot.files.facts import Trouble
from intake_bot.files.tnef import TnefFile, tnef_files
from intake_bot.files.zips import Unreadable
from intake_bot.mail.message import Attachment
from intake_bot.mail.names import made_up_name, shown_name

_SIGNATURE = b"\x78\x9f\x3e\x22"
_CONTENT_TYPE = "application/octet-stream"


def is_winmail(path: Path) -> bool:
    """True for a file that begins as winmail.dat does. Raises OSError, of our own disk."""
    with path.open("rb") as file:
        return file.read(len(_SIGNATURE)) == _SIGNATURE


def unpack_winmail(path: Path, folder: Path, most_files: int) -> tuple[Attachment, ...]:
    """Writes its files into `folder` under names of our own. Runs in the worker.

    Raises Unreadable for one that is damaged or has too many files; TemporaryFailure when our disk does not take them.
    """
    files = tnef_files(path)
    if len(files) > most_files:
        raise Unreadable(Trouble.BOMB)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return tuple(_written(file, folder, number) for number, file in enumerate(files, 1))
    except OSError as error:
        raise TemporaryFailure(disk_words(folder, error)) from error


def _written(file: TnefFile, folder: Path, number: int) -> Attachment:
    path = folder / f"{number:04d}"
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as target:
        for piece in file.pieces():
            target.write(piece)
            digest.update(piece)
            size += len(piece)
    name = shown_name(file.name) or made_up_name(number, _CONTENT_TYPE)
    return Attachment(name, path, size, digest.hexdigest(), _CONTENT_TYPE)
