from __future__ import annotations

from pathlib import Path

from intake_bot.files.facts import Kind, TextFacts
from tests.files.documents.measuring import measure
from tests.files.papers import pptx


def test_slides_are_read_in_order_of_show(tmp_path: Path) -> None:
    second = '<a:p><a:r><a:rPr><a:hlinkClick r:id="l"/></a:rPr><a:t>二</a:t></a:r></a:p>'
    table = (
        "<a:tbl><a:tr><a:tc gridSpan='2'><a:p><a:r><a:t>甲</a:t></a:r></a:p></a:tc><a:tc hMerge='1'/></a:tr></a:tbl>"
    )
    content = pptx([f"{table}<a:blip/>", second], {"l": "https://a.cn"})
    facts = TextFacts("二\n甲", 2, 1, ("https://a.cn",), ((("甲", ""),),))
    assert measure(tmp_path, content, Kind.PPTX) == (facts, None)
