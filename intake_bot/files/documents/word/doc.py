"""Reads .doc and .wps of Word 97 and later (MS-DOC), by their piece table.

Our own reader, because every existing one garbles or drops Chinese.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

from intake_bot.files.documents.compound import CompoundFile
from intake_bot.files.documents.layout import Layout
from intake_bot.files.documents.word.characters import Characters, Fib
from intake_bot.files.documents.word.marked_text import lay_out
from intake_bot.files.documents.words import read_field_link
from intake_bot.files.facts import TextFacts, Trouble, Unreadable
from intake_bot.files.limits import FileLimits


def read_doc(path: Path, limits: FileLimits) -> TextFacts:
    """Returns body, tables, footnotes, endnotes and text boxes, without headers, footers, comments, deleted text and
    field codes.

    Raises Unreadable: PROTECTED for a document with a password, UNSUPPORTED for Word 95 and older.
    """
    with CompoundFile(path) as compound:
        main = compound.read_stream("WordDocument")
        try:
            fib = Fib.read(main)
            table = compound.read_stream("1Table" if fib.second_table else "0Table")
            data = compound.read_stream("Data") if compound.has("Data") else b""
            layout = Layout(limits.text_length)
            links: dict[str, None] = {}
            text = Characters(main, table, data, fib, limits.text_length)
            for start, end in fib.stories:
                story = _remove_field_codes(text.read(start, end), links)
                lay_out(story, iter(text.rows), layout)
                text.rows.clear()
        except (struct.error, IndexError) as error:
            raise Unreadable(Trouble.DAMAGED) from error
    return layout.facts(_count_pictures(main) + _count_pictures(data), links)


_FIELD_MARKS = re.compile("([\x13\x14\x15])")


def _remove_field_codes(text: str, links: dict[str, None]) -> str:
    """Returns the text without the codes of its fields (MS-DOC 2.8.25). Their results stay, links go into `links`."""
    visible: list[str] = []
    codes: list[list[str]] = []
    """The codes of the open fields, outermost first."""
    in_result: list[bool] = []
    """For each open field, True behind its separator."""
    hidden = 0
    for part in _FIELD_MARKS.split(text):
        match part:
            case "\x13":
                codes.append([])
                in_result.append(False)
                hidden += 1
            case "\x14" if codes and not in_result[-1]:
                in_result[-1] = True
                hidden -= 1
                if link := read_field_link("".join(codes[-1])):
                    links[link] = None
            case "\x15" if codes:
                codes.pop()
                hidden -= not in_result.pop()
            case _ if not hidden:
                visible.append(part)
            case _ if not in_result[-1]:
                codes[-1].append(part)
    # The code of a field without an end stays, so that no text is lost.
    visible.extend("".join(code) for code, result in zip(codes, in_result, strict=True) if not result)
    return "".join(visible)


# ---- pictures --------------------------------------------------------------------------------------------------------

_PICTURES = {
    0xF01A: (0x3D4, 0x3D5), 0xF01B: (0x216, 0x217), 0xF01C: (0x542, 0x543), 0xF01D: (0x46A, 0x46B, 0x6E2, 0x6E3),
    0xF01E: (0x6E0, 0x6E1), 0xF01F: (0x7A8, 0x7A9), 0xF029: (0x6E4, 0x6E5), 0xF02A: (0x46A, 0x46B, 0x6E2, 0x6E3),
}  # fmt: skip
"""Instances of pictures by record type (MS-ODRAW 2.2.24 to 2.2.30)."""

_PICTURE = re.compile(
    b"|".join(
        re.escape(struct.pack("<HH", instance << 4, kind))
        for kind, instances in _PICTURES.items()
        for instance in instances
    )
)


def _count_pictures(stream: bytes) -> int:
    """Counts pictures by their headers. Each picture is skipped by its length, because it may contain such headers."""
    count = at = 0
    while found := _PICTURE.search(stream, at):
        at = found.end()
        length = int.from_bytes(stream[at : at + 4], "little")
        if 16 < length <= len(stream) - at:
            count += 1
            at += 4 + length
    return count
