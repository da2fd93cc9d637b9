import errno
import hashlib
import os
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake_bot.errors import TemporaryFailure
from intake_bot.mail.imap.mail_key import MailKey
from intake_bot.mail.imap.spool import Spool, SpooledMail

RECEIVED = datetime(2023, 5, 17, 7, 0, tzinfo=UTC)


def _key(
    bureau: str, folder: str, uidvalidity: int, uid: int, received: datetime = RECEIVED, size: int = 1000
) -> MailKey:
    return MailKey(bureau, folder, uidvalidity, uid, received, size)


KEY = _key("puyang", "INBOX", 1, 1446555803)
RAW = b"Subject: a\r\n\r\nb\r\n"


def in_pieces(raw: bytes, size: int) -> Callable[[Callable[[bytes], object]], None]:
    def source(write: Callable[[bytes], object]) -> None:
        for start in range(0, len(raw), size):
            write(raw[start : start + size])

    return source


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_saved_mail_has_its_content_and_hash(tmp_path: Path, size: int) -> None:
    folder = tmp_path / "data" / "spool"
    spooled = Spool(folder).save(KEY, in_pieces(RAW, size))
    assert spooled == SpooledMail(folder / KEY.file_name, hashlib.sha256(RAW).hexdigest(), len(RAW))
    assert [path.name for path in folder.iterdir()] == [KEY.file_name]
    assert spooled.path.read_bytes() == RAW


def test_empty_mail_is_saved(tmp_path: Path) -> None:
    spooled = Spool(tmp_path).save(KEY, in_pieces(b"", 1))
    assert (spooled.bytes, spooled.path.read_bytes()) == (0, b"")


def test_save_replaces_leftovers_of_an_earlier_attempt(tmp_path: Path) -> None:
    whole = tmp_path / KEY.file_name
    whole.write_bytes(b"an older mail under the same number")
    whole.with_suffix(".part").write_bytes(b"half a mail, and longer than the new one")
    spooled = Spool(tmp_path).save(KEY, in_pieces(RAW, 4))
    assert spooled.path.read_bytes() == RAW
    assert list(tmp_path.iterdir()) == [whole]


@pytest.mark.parametrize("error", [TemporaryFailure("connection broke"), KeyboardInterrupt(), ZeroDivisionError()])
def test_save_with_failing_source_leaves_no_file(tmp_path: Path, error: BaseException) -> None:
    def source(write: Callable[[bytes], object]) -> None:
        write(RAW)
        raise error

    with pytest.raises(type(error)):
        Spool(tmp_path).save(KEY, source)
    assert list(tmp_path.iterdir()) == []


def test_failed_save_keeps_the_mail_of_an_earlier_attempt(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spooled = spool.save(KEY, in_pieces(RAW, 4))

    def source(write: Callable[[bytes], object]) -> None:
        raise TemporaryFailure("connection broke")

    with pytest.raises(TemporaryFailure):
        spool.save(KEY, source)
    assert spool.find(KEY) == spooled


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_failing_disk_raises_temporary_failure(tmp_path: Path, code: int) -> None:
    def source(write: Callable[[bytes], object]) -> None:
        write(RAW)
        raise OSError(code, os.strerror(code))

    with pytest.raises(TemporaryFailure, match="磁盘已满" if code == errno.ENOSPC else "失败"):
        Spool(tmp_path).save(KEY, source)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_full_disk_leaves_no_partial_file(tmp_path: Path) -> None:
    part = (tmp_path / KEY.file_name).with_suffix(".part")
    part.symlink_to("/dev/full")
    with pytest.raises(TemporaryFailure, match="磁盘已满"):
        Spool(tmp_path).save(KEY, in_pieces(RAW, 4))
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_made_raises_temporary_failure(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a folder should be")
    with pytest.raises(TemporaryFailure):
        Spool(tmp_path / "data" / "spool").save(KEY, in_pieces(RAW, 4))


def test_mail_of_an_earlier_run_is_found(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    assert spool.find(KEY) is None
    raw = RAW * 200_000
    spooled = spool.save(KEY, in_pieces(raw, 65536))
    assert Spool(tmp_path).find(KEY) == spooled


def test_discard_of_missing_mail_is_no_error(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spooled = spool.save(KEY, in_pieces(RAW, 4))
    spool.discard(spooled)
    spool.discard(spooled)
    assert list(tmp_path.iterdir()) == []


def test_sweep_removes_old_partial_files_only(tmp_path: Path) -> None:
    now = datetime(2023, 5, 17, 12, 0, tzinfo=UTC)
    spool = Spool(tmp_path / "spool")
    assert spool.sweep(now, timedelta(hours=36)) == 0
    whole = spool.save(KEY, in_pieces(RAW, 4)).path
    old, young = (whole.with_name(name) for name in ("old.part", "young.part"))
    for path, hours in ((old, 37), (young, 35), (whole, 100)):
        path.touch()
        modified_at = (now - timedelta(hours=hours)).timestamp()
        os.utime(path, (modified_at, modified_at))
    assert spool.sweep(now, timedelta(hours=36)) == 1
    assert sorted(path.name for path in whole.parent.iterdir()) == sorted([whole.name, young.name])


def test_names_and_remove_concern_complete_mails_only(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    assert spool.names() == frozenset()
    one, other = spool.save(KEY, in_pieces(RAW, 9)), spool.save(_key("puyang", "INBOX", 1, 2), in_pieces(RAW, 9))
    one.path.with_suffix(".part").touch()
    assert spool.names() == {one.path.name, other.path.name}
    spool.remove([one.path.name, "gone.eml"])
    assert spool.names() == {other.path.name}


def test_file_names_of_different_mails_differ_and_are_safe() -> None:
    keys = [
        KEY,
        _key("puyang", "INBOX", 1, 2),
        _key("puyang", "INBOX", 1, 1446555803, RECEIVED + timedelta(seconds=1)),
        _key("puyang", "INBOX", 1, 1446555803, size=1001),
        _key("puyang", "INBOX", 2, 1446555803),
        _key("hefei", "INBOX", 1, 1446555803),
        _key("puyang", "inbox", 1, 1446555803),
        _key("puyang", "../../etc", 1, 1),
        _key("puyang", "其他文件夹/垃圾邮件", 1, 1),
        _key("puyang", "其他文件夹/广告邮件", 1, 1),
        _key("con", "NUL:", 1, 1),
        _key("a-b", "c", 1, 1),
        _key("a", "b-c", 1, 1),
        _key("濮阳" * 200, "\ud800\0", 1, 1),
    ]
    names = [key.file_name.lower() for key in keys]
    assert len(set(names)) == len(keys)
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-.") and len(name) < 100 for name in names)
    assert KEY.file_name.startswith("puyang-inbox_")
    assert _key("puyang", "INBOX", 1, 7).file_name == _key("puyang", "INBOX", 1, 7).file_name


def test_large_mail_is_saved_in_constant_memory(tmp_path: Path) -> None:
    piece = bytes(1024 * 1024)

    def source(write: Callable[[bytes], object]) -> None:
        for _ in range(30):
            write(piece)

    tracemalloc.start()
    try:
        Spool(tmp_path).save(KEY, source)
        assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    finally:
        tracemalloc.stop()
