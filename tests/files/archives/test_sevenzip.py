from __future__ import annotations

import lzma
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_bot.demo import media
from intake_bot.files.archives import archive as archives
from intake_bot.files.archives.archive import Budget, Source, UnpackedArchive, unpack
from intake_bot.files.archives.volumes import Style
from intake_bot.files.facts import Kind, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.worker.worker import Worker
from tests.files import rars, samples
from tests.files.sevens import SEVEN_ZIP, needs_program, packed, with_dictionary
from tests.files.worker.test_worker import needs_rlimits

pytestmark = needs_program

_NOISE = random.Random(1).randbytes(30_000)
_MEMBERS = {"附件材料/照片①.jpg": _NOISE, "说明.txt": "说明".encode() * 999, "镕喆.txt": b"x", "空.txt": b""}
_CONTENTS = [("附件材料", "照片①.jpg", _NOISE), ("", "说明.txt", "说明".encode() * 999), ("", "镕喆.txt", b"x"),
             ("", "空.txt", b"")]  # fmt: skip


def _unpack(
    folder: Path, kind: Kind, *volumes: bytes, style: Style = Style.SINGLE, limits: FileLimits | None = None
) -> UnpackedArchive:
    limits = limits or FileLimits()
    paths = tuple(samples.put(folder, f"volume {number}", content) for number, content in enumerate(volumes))
    work = folder / "work"
    unpacked = unpack(Source(paths, kind, style), work, Budget.of(limits), limits)
    assert {path for path in work.rglob("*") if path.is_file()} == {member.path for member in unpacked.members}
    return unpacked


def _contents(unpacked: UnpackedArchive) -> list[tuple[str, str, bytes]]:
    """What came out whole. 7-Zip sorts members by their names' ends."""
    assert [member.trouble for member in unpacked.members] == [None] * len(unpacked.members)
    found = [(member.folder, member.name, member.path.read_bytes()) for member in unpacked.members]
    return sorted(found, key=_CONTENTS.index) if len(found) == len(_CONTENTS) else found


@pytest.mark.parametrize(
    ("name", "switches"),
    [
        pytest.param("a.7z", ["-m0=LZMA2"], id="7z-lzma2"),
        pytest.param("a.7z", ["-m0=LZMA", "-ms=off"], id="7z-lzma-not-solid"),
        pytest.param("a.7z", ["-m0=BZip2"], id="7z-bzip2"),
        pytest.param("a.7z", ["-m0=PPMd"], id="7z-ppmd"),
        pytest.param("a.7z", ["-m0=Deflate64"], id="7z-deflate64"),
        pytest.param("a.7z", ["-m0=Copy"], id="7z-stored"),
        pytest.param(
            "a.7z",
            ["-m0=BCJ2", "-m1=LZMA", "-m2=LZMA", "-m3=LZMA", "-mb0:1", "-mb0s1:2", "-mb0s2:3"],
            id="7z-bcj2",
        ),
        pytest.param("a.zip", ["-mm=Deflate64"], id="zip-deflate64"),
        pytest.param("a.zip", ["-mm=PPMd"], id="zip-ppmd"),
        pytest.param("a.zip", ["-mm=LZMA"], id="zip-lzma"),
        pytest.param("a.zip", ["-mm=BZip2"], id="zip-bzip2"),
    ],
)
def test_archive_of_each_method_is_unpacked(tmp_path: Path, name: str, switches: list[str]) -> None:
    (whole,) = packed(tmp_path, name, _MEMBERS, *switches)
    unpacked = _unpack(tmp_path, Kind.ZIP if name == "a.zip" else Kind.SEVEN_ZIP, whole)
    assert (_contents(unpacked), unpacked.trouble) == (_CONTENTS, None)
    assert unpacked.left == Budget(4996, 2_000_000_000 - sum(map(len, _MEMBERS.values())))


