"""Faults and remarks about all files together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from intake_bot.config.load import load
from intake_bot.config.settings import IntakeSettings
from tests.config.homes import BUREAU, ENVIRON, NOTICE, faults, make_home, remarks

DUE_FORMS = (
    "可以写：每天16:00前、次日10:00前、活动周结束后3日内、活动周结束后一周内、5月28日前、5月28日17:00前、活动周期间。"
)


def test_faults_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    home = make_home(
        tmp_path,
        bureau=("port: 465", "prot: 465"),
        notice=("due: 每天16:00前", "due: 每天4时整前"),
        roster=("甲一职|一职校", "甲一职|甲县"),
    )
    (home / "config/intake.yaml").write_text("polling:\n  every_seconds: 两分钟\n", encoding="utf-8")
    (home / "config/notices/yi-2023.yaml").write_text(NOTICE.replace("number: 甲", "nubmer: 甲"), encoding="utf-8")
    assert faults(home) == [
        "config/bureaus/jia.yaml 第 6 行第 37 列：不认识的配置项“prot”，是不是想写“port”？",
        "config/intake.yaml 第 2 行第 18 列：“every_seconds”要写整数，不带单位，不加引号。",
        "config/notices/jia-2023.yaml 第 9 行第 10 列：看不懂期限“每天4时整前”。"
        f"最接近的写法是“每天16:00前”。{DUE_FORMS}",
        "config/notices/yi-2023.yaml 第 2 行第 1 列：不认识的配置项“nubmer”，是不是想写“number”？",
        "config/rosters/jia.csv 第 3 行第 14 列：“甲县”在名册里重复：第 2 行的“甲县教育局”已经用了它，"
        "一个名称（邮箱）只能属于一个单位。",
    ]


def test_faults_of_one_file_are_reported_at_once(tmp_path: Path) -> None:
    home = make_home(tmp_path, notice=("number: ", "nubmer: "))
    path = home / "config/notices/jia-2023.yaml"
    text = path.read_text(encoding="utf-8")
    for before, after in (
        ("[图片]", "[文字]"),
        ("[学校]", "[学笑]"),
        ("活动周期间", "随时"),
        ("at_least: 2000", "a: 1"),
    ):
        text = text.replace(before, after, 1)
    path.write_text(text, encoding="utf-8")
    assert [re.sub(r"(\d+ 列).*", r"\1", fault) for fault in faults(home)] == [
        f"config/notices/jia-2023.yaml 第 {line} 行第 {column} 列"
        for line, column in ((2, 1), (12, 21), (20, 15), (21, 10), (29, 17), (29, 18))
    ]


def test_roster_beside_unparsable_bureau_is_checked(tmp_path: Path) -> None:
    home = make_home(tmp_path, bureau=("name: 甲", "name: '甲"), roster=("单位", "学校"))
    assert [fault.partition("：")[0] for fault in faults(home)] == [
        "config/bureaus/jia.yaml 第 1 行第 7 列",
        "config/rosters/jia.csv 第 1 行第 1 列",
    ]


def test_home_without_configuration_names_init(tmp_path: Path) -> None:
    assert faults(tmp_path) == ["config/bureaus：这里没有教育局的文件（*.yaml）。可以用 intake-bot init 生成一套样本。"]


def test_misspelt_bureau_of_notice_is_reported(tmp_path: Path) -> None:
    assert faults(make_home(tmp_path, notice=("bureau: jia", "bureau: jja"))) == [
        "config/notices/jia-2023.yaml 第 1 行第 9 列：没有 config/bureaus/jja.yaml，这份通知用不上，是不是想写“jia”。"
    ]


@pytest.mark.parametrize("folder", ["", ", folder: inbox"], ids=["same", "INBOX in other letters"])
def test_second_bureau_with_same_mailbox_is_reported(tmp_path: Path, folder: str) -> None:
    home = make_home(tmp_path)
    other = BUREAU.replace("jia@example", "Jia@example").replace(
        "security: tls}\n  smtp", f"security: tls{folder}}}\n  smtp"
    )
    (home / "config/bureaus/yi.yaml").write_text(other, encoding="utf-8")
    assert faults(home) == [
        "config/bureaus/yi.yaml 第 3 行第 12 列：这个邮箱和 config/bureaus/jia.yaml 的是同一个"
        "（地址、收信服务器、文件夹都一样），每封邮件会被处理两遍。请换一个邮箱，或者用 folder 指定另一个文件夹。"
    ]


@pytest.mark.parametrize("written", ["jia.yaml", "甲市教育局"], ids=["the file's name", "the bureau's name"])
def test_notice_naming_bureau_otherwise_than_by_id_is_reported(tmp_path: Path, written: str) -> None:
    assert faults(make_home(tmp_path, notice=("bureau: jia", f"bureau: {written}"))) == [
        f"config/notices/jia-2023.yaml 第 1 行第 9 列：没有 config/bureaus/{written}.yaml，这份通知用不上，"
        "是不是想写“jia”。"
    ]


def test_copy_of_notice_is_reported(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    (home / "config/notices/jia-2023 - 副本.yaml").write_text(NOTICE, encoding="utf-8")
    assert faults(home) == [
        "config/notices/jia-2023.yaml 第 4 行第 7 列：和 config/notices/jia-2023 - 副本.yaml 是同一个教育局、"
        "同一天开始的活动周，分不清邮件报的是哪一份；多余的一份请删掉。"
    ]


def test_yaml_and_yml_of_one_name_are_reported(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    (home / "config/bureaus/jia.yml").write_text(BUREAU, encoding="utf-8")
    assert faults(home) == ["config/bureaus/jia.yml：和 jia.yaml 重名，请只留一个。"]


def test_notice_of_unknown_bureau_is_remark(tmp_path: Path) -> None:
    assert remarks(make_home(tmp_path, notice=("bureau: jia", "bureau: suzhou"))) == [
        "config/bureaus/jia.yaml：这个教育局还没有通知（config/notices）。",
        "config/notices/jia-2023.yaml 第 1 行第 9 列：没有 config/bureaus/suzhou.yaml，这份通知用不上。",
    ]


def test_notice_of_similar_bureau_with_other_notice_is_remark(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    other = NOTICE.replace("bureau: jia", "bureau: jja")
    (home / "config/notices/jja-2023.yaml").write_text(other, encoding="utf-8")
    assert remarks(home) == [
        "config/notices/jja-2023.yaml 第 1 行第 9 列：没有 config/bureaus/jja.yaml，这份通知用不上，是不是想写“jia”。",
    ]


def test_bureaus_sharing_mailbox_with_own_folders_have_no_fault(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    other = BUREAU.replace("security: tls}\n  smtp", "security: tls, folder: 报送}\n  smtp")
    (home / "config/bureaus/yi.yaml").write_text(other, encoding="utf-8")
    assert remarks(home) == ["config/bureaus/yi.yaml：这个教育局还没有通知（config/notices）。"]


def test_empty_roster_is_remark(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    (home / "config/rosters/jia.csv").write_text("单位,简称,类别,级别,邮箱\n", encoding="utf-8")
    assert remarks(home) == ["config/rosters/jia.csv：名册是空的。"]


def test_bureau_without_roster_is_remark(tmp_path: Path) -> None:
    assert remarks(make_home(tmp_path, bureau=("roster: rosters/jia.csv\n", ""))) == [
        "config/bureaus/jia.yaml：没有写 roster（名册），主题里的单位一个也认不出来。"
    ]


def test_files_not_read_are_remarks(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    for name in ("bureaus/yi.yaml.txt", "notices/旧.YAML", "notices/.yi.yaml", "notices/说明.txt"):
        (home / "config" / name).write_text("", encoding="utf-8")
    (home / "config/intake.yml").write_text("", encoding="utf-8")
    assert remarks(home) == [
        "config/bureaus/yi.yaml.txt：文件名不以 .yaml 结尾，没有读取。",
        "config/intake.yml：没有读取：这个文件要叫 intake.yaml。",
        "config/notices/旧.YAML：文件名不以 .yaml 结尾，没有读取。",
    ]


def test_file_of_comments_alone_has_defaults(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    (home / "config/intake.yaml").write_text("\ufeff# 全部用默认值\n", encoding="utf-8")
    assert load(home, ENVIRON).intake == IntakeSettings()
