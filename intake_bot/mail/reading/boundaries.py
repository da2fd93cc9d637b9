"""Boundary lines: those that the header declares, and those that show by what stands below them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# A line break may be a bare CR. Some gateways put a blank ahead of boundary lines.
_LINE = re.compile(rb"[\r\n]([ \t]{0,8})--([^\r\n]{1,600})(?=[\r\n])")
_AHEAD_BYTES = 9
"""Maximum bytes of such a line ahead of its hyphens: the line break and eight blanks."""
_PART_BELOW = re.compile(
    rb"(?:[ \t]*(?:\r\n|[\r\n])){1,3}"
    rb"(?:Content-(?:Type|Transfer-Encoding|Disposition|ID|Description|Location)|MIME-Version)[ \t]*:",
    re.IGNORECASE,
)
_MAXIMUM_LENGTH = 200
"""Bytes of a boundary that no header declares."""


@dataclass(frozen=True)
class Delimiter:
    """A boundary line: the container that it belongs to, counted from the outermost, and whether it closes that."""

    level: int
    closes: bool


@dataclass
class Container:
    """An open container with its possible boundaries. Indented ones count if the first one is indented."""

    boundaries: list[bytes]
    is_indented: bool = False
    is_seen: bool = False


@dataclass
class OpenContainers:
    """The containers around the reading position, outermost first."""

    containers: list[Container] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.containers)

    def open(self, boundaries: tuple[bytes, ...]) -> int:
        """Opens a container, and returns its level."""
        self.containers.append(Container(list(boundaries)))
        return len(self.containers) - 1

    def close(self) -> None:
        """Closes the innermost container."""
        self.containers.pop()

    def find(self, data: bytes, at: int) -> re.Match[bytes] | None:
        """The next boundary line of an open container, from a position on."""
        lines = self._lines()
        if not lines:
            return None
        return next((found for found in _find_lines(data, at) if self._belongs(found, lines)), None)

    def find_any(self, data: bytes, at: int) -> re.Match[bytes] | None:
        """The next boundary line of an open container, or one below which a part begins that no header declares."""
        lines = self._lines()
        candidates = _find_lines(data, at)
        return next((one for one in candidates if self._belongs(one, lines) or _begins_part(one, data)), None)

    def delimiter(self, line: re.Match[bytes]) -> Delimiter | None:
        """What a line that was found is; None if no open container has declared it."""
        known = self._lines().get(line[2].rstrip(b" \t"))
        if known is None:
            return None
        container = self.containers[known.level]
        if not container.is_seen:
            container.is_seen, container.is_indented = True, bool(line[1])
        return known

    def adopt(self, line: re.Match[bytes]) -> None:
        """Takes an undeclared boundary line for one of the innermost container."""
        container = self.containers[-1]
        container.boundaries.append(line[2].rstrip(b" \t"))
        container.is_seen, container.is_indented = True, bool(line[1])

    def _belongs(self, line: re.Match[bytes], lines: dict[bytes, Delimiter]) -> bool:
        found = lines.get(line[2].rstrip(b" \t"))
        if found is None:
            return False
        return not line[1] or self.containers[found.level].is_indented

    def _lines(self) -> dict[bytes, Delimiter]:
        """The boundary lines of all open containers, without the two hyphens ahead."""
        return dict(self._every_line())

    def _every_line(self) -> Iterator[tuple[bytes, Delimiter]]:
        # What opens a part wins over what looks like another one's end.
        for closes in (True, False):
            for level, container in enumerate(self.containers):
                for boundary in container.boundaries:
                    yield boundary + b"--" * closes, Delimiter(level, closes)


def begins_with_part(head: bytes) -> bool:
    """Whether content begins with a boundary line and a part below it."""
    data = b"\n" + head.lstrip(b" \t\r\n")
    found = _LINE.match(data)
    return found is not None and _begins_part(found, data)


def begins_with_fields(head: bytes) -> bool:
    """Whether the first lines of content are the header of a part."""
    return _PART_BELOW.match(b"\n" + head) is not None


def _find_lines(data: bytes, at: int) -> Iterator[re.Match[bytes]]:
    """The lines that begin with hyphens. Large files are of base64, which has none: they are passed at once."""
    first = data.find(b"-", at)  # a single byte is found ten times as fast as two
    hyphens = data.find(b"--", first) if first >= 0 else -1
    return _LINE.finditer(data, max(at, hyphens - _AHEAD_BYTES)) if hyphens >= 0 else iter(())


def _begins_part(line: re.Match[bytes], data: bytes) -> bool:
    return len(line[2]) <= _MAXIMUM_LENGTH and _PART_BELOW.match(data, line.end()) is not None
