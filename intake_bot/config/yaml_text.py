"""Parses the text of a YAML file, and says in Chinese where it is wrong. This is the module that knows ruamel.

The node tree is read instead of ruamel's round-trip mappings: only the nodes keep duplicate keys, and the positions of
keys that an anchor brings in.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ruamel.yaml import YAML
from ruamel.yaml import nodes as ruamel
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from intake_bot.config.tree import Mapping, Node, Position, Scalar, Sequence, position_of


class SyntaxFault(Exception):
    """The text is no YAML. The position is (0, 0) where no place can be named."""

    def __init__(self, position: Position, message: str) -> None:
        super().__init__(message)
        self.position = position
        self.message = message


@lru_cache(maxsize=64)
def parse(text: str) -> Node | None:
    """The tree of a file, which nobody changes: after an edit most files still say what they said before. None where
    there is nothing in it. Raises SyntaxFault."""
    try:
        node = YAML(typ="safe", pure=True).compose(text)
        return None if node is None else _node(node, {})
    except MarkedYAMLError as error:
        raise SyntaxFault(*_syntax(text, error)) from error
    except ReaderError as error:
        position = position_of(text, error.position)
        raise SyntaxFault(position, "这里有一个看不见的控制字符，请删掉它。") from error
    except RecursionError as error:
        raise SyntaxFault((0, 0), "括号或缩进套得太深，请检查有没有多余的“[”或“{”。") from error


def _node(node: ruamel.Node, known: dict[int, Node]) -> Node:
    """`known` by the identity of ruamel's node: one that an anchor names is met again, perhaps inside itself."""
    if id(node) in known:
        return known[id(node)]
    start = node.start_mark.line + 1, node.start_mark.column + 1
    if isinstance(node, ruamel.ScalarNode):
        return known.setdefault(id(node), Scalar(start, str(node.tag).rpartition(":")[2], node.value))
    if isinstance(node, ruamel.SequenceNode):
        items: list[Node] = []
        found = known[id(node)] = Sequence(start, items)
        items += [_node(item, known) for item in node.value]
        return found
    pairs: list[tuple[Node, Node]] = []
    mapping = known[id(node)] = Mapping(start, pairs)
    pairs += [(_node(key, known), _node(value, known)) for key, value in node.value]
    return mapping


_FULL_WIDTH_COLON = re.compile(r"^[ \t]*(?:- *)?[A-Za-z_]+ *(：)")
_NO_SPACE = re.compile(r"^[ \t]*(?:- *)?[A-Za-z_]+(:)[^\s/]")
_TAB = re.compile(r"^ *(\t)[ \t]*\S")
_TAB_BEHIND = re.compile(r"^[ ]*(?:- *)?[A-Za-z_]+:[ ]*(\t)")
_WIDE_SPACE = re.compile(r"^[ \t]*(?:- *)?(?:[A-Za-z_]+:)?[ ]*([\u3000\u00a0])")
_WIDE_BRACKET = re.compile(r"^[ \t]*(?:- *)?[A-Za-z_]+:[ ]*([｛［])")
_TYPOS = (
    (_TAB, "行首用了 Tab 键缩进。YAML 只认空格，请换成空格。"),
    (_TAB_BEHIND, "冒号后面用了 Tab 键，请换成空格。"),
    (_WIDE_SPACE, "这里用了全角空格，请换成普通的（半角）空格。"),
    (_WIDE_BRACKET, "这里用了中文括号，请换成英文的 { } 或 [ ]。"),
    (_FULL_WIDTH_COLON, "这里用了中文冒号“：”。请换成英文冒号“:”，后面再加一个空格。"),
    (_NO_SPACE, "冒号后面要加一个空格。"),
)


def find_typo(text: str, last: int) -> tuple[Position, str] | None:
    """Finds the nearest usual typo at or above the line (from 0) where the parser failed."""
    lines = text.split("\n")[: last + 1]
    for number, line in reversed(tuple(enumerate(lines, 1))):
        for pattern, message in _TYPOS:
            if found := pattern.search(line):
                return (number, found.start(1) + 1), message
        if last + 1 - number >= 3:
            break
    return None


_SYNTAX = (
    (
        "mapping values are not allowed",
        "这里不该再出现冒号：多半是上一行的缩进不对，或者少了冒号；文字里有冒号时，整段要加引号。",
    ),
    ("could not find expected ':'", "上面一行缺少冒号“:”。"),
    ("unexpected end of stream", "引号没有成对。"),
    ("',' or ']'", "方括号没有成对，或者两项之间缺少英文逗号。"),
    ("',' or '}'", "花括号没有成对，或者两项之间缺少英文逗号。"),
    ("cannot start any token", "这个符号不能放在最前面；文字以它开头时要加引号。"),
    ("undefined alias", "这里引用（*）了一个没有定义（&）的名称；文字以 * 开头时要加引号。"),
    ("another document", "一个文件里只能有一份配置，请去掉多余的“---”。"),
    ("unknown escape", "双引号里的反斜杠“\\”有特殊含义；请改用单引号。"),
    ("but found '<scalar>'", "成对的引号后面又有文字：请把整段放进引号，或者去掉引号。"),
    ("<block end>", "缩进没有和上面对齐。"),
    ("<document start>", "缩进没有和第一行对齐。"),
)
# For these the parser fails far below; the fault is where the bracket or quote was opened.
_OPENED = ("unexpected end of stream", "',' or ']'", "',' or '}'")


def _syntax(text: str, error: MarkedYAMLError) -> tuple[Position, str]:
    problem = error.problem or ""
    mark = error.problem_mark or error.context_mark
    line = mark.line if mark else 0
    if odd := find_typo(text, line):
        return odd
    if error.context_mark and any(words in problem for words in _OPENED):
        mark = error.context_mark
    position = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    message = next(
        (message for words, message in _SYNTAX if words in problem),
        "这里不合 YAML 的写法；文字以符号开头时，整段要加引号。",
    )
    return position, message
