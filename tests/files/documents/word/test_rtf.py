from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.files.facts import Kind, TextFacts, Trouble
from tests.files.documents.measuring import measure


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        pytest.param(
            rb"{\rtf1\ansi\ansicpg936 \'bb\'ee\'b6\'af\'d6\'dc\par \'bf\'aa}", TextFacts("活动周\n开", 4), id="gbk"
        ),
        pytest.param(
            rb"{\rtf1{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset134 B;}{\f2\fcharset136 C;}}"
            rb"\f1 \'d6\'dc\f2 \'a9\'50\f0 x}",
            TextFacts("周周x", 3),
            id="by-the-font",
        ),
        pytest.param("{\\rtf1\\ansi 活动周}".encode("gb18030"), TextFacts("活动周", 3), id="raw-gbk"),
        pytest.param(
            rb"{\rtf1\uc1 \u27963?\u21160\'3f\uc2\u21608\'d6\'dc{\uc0\u-10179\u-8704}.}",
            TextFacts("活动周😀.", 4),
            id="unicode",
        ),
        pytest.param(
            rb"{\rtf1 a{\*\unknown b}{\info{\title c}}{\header d}{\deleted e}{\v e}\v e\v0 \{f\}\~g\_h}",
            TextFacts("a{f}\u00a0g-h", 2),
            id="unseen",
        ),
        pytest.param(
            rb'{\rtf1{\field{\*\fldinst{HYPERLINK "https://a.cn/1"}}{\fldrslt{see}}} it}',
            TextFacts("see it", 2, 0, ("https://a.cn/1",)),
            id="hyperlink",
        ),
        pytest.param(
            rb"{\rtf1 a{\shp{\*\shpinst{\sp{\sn x}{\sv y}}{\shptxt b\par}}{\shprslt c}}{\*\footnote d}e}",
            TextFacts("ae\nb\nd", 3),
            id="text-box-and-footnote",
        ),
        pytest.param(
            rb"{\rtf1{\*\shppict{\pict\pngblip 0102}}{\nonshppict{\pict 0102}}{\pict\bin4 }{}\par}x}",
            TextFacts("x", 1, 2),
            id="pictures",
        ),
        pytest.param(
            rb"{\rtf1 t\par\trowd\cellx9\cellx999\pard\intbl a\par b\cell c\cell\row\trowd\cellx999 d\cell\row\pard e}",
            TextFacts("t\na\nb\nc\nd\ne", 6, tables=((("a\nb", "c"), ("d", "")),)),
            id="table",
        ),
        pytest.param(
            rb"{\rtf1{\deleted\trowd\cellx999\intbl x\cell\row}\trowd\cellx9\cellx999\intbl a\cell b\cell\row"
            rb"\trowd\cellx999 d\cell\row\pard e}",
            TextFacts("a\nb\nd\ne", 4, tables=((("a", "b"), ("d", "")),)),
            id="deleted-row",
        ),
        pytest.param(rb"{\rtf1 a", TextFacts("a", 1), id="not-closed"),
    ],
)
def test_rtf_gives_visible_text(tmp_path: Path, content: bytes, facts: TextFacts) -> None:
    assert measure(tmp_path, content, Kind.RTF) == (facts, None)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(b"{\\rtf1" + b"x" * 81_000_000, Trouble.BOMB, id="rtf-too-large"),
    ],
)
def test_faulty_rtf_reports_trouble(tmp_path: Path, content: bytes, trouble: Trouble) -> None:
    assert measure(tmp_path, content, Kind.RTF) == (None, trouble)
