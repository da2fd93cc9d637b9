"""The folder that the attachments of one mail are decoded into."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from intake_bot.disk.hashing import HashingWriter
from intake_bot.mail.reading.file_names import default_name, shown_name


@dataclass(frozen=True)
class SplitPart:
    """An attachment on disk, decoded."""

    name: str
    path: Path
    bytes: int
    sha256: str
    content_type: str
    content_id: str
    is_undecoded: bool = False
    """The bytes are not those of the file that was sent."""


class OpenPart:
    """An attachment that is being written."""

    def __init__(self, folder: PartFolder, name: str, path: Path, content_type: str, content_id: str) -> None:
        self._folder = folder
        self._name = name
        self.path = path
        self._content_type = content_type
        self._content_id = content_id
        self._file: BinaryIO = path.open("wb")
        self._writer = HashingWriter(self._file)
        self.write = self._writer.write

    def rename(self, name: str) -> None:
        """Takes a name that only the file itself has."""
        self._name = shown_name(name) or self._name

    def finish(self, is_undecoded: bool = False) -> None:
        """Closes the file, and adds the attachment to the folder's."""
        self.close()
        part = SplitPart(
            self._name,
            self.path,
            self._writer.bytes,
            self._writer.sha256,
            self._content_type,
            self._content_id,
            is_undecoded,
        )
        self._folder.add(part)

    def close(self) -> None:
        """Closes the file. What it holds is no attachment unless it was finished."""
        self._file.close()


@dataclass
class PartFolder:
    """Writes attachments one after the other as `part-001`, `part-002`, … into an existing folder."""

    path: Path
    parts: list[SplitPart] = field(default_factory=list)
    _nameless_count: int = 0
    _open: OpenPart | None = None

    def __enter__(self) -> PartFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open:
            self._open.close()

    @property
    def next_number(self) -> int:
        """Number of the attachment that is begun next."""
        return len(self.parts) + 1

    def begin(self, name: str, content_type: str, content_id: str = "") -> OpenPart:
        """Begins an attachment by the sender's name, or a name of our own where that is empty."""
        shown = shown_name(name)
        if not shown:
            self._nameless_count += 1
            shown = default_name(self._nameless_count, content_type)
        self._open = OpenPart(self, shown, self.path / f"part-{self.next_number:03d}", content_type, content_id)
        return self._open

    def add(self, part: SplitPart) -> None:
        """Adds a finished attachment."""
        self.parts.append(part)
        self._open = None
