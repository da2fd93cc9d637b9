"""A YAML file as plain values, with the position of every key and value."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from collections.abc import Mapping as ReadMapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from intake_bot.config.tree import Mapping, Node, Position, Scalar, Sequence, position_of
from intake_bot.errors import ConfigFault

KeyPath = tuple[str | int, ...]
"""Keys and list indices from the top of the file to a value."""


@dataclass
class Document:
    """One file. `data` is empty where nothing could be read; `faults` then say why."""

    file: str
    """Relative to the home, with forward slashes: config/notices/puyang-2023.yaml."""
    data: dict[str, object] = field(default_factory=dict)
    faults: list[ConfigFault] = field(default_factory=list)
    broken: bool = False
    """True when the file could not be parsed, so that `data` is not what the admin wrote."""
    sha256: str = ""
    """Of its bytes, hexadecimal."""
    tree: Node | None = None
    _keys: dict[KeyPath, Position] = field(default_factory=dict)
    _values: dict[KeyPath, Position] = field(default_factory=dict)

    def fault_at_key(self, key_path: KeyPath, message: str) -> ConfigFault:
        """Returns a fault at the last key of the path."""
        return ConfigFault(self.file, *self._keys.get(key_path, self._position(key_path)), message)

    def fault_at_value(self, key_path: KeyPath, message: str) -> ConfigFault:
        """Returns a fault at the value of the path, or at its nearest parent in the file."""
        return ConfigFault(self.file, *self._position(key_path), message)

    def _position(self, key_path: KeyPath) -> Position:
        while key_path and key_path not in self._values:
            key_path = key_path[:-1]
        return self._values.get(key_path, (1, 1))

    def find(self, *pattern: str) -> Iterator[tuple[KeyPath, object]]:
        """Yields everything that matches the pattern. `*` is any index or key. Wrong types are ignored."""
        yield from _find(self.data, pattern, ())


def _find(value: object, pattern: tuple[str, ...], key_path: KeyPath) -> Iterator[tuple[KeyPath, object]]:
    if not pattern:
        yield key_path, value
        return
    step, rest = pattern[0], pattern[1:]
    if isinstance(value, list) and step == "*":
        for index, item in enumerate(value):
            yield from _find(item, rest, (*key_path, index))
    elif isinstance(value, dict):
        for key in value if step == "*" else (step,):
            if key in value:
                yield from _find(value[key], rest, (*key_path, key))


def is_file(path: Path) -> bool:
    """True for a file. False also where the system refuses to say: a name that is too long, a closed folder."""
    try:
        return path.is_file()
    except OSError:
        return False


def read_document(path: Path, file: str, known: ReadMapping[str, Node]) -> Document:
    """Reads a YAML file. Never raises: `faults` says what is wrong. `known` has trees by the SHA-256 of their files."""
    document = Document(file)
    try:
        raw = path.read_bytes()
    except OSError as error:
        return _unreadable(document, (0, 0), f"打不开这个文件（{error.strerror or error}）。")
    document.sha256 = hashlib.sha256(raw).hexdigest()
    document.tree = known.get(document.sha256)
    if isinstance(document.tree, Mapping):
        document.data = _NodeReader(document).mapping(document.tree, ())
        return document
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        return _unreadable(
            document,
            position_of(before, len(before)),
            "这个文件不是 UTF-8 编码。请用记事本打开，“另存为”时编码选 UTF-8。",
        )
    return _parse(document, text)


def _parse(document: Document, text: str) -> Document:
    # Here and not above: a file that has not changed needs no parser, which takes longer than all else.
    from intake_bot.config.yaml_text import SyntaxFault, find_typo, parse

    try:
        node = parse(text)
    except SyntaxFault as fault:
        return _unreadable(document, fault.position, fault.message)
    if node is None:
        return document
    if not isinstance(node, Mapping):
        position, message = find_typo(text, text.count("\n")) or (
            node.start,
            "整个文件要由“键: 值”组成，请对照自带的样本文件。",
        )
        return _unreadable(document, position, message)
    document.tree = node
    document.data = _NodeReader(document).mapping(node, ())
    return document


def _unreadable(document: Document, position: Position, message: str) -> Document:
    document.faults.append(ConfigFault(document.file, *position, message))
    document.broken = True
    return document


class _NodeReader:
    """Turns nodes into plain values, and notes positions and duplicate keys."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.parents: list[Node] = []

    def value(self, node: Node, key_path: KeyPath) -> object:
        self.document._values[key_path] = node.start
        if isinstance(node, Scalar):
            return _scalar(node, self.clean_text(node))
        return self.inside(node, key_path)

    def clean_text(self, node: Scalar) -> str:
        """The text without escaped characters that are no text (\\0, half a character), which no library accepts."""
        plain = _NO_CHARACTER.sub("", node.text)
        if plain != node.text:
            self.fault(node, "“\\”后面的编号不是文字，请直接写文字。")
        return plain

    def inside(self, node: Sequence | Mapping, key_path: KeyPath) -> object:
        if any(node is parents for parents in self.parents):
            self.fault(node, "这里的引用（*）又引用了自己。")
            return None
        self.parents.append(node)
        try:
            if isinstance(node, Sequence):
                return [self.value(item, (*key_path, index)) for index, item in enumerate(node.items)]
            return self.mapping(node, key_path)
        finally:
            self.parents.pop()

    def mapping(self, node: Mapping, key_path: KeyPath) -> dict[str, object]:
        found = self.read_merged_keys(node, key_path)
        positions: dict[str, Position] = {}
        for key_node, value_node in node.pairs:
            if not isinstance(key_node, Scalar):
                self.fault(key_node, "配置项的名称要写成一个词。")
                continue
            key = self.clean_text(key_node)
            if _merges(key_node):
                continue
            if key in positions:
                self.fault(key_node, f"“{key}”写了两次（前一次在第 {positions[key][0]} 行），请只留一个。")
                continue
            positions[key] = self.document._keys[(*key_path, key)] = key_node.start
            found[key] = self.value(value_node, (*key_path, key))
            if isinstance(value_node, Scalar) and not _NO_CHARACTER.sub("", value_node.text):
                self.document._values[(*key_path, key)] = positions[key]  # an empty value has no position of its own
        return found

    def read_merged_keys(self, node: Mapping, key_path: KeyPath) -> dict[str, object]:
        """Returns the keys that `<<: *anchor` brings in. The first of several anchors wins; own keys win over all."""
        found: dict[str, object] = {}
        for key_node, value_node in node.pairs:
            if isinstance(key_node, Scalar) and _merges(key_node):
                sources = value_node.items if isinstance(value_node, Sequence) else [value_node]
                for source in reversed(sources):
                    if isinstance(source, Mapping):
                        found.update(self.merge(source, key_path))
                    else:
                        self.fault(source, "“<<”后面只能引用一组“键: 值”。")
        return found

    def merge(self, source: Mapping, key_path: KeyPath) -> dict[str, object]:
        brought = self.inside(source, key_path)
        return brought if isinstance(brought, dict) else {}

    def fault(self, node: Node, message: str) -> None:
        self.document.faults.append(ConfigFault(self.document.file, *node.start, message))


_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def _merges(key: Scalar) -> bool:
    return key.kind == "merge"


def _scalar(node: Scalar, text: str) -> object:
    try:
        match node.kind:
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
        pass  # it is text, which the models reject where it matters
    return text
