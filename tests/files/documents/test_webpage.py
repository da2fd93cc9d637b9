from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.files.facts import Kind, TextFacts, Trouble
from tests.files.documents.measuring import measure
from tests.work import assert_grows_linearly

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
        pytest.param(b"<p>1 < 2 <3 <" + b"<" * 9, TextFacts("1 < 2 <3 <<<<<<<<<<", 5), id="stray-brackets"),
        pytest.param(_MHT.encode(), TextFacts("活动周", 3), id="mht"),
    ],
)
def test_web_page_gives_visible_text(tmp_path: Path, content: bytes, facts: TextFacts) -> None:
    assert measure(tmp_path, content, Kind.HTML) == (facts, None)


_MANY = 10_000
_OPENINGS = {
    "<!--": TextFacts("", 0),
    "<script": TextFacts("", 0),
    "<a ": TextFacts(("<a " * _MANY).strip(), _MANY),
    "<": TextFacts("<" * _MANY, 1),
    '<a href="': TextFacts('<a href="' * _MANY, _MANY + 1),
    "<table><tr><td>": TextFacts("", 0, tables=((("",),),) * _MANY),
    "&": TextFacts("&" * _MANY, 1),
    "<p>": TextFacts("", 0),
}


@pytest.mark.parametrize(("opening", "facts"), _OPENINGS.items())
def test_web_page_of_unclosed_tags_keeps_its_text(tmp_path: Path, opening: str, facts: TextFacts) -> None:
    assert measure(tmp_path, ("<p>" + opening * _MANY).encode(), Kind.HTML) == (facts, None)


@pytest.mark.slow
@pytest.mark.parametrize("opening", _OPENINGS)
def test_web_page_of_unclosed_tags_is_read_in_linear_time(tmp_path: Path, opening: str) -> None:
    assert_grows_linearly(lambda size: measure(tmp_path, ("<p>" + opening * size).encode(), Kind.HTML), 200_000)


_OTHER_XML = b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument><w:p/></w:wordDocument>'


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(_OTHER_XML, Trouble.UNSUPPORTED, id="word-2003-xml"),
        pytest.param(b"<?xml version='1.0'?><svg/>", Trouble.UNSUPPORTED, id="other-xml"),
        pytest.param(b"<p>" + b"x" * 21_000_000, Trouble.BOMB, id="page-too-large"),
    ],
)
def test_faulty_web_page_reports_trouble(tmp_path: Path, content: bytes, trouble: Trouble) -> None:
    assert measure(tmp_path, content, Kind.HTML) == (None, trouble)
