"""The rooms, guarded: what each module imports is read from its source.

Imports run downward only, from a room to the rooms that it names; pure modules know no library of an edge; each edge
library is known to one module; and a broad `except` stands only where the table below agrees to it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

import pytest

from tests import architecture
from tests.architecture import (
    MAXIMUM_ARROWS,
    MAXIMUM_FILE_LINES,
    MAXIMUM_FLOORS,
    MAXIMUM_FUNCTION_LINES,
    MAXIMUM_MODULES,
    MAXIMUM_ROOMS,
    ROOMS,
    Trees,
    arrows,
    circles,
    floors,
    imports,
    module_pairs,
    package_trees,
    room_of,
)

LEVELS = {room: len(ROOMS) - number for number, room in enumerate(ROOMS)}

# Beside the modules whose docstring says Pure.
PURE = (
    "notices.",
    "judging.",
    "letters.",
    "orders.",
    "errors",
    "clock",
    "text.",
    "files.facts",
    "files.limits",
    "files.documents.words",
    "ledger.values.",
    "mail.address",
    "mail.message",
    "mail.body",
    "mail.machines.",
    "mail.bounces",
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
OWNERS = {
    "imapclient": ("mail.imap.mailbox", "mail.imap.client"),
    "imaplib": (),
    "smtplib": ("mail.smtp.transport",),
    "sqlmodel": ("ledger.",),
    "sqlalchemy": ("ledger.",),
    "sqlite3": ("ledger.",),
    "alembic": ("ledger.",),
    # The demo makes its pictures itself; it measures none.
    "PIL": ("files.media.photo", "demo.media"),
    "pymediainfo": ("files.media.video",),
    "apscheduler": ("service.schedule",),
    "xlsxwriter": ("digests.workbook.write",),
    "docx": ("digests.week.document",),
    "mailparser": ("mail.reading.read",),
    "pybase64": ("mail.reading.content.transfer_encodings",),
    "pymap": ("demo.servers",),
    "aiosmtpd": ("demo.servers",),
}
BROAD_EXCEPTS = {
    "intake.batch.attempts": 1,  # around one mail
    "desk.clerk_desk": 2,  # around one mail of orders, and around one order
    "outbox.deliver": 1,  # around one letter
    "service.bureau_work": 1,  # around one run of one job of one bureau
    "files.media.photo": 2,  # around Pillow's decoders and its EXIF reader, which raise anything at all on bad bytes
    "files.worker.process": 1,  # around one task: on the other side of a pipe nobody could catch it
    "letters.templates": 1,  # around one template, whose expressions an admin may have written
}


def within(module: str, places: tuple[str, ...]) -> bool:
    """A place that ends in a dot is a room with all that is in it."""
    return any(module.startswith(place) if place.endswith(".") else module == place for place in places)


def unknown_places(trees: Trees) -> list[str]:
    """Places of the lists above where no module stands (any more): a rule about them would hold nothing."""
    places = {*PURE, *BROAD_EXCEPTS, *(place for owners in OWNERS.values() for place in owners)}
    return sorted(place for place in places if not any(within(module, (place,)) for module in trees))


def forbidden_imports(trees: Trees) -> list[str]:
    """`mail.spool → judging.verdict.Finding`, for each import that the room's list does not allow."""
    return [
        f"{one.module} → {one.name.removeprefix('intake_bot.')}"
        for (upper, lower), behind in arrows(trees).items()
        if lower not in ROOMS[upper]
        for one in behind
    ]


def impure_imports(trees: Trees) -> list[str]:
    pure = {module for module, tree in trees.items() if within(module, PURE) or _says_pure(tree)}
    return [
        f"{one.module} → {one.name}"
        for one in imports(trees)
        if one.module in pure and one.name.partition(".")[0] in EDGES
    ]


def _says_pure(tree: ast.Module) -> bool:
    return re.search(r"\bPure\b", ast.get_docstring(tree) or "") is not None


def foreign_imports(trees: Trees) -> list[str]:
    """Libraries that are imported elsewhere than in the modules that own them."""
    return [
        f"{one.module} → {one.name}"
        for one in imports(trees)
        if (library := one.name.partition(".")[0]) in OWNERS and not within(one.module, OWNERS[library])
    ]


def broad_excepts(trees: Trees) -> dict[str, int]:
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
        # To release something and raise again hides nothing.
        last = handler.body[-1]
        return not (isinstance(last, ast.Raise) and last.exc is None)
    return "Exception" in names


def above(sizes: Mapping[str, int], maximum: int) -> dict[str, int]:
    return {name: size for name, size in sizes.items() if size > maximum}


@pytest.fixture(scope="module")
def trees() -> Trees:
    return package_trees()


def test_places_of_the_lists_hold_modules() -> None:
    assert unknown_places(package_trees()) == []


def test_every_module_stands_in_a_listed_room(trees: Trees) -> None:
    assert {room_of(module) for module in trees} - {""} == set(ROOMS)


