"""One word per thing in all that people read: templates, guides, configuration, and what the code says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OTHER_WORDS = {
    "收件程序": r"机器人(?!实训室)|本程序|本软件",  # 机器人实训室 is a room
    "名册": r"(?<![黑员|])名单",  # 黑名单, 联络员名单; |名单 in a pattern of what schools write
    "未报": "缺报",
}


def test_texts_use_one_word_for_each_thing() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {other[0]} instead of {word}"
        for path in read_by_people()
        for word, pattern in OTHER_WORDS.items()
        for other in re.finditer(pattern, path.read_text(encoding="utf-8-sig"))
    ]
    assert found == []


def test_letters_name_no_other_program() -> None:
    letters = [path for path in read_by_people() if path.is_relative_to(ROOT / "templates")]
    assert [path.name for path in letters if re.search("(?<!收件)程序", path.read_text(encoding="utf-8"))] == []


def read_by_people() -> Iterator[Path]:
    yield ROOT / "README.zh-CN.md"
    for folder, endings in (
        ("intake_bot", {".py"}),
        ("templates", {".html", ".txt"}),
        ("docs", {".md"}),
        ("config", {".yaml", ".csv"}),
    ):
        yield from (path for path in (ROOT / folder).rglob("*") if path.suffix in endings)
