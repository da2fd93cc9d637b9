"""Which letters of a home nobody has edited: `init` writes down what it copied, and an upgrade renews the rest.

A home from before that has no such record. What the program shipped until then is known by the hashes in
`older_templates.txt`: the first half of each SHA-256.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from intake_bot.config.defaults import packaged_templates
from intake_bot.disk.hashing import sha256_of
from intake_bot.disk.writing import replace_file

RECORD = ".shipped"
"""In the folder of the letters: `<SHA-256>  <name>` a line, as sha256sum writes and checks it."""
_KNOWN_LENGTH = 16


def find_outdated(own: Path) -> frozenset[str]:
    """The names of the letters in this folder that nobody has edited and that this version has otherwise: its own
    count. What is as this version ships it is not read twice."""
    return _outdated_of(own, _find_changed(own))


def find_edited(own: Path) -> frozenset[str]:
    """The names of the files in this folder that an admin edited or added."""
    changed = _find_changed(own)
    return changed - _outdated_of(own, changed)


def _find_changed(own: Path) -> frozenset[str]:
    """The names of the letters in this folder that are not as this version ships them."""
    shipped = _read_packaged(packaged_templates())
    return frozenset(name for name, path in _files(own) if path.read_bytes() != shipped.get(name))


def _outdated_of(own: Path, changed: frozenset[str]) -> frozenset[str]:
    record = _read(own) if changed else {}
    return frozenset(name for name in changed if _is_known(sha256_of(own / name), record.get(name)))


@cache
def _read_packaged(folder: Path) -> Mapping[str, bytes]:
    """The letters of this version by name. Every command compares a home's letters with them, some more than once."""
    return {name: path.read_bytes() for name, path in _files(folder)}


def record_shipped(own: Path, names: Iterable[str]) -> None:
    """Writes down that these letters are as this version ships them. Raises OSError."""
    shipped = {name: sha256_of(packaged_templates() / name) for name in names}
    lines = sorted((name, sha256) for name, sha256 in {**_read(own), **shipped}.items())
    replace_file(own / RECORD, "".join(f"{sha256}  {name}\n" for name, sha256 in lines).encode())


def renew_outdated(own: Path) -> tuple[str, ...]:
    """Puts this version's letters into the place of the outdated ones, so that an admin edits what is in use; returns
    their names. Raises OSError."""
    renewed = tuple(sorted(name for name in find_outdated(own) if (packaged_templates() / name).is_file()))
    for name in renewed:
        replace_file(own / name, (packaged_templates() / name).read_bytes())
    if renewed:
        record_shipped(own, renewed)
    return renewed


def _files(own: Path) -> Iterator[tuple[str, Path]]:
    """The letters of a folder by name, without hidden files."""
    for path in own.rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            yield path.relative_to(own).as_posix(), path


def _read(own: Path) -> Mapping[str, str]:
    """The record, by name; empty where there is none, or it cannot be read."""
    try:
        lines = (own / RECORD).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return {}
    return {name: sha256 for sha256, _, name in (line.partition("  ") for line in lines)}


def _is_known(sha256: str, recorded: str | None) -> bool:
    return sha256 == recorded or sha256[:_KNOWN_LENGTH] in _older()


@cache
def _older() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("older_templates.txt").read_text(encoding="ascii").split())
