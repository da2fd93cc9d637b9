"""Damaged documents of every kind: no reader raises anything, and none takes long."""

from __future__ import annotations

import tempfile
from pathlib import Path

import olefile
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake_bot.demo import media
from intake_bot.files.documents.document import measure_document
from intake_bot.files.facts import TEXTS, Kind
from intake_bot.files.limits import FileLimits
from intake_bot.files.sniff import sniff
from tests.files import packages
from tests.files.compound import compound, doc
from tests.files.papers import number_cell, odt, ofd, ofd_of, pdf, pptx, text_cell, xls
from tests.work import shortest_seconds

_FOLDER = Path(__file__).parent / "originals"
_LIMITS = FileLimits(document_bytes=2_000_000, text_length=200_000)
_SECONDS = 5
"""More than any reader has ever needed for damage of this kind, by a factor of ten."""


def _stored(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()


def _workbook() -> bytes:
    with olefile.OleFileIO(_FOLDER / "libreoffice.xls") as compound_file:
        return bytes(compound_file.openstream("Workbook").read())


_TABLE = doc("题\x13 X \x14结\x15甲\x07\x07末", cells=[8], rows={9: (0, 9)}, deleted=[(0, 1)])
_OFD = ofd_of(
    ['<ofd:Template TemplateID="t"/><ofd:Content><ofd:CompositeObject ResourceID="u"/></ofd:Content>'],
    '<ofd:CommonData><ofd:PublicRes>R.xml</ofd:PublicRes><ofd:TemplatePage ID="t" BaseLoc="T.xml"/></ofd:CommonData>'
    "<ofd:Annotations>A.xml</ofd:Annotations>",
    {
        "Doc_0/T.xml": "<ofd:Page><ofd:TextObject><ofd:TextCode>头</ofd:TextCode></ofd:TextObject></ofd:Page>",
        "Doc_0/R.xml": '<ofd:Res><ofd:CompositeGraphicUnit ID="u"><ofd:CompositeObject ResourceID="u"/>'
        "</ofd:CompositeGraphicUnit></ofd:Res>",
        "Doc_0/A.xml": '<ofd:Annotations><ofd:Page PageID="0"><ofd:FileLoc>B.xml</ofd:FileLoc></ofd:Page>'
        "</ofd:Annotations>",
        "Doc_0/B.xml": "<ofd:PageAnnot><ofd:Annot><ofd:ImageObject/></ofd:Annot></ofd:PageAnnot>",
    },
)
_SEEDS = [
    pytest.param(Kind.DOC, _stored("libreoffice.doc"), id="doc"),
    pytest.param(Kind.DOC, _TABLE, id="doc-with-a-table"),
    pytest.param(Kind.XLS, _stored("libreoffice.xls"), id="xls"),
    pytest.param(Kind.XLS, compound({"Workbook": _workbook()}), id="xls-alone"),
    pytest.param(Kind.DOCX, media.docx(["职业教育活动周"], links=["http://a.cn"], table=[["甲", "乙"]]), id="docx"),
    pytest.param(Kind.XLSX, _stored("libreoffice.xlsx"), id="xlsx"),
    pytest.param(Kind.PPTX, pptx(["<a:p><a:r><a:t>一</a:t></a:r></a:p>"]), id="pptx"),
    pytest.param(Kind.ODF, odt("<text:p>一</text:p>"), id="odt"),
    pytest.param(Kind.OFD, ofd("<ofd:TextObject><ofd:TextCode>一</ofd:TextCode></ofd:TextObject>"), id="ofd"),
    pytest.param(Kind.PDF, _stored("libreoffice.pdf"), id="pdf"),
    pytest.param(Kind.PDF, pdf("Hello", picture=True), id="pdf-small"),
    pytest.param(Kind.RTF, _stored("libreoffice.rtf"), id="rtf"),
    pytest.param(
        Kind.HTML, "<html><p>活动<table><tr><td colspan=2>周<a href=http://a.cn>".encode("gb18030"), id="html"
    ),
    pytest.param(Kind.OLE, compound({"EncryptedPackage": b""}), id="ole"),
    pytest.param(Kind.DOCX, packages.flat(media.docx(["职业教育活动周"])), id="docx-flat"),
    pytest.param(Kind.DOCX, packages.backslashed(media.docx(["职业教育活动周"])), id="docx-with-backslashes"),
    pytest.param(Kind.WORDML, packages.wordml("<w:p><w:r><w:t>活动周</w:t></w:r></w:p>", "GBK"), id="word-2003-xml"),
    pytest.param(
        Kind.SPREADSHEETML,
        packages.spreadsheetml('<Row><Cell ss:Index="2"><Data ss:Type="Number">3</Data></Cell></Row>'),
        id="excel-2003-xml",
    ),
    pytest.param(Kind.XLS, xls(text_cell(0, 0, "活动"), number_cell(1, 1, 300)), id="xls-bare"),
    pytest.param(Kind.OFD, _OFD, id="ofd-with-units"),
    pytest.param(Kind.TEXT, "活动周".encode("utf-16-le") * 20, id="text-utf16"),
    pytest.param(Kind.TEXT, "活动周，".encode("gbk") * 20 + b"\xff", id="text-with-odd-byte"),
]

_DAMAGE = st.lists(
    st.tuples(st.integers(0, 1 << 20), st.one_of(st.sampled_from([0, 1, 0x7F, 0x80, 0xFE, 0xFF]), st.integers(0, 255))),
    max_size=10,
)


def _damaged(seed: bytes, damage: list[tuple[int, int]], keep: int | None) -> bytes:
    content = bytearray(seed)
    for place, value in damage:
        content[place % len(content)] = value
    return bytes(content if keep is None else content[: keep % (len(content) + 1)])


_SLOW_OR_LARGE = [HealthCheck.too_slow, HealthCheck.data_too_large]
_KEEP = st.one_of(st.none(), st.none(), st.integers(0, 1 << 20))


@pytest.mark.parametrize(("kind", "seed"), _SEEDS)
@settings(max_examples=10, deadline=None, suppress_health_check=_SLOW_OR_LARGE)
@given(damage=_DAMAGE, keep=_KEEP)
def test_damaged_document_is_measured_without_error(
    kind: Kind, seed: bytes, damage: list[tuple[int, int]], keep: int | None
) -> None:
    _assert_survived(kind, seed, damage, keep)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "seed"), _SEEDS)
@settings(max_examples=400, deadline=None, suppress_health_check=_SLOW_OR_LARGE)
@given(damage=_DAMAGE, keep=_KEEP)
def test_much_damaged_document_is_measured_in_time_without_error(
    kind: Kind, seed: bytes, damage: list[tuple[int, int]], keep: int | None
) -> None:
    assert shortest_seconds(lambda: _assert_survived(kind, seed, damage, keep), _SECONDS) < _SECONDS


def _assert_survived(kind: Kind, seed: bytes, damage: list[tuple[int, int]], keep: int | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(_damaged(seed, damage, keep))
        sniff(path)
        facts, trouble = measure_document(path, kind, _LIMITS)
    assert (facts is None) == (trouble is not None)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(kind=st.sampled_from(sorted(TEXTS)), content=st.binary(max_size=600))
def test_any_bytes_are_measured_without_error(kind: Kind, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(content)
        facts, trouble = measure_document(path, kind, _LIMITS)
    assert (facts is None) == (trouble is not None)
