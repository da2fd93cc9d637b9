"""What is in an archive: members streamed one by one into files of our own naming."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from intake_bot.errors import TemporaryFailure
from intake_bot.files.facts import Kind, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.zips import Unreadable, open_zip, unpacked

_UTF8_FLAG = 0x800
_LONGEST_NAME = 255

_RUBBISH = re.compile(r"\._.*|~\$.*|\.~lock\..*|\.ds_store|thumbs\.db|desktop\.ini", re.I)
"""What systems and office programs leave in a folder; nobody meant to send it."""

_VOLUMES = (
    (re.compile(r"\.part\d+\.rar$|\.r\d\d$|\.rar\.\d{3}$", re.I), Kind.RAR),
    (re.compile(r"\.7z\.\d{3}$", re.I), Kind.SEVEN_ZIP),
    (re.compile(r"\.z\d\d$|\.\d{3}$", re.I), Kind.ZIP),
)


@dataclass(frozen=True)
class Member:
    """One file out of an archive. `path` is ours; it holds what could be read when `trouble` is not None."""

    name: str
    """The last part of its name, for people; without control characters."""
    folder: str
    path: Path
    bytes: int
    sha256: str
    trouble: Trouble | None


@dataclass
class Budget:
    """What the archives of one mail may still unpack, all together."""

    members: int
    bytes: int

    @classmethod
    def of(cls, limits: FileLimits) -> Budget:
        return cls(limits.members, limits.unpacked_bytes)


def volume_kind(name: str) -> Kind | None:
    """The kind of archive that a file named like this is one volume of; None for any other name."""
    return next((kind for pattern, kind in _VOLUMES if pattern.search(name)), None)


def unpack_zip(
    path: Path, name: str, folder: Path, budget: Budget, limits: FileLimits
) -> tuple[tuple[Member, ...], Trouble | None]:
    """Unpacks a zip into numbered files in `folder`. Nothing in the archive has a say in where they lie.

    A damaged member is given with its own trouble, and the others are there. The archive's trouble says that some
    members, or all, could not be had. Raises TemporaryFailure when our disk does not take them.
    """
    try:
        with open_zip(path) as package:
            members = _wanted(package)
            _refuse_bomb(package.infolist(), path.stat().st_size, budget, limits)
            return _unpack(package, members, folder, budget)
    except Unreadable as error:
        return (), Trouble.SPLIT if _is_volume(path, name, error.trouble) else error.trouble


def _is_volume(path: Path, name: str, trouble: Trouble) -> bool:
    """One of several volumes does not end as a zip ends. The first one may say what it is, else the name does."""
    if trouble is not Trouble.TRUNCATED:
        return False
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x07\x08", b"PK00") or volume_kind(name) is not None


def _wanted(package: zipfile.ZipFile) -> list[tuple[zipfile.ZipInfo, list[str]]]:
    """The members that somebody meant to send, each with its folders and name."""
    named = [(info, member_name(info)) for info in package.infolist()]
    return [(info, parts) for info, parts in named if parts[-1] and not _is_rubbish(parts)]


def member_name(info: zipfile.ZipInfo) -> list[str]:
    """A member's folders and name, for people: no `..`, no drive, no control characters.

    The name is empty for a folder, which ends with a slash, or with a backslash from some Windows tools.

    Chinese Windows writes GBK and macOS UTF-8, both without the flag that says UTF-8. zipfile has read such names as
    cp437, which loses nothing, so the bytes can be had again and read rightly.
    """
    name = info.orig_filename
    if not info.flag_bits & _UTF8_FLAG:
        raw = name.encode("cp437")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("gb18030", "replace")
    name = "".join(sign for sign in name if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    *folders, last = [part.strip()[:_LONGEST_NAME] for part in re.split(r"[/\\]", name)]
    return [part for part in folders if part.strip(".") and not part.endswith(":")] + [last]


def _is_rubbish(parts: list[str]) -> bool:
    return "__MACOSX" in parts[:-1] or _RUBBISH.fullmatch(parts[-1]) is not None


def _refuse_bomb(infos: list[zipfile.ZipInfo], packed: int, budget: Budget, limits: FileLimits) -> None:
    """Counts what the archive declares: zipfile never gives more than that of a member. Raises Unreadable."""
    total = sum(info.file_size for info in infos)
    too_dense = total > limits.ratio_from and total > limits.ratio * packed
    if len(infos) > budget.members or total > budget.bytes or too_dense or _overlap(infos):
        raise Unreadable(Trouble.BOMB)


def _overlap(infos: list[zipfile.ZipInfo]) -> bool:
    """Members that share their bytes: how a small file declares petabytes."""
    spans = sorted((info.header_offset, info.header_offset + 30 + info.compress_size) for info in infos)
    return any(end > start for (_, end), (start, _) in pairwise(spans))


def _unpack(
    package: zipfile.ZipFile, wanted: list[tuple[zipfile.ZipInfo, list[str]]], folder: Path, budget: Budget
) -> tuple[tuple[Member, ...], Trouble | None]:
    members = []
    trouble = None
    for info, parts in wanted:
        target = folder / f"{budget.members:06d}"
        budget.members -= 1
        budget.bytes -= info.file_size
        size, sha256, bad = _write(package, info, target)
        if bad in (Trouble.ENCRYPTED, Trouble.UNSUPPORTED):
            trouble = trouble or bad
        else:
            members.append(Member(parts[-1], "/".join(parts[:-1])[:_LONGEST_NAME], target, size, sha256, bad))
    return tuple(members), trouble


def _write(package: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> tuple[int, str, Trouble | None]:
    """Bytes written, their SHA-256, and what kept us from writing more."""
    digest, size, trouble = hashlib.sha256(), 0, None
    try:
        with target.open("wb") as file:
            try:
                for piece in unpacked(package, info):
                    file.write(piece)
                    digest.update(piece)
                    size += len(piece)
            except Unreadable as error:
                trouble = error.trouble
    except OSError as error:
        raise TemporaryFailure(f"cannot unpack to {target.parent}: {error}") from error
    return size, digest.hexdigest(), trouble
