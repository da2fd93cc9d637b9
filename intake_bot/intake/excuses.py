"""Attempts that the ledger could not take back, noted as empty files until it can.

A file without content can be made on a disk that is full, and while another program holds the ledger.
"""

from __future__ import annotations

import logging
from pathlib import Path

log = logging.getLogger(__name__)


class Excuses:
    """The ids of the mails whose last attempt is not to count."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __contains__(self, message: int) -> bool:
        return self._path(message).exists()

    def add(self, message: int) -> None:
        """Notes it; a disk that takes not even that is logged."""
        try:
            self._folder.mkdir(exist_ok=True)
            self._path(message).touch()
        except OSError as error:
            log.warning("attempt not excused message=%d: %s", message, error)

    def remove(self, message: int) -> None:
        """Raises OSError when the disk refuses."""
        self._path(message).unlink(missing_ok=True)

    def _path(self, message: int) -> Path:
        return self._folder / str(message)
