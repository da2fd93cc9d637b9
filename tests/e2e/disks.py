"""Small file systems for data/, which can be filled and made read-only."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import REFUSED, UNDER_CI

SHARED_MEMORY = Path("/dev/shm")
SMALL_BYTES = 100_000_000


class SmallDisk:
    """A small file system at `place`."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._ballast = place / "ballast"

    def leave_free(self, size: int) -> None:
        """Fills the disk until `size` bytes are free."""
        self._ballast.unlink(missing_ok=True)
        with self._ballast.open("wb") as ballast:
            ballast.write(bytes(max(0, shutil.disk_usage(self._place).free - size)))

    def empty(self) -> None:
        """Removes what `leave_free` wrote."""
        self._ballast.unlink()


@contextmanager
def small_disk(place: Path, size: int) -> Iterator[SmallDisk]:
    """A disk of `size` bytes at `place`; where this process may not mount, the small /dev/shm of a container."""
    if refused := _mount(place, "-t", "tmpfs", "-o", f"size={size},mode=700,uid={os.geteuid()}", "tmpfs"):
        if shutil.disk_usage(SHARED_MEMORY).total > SMALL_BYTES:
            pytest.skip(f"{REFUSED}: {refused}")
        with tempfile.TemporaryDirectory(dir=SHARED_MEMORY) as folder:
            place.rmdir()
            place.symlink_to(folder)
            yield SmallDisk(place)
        return
    try:
        yield SmallDisk(place)
    finally:
        _unmount(place)


@contextmanager
def read_only_disk(place: Path) -> Iterator[None]:
    """Makes the disk at `place` read-only."""
    if refused := _mount(place, "-o", "remount,ro"):
        pytest.skip(f"{REFUSED}: {refused}")
    try:
        yield
    finally:
        refused = _mount(place, "-o", "remount,rw")
        assert not refused, refused


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Makes a folder read-only for this process. Root may write into any folder, so for root it is mounted so."""
    if os.geteuid() != 0:
        folder.chmod(0o500)
        try:
            yield
        finally:
            folder.chmod(0o700)
        return
    if refused := _mount(folder, "--bind", str(folder)) or _mount(folder, "-o", "remount,ro,bind"):
        pytest.skip(f"{REFUSED}: {refused}")
    try:
        yield
    finally:
        _unmount(folder)


def _mount(place: Path, *words: str) -> str:
    """Mounts; returns the error of mount, empty for success."""
    if shutil.which("mount") is None:
        return "there is no mount program"
    done = subprocess.run([*_as_root(), "mount", *words, str(place)], capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""


def _unmount(place: Path) -> None:
    subprocess.run([*_as_root(), "umount", "--lazy", str(place)], check=True)


def _as_root() -> tuple[str, ...]:
    """sudo under CI; elsewhere nothing is mounted with rights that this process does not have."""
    return ("sudo", "-n") if UNDER_CI and os.geteuid() != 0 else ()
