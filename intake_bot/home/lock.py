"""Locks of a home: one running program, and one clerk's command."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from intake_bot.errors import PermanentFailure, disk_failures_of
from intake_bot.home.home import Home

DESK_IS_BUSY = "另一条命令（held 或 desk）正在处理，请等它结束"


@contextmanager
def only_instance(home: Home) -> Iterator[None]:
    """Locks the home for this process. Raises PermanentFailure when another process holds the lock, TemporaryFailure
    when the disk refuses it."""
    lock = FileLock(home.lock, timeout=0)
    try:
        home.prepare()
        with disk_failures_of(home.data):
            lock.acquire()
    except Timeout as error:
        raise PermanentFailure(f"另一个 intake-bot 正在使用 {home.root.resolve()}，请先停止它") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def only_clerk(home: Home) -> Iterator[None]:
    """Locks the desk of this home and empties its work folder; the daemon may run at the same time.

    Raises PermanentFailure when another command holds the lock, or when no mail was registered yet."""
    if not home.ledger.exists():
        raise PermanentFailure("还没有登记过邮件。")
    try:
        with FileLock(home.desk_lock, timeout=0):
            # A killed command may have left hundreds of megabytes.
            shutil.rmtree(home.desk, ignore_errors=True)
            home.desk.mkdir(parents=True, exist_ok=True)
            yield
    except Timeout as error:
        raise PermanentFailure(DESK_IS_BUSY) from error
