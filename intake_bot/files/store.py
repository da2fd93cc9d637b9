"""The store: what schools sent, in folders that a clerk can open.

`<root>/<bureau>/<day>/<unit>/<receipt>/<original name>`, with every name safe on every file system.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

from intake_bot.disk import disk_words
from intake_bot.errors import TemporaryFailure
from intake_bot.mail.message import Attachment

_LONGEST_NAME_BYTES = 120
_LONGEST_EXTENSION_BYTES = 20
_NAMELESS = "无名"
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control signs, bidi overrides and other signs without width, half characters, line ends."""
_DEVICES = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])(?: *\.| *$)", re.I)
"""Names that Windows gives to devices, whatever extension follows."""


@dataclass(frozen=True)
class Kept:
    """One file in the store."""

    name: str
    """As the school gave it."""
    path: str
    """Where it is, relative to the store's root, with `/` on every system."""
    bytes: int
    sha256: str


class Store:
    """Keeps files under `root`. Nothing in it is ever overwritten or deleted by the robot."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def keep(self, bureau: str, day: date, unit: str, receipt: str, files: Sequence[Attachment]) -> tuple[Kept, ...]:
        """Puts the files of one submission in their place, safe against a power cut once it returns.

        Members of archives are not kept apart: the archive is. May be repeated: the same content under the same name
        is the same file; another content gets `name (2).jpg`. Raises TemporaryFailure when the disk refuses.
        """
        folder = self._root.joinpath(*(safe_name(part) for part in (bureau, day.isoformat(), unit, receipt)))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            kept = tuple(self._keep(file, folder) for file in files)
            for place in (folder, *folder.relative_to(self._root).parents):
                _sync_folder(self._root / place)
        except OSError as error:
            raise TemporaryFailure(disk_words(folder, error)) from error
        return kept

    def _keep(self, file: Attachment, folder: Path) -> Kept:
        place = _place(file, folder)
        if not place.exists():
            _bring(file.path, folder / f".incoming-{file.sha256[:16]}", place)
        return Kept(file.name, place.relative_to(self._root).as_posix(), file.bytes, file.sha256)


def _place(file: Attachment, folder: Path) -> Path:
    """Where the file is already, else the first free name. Names that differ only by case are taken as one."""
    present = {_folded(path.name): path for path in folder.iterdir()}
    for number in count(1):
        name = safe_name(file.name) if number == 1 else _numbered(safe_name(file.name), number)
        found = present.get(_folded(name))
        if found is None:
            return folder / name
        if found.stat().st_size == file.bytes and _sha256(found) == file.sha256:
            return found
    raise AssertionError("there is no last number")


def _folded(name: str) -> str:
    """What Windows and macOS compare names by."""
    return unicodedata.normalize("NFC", name).casefold()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _bring(source: Path, aside: Path, place: Path) -> None:
    """A hard link where the file system has them, so that 200 MB are not written twice; else a copy.

    The source stays: a run that is repeated after a crash finds it again. Nobody writes to a source once it
    is decoded, so the shared content is safe; and the source goes when its mail is done.
    """
    aside.unlink(missing_ok=True)
    try:
        try:
            os.link(source, aside)
        except OSError:  # another disk, or a file system without links
            shutil.copyfile(source, aside)
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        aside.replace(place)
    except OSError:
        # Half a file is nothing for a clerk to find. On a disk that became read-only it stays until the next try.
        with suppress(OSError):
            aside.unlink()
        raise


def _sync_folder(folder: Path) -> None:
    """Makes the new names survive a power cut. Windows cannot open a folder, and does this by itself."""
    with suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def safe_name(name: str) -> str:
    """A name for a file or folder that every file system takes, as close to the given one as can be; never empty.

    At most 120 bytes of UTF-8 (a byte limit on Linux, and room for the path on Windows); the extension stays.
    """
    seen = "".join(sign for sign in name if unicodedata.category(sign) not in _UNSEEN_CATEGORIES)
    plain = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", seen)).lstrip(" .\u3000").rstrip(" .\u3000")
    if _DEVICES.match(plain):
        plain = f"_{plain}"
    stem, extension = _split(plain)
    return _fitted(stem, extension) or _NAMELESS


def _numbered(name: str, number: int) -> str:
    stem, extension = _split(name)
    return _fitted(stem, f" ({number}){extension}")


def _split(name: str) -> tuple[str, str]:
    """Stem and extension. What is too long for an extension is none."""
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode()) >= _LONGEST_EXTENSION_BYTES:
        return name, ""
    return stem, dot + extension


def _fitted(stem: str, ending: str) -> str:
    most = _LONGEST_NAME_BYTES - len(ending.encode())
    cut = stem.encode()[:most].decode("utf-8", "ignore")
    return (cut if cut == stem else cut.rstrip(" .\u3000")) + ending
