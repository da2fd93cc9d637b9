"""The shared folder, kept filled with accepted files as they come."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from intake_bot import cli
from intake_bot.clock import stopped_clock
from intake_bot.config.load import load
from intake_bot.demo.media import jpeg, zip_of
from intake_bot.digests.package import archive
from intake_bot.digests.package.archive import fill_archive
from intake_bot.errors import TemporaryFailure
from intake_bot.home.home import Home
from intake_bot.home.services import Services
from tests.marking import slow
from tests.stories.office import Office, at

PHOTO = "活动周濮阳县教育局照片"
ONE, TWO, THREE = (jpeg(2400, 1800, seed=seed) for seed in (1, 2, 3))
NAME = "濮阳县教育局_照片_5月17日_{:02}.jpg"


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    return tmp_path / "共享盘"


def turn_on(puyang: Office, folder: Path) -> None:
    puyang.edit(
        "intake.yaml",
        "time_zone: Asia/Shanghai",
        f"time_zone: Asia/Shanghai\narchive_dir: {folder}\narchive_files: true",
    )


def fill(office: Office, now: str) -> int:
    home = Home(office.home)
    settings = load(home.root)
    bureau = settings.bureau(office.bureau)
    assert bureau is not None
    with Services.open(settings, home, stopped_clock(at(now))) as services:
        return fill_archive(services, bureau, at(now))


def laid(shared: Path) -> dict[str, bytes]:
    root = shared / "濮阳市教育局"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def photos(**files: bytes) -> dict[str, bytes]:
    return {"照片.zip": zip_of({f"{name}现场合影.jpg": content for name, content in files.items()})}


def test_accepted_files_are_laid_once_and_replaced_ones_set_aside(puyang: Office, shared: Path) -> None:
    turn_on(puyang, shared)
    puyang.receive("2023-05-17 10:00", PHOTO, photos(学生=ONE, 老师=TWO))
    puyang.poll("2023-05-17 10:01")
    folder = "照片/2023-05-17/"
    assert laid(shared) == {folder + NAME.format(1): ONE, folder + NAME.format(2): TWO}
    assert fill(puyang, "2023-05-17 10:03") == 0
    puyang.receive("2023-05-17 11:00", PHOTO, photos(校长=THREE))
    puyang.poll("2023-05-17 11:01")
    assert laid(shared) == {
        folder + NAME.format(1): THREE,
        "已替换/" + NAME.format(1): ONE,
        "已替换/" + NAME.format(2): TWO,
    }


def test_crash_between_files_and_index_leaves_each_file_once(
    puyang: Office, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, photos(学生=ONE, 老师=TWO))
    puyang.poll("2023-05-17 10:01")
    turn_on(puyang, shared)
    with monkeypatch.context() as broken:

        def fail(path: Path, content: bytes) -> None:
            raise OSError(28, "No space left on device")

        broken.setattr(archive, "replace_file", fail)
        with pytest.raises(TemporaryFailure):
            fill(puyang, "2023-05-17 10:02")
    assert fill(puyang, "2023-05-17 10:03") == 1
    assert sorted(laid(shared).values()) == sorted([ONE, TWO])


def test_shared_drive_that_is_away_is_a_temporary_failure(puyang: Office, shared: Path) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, photos(学生=ONE))
    puyang.poll("2023-05-17 10:01")
    turn_on(puyang, shared)
    shared.write_bytes(b"no folder")
    with pytest.raises(TemporaryFailure):
        fill(puyang, "2023-05-17 10:02")
    shared.unlink()
    assert fill(puyang, "2023-05-17 10:03") == 1


def test_archive_is_left_alone_where_nobody_asked_for_it(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, photos(学生=ONE))
    puyang.poll("2023-05-17 10:01")
    assert fill(puyang, "2023-05-17 10:02") == 0
    assert not list((puyang.home / "data").glob("archived-*"))


def status(office: Office, now: str) -> str:
    with redirect_stdout(io.StringIO()) as out:
        cli.run(["status", "--home", str(office.home), "--now", at(now).isoformat()])
    return out.getvalue()


@pytest.mark.parametrize(
    "leaves_a_place", [pytest.param(True, id="empty place for the drive"), slow(False, id="nothing")]
)
def test_drive_that_is_away_is_told_once_and_filled_when_it_is_back(
    puyang: Office, shared: Path, leaves_a_place: bool
) -> None:
    turn_on(puyang, shared)
    puyang.receive("2023-05-17 10:00", PHOTO, photos(学生=ONE))
    puyang.poll("2023-05-17 10:01")
    away = shared.rename(shared.with_name("断开的盘"))
    if leaves_a_place:
        shared.mkdir()
    puyang.receive("2023-05-17 11:00", "活动周范县教育局照片", photos(老师=TWO), sender="fan@school.example")
    puyang.poll("2023-05-17 11:01")
    puyang.poll("2023-05-17 11:05")
    assert laid(shared) == {}
    digest = puyang.digest("2023-05-17 16:30")
    assert digest.count("收下的文件存不进共享文件夹") == 1
    assert "（5月17日 11:01 起）" in digest.partition("⑧")[2]
    assert status(puyang, "2023-05-17 16:31").count("从 5月17日 11:01 起收下的文件存不进共享文件夹") == 1
    if leaves_a_place:
        shared.rmdir()
    away.rename(shared)
    puyang.poll("2023-05-17 16:40")
    assert sorted(laid(shared).values()) == sorted([ONE, TWO])
    assert "共享文件夹" not in status(puyang, "2023-05-17 16:41")
    assert "共享文件夹" not in puyang.digest("2023-05-17 17:30")


def test_replaced_files_are_set_aside_when_the_drive_is_back(puyang: Office, shared: Path) -> None:
    turn_on(puyang, shared)
    puyang.receive("2023-05-17 10:00", PHOTO, photos(学生=ONE))
    puyang.poll("2023-05-17 10:01")
    away = shared.rename(shared.with_name("断开的盘"))
    puyang.receive("2023-05-17 11:00", PHOTO, photos(校长=THREE))
    puyang.poll("2023-05-17 11:01")
    away.rename(shared)
    puyang.poll("2023-05-17 11:05")
    assert laid(shared) == {"照片/2023-05-17/" + NAME.format(1): THREE, "已替换/" + NAME.format(1): ONE}
