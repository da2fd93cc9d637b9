from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.demo import media
from intake_bot.files.facts import Kind, Trouble
from intake_bot.files.limits import FileLimits
from tests.files import samples
from tests.files.compound import compound
from tests.files.documents.measuring import measure
from tests.files.papers import odt, pdf, text_cell, xls


def test_document_of_kind_without_reader_is_unsupported(tmp_path: Path) -> None:
    assert measure(tmp_path, samples.OLE, Kind.PPT) == (None, Trouble.UNSUPPORTED)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(b"{\\rtf1 " + b"x" * 1001 + b"}", Kind.RTF, id="rtf"),
        pytest.param(b"<p>" + b"x" * 1001, Kind.HTML, id="html"),
        pytest.param(odt(f"<text:p>{'x' * 1001}</text:p>"), Kind.ODF, id="odt"),
        pytest.param(pdf("x" * 1001), Kind.PDF, id="pdf"),
        pytest.param(compound({"Workbook": xls(text_cell(0, 0, "x" * 1000))}), Kind.XLS, id="xls"),
        pytest.param(media.xlsx([["x" * 1000]]), Kind.XLSX, id="xlsx"),
        pytest.param(media.docx(["x" * 1001]), Kind.DOCX, id="docx"),
    ],
)
def test_document_beyond_text_length_is_unsupported(tmp_path: Path, content: bytes, kind: Kind) -> None:
    assert measure(tmp_path, content, kind, FileLimits(text_length=1000)) == (None, Trouble.UNSUPPORTED)
