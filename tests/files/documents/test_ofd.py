from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.demo import media
from intake_bot.files.facts import Kind, TextFacts, Trouble
from tests.files.documents.measuring import measure
from tests.files.papers import ofd, ofd_of


def test_ofd_gives_text_and_pictures_of_all_pages(tmp_path: Path) -> None:
    line = "<ofd:TextObject><ofd:TextCode X='1'>{}</ofd:TextCode></ofd:TextObject>"
    content = ofd(line.format("活动周") + "<ofd:ImageObject/>", line.format("第二页"))
    assert measure(tmp_path, content, Kind.OFD) == (TextFacts("活动周\n第二页", 6, 1), None)


def _line(text: str, more: str = "") -> str:
    return f"<ofd:TextObject {more}><ofd:TextCode>{text}</ofd:TextCode></ofd:TextObject>"


def _content(*objects: str) -> str:
    return f"<ofd:Content><ofd:Layer>{''.join(objects)}</ofd:Layer></ofd:Content>"


def _template(number: int) -> str:
    return f'<ofd:Template TemplateID="t{number}" ZOrder="Background"/>'


_TEMPLATES = {f"Doc_0/Tpls/{n}.xml": f"<ofd:Page>{_content(_line(f'头{n}'))}</ofd:Page>" for n in (1, 2)}
_COMMON = "<ofd:CommonData>{}</ofd:CommonData>"
_TEMPLATE_PAGES = _COMMON.format("".join(f'<ofd:TemplatePage ID="t{n}" BaseLoc="Tpls/{n}.xml"/>' for n in (1, 2)))
_RESOURCE = _COMMON.format("<ofd:PublicRes>Res.xml</ofd:PublicRes>")


def _unit(number: int, *objects: str) -> str:
    return f'<ofd:CompositeGraphicUnit ID="u{number}">{_content(*objects)}</ofd:CompositeGraphicUnit>'


def _resource(*units: str) -> str:
    return f"<ofd:Res><ofd:CompositeGraphicUnits>{''.join(units)}</ofd:CompositeGraphicUnits></ofd:Res>"


def _drawn(number: int) -> str:
    return f'<ofd:CompositeObject ResourceID="u{number}"/>'


_ANNOTATIONS = "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>"
_LISTED = "<ofd:Annotations><ofd:Page PageID='0'><ofd:FileLoc>P/a.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>"


def _annotated(*annotations: str) -> dict[str, str]:
    return {
        "Doc_0/Annots/Annotations.xml": _LISTED,
        "Doc_0/Annots/P/a.xml": f"<ofd:PageAnnot>{''.join(annotations)}</ofd:PageAnnot>",
    }


def _annotation(text: str, more: str) -> str:
    return f"<ofd:Annot {more}><ofd:Remark>备注</ofd:Remark><ofd:Appearance>{_line(text)}</ofd:Appearance></ofd:Annot>"


@pytest.mark.parametrize(
    ("content", "text", "pictures"),
    [
        pytest.param(
            ofd_of([_template(1) + _content(_line("正文"))], _TEMPLATE_PAGES, _TEMPLATES), "头1\n正文", 0, id="template"
        ),
        pytest.param(
            ofd_of([_template(1) + _template(2) + _content()], _TEMPLATE_PAGES, _TEMPLATES),
            "头1\n头2",
            0,
            id="templates-alone",
        ),
        pytest.param(
            ofd_of([_template(1) + _content(_line(text)) for text in "甲乙"], _TEMPLATE_PAGES, _TEMPLATES),
            "头1\n甲\n乙",
            0,
            id="one-template-on-two-pages",
        ),
        pytest.param(
            ofd_of([_template(1) + _content(_line("正文"))], _TEMPLATE_PAGES),
            "正文",
            0,
            id="template-that-is-not-there",
        ),
        pytest.param(
            ofd_of([_template(9) + _content(_line("正文"))], _TEMPLATE_PAGES, _TEMPLATES),
            "正文",
            0,
            id="unknown-template",
        ),
        pytest.param(
            ofd_of(
                [_content(_line("前"), _drawn(1), _line("后"))],
                _RESOURCE,
                {"Doc_0/Res.xml": _resource(_unit(1, _line("单元"), "<ofd:ImageObject/>"))},
            ),
            "前\n单元\n后",
            1,
            id="composite-unit",
        ),
        pytest.param(
            ofd_of(
                [_content(_drawn(1), _drawn(1))],
                _RESOURCE,
                {"Doc_0/Res.xml": _resource(_unit(1, _line("外"), _drawn(2)), _unit(2, _line("内")))},
            ),
            "外\n内\n外\n内",
            0,
            id="unit-in-unit-drawn-twice",
        ),
        pytest.param(
            ofd_of(
                [f"<ofd:PageRes>Own.xml</ofd:PageRes>{_content(_drawn(1))}"],
                "",
                {"Doc_0/Pages/Page_0/Own.xml": _resource(_unit(1, _line("本页")))},
            ),
            "本页",
            0,
            id="unit-of-the-page",
        ),
        pytest.param(
            ofd_of(
                [_content(_line("页")), _content(_line("二"))],
                _ANNOTATIONS,
                _annotated(_annotation("章", "Type='Stamp'")),
            ),
            "页\n章\n二",
            0,
            id="annotation",
        ),
        pytest.param(
            ofd_of(
                [_content(_line("页"))],
                _ANNOTATIONS,
                _annotated(
                    _annotation("水印", "Type='Watermark'"),
                    _annotation("隐藏", "Type='Stamp' Visible='false'"),
                    _annotation("签批", "Type='Path'"),
                ),
            ),
            "页\n签批",
            0,
            id="watermark-and-hidden-annotation",
        ),
        pytest.param(ofd_of([_content(_line("看"), _line("不看", "Visible='false'"))]), "看", 0, id="hidden-text"),
    ],
)
def test_ofd_gives_all_that_is_seen(tmp_path: Path, content: bytes, text: str, pictures: int) -> None:
    facts, trouble = measure(tmp_path, content, Kind.OFD)
    assert (facts and (facts.text, facts.pictures), trouble) == ((text, pictures), None)


_LOOP = _resource(_unit(1, _line("一"), _drawn(1)))
_GROWING = _resource(*(_unit(n, *[_drawn(n + 1)] * 10) for n in range(1, 8)), _unit(8, _line("一")))


@pytest.mark.parametrize("units", [pytest.param(_LOOP, id="loop"), pytest.param(_GROWING, id="ten-million-units")])
def test_ofd_of_endless_units_is_refused(tmp_path: Path, units: str) -> None:
    content = ofd_of([_content(_drawn(1))], _RESOURCE, {"Doc_0/Res.xml": units})
    assert measure(tmp_path, content, Kind.OFD) == (None, Trouble.UNSUPPORTED)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(ofd("<ofd:ImageObject/>"), Trouble.UNSUPPORTED, id="ofd-of-scans"),
        pytest.param(media.zip_of({"OFD.xml": b"<x>"}), Trouble.DAMAGED, id="ofd-damaged"),
    ],
)
def test_faulty_ofd_reports_trouble(tmp_path: Path, content: bytes, trouble: Trouble) -> None:
    assert measure(tmp_path, content, Kind.OFD) == (None, trouble)
