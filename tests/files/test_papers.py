"""RTF, web pages, OpenDocument, OFD, slides, PDF, and old workbooks."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from intake_bot.demo import media
from intake_bot.files.document import measure_document
from intake_bot.files.facts import Kind, TextFacts, Trouble
from intake_bot.files.limits import FileLimits
from tests.files import samples
from tests.files.compound import compound
from tests.files.papers import number_cell, odt, ofd, pdf, pptx, text_cell, xls


def _measure(folder: Path, content: bytes, kind: Kind, limits: FileLimits | None = None) -> object:
    return measure_document(samples.put(folder, "x", content), kind, limits or FileLimits())


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
            rb"{\rtf1 a{\*\unknown b}{\info{\title c}}{\header d}{\deleted e}\{f\}\~g\_h}",
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
def test_measure_document_reads_rtf(tmp_path: Path, content: bytes, facts: TextFacts) -> None:
    assert _measure(tmp_path, content, Kind.RTF) == (facts, None)


_MHT = """\
MIME-Version: 1.0
Content-Type: multipart/related; boundary=b

--b
Content-Type: text/html; charset=gb2312
Content-Transfer-Encoding: base64

PHA+u+62r9bcPC9wPg==
--b
Content-Type: image/png

x
--b--
"""


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        pytest.param(
            "<html><head><title>题</title><style>p{}</style></head><body><p>活动<b>周</b>&amp;<!-- <p>藏 --></p>"
            "<script>x</script>开<br>幕</body></html>".encode(),
            TextFacts("活动周&\n开\n幕", 6),
            id="page",
        ),
        pytest.param(
            "<html><meta charset=gb2312><p>朱镕基".encode("gb18030"), TextFacts("朱镕基", 3), id="gbk-that-says-so"
        ),
        pytest.param("<p>朱镕基".encode("gb18030"), TextFacts("朱镕基", 3), id="gbk-that-does-not"),
        pytest.param("<html><p>活动".encode("utf-16"), TextFacts("活动", 2), id="utf16"),
        pytest.param(
            b"<table><tr><td colspan=2>a<p>b</td><th>c<tr><td>1</td><td><img src=x></td></tr></table>d",
            TextFacts("a\nb\nc\n1\nd", 5, 1, tables=((("a\nb", "", "c"), ("1", "")),)),
            id="table",
        ),
        pytest.param(
            b'<p><a class=x href="https://a.cn/?a=1&amp;b">x</a><a href="#y">y</a>',
            TextFacts("xy", 1, 0, ("https://a.cn/?a=1&b",)),
            id="links",
        ),
        pytest.param(b"<p>1 < 2 <3 <" + b"<" * 9, TextFacts("1 < 2 <3 <<<<<<<<<<", 5), id="stray-signs"),
        pytest.param(_MHT.encode(), TextFacts("活动周", 3), id="mht"),
    ],
)
def test_measure_document_reads_web_pages(tmp_path: Path, content: bytes, facts: TextFacts) -> None:
    assert _measure(tmp_path, content, Kind.HTML) == (facts, None)


_MANY = 200_000
_OLD_MANIFEST = (
    '<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd">'
    '<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest"/>'
)


@pytest.mark.parametrize(
    ("opening", "facts"),
    [
        ("<!--", TextFacts("", 0)),
        ("<script", TextFacts("", 0)),
        ("<a ", TextFacts(("<a " * _MANY).strip(), _MANY)),
        ("<", TextFacts("<" * _MANY, 1)),
        ('<a href="', TextFacts('<a href="' * _MANY, _MANY + 1)),
        ("<table><tr><td>", TextFacts("", 0, tables=((("",),),) * _MANY)),
        ("&", TextFacts("&" * _MANY, 1)),
        ("<p>", TextFacts("", 0)),
    ],
)
def test_measure_document_reads_web_pages_in_linear_time(tmp_path: Path, opening: str, facts: TextFacts) -> None:
    started = time.process_time()
    _measure(tmp_path, ("<p>" + opening * (_MANY // 8)).encode(), Kind.HTML)
    between = time.process_time()
    measured = _measure(tmp_path, ("<p>" + opening * _MANY).encode(), Kind.HTML)
    few, many = between - started, time.process_time() - between
    assert measured == (facts, None)
    # 8 times as much; by the square it would be 64 times. What is over at once is too short to compare.
    assert many < max(24 * few, 0.2)


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        pytest.param(
            odt(
                "<text:tracked-changes><text:p>删</text:p></text:tracked-changes><text:p>一<text:s/>二<text:tab/>三"
                "<text:line-break/>四<text:note><text:note-citation>1</text:note-citation><text:p>注</text:p></text:note></text:p>"
            ),
            TextFacts("注\n一 二\t三\n四", 5),
            id="signs-and-notes",
        ),
        pytest.param(
            odt(
                "<table:table><table:table-row><table:table-cell><text:p>甲</text:p></table:table-cell>"
                '<table:covered-table-cell table:number-columns-repeated="2"/>'
                '<table:table-cell table:number-columns-repeated="99999999"/></table:table-row></table:table>'
            ),
            TextFacts("甲", 1, tables=((("甲", *[""] * 66),),)),
            id="table-with-covered-cells",
        ),
        pytest.param(odt("<text:p>一</text:p>", _OLD_MANIFEST), TextFacts("一", 1), id="manifest-of-openoffice"),
        pytest.param(
            odt('<text:p><text:a xlink:href="https://a.cn">看</text:a><draw:image/></text:p>'),
            TextFacts("看", 1, 1, ("https://a.cn",)),
            id="link-and-picture",
        ),
    ],
)
def test_measure_document_reads_open_document(tmp_path: Path, content: bytes, facts: TextFacts) -> None:
    assert _measure(tmp_path, content, Kind.ODF) == (facts, None)


def test_measure_document_reads_ofd(tmp_path: Path) -> None:
    line = "<ofd:TextObject><ofd:TextCode X='1'>{}</ofd:TextCode></ofd:TextObject>"
    content = ofd(line.format("活动周") + "<ofd:ImageObject/>", line.format("第二页"))
    assert _measure(tmp_path, content, Kind.OFD) == (TextFacts("活动周\n第二页", 6, 1), None)


def test_measure_document_reads_slides_in_their_order(tmp_path: Path) -> None:
    second = '<a:p><a:r><a:rPr><a:hlinkClick r:id="l"/></a:rPr><a:t>二</a:t></a:r></a:p>'
    table = (
        "<a:tbl><a:tr><a:tc gridSpan='2'><a:p><a:r><a:t>甲</a:t></a:r></a:p></a:tc><a:tc hMerge='1'/></a:tr></a:tbl>"
    )
    content = pptx([f"{table}<a:blip/>", second], {"l": "https://a.cn"})
    facts = TextFacts("二\n甲", 2, 1, ("https://a.cn",), ((("甲", ""),),))
    assert _measure(tmp_path, content, Kind.PPTX) == (facts, None)


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        pytest.param(pdf("Hello", "world"), TextFacts("Hello\nworld", 2), id="pages"),
        pytest.param(
            pdf("word " * 20, picture=True), TextFacts(("word " * 20).strip(), 20, 1), id="page-with-a-picture"
        ),
        pytest.param(
            pdf("see https://a.cn/1 now"), TextFacts("see https://a.cn/1 now", 3, 0, ("https://a.cn/1",)), id="link"
        ),
    ],
)
def test_measure_document_reads_pdf(tmp_path: Path, content: bytes, facts: TextFacts) -> None:
    assert _measure(tmp_path, content, Kind.PDF) == (facts, None)


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        pytest.param(
            xls(text_cell(0, 0, "活动情况日报表"), text_cell(1, 1, " 人数 "), number_cell(1, 3, 13812345678)),
            TextFacts(
                "S1\n活动情况日报表\n\t人数\t\t13812345678",
                1 + 7 + 2 + 1,
                tables=((("活动情况日报表",), ("", "人数", "", "13812345678")),),
            ),
            id="gaps-and-long-numbers",
        ),
        pytest.param(
            xls(*(number_cell(n, 0, days, date=True) for n, days in enumerate((45063, 45063.4375, 0.5, -1, 9e9)))),
            TextFacts(
                "S1\n2023-05-17\n2023-05-17 10:30\n12:00\n-1\n9000000000",
                7,
                tables=((("2023-05-17",), ("2023-05-17 10:30",), ("12:00",), ("-1",), ("9000000000",)),),
            ),
            id="dates",
        ),
        pytest.param(
            xls(number_cell(0, 0, 0.1), text_cell(65535, 255, " "), (0x205, b"\1\0\0\0\0\0\x2a\1")),
            TextFacts("S1\n0.1\n#N/A", 3, tables=((("0.1",), ("#N/A",)),)),
            id="stray-blank-in-the-last-cell",
        ),
    ],
)
def test_measure_document_reads_old_workbooks(tmp_path: Path, content: bytes, facts: TextFacts) -> None:
    assert _measure(tmp_path, compound({"Workbook": content}), Kind.XLS) == (facts, None)


_OTHER_XML = b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument><w:p/></w:wordDocument>'


@pytest.mark.parametrize(
    ("content", "kind", "trouble"),
    [
        pytest.param(_OTHER_XML, Kind.HTML, Trouble.UNSUPPORTED, id="word-2003-xml"),
        pytest.param(b"<?xml version='1.0'?><svg/>", Kind.HTML, Trouble.UNSUPPORTED, id="other-xml"),
        pytest.param(b"<p>" + b"x" * 21_000_000, Kind.HTML, Trouble.BOMB, id="page-too-large"),
        pytest.param(
            odt("", "<manifest><file-entry><encryption-data/></file-entry></manifest>"),
            Kind.ODF,
            Trouble.PROTECTED,
            id="odt-with-a-password",
        ),
        pytest.param(odt("")[:200], Kind.ODF, Trouble.TRUNCATED, id="odt-cut-off"),
        pytest.param(ofd("<ofd:ImageObject/>"), Kind.OFD, Trouble.UNSUPPORTED, id="ofd-of-scans"),
        pytest.param(media.zip_of({"OFD.xml": b"<x>"}), Kind.OFD, Trouble.DAMAGED, id="ofd-damaged"),
        pytest.param(pdf("12", picture=True), Kind.PDF, Trouble.UNSUPPORTED, id="pdf-of-scans"),
        pytest.param(pdf(""), Kind.PDF, Trouble.UNSUPPORTED, id="pdf-of-drawings"),
        pytest.param(pdf(r"a\001\002\003b"), Kind.PDF, Trouble.UNSUPPORTED, id="pdf-that-does-not-know-its-signs"),
        pytest.param(pdf("a", locked=True), Kind.PDF, Trouble.PROTECTED, id="pdf-with-a-password"),
        pytest.param(pdf("Hello")[:-6], Kind.PDF, Trouble.TRUNCATED, id="pdf-cut-off"),
        pytest.param(b"%PDF-1.7\n%%EOF", Kind.PDF, Trouble.DAMAGED, id="pdf-with-nothing-in-it"),
        pytest.param(compound({"Workbook": xls(locked=True)}), Kind.XLS, Trouble.PROTECTED, id="xls-with-a-password"),
        pytest.param(compound({"Workbook": b"x"}), Kind.XLS, Trouble.DAMAGED, id="xls-damaged"),
        pytest.param(b"{\\rtf1" + b"x" * 81_000_000, Kind.RTF, Trouble.BOMB, id="rtf-too-large"),
    ],
)
def test_measure_document_says_why_it_cannot_read_it(
    tmp_path: Path, content: bytes, kind: Kind, trouble: Trouble
) -> None:
    assert _measure(tmp_path, content, kind) == (None, trouble)


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
def test_measure_document_leaves_endless_texts_to_a_person(tmp_path: Path, content: bytes, kind: Kind) -> None:
    assert _measure(tmp_path, content, kind, FileLimits(text_length=1000)) == (None, Trouble.UNSUPPORTED)
