"""The store: the files of the schools, in folders that a clerk can open.

A file is at `<root>/<bureau>/<day>/<unit>/<receipt>/<original name>`. Every name is safe on every file system.
"""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from intake_bot.disk.hashing import sha256_of
from intake_bot.disk.wave import Wave
from intake_bot.errors import own_disk_failures_of
from intake_bot.mail.message import Attachment

_LONGEST_NAME_BYTES = 120
_LONGEST_EXTENSION_BYTES = 20
_NAMELESS = "无名"
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control characters, bidi overrides and other characters without width, surrogates, line ends."""
_NUMBER = re.compile(r" \((\d{1,9})\)\Z")
_DEVICES = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])(?: *\.| *$)", re.I)
"""Names of Windows devices, which no extension makes usable."""


@dataclass(frozen=True)
class StoredFile:
    """One file in the store."""

    name: str
    """The name as the school gave it."""
    path: str
    """Path relative to the root of the store, with `/` on every system."""
    bytes: int
    sha256: str


class Store:
    """Keeps files under `root`. Files there are never overwritten or deleted."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._wave: Wave | None = None

    @contextmanager
    def together(self) -> Iterator[None]:
        """The files that are kept within the block are at their places, and durable, when it ends; when it raises, they
        need not be."""
        self._wave = wave = Wave()
        try:
            yield
            with own_disk_failures_of(self._root):
                wave.finish()
        finally:
            self._wave = None
            wave.discard()

    def keep(
        self, bureau: str, day: date, unit: str, receipt: str, files: Sequence[Attachment]
    ) -> tuple[StoredFile, ...]:
        """Stores the files of one submission; they survive a power cut once this returns.

        May be repeated: the same content under the same name is stored once, another content under that name becomes
        `name (2).jpg`. Archives are stored as they came, without their members. Raises TemporaryFailure when the
        disk refuses.
        """
        place = Path(*(safe_name(part) for part in (bureau, day.isoformat(), unit, receipt)))
        folder = self._root / place
        wave = self._wave or Wave()
        with own_disk_failures_of(folder):
            folder.mkdir(parents=True, exist_ok=True)
            stored = _Folder(folder)
            try:
                kept = tuple(self._keep(file, stored, wave) for file in files)
                for level in (place, *place.parents):
                    wave.add_folder(self._root / level)
                if wave is not self._wave:
                    wave.finish()
            except OSError:
                # A clerk must not find half a file.
                wave.discard()
                raise
        return kept

    def _keep(self, file: Attachment, stored: _Folder, wave: Wave) -> StoredFile:
        place = stored.find_or_reserve(file)
        if not place.exists() and (aside := stored.find_aside(file, place)) is not None:
            _link_or_copy(file.path, aside)
            wave.add(aside, place)
        return StoredFile(file.name, place.relative_to(self._root).as_posix(), file.bytes, file.sha256)


class _Folder:
    """One folder of the store, listed once: a mail may bring a thousand files of one name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: set[str] = set()
        self._by_size: dict[int, list[Path]] = {}
        """Existing files by size, until their content is needed."""
        self._by_sha256: dict[str, list[Path]] = {}
        """Files by the SHA-256 of their content."""
        self._next_numbers: dict[str, int] = {}
        """The first number that may be free, by name."""
        self._asides: dict[str, int] = {}
        self._filled: set[Path] = set()
        for path in folder.iterdir():
            self._names.add(_fold_name(path.name))
            self._by_size.setdefault(path.stat().st_size, []).append(path)

    def find_or_reserve(self, file: Attachment) -> Path:
        """Returns the path of the same file if it is there, else the first free path, and reserves it.

        Names that differ only by case are one name.
        """
        name = safe_name(file.name)
        for path in self._by_size.pop(file.bytes, ()):
            self._by_sha256.setdefault(sha256_of(path), []).append(path)
        same = (path for path in self._by_sha256.get(file.sha256, ()) if _is_called(path.name, name))
        found = next(same, None)
        return found or self._reserve(name, file)

    def find_aside(self, file: Attachment, place: Path) -> Path | None:
        """A temporary name, the same whenever the same files are kept here again; None where the place has got its file
        already, which another rename would leave aside."""
        if place in self._filled:
            return None
        self._filled.add(place)
        times = self._asides[file.sha256] = self._asides.get(file.sha256, 0) + 1
        return self._folder / f".incoming-{_add_number(file.sha256[:16], times)}"

    def _reserve(self, name: str, file: Attachment) -> Path:
        number = self._next_numbers.get(_fold_name(name), 1)
        while _fold_name(_add_number(name, number)) in self._names:
            number += 1
        self._next_numbers[_fold_name(name)] = number + 1
        path = self._folder / _add_number(name, number)
        self._names.add(_fold_name(path.name))
        self._by_sha256.setdefault(file.sha256, []).append(path)
        return path


def _fold_name(name: str) -> str:
    """Returns the form in which Windows and macOS compare names."""
    return unicodedata.normalize("NFC", name).casefold()


def _link_or_copy(source: Path, aside: Path) -> None:
    """Puts the source `aside`: as a hard link where the file system has them, else as a copy.

    The source stays, so that a run repeated after a crash finds it again. Decoded files are never written to, so the
    link can share their content.
    """
    aside.unlink(missing_ok=True)
    try:
        os.link(source, aside)
    except OSError:  # another disk, or a file system without links
        try:
            shutil.copyfile(source, aside)
        except OSError:
            with suppress(OSError):
                aside.unlink()
            raise


def safe_name(name: str) -> str:
    """Returns the closest name for a file or folder that every file system accepts; never an empty one.

    It has at most 120 bytes in UTF-8, because Linux limits the bytes of a name and Windows those of a path. The
    extension is kept.
    """
    visible = "".join(character for character in name if unicodedata.category(character) not in _INVISIBLE_CATEGORIES)
    plain = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", visible)).lstrip(" .\u3000").rstrip(" .\u3000")
    if _DEVICES.match(plain):
        plain = f"_{plain}"
    stem, extension = _split_extension(plain)
    return _fit(stem, extension) or _NAMELESS


def _is_called(there: str, name: str) -> bool:
    """True when an existing file has this name, with or without a number."""
    number = _NUMBER.search(_split_extension(there)[0])
    return _fold_name(there) in {_fold_name(name), _fold_name(_add_number(name, int(number[1]) if number else 1))}


def _add_number(name: str, number: int) -> str:
    if number == 1:
        return name
    stem, extension = _split_extension(name)
    return _fit(stem, f" ({number}){extension}")


def _split_extension(name: str) -> tuple[str, str]:
    """Returns stem and extension. A text of 20 bytes or more behind the last dot is no extension."""
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode()) >= _LONGEST_EXTENSION_BYTES:
        return name, ""
    return stem, dot + extension


def _fit(stem: str, ending: str) -> str:
    most = _LONGEST_NAME_BYTES - len(ending.encode())
    cut = stem.encode()[:most].decode("utf-8", "ignore")
    return (cut if cut == stem else cut.rstrip(" .\u3000")) + ending
