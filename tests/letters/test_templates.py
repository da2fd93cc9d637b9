from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.letters.templates import read_templates


def _faults(error: pytest.ExceptionInfo[ConfigError]) -> list[tuple[str, int]]:
    return [(fault.file, fault.line) for fault in error.value.faults]


def test_own_template_precedes_the_packaged_one(tmp_path: Path) -> None:
    own, packaged = tmp_path / "own", tmp_path / "packaged"
    for folder, text in ((own, "own"), (packaged, "packaged")):
        folder.mkdir()
        (folder / "a.txt").write_text(text, encoding="utf-8")
    (packaged / "b.txt").write_text("packaged b", encoding="utf-8")
    templates = read_templates([own, packaged])
    assert (templates.render_text("a.txt"), templates.render_text("b.txt")) == ("own\n", "packaged b\n")


def test_byte_order_mark_of_a_template_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("您好\r\n", encoding="utf-8-sig", newline="")
    assert read_templates([tmp_path]).render_text("a.txt") == "您好\n"


def test_all_templates_that_cannot_be_compiled_are_reported(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n\n{% if %}", encoding="utf-8")
    (tmp_path / "b.html").write_bytes("您好".encode("gb18030"))
    with pytest.raises(ConfigError) as error:
        read_templates([tmp_path])
    assert _faults(error) == [("templates/a.txt", 3), ("templates/b.html", 0)]


def test_template_that_differs_from_the_tested_one_is_compiled_at_once(tmp_path: Path) -> None:
    own, packaged = tmp_path / "own", tmp_path / "packaged"
    for folder in (own, packaged):
        folder.mkdir()
        (folder / "same.txt").write_text("{% if %}", encoding="utf-8")  # no such template is ever packaged
    assert read_templates([own, packaged], packaged)
    (own / "same.txt").write_text("{% if %} ", encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        read_templates([own, packaged], packaged)
    assert _faults(error) == [("templates/same.txt", 1)]


def test_edit_after_reading_changes_no_letter(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("before", encoding="utf-8")
    templates = read_templates([tmp_path], tmp_path)
    (tmp_path / "a.txt").write_text("after", encoding="utf-8")
    assert templates.render_text("a.txt") == "before\n"


def test_unknown_name_is_a_fault_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\n{{ nobody }}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        read_templates([tmp_path]).render_text("a.txt")
    assert error.value.faults == (ConfigFault("templates/a.txt", 2, 0, "模板出错：'nobody' is undefined"),)


@pytest.mark.parametrize("name", ["missing.txt", "missing.html"])
def test_missing_template_is_a_fault(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_templates([tmp_path]).render_text(name)
    assert _faults(error) == [(f"templates/{name}", 0)]


def test_missing_block_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="缺少段落 subject"):
        read_templates([tmp_path]).render_line("a.txt", "subject")


def test_template_cannot_reach_into_the_program(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("{{ word.__class__.__mro__ }}", encoding="utf-8")
    with pytest.raises(ConfigError):
        read_templates([tmp_path]).render_text("a.txt", word="x")


def test_template_may_read_a_name_of_one_value_that_it_may_not_of_another(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("{{ value.append('x') }}", encoding="utf-8")
    templates = read_templates([tmp_path])
    for _ in range(2):
        assert templates.render_text("a.txt", value=SimpleNamespace(append=str.upper)) == "X\n"
        with pytest.raises(ConfigError, match="append"):
            templates.render_text("a.txt", value=["y"])


def test_text_of_a_block_is_escaped_where_html_shows_it(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("{% block opening %}{{ name }} & 您\n{% endblock %}", encoding="utf-8")
    (tmp_path / "a.html").write_text("<p>{{ opening[0] }}</p>", encoding="utf-8")
    templates = read_templates([tmp_path])
    opening = templates.render_paragraphs("words.txt", "opening", name="<b>")
    assert opening == ("<b> & 您",)
    assert "<p>&lt;b&gt; &amp; 您</p>" in templates.render_html("a.html", opening=opening)


def test_style_sheets_are_never_fetched(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css"><p>您好</p>', encoding="utf-8"
    )
    assert "您好" in read_templates([tmp_path]).render_html("a.html")
