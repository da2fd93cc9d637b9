"""The structure of the program, read from its source: rooms, imports, levels, circles and sizes.

A room is a folder or a module directly below `intake_bot/`. `python -m tests.architecture` prints the figures that
`tests/test_architecture.py` holds to the limits below.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "intake_bot"

# From top to bottom, each room with the rooms that it may import. Every room has its own level: a room imports only
# rooms that stand below it, and of these only the ones that it names.
ROOMS: Mapping[str, frozenset[str]] = {
    room: frozenset(allowed.split())
    for room, allowed in {
        "__main__": "cli",
        "cli": "commands errors",
        "commands": "demo doctor service desk digests intake orders home config letters ledger judging files mail "
        "notices disk errors clock",
        "demo": "home config ledger judging mail clock",
        "doctor": "home config letters ledger files mail errors",
        "service": "desk digests intake outbox home config letters ledger files mail notices errors clock",
        "desk": "intake digests orders outbox home config letters ledger judging files mail notices disk text errors",
        "digests": "orders outbox home config letters ledger judging files mail notices disk errors",
        "intake": "orders outbox home config letters ledger judging files mail notices errors",
        "orders": "ledger judging notices",
        "outbox": "config letters ledger judging mail errors clock",
        "home": "config letters ledger files notices disk errors clock",
        "config": "judging files mail notices text disk errors",
        "letters": "judging files mail notices text errors",
        "ledger": "judging files mail notices errors",
        "judging": "files mail notices",
        "files": "mail disk text errors",
        "mail": "disk text errors",
        "notices": "",
        "disk": "",
        "text": "",
        "errors": "",
        "clock": "",
    }.items()
}

MAXIMUM_ROOMS = 26
MAXIMUM_FLOORS = 12
MAXIMUM_ARROWS = 140
MAXIMUM_MODULES = 20
"""Modules of one folder, its `__init__` counted."""
MAXIMUM_FUNCTION_LINES = 60
MAXIMUM_FILE_LINES = 450


@dataclass(frozen=True)
class Import:
    """One import: the module that it stands in, and the full name that it asks for, `intake_bot.` included."""

    module: str
    name: str


Trees = Mapping[str, ast.Module]
"""Modules by their name without the package: `mail.message`; a folder's `__init__` is `mail.`."""


@cache
def package_trees() -> Trees:
    """Every module of the program."""
    return {
        module_name(path.relative_to(PACKAGE)): ast.parse(path.read_bytes()) for path in sorted(PACKAGE.rglob("*.py"))
    }


def module_name(path: Path) -> str:
    """`mail/message.py` is `mail.message`, `mail/__init__.py` is `mail.`."""
    *folders, _ = path.parts
    return ".".join([*folders, "" if path.stem == "__init__" else path.stem])


def imports(trees: Trees) -> Iterator[Import]:
    """Every import at whatever place: inside functions, for the type checker, and by `import_module`."""
    for module, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from (Import(module, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{module} imports relatively, which is not followed here"
                yield from (Import(module, f"{node.module}.{alias.name}") for alias in node.names)
            elif isinstance(node, ast.Call) and _called(node) == "import_module":
                yield Import(module, _beginning(node.args[0]))


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _beginning(argument: ast.expr) -> str:
    """The text that an argument begins with, as far as it stands in the source."""
    first = argument.values[0] if isinstance(argument, ast.JoinedStr) and argument.values else argument
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def room_of(module: str) -> str:
    return module.partition(".")[0]


def arrows(trees: Trees) -> dict[tuple[str, str], list[Import]]:
    """From room to room, with the imports behind each arrow."""
    found: dict[tuple[str, str], list[Import]] = {}
    for one in imports(trees):
        package, _, target = one.name.partition(".")
        if package != "intake_bot" or target == "__version__" or not one.module:
            continue
        pair = room_of(one.module), room_of(target)
        if pair[0] != pair[1]:
            found.setdefault(pair, []).append(one)
    return found


def floors(pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    """How many rooms stand below each other under a room, itself counted; only for a graph without circles."""
    below: dict[str, set[str]] = {}
    for upper, lower in pairs:
        below.setdefault(upper, set()).add(lower)
        below.setdefault(lower, set())

    @cache
    def floor(room: str) -> int:
        return 1 + max((floor(lower) for lower in below[room]), default=0)

    return {room: floor(room) for room in below}


def circles(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """Groups of names that reach each other (strongly connected, of more than one name)."""
    edges: dict[str, set[str]] = {}
    for upper, lower in pairs:
        edges.setdefault(upper, set()).add(lower)
        edges.setdefault(lower, set())

    def reach(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            new = edges[waiting.pop()] - seen
            seen |= new
            waiting += new
        return seen

    reached = {name: reach(name) for name in edges}
    found = {frozenset(other for other in reached[name] if name in reached[other]) for name in edges}
    return [set(group) for group in found if len(group) > 1]


def module_pairs(trees: Trees) -> set[tuple[str, str]]:
    """Which module imports which, for circles between modules."""
    pairs = set()
    for one in imports(trees):
        name = one.name.removeprefix("intake_bot.")
        target = name if name in trees else name.rpartition(".")[0]
        if one.name.startswith("intake_bot.") and target in trees and target != one.module:
            pairs.add((one.module, target))
    return pairs


def folder_sizes() -> dict[str, int]:
    """Modules by folder."""
    sizes: dict[str, int] = {}
    for path in PACKAGE.rglob("*.py"):
        folder = path.parent.relative_to(ROOT).as_posix()
        sizes[folder] = sizes.get(folder, 0) + 1
    return sizes


def file_lengths() -> dict[str, int]:
    """Lines by file."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8").count("\n") for path in sorted(PACKAGE.rglob("*.py"))
    }


def function_lengths(trees: Trees) -> dict[str, int]:
    """Lines of each function or method, from its `def` to its end."""
    return {
        f"{module}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for module, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def main() -> None:
    """Prints the figures."""
    trees = package_trees()
    pairs = arrows(trees)
    rooms = {room_of(module) for module in trees} - {""}
    tangled = circles(pairs)
    heights = floors(pairs) if not tangled else {}
    print(f"{len(rooms)} rooms, {max(heights.values(), default=0)} floors, {len(pairs)} arrows")
    print(f"circles between rooms: {tangled or 'none'}; between modules: {circles(module_pairs(trees)) or 'none'}")
    for room in sorted(rooms, key=lambda one: (-heights.get(one, 0), one)):
        below = ", ".join(f"{lower} {len(behind)}" for (upper, lower), behind in pairs.items() if upper == room)
        print(f"{heights.get(room, 0):3} {room:10} {below}")
    for title, sizes in (
        ("modules in a folder", folder_sizes()),
        ("lines of a file", file_lengths()),
        ("lines of a function", function_lengths(trees)),
    ):
        most = sorted(sizes.items(), key=lambda one: -one[1])[:5]
        print(f"{title}: " + ", ".join(f"{name} {size}" for name, size in most))


if __name__ == "__main__":
    main()
