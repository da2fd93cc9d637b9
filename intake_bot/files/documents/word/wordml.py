"""Reads Word 2003 XML, which systems of schools also write, under the name .doc or .xml."""

from __future__ import annotations

import re
from pathlib import Path

from intake_bot.files.documents.encoding import decode_marked_up
from intake_bot.files.documents.layout import Layout
from intake_bot.files.documents.word.docx import Story
from intake_bot.files.documents.xml_events import parse_file
from intake_bot.files.facts import TextFacts
from intake_bot.files.limits import FileLimits

_HEAD_BYTES = 1 << 16
_MACROS = re.compile(r"""<(?:\w+:)?wordDocument\b[^<>]*\bmacrosPresent=["']yes""")
_INVISIBLE_ANNOTATIONS = frozenset({"Word.Comment", "Word.Deletion"})


def read_wordml(path: Path, limits: FileLimits) -> TextFacts:
    """Returns what `read_docx` does. Raises Unreadable."""
    story = _Story(Layout(limits.text_length), ())
    parse_file(story, path, limits.document_bytes)
    return story.facts()


def has_macros(path: Path) -> bool:
    """True when the document says that it contains macros."""
    with path.open("rb") as file:
        return _MACROS.search(decode_marked_up(file.read(_HEAD_BYTES))) is not None


class _Story(Story):
    """Collects the events of WordprocessingML of 2003, which has the names of the later one but for a few."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "annotation" and attributes.get("type") in _INVISIBLE_ANNOTATIONS:
            name = "del"
        super().start(name, attributes)
        if name == "hlink":
            self.add_link(attributes.get("dest", ""))
