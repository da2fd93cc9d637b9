"""The text of a .doc or .wps of Word 97 and later (MS-DOC), by its piece table.

An own reader, because every ready-made one garbles or drops Chinese.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

from intake_bot.files.doc_characters import Characters, Fib
from intake_bot.files.facts import TextFacts, Trouble
from intake_bot.files.layout import Layout
from intake_bot.files.limits import FileLimits
from intake_bot.files.ole import Compound
from intake_bot.files.shape import lay_out
from intake_bot.files.words import field_link
from intake_bot.files.zips import Unreadable


def read_doc(path: Path, limits: FileLimits) -> TextFacts:
    """Body, tables, footnotes, endnotes and text boxes; no headers and footers, comments, deleted text, field codes.

    Raises Unreadable: PROTECTED for one with a password, UNSUPPORTED for one of Word 95 or before.
    """
    with Compound(path) as compound:
        main = compound.stream("WordDocument")
        try:
            fib = Fib.read(main)
            table = compound.stream("1Table" if fib.second_table else "0Table")
            data = compound.stream("Data") if compound.has("Data") else b""
            layout = Layout(limits.text_length)
            links: dict[str, None] = {}
            text = Characters(main, table, data, fib, limits.text_length)
            for start, end in fib.stories:
                story = _without_fields(text.between(start, end), links)
                lay_out(story, iter(text.rows), layout)
                text.rows.clear()
        except (struct.error, IndexError) as error:
            raise Unreadable(Trouble.DAMAGED) from error
    return layout.facts(_count_pictures(main) + _count_pictures(data), links)


_FIELD_MARKS = re.compile("([\x13\x14\x15])")


def _without_fields(text: str, links: dict[str, None]) -> str:
    """The text without the codes of its fields (MS-DOC 2.8.25); their results stay. Links are added to `links`."""
    seen: list[str] = []
    codes: list[list[str]] = []
    """Of the fields around us, outermost first."""
    in_result: list[bool] = []
    """Of the same fields: are we behind the separator?"""
    hidden = 0
    for sign_or_text in _FIELD_MARKS.split(text):
        match sign_or_text:
            case "\x13":
                codes.append([])
                in_result.append(False)
                hidden += 1
            case "\x14" if codes and not in_result[-1]:
                in_result[-1] = True
                hidden -= 1
                if link := field_link("".join(codes[-1])):
                    links[link] = None
            case "\x15" if codes:
                codes.pop()
                hidden -= not in_result.pop()
            case _ if not hidden:
                seen.append(sign_or_text)
            case _ if not in_result[-1]:
                codes[-1].append(sign_or_text)
    # A field that never ends is none: no text is lost to it.
    seen.extend("".join(code) for code, result in zip(codes, in_result, strict=True) if not result)
    return "".join(seen)


# ---- pictures --------------------------------------------------------------------------------------------------------

_PICTURES = {
    0xF01A: (0x3D4, 0x3D5), 0xF01B: (0x216, 0x217), 0xF01C: (0x542, 0x543), 0xF01D: (0x46A, 0x46B, 0x6E2, 0x6E3),
    0xF01E: (0x6E0, 0x6E1), 0xF01F: (0x7A8, 0x7A9), 0xF029: (0x6E4, 0x6E5), 0xF02A: (0x46A, 0x46B, 0x6E2, 0x6E3),
}  # fmt: skip
"""Record type and instances of pictures (MS-ODRAW 2.2.24 to 2.2.30)."""

_PICTURE = re.compile(
    b"|".join(
        re.escape(struct.pack("<HH", instance << 4, kind))
        for kind, instances in _PICTURES.items()
        for instance in instances
    )
)


def _count_pictures(stream: bytes) -> int:
    """Pictures by their headers. Each is skipped by its length: inside one, anything may look like a header."""
    count = at = 0
    while found := _PICTURE.search(stream, at):
        at = found.end()
        length = int.from_bytes(stream[at : at + 4], "little")
        if 16 < length <= len(stream) - at:
            count += 1
            at += 4 + length
    return count
