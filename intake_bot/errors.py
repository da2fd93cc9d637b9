"""The few errors that say "what now?". Everything else that is raised is a bug.

A refused submission is no error: it is a Verdict.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class IntakeError(Exception):
    """Parent of the errors below; never raised itself."""


@dataclass(frozen=True)
class ConfigFault:
    """One fault in a configuration file, in words for the admin.

    Line and column count from 1; the column is 0 where only the line is known, both are 0 where the fault is the file
    (or its absence) as a whole.
    """

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        if self.line == 0:
            return f"{self.file}：{self.message}"
        column = f"第 {self.column} 列" if self.column else ""
        return f"{self.file} 第 {self.line} 行{column}：{self.message}"


class ConfigError(IntakeError):
    """The configuration cannot be used; `faults` holds everything wrong with it, not only the first fault."""

    def __init__(self, faults: tuple[ConfigFault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class TemporaryFailure(IntakeError):
    """Not possible now; the same thing may go well later (network, busy server)."""


class PermanentFailure(IntakeError):
    """Will not go well by itself; set the matter aside and tell the admin."""


class DiskFailure(TemporaryFailure):
    """Our own disk refuses: it is full, read-only, or fails. Never a mail's fault."""


class LedgerUnavailable(TemporaryFailure):
    """The ledger cannot be used now: another program holds it, or the disk refuses. Never a mail's fault."""


class LedgerDamaged(PermanentFailure):
    """The ledger cannot be used, or not this part of it, until somebody mends it. Never a mail's fault."""


class LedgerLost(PermanentFailure):
    """The ledger is not the one to which the other things in data/ belong. Nothing may begin; an admin decides."""


# ---- our own disk when it refuses: in words for the admin, and never a mail's fault ----------------------------------

_FULL = "磁盘已满，写不下"
_READ_ONLY = "磁盘或文件夹是只读的，写不了"
_NO_RIGHT = "没有权限读写"
_BROKEN = "磁盘读写失败"
_TOO_MANY = "打开的文件太多，暂时打不开"

_WORDS: Mapping[int, str] = {
    errno.ENOSPC: _FULL,
    getattr(errno, "EDQUOT", errno.ENOSPC): _FULL,
    errno.EFBIG: _FULL,  # a limit on the size of files, as an admin or a service manager may set
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _NO_RIGHT,
    errno.EPERM: _NO_RIGHT,
    errno.EIO: _BROKEN,
    errno.EMFILE: _TOO_MANY,
    errno.ENFILE: _TOO_MANY,
}


_OTHER_WORDS: Mapping[int, str] = {
    errno.ENOENT: "找不到",
    errno.EEXIST: "名字已经被占用，建不了",
    errno.ENOTDIR: "应该是文件夹，却不是",
    errno.EISDIR: "应该是文件，却是文件夹",
}
"""What is the disk's doing only where the file is our own."""


@contextmanager
def disk_failures_of(path: Path) -> Iterator[None]:
    """Turns the disk's refusals into DiskFailure, named after the file that the system names, else after `path`.

    Any other OSError comes through: a name that is too long, for example, is not the disk's doing.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _WORDS:
            raise
        raise DiskFailure(disk_words(path, error)) from error


@contextmanager
def own_disk_failures_of(path: Path) -> Iterator[None]:
    """As `disk_failures_of`, and for any OSError: what touches our own files only, under names that we gave them, can
    meet no other fault than the disk's."""
    try:
        yield
    except OSError as error:
        raise DiskFailure(disk_words(path, error)) from error


def disk_words(path: Path, error: OSError) -> str:
    """What went wrong with which file, in Chinese where it is something known."""
    where = error.filename if isinstance(error.filename, str | Path) else path
    words = {**_WORDS, **_OTHER_WORDS}.get(error.errno or 0)
    return f"{words} {where}" if words else f"读写 {where} 失败：{error.strerror or type(error).__name__}"
