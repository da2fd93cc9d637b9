"""Verifies that every file in the ledger exists and is unchanged. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from intake_bot.disk.hashing import sha256_of
from intake_bot.errors import own_disk_failures_of
from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.upkeep import StoredFile


@dataclass(frozen=True)
class VerifyResult:
    """Faults and remarks, each a sentence for the admin."""

    files: int
    """Number of files read."""
    faults: tuple[str, ...]
    remarks: tuple[str, ...]
    """Observations that are no faults, such as files without a row in the ledger."""


def verify(
    ledger: Ledger, home: Home, tracked: Callable[[Sequence[StoredFile]], Iterator[StoredFile]] = iter
) -> VerifyResult:
    """Reads the ledger and every stored file. The daemon may run at the same time.

    `tracked` yields the files again and reports progress. Raises TemporaryFailure when the disk cannot be read,
    PermanentFailure for a ledger that is too damaged to be read.
    """
    with own_disk_failures_of(home.data):
        # A file is stored before its row is written: a file found now has its row when the ledger is read last.
        present = [path for path in sorted(home.files.rglob("*")) if path.is_file()]
        stored = ledger.upkeep.find_stored_files()
        faults = (*ledger.upkeep.find_faults(), *_find_faulty_files(tracked(stored), home.files))
        remarks = (*_find_orphans(present, ledger, home.files), *_find_lost_raw_mails(ledger, home.spool))
        return VerifyResult(len(stored), faults, remarks)


def _find_faulty_files(stored: Iterator[StoredFile], root: Path) -> Iterator[str]:
    for file in stored:
        fault = _file_fault(root / file.path, file)
        if fault:
            yield f"回执编号 {file.receipt} 的文件{fault}：{root / file.path}"


def _file_fault(path: Path, file: StoredFile) -> str:
    """What is wrong with a stored file, in words; empty when size and SHA-256 are as registered."""
    if not path.is_file():
        return "不见了"
    size = path.stat().st_size
    if size != file.bytes:
        return f"大小不对（登记 {file.bytes} 字节，现在 {size} 字节）"
    return "" if sha256_of(path) == file.sha256 else "内容被改动过或已损坏"


def _find_orphans(present: Collection[Path], ledger: Ledger, root: Path) -> Iterator[str]:
    known = {file.path for file in ledger.upkeep.find_stored_files()}
    for path in present:
        if path.relative_to(root).as_posix() not in known and path.exists():
            yield f"台账里没有登记这个文件（多半是处理中断时留下的，不影响使用）：{path}"


def _find_lost_raw_mails(ledger: Ledger, spool: Path) -> Iterator[str]:
    """Held mails whose raw mail is missing or damaged. They cannot be judged again, but a clerk may decide them."""
    lost = [mail for mail in ledger.upkeep.find_raw_mails() if not _is_unchanged(spool / mail.name, mail.sha256)]
    held = ledger.upkeep.find_raw_mails()  # without those that a clerk decided meanwhile
    for mail in lost:
        if mail in held:
            yield (
                f"回执编号 {mail.receipt} 等人工处理，本机存的原邮件不见了或已损坏，不能重新判定；"
                f"请在邮箱里看原邮件，再用 held accept 或 held reject 作出决定：{spool / mail.name}"
            )


def _is_unchanged(path: Path, sha256: str) -> bool:
    try:
        return sha256_of(path) == sha256
    except (FileNotFoundError, IsADirectoryError):
        return False
