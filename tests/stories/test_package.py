"""The package for the province, from mails to one zip."""

from __future__ import annotations

import io
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from intake_bot import cli
from intake_bot.demo.media import chinese_text, docx, jpeg, zip_of
from tests.digests.workbook.reading import read_workbook
from tests.stories.office import Office, at

PHOTO = "活动周濮阳县教育局照片"
ONE, TWO = jpeg(2400, 1800, seed=1), jpeg(2400, 1800, min_bytes=2_000_000, seed=2)
PHOTOS = {"照片.zip": zip_of({"技能展示/学生技能展示现场.jpg": ONE, "学生合影留念现场.JPG": TWO, "再来一次.jpg": ONE})}
TEXT = {"活动情况.docx": docx([chinese_text(900)])}


def export(office: Office, *options: str, code: int = 0) -> str:
    """What `export` prints at 18:00."""
    now = at("2023-05-17 18:00").isoformat()
    with redirect_stdout(io.StringIO()) as said, redirect_stderr(said):
        assert cli.run(["export", *options, "--home", str(office.home), "--now", now]) == code
    return said.getvalue()


def packed(office: Office) -> Path:
    [path] = (office.home / "exports").iterdir()
    return path


def test_package_has_accepted_files_unpacked_and_named_alike_with_workbook_and_list(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, PHOTOS)
    puyang.receive("2023-05-17 10:05", "活动周濮阳县教育局文字材料", TEXT)
    puyang.receive("2023-05-17 10:10", "活动周范县教育局照片", {"小.zip": zip_of({"现场合影留念.jpg": jpeg(900, 600)})})
    puyang.poll("2023-05-17 10:11")
    assert export(puyang).startswith("已打包 3 个文件（")
    path = packed(puyang)
    assert path.name == "濮阳市教育局_20230517-1800.zip"
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        photos = [f"照片/2023-05-17/濮阳县教育局_照片_5月17日_{number:02}.jpg" for number in (1, 2)]
        text = "文字材料/2023-05-17/濮阳县教育局_文字材料_5月17日_01.docx"
        assert sorted(archive.namelist()) == sorted([*photos, text, "台账.xlsx", "清单.xlsx"])
        assert {archive.read(name) for name in photos} == {ONE, TWO}
        assert archive.read(text) == TEXT["活动情况.docx"]
        rows = read_workbook(archive.read("清单.xlsx"))["清单"].texts()[1:]
        assert {row[1] for row in rows} == {*photos, text}
        assert {row[5] for row in rows} == {"学生技能展示现场.jpg", "学生合影留念现场.JPG", "活动情况.docx"}
        assert "范县教育局" in str(read_workbook(archive.read("台账.xlsx"))["提交明细"].texts())
    assert [one for one in (puyang.home / "data" / "packing").rglob("*") if one.is_file()] == []


def test_package_of_one_material_and_day_into_the_shared_folder(puyang: Office, tmp_path: Path) -> None:
    shared = tmp_path / "共享盘"
    puyang.edit("intake.yaml", "time_zone: Asia/Shanghai", f"time_zone: Asia/Shanghai\narchive_dir: {shared}")
    puyang.receive("2023-05-17 10:05", "活动周濮阳县教育局文字材料", TEXT)
    puyang.poll("2023-05-17 10:11")
    said = export(puyang, "--material", "文字材料", "--day", "2023-05-17")
    [path] = shared.iterdir()
    assert str(path) in said
    assert path.name == "濮阳市教育局_文字材料_5月17日_20230517-1800.zip"
    assert "还没有收下这样的材料" in export(puyang, "--material", "照片", code=1)
    assert "没有“照片照片”这种材料" in export(puyang, "--material", "照片照片", code=2)


def test_package_names_a_file_that_is_gone_and_packs_the_others(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, PHOTOS)
    puyang.receive("2023-05-17 10:05", "活动周濮阳县教育局文字材料", TEXT)
    puyang.poll("2023-05-17 10:11")
    [lost] = (puyang.home / "data" / "files").rglob("活动情况.docx")
    lost.unlink()
    assert "没有放进去：濮阳县教育局 活动情况.docx：文件不在磁盘上" in export(puyang, code=1)
    with zipfile.ZipFile(packed(puyang)) as archive:
        assert "没有放进去的" in read_workbook(archive.read("清单.xlsx"))
