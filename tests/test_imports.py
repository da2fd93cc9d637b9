"""The rooms, guarded: what each module imports is read from its source.

Imports run downward only; pure rooms and value modules know no library of an edge; each edge library stands behind
one door; and a broad `except` stands only where the table below agrees to it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "intake_bot"

# From top to bottom; what stands on one line may import each other. The ledger stands above judging, because it
# stores verdicts; judging knows no ledger (what it must know of the past is an argument).
LEVELS = (
    {"__main__"},
    {"cli", "commands", "daemon", "demo"},
    {"doctor"},
    {"rounds", "desk"},
    {
        "intake",
        "concluding",
        "outbox",
        "digests",
        "health",
        "backup",
        "looking",
        "returning",
        "recall",
        "answering",
        "wrapping",
        "rereading",
    },
    {"examine", "past", "unwrapping", "brakes", "home", "connecting"},
    {"config"},
    {"letters"},
    {"ledger"},
    {"judging"},
    {"files"},
    {"mail"},
    {"notices"},
    {"errors", "clock", "disk", "log_lines", "translation"},
)
HEIGHT = {room: len(LEVELS) - number for number, rooms in enumerate(LEVELS) for room in rooms}

PURE = (
    "brakes.braking",
    "brakes.repetition",
    "digests.silent_letters",
    "notices.",
    "judging.",
    "letters.",
    "errors",
    "clock",
    "files.facts",
    "files.limits",
    "files.words",
    "ledger.events",
    "ledger.records",
    "ledger.reports",
    "ledger.states",
    "ledger.receipt",
    "mail.message",
    "mail.body",
    "mail.triage",
    "mail.bounces",
    "mail.cloud",
    "mail.outgoing",
)
EDGES = {
    "imapclient",
    "imaplib",
    "smtplib",
    "sqlmodel",
    "sqlalchemy",
    "sqlite3",
    "alembic",
    "PIL",
    "pymediainfo",
    "apscheduler",
    "socket",
    "ssl",
    "subprocess",
    "threading",
}
DOORS = {
    "imapclient": ("mail.mailbox",),
    "imaplib": (),
    "smtplib": ("mail.transport",),
    "sqlmodel": ("ledger.",),
    "sqlalchemy": ("ledger.",),
    "sqlite3": ("ledger.",),
    "alembic": ("ledger.",),
    # The demo makes its pictures itself; it measures none.
    "PIL": ("files.", "demo.media"),
    "pymediainfo": ("files.",),
    "apscheduler": ("daemon",),
    "mailparser": ("mail.reading",),
    "pymap": ("demo.servers",),
    "aiosmtpd": ("demo.servers",),
}
BROAD_EXCEPTS = {
    "intake": 1,  # around one mail
    "outbox": 1,  # around one letter
    "files.photo": 2,  # around Pillow's decoders and its EXIF reader, which raise anything at all on bad bytes
    "files.worker_process": 1,  # around one task: on the other side of a pipe nobody could catch it
    "letters.templates": 1,  # around one template, whose expressions an admin may have written
}


def modules(package: Path) -> dict[str, ast.Module]:
    """Every module below the package, named without the package: `mail.mailbox`; a room's __init__ is `mail.`."""
    return {_name(path.relative_to(package)): ast.parse(path.read_bytes()) for path in sorted(package.rglob("*.py"))}


def _name(path: Path) -> str:
    *folders, _ = path.parts
    return ".".join([*folders, "" if path.stem == "__init__" else path.stem])


