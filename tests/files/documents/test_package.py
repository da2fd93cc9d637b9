from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from intake_bot.demo import media
from intake_bot.files.documents.package import Package
from intake_bot.files.facts import Kind, TextFacts, Trouble
from intake_bot.files.sniff import sniff
from tests.files import packages, samples
from tests.files.documents.measuring import measure
from tests.files.papers import pptx

_WORD = media.docx(["活动周"], links=["http://a.cn"], table=[["甲", "乙"]])
_SHEET = media.xlsx([["活动情况日报表"], ["1", "开放日"]], "日报")
_SLIDES = pptx(["<a:p><a:r><a:t>一</a:t></a:r></a:p>"])

_DOCUMENTS = {
    Kind.DOCX: (_WORD, TextFacts("活动周\n甲\n乙\n报道链接", 9, 0, ("http://a.cn",), ((("甲", "乙"),),))),
    Kind.XLSX: (
        _SHEET,
        TextFacts("日报\n活动情况日报表\n1\t开放日", 13, tables=((("活动情况日报表",), ("1", "开放日")),)),
    ),
    Kind.PPTX: (_SLIDES, TextFacts("一", 1)),
}
_FOLDERS = {Kind.DOCX: "word", Kind.XLSX: "xl", Kind.PPTX: "ppt"}


@pytest.mark.parametrize("kind", _DOCUMENTS)
@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(bytes, id="as-it-is"),
        pytest.param(packages.backslashed, id="backslashes"),
        pytest.param(packages.upper_cased, id="upper-case"),
        pytest.param(lambda document: packages.renamed(document, lambda name: f"/{name}"), id="slash-in-front"),
        pytest.param(lambda document: packages.renamed(document, lambda name: f"./{name}"), id="dot-in-front"),
        pytest.param(packages.flat, id="flat"),
    ],
)
def test_document_is_read_however_its_parts_are_named(
    tmp_path: Path, kind: Kind, wrap: Callable[[bytes], bytes]
) -> None:
    document, facts = _DOCUMENTS[kind]
    content = wrap(document)
    assert sniff(samples.put(tmp_path, "sniffed", content)) is kind
    assert measure(tmp_path, content, kind) == (facts, None)


@pytest.mark.parametrize("kind", _DOCUMENTS)
@pytest.mark.parametrize("folder", ["", "book", "内容", "a/b"])
def test_document_is_read_wherever_its_parts_lie(tmp_path: Path, kind: Kind, folder: str) -> None:
    document, facts = _DOCUMENTS[kind]
    content = packages.moved(document, _FOLDERS[kind], folder)
    assert sniff(samples.put(tmp_path, "sniffed", content)) is kind
    assert measure(tmp_path, content, kind) == (facts, None)


@pytest.mark.parametrize("kind", [Kind.DOCX, Kind.XLSX])
@pytest.mark.parametrize("wrap", [packages.without_types, packages.without_relations])
def test_document_is_recognised_by_relations_or_types_alone(
    tmp_path: Path, kind: Kind, wrap: Callable[[bytes], bytes]
) -> None:
    document, facts = _DOCUMENTS[kind]
    content = packages.moved(wrap(document), _FOLDERS[kind], "other")
    assert sniff(samples.put(tmp_path, "sniffed", content)) is kind
    assert measure(tmp_path, content, kind) == (facts, None)


@pytest.mark.parametrize(
    ("written", "there"),
    [
        ("sharedStrings.xml", "SharedStrings.xml"),
        ("sharedStrings.xml", "SHAREDSTRINGS.XML"),
        ("SharedStrings.xml", "sharedStrings.xml"),
        ("..\\xl\\sharedStrings.xml", "sharedStrings.xml"),
        ("/xl/sharedStrings.xml", "sharedStrings.xml"),
        ("shared%20strings.xml", "shared strings.xml"),
        ("字符串.xml", "字符串.xml"),
        ("missing.xml", "sharedStrings.xml"),
    ],
)
def test_shared_strings_are_found_in_any_spelling(tmp_path: Path, written: str, there: str) -> None:
    types = (
        f'<Types><Override PartName="/xl/{there}" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    content = media.zip_of(
        {
            "[Content_Types].xml": types.encode(),
            "_rels/.rels": b'<R><Relationship Type="x/officeDocument" Target="xl/workbook.xml"/></R>',
            "xl/workbook.xml": b'<workbook xmlns:r="r"><sheet name="S" r:id="s"/></workbook>',
            "xl/_rels/workbook.xml.rels": (
                '<R><Relationship Id="s" Type="x/worksheet" Target="s.xml"/>'
                f'<Relationship Id="t" Type="x/SharedStrings" Target="{written}"/></R>'
            ).encode(),
            "xl/s.xml": b'<x><row><c t="s"><v>0</v></c></row></x>',
            f"xl/{there}": "<sst><si><t>共享</t></si></sst>".encode(),
        }
    )
    facts, trouble = measure(tmp_path, content, Kind.XLSX)
    assert (facts and facts.tables, trouble) == (((("共享",),),), None)


def test_flat_document_with_macros_and_pictures_is_read(tmp_path: Path) -> None:
    parts = packages.parts_of(media.docx(["图"], pictures=[media.jpeg(8, 8)]))
    content = packages.flat(media.zip_of({**parts, "word/vbaProject.bin": b"x"}))
    assert measure(tmp_path, content, Kind.DOCX) == (TextFacts("图", 1, 1, macros=True), None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_flat_document_of_any_charset_is_read(tmp_path: Path, encoding: str) -> None:
    content = packages.flat(_WORD).decode().replace('version="1.0"', f'version="1.0" encoding="{encoding}"', 1)
    assert measure(tmp_path, content.encode(encoding), Kind.DOCX) == (_DOCUMENTS[Kind.DOCX][1], None)


def test_part_that_declares_gbk_is_read(tmp_path: Path) -> None:
    body = f'<w:document xmlns:w="{samples.W}"><w:p><w:t>朱镕基</w:t></w:p></w:document>'
    body = f'<?xml version="1.0" encoding="GBK"?>{body}'
    content = media.zip_of({**packages.parts_of(media.docx([""])), "word/document.xml": body.encode("gbk")})
    assert measure(tmp_path, content, Kind.DOCX) == (TextFacts("朱镕基", 3), None)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(packages.flat(_WORD)[:-20], Trouble.DAMAGED, id="flat-cut"),
        pytest.param(b"<pkg:package/>" + b" " * 30_000_000, Trouble.BOMB, id="flat-too-large"),
        pytest.param(b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', Trouble.DAMAGED, id="flat-with-entities"),
    ],
)
def test_faulty_flat_document_reports_trouble(tmp_path: Path, content: bytes, trouble: Trouble) -> None:
    assert measure(tmp_path, content, Kind.DOCX) == (None, trouble)


def test_parts_count_as_bytes_of_one_budget(tmp_path: Path) -> None:
    path = samples.put(tmp_path, "x", _WORD)
    with Package(path, 10_000) as package:
        assert package.find_main_part() == "word/document.xml"
        assert package.find_content_type("Word/Document.xml").endswith("document.main+xml")
        assert package.peek("word/document.xml", 5) == b"<?xml"
