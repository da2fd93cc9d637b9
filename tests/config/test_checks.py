"""Extensions and severities of a notice: faults that no single model can see."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.config.load import load
from intake_bot.notices.severities import CHOICES, Severity
from tests.config.homes import ENVIRON, faults, make_home, remarks


def test_leap_day_beside_extension_is_reported(tmp_path: Path) -> None:
    home = make_home(tmp_path, notice=("due: 活动周期间", "due: 2月29日前"))
    path = home / "config/notices/jia-2023.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("materials:", EXTENSION, 1), encoding="utf-8")
    assert faults(home) == ["config/notices/jia-2023.yaml 第 23 行第 10 列：2023 年没有 2 月 29 日。"]


EXTENSION = "extensions:\n  - {unit: 甲县教育局, until: 5月19日12:00前}\nmaterials:"

SETTINGS_CASES = {
    "extension of an unknown unit": (
        ("materials:", EXTENSION.replace("甲县教育局", "甲县教育居")),
        "第 7 行第 12 列：名册里没有单位“甲县教育居”，是不是想写“甲县教育局”？",
    ),
    "extension of an alias": (
        ("materials:", EXTENSION.replace("甲县教育局", "甲县")),
        "第 7 行第 12 列：“甲县”不是名册里单位的全称，请写“甲县教育局”。",
    ),
    "extension of an unknown material": (
        ("materials:", EXTENSION.replace(", until", ", material: 文字才料, until")),
        "第 7 行第 29 列：这份通知里没有材料“文字才料”，是不是想写“文字材料”？",
    ),
    "extension of a day outside the week": (
        ("materials:", EXTENSION.replace(", until", ", day: 2023-05-21, until")),
        "第 7 行第 24 列：2023-05-21 不在活动周内（2023-05-14 至 2023-05-20）。",
    ),
    "extension to no moment": (
        ("materials:", EXTENSION.replace("5月19日12:00前", "每天16:00前")),
        "第 7 行第 26 列：“每天16:00前”不是日期，要写成 5月19日12:00前 或 2023-05-19T12:00。",
    ),
    "extension in words of no language": (
        ("materials:", EXTENSION.replace("5月19日12:00前", "改天")),
        "第 7 行第 26 列：看不懂期限“改天”，要写成 5月19日12:00前 或 2023-05-19T12:00。",
    ),
    "extension to a day that is none": (
        ("materials:", EXTENSION.replace("5月19日12:00前", "2023-05-32T12:00")),
        "第 7 行第 26 列：看不懂“2023-05-32T12:00”，要写成 5月19日12:00前 或 2023-05-19T12:00。",
    ),
    "extension without an end": (
        ("materials:", EXTENSION.replace(", until: 5月19日12:00前", "")),
        "第 7 行第 5 列：缺少配置项“until”。",
    ),
    "extension to a moment before the deadline": (
        ("materials:", EXTENSION.replace("5月19日12:00前", "5月1日前")),
        "第 7 行第 26 列：延期到“5月1日前”没有用处：不比原来的期限晚，请看看年月写对没有。",
    ),
    "extension to the year after": (
        ("materials:", EXTENSION.replace("5月19日12:00前", "2024-05-19T12:00")),
        "第 7 行第 26 列：“2024-05-19T12:00”离活动周（2023-05-20 结束）太远，请看看年月写对没有。",
    ),
    "extension to a leap day": (
        ("materials:", EXTENSION.replace("5月19日12:00前", "2月29日前")),
        "第 7 行第 26 列：2023 年没有 2 月 29 日。",
    ),
    "extension beyond the calendar": (
        ("materials:", EXTENSION.replace("5月19日12:00前", "9999-12-31")),
        "第 7 行第 26 列：看不懂“9999-12-31”，要写成 5月19日12:00前 或 2023-05-19T12:00。",
    ),
    "extension of a day to the day before": (
        ("materials:", EXTENSION.replace("until: 5月19", "material: 文字材料, day: 2023-05-17, until: 5月16")),
        "第 7 行第 59 列：延期到“5月16日12:00前”没有用处：不比原来的期限晚，请看看年月写对没有。",
    ),
    "extension of a day where no day has a deadline": (
        ("materials:", EXTENSION.replace("until", "material: 照片, day: 2023-05-17, until")),
        "第 7 行第 38 列：这份材料不是每天报的，写了 day 就没有用处，请把 day 去掉。",
    ),
    "extension in another zone": (
        ("materials:", EXTENSION.replace("5月19日12:00前", "2023-05-19T12:00+09:00")),
        "第 7 行第 26 列：“2023-05-19T12:00+09:00”里不用写时区，要写成 5月19日12:00前 或 2023-05-19T12:00。",
    ),
    "severity with a full-width colon": (
        ("materials:", "severities: {file.empty：off}\nmaterials:"),
        "第 6 行第 14 列：这里用了中文冒号“：”。请换成英文冒号“:”，后面再加一个空格。",
    ),
    "severity of an unknown code": (
        ("materials:", "severities: {file.duplicat: off}\nmaterials:"),
        "第 6 行第 14 列：不认识的问题代码“file.duplicat”，是不是想写“file.duplicate”？",
    ),
    "severity of a rule": (
        ("materials:", "severities: {photo.too_small: remark}\nmaterials:"),
        "第 6 行第 14 列：“photo.too_small”的 severity 请写在通知的那一条要求里，不写在这里。",
    ),
    "severity of lateness": (
        ("materials:", "severities: {deadline.late: error}\nmaterials:"),
        "第 6 行第 14 列：迟报收不收，请在那份材料里写 late: mark 或 late: reject。",
    ),
    "severity of a program": (
        ("materials:", "severities: {file.dangerous: off}\nmaterials:"),
        "第 6 行第 14 列：“file.dangerous”不能改，也不能关掉：打不开、有危险或者不知道是谁报的材料，收件程序收不了。",
    ),
    "severity of a subject": (
        ("materials:", "severities: {subject.no_unit: remark}\nmaterials:"),
        "第 6 行第 14 列：“subject.no_unit”不能改，也不能关掉：打不开、有危险或者不知道是谁报的材料，收件程序收不了。",
    ),
    "severity that is none": (
        ("materials:", "severities: {file.duplicate: warning}\nmaterials:"),
        "第 6 行第 30 列：“file.duplicate”不能写“warning”，只能写 remark、off 之一。",
    ),
    "severity that is none, of a demand": (
        ("materials:", "severities: {file.empty: warning}\nmaterials:"),
        "第 6 行第 26 列：“file.empty”不能写“warning”，只能写 error、remark、off 之一。",
    ),
    "pieces that wait for days": (
        ("materials:", "pieces_wait_hours: 48\nmaterials:"),
        "第 6 行第 20 列：“pieces_wait_hours”不能大于 24。",
    ),
}


@pytest.mark.parametrize(("change", "fault"), SETTINGS_CASES.values(), ids=SETTINGS_CASES)
def test_faulty_extension_or_severity_is_reported_at_its_position(
    tmp_path: Path, change: tuple[str, str], fault: str
) -> None:
    (found,) = faults(make_home(tmp_path, notice=change))
    assert fault in found


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("code", CHOICES)
def test_severity_of_code_is_accepted_where_allowed(tmp_path: Path, code: str, severity: Severity) -> None:
    home = make_home(tmp_path, notice=("materials:", f"severities:\n  {code}: {severity}\nmaterials:"))
    if severity in CHOICES[code].allowed:
        assert load(home, ENVIRON).notices[0].severities == {code: severity}
        return
    column = len(f"  {code}: ") + 1
    assert faults(home) == [
        f"config/notices/jia-2023.yaml 第 7 行第 {column} 列：“{code}”不能写“error”，只能写 remark、off 之一："
        "这一项只作提醒，不能因此退回材料。"
    ]


def test_codes_for_clerks_alone_cannot_be_errors() -> None:
    assert {code for code, choice in CHOICES.items() if Severity.ERROR not in choice.allowed} == {
        "file.duplicate",
        "photo.shared",
        "sender.unauthenticated",
        "sender.unknown",
        "video.below_recommended",
    }


def test_category_and_rank_of_no_unit_are_remarks(tmp_path: Path) -> None:
    quota = "[学校, 企业]\n    quotas: [{at_least: 1, clause: 二, quote: 数, ranks: [国家级]}]"
    assert remarks(make_home(tmp_path, notice=("[学校]", quota))) == [
        "config/notices/jia-2023.yaml 第 12 行第 25 列：名册里现在没有类别为“企业”的单位（有：县区、学校）。",
        "config/notices/jia-2023.yaml 第 13 行第 56 列：名册里现在没有级别为“国家级”的单位。",
    ]
