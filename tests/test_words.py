"""One word per thing in all that people read: templates, guides, configuration, what the code says, and its names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture import package_trees

ROOT = Path(__file__).resolve().parents[1]
OTHER_WORDS = {
    "收件程序": r"机器人(?!实训室)|本程序|本软件",  # 机器人实训室 is a room
    "名册": r"(?<![黑员|])名单",  # 黑名单, 联络员名单; |名单 in a pattern of what schools write
    "未报": "缺报",
}


def test_texts_use_one_word_for_each_thing() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {other[0]} instead of {word}"
        for path in read_by_people()
        for word, pattern in OTHER_WORDS.items()
        for other in re.finditer(pattern, path.read_text(encoding="utf-8-sig"))
    ]
    assert found == []


def test_letters_name_no_other_program() -> None:
    letters = [path for path in read_by_people() if path.is_relative_to(ROOT / "templates")]
    assert [path.name for path in letters if re.search("(?<!收件)程序", path.read_text(encoding="utf-8"))] == []


OTHER_NAMES = {
    "loop guard": {"brake", "brakes"},
    "client": {"door"},
    "category": {"heap", "heaps"},
    "duplicate": {"twin", "twins"},
    "pieces": {"sibling", "siblings"},
    "prior mail": {"history"},
    "typo": {"slip"},
    "report": {"told", "tell", "tells"},
    "forwarded mail": {"enclosure"},
}
"""What earlier versions called the things of the table "Words" in docs/developing.md."""
_PARTICIPLE = re.compile(
    r"_*(?:[a-z]+(?:ed|itten|idden)|known|shown|given|taken|told|lost|found|kept|meant|sent|said|seen)"
)
_NO_PARTICIPLES = {"feed"}
"""Verbs that end like one."""


def test_names_use_the_words_of_the_guide() -> None:
    others = {other: word for word, names in OTHER_NAMES.items() for other in names}
    found = [
        f"{module}: {name} instead of {others[part]}"
        for module, name, _ in package_names()
        for part in re.findall("[a-z]+", re.sub("(?=[A-Z])", "_", name).lower())
        if part in others
    ]
    assert found == []


def test_no_function_is_named_by_a_participle_alone() -> None:
    """`_told` and `_answered` do not say what they do or return. What is read like an attribute may be one."""
    found = [
        f"{module}: {name}"
        for module, name, node in package_names()
        if isinstance(node, ast.FunctionDef)
        and "property" not in map(ast.unparse, node.decorator_list)
        and _PARTICIPLE.fullmatch(name)
        and name.strip("_") not in _NO_PARTICIPLES
    ]
    assert found == []


@cache
def package_names() -> tuple[tuple[str, str, ast.AST], ...]:
    """Every name that the program gives to something, with its module."""
    return tuple(_names())


def _names() -> Iterator[tuple[str, str, ast.AST]]:
    for module, tree in package_trees().items():
        for node in ast.walk(tree):
            match node:
                case ast.FunctionDef() | ast.ClassDef():
                    yield module, node.name, node
                case ast.Name(ctx=ast.Store()):
                    yield module, node.id, node
                case ast.arg():
                    yield module, node.arg, node
                case ast.Attribute(ctx=ast.Store()):
                    yield module, node.attr, node


def read_by_people() -> Iterator[Path]:
    yield ROOT / "README.zh-CN.md"
    for folder, endings in (
        ("intake_bot", {".py"}),
        ("templates", {".html", ".txt"}),
        ("docs", {".md"}),
        ("config", {".yaml", ".csv"}),
    ):
        yield from (path for path in (ROOT / folder).rglob("*") if path.suffix in endings)
