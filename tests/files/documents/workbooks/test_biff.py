from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

import olefile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_bot.files.documents.workbooks.biff import read_biff
from intake_bot.files.facts import Kind, TextFacts, Trouble, Unreadable
from intake_bot.files.sniff import sniff
from tests.files import samples
from tests.files.compound import compound
from tests.files.documents.measuring import measure
from tests.files.papers import number_cell, text_cell, xls

_LIBREOFFICE = Path(__file__).parents[1] / "originals" / "libreoffice.xls"
_CELLS = (text_cell(0, 0, "活动情况日报表"), number_cell(1, 1, 300), number_cell(2, 0, 45063, date=True))
_FACTS = TextFacts(
    "S1\n活动情况日报表\n\t300\n2023-05-17",
    1 + 7 + 1 + 1,
    tables=((("活动情况日报表",), ("", "300"), ("2023-05-17",)),),
)


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<2H", number, len(content)) + content


def _with(stream: bytes, *records: bytes) -> bytes:
    """The workbook with records in its first part, and with the offset of its sheet as it was."""
    at = stream.index(_record(0x0A, b""))
    return stream[:at] + b"".join(records) + stream[at:]


def _moved(stream: bytes, *records: bytes) -> bytes:
    """The same with the right offset of the sheet."""
    changed = bytearray(_with(stream, *records))
    at = changed.index(b"\x85\0") + 4
    struct.pack_into("<L", changed, at, struct.unpack_from("<L", changed, at)[0] + len(b"".join(records)))
    return bytes(changed)


def _strings(*texts: str, unique: int | None = None, flags: int = 1) -> bytes:
    count = len(texts) if unique is None else unique
    every = b"".join(struct.pack("<HB", len(text), flags) + text.encode("utf-16-le") for text in texts)
    return struct.pack("<2L", count, count) + every


def _name(formula: bytes) -> bytes:
    """A defined name (2.4.150) of this formula."""
    head = struct.pack("<HBBHHH4B", 0, 0, 4, len(formula), 0, 0, 0, 0, 0, 0)
    return _record(0x18, head + b"\0Area" + formula)


def test_fallback_reads_what_xlrd_reads(tmp_path: Path) -> None:
    with olefile.OleFileIO(_LIBREOFFICE) as compound_file:
        stream = compound_file.openstream("Workbook").read()
    facts = read_biff(stream, 1_000_000)
    assert facts.tables
    assert measure(tmp_path, _LIBREOFFICE.read_bytes(), Kind.XLS) == (facts, None)


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(xls(*_CELLS), id="plain"),
        pytest.param(_moved(xls(*_CELLS), _name(b"\x2d" + bytes(8))), id="name-of-relative-area"),
        pytest.param(_moved(xls(*_CELLS), _name(b"\x3b\xff\xff" + bytes(9))), id="name-of-missing-sheet"),
        pytest.param(_moved(xls(*_CELLS), _name(b"\x7f" * 5)), id="name-of-no-formula"),
        pytest.param(_moved(xls(*_CELLS), _record(0x18, b"\0")), id="name-cut"),
        pytest.param(_moved(xls(*_CELLS), _record(0xFC, _strings("甲", unique=9))), id="more-strings-counted"),
        pytest.param(_moved(xls(*_CELLS), _record(0xFC, _strings("甲", "乙", unique=1))), id="fewer-strings-counted"),
        pytest.param(_moved(xls(*_CELLS), _record(0xFC, _strings("甲", unique=0x7FFFFFFF))), id="endless-strings"),
        pytest.param(_moved(xls(*_CELLS), _record(0xFC, _strings("甲")[:-1])), id="strings-cut"),
        pytest.param(_with(xls(*_CELLS), _record(0x1AE, b"\1\0\1\4")), id="wrong-offset-of-sheet"),
        pytest.param(_moved(xls(*_CELLS), _record(0x17, b"\xff\xff" + bytes(6))), id="wrong-count-of-references"),
        pytest.param(_moved(xls(*_CELLS), _record(0x31, b"\1")), id="font-cut"),
        pytest.param(_moved(xls(*_CELLS), _record(0x41E, b"\xa4\0\xff\xff\0yyyy")), id="format-of-wrong-length"),
        pytest.param(_moved(xls(*_CELLS), _record(0x41E, b"\5")), id="format-cut"),
        pytest.param(_moved(xls(*_CELLS), _record(0x42, b"\xe4")), id="code-page-cut"),
        pytest.param(_moved(xls(*_CELLS), _record(0x92, b"\xff\xff")), id="palette-of-wrong-length"),
        pytest.param(_moved(xls(*_CELLS), _record(0x42, b"\x12\x27")), id="unknown-code-page"),
        pytest.param(xls((0x200, b"\xff" * 14), *_CELLS), id="wrong-dimensions"),
        pytest.param(xls(*_CELLS, (0x201, struct.pack("<3H", 9, 9, 77))), id="unknown-style"),
        pytest.param(xls((0x208, b"\xff" * 16), *_CELLS), id="wrong-row"),
        pytest.param(xls(*_CELLS, (0x1C, b"\0" * 3)), id="note-cut"),
        pytest.param(xls(*_CELLS) + bytes(600), id="zeros-behind"),
    ],
)
def test_workbook_with_odd_names_or_counts_is_read(tmp_path: Path, stream: bytes) -> None:
    assert measure(tmp_path, compound({"Workbook": stream}), Kind.XLS) == (_FACTS, None)
    assert read_biff(stream, 1_000_000) == _FACTS


