"""Faults in YAML: each is reported in Chinese at its position."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.homes import BUREAU, faults, make_home

SYNTAX_CASES = {
    "tab": (("  imap:", "\timap:"), "第 5 行第 1 列：行首用了 Tab 键缩进。YAML 只认空格，请换成空格。"),
    "full-width colon": (
        ("  address: ", "  address："),
        "第 3 行第 10 列：这里用了中文冒号“：”。请换成英文冒号“:”，后面再加一个空格。",
    ),
    "full-width colon in braces": (
        ("{host: imap", "{host：imap"),
        "第 5 行第 10 列：这里用了中文冒号“：”。请换成英文冒号“:”，后面再加一个空格。",
    ),
    "no space behind the colon": (("  address: ", "  address:"), "第 3 行第 10 列：冒号后面要加一个空格。"),
    "open bracket": (
        ("[clerk@example.edu.cn]", "[clerk@example.edu.cn"),
        "第 7 行第 9 列：方括号没有成对，或者两项之间缺少英文逗号。",
    ),
    "open quote": (("name: 甲", "name: '甲"), "第 1 行第 7 列：引号没有成对。"),
    "indentation": (
        ("  secret_env", "    secret_env"),
        "第 4 行第 15 列：这里不该再出现冒号：多半是上一行的缩进不对，或者少了冒号；文字里有冒号时，整段要加引号。",
    ),
    "odd sign": (("name: 甲", "name: @甲"), "第 1 行第 7 列：这个符号不能放在最前面；文字以它开头时要加引号。"),
    "unknown anchor": (
        ("name: 甲", "name: *甲"),
        "第 1 行第 7 列：这里引用（*）了一个没有定义（&）的名称；文字以 * 开头时要加引号。",
    ),
    "control character": (("name: 甲", "name: \x01甲"), "第 1 行第 7 列：这里有一个看不见的控制字符，请删掉它。"),
    "tab behind the colon": (("name: 甲", "name:\t甲"), "第 1 行第 6 列：冒号后面用了 Tab 键，请换成空格。"),
    "wide space behind the colon": (
        ("name: 甲", "name:\u3000甲"),
        "第 1 行第 6 列：这里用了全角空格，请换成普通的（半角）空格。",
    ),
    "wide space in front": (
        ("  address: ", "\u3000address: "),
        "第 3 行第 1 列：这里用了全角空格，请换成普通的（半角）空格。",
    ),
    "full-width braces": (
        ("imap: {host", "imap: ｛host"),
        "第 5 行第 9 列：这里用了中文括号，请换成英文的 { } 或 [ ]。",
    ),
    "words behind a quoted word": (
        ("name: 甲市", 'name: "甲市"'),
        "第 1 行第 11 列：成对的引号后面又有文字：请把整段放进引号，或者去掉引号。",
    ),
    "no colon": (
        ("name: 甲", "name 甲"),
        "第 2 行第 8 列：这里不该再出现冒号：多半是上一行的缩进不对，或者少了冒号；文字里有冒号时，整段要加引号。",
    ),
    "a sign of YAML in front": (
        ("name: 甲", "name: - 甲"),
        "第 1 行第 7 列：这里不合 YAML 的写法；文字以符号开头时，整段要加引号。",
    ),
    "two documents": (("clerks:", "---\nclerks:"), "第 7 行第 1 列：一个文件里只能有一份配置，请去掉多余的“---”。"),
}


def test_file_in_gbk_is_reported_at_first_other_byte(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    (home / "config/bureaus/jia.yaml").write_bytes(BUREAU.replace("name: 甲", "# ok\nname: 甲").encode("gbk"))
    assert faults(home) == [
        "config/bureaus/jia.yaml 第 2 行第 7 列：这个文件不是 UTF-8 编码。请用记事本打开，“另存为”时编码选 UTF-8。"
    ]


def test_fault_behind_anchor_is_reported_where_it_is_written(tmp_path: Path) -> None:
    """A fault in what an anchor brought in is told where it is written; the mapping's own keys stand for themselves."""
    before = "pixels: {at_least: 2000, clause: 二, quote: 像素}\n"
    after = (
        "pixels: &limit {at_least: 多, clause: 二, quote: 像素}\n"
        "        size:\n          <<: *limit\n          at_least: 大\n        archive:\n          <<: *limit\n"
    )
    assert faults(make_home(tmp_path, notice=(before, after))) == [
        "config/notices/jia-2023.yaml 第 29 行第 25 列：不认识的配置项“at_least”。"
        "可以写的有：clause、quote、severity。",
        "config/notices/jia-2023.yaml 第 29 行第 35 列：“at_least”要写整数，不带单位，不加引号。",
        "config/notices/jia-2023.yaml 第 32 行第 21 列：“at_least”要写整数，不带单位，不加引号。",
    ]


@pytest.mark.parametrize(
    "after",
    ["name: &a [*a]", "name: &a {<<: *a}", "? [a, b]\n: 1\nname: 甲", "<<: 甲\nname: 甲"],
    ids=["list in itself", "group in itself", "key that is a list", "merging a word"],
)
def test_odd_yaml_is_reported_as_fault(tmp_path: Path, after: str) -> None:
    assert all(
        f.startswith("config/bureaus/jia.yaml 第") for f in faults(make_home(tmp_path, bureau=("name: 甲", after)))
    )


@pytest.mark.parametrize(("change", "expected"), SYNTAX_CASES.values(), ids=SYNTAX_CASES)
def test_syntax_fault_is_reported_at_its_position(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    assert faults(make_home(tmp_path, bureau=change)) == [f"config/bureaus/jia.yaml {expected}"]
