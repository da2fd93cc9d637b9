from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake_bot.demo import media
from intake_bot.files.facts import FileFacts, Kind, PhotoFacts, TextFacts, Trouble, VideoFacts
from intake_bot.files.inspect import inspect_files
from intake_bot.files.limits import FileLimits
from intake_bot.files.sniff import sniff
from intake_bot.files.worker.worker import Worker
from tests.files import rars, samples
from tests.files.inspecting import Hanging, inspect, is_measuring_png

_PHOTO = media.jpeg(640, 480)
_TEXT = "说明".encode()


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
    volume_of: str | None = None,
) -> FileFacts:
    return FileFacts(name, kind, 0, "", archive, folder, trouble, photo, video, text, volume_of=volume_of)


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
        pytest.param(
            "a.part2.rar",
            rars.rar5_volumes({"a": bytes(99)}, 50)[1],
            [_facts("a.part2.rar", Kind.RAR, trouble=Trouble.SPLIT)],
            id="later-rar-volume",
        ),
        pytest.param(
            "材料.rar",
            rars.rar5({"5月17日/现场.jpg": _PHOTO, "内.zip": media.zip_of({"说明.txt": _TEXT})}),
            [
                _facts("材料.rar", Kind.RAR),
                _facts("现场.jpg", Kind.JPEG, archive="材料.rar", folder="5月17日", photo=PhotoFacts(640, 480)),
                _facts("内.zip", Kind.ZIP, archive="材料.rar"),
                _facts("说明.txt", Kind.TEXT, archive="材料.rar/内.zip", text=TextFacts("说明", 2)),
            ],
            id="rar",
        ),
        pytest.param(
            "材料.zip",
            rars.rar4({"说明.txt": _TEXT}),
            [
                _facts("材料.zip", Kind.RAR),
                _facts("说明.txt", Kind.TEXT, archive="材料.zip", text=TextFacts("说明", 2)),
            ],
            id="rar-named-zip",
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
def test_file_of_each_kind_is_inspected(
    tmp_path: Path, worker: Worker, name: str, content: bytes, facts: list[FileFacts]
) -> None:
    assert inspect(tmp_path, worker, {name: content}) == facts


def test_archive_deeper_than_maximum_is_not_opened(tmp_path: Path, worker: Worker) -> None:
    nested = _TEXT
    for level in (4, 3, 2, 1):
        nested = media.zip_of({"说明.txt" if level == 4 else f"{level + 1}.zip": nested})
    assert inspect(tmp_path, worker, {"1.zip": nested}) == [
        _facts("1.zip", Kind.ZIP),
        _facts("2.zip", Kind.ZIP, archive="1.zip"),
        _facts("3.zip", Kind.ZIP, archive="1.zip/2.zip"),
        _facts("4.zip", Kind.ZIP, archive="1.zip/2.zip/3.zip", trouble=Trouble.TOO_DEEP),
    ]


def test_inspected_files_keep_order_and_inline_mark(tmp_path: Path, worker: Worker) -> None:
    files = [
        samples.attached(tmp_path, "b.txt", b"b"),
        replace(samples.attached(tmp_path, "a.jpg", _PHOTO), is_inline=True),
    ]
    found = inspect_files(files, tmp_path / "work", FileLimits(), worker)
    assert [(one.facts.name, one.facts.inline, one.path) for one in found] == [
        ("b.txt", False, files[0].path),
        ("a.jpg", True, files[1].path),
    ]


def test_archives_of_one_mail_share_one_budget(tmp_path: Path, worker: Worker) -> None:
    files = [samples.attached(tmp_path, name, media.zip_of({name: bytes(100)})) for name in ("1.zip", "2.zip")]
    found = inspect_files(files, tmp_path / "work", FileLimits(unpacked_bytes=150), worker)
    assert [(one.facts.shown_name, one.facts.trouble) for one in found] == [
        ("1.zip", None),
        ("1.zip/1.zip", Trouble.UNSUPPORTED),
        ("2.zip", Trouble.BOMB),
    ]


_HALVES = rars.rar5_volumes({"说明.txt": "说明".encode()}, 3)
_PHOTOS = samples.stored_zip({"一.jpg": _PHOTO, "二.jpg": _PHOTO})
_CUT = media.zip_of({"说明.txt": _TEXT})


@pytest.mark.parametrize(
    ("files", "facts"),
    [
        pytest.param(
            {"照片.jpg": _PHOTO, "a.part2.rar": _HALVES[1], "A.PART1.rar": _HALVES[0]},
            [
                _facts("照片.jpg", Kind.JPEG, photo=PhotoFacts(640, 480)),
                _facts("A.PART1.rar", Kind.RAR),
                _facts("a.part2.rar", Kind.RAR, volume_of="A.PART1.rar"),
                _facts("说明.txt", Kind.TEXT, archive="A.PART1.rar", text=TextFacts("说明", 2)),
            ],
            id="rar-parts-in-another-order",
        ),
        pytest.param(
            {"a.zip.001": _CUT[:50], "a.zip.002": _CUT[50:]},
            [
                _facts("a.zip.001", Kind.ZIP),
                _facts("a.zip.002", Kind.ZIP, volume_of="a.zip.001"),
                _facts("说明.txt", Kind.TEXT, archive="a.zip.001", text=TextFacts("说明", 2)),
            ],
            id="cut-zip",
        ),
        pytest.param(
            {"a.part1.rar": _HALVES[0]},
            [_facts("a.part1.rar", Kind.RAR, trouble=Trouble.SPLIT)],
            id="first-volume-alone",
        ),
        pytest.param(
            {"a.part1.rar": _HALVES[0], "a.part3.rar": _HALVES[1]},
            [
                _facts("a.part1.rar", Kind.RAR, trouble=Trouble.SPLIT),
                _facts("a.part3.rar", Kind.RAR, trouble=Trouble.SPLIT),
            ],
            id="a-gap",
        ),
        pytest.param(
            {"a.zip.001": _CUT[:40], "a.zip.002": _CUT[40:60]},
            [
                _facts("a.zip.001", Kind.ZIP, trouble=Trouble.SPLIT),
                _facts("a.zip.002", Kind.ZIP, trouble=Trouble.SPLIT, volume_of="a.zip.001"),
            ],
            id="the-last-is-missing",
        ),
        pytest.param(
            {"照片.zip.003": _PHOTOS[-150:]},
            [_facts("照片.zip.003", Kind.ZIP, trouble=Trouble.SPLIT)],
            id="last-volume-alone",
        ),
        pytest.param(
            {"照片.zip.002": _PHOTOS[500:]},
            [_facts("照片.zip.002", Kind.ZIP, trouble=Trouble.SPLIT)],
            id="last-volume-alone-with-most-of-it",
        ),
        pytest.param(
            {"照片.z01": b"PK\x07\x08" + _PHOTOS[:500]},
            [_facts("照片.z01", Kind.ZIP, trouble=Trouble.SPLIT)],
            id="first-disk-alone",
        ),
        pytest.param(
            {"活动.001": _PHOTO, "活动.002": media.png(64, 48)},
            [
                _facts("活动.001", Kind.JPEG, photo=PhotoFacts(640, 480)),
                _facts("活动.002", Kind.PNG, photo=PhotoFacts(64, 48)),
            ],
            id="photos-named-like-volumes",
        ),
        pytest.param(
            {"外.zip": media.zip_of({"b/a.part1.rar": _HALVES[0], "b/a.part2.rar": _HALVES[1], "a.part2.rar": b"x"})},
            [
                _facts("外.zip", Kind.ZIP),
                _facts("a.part1.rar", Kind.RAR, archive="外.zip", folder="b"),
                _facts("a.part2.rar", Kind.RAR, archive="外.zip", folder="b", volume_of="外.zip/b/a.part1.rar"),
                _facts("说明.txt", Kind.TEXT, archive="外.zip/b/a.part1.rar", text=TextFacts("说明", 2)),
                _facts("a.part2.rar", Kind.TEXT, archive="外.zip", text=TextFacts("x", 1)),
            ],
            id="volumes-in-an-archive",
        ),
    ],
)
def test_volumes_of_one_archive_are_unpacked_together(
    tmp_path: Path, worker: Worker, files: dict[str, bytes], facts: list[FileFacts]
) -> None:
    assert inspect(tmp_path, worker, files) == facts


def test_file_after_one_that_hangs_is_measured(tmp_path: Path) -> None:
    files = {"a.jpg": _PHOTO, "b.png": media.png(64, 48), "c.jpg": media.jpeg(64, 48)}
    with Hanging(1, is_measuring_png) as worker:
        assert inspect(tmp_path, worker, files) == [
            _facts("a.jpg", Kind.JPEG, photo=PhotoFacts(640, 480)),
            _facts("b.png", Kind.PNG, trouble=Trouble.TOO_HARD),
            _facts("c.jpg", Kind.JPEG, photo=PhotoFacts(64, 48)),
        ]


def test_files_after_maximum_of_hard_files_are_not_opened(tmp_path: Path) -> None:
    files = {f"{number}.png": media.png(8, number) for number in (1, 2, 3)}
    with Hanging(0.5, is_measuring_png) as worker:
        found = inspect(tmp_path, worker, files, limits=FileLimits(hard_files=2))
    assert [one.trouble for one in found] == [Trouble.TOO_HARD, Trouble.TOO_HARD, Trouble.UNSUPPORTED]


def test_file_that_hangs_while_sniffed_is_too_hard(tmp_path: Path) -> None:
    with Hanging(0.5, lambda task, _: task is sniff) as worker:
        assert inspect(tmp_path, worker, {"a.jpg": _PHOTO}) == [_facts("a.jpg", Kind.UNKNOWN, trouble=Trouble.TOO_HARD)]


def test_document_beyond_text_length_of_mail_is_unsupported(tmp_path: Path, worker: Worker) -> None:
    files = {"a.txt": b"a" * 60, "b.txt": b"b" * 60, "c.jpg": _PHOTO}
    found = inspect(tmp_path, worker, files, limits=FileLimits(text_length=100))
    assert [one.trouble for one in found] == [None, Trouble.UNSUPPORTED, None]


_SEEDS = [
    _PHOTO,
    samples.mpo(),
    media.png(64, 48),
    samples.picture("TIFF"),
    samples.picture("WEBP"),
    samples.picture("GIF"),
    media.mp4(640, 480, 2),
    media.xlsx([["标题", "1"]]),
    media.zip_of({"a.txt": b"x" * 99}),
    rars.rar4({"照片.jpg": _PHOTO[:999], "a.txt": b"x"}),
    rars.rar5({"照片.jpg": _PHOTO[:999], "a.txt": b"x"}),
]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.sampled_from(_SEEDS),
    damage=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=8),
    keep=st.one_of(st.none(), st.integers(0, 3000)),
)
def test_damaged_file_is_inspected_without_fault_in_worker(
    tmp_path_factory: pytest.TempPathFactory,
    worker: Worker,
    caplog: pytest.LogCaptureFixture,
    seed: bytes,
    damage: list[tuple[int, int]],
    keep: int | None,
) -> None:
    content = bytearray(seed)
    for place, value in damage:
        content[place % len(content)] = value
    assert inspect(tmp_path_factory.mktemp("fuzz"), worker, {"a.bin": bytes(content[:keep])})
    assert caplog.messages == []  # no fault in the worker, and none that ended it
