"""Our own disk when it refuses: full, read-only, not ours, broken. In words for the admin, and never a mail's fault."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from intake_bot.errors import TemporaryFailure

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
    """Turns the disk's refusals into TemporaryFailure, named after the file that the system names, else after `path`.

    Any other OSError comes through: a name that is too long, for example, is not the disk's doing.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _WORDS:
            raise
        raise TemporaryFailure(disk_words(path, error)) from error


@contextmanager
def own_disk_failures_of(path: Path) -> Iterator[None]:
    """As `disk_failures_of`, and for any OSError: what touches our own files only, under names that we gave them, can
    meet no other fault than the disk's."""
    try:
        yield
    except OSError as error:
        raise TemporaryFailure(disk_words(path, error)) from error


def disk_words(path: Path, error: OSError) -> str:
    """What went wrong with which file, in Chinese where it is something known."""
    where = error.filename if isinstance(error.filename, str | Path) else path
    words = {**_WORDS, **_OTHER_WORDS}.get(error.errno or 0)
    return f"{words} {where}" if words else f"读写 {where} 失败：{error.strerror or type(error).__name__}"


def sync_folder(folder: Path) -> None:
    """Makes new names in a folder last through a power cut. POSIX wants the folder itself flushed for that; Windows
    offers no way to open a folder for it, and NTFS journals renames by itself. Some shares and sticks know no such
    flush either, and say so."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)
