"""A YAML file as plain values, with the place of every key and value.

The node tree is read instead of ruamel's round-trip mappings: only the nodes still hold every duplicate key and
the places of keys that came in through an anchor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from intake_bot.errors import ConfigFault

Trail = tuple[str | int, ...]
"""The way to a value: keys and list indices from the top of the file."""
Place = tuple[int, int]
"""Line and column, from 1."""


@dataclass
class Document:
    """One file, read. `data` is an empty mapping where nothing could be read; `faults` then say why."""

    file: str
    """Relative to the home, with forward slashes: config/notices/puyang-2023.yaml."""
    data: dict[str, object] = field(default_factory=dict)
    faults: list[ConfigFault] = field(default_factory=list)
    broken: bool = False
    """True when the file could not be parsed, so that `data` says nothing about what the admin wrote."""
    _keys: dict[Trail, Place] = field(default_factory=dict)
    _values: dict[Trail, Place] = field(default_factory=dict)

    def at_key(self, trail: Trail, message: str) -> ConfigFault:
        """A fault at the key that ends the trail."""
        return ConfigFault(self.file, *self._keys.get(trail, self._place(trail)), message)

    def at_value(self, trail: Trail, message: str) -> ConfigFault:
        """A fault at the value that the trail leads to, or as near above it as the file goes."""
        return ConfigFault(self.file, *self._place(trail), message)

    def _place(self, trail: Trail) -> Place:
        while trail and trail not in self._values:
            trail = trail[:-1]
        return self._values.get(trail, (1, 1))

    def find(self, *pattern: str) -> Iterator[tuple[Trail, object]]:
        """Everything that fits the pattern, in which `*` stands for any index or key; silent about wrong shapes."""
        yield from _find(self.data, pattern, ())


def _find(value: object, pattern: tuple[str, ...], trail: Trail) -> Iterator[tuple[Trail, object]]:
    if not pattern:
        yield trail, value
        return
    step, rest = pattern[0], pattern[1:]
    if isinstance(value, list) and step == "*":
        for index, item in enumerate(value):
            yield from _find(item, rest, (*trail, index))
    elif isinstance(value, dict):
        for key in value if step == "*" else (step,):
            if key in value:
                yield from _find(value[key], rest, (*trail, key))


def is_file(path: Path) -> bool:
    """False also for what the system does not let us ask about: too long a name, a folder that is closed to us."""
    try:
        return path.is_file()
    except OSError:
        return False


def read_document(path: Path, file: str) -> Document:
    """Reads a YAML file. Never raises: what is wrong with it stands in `faults`."""
    document = Document(file)
    try:
        raw = path.read_bytes()
    except OSError as error:
        return _unreadable(document, (0, 0), f"打不开这个文件（{error.strerror or error}）。")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        return _unreadable(
            document,
            _place_of(before, len(before)),
            "这个文件不是 UTF-8 编码。请用记事本打开，“另存为”时编码选 UTF-8。",
        )
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        return _unreadable(document, *_syntax(text, error))
    except ReaderError as error:
        return _unreadable(document, _place_of(text, error.position), "这里有一个看不见的控制字符，请删掉它。")
    except RecursionError:
        return _unreadable(document, (0, 0), "括号或缩进套得太深，请检查有没有多余的“[”或“{”。")
    return _fill(document, node, text)


def _unreadable(document: Document, place: Place, message: str) -> Document:
    document.faults.append(ConfigFault(document.file, *place, message))
    document.broken = True
    return document


def _fill(document: Document, node: Node | None, text: str) -> Document:
    if node is None:
        return document
    if not isinstance(node, MappingNode):
        place, message = _odd_line(text, text.count("\n")) or (
            _start(node),
            "整个文件要由“键: 值”组成，请对照自带的样本文件。",
        )
        return _unreadable(document, place, message)
    document.data = _Walk(document).mapping(node, ())
    return document


def _start(node: Node) -> Place:
    mark: StreamMark = node.start_mark
    return mark.line + 1, mark.column + 1


class _Walk:
    """Turns nodes into plain values, noting places and duplicate keys on the way."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.above: list[Node] = []

    def value(self, node: Node, trail: Trail) -> object:
        self.document._values[trail] = _start(node)
        if isinstance(node, ScalarNode):
            self.refuse_escapes(node)
            return _scalar(node)
        return self.inside(node, trail)

    def refuse_escapes(self, node: ScalarNode) -> None:
        """Takes signs that no file can hold as such (\\0, half a character) out of the text: no library takes them."""
        plain = _NO_SIGN.sub("", node.value)
        if plain != node.value:
            node.value = plain
            self.fault(node, "“\\”后面的编号不是文字，请直接写文字。")

    def inside(self, node: Node, trail: Trail) -> object:
        if any(node is above for above in self.above):
            self.fault(node, "这里的引用（*）又引用了自己。")
            return None
        self.above.append(node)
        try:
            if isinstance(node, SequenceNode):
                return [self.value(item, (*trail, index)) for index, item in enumerate(node.value)]
            return self.mapping(node, trail)
        finally:
            self.above.pop()

    def mapping(self, node: Node, trail: Trail) -> dict[str, object]:
        found = self.merged(node, trail)
        places: dict[str, Place] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.fault(key_node, "配置项的名称要写成一个词。")
                continue
            self.refuse_escapes(key_node)
            key = str(key_node.value)
            if _merges(key_node):
                continue
            if key in places:
                self.fault(key_node, f"“{key}”写了两次（前一次在第 {places[key][0]} 行），请只留一个。")
                continue
            places[key] = self.document._keys[(*trail, key)] = _start(key_node)
            found[key] = self.value(value_node, (*trail, key))
            if isinstance(value_node, ScalarNode) and not value_node.value:
                self.document._values[(*trail, key)] = places[key]  # nothing is written, so it is nowhere
        return found

    def merged(self, node: Node, trail: Trail) -> dict[str, object]:
        """What `<<: *anchor` brings in; of several anchors the first wins, and the mapping's own keys win over all."""
        found: dict[str, object] = {}
        for key_node, value_node in node.value:
            if isinstance(key_node, ScalarNode) and _merges(key_node):
                sources = value_node.value if isinstance(value_node, SequenceNode) else [value_node]
                for source in reversed(sources):
                    if isinstance(source, MappingNode):
                        found.update(self.merge(source, trail))
                    else:
                        self.fault(source, "“<<”后面只能引用一组“键: 值”。")
        return found

    def merge(self, source: MappingNode, trail: Trail) -> dict[str, object]:
        brought = self.inside(source, trail)
        return brought if isinstance(brought, dict) else {}

    def fault(self, node: Node, message: str) -> None:
        self.document.faults.append(ConfigFault(self.document.file, *_start(node), message))


