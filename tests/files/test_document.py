from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.demo import media
from intake_bot.files.document import measure_document
from intake_bot.files.facts import Kind, TextFacts, Trouble
from intake_bot.files.limits import FileLimits
from tests.files import samples
from tests.files.samples import paragraph, run, word

_FOOTNOTES = f'<w:footnotes xmlns:w="{samples.W}"><w:footnote>{paragraph(run("脚注"))}</w:footnote></w:footnotes>'
_WORD_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="a" Type="http://x/hyperlink" Target="https://a.cn/1" TargetMode="External"/>'
    '<Relationship Id="b" Type="http://x/footnotes" Target="footnotes.xml"/></Relationships>'
)
_TEXT_BOX = (
    "<w:r><mc:AlternateContent>"
    f"<mc:Choice><w:txbxContent>{paragraph(run('文本框'))}<a:blip/></w:txbxContent></mc:Choice>"
    f"<mc:Fallback><w:txbxContent>{paragraph(run('文本框'))}</w:txbxContent><v:imagedata/></mc:Fallback>"
    "</mc:AlternateContent></w:r>"
)
_FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "https://b.cn/</w:instrText></w:r>'
    '<w:r><w:instrText>2" \\o "x" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    f'{run("看报道")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
_NESTED_TABLE = (
    f"<w:tbl><w:tr><w:tc>{paragraph(run('外'))}"
    f"<w:tbl><w:tr><w:tc>{paragraph(run('内'))}</w:tc></w:tr></w:tbl>{paragraph()}</w:tc>"
    f"<w:tc>{paragraph(run('甲'))}{paragraph(run('乙'))}</w:tc></w:tr></w:tbl>"
)


def _measure(folder: Path, content: bytes, kind: Kind) -> tuple[TextFacts | None, Trouble | None]:
    return measure_document(samples.put(folder, "x", content), kind, FileLimits())


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        pytest.param(
            media.docx(
                ["活动周开幕。", "  来源：教务处 "],
                pictures=[media.jpeg(8, 8), media.jpeg(8, 8, seed=1)],
                links=["https://mp.weixin.qq.com/s/a"],
                table=[["序号", "活动"], ["1", "开放日"]],
            ),
            TextFacts(
                "活动周开幕。\n来源：教务处\n序号\n活动\n1\n开放日\n报道链接",
                6 + 6 + 4 + 1 + 3 + 4,
                2,
                ("https://mp.weixin.qq.com/s/a",),
                ((("序号", "活动"), ("1", "开放日")),),
            ),
            id="all-that-the-builder-writes",
        ),
        pytest.param(word(""), TextFacts("", 0), id="empty"),
        pytest.param(
            word(paragraph(run("一"), run("二") + "<w:r><w:tab/><w:br/></w:r>" + run("三"))),
            TextFacts("一二\t\n三", 3),
            id="runs-tab-break",
        ),
        pytest.param(
            word(paragraph('<w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr>', run("正文"))),
            TextFacts("正文", 2),
            id="tab-stops-are-no-tabs",
        ),
        pytest.param(
            word(paragraph(f"<w:ins>{run('新增')}</w:ins><w:del><w:r><w:delText>删去</w:delText></w:r></w:del>")),
            TextFacts("新增", 2),
            id="inserted-and-deleted",
        ),
        pytest.param(
            word(
                paragraph(f"<w:moveFrom>{run('移动')}</w:moveFrom>") + paragraph(f"<w:moveTo>{run('移动')}</w:moveTo>")
            ),
            TextFacts("移动", 2),
            id="moved",
        ),
        pytest.param(word(paragraph(run("正文"), _TEXT_BOX)), TextFacts("文本框\n正文", 5, 1), id="text-box-once"),
        pytest.param(word(paragraph(_FIELD)), TextFacts("看报道", 3, 0, ("https://b.cn/2",)), id="field-code"),
        pytest.param(
            word(paragraph(f'<w:fldSimple w:instr="HYPERLINK http://c.cn">{run("见")}</w:fldSimple>')),
            TextFacts("见", 1, 0, ("http://c.cn",)),
            id="simple-field",
        ),
        pytest.param(
            word(paragraph("<w:r><w:pict><v:imagedata/></w:pict></w:r>")), TextFacts("", 0, 1), id="old-picture"
        ),
        pytest.param(
            word(_NESTED_TABLE),
            TextFacts("外\n内\n甲\n乙", 4, tables=((("内",),), (("外", "甲\n乙"),))),
            id="table-in-a-table",
        ),
        pytest.param(
            word(
                paragraph(f'<w:hyperlink r:id="a">{run("链接")}</w:hyperlink><w:hyperlink w:anchor="x"/>'),
                {"word/_rels/document.xml.rels": _WORD_RELATIONS.encode(), "word/footnotes.xml": _FOOTNOTES.encode()},
            ),
            TextFacts("链接\n脚注", 4, 0, ("https://a.cn/1",)),
            id="hyperlink-and-footnote",
        ),
        pytest.param(
            word(
                f"<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>{paragraph(run('合计'))}</w:tc>"
                f"<w:tc>{paragraph(run('9'))}</w:tc></w:tr></w:tbl>"
            ),
            TextFacts("合计\n9", 3, tables=((("合计", "", "9"),),)),
            id="cell-over-two-columns",
        ),
        pytest.param(word("<w:p>" * 20_000 + run("深") + "</w:p>" * 20_000), TextFacts("深", 1), id="deep-nesting"),
    ],
)
def test_measure_document_reads_word(tmp_path: Path, content: bytes, facts: TextFacts) -> None:
    assert _measure(tmp_path, content, Kind.DOCX) == (facts, None)


