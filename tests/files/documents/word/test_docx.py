from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.demo import media
from intake_bot.files.facts import Kind, TextFacts, Trouble
from tests.files import samples
from tests.files.documents.measuring import measure
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
                paragraph("<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>", run("正文"))
                + paragraph(
                    '<w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:rPr><w:vanish w:val="0"/></w:rPr>'
                    "<w:t>可见</w:t></w:r>"
                )
            ),
            TextFacts("正文\n可见", 4),
            id="hidden",
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
def test_docx_gives_visible_text(tmp_path: Path, content: bytes, facts: TextFacts) -> None:
    assert measure(tmp_path, content, Kind.DOCX) == (facts, None)


def test_docx_in_strict_form_is_read(tmp_path: Path) -> None:
    strict = '<document xmlns="http://purl.oclc.org/ooxml/wordprocessingml/main"><body><p><r><t>严格</t></r></p></body></document>'
    content = word("", {"word/document.xml": strict.encode("utf-16")})
    assert measure(tmp_path, content, Kind.DOCX) == (TextFacts("严格", 2), None)


_EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
_LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(media.docx(["正文"] * 99)[:1200], Trouble.TRUNCATED, id="docx-cut-off"),
        pytest.param(word("<w:p>"), Trouble.DAMAGED, id="docx-not-well-formed"),
        pytest.param(word("", {"word/document.xml": _EXTERNAL.encode()}), Trouble.DAMAGED, id="external-entity"),
        pytest.param(word("", {"word/document.xml": _LAUGHS.encode()}), Trouble.DAMAGED, id="billion-laughs"),
        pytest.param(
            word("", {"word/document.xml": b'<?xml version="1.0" encoding="x-none"?><x/>'}),
            Trouble.DAMAGED,
            id="unknown-encoding",
        ),
        pytest.param(word("", {"word/document.xml": b" " * 30_000_000}), Trouble.BOMB, id="part-too-large"),
        pytest.param(media.zip_of({"[Content_Types].xml": b"", "word/x": b""}), Trouble.DAMAGED, id="no-parts"),
        pytest.param(word('<w:altChunk r:id="x"/>'), Trouble.UNSUPPORTED, id="embedded-html"),
        pytest.param(
            samples.in_every_header(media.docx(["正文"]), 6, b"\x01\x08"),
            Trouble.PROTECTED,
            id="zip-password",
        ),
    ],
)
def test_faulty_docx_reports_trouble(tmp_path: Path, content: bytes, trouble: Trouble) -> None:
    assert measure(tmp_path, content, Kind.DOCX) == (None, trouble)