def test_odd_workbook_writes_nothing_to_stderr(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    measure(tmp_path, compound({"Workbook": _moved(xls(*_CELLS), _name(b"\x2d" + bytes(8)))}), Kind.XLS)
    assert capfd.readouterr() == ("", "")


def test_cells_of_all_kinds_are_read() -> None:
    numbers = struct.pack("<2H", 0, 0) + struct.pack("<HLHL", 0, 300 << 2 | 2, 0, 12345 << 2 | 3) + b"\1\0"
    half = struct.unpack("<Q", struct.pack("<d", 0.5))[0] >> 32
    stream = xls(
        (0xBD, numbers),
        (0x27E, struct.pack("<3HL", 1, 0, 0, half)),
        (0x27E, struct.pack("<3Hl", 1, 1, 0, -7 * 4 | 2)),
        (0x06, struct.pack("<3Hd", 2, 0, 0, 42.0) + bytes(8)),
        (0x06, struct.pack("<3H", 2, 1, 0) + b"\0" * 6 + b"\xff\xff" + bytes(8)),
        (0x207, struct.pack("<HB", 2, 1) + "结果".encode("utf-16-le")),
        (0x06, struct.pack("<3H", 2, 2, 0) + b"\1\0\1\0\0\0\xff\xff" + bytes(8)),
        (0x06, struct.pack("<3H", 2, 3, 0) + b"\2\0\x07\0\0\0\xff\xff" + bytes(8)),
        (0x205, struct.pack("<3H2B", 3, 0, 0, 0, 0)),
        (0xD6, struct.pack("<3HHB", 3, 1, 0, 2, 0) + b"ab"),
        (0x204, struct.pack("<3HHB", 3, 2, 0, 4, 0) + "甲乙".encode("gbk")),
    )
    assert read_biff(stream, 1000).tables == (
        (("300", "123.45"), ("0.5", "-7"), ("42", "结果", "TRUE", "#DIV/0!"), ("FALSE", "ab", "甲乙")),
    )


@pytest.mark.parametrize("cut", range(1, 12))
def test_string_over_two_records_is_joined(cut: int) -> None:
    text = "共享字符串很长"
    raw = text.encode("utf-16-le")
    table = _record(0xFC, struct.pack("<2LHB", 1, 1, len(text), 1) + raw[: 2 * min(cut, 6)])
    table += _record(0x3C, b"\1" + raw[2 * min(cut, 6) :])
    stream = _moved(xls((0xFD, struct.pack("<3HL", 0, 0, 0, 0))), table)
    assert read_biff(stream, 1000).tables == (((text,),),)


def test_string_with_runs_and_phonetics_is_read() -> None:
    table = struct.pack("<2L", 2, 2) + struct.pack("<HBHL", 1, 0x0D, 1, 5) + "甲".encode("utf-16-le") + bytes(4 + 5)
    table += struct.pack("<HB", 1, 1) + "乙".encode("utf-16-le")
    stream = _moved(xls((0xFD, struct.pack("<3HL", 0, 0, 0, 1))), _record(0xFC, table))
    assert read_biff(stream, 1000).tables == ((("乙",),),)


@pytest.mark.parametrize(
    ("stream", "trouble"),
    [
        pytest.param(xls(*_CELLS)[:-6], Trouble.DAMAGED, id="cut-in-the-sheet"),
        pytest.param(xls(*_CELLS)[:-4], Trouble.DAMAGED, id="no-end-of-the-sheet"),
        pytest.param(xls(*_CELLS)[:60], Trouble.DAMAGED, id="cut-in-the-globals"),
        pytest.param(xls(locked=True), Trouble.PROTECTED, id="password"),
        pytest.param(xls((0xFD, struct.pack("<3HL", 0, 0, 0, 5))), Trouble.DAMAGED, id="string-that-is-not-there"),
        pytest.param(xls(text_cell(0, 0, "长" * 900)), Trouble.UNSUPPORTED, id="too-long"),
        pytest.param(b"", Trouble.DAMAGED, id="nothing"),
    ],
)
def test_faulty_workbook_stream_is_refused(stream: bytes, trouble: Trouble) -> None:
    with pytest.raises(Unreadable) as caught:
        read_biff(stream, 500)
    assert caught.value.trouble is trouble


def _old(version: int, *cells: bytes, code_page: bytes = b"") -> bytes:
    """A bare sheet of Excel 2 to 4, as old systems export it."""
    first = {2: 0x0009, 3: 0x0209, 4: 0x0409}[version]
    head = _record(first, struct.pack("<2H", version, 0x10) + (b"" if version == 2 else b"\0\0"))
    return head + (_record(0x42, code_page) if code_page else b"") + b"".join(cells) + _record(0x0A, b"")


def _old_label(version: int, text: str) -> bytes:
    raw = text.encode("gbk")
    if version == 2:
        return _record(0x0004, struct.pack("<2H3sB", 0, 0, bytes(3), len(raw)) + raw)
    return _record(0x0204, struct.pack("<4H", 0, 0, 0, len(raw)) + raw)


@pytest.mark.parametrize("version", [2, 3, 4])
@pytest.mark.parametrize("code_page", [b"", b"\xa8\x03"])
def test_bare_workbook_of_old_excel_is_read_with_its_chinese(tmp_path: Path, version: int, code_page: bytes) -> None:
    content = _old(version, _old_label(version, "活动情况日报表"), code_page=code_page)
    assert sniff(samples.put(tmp_path, "sniffed", content)) is Kind.XLS
    facts, trouble = measure(tmp_path, content, Kind.XLS)
    assert (facts and facts.tables, trouble) == (((("活动情况日报表",),),), None)


def test_bare_workbook_of_excel_97_is_read(tmp_path: Path) -> None:
    content = xls(*_CELLS)
    assert sniff(samples.put(tmp_path, "sniffed", content)) is Kind.XLS
    assert measure(tmp_path, content, Kind.XLS) == (_FACTS, None)


_SEED = _moved(xls(*_CELLS, (0xFD, struct.pack("<3HL", 3, 0, 0, 1))), _record(0xFC, _strings("甲", "乙")))


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(
    damage=st.lists(st.tuples(st.integers(0, 1 << 12), st.integers(0, 255)), max_size=8),
    keep=st.one_of(st.none(), st.integers(0, 1 << 10)),
)
def test_damaged_workbook_stream_raises_unreadable(damage: list[tuple[int, int]], keep: int | None) -> None:
    content = bytearray(_SEED)
    for place, value in damage:
        content[place % len(content)] = value
    with suppress(Unreadable):
        read_biff(bytes(content[:keep]), 1000)