def test_measure_document_reads_word_written_in_the_strict_form(tmp_path: Path) -> None:
    strict = '<document xmlns="http://purl.oclc.org/ooxml/wordprocessingml/main"><body><p><r><t>严格</t></r></p></body></document>'
    content = word("", {"word/document.xml": strict.encode("utf-16")})
    assert _measure(tmp_path, content, Kind.DOCX) == (TextFacts("严格", 2), None)


_EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
_LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("content", "kind", "trouble"),
    [
        pytest.param(media.docx(["正文"] * 99)[:1200], Kind.DOCX, Trouble.TRUNCATED, id="docx-cut-off"),
        pytest.param(word("<w:p>"), Kind.DOCX, Trouble.DAMAGED, id="docx-not-well-formed"),
        pytest.param(
            word("", {"word/document.xml": _EXTERNAL.encode()}), Kind.DOCX, Trouble.DAMAGED, id="external-entity"
        ),
        pytest.param(
            word("", {"word/document.xml": _LAUGHS.encode()}), Kind.DOCX, Trouble.DAMAGED, id="billion-laughs"
        ),
        pytest.param(
            word("", {"word/document.xml": b'<?xml version="1.0" encoding="x-none"?><x/>'}),
            Kind.DOCX,
            Trouble.DAMAGED,
            id="unknown-encoding",
        ),
        pytest.param(word("", {"word/document.xml": b" " * 30_000_000}), Kind.DOCX, Trouble.BOMB, id="part-too-large"),
        pytest.param(
            media.zip_of({"[Content_Types].xml": b"", "word/x": b""}), Kind.DOCX, Trouble.DAMAGED, id="no-parts"
        ),
        pytest.param(word('<w:altChunk r:id="x"/>'), Kind.DOCX, Trouble.UNSUPPORTED, id="embedded-html"),
        pytest.param(
            samples.in_every_header(media.docx(["正文"]), 6, b"\x01\x08"),
            Kind.DOCX,
            Trouble.PROTECTED,
            id="zip-password",
        ),
        pytest.param(samples.PROTECTED_OLE, Kind.OLE, Trouble.PROTECTED, id="office-password"),
        pytest.param(samples.OLE, Kind.OLE, Trouble.UNSUPPORTED, id="ms-works"),
        pytest.param(samples.CUT_OLE, Kind.OLE, Trouble.DAMAGED, id="ole-cut-off"),
        pytest.param(samples.OLE, Kind.PPT, Trouble.UNSUPPORTED, id="ppt"),
        pytest.param(b"x" * 30_000_000, Kind.TEXT, Trouble.BOMB, id="text-too-large"),
    ],
)
def test_measure_document_says_why_it_cannot(tmp_path: Path, content: bytes, kind: Kind, trouble: Trouble) -> None:
    assert _measure(tmp_path, content, kind) == (None, trouble)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param("活动周".encode(), "活动周", id="utf8"),
        pytest.param("\ufeff活动周".encode(), "活动周", id="utf8-with-mark"),
        pytest.param("活动周，朱镕基".encode("gb18030"), "活动周，朱镕基", id="gbk"),
        pytest.param("活动周".encode("utf-16"), "活动周", id="utf16"),
    ],
)
def test_measure_document_reads_plain_text(tmp_path: Path, content: bytes, text: str) -> None:
    facts, trouble = _measure(tmp_path, content, Kind.TEXT)
    assert (facts and facts.text, trouble) == (text, None)


