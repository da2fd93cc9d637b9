from __future__ import annotations

import pytest

from intake_bot.files.documents.markup_kind import find_markup_kind
from intake_bot.files.facts import Kind
from tests.files import packages
from tests.work import assert_grows_linearly

_ODF = '<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2">'


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param(packages.wordml("").decode(), Kind.WORDML, id="wordml"),
        pytest.param("<wordDocument>", Kind.WORDML, id="wordml-without-prefix"),
        pytest.param(packages.spreadsheetml().decode(), Kind.SPREADSHEETML, id="spreadsheetml"),
        pytest.param('<?mso-application progid="Excel.Sheet"?><!-- a --><x>', Kind.SPREADSHEETML, id="program"),
        pytest.param('<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', Kind.SPREADSHEETML, id="bare"),
        pytest.param('<?xml version="1.0"?><Workbook xmlns="urn:other">', Kind.XML, id="another-workbook"),
        pytest.param(f'<?xml version="1.0"?>\n<!-- made by x -->\n{_ODF}', Kind.ODF, id="flat-odf"),
        pytest.param('<uof:UOF xmlns:uof="http://schemas.uof.org/cn/2003/uof">', Kind.XML, id="uof"),
        pytest.param('<?xml version="1.0"?><root><a/></root>', Kind.XML, id="xml"),
        pytest.param('<?xml version="1.0"?><!DOCTYPE html PUBLIC "a" "b"><html xmlns="x">', Kind.HTML, id="xhtml"),
        pytest.param('<?xml version="1.0"?><table>', Kind.HTML, id="table-as-xml"),
        pytest.param('<?xml:namespace prefix = o ns = "x" /><p>', Kind.HTML, id="cut-out-of-word"),
        pytest.param('<html xmlns:w="urn:schemas-microsoft-com:office:word"><body>', Kind.HTML, id="html-of-word"),
        pytest.param("<!-- a --><div>", Kind.HTML, id="comment-in-front"),
        pytest.param("<b>bold</b>", None, id="text-with-a-tag"),
        pytest.param("<照片>说明", None, id="brackets"),
        pytest.param("活动<html>", None, id="text"),
    ],
)
def test_markup_is_recognised_by_first_element(text: str, kind: Kind | None) -> None:
    assert find_markup_kind(text) is kind


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["<?a", "<!--", "<!-- -", "<!doctype [", "<? ?>", "<a ", " ", "<!---->"])
def test_endless_prolog_is_read_in_linear_time(piece: str) -> None:
    assert_grows_linearly(lambda size: find_markup_kind("<!doctype a>" + piece * (size // len(piece))), 1_000_000)
