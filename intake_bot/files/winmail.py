"""The files of a winmail.dat, on disk like any other attachments, and its text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from intake_bot.disk import own_disk_failures_of
from intake_bot.files.facts import Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.rtf import read_rtf
from intake_bot.files.tnef import SIGNATURE, Tnef, TnefFile, read_tnef
from intake_bot.files.zips import Unreadable
from intake_bot.mail.message import Attachment
from intake_bot.mail.names import made_up_name, shown_name

_CONTENT_TYPE = "application/octet-stream"
_LONGEST = 500_000


@dataclass(frozen=True)
class Winmail:
    """The attachments, and the body as a mail has it: as text and as HTML, each empty where there is none, and cut at
    500 000 signs."""

    files: tuple[Attachment, ...]
    text: str
    html: str


def is_winmail(path: Path) -> bool:
    """True for a file that begins as winmail.dat does. Raises OSError, of our own disk."""
    with path.open("rb") as file:
        return file.read(len(SIGNATURE)) == SIGNATURE


def unpack_winmail(path: Path, folder: Path, most_files: int) -> Winmail:
    """Writes its files into `folder` under names of our own. Runs in the worker.

    Raises Unreadable for one that is damaged or has too many files; TemporaryFailure when our disk does not take them.
    """
    with own_disk_failures_of(folder):
        tnef = read_tnef(path)
        if len(tnef.files) > most_files:
            raise Unreadable(Trouble.BOMB)
        folder.mkdir(parents=True, exist_ok=True)
        files = tuple(_written(file, folder, number) for number, file in enumerate(tnef.files, 1))
        return Winmail(files, _text(tnef, folder)[:_LONGEST], tnef.html[:_LONGEST])


def _text(tnef: Tnef, folder: Path) -> str:
    """The text; where there is none and no HTML either, that of the RTF."""
    if tnef.text.strip() or tnef.html.strip() or not tnef.rtf:
        return tnef.text
    path = folder / "body.rtf"
    path.write_bytes(tnef.rtf)
    try:
        return read_rtf(path, FileLimits()).text
    except Unreadable:
        return ""


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
