"""Disks that fill up and turn read-only for real: a small file system of its own, mounted where data/ is."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class SmallDisk:
    """A file system of a few megabytes at `place`."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._ballast = place / "ballast"

    def leave_free(self, size: int) -> None:
        """Fills the disk up to so many bytes."""
        self._ballast.unlink(missing_ok=True)
        with self._ballast.open("wb") as ballast:
            ballast.write(bytes(max(0, shutil.disk_usage(self._place).free - size)))

    def empty(self) -> None:
        """Nothing but what the program wrote is on it any more."""
        self._ballast.unlink()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        _mount("-o", "remount,ro", str(self._place))
        try:
            yield
        finally:
            _mount("-o", "remount,rw", str(self._place))


@contextmanager
def small_disk(place: Path, size: int) -> Iterator[SmallDisk]:
    """Mounts one at `place`. Skips the test, and says so, where this process may not mount."""
    refused = _refusal("-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(place))
    if refused:
        pytest.skip(f"no small disk can be mounted here: {refused}")
    try:
        yield SmallDisk(place)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


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
    refused = _refusal("--bind", str(folder), str(folder)) or _refusal("-o", "remount,ro,bind", str(folder))
    if refused:
        pytest.skip(f"root cannot make a folder read-only for itself here: {refused}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _mount(*words: str) -> None:
    refused = _refusal(*words)
    assert not refused, refused


def _refusal(*words: str) -> str:
    """What mount said when it refused; empty when it is done."""
    program = shutil.which("mount")
    if program is None:
        return "there is no mount program"
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""
