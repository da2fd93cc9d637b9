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
from pathlib import Path

from intake_bot.disk import own_disk_failures_of, sync_folder
from intake_bot.mail.message import Attachment

_LONGEST_NAME_BYTES = 120
_LONGEST_EXTENSION_BYTES = 20
_NAMELESS = "无名"
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control signs, bidi overrides and other signs without width, half characters, line ends."""
_NUMBER = re.compile(r" \((\d{1,9})\)\Z")
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
        place = Path(*(safe_name(part) for part in (bureau, day.isoformat(), unit, receipt)))
        folder = self._root / place
        with own_disk_failures_of(folder):
            folder.mkdir(parents=True, exist_ok=True)
            shelf = _Shelf(folder)
            kept = tuple(self._keep(file, shelf) for file in files)
            for level in (place, *place.parents):
                sync_folder(self._root / level)
        return kept

    def _keep(self, file: Attachment, shelf: _Shelf) -> Kept:
        place = shelf.place(file)
        if not place.exists():
            _bring(file.path, place.parent / f".incoming-{file.sha256[:16]}", place)
        return Kept(file.name, place.relative_to(self._root).as_posix(), file.bytes, file.sha256)


class _Shelf:
    """One folder, looked at once: a mail may bring a thousand files of one name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: set[str] = set()
        self._unread: dict[int, list[Path]] = {}
        """Files that were there before, by their size, until their content is asked for."""
        self._read: dict[str, list[Path]] = {}
        """By the SHA-256 of their content."""
        self._next: dict[str, int] = {}
        """By name, the first number that may be free."""
        for path in folder.iterdir():
            self._names.add(_folded(path.name))
            self._unread.setdefault(path.stat().st_size, []).append(path)

    def place(self, file: Attachment) -> Path:
        """Where the file is already, else the first free name, which is taken by it from now on. Names that differ
        only by case are taken as one."""
        name = safe_name(file.name)
        for path in self._unread.pop(file.bytes, ()):
            self._read.setdefault(_sha256(path), []).append(path)
        same = (path for path in self._read.get(file.sha256, ()) if _is_called(path.name, name))
        found = next(same, None)
        return found or self._new(name, file)

    def _new(self, name: str, file: Attachment) -> Path:
        number = self._next.get(_folded(name), 1)
        while _folded(_numbered(name, number)) in self._names:
            number += 1
        self._next[_folded(name)] = number + 1
        path = self._folder / _numbered(name, number)
        self._names.add(_folded(path.name))
        self._read.setdefault(file.sha256, []).append(path)
        return path


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


def _is_called(there: str, name: str) -> bool:
    """Whether a file has this name, with a number or without."""
    number = _NUMBER.search(_split(there)[0])
    return _folded(there) in {_folded(name), _folded(_numbered(name, int(number[1]) if number else 1))}


def _numbered(name: str, number: int) -> str:
    if number == 1:
        return name
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
