"""Reads XML as a stream of events, so that large or deep markup takes no memory.

Names are compared without their namespace, which is the only difference here between the strict and the transitional
form of Office Open XML.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.parsers import expat

from intake_bot.files.documents.encoding import decode_marked_up
from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.text.decoding import GB18030

_GB_DECLARATION = re.compile(rb"""<\?xml[^<>]{0,200}encoding\s*=\s*["']gb""", re.I)


class Reader:
    """Receives the events of one XML file or part, and ignores those that a subclass does not handle.

    Names of elements and attributes come without their prefix: `p` for `w:p`.
    """

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Called at the start of an element."""

    def end(self, name: str) -> None:
        """Called at the end of an element."""

    def data(self, text: str) -> None:
        """Called with the text between two tags."""


def parse(reader: Reader, pieces: Iterable[bytes | str]) -> None:
    """Sends the events of XML to the reader. Raises Unreadable: DAMAGED for XML with a fault."""
    parser = _make_parser(reader)
    try:
        for piece in pieces:
            parser.Parse(piece)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # ValueError, LookupError: an unknown encoding
        raise Unreadable(Trouble.DAMAGED) from error


def parse_file(reader: Reader, path: Path, maximum_bytes: int) -> None:
    """Sends the events of an XML file of any charset to the reader. Raises Unreadable."""
    if path.stat().st_size > maximum_bytes:
        raise Unreadable(Trouble.BOMB)
    parse(reader, [decode_marked_up(path.read_bytes())])


def decode_gb(pieces: Iterator[bytes]) -> Iterator[bytes | str]:
    """Decodes the pieces of XML that declares GBK, which expat does not know. Pieces of other XML stay bytes."""
    first = next(pieces, b"")
    if not _GB_DECLARATION.match(first.lstrip()):
        yield first
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder(GB18030)("replace")
    yield decoder.decode(first)
    for piece in pieces:
        yield decoder.decode(piece)
    yield decoder.decode(b"", True)


def _make_parser(reader: Reader) -> expat.XMLParserType:
    """Makes a parser that sends its events to the reader, without namespaces. It never opens external entities."""

    def start(name: str, attributes: dict[str, str]) -> None:
        # When attributes differ only in their namespace (`id` and `r:id` of a slide), the one with a namespace counts.
        reader.start(_local(name), {_local(key): attributes[key] for key in sorted(attributes)})

    def doctype(name: str, system: str | None, public: str | None, has_declarations: int) -> None:
        """Refuses declarations, with which entity bombs begin. OpenOffice wrote document types without any."""
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
