"""What a backup is: a zip with the ledger, the files, and a manifest of all of it.

    ledger.sqlite3      one snapshot
    files/…             every file that it speaks of, where it lies in data/files/
    spool/…  digests/…  raw mails that are still needed; the digests as pages
    manifest.json       name, size and SHA-256 of each of these; it comes last, so that half a backup has none

Nothing in it is secret to its owner, and all of it is to everybody else: configuration and passwords are not in it.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

LEDGER = "ledger.sqlite3"
MANIFEST = "manifest.json"
FOLDERS = ("files", "spool", "digests")
MOST_MANIFEST_BYTES = 200_000_000
CHUNK_BYTES = 1 << 20


def _safe(name: str) -> str:
    """Only the ledger, and what lies in one of the folders, under names that lead nowhere else."""
    folder, *rest = name.split("/")
    if name != LEDGER and (folder not in FOLDERS or not rest):
        raise ValueError("not a place in data/")
    if any(part in ("", ".", "..") or re.search(r"[\\:\0]", part) for part in rest):
        raise ValueError("not a plain name")
    return name


class Entry(BaseModel):
    """One file of a backup."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: Annotated[str, AfterValidator(_safe)]
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """What a backup holds, and when it was made."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal["intake-bot backup 1"] = "intake-bot backup 1"
    program: str
    made: AwareDatetime
    entries: tuple[Entry, ...]


def open_private(path: Path) -> BinaryIO:
    """A new file that only its owner may read, where the system knows such a mode."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "r+b")


def local_words(made: datetime) -> str:
    """When it was made, for an admin: 2023年5月17日 18:00."""
    return f"{made.year}年{made.month}月{made.day}日 {made:%H:%M}"