def imported(tree: ast.Module, module: str) -> Iterator[str]:
    """Every module that this one imports, at whatever place, with the names taken from it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively, which this test does not follow"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(module: str, places: tuple[str, ...]) -> bool:
    """A place that ends in a dot is a room with all that is in it."""
    return any(module.startswith(place) if place.endswith(".") else module == place for place in places)


def room(module: str) -> str:
    return module.partition(".")[0]


def upward_imports(trees: dict[str, ast.Module]) -> list[str]:
    """`mail.spool → judging.verdict.Finding`, for each import against the order of the rooms."""
    found = []
    for module, tree in trees.items():
        for name in imported(tree, module):
            package, _, target = name.partition(".")
            if package != "intake_bot" or target == "__version__" or not module:
                continue
            if HEIGHT[room(module)] < HEIGHT[room(target)]:
                found.append(f"{module} → {target}")
    return found


def impure_imports(trees: dict[str, ast.Module]) -> list[str]:
    return [
        f"{module} → {name}"
        for module, tree in trees.items()
        if within(module, PURE)
        for name in imported(tree, module)
        if name.partition(".")[0] in EDGES
    ]


def side_doors(trees: dict[str, ast.Module]) -> list[str]:
    return [
        f"{module} → {name}"
        for module, tree in trees.items()
        for name in imported(tree, module)
        if (library := name.partition(".")[0]) in DOORS and not within(module, DOORS[library])
    ]


def broad_excepts(trees: dict[str, ast.Module]) -> dict[str, int]:
    """How many handlers of everything each module has: bare, Exception, BaseException that is not raised again."""
    counts: dict[str, int] = {}
    for module, tree in trees.items():
        broad = sum(isinstance(node, ast.ExceptHandler) and _is_broad(node) for node in ast.walk(tree))
        if broad:
            counts[module] = broad
    return counts


def _is_broad(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {kind.id for kind in kinds if isinstance(kind, ast.Name)}
    if handler.type is None or "BaseException" in names:
        # To let go of something and raise again hides nothing.
        last = handler.body[-1]
        return not (isinstance(last, ast.Raise) and last.exc is None)
    return "Exception" in names


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return modules(PACKAGE)


def test_every_module_has_a_room(trees: dict[str, ast.Module]) -> None:
    assert {room(module) for module in trees} - {""} <= set(HEIGHT)


def test_no_import_runs_upward(trees: dict[str, ast.Module]) -> None:
    assert upward_imports(trees) == []


def test_a_pure_room_imports_no_edge(trees: dict[str, ast.Module]) -> None:
    assert impure_imports(trees) == []


def test_each_edge_library_stands_behind_its_door(trees: dict[str, ast.Module]) -> None:
    assert side_doors(trees) == []


def test_every_door_is_used(trees: dict[str, ast.Module]) -> None:
    used = {name.partition(".")[0] for module, tree in trees.items() for name in imported(tree, module)}
    assert used & set(DOORS) == {library for library, doors in DOORS.items() if doors}


def test_a_broad_except_stands_where_it_was_agreed_only(trees: dict[str, ast.Module]) -> None:
    assert broad_excepts(trees) == BROAD_EXCEPTS


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        ("mail.spool", "from intake_bot.judging.verdict import Finding", "mail.spool → judging.verdict.Finding"),
        ("notices.notice", "import intake_bot.mail.message", "notices.notice → mail.message"),
        ("errors", "def f():\n    from intake_bot import ledger", "errors → ledger"),
        ("config.load", "if TYPE_CHECKING:\n    from intake_bot.cli import run", "config.load → cli.run"),
    ],
    ids=["from", "import", "inside a function", "for the type checker"],
)
def test_a_planted_upward_import_is_caught(module: str, source: str, found: str) -> None:
    assert upward_imports({module: ast.parse(source)}) == [found]


def test_a_planted_edge_in_a_pure_room_is_caught() -> None:
    planted = {"judging.rules.photo": ast.parse("from PIL import Image"), "ledger.states": ast.parse("import sqlmodel")}
    assert impure_imports(planted) == ["judging.rules.photo → PIL.Image", "ledger.states → sqlmodel"]


def test_a_planted_side_door_is_caught() -> None:
    planted = {"daemon": ast.parse("import smtplib"), "mail.transport": ast.parse("import smtplib")}
    assert side_doors(planted) == ["daemon → smtplib"]


@pytest.mark.parametrize(
    ("handler", "broad"),
    [
        ("except:\n    pass", 1),
        ("except Exception:\n    raise ValueError from None", 1),
        ("except (OSError, Exception) as error:\n    pass", 1),
        ("except BaseException:\n    pass", 1),
        ("except BaseException:\n    close()\n    raise", 0),
        ("except OSError:\n    pass", 0),
    ],
)
def test_a_planted_broad_except_is_caught(handler: str, broad: int) -> None:
    assert sum(broad_excepts({"daemon": ast.parse(f"try:\n    pass\n{handler}")}).values()) == broad
