"""The trees of the files under config/, kept under data/ from one start to the next: to parse the files takes longer
than all else that is done with them.

A tree is used for a file with the very bytes that it was made of. The kept file may be deleted at any time.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from intake_bot import __version__
from intake_bot.config.tree import Node, node_from_json, node_to_json

log = logging.getLogger(__name__)

Trees = Mapping[str, Node]
"""By the SHA-256 of the file, hexadecimal."""


def read_trees(path: Path | None) -> Trees:
    """The trees that this version has kept; empty where there are none."""
    try:
        return {sha256: node_from_json(tree) for sha256, tree in _read(path).items()} if path else {}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def keep_trees(trees: Trees, path: Path) -> None:
    """Keeps these, in one step, where the file holds others. A failure stops nothing: the next start takes longer."""
    try:
        if _read(path).keys() == trees.keys():
            return
    except (OSError, ValueError, AttributeError):
        pass  # there are none yet, or not whole ones
    aside = path.with_name(f"{path.name}.new")
    try:
        content = {"version": __version__, "trees": {sha256: node_to_json(tree) for sha256, tree in trees.items()}}
        # Addresses of people stand in them.
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
        aside.replace(path)
    except (OSError, UnicodeEncodeError, RecursionError) as error:
        log.warning("trees of the configuration not kept: %s", error)


def _read(path: Path) -> dict[str, object]:
    """Raises OSError, and ValueError or AttributeError for what is no such file."""
    found = json.loads(path.read_bytes())
    trees: dict[str, object] = found.get("trees") if found.get("version") == __version__ else {}
    return {str(sha256): tree for sha256, tree in trees.items()}
