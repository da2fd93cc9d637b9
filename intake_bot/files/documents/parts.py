"""The parts of an office document: members of a zip, or elements of one XML file (flat OPC)."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from intake_bot.files.documents.encoding import decode_marked_up
from intake_bot.files.documents.xml_events import Reader, parse
from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.files.zips import ZipMember, open_zip


class Parts(Protocol):
    """Named parts. Names have slashes, and are compared without regard to case."""

    @property
    def names(self) -> Iterable[str]: ...

    def has(self, name: str) -> bool: ...

    def size(self, name: str) -> int:
        """Returns the declared size of a part in bytes; no more are read of it."""

    def read(self, name: str) -> Iterator[bytes]:
        """Yields the content of a part in pieces. Raises Unreadable: DAMAGED when it is missing."""

    def close(self) -> None: ...


def open_parts(path: Path, maximum_bytes: int) -> Parts:
    """Opens a zip of parts, or a flat file of at most `maximum_bytes`. Raises Unreadable."""
    with path.open("rb") as file:
        head = file.read(512).lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    return _read_flat(path, maximum_bytes) if head.startswith(b"<") else ZipParts(path)


class ZipParts:
    """The members of a zip.

    Names with backslashes, in other case than where they are referred to, or percent-encoded on one side, are found:
    some exporters write them, and Word and Excel open the files.
    """

    def __init__(self, path: Path) -> None:
        self._zip = open_zip(path)
        self._members: dict[str, ZipMember] = {}
        for member in self._zip.members:
            if not member.is_folder:
                self._members.setdefault(_fold(member.name), member)

    @property
    def names(self) -> Iterable[str]:
        return self._members

    def has(self, name: str) -> bool:
        return self._find(name) is not None

    def size(self, name: str) -> int:
        member = self._find(name)
        return member.bytes if member else 0

    def read(self, name: str) -> Iterator[bytes]:
        member = self._find(name)
        if member is None:
            raise Unreadable(Trouble.DAMAGED)
        return self._zip.unpack(member)

    def close(self) -> None:
        self._zip.close()

    def _find(self, name: str) -> ZipMember | None:
        key = _fold(name)
        return self._members.get(key) or self._members.get(_fold(unquote(key)))


class FlatParts:
    """The XML parts of a flat file, in memory."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self._parts = {_fold(name): content for name, content in parts.items()}

    @property
    def names(self) -> Iterable[str]:
        return self._parts

    def has(self, name: str) -> bool:
        return _fold(name) in self._parts

    def size(self, name: str) -> int:
        return len(self._parts.get(_fold(name), b""))

    def read(self, name: str) -> Iterator[bytes]:
        if not self.has(name):
            raise Unreadable(Trouble.DAMAGED)
        yield self._parts[_fold(name)]

    def close(self) -> None:
        """Does nothing: the file is closed."""


def _fold(name: str) -> str:
    return posixpath.normpath("/" + name.replace("\\", "/")).lstrip("/").casefold()


# ---- flat files -----------------------------------------------------------------------------------------------------


def _read_flat(path: Path, maximum_bytes: int) -> FlatParts:
    if path.stat().st_size > maximum_bytes:
        raise Unreadable(Trouble.BOMB)
    reader = _FlatReader()
    parse(reader, [decode_marked_up(path.read_bytes())])
    return FlatParts({name: content.getvalue() for name, content in reader.parts.items()})


class _FlatReader(Reader):
    """Writes each part of a flat package as XML again, with names without prefix, which is what readers get anyhow.

    The content types, which stand in attributes of the parts, become the part of that name. Pictures and other binary
    parts stay empty.
    """

    def __init__(self) -> None:
        self.parts = {_TYPES: io.BytesIO()}
        self._part: io.BytesIO | None = None
        self._in_xml = False
        self.parts[_TYPES].write(b"<Types>")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._part is not None and self._in_xml:
            self._part.write(_start_tag(name, attributes))
        elif name == "part" and self._part is None:
            part = attributes.get("name", "")
            self._part = self.parts.setdefault(part, io.BytesIO())
            types = {"PartName": part, "ContentType": attributes.get("contentType", "")}
            self.parts[_TYPES].write(_start_tag("Override", types) + b"</Override>")
        elif name == "xmlData":
            self._in_xml = True

    def data(self, text: str) -> None:
        if self._part is not None and self._in_xml:
            self._part.write(escape(text, quote=False).encode())

    def end(self, name: str) -> None:
        if name == "xmlData":
            self._in_xml = False
        elif self._part is not None and self._in_xml:
            self._part.write(f"</{name}>".encode())
        elif name == "part":
            self._part = None
        elif name == "package":
            self.parts[_TYPES].write(b"</Types>")


_TYPES = "[Content_Types].xml"


_WHITE_SPACE = {9: "&#9;", 10: "&#10;", 13: "&#13;"}
"""What a parser takes for blanks in an attribute, unless it is written as a number."""


def _start_tag(name: str, attributes: Mapping[str, str]) -> bytes:
    written = "".join(f' {key}="{escape(value).translate(_WHITE_SPACE)}"' for key, value in attributes.items())
    return f"<{name}{written}>".encode()
