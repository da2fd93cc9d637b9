"""Files that a prior mail left at a mail provider (超大附件) and nobody has fetched yet: which a new mail replaces, and
which of them count for it as if it had brought them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from intake_bot.files.facts import ARCHIVES, PHOTOS, TEXTS, VIDEOS, MailFacts
from intake_bot.judging.assignment import KIND_BY_SUFFIX, Assignment, assign_files, check_file
from intake_bot.judging.prose.reader import ProseReader
from intake_bot.notices.notice import FormPart, Material, Part, PhotoPart, Severity, TextPart, VideoPart
from intake_bot.notices.spelling import compact


def can_serve(name: str, materials: Sequence[Material]) -> bool:
    """True where a file of this name may be for a part of these materials; one with no telling name may be for any."""
    return any(_is_for(name, part) for material in materials for part in material.parts)


def is_replaced(name: str, new: MailFacts, materials: Sequence[Material], reader: ProseReader) -> bool:
    """True where the new files make a file of this name superfluous: one has its name, or every part of these materials
    that it may be for has a new file without errors."""
    if name and any(compact(file.name) == compact(name) for file in new.files):
        return True
    parts = [one for one in assign_files(new, materials, reader).assignments if _is_for(name, one.part)]
    return bool(parts) and all(_has_good_file(one) for one in parts)


def _has_good_file(assignment: Assignment) -> bool:
    return any(
        not any(finding.severity is Severity.ERROR for finding in check_file(assignment.part, file))
        for file in assignment.files
    )


def _is_for(name: str, part: Part) -> bool:
    kind = KIND_BY_SUFFIX.get(PurePosixPath(name).suffix.lower())
    if kind is None or kind in ARCHIVES:
        return True
    match part:
        case PhotoPart():
            return kind in PHOTOS
        case VideoPart():
            return kind in VIDEOS
        case TextPart() | FormPart():
            return kind in TEXTS
