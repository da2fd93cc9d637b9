"""Files that came before: the same bytes, or the same picture saved once more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from intake_bot.files.facts import ARCHIVES, FileFacts, Kind
from intake_bot.judging.verdict import Finding
from intake_bot.notices.severities import CHOICES

LOOK_DISTANCE = 4
"""Two pictures whose 64-bit hashes differ in at most so many bits are the same picture.

Measured on 73 painted scenes (`python -m tests.benchmarks.looks`): one that was saved anew at quality 25 to 60, scaled
to a fifth, made 20 % lighter or darker, sharpened or marked with a date differed in 0 or 1 bits for most and in 3 at
most; cropped by 2 % in 5 at most (97 % in no more than 4), by 4 % in 6 (86 %). Of 2,628 pairs of different scenes none
differed in less than 5 bits, half in 23 and more. Photographs were not measured: where light makes parts of one white,
it may change more. Two pictures of one scene, taken within a second, are the same to it: a remark may say so, and a
rejection may not rest on it.
"""


@dataclass(frozen=True)
class KnownFile:
    """A file of an earlier submission."""

    receipt: str
    unit: str | None
    name: str
    sha256: str
    look: int | None = None


@dataclass(frozen=True)
class Twin:
    """The earlier file that a new one is the same as; `exact`: to the byte."""

    known: KnownFile
    exact: bool


def find_twin(file: FileFacts, known: Sequence[KnownFile]) -> Twin | None:
    """The earliest file with the same bytes, else the earliest picture that looks the same. None for archives, whose
    members are compared one by one, and for empty files, which are all the same."""
    if file.kind in ARCHIVES or file.kind is Kind.EMPTY:
        return None
    same = next((one for one in known if one.sha256 == file.sha256), None)
    if same is not None:
        return Twin(same, exact=True)
    look = file.photo.look if file.photo else None
    if look is None:
        return None
    alike = next((one for one in known if one.look is not None and distance(one.look, look) <= LOOK_DISTANCE), None)
    return Twin(alike, exact=False) if alike else None


def distance(one: int, other: int) -> int:
    """In how many bits two hashes differ."""
    return (one ^ other).bit_count()


def about_twins(files: Iterable[FileFacts], known: Sequence[KnownFile], unit: str | None) -> list[Finding]:
    """A remark on each file that came before. The school learns the receipt number and not whose it is; the clerks
    learn both units."""
    findings = []
    for file in files:
        twin = find_twin(file, known)
        if twin is None:
            continue
        like = "相同" if twin.exact else "看起来相同"
        found = f"与此前收到的文件{like}（回执编号 {twin.known.receipt}）"
        findings.append(_finding(found, "如果是发错了，请换上正确的文件再发；不是发错就不用处理", file))
        if unit and twin.known.unit and twin.known.unit != unit:
            whose = f"“{unit}”的文件与“{twin.known.unit}”报送的“{twin.known.name}”{like}"
            found = f"{whose}（回执编号 {twin.known.receipt}）"
            findings.append(replace(_finding(found, "请经办人核对是不是同一次活动", file), private=True))
    return findings


def _finding(found: str, todo: str, file: FileFacts) -> Finding:
    return Finding("file.duplicate", CHOICES["file.duplicate"].default, found, "", todo, file.shown_name)
