"""A file that one process writes while another one reads it already.

Whoever writes holds a lock on the file until it is closed, or its process ends. Windows and some shares have no such
lock: there a file is read once it is whole.
"""

from __future__ import annotations

import sys
import time
from typing import IO

if sys.platform != "win32":
    import fcntl

_LOOK_SECONDS = 0.005


def mark_growing(file: IO[bytes]) -> bool:
    """Marks a file that is open for writing, until it is closed. False where that cannot be done."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_growing(file: IO[bytes]) -> bool:
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.flock(file, fcntl.LOCK_UN)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


class GrowingFile:
    """Reads a file from where it stands. At its end it waits for more as long as another process writes, but for no
    more than `patience` seconds since it was opened; the end is then for good."""

    def __init__(self, file: IO[bytes], patience: float) -> None:
        self._file = file
        self._until = time.monotonic() + patience
        self._has_ended = False
        self.bytes = 0
        """What was read so far."""

    def read(self, size: int) -> bytes:
        """The next bytes, at most so many; empty at the end. Raises OSError."""
        while not self._has_ended:
            may_grow = _is_growing(self._file) and time.monotonic() < self._until
            if block := self._file.read(size):
                self.bytes += len(block)
                return block
            if may_grow:
                time.sleep(_LOOK_SECONDS)
            else:
                self._has_ended = True
        return b""
