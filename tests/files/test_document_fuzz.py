"""Damaged documents of every kind: no reader raises anything, and none takes long."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import olefile
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake_bot.demo import media
from intake_bot.files.document import measure_document
from intake_bot.files.facts import TEXTS, Kind
from intake_bot.files.limits import FileLimits
from intake_bot.files.sniff import sniff
from tests.files.compound import compound, doc
from tests.files.papers import odt, ofd, pdf, pptx

_FOLDER = Path(__file__).parent / "documents"
_LIMITS = FileLimits(document_bytes=2_000_000, text_length=200_000)
_SECONDS = 5
"""More than any reader has ever needed for damage of this kind, by a factor of ten."""


def _stored(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()


def _workbook() -> bytes:
    with olefile.OleFileIO(_FOLDER / "libreoffice.xls") as compound_file:
        return bytes(compound_file.openstream("Workbook").read())


_TABLE = doc("题\x13 X \x14结\x15甲\x07\x07末", cells=[8], rows={9: (0, 9)}, deleted=[(0, 1)])
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


@pytest.mark.parametrize(("kind", "seed"), _SEEDS)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(damage=_DAMAGE, keep=st.one_of(st.none(), st.none(), st.integers(0, 1 << 20)))
def test_measure_document_survives_damage(
    kind: Kind, seed: bytes, damage: list[tuple[int, int]], keep: int | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(_damaged(seed, damage, keep))
        started = time.process_time()
        sniff(path)
        facts, trouble = measure_document(path, kind, _LIMITS)
    assert (facts is None) == (trouble is not None)
    assert time.process_time() - started < _SECONDS


@settings(max_examples=300, deadline=None)
@given(kind=st.sampled_from(sorted(TEXTS)), content=st.binary(max_size=600))
def test_measure_document_survives_any_bytes(kind: Kind, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(content)
        facts, trouble = measure_document(path, kind, _LIMITS)
    assert (facts is None) == (trouble is not None)
