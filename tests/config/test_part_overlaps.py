"""Parts of one material that the same file could serve."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.homes import make_home, remarks

PART = "{{kind: {kind}, name: {name}, clause: 一, quote: 原话{more}}}"
TEXT = ", length: {{at_least: {low}, at_most: {high}, clause: 一, quote: 字数}}"


def part(kind: str, name: str, more: str = "") -> str:
    return PART.format(kind=kind, name=name, more=more)


@pytest.mark.parametrize(
    ("parts", "warned"),
    [
        ((part("text", "概况"), part("text", "案例")), True),
        ((part("photo", "合影"),), True),
        ((part("video", "正片"), part("video", "花絮")), True),
        ((part("text", "文字"), part("video", "视频"), part("form", "表", ", title: 情况表")), False),
        (
            (
                part("text", "摘要", TEXT.format(low=100, high=300)),
                part("text", "全文", TEXT.format(low=800, high=1500)),
            ),
            False,
        ),
        ((part("form", "甲表", ", title: 活动情况表"), part("form", "乙表", ", title: 媒体情况表")), False),
        ((part("form", "甲表", ", title: 情况表"), part("form", "乙表", ", title: 媒体情况表")), True),
    ],
    ids=["texts", "photos", "videos", "three kinds", "lengths apart", "forms", "forms of like titles"],
)
def test_parts_that_one_file_could_serve_are_remarked(tmp_path: Path, parts: tuple[str, ...], warned: bool) -> None:
    of_photos = "    quote: 报送照片\n    parts:\n"
    listed = "".join(f"      - {one}\n" for one in parts)
    home = make_home(tmp_path, notice=(of_photos, of_photos + listed))
    found = [remark for remark in remarks(home) if "一个文件两个部分都能用" in remark]
    assert bool(found) is warned
