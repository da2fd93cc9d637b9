from __future__ import annotations

import io
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.files.zips import open_zip
from tests.files import samples
from tests.files.odd_zips import Odd, odd_zip, unicode_path

_UTF8_FLAG = 0x0800
_MEMBERS = {"现场.jpg".encode("gbk"): b"photo" * 20, b"a.txt": b"text"}
_READ = {"现场.jpg": b"photo" * 20, "a.txt": b"text"}
_FALSE_END = b"PK\x05\x06\0\0\0\0\1\0\1\0\x40\0\0\0\x10\0\0\0\0\0"
_EMPTY_END = b"PK\5\6" + bytes(18)


def _read(folder: Path, content: bytes) -> dict[str, bytes]:
    with open_zip(samples.put(folder, "x", content)) as archive:
        return {member.name: b"".join(archive.unpack(member)) for member in archive.members}


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(Odd(), id="plain"),
        pytest.param(Odd(flags=_UTF8_FLAG), id="gbk-names-flagged-utf8"),
        pytest.param(Odd(central_extra=b"\x55\x54\xff\xff\1"), id="extra-field-longer-than-its-place"),
        pytest.param(Odd(central_extra=b"\1\0\x03\0abc"), id="zip64-field-of-wrong-length"),
        pytest.param(Odd(central_extra=b"\1"), id="extra-field-of-one-byte"),
        pytest.param(Odd(local_extra=b"\x55\x54\xff\xff\1", central_extra=b"\0\0\0\0"), id="local-extra-field-wrong"),
        pytest.param(Odd(comment="说明".encode("gbk") * 100), id="comment"),
        pytest.param(Odd(comment=b"hello PK\x05\x06 and more text behind it"), id="end-mark-in-comment"),
        pytest.param(Odd(comment=b"PK\x05\x06"), id="end-mark-as-comment"),
        pytest.param(Odd(comment=_FALSE_END + b"x"), id="whole-end-record-in-comment"),
        pytest.param(Odd(comment=_FALSE_END), id="fitting-end-record-in-comment"),
        pytest.param(Odd(comment=_EMPTY_END), id="end-record-of-nothing-in-comment"),
        pytest.param(Odd(behind=_EMPTY_END), id="zip-of-nothing-behind"),
        pytest.param(Odd(behind=b"\0" * 700), id="zeros-behind"),
        pytest.param(Odd(behind=b"\r\n--boundary--\r\n"), id="end-of-a-mail-behind"),
        pytest.param(Odd(in_front=b"junk" * 50), id="junk-in-front"),
        pytest.param(Odd(zip64="end"), id="zip64-end-record"),
        pytest.param(Odd(zip64="end", comment=b"PK\x05\x06 mark"), id="zip64-end-record-and-comment"),
        pytest.param(Odd(zip64="end", in_front=b"junk" * 50), id="zip64-end-record-and-junk-in-front"),
        pytest.param(Odd(zip64="count"), id="zip64-count"),
        pytest.param(Odd(zip64="sizes"), id="zip64-sizes"),
        pytest.param(Odd(local_names=lambda name: b"other" + name), id="other-names-in-local-headers"),
        pytest.param(Odd(count=-1), id="fewer-entries-counted"),
    ],
)
def test_odd_zip_is_read(tmp_path: Path, odd: Odd) -> None:
    assert _read(tmp_path, odd_zip(_MEMBERS, odd)) == _READ


def test_entry_with_wrong_extra_length_costs_no_other_entry(tmp_path: Path) -> None:
    content = bytearray(odd_zip(_MEMBERS, Odd()))
    first = content.find(b"PK\x01\x02")
    content[first + 30 : first + 32] = b"\x09\0"
    assert _read(tmp_path, bytes(content)) == _READ


def test_name_of_no_charset_costs_that_name(tmp_path: Path) -> None:
    content = odd_zip({b"\xff\xfe\x80\xff.jpg": b"photo", b"a.txt": b"text"}, Odd(flags=_UTF8_FLAG))
    assert list(_read(tmp_path, content).values()) == [b"photo", b"text"]


@pytest.mark.parametrize(
    ("crc", "name"), [pytest.param(None, "镕基①.jpg", id="own"), pytest.param(1, "RJ.jpg", id="of-another-name")]
)
def test_unicode_path_counts_when_it_belongs_to_name(tmp_path: Path, crc: int | None, name: str) -> None:
    extra = unicode_path(b"RJ.jpg", "镕基①.jpg", crc=crc)
    assert list(_read(tmp_path, odd_zip({b"RJ.jpg": b"x"}, Odd(central_extra=extra)))) == [name]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 300_000])
def test_content_of_any_size_is_unpacked(tmp_path: Path, method: int, size: int) -> None:
    content = (bytes(range(251)) * (size // 251 + 1))[:size]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as package:
        package.writestr("a", content)
    assert _read(tmp_path, target.getvalue()) == {"a": content}


@pytest.mark.parametrize("cut", [1, 10, 22, 40])
def test_zip64_cut_off_is_truncated(tmp_path: Path, cut: int) -> None:
    with pytest.raises(Unreadable) as caught:
        open_zip(samples.put(tmp_path, "x", odd_zip(_MEMBERS, Odd(zip64="end"))[:-cut]))
    assert caught.value.trouble is Trouble.TRUNCATED


def test_table_with_fewer_entries_than_counted_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        open_zip(samples.put(tmp_path, "x", odd_zip(_MEMBERS, Odd(count=3))))
    assert caught.value.trouble is Trouble.DAMAGED


_SEEDS = [odd_zip(_MEMBERS, odd) for odd in (Odd(comment=_FALSE_END), Odd(zip64="end"), Odd(zip64="sizes"))]


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    seed=st.sampled_from(_SEEDS),
    damage=st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), max_size=8),
    keep=st.one_of(st.none(), st.integers(0, 1 << 12)),
)
def test_damaged_zip_raises_unreadable_or_gives_declared_bytes(
    seed: bytes, damage: list[tuple[int, int]], keep: int | None
) -> None:
    content = bytearray(seed)
    for place, value in damage:
        content[place % len(content)] = value
    with tempfile.TemporaryDirectory() as folder:
        path = samples.put(Path(folder), "x", bytes(content[:keep]))
        with suppress(Unreadable), open_zip(path) as archive:
            for member in archive.members:
                assert len(b"".join(archive.unpack(member))) <= member.bytes