_NO_SIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def _merges(key: ScalarNode) -> bool:
    return str(key.tag).endswith(":merge")


def _scalar(node: ScalarNode) -> object:
    text: str = node.value
    kind = str(node.tag).rpartition(":")[2]
    try:
        match kind:
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return int(text.replace("_", ""))
            case "float":
                return float(text.replace("_", ""))
            case "timestamp":
                return date.fromisoformat(text)
    except ValueError:
        pass  # not what it looked like; as text it will be refused where it stands, if it matters
    return text


_FULL_WIDTH_COLON = re.compile(r"^[ \t]*(?:- *)?[A-Za-z_]+ *(：)")
_NO_SPACE = re.compile(r"^[ \t]*(?:- *)?[A-Za-z_]+(:)[^\s/]")
_TAB = re.compile(r"^ *(\t)[ \t]*\S")
_TAB_BEHIND = re.compile(r"^[ ]*(?:- *)?[A-Za-z_]+:[ ]*(\t)")
_WIDE_SPACE = re.compile(r"^[ \t]*(?:- *)?(?:[A-Za-z_]+:)?[ ]*([\u3000\u00a0])")
_WIDE_BRACKET = re.compile(r"^[ \t]*(?:- *)?[A-Za-z_]+:[ ]*([｛［])")
_ODD_LINES = (
    (_TAB, "行首用了 Tab 键缩进。YAML 只认空格，请换成空格。"),
    (_TAB_BEHIND, "冒号后面用了 Tab 键，请换成空格。"),
    (_WIDE_SPACE, "这里用了全角空格，请换成普通的（半角）空格。"),
    (_WIDE_BRACKET, "这里用了中文括号，请换成英文的 { } 或 [ ]。"),
    (_FULL_WIDTH_COLON, "这里用了中文冒号“：”。请换成英文冒号“:”，后面再加一个空格。"),
    (_NO_SPACE, "冒号后面要加一个空格。"),
)


def _odd_line(text: str, last: int) -> tuple[Place, str] | None:
    """The usual slip of the pen nearest above the line (from 0) where the parser stumbled."""
    lines = text.split("\n")[: last + 1]
    for number, line in reversed(tuple(enumerate(lines, 1))):
        for pattern, message in _ODD_LINES:
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
# For these the parser stumbles far below; the fault is where the bracket or quote was opened.
_OPENED = ("unexpected end of stream", "',' or ']'", "',' or '}'")


def _syntax(text: str, error: MarkedYAMLError) -> tuple[Place, str]:
    problem = error.problem or ""
    mark = error.problem_mark or error.context_mark
    line = mark.line if mark else 0
    if odd := _odd_line(text, line):
        return odd
    if error.context_mark and any(words in problem for words in _OPENED):
        mark = error.context_mark
    place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    message = next(
        (message for words, message in _SYNTAX if words in problem),
        "这里不合 YAML 的写法；文字以符号开头时，整段要加引号。",
    )
    return place, message


def _place_of(text: str, position: int) -> Place:
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
