from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_bot.files.archives.archive import Budget, Source, unpack
from intake_bot.files.facts import Kind, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.sniff import sniff
from tests.files import samples

_LONG = "第" * 60 + "/" + "学生技能展示现场" * 8 + ".jpg"
_MEMBERS = {"照片/现场.jpg": b"photo" * 300, _LONG: b"long", "空.txt": b"", "说明.txt": b"x" * 512}
_PACKERS: Mapping[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}


def _tar(members: Mapping[str, bytes], form: int = tarfile.PAX_FORMAT, encoding: str = "utf-8") -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=form, encoding=encoding) as archive:
        folder = tarfile.TarInfo("照片")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        link = tarfile.TarInfo("link.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def _unpack(
    folder: Path, content: bytes, name: str = "照片.tar.gz", limits: FileLimits | None = None
) -> tuple[Kind, dict[str, bytes], Trouble | None]:
    limits = limits or FileLimits()
    path = samples.put(folder, "x", content)
    kind = sniff(path)
    unpacked = unpack(Source((path,), kind, name=name), folder / "work", Budget.of(limits), limits)
    found = {"/".join(filter(None, (one.folder, one.name))): one.path.read_bytes() for one in unpacked.members}
    return kind, found, unpacked.trouble


@pytest.mark.parametrize("packer", _PACKERS)
@pytest.mark.parametrize(
    ("form", "encoding"),
    [
        pytest.param(tarfile.PAX_FORMAT, "utf-8", id="pax"),
        pytest.param(tarfile.GNU_FORMAT, "utf-8", id="gnu"),
        pytest.param(tarfile.GNU_FORMAT, "gb18030", id="gnu-with-gbk-names"),
    ],
)
def test_tar_of_any_form_is_unpacked(tmp_path: Path, packer: str, form: int, encoding: str) -> None:
    content = _PACKERS[packer](_tar(_MEMBERS, form, encoding))
    assert _unpack(tmp_path, content) == (Kind.TAR, _MEMBERS, None)


def test_tar_with_prefix_is_unpacked(tmp_path: Path) -> None:
    members = {"a" * 80 + "/" + "b" * 80: b"x"}
    assert _unpack(tmp_path, _tar(members, tarfile.USTAR_FORMAT)) == (Kind.TAR, members, None)


@pytest.mark.parametrize("packer", [name for name in _PACKERS if name != "plain"])
@pytest.mark.parametrize(
    ("name", "member"),
    [
        pytest.param("活动情况.docx.GZ", "活动情况.docx", id="ending"),
        pytest.param("活动情况.docx", "活动情况.docx", id="no-ending"),
        pytest.param("", "", id="no-name"),
    ],
)
def test_single_file_is_unpacked_under_its_name(tmp_path: Path, packer: str, name: str, member: str) -> None:
    kind, found, trouble = _unpack(tmp_path, _PACKERS[packer](b"content" * 100), name)
    assert (kind, found, trouble) == (Kind.GZIP, {member: b"content" * 100} if member else {}, None)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(_tar(_MEMBERS)[:3000], Trouble.TRUNCATED, id="cut-in-a-member"),
        pytest.param(gzip.compress(_tar(_MEMBERS))[:-30], Trouble.TRUNCATED, id="gzip-cut"),
        pytest.param(bz2.compress(_tar(_MEMBERS))[:-30], Trouble.TRUNCATED, id="bzip2-cut"),
        pytest.param(lzma.compress(_tar(_MEMBERS))[:-30], Trouble.TRUNCATED, id="xz-cut"),
        pytest.param(gzip.compress(_tar(_MEMBERS))[:-8] + bytes(8), Trouble.DAMAGED, id="gzip-with-wrong-sum"),
        pytest.param(
            _tar({"a": b"1"}).replace(b"ustar", b"ustaR", 3).replace(b"ustaR", b"ustar", 2),
            Trouble.DAMAGED,
            id="header",
        ),
    ],
)
def test_faulty_tar_reports_trouble(tmp_path: Path, content: bytes, trouble: Trouble) -> None:
    assert _unpack(tmp_path, content)[2] is trouble


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param(FileLimits(members=1), id="members"),
        pytest.param(FileLimits(unpacked_bytes=150_000), id="bytes"),
        pytest.param(FileLimits(ratio=50, ratio_from=100_000), id="ratio"),
    ],
)
@pytest.mark.parametrize("packer", ["gzip", "xz"])
def test_tar_beyond_limit_is_bomb(tmp_path: Path, packer: str, limits: FileLimits) -> None:
    content = _PACKERS[packer](_tar({"a": bytes(100_000), "b": bytes(100_000)}))
    assert _unpack(tmp_path, content, limits=limits)[2] is Trouble.BOMB


def test_single_file_beyond_limit_is_bomb(tmp_path: Path) -> None:
    limits = FileLimits(unpacked_bytes=150_000)
    assert _unpack(tmp_path, gzip.compress(bytes(200_000)), "a.gz", limits) == (Kind.GZIP, {}, Trouble.BOMB)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\x28\xb5\x2f\xfd\0\x58" + bytes(20), id="zstd"),
        pytest.param(b"MSCF\0\0\0\0" + bytes(40), id="cab"),
        pytest.param(b"\x24\x8d-lh5-" + bytes(40), id="lzh"),
        pytest.param(b"\x60\xea\x28\0\x1e" + bytes(40), id="arj"),
    ],
)
def test_archive_of_another_format_is_recognised_and_left_closed(tmp_path: Path, content: bytes) -> None:
    assert _unpack(tmp_path, content) == (Kind.OTHER_ARCHIVE, {}, Trouble.UNSUPPORTED)


_SEEDS = [packer(_tar(_MEMBERS)) for packer in _PACKERS.values()]


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    seed=st.sampled_from(_SEEDS),
    damage=st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), max_size=8),
    keep=st.one_of(st.none(), st.integers(0, 1 << 13)),
)
def test_damaged_tar_raises_no_error(seed: bytes, damage: list[tuple[int, int]], keep: int | None) -> None:
    content = bytearray(seed)
    for place, value in damage:
        content[place % len(content)] = value
    with tempfile.TemporaryDirectory() as folder:
        path = samples.put(Path(folder), "x", bytes(content[:keep]))
        sniff(path)
        for kind in (Kind.TAR, Kind.GZIP):
            unpack(Source((path,), kind, name="a.gz"), Path(folder) / "work", Budget.of(FileLimits()), FileLimits())
