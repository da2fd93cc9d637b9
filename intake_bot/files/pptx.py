"""The text of a .pptx: slide after slide, without notes."""

from __future__ import annotations

from pathlib import Path

from intake_bot.files.docx import Story
from intake_bot.files.facts import TextFacts
from intake_bot.files.layout import Layout
from intake_bot.files.limits import FileLimits
from intake_bot.files.office import Package


def read_pptx(path: Path, limits: FileLimits) -> TextFacts:
    """Text, tables, pictures and links of the slides in their order. Raises Unreadable."""
    with Package(path, limits.document_bytes) as package:
        main = package.main_part()
        slides = {relation.id: relation.target for relation in package.relations(main) if relation.kind == "slide"}
        order = _Order()
        package.read(main, order)
        story = Story(Layout(limits.text_length), ())
        for slide in dict.fromkeys(slides[one] for one in order.slides if one in slides):
            story.points_to(package.relations(slide))
            package.read(slide, story)
    return story.facts()


class _Order:
    """The relations of the slides, as they are shown (ECMA-376 part 1, 19.2.1.34)."""

    def __init__(self) -> None:
        self.slides: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sldId":
            self.slides.append(attributes.get("id", ""))

    def end(self, name: str) -> None: ...

    def data(self, text: str) -> None: ...