def test_gbk_names_of_zip_for_program_are_decoded(tmp_path: Path) -> None:
    (whole,) = packed(tmp_path, "a.zip", {"aaaaaaaa.txt": b"x" * 999, "b.txt": b"y"}, "-mm=Deflate64")
    unpacked = _unpack(tmp_path, Kind.ZIP, whole.replace(b"aaaaaaaa", "工作总结".encode("gbk")))
    assert _contents(unpacked) == [("", "工作总结.txt", b"x" * 999), ("", "b.txt", b"y")]


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(rars.rar4(_MEMBERS | {"夹/": b""}), id="rar4"),
        pytest.param(rars.rar4(_MEMBERS, coding="gb18030"), id="rar4-gbk-names"),
        pytest.param(rars.rar4(_MEMBERS, coding="utf-8"), id="rar4-utf8-names"),
        pytest.param(rars.rar5(_MEMBERS | {"夹/": b""}), id="rar5"),
        pytest.param(rars.rar5_packed(_MEMBERS), id="rar5-packed"),
        pytest.param(rars.rar5_packed(_MEMBERS, solid=True), id="rar5-solid"),
        pytest.param(rars.rar4(_MEMBERS | {"__MACOSX/._a": b"x", "Thumbs.db": b"x"}), id="rubbish"),
        pytest.param(rars.rar5(_MEMBERS) + bytes(50), id="something-behind"),
    ],
)
def test_rar_is_unpacked(tmp_path: Path, whole: bytes) -> None:
    unpacked = _unpack(tmp_path, Kind.RAR, whole)
    assert (_contents(unpacked), unpacked.trouble) == (_CONTENTS, None)


def test_solid_rar_is_unpacked(tmp_path: Path) -> None:
    members = {"一.txt": b"abcd", "二.txt": b"abcd" * 50}
    packed = rars.rar5_packed(members, solid=True)
    assert len(packed) < len(rars.rar5_packed(members))
    assert _contents(_unpack(tmp_path, Kind.RAR, packed)) == [("", name, content) for name, content in members.items()]


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(samples.zip_packed_as(95, lzma.compress(_NOISE, check=lzma.CHECK_CRC32), _NOISE), id="xz"),
        pytest.param(samples.zip_packed_as(93, samples.zstd(_NOISE), _NOISE), id="zstd"),
    ],
)
def test_zip_of_new_method_is_unpacked(tmp_path: Path, whole: bytes) -> None:
    unpacked = _unpack(tmp_path, Kind.ZIP, whole)
    assert (_contents(unpacked), unpacked.trouble) == ([("", "a.bin", _NOISE)], None)


@pytest.mark.parametrize("switch", ["-mem=AES256", "-mem=ZipCrypto"])
def test_encrypted_zip_reports_trouble(tmp_path: Path, switch: str) -> None:
    (whole,) = packed(tmp_path, "a.zip", _MEMBERS, "-psecret", switch)
    unpacked = _unpack(tmp_path, Kind.ZIP, whole)
    assert (unpacked.members, unpacked.trouble) == ((), Trouble.ENCRYPTED)


def test_rar_copy_has_content_of_its_source(tmp_path: Path) -> None:
    unpacked = _unpack(tmp_path, Kind.RAR, rars.rar5({"a.txt": b"one", "b.txt": b"two"}, copies={"c.txt": "a.txt"}))
    assert _contents(unpacked) == [("", "a.txt", b"one"), ("", "b.txt", b"two"), ("", "c.txt", b"one")]


def test_rar_link_is_left_out(tmp_path: Path) -> None:
    unpacked = _unpack(tmp_path, Kind.RAR, rars.rar5({"a.txt": b"one"}, copies={"b.txt>": "a.txt"}))
    assert (_contents(unpacked), unpacked.trouble) == ([("", "a.txt", b"one")], None)


def test_hostile_rar_names_stay_in_folder(tmp_path: Path) -> None:
    unpacked = _unpack(tmp_path, Kind.RAR, rars.rar5({"../../etc/passwd": b"x", "C:/a\u202egpj.exe": b"y"}))
    assert _contents(unpacked) == [("etc", "passwd", b"x"), ("", "agpj.exe", b"y")]


@pytest.mark.parametrize(
    ("style", "volumes"),
    [
        pytest.param(Style.PARTS, rars.rar4_volumes(_MEMBERS, 9000), id="rar4"),
        pytest.param(Style.PARTS, rars.rar5_volumes(_MEMBERS, 9000), id="rar5"),
        pytest.param(Style.OLD_RAR, rars.rar4_volumes(_MEMBERS, 9000, old_names=True), id="rar4-with-old-names"),
    ],
)
def test_rar_volumes_are_unpacked_together(tmp_path: Path, style: Style, volumes: list[bytes]) -> None:
    assert len(volumes) > 3
    unpacked = _unpack(tmp_path, Kind.RAR, *volumes, style=style)
    assert (_contents(unpacked), unpacked.trouble) == (_CONTENTS, None)