def _workbook(sheet: str, strings: str = "<sst/>") -> bytes:
    relations = (
        '<Relationships><Relationship Id="s" Type="x/worksheet" Target="/xl/s.xml"/>'
        '<Relationship Id="t" Type="x/sharedStrings" Target="strings.xml"/></Relationships>'
    )
    links = (
        '<Relationships><Relationship Type="x/hyperlink" Target="http://a.cn" TargetMode="External"/></Relationships>'
    )
    return media.zip_of(
        {
            "[Content_Types].xml": b"",
            "_rels/.rels": b'<R><Relationship Type="x/officeDocument" Target="xl/workbook.xml"/></R>',
            "xl/workbook.xml": b'<w xmlns:r="r"><sheet name="S" r:id="s"/><sheet name="C" r:id="c"/></w>',
            "xl/_rels/workbook.xml.rels": relations.encode(),
            "xl/s.xml": sheet.encode(),
            "xl/_rels/s.xml.rels": links.encode(),
            "xl/strings.xml": strings.encode(),
        }
    )


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        pytest.param(
            media.xlsx([["活动情况日报表"], ["序号", "", "人数"], ["", ""], ["1", "开放日 & 展示", "300"]], "日报"),
            TextFacts(
                "日报\n活动情况日报表\n序号\t\t人数\n1\t开放日 & 展示\t300",
                2 + 7 + 4 + 1 + 3 + 1 + 2 + 1,
                tables=((("活动情况日报表",), ("序号", "", "人数"), ("1", "开放日 & 展示", "300")),),
            ),
            id="all-that-the-builder-writes",
        ),
        pytest.param(
            _workbook(
                '<x><row><c t="inlineStr"><is><t>内</t><rPh><t/></rPh></is></c><c><f>1+1</f><v>2</v></c>'
                '<c t="s"><v>0</v></c><c/></row></x>',
                "<sst><si><r><t>富</t></r><r><t>文本</t></r><rPh><t>fu</t></rPh></si></sst>",
            ),
            TextFacts("S\n内\t2\t富文本\nC", 7, 0, ("http://a.cn",), ((("内", "2", "富文本"),),)),
            id="inline-formula-rich-text-chart-link",
        ),
    ],
)
def test_measure_document_reads_excel(tmp_path: Path, content: bytes, facts: TextFacts) -> None:
    assert _measure(tmp_path, content, Kind.XLSX) == (facts, None)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(_workbook('<x><row><c t="s"><v>7</v></c></row></x>'), Trouble.DAMAGED, id="no-such-string"),
        pytest.param(_workbook('<x><row><c t="s"><v>²</v></c></row></x>'), Trouble.DAMAGED, id="index-that-is-none"),
        pytest.param(
            _workbook(
                "<x><row>" + '<c t="s"><v>0</v></c>' * 1000 + "</row></x>",
                f"<sst><si><t>{'长' * 30_000}</t></si></sst>",
            ),
            Trouble.UNSUPPORTED,
            id="one-long-string-many-times",
        ),
    ],
)
def test_measure_document_survives_bad_excel(tmp_path: Path, content: bytes, trouble: Trouble) -> None:
    assert _measure(tmp_path, content, Kind.XLSX) == (None, trouble)
