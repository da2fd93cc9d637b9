"""The English words and error types of libraries that the program reads, met in the release that is installed.

A failure here means that a library words a fault differently now: change the table that reads it, and only then the
library's upper bound in pyproject.toml. Elsewhere: argparse in tests/commands/console/test_arguments.py, 7-Zip in
tests/files/archives/test_sevenzip.py, Pillow ("truncated") in tests/files/media/test_photo.py, xlrd ("encrypt") in
tests/files/documents/test_papers.py.
"""

from __future__ import annotations

import re
from typing import get_args

import pytest
from jinja2 import Environment, TemplateSyntaxError, lexer
from pydantic_core.core_schema import ErrorType
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from intake_bot.config import model_faults, yaml_text
from intake_bot.letters import template_faults

YAML_FAULTS = {
    "mapping values are not allowed": "a: b: c",
    "could not find expected ':'": "a: 1\nb\nc: 2",
    "unexpected end of stream": "a: 'b",
    "',' or ']'": "a: [b",
    "',' or '}'": "a: {b",
    "cannot start any token": "a: @b",
    "undefined alias": "a: *b",
    "another document": "a: 1\n---\nb: 2",
    "unknown escape": 'a: "\\q"',
    "but found '<scalar>'": "a: 'b' c",
    "<block end>": "a:\n  - b\n c: 1",
    "<document start>": "  a: 1\nb: 2",
}

TEMPLATE_FAULTS = (
    "{{ a or “b” }}",
    "{# a",
    "{% if a %}",
    "{% if a",
    "{% block a %}{% else %}{% endblock %}",
    "{% foo %}",
    "{% for a b %}{% endfor %}",
    "{{ }}",
    "{{ a ] }}",
    "{% block a %}{% endblock %}{% block a %}{% endblock %}",
    "{{ a|foo }}",
    "{{ a is foo }}",
)
NEVER_SEEN_ALONE = r"Unexpected end of template.*"
"""Jinja2 3.1 always names the block that is open; the pattern without a block is the last resort."""


@pytest.mark.parametrize(("words", "text"), YAML_FAULTS.items(), ids=YAML_FAULTS)
def test_ruamel_words_a_fault_as_the_table_expects(words: str, text: str) -> None:
    with pytest.raises(MarkedYAMLError) as raised:
        YAML(typ="safe", pure=True).compose(text)
    assert next(one for one, _ in yaml_text._SYNTAX if one in (raised.value.problem or "")) == words


def test_every_fault_of_ruamel_in_the_table_has_an_example() -> None:
    assert list(YAML_FAULTS) == [words for words, _ in yaml_text._SYNTAX]


def jinja_message(template: str) -> str:
    with pytest.raises(TemplateSyntaxError) as raised:
        Environment(autoescape=True).from_string(template)
    return raised.value.message or ""


def pattern_of(message: str) -> str:
    return next(pattern for pattern, _ in template_faults._SENTENCES if re.fullmatch(pattern, message, re.DOTALL))


def test_jinja_words_every_fault_as_the_table_expects() -> None:
    patterns = {pattern_of(jinja_message(template)) for template in TEMPLATE_FAULTS}
    assert {pattern for pattern, _ in template_faults._SENTENCES} - patterns == {NEVER_SEEN_ALONE}


def test_jinja_names_its_tokens_as_the_table_expects() -> None:
    tokens = ("variable_begin", "variable_end", "block_begin", "block_end")
    assert {lexer._describe_token_type(token) for token in tokens} == set(template_faults._TOKENS)


def test_pydantic_knows_every_error_type_that_has_words() -> None:
    special = {"enum", "literal_error", "extra_forbidden", "missing", "value_error", "union_tag_invalid"}
    assert {*model_faults._PLAIN, *model_faults._BOUNDS, *special} - set(get_args(ErrorType)) == set()