@pytest.mark.parametrize("name", ["a.7z", "a.zip"])
def test_cut_archive_is_unpacked(tmp_path: Path, name: str) -> None:
    volumes = packed(tmp_path, name, _MEMBERS, "-v10k")
    assert len(volumes) == 3
    kind = Kind.ZIP if name == "a.zip" else Kind.SEVEN_ZIP
    unpacked = _unpack(tmp_path, kind, *volumes, style=Style.CUT)
    assert (_contents(unpacked), unpacked.trouble) == (_CONTENTS, None)


def _not_all(folder: Path, *, dense: bool = False) -> bytes:
    """A 7z of bytes that cannot be packed, or of such that can."""
    members = {"a": bytes(2_000_000)} if dense else {"a.bin": _NOISE, "b.bin": _NOISE[::-1]}
    return packed(folder, "a.7z", members, "-ms=off", *([] if dense else ["-m0=Copy"]))[0]


@pytest.mark.parametrize("switches", [["-psecret"], ["-psecret", "-mhe=on"]], ids=["data", "headers"])
def test_encrypted_7z_reports_trouble(tmp_path: Path, switches: list[str]) -> None:
    (whole,) = packed(tmp_path, "a.7z", _MEMBERS, *switches)
    assert _unpack(tmp_path, Kind.SEVEN_ZIP, whole) == UnpackedArchive((), Trouble.ENCRYPTED, Budget.of(FileLimits()))


@pytest.mark.parametrize(
    ("volumes", "style", "trouble"),
    [
        pytest.param([rars.rar4(_MEMBERS, encrypted=True)], Style.SINGLE, Trouble.ENCRYPTED, id="rar4-encrypted"),
        pytest.param([rars.rar5(_MEMBERS, encrypted=True)], Style.SINGLE, Trouble.ENCRYPTED, id="rar5-encrypted"),
        pytest.param([rars.rar4_with_encrypted_headers()], Style.SINGLE, Trouble.ENCRYPTED, id="rar4-headers"),
        pytest.param([rars.rar5_with_encrypted_headers()], Style.SINGLE, Trouble.ENCRYPTED, id="rar5-headers"),
        pytest.param([rars.RAR5], Style.SINGLE, Trouble.DAMAGED, id="nothing-but-the-mark"),
        pytest.param([rars.RAR4 + _NOISE], Style.SINGLE, Trouble.DAMAGED, id="noise-behind-the-mark"),
        pytest.param([rars.rar5_volumes(_MEMBERS, 9000)[0]], Style.SINGLE, Trouble.SPLIT, id="first-volume"),
        pytest.param(rars.rar5_volumes(_MEMBERS, 9000)[:2], Style.PARTS, Trouble.SPLIT, id="rar5-without-its-last"),
        pytest.param(rars.rar4_volumes(_MEMBERS, 9000)[:2], Style.PARTS, Trouble.SPLIT, id="rar4-without-its-last"),
        pytest.param(rars.rar4_volumes(_MEMBERS, 9000)[1:], Style.PARTS, Trouble.SPLIT, id="rar4-without-its-first"),
    ],
)
def test_faulty_rar_reports_trouble(tmp_path: Path, volumes: list[bytes], style: Style, trouble: Trouble) -> None:
    assert _unpack(tmp_path, Kind.RAR, *volumes, style=style) == UnpackedArchive((), trouble, Budget.of(FileLimits()))


def test_truncated_rar_gives_complete_members(tmp_path: Path) -> None:
    unpacked = _unpack(tmp_path, Kind.RAR, rars.rar5({"a.txt": b"first", "b.txt": b"second"})[:-12])
    assert (_contents(unpacked), unpacked.trouble) == ([("", "a.txt", b"first")], Trouble.TRUNCATED)


def test_members_beside_damaged_one_are_unpacked(tmp_path: Path) -> None:
    unpacked = _unpack(tmp_path, Kind.RAR, rars.rar5({"a": b"first", "b": b"second"}).replace(b"first", b"f?rst"))
    assert [(member.name, member.trouble) for member in unpacked.members] == [("a", Trouble.DAMAGED), ("b", None)]
    assert unpacked.trouble is None


def test_truncated_7z_reports_trouble(tmp_path: Path) -> None:
    assert _unpack(tmp_path, Kind.SEVEN_ZIP, _not_all(tmp_path)[:20_000]).trouble is Trouble.TRUNCATED


