from __future__ import annotations

import struct
from pathlib import Path

import pytest

from intake_bot.files.facts import Kind, Trouble
from intake_bot.files.sniff import sniff
from tests.files import samples
from tests.files.compound import compound
from tests.files.documents.measuring import measure
from tests.files.papers import text_cell, xls


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(samples.PROTECTED_OLE, Trouble.PROTECTED, id="office-password"),
        pytest.param(samples.OLE, Trouble.UNSUPPORTED, id="ms-works"),
        pytest.param(samples.CUT_OLE, Trouble.DAMAGED, id="ole-cut-off"),
    ],
)
def test_faulty_compound_file_reports_trouble(tmp_path: Path, content: bytes, trouble: Trouble) -> None:
    assert measure(tmp_path, content, Kind.OLE) == (None, trouble)


_STUBS = ["WordDocument", "Workbook", "PowerPoint Document"]


@pytest.mark.parametrize("stub", _STUBS)
@pytest.mark.parametrize("stream", ["EncryptedPackage", "encryptedpackage", "\x09DRMContent"])
def test_protected_package_beside_stub_is_protected(tmp_path: Path, stub: str, stream: str) -> None:
    content = compound({"EncryptionInfo": b"\4\0\4\0", stream: b"x" * 64, stub: bytes(4096)})
    kind = sniff(samples.put(tmp_path, "sniffed", content), "活动情况.docx")
    assert kind is Kind.OLE
    assert measure(tmp_path, content, kind) == (None, Trouble.PROTECTED)


_WORKBOOK = compound({"Workbook": xls(text_cell(0, 0, "活动"))})
_ROOT = _WORKBOOK.index("Root Entry".encode("utf-16-le"))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        pytest.param(64, 5, id="tables-of-short-streams"),
        pytest.param(64, 0xFFFFFFFF, id="endless-tables-of-short-streams"),
        pytest.param(44, 0, id="no-tables"),
        pytest.param(44, 2, id="more-tables"),
        pytest.param(44, 0x7FFFFFFF, id="endless-tables"),
        pytest.param(72, 1, id="lists-of-tables"),
        pytest.param(72, 0xFFFFFFFF, id="endless-lists-of-tables"),
        pytest.param(40, 9, id="sectors-of-the-directory"),
        pytest.param(56, 0, id="size-of-short-streams"),
        pytest.param(_ROOT + 120, 64, id="size-of-the-root"),
        pytest.param(_ROOT + 120, 0x7FFFFFFF, id="huge-size-of-the-root"),
    ],
)
def test_compound_file_with_wrong_count_is_read(tmp_path: Path, place: int, value: int) -> None:
    content = bytearray(_WORKBOOK)
    struct.pack_into("<L", content, place, value)
    assert sniff(samples.put(tmp_path, "sniffed", bytes(content))) is Kind.XLS
    facts, trouble = measure(tmp_path, bytes(content), Kind.XLS)
    assert (facts and facts.tables, trouble) == (((("活动",),),), None)
