from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.letters.templates import read_templates


def _faults(error: pytest.ExceptionInfo[ConfigError]) -> list[tuple[str, int]]:
    return [(fault.file, fault.line) for fault in error.value.faults]


def test_own_template_comes_before_the_packaged_one(tmp_path: Path) -> None:
    own, packaged = tmp_path / "own", tmp_path / "packaged"
    for folder, text in ((own, "own"), (packaged, "packaged")):
        folder.mkdir()
        (folder / "a.txt").write_text(text, encoding="utf-8")
    (packaged / "b.txt").write_text("packaged b", encoding="utf-8")
    templates = read_templates([own, packaged])
    assert (templates.text("a.txt"), templates.text("b.txt")) == ("own\n", "packaged b\n")


def test_template_saved_by_notepad_has_no_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("您好\r\n", encoding="utf-8-sig", newline="")
    assert read_templates([tmp_path]).text("a.txt") == "您好\n"


def test_all_unreadable_templates_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n\n{% if %}", encoding="utf-8")
    (tmp_path / "b.html").write_bytes("您好".encode("gb18030"))
    with pytest.raises(ConfigError) as error:
        read_templates([tmp_path])
    assert _faults(error) == [("templates/a.txt", 3), ("templates/b.html", 0)]


def test_unknown_name_is_a_fault_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\n{{ nobody }}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        read_templates([tmp_path]).text("a.txt")
    assert error.value.faults == (ConfigFault("templates/a.txt", 2, 0, "模板出错：'nobody' is undefined"),)


@pytest.mark.parametrize("name", ["missing.txt", "missing.html"])
def test_missing_template_is_a_fault(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_templates([tmp_path]).text(name)
    assert _faults(error) == [(f"templates/{name}", 0)]


def test_missing_block_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="缺少段落 subject"):
        read_templates([tmp_path]).line("a.txt", "subject")


def test_template_cannot_reach_into_the_program(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("{{ word.__class__.__mro__ }}", encoding="utf-8")
    with pytest.raises(ConfigError):
        read_templates([tmp_path]).text("a.txt", word="x")


def test_text_of_a_block_is_escaped_where_html_shows_it(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("{% block opening %}{{ name }} & 您\n{% endblock %}", encoding="utf-8")
    (tmp_path / "a.html").write_text("<p>{{ opening[0] }}</p>", encoding="utf-8")
    templates = read_templates([tmp_path])
    opening = templates.paragraphs("words.txt", "opening", name="<b>")
    assert opening == ("<b> & 您",)
    assert "<p>&lt;b&gt; &amp; 您</p>" in templates.html("a.html", opening=opening)


def test_style_sheets_are_never_fetched(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css"><p>您好</p>', encoding="utf-8"
    )
    assert "您好" in read_templates([tmp_path]).html("a.html")
