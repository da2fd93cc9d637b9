"""The format of a backup: a zip with the ledger, the stored files, and a manifest.

    ledger.sqlite3      one snapshot
    files/…             every file in the ledger, with its path below data/files/
    spool/…  digests/…  raw mails that are still needed; the digests as HTML pages
    manifest.json       name, size and SHA-256 of each entry; it is written last, so that half a backup has none

A backup holds the personal data of the mails, but no configuration and no passwords.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from intake_bot.letters.chinese import short_time

LEDGER = "ledger.sqlite3"
MANIFEST = "manifest.json"
FOLDERS = ("files", "spool", "digests")
MAXIMUM_MANIFEST_BYTES = 200_000_000
CHUNK_BYTES = 1 << 20


def _check_name(name: str) -> str:
    """Allows the ledger and paths below FOLDERS that cannot leave them. Raises ValueError for any other name."""
    folder, *rest = name.split("/")
    if name != LEDGER and (folder not in FOLDERS or not rest):
        raise ValueError("not a place in data/")
    if any(part in ("", ".", "..") or re.search(r"[\\:\0]", part) for part in rest):
        raise ValueError("not a plain name")
    return name


class Entry(BaseModel):
    """One file of a backup."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: Annotated[str, AfterValidator(_check_name)]
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """The content of a backup, and when and by which version it was made."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal["intake-bot backup 1"] = "intake-bot backup 1"
    program: str
    made: AwareDatetime
    entries: tuple[Entry, ...]


def open_private(path: Path) -> BinaryIO:
    """Creates a file that only its owner may read (on POSIX). Raises FileExistsError where it exists."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "r+b")


def backup_time_words(made: datetime) -> str:
    """The time of a backup in words: 2023年5月17日 18:00. `made` is in local time."""
    return f"{made.year}年{short_time(made)}"
