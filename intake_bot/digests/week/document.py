"""The report on a week as a Word document. The only module that knows python-docx."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from intake_bot.digests.week.figures import WeekFigures
from intake_bot.digests.week.sentences import write_sentences
from intake_bot.digests.workbook.write import clean_text

_FONT = "宋体"
_INDENT = Pt(28)
"""Two characters of 14 points, as official papers begin a paragraph."""
_A4 = Mm(210), Mm(297)
_PHOTO_WIDTH = Mm(80)
_MAXIMUM_MEDIA = 100


@dataclass(frozen=True)
class ShownPhoto:
    """A photo as the report shows it: a small JPEG of our own, and what stands below it."""

    content: bytes
    caption: str


@dataclass(frozen=True)
class WeekPhotos:
    """What the report shows. `left_out` says which photos were picked and are not in it."""

    photos: tuple[ShownPhoto, ...] = ()
    are_picked: bool = False
    left_out: tuple[str, ...] = ()


_NO_PHOTOS = WeekPhotos()


def write_document(figures: WeekFigures, created: datetime, photos: WeekPhotos = _NO_PHOTOS) -> bytes:
    """The document: a heading, the sentences, a table by unit, the reports in the media, and photos."""
    document = Document()
    document.core_properties.created = document.core_properties.modified = created.replace(tzinfo=None)
    document.core_properties.author = figures.bureau
    page = document.sections[0]
    page.page_width, page.page_height = _A4
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    _add_heading(document, f"{figures.bureau}{figures.event}材料报送情况", Pt(18))
    for sentence in write_sentences(figures):
        document.add_paragraph(clean_text(sentence)).paragraph_format.first_line_indent = _INDENT
    _add_heading(document, "各单位报送情况", Pt(15))
    _add_table(
        document,
        ("单位", "收下", "按时", "迟报", "未报", "退回未改"),
        [
            (one.name, *map(str, (one.accepted, one.in_time, one.late, one.missing, one.returned)))
            for one in figures.units
        ],
    )
    if figures.media:
        _add_heading(document, "媒体报道", Pt(15))
        rows = [(one.unit, one.media, one.title, one.link) for one in figures.media[:_MAXIMUM_MEDIA]]
        _add_table(document, ("单位", "媒体", "标题", "链接"), rows)
    if photos.photos:
        _add_heading(document, "优秀照片" if photos.are_picked else "活动照片", Pt(15))
        for photo in photos.photos:
            document.add_picture(io.BytesIO(photo.content), width=_PHOTO_WIDTH)
            document.add_paragraph(clean_text(photo.caption))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _add_heading(document: WordDocument, words: str, size: Pt) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(clean_text(words))
    run.bold, run.font.size = True, size


def _add_table(document: WordDocument, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=1 + len(rows), cols=len(header), style="Table Grid")
    # Cells by row: asking a table for one cell walks through all of it.
    for line, words in zip(table.rows, (header, *rows), strict=True):
        for cell, text in zip(line.cells, words, strict=True):
            run = cell.paragraphs[0].add_run(clean_text(text))
            run.font.size = Pt(10.5)
