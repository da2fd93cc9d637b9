from __future__ import annotations

import struct
from pathlib import Path

import pytest

from intake_bot.demo import media
from intake_bot.files.facts import Kind, TextFacts, Trouble
from intake_bot.files.limits import FileLimits
from tests.files.compound import Piece, compound, doc
from tests.files.documents.measuring import measure

_GRID = (0, 1000, 2000)


def _blip(kind: int, instance: int, content: bytes) -> bytes:
    return struct.pack("<HHL", instance << 4, kind, len(content)) + content


_JPEG = _blip(0xF01D, 0x46A, bytes(17) + media.jpeg(8, 8))
_PNG_WITH_A_JPEG_HEADER_INSIDE = _blip(0xF01E, 0x6E0, bytes(17) + _JPEG)


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        pytest.param(doc("职业教育活动周。\r第二段"), TextFacts("职业教育活动周。\n第二段", 11), id="two-paragraphs"),
        pytest.param(doc("𠮷林😀"), TextFacts("𠮷林😀", 3), id="beyond-the-basic-plane"),
        pytest.param(
            doc(Piece("“引”，"), Piece(b"caf\xe9 \x93x\x94"), Piece("尾")),
            TextFacts("“引”，café “x”尾", 9),
            id="compressed-piece-between-wide-ones",
        ),
        pytest.param(
            doc(Piece("职业教育2023年，".encode("gb18030"))),
            TextFacts("职业教育2023年，", 7),
            id="gbk-in-a-compressed-piece",
        ),
        pytest.param(doc("正文删去结尾", deleted=[(2, 4)]), TextFacts("正文结尾", 4), id="deleted"),
        pytest.param(
            doc("正文", Piece("删去", deleted_by_list=True), "结尾"), TextFacts("正文结尾", 4), id="deleted-piece"
        ),
        pytest.param(
            doc('前\x13 HYPERLINK "https://a.cn/1" \x14看报道\x15后'),
            TextFacts("前看报道后", 5, 0, ("https://a.cn/1",)),
            id="hyperlink",
        ),
        pytest.param(
            doc("\x13 IF \x13 PAGE \x14 3\x15 \x14结果\x13 DATE \x14五月\x15\x15。"),
            TextFacts("结果五月。", 5),
            id="fields-in-fields",
        ),
        pytest.param(doc("前\x13 PAGE \x15后"), TextFacts("前后", 2), id="field-without-a-result"),
        pytest.param(doc("前\x13后面的字都在"), TextFacts("前后面的字都在", 7), id="field-that-never-ends"),
        pytest.param(doc("前\x15\x14后"), TextFacts("前后", 2), id="end-of-no-field"),
        pytest.param(
            doc("一\x0b二\t三\x1e四\x1f五\x01\x08六\x0c七\x02"),
            TextFacts("一\n二\t三-四五六\n七", 8),
            id="invisible-characters",
        ),
        pytest.param(
            doc("标题\r甲\x07乙\x07\x07丙\r丁\x07\x07\x07末", cells=[4, 6, 9, 11, 12], rows={7: _GRID, 13: _GRID}),
            TextFacts("标题\n甲\n乙\n丙\n丁\n末", 7, tables=((("甲", "乙"), ("丙\n丁", "")),)),
            id="table",
        ),
        pytest.param(
            doc("甲\x07\x07末", cells=[1], rows={2: (0, 900)}, far_away_rows=True),
            TextFacts("甲\n末", 2, tables=((("甲",),),)),
            id="table-with-properties-in-the-data-stream",
        ),
        pytest.param(
            doc(
                "甲\x07乙\x07丙\x07\x07合计\x079\x07\x07",
                cells=[1, 3, 5, 9, 11],
                rows={6: (0, 1000, 2000, 3000), 12: (10, 2010, 2990)},
            ),
            TextFacts("甲\n乙\n丙\n合计\n9", 6, tables=((("甲", "乙", "丙"), ("合计", "", "9")),)),
            id="cell-over-two-columns",
        ),
        pytest.param(
            doc("甲\x07\x07\r乙\x07\x07", cells=[1, 5], rows={2: (0, 900), 6: (0, 900)}),
            TextFacts("甲\n乙", 2, tables=((("甲",),), (("乙",),))),
            id="two-tables",
        ),
        pytest.param(
            doc("正文\r脚注\r页眉\r批注\r尾注\r文本框\r", stories=(3, 3, 3, 0, 3, 3, 4)),
            TextFacts("正文\n脚注\n尾注\n文本框", 9),
            id="stories",
        ),
        pytest.param(doc("正文", flags=0x0200), TextFacts("正文", 2), id="second-table-stream"),
        pytest.param(doc("正文")[:-100], TextFacts("正文", 2), id="last-sector-not-full"),
        pytest.param(
            doc("图", pictures=_JPEG + bytes(40) + _PNG_WITH_A_JPEG_HEADER_INSIDE), TextFacts("图", 1, 2), id="pictures"
        ),
        pytest.param(doc(""), TextFacts("", 0), id="empty"),
    ],
)
def test_doc_gives_visible_text(tmp_path: Path, content: bytes, facts: TextFacts) -> None:
    assert measure(tmp_path, content, Kind.DOC) == (facts, None)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(doc("正文", flags=0x0100), Trouble.PROTECTED, id="password"),
        pytest.param(doc("正文", version=0x68), Trouble.UNSUPPORTED, id="word-95"),
        pytest.param(compound({"WordDocument": b"\xdc\xa5\x65\0"}), Trouble.UNSUPPORTED, id="word-6"),
        *(
            pytest.param(
                compound({"WordDocument": struct.pack("<2H", mark, 0x68) + bytes(600)}),
                Trouble.UNSUPPORTED,
                id=f"{mark:x}",
            )
            for mark in (0xA59B, 0xA5DB, 0xA5DC, 0xA697, 0xA698, 0xA699)
        ),
        pytest.param(compound({"WordDocument": b"\xec\xa5\xc1\0"}), Trouble.DAMAGED, id="no-tables"),
        pytest.param(compound({"WordDocument": bytes(99)}), Trouble.DAMAGED, id="nothing-in-it"),
        pytest.param(compound({"0Table": b""}), Trouble.DAMAGED, id="no-main-stream"),
        pytest.param(doc("正文" * 3000)[:6000], Trouble.DAMAGED, id="cut-off"),
    ],
)
def test_faulty_doc_reports_trouble(tmp_path: Path, content: bytes, trouble: Trouble) -> None:
    assert measure(tmp_path, content, Kind.DOC) == (None, trouble)


def test_doc_beyond_text_length_is_unsupported(tmp_path: Path) -> None:
    assert measure(tmp_path, doc("字" * 1001), Kind.DOC, FileLimits(text_length=1000)) == (None, Trouble.UNSUPPORTED)
    assert measure(tmp_path, doc("字" * 1000), Kind.DOC, FileLimits(text_length=1000)) == (
        TextFacts("字" * 1000, 1000),
        None,
    )
