"""The files of an accepted item as they lie on the disk, out of their archives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from intake_bot.digests.package.selection import PackedItem
from intake_bot.files.facts import ARCHIVES, DANGEROUS, FileFacts, Kind
from intake_bot.files.inspect import inspect_files
from intake_bot.home.services import Services
from intake_bot.judging.assignment import is_decoration
from intake_bot.mail.message import Attachment

_LEFT_OUT = ARCHIVES | DANGEROUS | {Kind.EMPTY}


@dataclass(frozen=True)
class SourceFile:
    """A file to be packed. `name` is the one that the school gave it; `trouble` says why it cannot be packed."""

    name: str
    path: Path
    sha256: str
    trouble: str = ""


def open_item(services: Services, item: PackedItem, work: Path) -> Iterator[SourceFile]:
    """The files of one item, each content once. `work` is a folder for this item alone, in which archives are unpacked.

    Raises TemporaryFailure where the disk is full or no worker can be started.
    """
    seen: set[str] = set()
    for file in _open_all(services, item, work):
        if file.trouble or file.sha256 not in seen:
            seen.add(file.sha256)
            yield file


def _open_all(services: Services, item: PackedItem, work: Path) -> Iterator[SourceFile]:
    there, archives = services.home.files, []
    for kept in item.files:
        path = there / PurePosixPath(kept.path)
        name = PurePosixPath(kept.name).name
        if not path.is_file():
            yield SourceFile(name, path, kept.sha256, "文件不在磁盘上")
        elif kept.kind in ARCHIVES:
            archives.append(Attachment(kept.name, path, kept.bytes, kept.sha256, ""))
        elif kept.kind not in _LEFT_OUT:
            yield SourceFile(name, path, kept.sha256)
    if not archives:
        return
    for found in inspect_files(archives, work, services.settings.intake.limits.files, services.worker):
        facts = found.facts
        if facts.kind in ARCHIVES and facts.trouble is not None:
            # As it came: whoever unpacks the package finds it, and the list says so.
            yield SourceFile(facts.name, found.path, facts.sha256)
        elif _is_material(facts):
            yield SourceFile(facts.name, found.path, facts.sha256)


def _is_material(facts: FileFacts) -> bool:
    return facts.kind not in _LEFT_OUT and facts.archive is not None and not is_decoration(facts)
