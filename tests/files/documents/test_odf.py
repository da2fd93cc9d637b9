from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.files.facts import Kind, TextFacts, Trouble
from intake_bot.files.sniff import sniff
from tests.files import samples
from tests.files.documents.measuring import measure
from tests.files.papers import odt

_OLD_MANIFEST = (
    '<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd">'
    '<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest"/>'
)


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        pytest.param(
            odt(
                "<text:tracked-changes><text:p>删</text:p></text:tracked-changes><text:p>一<text:s/>二<text:tab/>三"
                "<text:line-break/>四<text:note><text:note-citation>1</text:note-citation><text:p>注</text:p></text:note></text:p>"
            ),
            TextFacts("注\n一 二\t三\n四", 5),
            id="spaces-and-notes",
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
def test_open_document_gives_visible_text(tmp_path: Path, content: bytes, facts: TextFacts) -> None:
    assert measure(tmp_path, content, Kind.ODF) == (facts, None)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param(
            "<text:p>图<draw:frame><draw:image/><svg:title>标题</svg:title><svg:desc>描述</svg:desc></draw:frame></text:p>",
            "图",
            id="picture",
        ),
        pytest.param(
            "<text:p><draw:g><svg:desc>描述</svg:desc><draw:rect><svg:title>形</svg:title></draw:rect></draw:g>甲</text:p>",
            "甲",
            id="shapes",
        ),
        pytest.param(
            "<text:p><draw:frame><svg:title>题</svg:title><draw:text-box><text:p>框里</text:p></draw:text-box></draw:frame></text:p>",
            "框里",
            id="text-box",
        ),
        pytest.param("<text:p>《<text:title>总结</text:title>》</text:p>", "《总结》", id="title-field"),
        pytest.param(
            "<text:p><text:span><text:title>总结</text:title></text:span></text:p>", "总结", id="field-in-span"
        ),
        pytest.param(
            "<text:p><text:ruby><text:ruby-base>镕</text:ruby-base><text:ruby-text>róng</text:ruby-text></text:ruby></text:p>",
            "镕",
            id="phonetic",
        ),
        pytest.param(
            "<table:content-validations><table:content-validation><table:help-message><text:p>提示</text:p>"
            "</table:help-message></table:content-validation></table:content-validations><text:p>甲</text:p>",
            "甲",
            id="hints-of-cells",
        ),
    ],
)
def test_open_document_gives_no_alternative_text(tmp_path: Path, body: str, text: str) -> None:
    facts, trouble = measure(tmp_path, odt(body), Kind.ODF)
    assert (facts and facts.text, trouble) == (text, None)


def test_flat_open_document_is_read(tmp_path: Path) -> None:
    names = " ".join(f'xmlns:{name}="{name}"' for name in ("text", "draw", "style"))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {names}'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">'
        "<office:meta><text:p>题</text:p></office:meta>"
        "<office:master-styles><style:header><text:p>页眉</text:p></style:header></office:master-styles>"
        "<office:body><text:p>正文<draw:image><office:binary-data>QUJD</office:binary-data></draw:image></text:p>"
        "</office:body></office:document>"
    ).encode()
    assert sniff(samples.put(tmp_path, "sniffed", content)) is Kind.ODF
    assert measure(tmp_path, content, Kind.ODF) == (TextFacts("正文", 2, 1), None)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(
            odt("", "<manifest><file-entry><encryption-data/></file-entry></manifest>"),
            Trouble.PROTECTED,
            id="odt-with-a-password",
        ),
        pytest.param(odt("")[:200], Trouble.TRUNCATED, id="odt-cut-off"),
    ],
)
def test_faulty_open_document_reports_trouble(tmp_path: Path, content: bytes, trouble: Trouble) -> None:
    assert measure(tmp_path, content, Kind.ODF) == (None, trouble)
