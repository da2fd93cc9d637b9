"""Files that this mail or prior mail already contains: the same bytes, or the same picture saved again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from intake_bot.files.facts import ARCHIVES, FileFacts, Kind
from intake_bot.judging.author import Author
from intake_bot.judging.captions import is_descriptive_name
from intake_bot.judging.verdict import Finding
from intake_bot.notices.severities import CHOICES

MAXIMUM_LOOK_DISTANCE = 4
"""Maximum bits in which the 64-bit hashes of two pictures may differ, for them to count as the same picture.

Measured on 73 painted scenes (`python -m tests.benchmarks.looks`): one that was saved again at quality 25 to 60, scaled
to a fifth, made 20 % lighter or darker, sharpened or marked with a date differed mostly in 0 or 1 bits, and in 3 at
most; cropped by 2 % in 5 at most (97 % in no more than 4), by 4 % in 6 (86 %). Of 2,628 pairs of different scenes none
differed in less than 5 bits, half in 23 or more. Photographs were not measured: overexposed parts may change more.
Two pictures of one scene, taken within a second, count as the same. So this may be a remark and never a reason to
reject.
"""


@dataclass(frozen=True)
class KnownFile:
    """A file of prior mail."""

    receipt: str
    unit: str | None
    name: str
    sha256: str
    look: int | None = None
    sender: str = ""
    """The address that it came from."""


@dataclass(frozen=True)
class DuplicateFile:
    """The known file that a new one duplicates. `exact`: the bytes are the same."""

    known: KnownFile
    exact: bool


@dataclass(frozen=True)
class FileCopy:
    """A file with the bytes of another file of the same mail."""

    copy: FileFacts
    original: FileFacts


def find_copies(files: Sequence[FileFacts]) -> tuple[FileCopy, ...]:
    """Returns the copies in one mail. The original is the file in an archive, and of these the first with a name that
    describes it."""
    originals: dict[str, FileFacts] = {}
    for file in sorted(files, key=lambda one: (one.archive is None, not is_descriptive_name(one.name))):
        originals.setdefault(file.sha256, file)
    return tuple(FileCopy(file, original) for file in files if (original := originals[file.sha256]) is not file)


def check_copies(copies: Iterable[FileCopy]) -> list[Finding]:
    """Returns a remark on each copy: however often a file comes, it counts once."""
    todo = "如果是发错了，请换上正确的文件再发；不是发错就不用处理"
    return [_finding(f"与“{one.original.name}”的内容完全相同，只算一份", todo, one.copy) for one in copies]


def find_duplicate(file: FileFacts, known: Sequence[KnownFile]) -> DuplicateFile | None:
    """Returns the first known file with the same bytes, else the first picture that looks the same, else None.

    None for archives, whose members are compared one by one, and for empty files, which are all the same.
    """
    if file.kind in ARCHIVES or file.kind is Kind.EMPTY:
        return None
    exact = next((one for one in known if one.sha256 == file.sha256), None)
    if exact is not None:
        return DuplicateFile(exact, exact=True)
    look = file.photo.look if file.photo else None
    if look is None:
        return None
    alike = next(
        (
            one
            for one in known
            if one.look is not None and count_differing_bits(one.look, look) <= MAXIMUM_LOOK_DISTANCE
        ),
        None,
    )
    return DuplicateFile(alike, exact=False) if alike else None


def count_differing_bits(one: int, other: int) -> int:
    """Returns the number of bits in which two hashes differ."""
    return (one ^ other).bit_count()


def check_duplicates(
    files: Iterable[FileFacts], known: Sequence[KnownFile], unit: str | None, author: Author
) -> list[Finding]:
    """Returns a remark on each duplicate. A school learns only of files that it sent itself, for the same unit."""
    findings = []
    for file in files:
        duplicate = find_duplicate(file, known)
        if duplicate is not None:
            findings.append(_report_duplicate(file, duplicate, unit, author))
    return findings


def _report_duplicate(file: FileFacts, duplicate: DuplicateFile, unit: str | None, author: Author) -> Finding:
    known, like = duplicate.known, "相同" if duplicate.exact else "看起来相同"
    has_other_unit = bool(unit and known.unit and known.unit != unit)
    if author.is_same(known.sender) and not has_other_unit:
        found = f"与此前收到的文件{like}（回执编号 {known.receipt}）"
        return _finding(found, "如果是发错了，请换上正确的文件再发；不是发错就不用处理", file)
    whose = f"“{known.unit}”报送的" if has_other_unit else f"{known.sender or '没有地址的邮件'} 报送的"
    mine = f"“{unit}”的文件" if unit else f"“{file.shown_name}”"
    found = f"{mine}与{whose}“{known.name}”{like}（回执编号 {known.receipt}）"
    return replace(_finding(found, "请经办人核对是不是同一次活动", file), private=True)


def _finding(found: str, todo: str, file: FileFacts) -> Finding:
    return Finding("file.duplicate", CHOICES["file.duplicate"].default, found, "", todo, file.shown_name)
