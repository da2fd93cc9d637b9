"""Files that are read while they are written."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import IO

import pytest

from intake_bot.disk.growing import GrowingFile, mark_growing

LONG = 600.0

needs_locks = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such lock")


class Reader:
    """Reads a file in a thread of its own, and says when it has come to an end that may not be the end."""

    def __init__(self, path: Path, patience: float, monkeypatch: pytest.MonkeyPatch) -> None:
        self.blocks: list[bytes] = []
        self.waits = threading.Event()
        self._file = path.open("rb")
        self._growing = GrowingFile(self._file, patience)
        monkeypatch.setattr("intake_bot.disk.growing.time.sleep", lambda _seconds: self.waits.set())
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while block := self._growing.read(4):
            self.blocks.append(block)

    def finish(self) -> tuple[bytes, int]:
        """All that was read, and how many bytes it says that it read."""
        self._thread.join(60)
        assert not self._thread.is_alive()
        self._file.close()
        return b"".join(self.blocks), self._growing.bytes


def append(file: IO[bytes], content: bytes) -> None:
    file.write(content)
    file.flush()


@needs_locks
def test_reader_waits_for_what_is_written_until_the_file_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "mail").open("wb") as file:
        assert mark_growing(file)
        append(file, b"begin ")
        reader = Reader(tmp_path / "mail", LONG, monkeypatch)
        assert reader.waits.wait(60)
        append(file, b"middle ")
        file.write(b"end")  # which is flushed when it is closed
    assert reader.finish() == (b"begin middle end", 16)


@needs_locks
def test_reader_goes_on_to_the_end_of_a_file_that_is_renamed_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "mail.part").open("wb") as file:
        assert mark_growing(file)
        reader = Reader(tmp_path / "mail.part", LONG, monkeypatch)
        assert reader.waits.wait(60)
        append(file, b"all")
        (tmp_path / "mail.part").rename(tmp_path / "mail.eml")
    assert reader.finish() == (b"all", 3)


def test_file_that_nobody_writes_ends_as_any_other_does(tmp_path: Path) -> None:
    (tmp_path / "mail").write_bytes(b"12345")
    with (tmp_path / "mail").open("rb") as file:
        reader = GrowingFile(file, LONG)
        assert [reader.read(4) for _ in range(4)] == [b"1234", b"5", b"", b""]
        assert reader.bytes == 5


def test_end_that_was_told_is_for_good(tmp_path: Path) -> None:
    """Else a mail could go on behind its end."""
    with (tmp_path / "mail").open("wb") as written, (tmp_path / "mail").open("rb") as read:
        mark_growing(written)
        append(written, b"1")
        reader = GrowingFile(read, patience=0)
        assert (reader.read(4), reader.read(4)) == (b"1", b"")
        append(written, b"2")
        assert reader.read(4) == b""
        assert reader.bytes == 1


@needs_locks
def test_file_that_somebody_else_writes_cannot_be_marked(tmp_path: Path) -> None:
    with (tmp_path / "mail").open("wb") as first, (tmp_path / "mail").open("wb") as second:
        assert mark_growing(first)
        assert not mark_growing(second)
