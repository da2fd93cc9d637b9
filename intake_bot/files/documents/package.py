"""Reads packages of XML parts that point to each other: Office Open XML (ECMA-376), and OpenDocument and OFD likewise.

Parts are found by their relationships and content types. Where they lie in the package says nothing.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from intake_bot.files.documents.parts import open_parts
from intake_bot.files.documents.xml_events import Reader, decode_gb, parse
from intake_bot.files.facts import Trouble, Unreadable

_CONTENT_TYPES = "[Content_Types].xml"


@dataclass(frozen=True)
class Relation:
    """A relationship of a part. `target` is the name of a part, or an address outside of the file."""

    id: str
    kind: str
    """The last component of its type: officeDocument, hyperlink, worksheet, sharedStrings, footnotes and others."""
    target: str


class Package:
    """An open package. Raises Unreadable with Trouble.BOMB beyond `maximum_bytes` of all unpacked parts."""

    def __init__(self, path: Path, maximum_bytes: int) -> None:
        self._parts = open_parts(path, maximum_bytes)
        self._bytes_left = maximum_bytes
        self._types: _ContentTypes | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._parts.close()

    @property
    def names(self) -> frozenset[str]:
        """The names of the parts in lower case."""
        return frozenset(self._parts.names)

    @property
    def has_macros(self) -> bool:
        """True when the file has a VBA project (MS-OFFMACRO2 2.2.1), with any extension."""
        return any(name.endswith("vbaproject.bin") for name in self._parts.names)

    def find_main_part(self) -> str:
        """Returns the name of the main part, for example word/document.xml. Raises Unreadable."""
        targets = [relation.target for relation in self.read_relations("") if relation.kind == "officeDocument"]
        for target in targets:
            if self.has(target):
                return target
        if (part := self.find_part(".main+xml")) is not None:
            return part
        raise Unreadable(Trouble.DAMAGED)

    def find_part(self, type_end: str) -> str | None:
        """Returns the first part whose content type ends like this; None without one."""
        types = self._read_types()
        return next((part for part, kind in types.parts.items() if kind.endswith(type_end) and self.has(part)), None)

    def find_content_type(self, part: str) -> str:
        """Returns the content type of a part in lower case; empty without one."""
        types = self._read_types()
        folded = part.casefold()
        declared = (kind for name, kind in types.parts.items() if name.casefold() == folded)
        return next(declared, types.defaults.get(posixpath.splitext(folded)[1].lstrip("."), ""))

    def read_relations(self, part: str) -> tuple[Relation, ...]:
        """Returns the relationships of a part; none when it has no list of them. Raises Unreadable."""
        folder, _, name = part.rpartition("/")
        reader = _Relations(folder)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        if self.has(listed):
            self.read(listed, reader)
        return tuple(reader.relations)

    def has(self, part: str) -> bool:
        return self._parts.has(part)

    def read(self, part: str, reader: Reader) -> None:
        """Sends the events of a part to the reader. Raises Unreadable: DAMAGED when the part is missing."""
        self._bytes_left -= self._parts.size(part)
        if self._bytes_left < 0:
            raise Unreadable(Trouble.BOMB)
        parse(reader, decode_gb(self._parts.read(part)))

    def peek(self, part: str, maximum_bytes: int) -> bytes:
        """Returns the beginning of a part. Raises Unreadable."""
        content = b""
        pieces: Iterator[bytes] = self._parts.read(part)
        while len(content) < maximum_bytes and (piece := next(pieces, b"")):
            content += piece
        return content[:maximum_bytes]

    def _read_types(self) -> _ContentTypes:
        if self._types is None:
            self._types = _ContentTypes()
            if self.has(_CONTENT_TYPES):
                with suppress(Unreadable):  # a fault there leaves the relationships
                    self.read(_CONTENT_TYPES, self._types)
        return self._types


class _ContentTypes(Reader):
    """Reads [Content_Types].xml (ECMA-376 part 2, 10.1.2.2): types of parts, and of all parts with an extension."""

    def __init__(self) -> None:
        self.parts: dict[str, str] = {}
        self.defaults: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("ContentType", "").lower()
        if name == "Override":
            self.parts[_resolve("", attributes.get("PartName", ""))] = kind
        elif name == "Default":
            self.defaults[attributes.get("Extension", "").lower()] = kind


class _Relations(Reader):
    """Reads a .rels part (ECMA-376 part 2, 9.3). Targets are relative to the folder of the part that has them."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.relations: list[Relation] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name != "Relationship":
            return
        target = attributes.get("Target", "")
        if attributes.get("TargetMode", "").lower() != "external":
            target = _resolve(self._folder, target)
        kind = attributes.get("Type", "").rstrip("/").rpartition("/")[2]
        self.relations.append(Relation(attributes.get("Id", ""), _KINDS.get(kind.lower(), kind), target))


_KINDS = {
    kind.lower(): kind
    for kind in (
        "officeDocument",
        "hyperlink",
        "worksheet",
        "sharedStrings",
        "styles",
        "footnotes",
        "endnotes",
        "slide",
    )
}
"""The kinds that readers ask for, by their lower case."""


def _resolve(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")