def test_every_room_lists_only_rooms_below_it() -> None:
    upward = [
        f"{room} → {lower}" for room, lowers in ROOMS.items() for lower in lowers if LEVELS[lower] >= LEVELS[room]
    ]
    assert upward == []


def test_every_import_is_allowed_by_its_room(trees: Trees) -> None:
    assert forbidden_imports(trees) == []


def test_every_allowed_import_is_used(trees: Trees) -> None:
    used = set(arrows(trees))
    assert [(room, lower) for room, lowers in ROOMS.items() for lower in lowers if (room, lower) not in used] == []


def test_rooms_floors_and_arrows_stay_within_their_maximum(trees: Trees) -> None:
    pairs = arrows(trees)
    assert len(ROOMS) <= MAXIMUM_ROOMS
    assert max(floors(pairs).values()) <= MAXIMUM_FLOORS
    assert len(pairs) <= MAXIMUM_ARROWS


def test_no_modules_import_each_other_in_a_circle(trees: Trees) -> None:
    assert circles(module_pairs(trees)) == []


def test_folders_files_and_functions_stay_within_their_maximum(trees: Trees) -> None:
    assert above(architecture.folder_sizes(), MAXIMUM_MODULES) == {}
    assert above(architecture.file_lengths(), MAXIMUM_FILE_LINES) == {}
    assert above(architecture.function_lengths(trees), MAXIMUM_FUNCTION_LINES) == {}


def test_developing_guide_lists_every_room_with_its_imports() -> None:
    guide = (architecture.ROOT / "docs" / "developing.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+?)(?:\.py|/)` \| .+ \| (.+) \|$", guide, re.MULTILINE)
    listed = {room: frozenset(imported.replace("–", "").split()) for room, imported in rows}
    assert listed == ROOMS
    assert [room for room, _ in rows] == list(ROOMS)


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/developing.md", "README.md"])
def test_guide_names_only_files_that_exist(page: str) -> None:
    text = (architecture.ROOT / page).read_text("utf-8")
    named = {path for path in re.findall(r"`([\w./-]+/[\w.-]*)`", text) if not path.startswith("data/")}
    roots = (architecture.ROOT, architecture.PACKAGE)
    assert [path for path in sorted(named) if not any((root / path).exists() for root in roots)] == []


def test_pure_modules_import_no_edge(trees: Trees) -> None:
    assert impure_imports(trees) == []


def test_edge_libraries_are_imported_by_their_owners_only(trees: Trees) -> None:
    assert foreign_imports(trees) == []


def test_every_owned_library_is_used(trees: Trees) -> None:
    used = {one.name.partition(".")[0] for one in imports(trees)}
    assert used & set(OWNERS) == {library for library, owners in OWNERS.items() if owners}


def test_broad_excepts_stand_where_agreed_only(trees: Trees) -> None:
    assert broad_excepts(trees) == BROAD_EXCEPTS


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        ("mail.spool", "from intake_bot.judging.verdict import Finding", "mail.spool → judging.verdict.Finding"),
        ("notices.notice", "import intake_bot.mail.message", "notices.notice → mail.message"),
        ("errors", "def f():\n    from intake_bot import ledger", "errors → ledger"),
        ("config.load", "if TYPE_CHECKING:\n    from intake_bot.cli import run", "config.load → cli.run"),
        ("service.daemon", "import_module(f'intake_bot.commands.{name}')", "service.daemon → commands."),
    ],
    ids=["from", "import", "inside a function", "for the type checker", "by name"],
)
def test_planted_upward_import_is_caught(module: str, source: str, found: str) -> None:
    assert forbidden_imports({module: ast.parse(source)}) == [found]


def test_planted_edge_in_a_pure_module_is_caught() -> None:
    planted = {
        "judging.rules.photo": ast.parse("from PIL import Image"),
        "ledger.values.states": ast.parse("import sqlmodel"),
        "digests.sums": ast.parse('"""Sums. Pure."""\nimport sqlite3'),
        "digests.due": ast.parse('"""What is due."""\nimport threading'),
    }
    assert impure_imports(planted) == [
        "judging.rules.photo → PIL.Image",
        "ledger.values.states → sqlmodel",
        "digests.sums → sqlite3",
    ]


def test_planted_foreign_library_is_caught() -> None:
    planted = {"service.daemon": ast.parse("import smtplib"), "mail.smtp.transport": ast.parse("import smtplib")}
    assert foreign_imports(planted) == ["service.daemon → smtplib"]


def test_planted_circle_is_caught() -> None:
    planted = {
        "mail.a": ast.parse("from intake_bot.mail.b import f"),
        "mail.b": ast.parse("from intake_bot.mail import c"),
        "mail.c": ast.parse("from intake_bot.mail.a import f"),
        "mail.d": ast.parse("from intake_bot.mail.a import f"),
    }
    assert circles(module_pairs(planted)) == [{"mail.a", "mail.b", "mail.c"}]


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
def test_planted_broad_except_is_caught(handler: str, broad: int) -> None:
    assert sum(broad_excepts({"daemon": ast.parse(f"try:\n    pass\n{handler}")}).values()) == broad
