"""Is all there that the ledger speaks of, and is it what it was? Looks, and changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from intake_bot.disk import own_disk_failures_of
from intake_bot.home import Home
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.upkeep import StoredFile


@dataclass(frozen=True)
class Verified:
    """What was found, in sentences for the admin."""

    files: int
    """So many files were read through."""
    faults: tuple[str, ...]
    remarks: tuple[str, ...]
    """Nothing is wrong with these, but an admin may wonder."""


def verify(
    ledger: Ledger, home: Home, tracked: Callable[[Sequence[StoredFile]], Iterator[StoredFile]] = iter
) -> Verified:
    """Reads the ledger and every file in the store through; others may go on working meanwhile.

    `tracked` is handed the files, and gives them back one by one. Raises TemporaryFailure when the disk cannot be
    read, PermanentFailure for a ledger too damaged to be asked.
    """
    with own_disk_failures_of(home.data):
        # A file comes into the store before its row into the ledger: what is there by now has its row in the end.
        there = [path for path in sorted(home.files.rglob("*")) if path.is_file()]
        stored = ledger.upkeep.stored_files()
        faults = (*ledger.upkeep.faults(), *_wrong_files(tracked(stored), home.files))
        remarks = (*_orphans(there, ledger, home.files), *_lost_raw_mails(ledger, home.spool))
        return Verified(len(stored), faults, remarks)


def _wrong_files(stored: Iterator[StoredFile], root: Path) -> Iterator[str]:
    for file in stored:
        found = _wrong_with(root / file.path, file)
        if found:
            yield f"回执编号 {file.receipt} 的文件{found}：{root / file.path}"


def _wrong_with(path: Path, file: StoredFile) -> str:
    """What is wrong with a file in the store; empty when it is as it was registered."""
    if not path.is_file():
        return "不见了"
    size = path.stat().st_size
    if size != file.bytes:
        return f"大小不对（登记 {file.bytes} 字节，现在 {size} 字节）"
    return "" if _sha256(path) == file.sha256 else "内容被改动过或已损坏"


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _orphans(there: Collection[Path], ledger: Ledger, root: Path) -> Iterator[str]:
    known = {file.path for file in ledger.upkeep.stored_files()}
    for path in there:
        if path.relative_to(root).as_posix() not in known and path.exists():
            yield f"台账里没有登记这个文件（多半是处理中断时留下的，不影响使用）：{path}"


def _lost_raw_mails(ledger: Ledger, spool: Path) -> Iterator[str]:
    """Without it a held mail cannot be judged once more; the mailbox still has it, and a person may decide."""
    lost = [mail for mail in ledger.upkeep.raw_mails() if not _is_there(spool / mail.name, mail.sha256)]
    held = ledger.upkeep.raw_mails()  # a person may have decided meanwhile, and then it goes
    for mail in lost:
        if mail in held:
            yield (
                f"回执编号 {mail.receipt} 等人工处理，本机存的原邮件不见了或已损坏，不能重新判定；"
                f"请在邮箱里看原邮件，再用 held accept 或 held reject 作出决定：{spool / mail.name}"
            )


def _is_there(path: Path, sha256: str) -> bool:
    try:
        return _sha256(path) == sha256
    except (FileNotFoundError, IsADirectoryError):
        return False
