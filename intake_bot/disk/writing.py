"""Files of our own, written so that a crash or a power cut leaves the old one or the new one, and nothing between."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import IO


def sync_file(file: IO[bytes]) -> None:
    """Makes what was written to an open file last through a power cut. Raises OSError."""
    file.flush()
    os.fsync(file.fileno())


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file, new or in the place of an old one, and makes it last. Raises OSError."""
    aside = path.with_name(f".{path.name}.part")
    try:
        with aside.open("wb") as file:
            file.write(content)
            sync_file(file)
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


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
