"""SHA-256 of files: while one is written, or of one that exists."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import IO


class HashingWriter:
    """Writes blocks to a file, and keeps the size and the SHA-256 of what it wrote. The caller opens and closes it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.bytes = 0

    def write(self, block: bytes) -> None:
        """Appends a block. Raises OSError when the disk does not take it."""
        self._file.write(block)
        self._digest.update(block)
        self.bytes += len(block)

    @property
    def sha256(self) -> str:
        """Of all blocks so far, hexadecimal."""
        return self._digest.hexdigest()


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, hexadecimal, read in blocks. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
