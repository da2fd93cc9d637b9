from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_bot.demo import media
from intake_bot.files.archives.archive import Budget, Member, Source, UnpackedArchive, unpack
from intake_bot.files.archives.volumes import volume_kind
from intake_bot.files.facts import Kind, Trouble
from intake_bot.files.limits import FileLimits
from tests.files import samples

Content = tuple[str, str, bytes, Trouble | None]


def _unpack(
    folder: Path, content: bytes, *, name: str = "材料.zip", limits: FileLimits | None = None
) -> tuple[list[Content], Trouble | None]:
    """What came out, as (folder, name, content, trouble); and that every path is ours."""
    limits = limits or FileLimits()
    source = Source((samples.put(folder, "x", content),), Kind.ZIP, is_volume=volume_kind(name) is not None)
    unpacked = unpack(source, folder / "work", Budget.of(limits), limits)
    assert {path for path in folder.rglob("*") if path.is_file()} == {
        folder / "x",
        *(member.path for member in unpacked.members),
    }
    return [_content(member) for member in unpacked.members], unpacked.trouble


def _content(member: Member) -> Content:
    content = member.path.read_bytes()
    assert (member.bytes, member.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    return member.folder, member.name, content, member.trouble


def _unflagged_utf8(members: dict[str, bytes]) -> bytes:
    return samples.in_every_header(media.zip_of(members), 6, b"\0\0")


@pytest.mark.parametrize(
    ("content", "members"),
    [
        pytest.param(media.zip_of({"照片①.jpg": b"x"}), [("", "照片①.jpg", b"x", None)], id="utf8-name"),
        pytest.param(
            media.zip_of({"附件材料/工作总结.docx": b"x"}, gbk=True),
            [("附件材料", "工作总结.docx", b"x", None)],
            id="gbk-name",
        ),
        pytest.param(
            _unflagged_utf8({"活动总结.docx": b"x"}), [("", "活动总结.docx", b"x", None)], id="utf8-name-without-flag"
        ),
        pytest.param(
            media.zip_of({"镕喆.txt": b"x"}, gbk=True), [("", "镕喆.txt", b"x", None)], id="gbk-rare-character"
        ),
        pytest.param(
            media.zip_of({"../../etc/passwd": b"x", "/a/b": b"y", "C:\\d\\e.txt": b"z", "..": b"w"}),
            [("etc", "passwd", b"x", None), ("a", "b", b"y", None), ("d", "e.txt", b"z", None), ("", "..", b"w", None)],
            id="names-that-lead-elsewhere",
        ),
        pytest.param(
            media.zip_of({"照片\u202egpj.exe": b"x", "a\x01b": b"y"}),
            [("", "照片gpj.exe", b"x", None), ("", "ab", b"y", None)],
            id="names-with-invisible-characters",
        ),
        pytest.param(
            media.zip_of(
                {
                    "a/": b"",
                    "b\\": b"",
                    "__MACOSX/._a.jpg": b"x",
                    "._b": b"x",
                    ".DS_Store": b"x",
                    "c/Thumbs.db": b"x",
                    "Desktop.ini": b"x",
                    "~$总结.docx": b"x",
                    "d.txt": b"x",
                }
            ),
            [("", "d.txt", b"x", None)],
            id="rubbish-of-systems",
        ),
        pytest.param(
            media.zip_of({"同名.txt": b"1", "一/同名.txt": b"2"}),
            [("", "同名.txt", b"1", None), ("一", "同名.txt", b"2", None)],
            id="same-name-in-two-folders",
        ),
        pytest.param(media.zip_of({}), [], id="nothing"),
        pytest.param(media.zip_of({"": b"x", "b": b"y"}), [("", "b", b"y", None)], id="no-name"),
        pytest.param(b"junk in front" + samples.stored_zip({"a": b"x"}), [("", "a", b"x", None)], id="junk-in-front"),
        pytest.param(
            samples.stored_zip({"a": b"x"}, comment=b"c" * 60_000), [("", "a", b"x", None)], id="long-comment"
        ),
    ],
)
def test_zip_gives_members_without_system_files(tmp_path: Path, content: bytes, members: list[Content]) -> None:
    assert _unpack(tmp_path, content) == (members, None)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_of_other_method_is_unpacked(tmp_path: Path, method: int) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as package:
        package.writestr("a", b"x" * 5000)
    assert _unpack(tmp_path, target.getvalue()) == ([("", "a", b"x" * 5000, None)], None)


_TWO = samples.stored_zip({"a.txt": b"first", "b.txt": b"second"})


def test_members_beside_damaged_one_are_unpacked(tmp_path: Path) -> None:
    members, trouble = _unpack(tmp_path, _TWO.replace(b"first", b"f?rst"))
    assert ([(name, bad) for _, name, _, bad in members], trouble) == (
        [("a.txt", Trouble.DAMAGED), ("b.txt", None)],
        None,
    )


def test_members_beside_encrypted_one_are_unpacked(tmp_path: Path) -> None:
    half_encrypted = bytearray(_TWO)
    half_encrypted[half_encrypted.find(b"PK\x01\x02") + 8] = 1
    assert _unpack(tmp_path, bytes(half_encrypted)) == ([("", "b.txt", b"second", None)], Trouble.ENCRYPTED)


def test_member_larger_than_declared_is_damaged(tmp_path: Path) -> None:
    lying = bytearray(samples.stored_zip({"a": b"0123456789"}))
    lying[lying.find(b"PK\x01\x02") + 24] = 4
    members, trouble = _unpack(tmp_path, bytes(lying))
    assert ([(name, bad) for _, name, _, bad in members], trouble) == ([("a", Trouble.DAMAGED)], None)


@pytest.mark.parametrize(
    ("content", "name", "trouble"),
    [
        pytest.param(samples.encrypted_zip(), "a.zip", Trouble.ENCRYPTED, id="encrypted"),
        pytest.param(samples.in_every_header(_TWO, 8, b"\x58\0"), "a.zip", Trouble.UNSUPPORTED, id="unknown-method"),
        pytest.param(_TWO[:40], "a.zip", Trouble.TRUNCATED, id="cut-off"),
        pytest.param(_TWO[:40], "a.zip.001", Trouble.SPLIT, id="first-of-volumes-by-name"),
        pytest.param(b"PK\x07\x08" + _TWO[:40], "a.z", Trouble.SPLIT, id="first-of-volumes-by-mark"),
        pytest.param(_TWO[40:], "a.zip", Trouble.TRUNCATED, id="without-its-beginning"),
        pytest.param(_TWO[40:], "a.zip.002", Trouble.SPLIT, id="last-of-cut-volumes"),
        pytest.param(_TWO[:-18] + b"\1\0\1\0" + _TWO[-14:], "a.zip", Trouble.SPLIT, id="last-of-volumes"),
        pytest.param(_TWO[:-10] + b"\xff\xff\xff\x7f" + _TWO[-6:], "a.zip", Trouble.BOMB, id="endless-contents"),
        pytest.param(_TWO.replace(b"PK\x01\x02", b"PK\x01\x09"), "a.zip", Trouble.DAMAGED, id="no-contents"),
        pytest.param(samples.overlapping_zip(), "a.zip", Trouble.BOMB, id="overlap"),
    ],
)
def test_faulty_zip_reports_trouble(tmp_path: Path, content: bytes, name: str, trouble: Trouble) -> None:
    assert _unpack(tmp_path, content, name=name) == ([], trouble)


@pytest.mark.parametrize(
    ("limits", "trouble"),
    [
        pytest.param(FileLimits(members=1), Trouble.BOMB, id="too-many-members"),
        pytest.param(FileLimits(unpacked_bytes=100_000), Trouble.BOMB, id="too-many-bytes"),
        pytest.param(FileLimits(ratio=50, ratio_from=100_000), Trouble.BOMB, id="too-dense"),
        pytest.param(FileLimits(ratio=50, ratio_from=300_000), None, id="dense-and-small"),
    ],
)
def test_zip_beyond_limit_is_bomb(tmp_path: Path, limits: FileLimits, trouble: Trouble | None) -> None:
    dense = media.zip_of({"a": bytes(100_000), "b": bytes(100_000)})
    members, found = _unpack(tmp_path, dense, limits=limits)
    assert (len(members), found) == (0 if trouble else 2, trouble)


def test_archives_share_one_budget(tmp_path: Path) -> None:
    limits = FileLimits(unpacked_bytes=150)
    source = Source((samples.put(tmp_path, "x", media.zip_of({"a": bytes(100)})),), Kind.ZIP)
    first = unpack(source, tmp_path / "1", Budget.of(limits), limits)
    second = unpack(source, tmp_path / "2", first.left, limits)
    assert (first.trouble, first.left) == (None, Budget(4999, 50))
    assert second == UnpackedArchive((), Trouble.BOMB, first.left)


def test_folder_left_by_dead_worker_is_emptied(tmp_path: Path) -> None:
    left = tmp_path / "work" / "whole" / "archive"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    assert _unpack(tmp_path, _TWO) == ([("", "a.txt", b"first", None), ("", "b.txt", b"second", None)], None)


_ARCHIVE = media.zip_of({"照片.jpg": b"x" * 300, "b/c.txt": b"y" * 50}, gbk=True)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(_ARCHIVE) - 1), st.integers(0, 255)), max_size=10),
    st.integers(0, len(_ARCHIVE)),
)
def test_damaged_zip_raises_no_error(damage: list[tuple[int, int]], length: int) -> None:
    content = bytearray(_ARCHIVE)
    for place, value in damage:
        content[place] = value
    with tempfile.TemporaryDirectory() as folder:
        _unpack(Path(folder), bytes(content[:length] if length % 3 == 0 else content))