def test_damaged_7z_gives_members_before_damage(tmp_path: Path) -> None:
    (whole,) = packed(tmp_path, "a.7z", {"a.txt": b"a" * 5000, "b.bin": _NOISE, "c.txt": b"c"})
    broken = bytearray(whole)
    broken[15_000:15_010] = bytes(10)
    unpacked = _unpack(tmp_path, Kind.SEVEN_ZIP, bytes(broken))
    assert (_contents(unpacked), unpacked.trouble) == ([("", "a.txt", b"a" * 5000)], Trouble.DAMAGED)


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param(FileLimits(members=0), id="too-many-members"),
        pytest.param(FileLimits(unpacked_bytes=1_999_999), id="too-many-bytes"),
        pytest.param(FileLimits(ratio=50, ratio_from=1_000_000), id="too-dense"),
    ],
)
def test_7z_beyond_limit_is_bomb(tmp_path: Path, limits: FileLimits) -> None:
    unpacked = _unpack(tmp_path, Kind.SEVEN_ZIP, _not_all(tmp_path, dense=True), limits=limits)
    assert unpacked == UnpackedArchive((), Trouble.BOMB, Budget.of(limits))


def test_archive_at_each_limit_is_unpacked(tmp_path: Path) -> None:
    limits = FileLimits(members=1, unpacked_bytes=2_000_000)
    unpacked = _unpack(tmp_path, Kind.SEVEN_ZIP, _not_all(tmp_path, dense=True), limits=limits)
    assert (unpacked.trouble, unpacked.left) == (None, Budget(0, 0))


@needs_rlimits
@pytest.mark.parametrize("megabytes", [256, 640])
def test_dictionary_above_memory_limit_is_too_hard(tmp_path: Path, worker: Worker, megabytes: int) -> None:
    (whole,) = packed(tmp_path, "a.7z", {"a": bytes(9)}, "-m0=LZMA", "-mhc=off")
    path = samples.put(tmp_path, "x", with_dictionary(whole, megabytes << 20))
    # With all the time in the world, so that it is the memory that ends it.
    source, limits = Source((path,), Kind.SEVEN_ZIP), FileLimits(program_seconds=3600)
    unpacked = worker.ask(unpack, source, tmp_path / "work", Budget.of(limits), limits)
    assert unpacked.trouble is (Trouble.TOO_HARD if megabytes == 640 else None)


def test_program_beyond_its_time_is_too_hard(tmp_path: Path) -> None:
    (whole,) = packed(tmp_path, "a.7z", {"a": bytes(200_000_000)}, "-mx=1")
    unpacked = _unpack(tmp_path, Kind.SEVEN_ZIP, whole, limits=FileLimits(program_seconds=0.05))
    assert (unpacked.members, unpacked.trouble) == ((), Trouble.TOO_HARD)


def test_archive_for_missing_program_is_unsupported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (rare,) = packed(tmp_path, "a.zip", {"a": b"x" * 99}, "-mm=PPMd")
    monkeypatch.setattr(archives, "find_program", lambda: None)
    monkeypatch.setattr("intake_bot.files.archives.sevenzip.find_program", lambda: None)
    for kind, whole in ((Kind.RAR, rars.rar5(_MEMBERS)), (Kind.ZIP, rare)):
        folder = tmp_path / kind
        folder.mkdir()
        assert _unpack(folder, kind, whole).trouble is Trouble.UNSUPPORTED
    folder = tmp_path / "plain"
    folder.mkdir()
    assert _unpack(folder, Kind.ZIP, media.zip_of({"a": b"x"})).trouble is None


def _seeds() -> list[tuple[Kind, bytes]]:
    with tempfile.TemporaryDirectory() as folder:
        members = {"照片.jpg": _NOISE[:500], "b/c.txt": b"y" * 50}
        seven = packed(Path(folder), "a.7z", members)[0]
        plain = packed(Path(folder), "b.7z", members, "-mhc=off", "-m0=PPMd")[0]
        deflate64 = packed(Path(folder), "c.zip", members, "-mm=Deflate64")[0]
    return [
        (Kind.SEVEN_ZIP, seven),
        (Kind.SEVEN_ZIP, plain),
        (Kind.ZIP, deflate64),
        (Kind.RAR, rars.rar4(members)),
        (Kind.RAR, rars.rar5(members)),
    ]


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_damaged_archive_raises_no_error(data: st.DataObject) -> None:
    kind, whole = data.draw(st.sampled_from(_SEEDS))
    content = bytearray(whole)
    for place, value in data.draw(st.lists(st.tuples(st.integers(8, len(whole) - 1), st.integers(0, 255)), max_size=8)):
        content[place] = value
    keep = data.draw(st.one_of(st.none(), st.integers(8, len(whole))))
    with tempfile.TemporaryDirectory() as folder:
        _unpack(Path(folder), kind, bytes(content[:keep]))


_SEEDS = _seeds() if SEVEN_ZIP else []
