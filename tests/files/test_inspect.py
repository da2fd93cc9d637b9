from __future__ import annotations

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_bot.demo import media
from intake_bot.files.facts import FileFacts, Kind, PhotoFacts, TextFacts, Trouble, VideoFacts
from intake_bot.files.inspect import inspect_files
from intake_bot.files.limits import FileLimits
from tests.files import samples

_PHOTO = media.jpeg(640, 480)
_TEXT = "说明".encode()


def _inspect(folder: Path, name: str, content: bytes, *, limits: FileLimits | None = None) -> list[FileFacts]:
    found = inspect_files([samples.attached(folder, name, content)], folder / "work", limits or FileLimits())
    return [_checked(one.facts, one.path) for one in found]


def _checked(facts: FileFacts, path: Path) -> FileFacts:
    """The facts' bytes and hash are those of the file on disk; they are left out of what a test compares."""
    content = path.read_bytes()
    assert (facts.bytes, facts.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    return replace(facts, bytes=0, sha256="")


def _facts(
    name: str,
    kind: Kind,
    *,
    archive: str | None = None,
    folder: str = "",
    trouble: Trouble | None = None,
    photo: PhotoFacts | None = None,
    video: VideoFacts | None = None,
    text: TextFacts | None = None,
) -> FileFacts:
    return FileFacts(name, kind, 0, "", archive, folder, trouble, photo, video, text)


@pytest.mark.parametrize(
    ("name", "content", "facts"),
    [
        pytest.param("照片.jpg", _PHOTO, [_facts("照片.jpg", Kind.JPEG, photo=PhotoFacts(640, 480))], id="photo"),
        pytest.param(
            "照片.jpg",
            media.png(64, 48),
            [_facts("照片.jpg", Kind.PNG, photo=PhotoFacts(64, 48))],
            id="png-named-jpg",
        ),
        pytest.param(
            "视频.mp4",
            media.mp4(640, 480, 2, brand="qt  "),
            [_facts("视频.mp4", Kind.MOV, video=VideoFacts(640, 480, 2.0, "avc1"))],
            id="phone-video",
        ),
        pytest.param(
            "视频.mp4",
            samples.avi(640, 480, 50),
            [_facts("视频.mp4", Kind.AVI, video=VideoFacts(640, 480, 2.0, "XVID"))],
            id="avi-named-mp4",
        ),
        pytest.param("说明.txt", _TEXT, [_facts("说明.txt", Kind.TEXT, text=TextFacts("说明", 2))], id="text"),
        pytest.param("空.docx", b"", [_facts("空.docx", Kind.EMPTY)], id="empty"),
        pytest.param("照片.jpg", samples.EXE, [_facts("照片.jpg", Kind.EXECUTABLE)], id="program-named-jpg"),
        pytest.param("a.bin", bytes(9), [_facts("a.bin", Kind.UNKNOWN, trouble=Trouble.UNSUPPORTED)], id="unknown"),
        pytest.param("a.rar", b"Rar!\x1a\x07\0", [_facts("a.rar", Kind.RAR, trouble=Trouble.UNSUPPORTED)], id="rar"),
        pytest.param(
            "a.part1.rar", b"Rar!\x1a\x07\0", [_facts("a.part1.rar", Kind.RAR, trouble=Trouble.SPLIT)], id="rar-volume"
        ),
        pytest.param("a.z02", bytes(9), [_facts("a.z02", Kind.ZIP, trouble=Trouble.SPLIT)], id="later-zip-volume"),
        pytest.param(
            "材料.zip",
            media.zip_of({"5月17日/现场.jpg": _PHOTO, "说明.txt": _TEXT}, gbk=True),
            [
                _facts("材料.zip", Kind.ZIP),
                _facts("现场.jpg", Kind.JPEG, archive="材料.zip", folder="5月17日", photo=PhotoFacts(640, 480)),
                _facts("说明.txt", Kind.TEXT, archive="材料.zip", text=TextFacts("说明", 2)),
            ],
            id="zip",
        ),
        pytest.param(
            "外.zip",
            media.zip_of({"一/内.zip": media.zip_of({"说明.txt": _TEXT}), "坏.zip": b"PK\x03\x04"}),
            [
                _facts("外.zip", Kind.ZIP),
                _facts("内.zip", Kind.ZIP, archive="外.zip", folder="一"),
                _facts("说明.txt", Kind.TEXT, archive="外.zip/一/内.zip", text=TextFacts("说明", 2)),
                _facts("坏.zip", Kind.ZIP, archive="外.zip", trouble=Trouble.TRUNCATED),
            ],
            id="zip-in-a-zip",
        ),
        pytest.param(
            "a.zip",
            samples.stored_zip({"a.jpg": _PHOTO, "b.txt": _TEXT}).replace(_PHOTO[-40:-30], bytes(10)),
            [
                _facts("a.zip", Kind.ZIP),
                _facts("a.jpg", Kind.JPEG, archive="a.zip", trouble=Trouble.DAMAGED),
                _facts("b.txt", Kind.TEXT, archive="a.zip", text=TextFacts("说明", 2)),
            ],
            id="damaged-member",
        ),
    ],
)
def test_inspect_files(tmp_path: Path, name: str, content: bytes, facts: list[FileFacts]) -> None:
    assert _inspect(tmp_path, name, content) == facts


def test_inspect_files_opens_archives_only_so_deep(tmp_path: Path) -> None:
    nested = _TEXT
    for level in (4, 3, 2, 1):
        nested = media.zip_of({"说明.txt" if level == 4 else f"{level + 1}.zip": nested})
    assert _inspect(tmp_path, "1.zip", nested) == [
        _facts("1.zip", Kind.ZIP),
        _facts("2.zip", Kind.ZIP, archive="1.zip"),
        _facts("3.zip", Kind.ZIP, archive="1.zip/2.zip"),
        _facts("4.zip", Kind.ZIP, archive="1.zip/2.zip/3.zip", trouble=Trouble.TOO_DEEP),
    ]


def test_inspect_files_keeps_the_order_and_the_inline_mark(tmp_path: Path) -> None:
    files = [
        samples.attached(tmp_path, "b.txt", b"b"),
        replace(samples.attached(tmp_path, "a.jpg", _PHOTO), inline=True),
    ]
    found = inspect_files(files, tmp_path / "work", FileLimits())
    assert [(one.facts.name, one.facts.inline, one.path) for one in found] == [
        ("b.txt", False, files[0].path),
        ("a.jpg", True, files[1].path),
    ]


def test_inspect_files_counts_all_archives_of_a_mail_together(tmp_path: Path) -> None:
    files = [samples.attached(tmp_path, name, media.zip_of({name: bytes(100)})) for name in ("1.zip", "2.zip")]
    found = inspect_files(files, tmp_path / "work", FileLimits(unpacked_bytes=150))
    assert [(one.facts.shown_name, one.facts.trouble) for one in found] == [
        ("1.zip", None),
        ("1.zip/1.zip", Trouble.UNSUPPORTED),
        ("2.zip", Trouble.BOMB),
    ]


# No videos: damage of the wrong kind keeps MediaInfo busy for minutes, and nothing here could stop it.
_SEEDS = [
    _PHOTO,
    samples.mpo(),
    media.png(64, 48),
    samples.picture("TIFF"),
    samples.picture("WEBP"),
    samples.picture("GIF"),
    media.xlsx([["标题", "1"]]),
    media.zip_of({"a.txt": b"x" * 99}),
]


@settings(max_examples=200, deadline=None)
@given(
    seed=st.sampled_from(_SEEDS),
    damage=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=8),
    keep=st.one_of(st.none(), st.integers(0, 3000)),
)
def test_inspect_files_survives_any_damage(seed: bytes, damage: list[tuple[int, int]], keep: int | None) -> None:
    content = bytearray(seed)
    for place, value in damage:
        content[place % len(content)] = value
    with tempfile.TemporaryDirectory() as folder:
        assert _inspect(Path(folder), "a.bin", bytes(content[:keep]))
