from __future__ import annotations

import io
import struct
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_bot.files.archives.archive import Budget, Source, unpack
from intake_bot.files.archives.volumes import Style, VolumeSet, volume_kind, volume_sets
from intake_bot.files.facts import Kind, Trouble
from intake_bot.files.limits import FileLimits
from tests.files import samples


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.z01", Kind.ZIP),
        ("a.zip.001", Kind.ZIP),
        ("a.002", Kind.ZIP),
        ("a.7z.002", Kind.SEVEN_ZIP),
        ("a.PART2.rar", Kind.RAR),
        ("a.r00", Kind.RAR),
        ("a.rar.003", Kind.RAR),
        ("a.zip", None),
        ("a.rar", None),
        ("照片001", None),
    ],
)
def test_kind_of_volume_is_recognised_by_name(name: str, kind: Kind | None) -> None:
    assert volume_kind(name) is kind


@pytest.mark.parametrize(
    ("names", "sets"),
    [
        pytest.param(
            ["a.part2.rar", "b.jpg", "A.part1.RAR"], [VolumeSet(Style.PARTS, (2, 0))], id="parts-in-another-order"
        ),
        pytest.param(
            [f"a.part{number:02d}.rar" for number in range(1, 12)],
            [VolumeSet(Style.PARTS, tuple(range(11)))],
            id="numbers-with-zeros",
        ),
        pytest.param(["a.r01", "a.r00", "a.rar"], [VolumeSet(Style.OLD_RAR, (2, 1, 0))], id="old-rar"),
        pytest.param(["a.zip", "a.z02", "a.z01"], [VolumeSet(Style.DISKS, (2, 1, 0))], id="zip-disks"),
        pytest.param(["a.7z.002", "a.7z.001"], [VolumeSet(Style.CUT, (1, 0))], id="cut-7z"),
        pytest.param(["a.001", "a.002"], [VolumeSet(Style.CUT, (0, 1))], id="cut-without-a-word"),
        pytest.param(["a.part1.rar"], [VolumeSet(Style.PARTS, (0,))], id="first-part-alone"),
        pytest.param(
            ["a.part1.rar", "b.part1.rar", "b.part2.rar", "a.part2.rar"],
            [VolumeSet(Style.PARTS, (0, 3)), VolumeSet(Style.PARTS, (1, 2))],
            id="two-sets",
        ),
        pytest.param(["a.part2.rar"], [], id="second-part-alone"),
        pytest.param(["a.part1.rar", "a.part3.rar"], [], id="a-gap"),
        pytest.param(["a.rar", "a.zip", "b.rar"], [], id="whole-archives"),
        pytest.param(["a.rar", "a.r01"], [], id="old-rar-with-a-gap"),
        pytest.param(["a.z01", "a.z02"], [], id="zip-disks-without-the-last"),
        pytest.param(["a.zip", "a.z02"], [], id="zip-disks-without-the-first"),
        pytest.param(["a.001", "a.001", "a.002"], [VolumeSet(Style.CUT, (0, 2))], id="the-same-name-twice"),
        pytest.param(["1/a.001", "2/a.002"], [VolumeSet(Style.CUT, (0,))], id="other-folders"),
        pytest.param(["a.part0.rar", "a.part1.rar"], [], id="counted-from-zero"),
    ],
)
def test_volume_sets_are_found_by_name(names: list[str], sets: list[VolumeSet]) -> None:
    assert list(volume_sets(names)) == sets


_MEMBERS = {"一.txt": bytes(range(256)) * 20, "二.txt": b"y" * 3000, "三.txt": b"z" * 10}


def _disks(disk_bytes: int) -> list[bytes]:
    """A zip in volumes as `zip -s` writes them: they begin with a mark, and headers are not cut."""
    whole = samples.stored_zip(_MEMBERS)
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        starts = [*(info.header_offset for info in package.infolist()), package.start_dir]
    disks, place = [bytearray(b"PK\x07\x08")], []
    for begin, end in pairwise(starts):
        content = whole[begin:end]
        if len(disks[-1]) + 60 > disk_bytes:
            disks.append(bytearray())
        place.append((len(disks) - 1, len(disks[-1])))
        while content:
            room = disk_bytes - len(disks[-1])
            if not room:
                disks.append(bytearray())
                room = disk_bytes
            disks[-1] += content[:room]
            content = content[room:]
    table, end_record = bytearray(whole[starts[-1] : -22]), bytearray(whole[-22:])
    at = 0
    for disk, offset in place:
        struct.pack_into("<H", table, at + 34, disk)
        struct.pack_into("<L", table, at + 42, offset)
        at = table.find(b"PK\x01\x02", at + 4)
    last = len(disks) - 1
    struct.pack_into("<2H", end_record, 4, last, last)
    struct.pack_into("<L", end_record, 16, len(disks[-1]))
    disks[-1] += table + end_record
    return [bytes(disk) for disk in disks]


def _unpack(folder: Path, volumes: list[bytes]) -> tuple[dict[str, bytes], Trouble | None]:
    paths = tuple(samples.put(folder, f"{number}", content) for number, content in enumerate(volumes))
    limits = FileLimits()
    unpacked = unpack(Source(paths, Kind.ZIP, Style.DISKS), folder / "work", Budget.of(limits), limits)
    return {member.name: member.path.read_bytes() for member in unpacked.members}, unpacked.trouble


@pytest.mark.parametrize("disk_bytes", [1000, 2500, 5200, 8000])
def test_disks_of_zip_are_unpacked(tmp_path: Path, disk_bytes: int) -> None:
    volumes = _disks(disk_bytes)
    assert len(volumes) > 1
    assert _unpack(tmp_path, volumes) == (_MEMBERS, None)


@pytest.mark.parametrize(
    "volumes",
    [
        pytest.param(_disks(2500)[1:], id="without-the-first"),
        pytest.param(_disks(2500)[:-1], id="without-the-last"),
        pytest.param([b"PK\x07\x08", samples.stored_zip(_MEMBERS)], id="a-whole-zip-last"),
        pytest.param([b"", b""], id="nothing"),
    ],
)
def test_disks_that_do_not_fit_are_split(tmp_path: Path, volumes: list[bytes]) -> None:
    assert _unpack(tmp_path, volumes) == ({}, Trouble.SPLIT)


_LAST = _disks(2500)[-1]


@settings(max_examples=100, deadline=None)
@given(damage=st.lists(st.tuples(st.integers(1, 150), st.integers(0, 255)), min_size=1, max_size=5))
def test_damaged_table_of_disks_raises_no_error(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, int]]
) -> None:
    last = bytearray(_LAST)
    for place, value in damage:
        last[-place] = value
    _unpack(tmp_path_factory.mktemp("fuzz"), [*_disks(2500)[:-1], bytes(last)])
