"""Unpacks a winmail.dat: its files, as attachments on disk, and its text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from intake_bot.disk.hashing import HashingWriter
from intake_bot.errors import own_disk_failures_of
from intake_bot.files.archives.tnef import SIGNATURE, Tnef, TnefFile, read_tnef
from intake_bot.files.documents.word.rtf import read_rtf
from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.files.limits import FileLimits
from intake_bot.mail.message import Attachment
from intake_bot.mail.reading.file_names import default_name, shown_name

_CONTENT_TYPE = "application/octet-stream"
_MAXIMUM_CHARACTERS = 500_000


@dataclass(frozen=True)
class Winmail:
    """The attachments, and the body as text and as HTML: each cut at 500,000 characters, and empty if missing."""

    files: tuple[Attachment, ...]
    text: str
    html: str


def is_winmail(path: Path) -> bool:
    """True for a file with the signature of winmail.dat. Raises OSError of our own disk."""
    with path.open("rb") as file:
        return file.read(len(SIGNATURE)) == SIGNATURE


def unpack_winmail(path: Path, folder: Path, maximum_files: int) -> Winmail:
    """Writes the files of a winmail.dat into `folder` under names of our own. Runs in the worker.

    Raises Unreadable for one that is damaged or has more than `maximum_files`, TemporaryFailure when our disk refuses.
    """
    with own_disk_failures_of(folder):
        tnef = read_tnef(path)
        if len(tnef.files) > maximum_files:
            raise Unreadable(Trouble.BOMB)
        folder.mkdir(parents=True, exist_ok=True)
        files = tuple(_write(file, folder, number) for number, file in enumerate(tnef.files, 1))
        return Winmail(files, _read_text(tnef, folder)[:_MAXIMUM_CHARACTERS], tnef.html[:_MAXIMUM_CHARACTERS])


def _read_text(tnef: Tnef, folder: Path) -> str:
    """Returns the text of the body; if it has neither text nor HTML, the text of its RTF."""
    if tnef.text.strip() or tnef.html.strip() or not tnef.rtf:
        return tnef.text
    path = folder / "body.rtf"
    path.write_bytes(tnef.rtf)
    try:
        return read_rtf(path, FileLimits()).text
    except Unreadable:
        return ""


def _write(file: TnefFile, folder: Path, number: int) -> Attachment:
    path = folder / f"{number:04d}"
    with path.open("wb") as target:
        writer = HashingWriter(target)
        for piece in file.pieces():
            writer.write(piece)
    name = shown_name(file.name) or default_name(number, _CONTENT_TYPE)
    return Attachment(name, path, writer.bytes, writer.sha256, _CONTENT_TYPE)
