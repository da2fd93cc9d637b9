from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.demo import media
from intake_bot.files.facts import Kind
from intake_bot.files.sniff import sniff
from tests.files import packages, samples
from tests.files.papers import odt, ofd, pptx

_MANIFEST = (
    '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry m:full-path="/"'
    ' m:media-type="application/vnd.oasis.opendocument.spreadsheet"/></m:manifest>'
)
_ODT = packages.parts_of(odt("<text:p>一</text:p>", _MANIFEST))
_VISIO = {
    "[Content_Types].xml": b'<T><Override PartName="/a.fdseq" ContentType="application/vnd.ms-package.xps"/></T>',
    "_rels/.rels": b'<R><Relationship Type="x/fixedrepresentation" Target="/a.fdseq"/></R>',
    "a.fdseq": b"<x/>",
}
_WITHOUT_MAIN = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(packages.xlsb(), Kind.XLSB, id="xlsb"),
        pytest.param(packages.backslashed(packages.xlsb()), Kind.XLSB, id="xlsb-with-backslashes"),
        pytest.param(media.zip_of(_VISIO), Kind.PACKAGE, id="xps"),
        pytest.param(media.zip_of(_WITHOUT_MAIN), Kind.XLSX, id="no-main-part"),
        pytest.param(
            media.zip_of(
                {
                    name: content
                    for name, content in packages.parts_of(media.docx(["一"])).items()
                    if name != "[Content_Types].xml"
                }
            ),
            Kind.DOCX,
            id="docx-without-types",
        ),
        pytest.param(packages.backslashed(ofd("<ofd:x/>")), Kind.OFD, id="ofd-with-backslashes"),
        pytest.param(packages.upper_cased(ofd("<ofd:x/>")), Kind.OFD, id="ofd-in-upper-case"),
        pytest.param(media.zip_of(_ODT), Kind.ODF, id="odt-packed-mimetype"),
        pytest.param(
            media.zip_of({name: content for name, content in _ODT.items() if name != "mimetype"}),
            Kind.ODF,
            id="odt-without-mimetype",
        ),
        pytest.param(media.zip_of({"META-INF/manifest.xml": b"<m/>", "content.xml": b"<x/>"}), Kind.ZIP, id="no-odt"),
        pytest.param(media.zip_of({"照片/[Content_Types].xml": b"", "照片/1.jpg": b"x"}), Kind.ZIP, id="types-below"),
        pytest.param(media.zip_of({"word/1.jpg": b"x", "xl/2.jpg": b"y"}), Kind.ZIP, id="folders-of-those-names"),
        pytest.param(packages.backslashed(media.docx(["正文"] * 50))[:1000], Kind.DOCX, id="docx-cut-with-backslashes"),
        pytest.param(packages.flat(media.docx(["一"])), Kind.DOCX, id="flat-docx"),
        pytest.param(packages.flat(pptx(["<a:p/>"]), "PowerPoint.Show"), Kind.PPTX, id="flat-pptx"),
        pytest.param(packages.flat(media.docx(["一"])).decode().encode("utf-16"), Kind.DOCX, id="flat-docx-utf16"),
        pytest.param(packages.flat(media.docx(["一"]))[:900], Kind.PACKAGE, id="flat-cut"),
        pytest.param(packages.flat(media.zip_of(_VISIO)), Kind.PACKAGE, id="flat-of-another-program"),
    ],
)
def test_package_is_recognised_by_its_structure(tmp_path: Path, content: bytes, kind: Kind) -> None:
    assert sniff(samples.put(tmp_path, "x", content)) is kind
