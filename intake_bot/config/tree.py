"""The tree of a YAML file: what stands in it, and where. It can be kept as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

Position: TypeAlias = tuple[int, int]
"""Line and column, both from 1."""


@dataclass(slots=True)
class Scalar:
    """A word, number or text. `kind` is the last word of its YAML tag: str, int, null, merge."""

    start: Position
    kind: str
    text: str


@dataclass(slots=True)
class Sequence:
    start: Position
    items: list[Node]


@dataclass(slots=True)
class Mapping:
    """`pairs` has every key, also one that is written twice."""

    start: Position
    pairs: list[tuple[Node, Node]]


Node: TypeAlias = Scalar | Sequence | Mapping
"""What an anchor names is one and the same node wherever it is referred to, and may be inside itself."""


def position_of(text: str, index: int) -> Position:
    """Where the character with this index stands."""
    before = text[:index]
    return before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1


def node_to_json(node: Node) -> list[Any]:
    """Raises RecursionError for a tree that contains itself."""
    match node:
        case Scalar(start, kind, text):
            return [*start, kind, text]
        case Sequence(start, items):
            return [*start, [node_to_json(item) for item in items]]
        case Mapping(start, pairs):
            return [*start, None, [[node_to_json(key), node_to_json(value)] for key, value in pairs]]


def node_from_json(value: Any) -> Node:
    """Raises ValueError and TypeError for what `node_to_json` did not make."""
    line, column, kind, *content = value
    start = int(line), int(column)
    if isinstance(kind, list):
        return Sequence(start, [node_from_json(item) for item in kind])
    (found,) = content
    if kind is None:
        return Mapping(start, [(node_from_json(key), node_from_json(one)) for key, one in found])
    if not isinstance(kind, str) or not isinstance(found, str):
        raise TypeError("not a scalar")
    return Scalar(start, kind, found)
