"""Before anybody begins to work: is the ledger the one to which the other things in data/ belong?

A program that begins with another ledger would register all mail once more, answer it once more, and give receipt
numbers a second time.
"""

from __future__ import annotations

import logging
from datetime import datetime

from intake_bot.errors import LedgerLost, own_disk_failures_of
from intake_bot.home.home import Home
from intake_bot.home.receipt_traces import highest_stored_number
from intake_bot.ledger.inspection import LedgerKind, inspect_ledger
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.upkeep import SIDE_FILE_ENDINGS

log = logging.getLogger(__name__)

_WRONG = {
    LedgerKind.MISSING: "台账不见了",
    LedgerKind.EMPTY: "台账是空的",
    LedgerKind.FOREIGN: "台账的位置上是别的数据库，或者缺了收件程序的表",
    LedgerKind.UNUSED: "台账是新的，一封邮件也没有登记过",
}


def require_ledger(home: Home) -> None:
    """Raises LedgerLost where the ledger is missing, empty or without our tables though something was registered;
    LedgerDamaged and LedgerUnavailable where it cannot be looked at. Changes nothing."""
    with own_disk_failures_of(home.data):
        kind = inspect_ledger(home.ledger)
        if kind is LedgerKind.USED:
            return
        # A digest may have been filed before the first mail came: the ledger then has our tables.
        folders = (home.files, home.spool) if kind is LedgerKind.UNUSED else (home.files, home.spool, home.digests)
        traces = [folder.name for folder in folders if any(not path.is_dir() for path in folder.rglob("*"))]
        if kind is not LedgerKind.UNUSED:
            beside = [home.ledger.with_name(home.ledger.name + ending) for ending in SIDE_FILE_ENDINGS]
            traces += [path.name for path in beside if path.exists() and path.stat().st_size]
    if traces:
        raise LedgerLost(
            f"{_WRONG[kind]}（{home.ledger}），而 {home.data} 里有以前登记过的东西（{'、'.join(traces)}）。"
            "为了不把邮件再登记、再回信一遍，什么也没有做。"
            "有备份的，请把整个 data 文件夹改名，再运行 intake-bot restore；"
            f"没有备份，或者要另建一本台账，请运行 intake-bot init --new-ledger {home.root}"
        )


def skip_given_numbers(ledger: Ledger, home: Home, now: datetime) -> None:
    """Lets receipt numbers go on behind those that have a folder in the store, where an older ledger was put back."""
    stored = highest_stored_number(home)
    if ledger.upkeep.skip_receipt_numbers(stored, now):
        log.warning("ledger older than the store: receipt numbers go on above %d", stored)
