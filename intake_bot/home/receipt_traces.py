"""Receipt numbers that were given out, as far as other places than the ledger know them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from intake_bot.home.home import Home
from intake_bot.ledger.inspection import last_number
from intake_bot.ledger.values.receipt import read_receipt

_LEVELS_ABOVE_RECEIPT = 3
"""data/files/<bureau>/<day>/<unit>/<receipt>/."""
_IN_LOG = re.compile(r"receipt=([1-9][0-9]{3,8}-[0-9])\b")
_IN_PAGE = re.compile(r"(?<![0-9-])([1-9][0-9]{3,8}-[0-9])(?![0-9-])")
_MOST_MAILS = 100_000
"""Digests quote strangers: a number in one is believed up to so many above what our own places know."""


def highest_stored_number(home: Home) -> int:
    """The highest receipt number, without its check digit, that has a folder in the store; 0 where there is none."""
    return max(_numbers(name for name in _folders(home.files, _LEVELS_ABOVE_RECEIPT)), default=0)


def highest_known_number(home: Home) -> int:
    """The highest receipt number, without its check digit, that anything in data/ speaks of: the store, the log, the
    health file, ledgers (this one, and those that were set aside), and the digests."""
    known = max(
        highest_stored_number(home),
        max(_numbers(_in_logs(home.logs)), default=0),
        max(_numbers(_in_health(home.health)), default=0),
        max((last_number(path) for path in home.data.glob("ledger*.sqlite3")), default=0),
        1000,
    )
    pages = (number for number in _numbers(_in_pages(home.digests)) if number <= known + _MOST_MAILS)
    return max(known, max(pages, default=0))


def _numbers(receipts: Iterator[str]) -> Iterator[int]:
    """Those with a right check digit."""
    for receipt in receipts:
        number, dash, _ = receipt.partition("-")
        if dash and read_receipt(receipt) == receipt:
            yield int(number)


def _folders(folder: Path, levels: int) -> Iterator[str]:
    """Names of the folders so many levels below."""
    try:
        with os.scandir(folder) as entries:
            below = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return
    for entry in below:
        if levels:
            yield from _folders(Path(entry.path), levels - 1)
        else:
            yield entry.name


def _in_logs(folder: Path) -> Iterator[str]:
    for path in folder.glob("*.log*"):
        yield from _IN_LOG.findall(_text(path))


def _in_pages(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.html"):
        yield from _IN_PAGE.findall(_text(path))


def _in_health(path: Path) -> Iterator[str]:
    try:
        yield str(json.loads(_text(path)).get("last_receipt", ""))
    except (ValueError, AttributeError):
        return


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
