from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.files.facts import Kind, TextFacts, Trouble
from intake_bot.files.sniff import sniff
from tests.files import samples
from tests.files.documents.measuring import measure
from tests.files.packages import wordml


@pytest.mark.parametrize(
    ("body", "facts"),
    [
        pytest.param("<w:p><w:r><w:t>活动周</w:t></w:r></w:p>", TextFacts("活动周", 3), id="text"),
        pytest.param(
            "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc>"
            "<w:tc><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
            TextFacts("甲\n乙", 2, tables=((("甲", "", "乙"),),)),
            id="table",
        ),
        pytest.param(
            "<w:p><w:hlink w:dest='http://a.cn'><w:r><w:t>看</w:t></w:r></w:hlink></w:p>",
            TextFacts("看", 1, 0, ("http://a.cn",)),
            id="link",
        ),
        pytest.param(
            "<w:p><w:r><w:pict><w:binData w:name='wordml://1.jpg'>QUJD</w:binData><v:shape>"
            "<v:imagedata src='wordml://1.jpg'/></v:shape></w:pict></w:r></w:p>",
            TextFacts("", 0, 1),
            id="picture",
        ),
        pytest.param(
            "<w:p><aml:annotation w:type='Word.Deletion'><aml:content><w:r><w:delText>删</w:delText><w:t>删</w:t></w:r>"
            "</aml:content></aml:annotation><aml:annotation w:type='Word.Insertion'><aml:content><w:r><w:t>增</w:t>"
            "</w:r></aml:content></aml:annotation><w:r><aml:annotation w:type='Word.Comment'><aml:content><w:p><w:r>"
            "<w:t>批注</w:t></w:r></w:p></aml:content></aml:annotation></w:r></w:p>",
            TextFacts("增", 1),
            id="annotations",
        ),
        pytest.param(
            "<w:p><w:r><w:t>正文</w:t></w:r></w:p><w:sectPr><w:hdr w:type='odd'><w:p><w:r><w:t>页眉</w:t></w:r></w:p>"
            "</w:hdr></w:sectPr>",
            TextFacts("正文", 2),
            id="header",
        ),
        pytest.param(
            "<w:p><w:r><w:fldChar w:fldCharType='begin'/><w:instrText>HYPERLINK \"http://b.cn\"</w:instrText>"
            "<w:fldChar w:fldCharType='separate'/><w:t>果</w:t><w:fldChar w:fldCharType='end'/></w:r></w:p>",
            TextFacts("果", 1, 0, ("http://b.cn",)),
            id="field",
        ),
    ],
)
def test_word_2003_xml_gives_visible_text(tmp_path: Path, body: str, facts: TextFacts) -> None:
    content = wordml(body)
    assert sniff(samples.put(tmp_path, "sniffed", content), "活动情况.doc") is Kind.WORDML
    assert measure(tmp_path, content, Kind.WORDML) == (facts, None)


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK", "gb2312", "UTF-16"])
def test_word_2003_xml_of_any_charset_is_read(tmp_path: Path, encoding: str) -> None:
    content = wordml("<w:p><w:r><w:t>活动周</w:t></w:r></w:p>", encoding)
    assert measure(tmp_path, content, Kind.WORDML) == (TextFacts("活动周", 3), None)


@pytest.mark.parametrize("odd", [b"\x0b", b"\x00", b"\xff", b"\x1a"])
def test_word_2003_xml_with_odd_byte_is_read(tmp_path: Path, odd: bytes) -> None:
    content = wordml("<w:p><w:r><w:t>活动@周</w:t></w:r></w:p>").replace(b"@", odd)
    facts, trouble = measure(tmp_path, content, Kind.WORDML)
    assert trouble is None
    assert facts is not None
    assert facts.text.replace("\ufffd", "").replace("\n", "") == "活动周"


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(wordml("<w:p>")[:-30], Trouble.DAMAGED, id="cut"),
        pytest.param(b"<a>" + b" " * 30_000_000, Trouble.BOMB, id="too-large"),
    ],
)
def test_faulty_word_2003_xml_reports_trouble(tmp_path: Path, content: bytes, trouble: Trouble) -> None:
    assert measure(tmp_path, content, Kind.WORDML) == (None, trouble)


@pytest.mark.parametrize(("written", "macros"), [("yes", True), ("no", False)])
def test_word_2003_xml_with_macros_says_so(tmp_path: Path, written: str, macros: bool) -> None:
    content = wordml("").replace(b"<w:wordDocument", b'<w:wordDocument w:macrosPresent="%s"' % written.encode())
    facts, trouble = measure(tmp_path, content, Kind.WORDML)
    assert (facts and facts.macros, trouble) == (macros, None)
