"""What Word and Excel files (Office Open XML, ECMA-376) have in common: a zip of XML parts that point to each other.

Parts are read as a stream of events, so that neither size nor depth of the markup costs memory. Names are
compared without their namespace: the strict and the transitional form of the standard differ in nothing else here.
"""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from xml.parsers import expat

from intake_bot.files.facts import Trouble
from intake_bot.files.zips import Unreadable, open_zip, unpacked


class Reader(Protocol):
    """Receives the events of one part. Names are local names (`p` for `w:p`), of attributes too."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def data(self, text: str) -> None: ...


@dataclass(frozen=True)
class Relation:
    """A pointer from a part. `target` is a part's name, or an address outside the file."""

    id: str
    kind: str
    """The last word of its type: officeDocument, hyperlink, worksheet, sharedStrings, footnotes."""
    target: str


class Package:
    """An open office file, or another zip of XML parts.

    Reads at most `most_bytes` of unpacked parts in all; beyond that lies Trouble.BOMB.
    """

    def __init__(self, path: Path, most_bytes: int) -> None:
        self._zip = open_zip(path)
        self._bytes_left = most_bytes

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def main_part(self) -> str:
        """The part that the file as a whole points to. Raises Unreadable."""
        for relation in self.relations(""):
            if relation.kind == "officeDocument":
                return relation.target
        raise Unreadable(Trouble.DAMAGED)

    def relations(self, part: str) -> tuple[Relation, ...]:
        """What a part points to; nothing when it has no such list. Raises Unreadable."""
        folder, _, name = part.rpartition("/")
        reader = _Relations(folder)
        member = self._member(posixpath.join(folder, "_rels", f"{name}.rels"))
        if member is not None:
            self._read(member, reader)
        return tuple(reader.relations)

    @property
    def has_macros(self) -> bool:
        """It brings a VBA project (MS-OFFMACRO2 2.2.1), whatever its name ends in."""
        return any(name.lower().endswith("vbaproject.bin") for name in self._zip.namelist())

    def has(self, part: str) -> bool:
        return self._member(part) is not None

    def read(self, part: str, reader: Reader) -> None:
        """Sends a part's events to the reader. Raises Unreadable; a part that is missing is damage."""
        member = self._member(part)
        if member is None:
            raise Unreadable(Trouble.DAMAGED)
        self._read(member, reader)

    def _member(self, part: str) -> zipfile.ZipInfo | None:
        try:
            return self._zip.getinfo(part)
        except KeyError:
            return None

    def _read(self, member: zipfile.ZipInfo, reader: Reader) -> None:
        self._bytes_left -= member.file_size
        if self._bytes_left < 0:
            raise Unreadable(Trouble.BOMB)
        parser = _parser(reader)
        try:
            for piece in unpacked(self._zip, member):
                parser.Parse(piece)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError) as error:  # the latter two: an unknown encoding
            raise Unreadable(Trouble.DAMAGED) from error


def _parser(reader: Reader) -> expat.XMLParserType:
    """Sends the reader what it parses, without namespaces. Reads nothing but what it is given."""

    def start(name: str, attributes: dict[str, str]) -> None:
        # Of two attributes that differ in their namespace only (`id` and `r:id` of a slide), the one with one counts.
        reader.start(_local(name), {_local(key): attributes[key] for key in sorted(attributes)})

    def doctype(name: str, system: str | None, public: str | None, has_declarations: int) -> None:
        """OpenOffice used to name one. Entity bombs begin with one that declares something, as no office program
        does."""
        if has_declarations:
            raise Unreadable(Trouble.DAMAGED)

    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: reader.end(_local(name))
    parser.CharacterDataHandler = reader.data
    parser.StartDoctypeDeclHandler = doctype
    return parser


def _local(name: str) -> str:
    return name.rpartition("}")[2]


class _Relations:
    """Reads a .rels part (ECMA-376 part 2, 9.3). Targets are relative to the folder of the part they belong to."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.relations: list[Relation] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name != "Relationship":
            return
        target = attributes.get("Target", "")
        if attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", self._folder, target)).lstrip("/")
        kind = attributes.get("Type", "").rpartition("/")[2]
        self.relations.append(Relation(attributes.get("Id", ""), kind, target))

    def end(self, name: str) -> None: ...

    def data(self, text: str) -> None: ...
