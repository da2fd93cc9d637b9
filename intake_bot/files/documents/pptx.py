"""Reads .pptx: the slides in order, without notes."""

from __future__ import annotations

from pathlib import Path

from intake_bot.files.documents.layout import Layout
from intake_bot.files.documents.package import Package
from intake_bot.files.documents.word.docx import Story
from intake_bot.files.documents.xml_events import Reader
from intake_bot.files.facts import TextFacts
from intake_bot.files.limits import FileLimits


def read_pptx(path: Path, limits: FileLimits) -> TextFacts:
    """Returns the text, tables, pictures and links of all slides. Raises Unreadable."""
    with Package(path, limits.document_bytes) as package:
        main = package.find_main_part()
        slides = {relation.id: relation.target for relation in package.read_relations(main) if relation.kind == "slide"}
        order = _SlideOrder()
        package.read(main, order)
        story = Story(Layout(limits.text_length), ())
        for slide in dict.fromkeys(slides[one] for one in order.slides if one in slides):
            story.set_relations(package.read_relations(slide))
            package.read(slide, story)
    return story.facts()


class _SlideOrder(Reader):
    """Collects the relationship ids of the slides in the order of the show (ECMA-376 part 1, 19.2.1.34)."""

    def __init__(self) -> None:
        self.slides: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sldId":
            self.slides.append(attributes.get("id", ""))
