"""Faults in the models: each is reported in Chinese at its position."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from intake_bot.config.load import load
from intake_bot.config.settings import HealthSettings
from intake_bot.errors import ConfigError
from tests.config.homes import FILES, faults, make_home

DUE_FORMS = (
    "可以写：每天16:00前、次日10:00前、活动周结束后3日内、活动周结束后一周内、5月28日前、5月28日17:00前、活动周期间。"
)

BUREAU_CASES = {
    "unknown key, near": (
        ("port: 993", "prot: 993"),
        "第 5 行第 37 列：不认识的配置项“prot”，是不是想写“port”？",
    ),
    "unknown key, like none": (
        ("name: 甲", "颜色: 红\nname: 甲"),
        "第 1 行第 1 列：不认识的配置项“颜色”。"
        "可以写的有：name、mailbox、clerks、admins、roster、mode、digest_at、authserv_id。",
    ),
    "wrong type": (("port: 993", "port: 九九三"), "第 5 行第 43 列：“port”要写整数，不带单位，不加引号。"),
    "number in quotes": (("port: 993", "port: '993'"), "第 5 行第 43 列：“port”要写整数，不带单位，不加引号。"),
    "port out of range": (("port: 993", "port: 99300"), "第 5 行第 43 列：“port”不能大于 65535。"),
    "no blank behind a colon": (("roster:", "mode:live\nroster:"), "第 8 行第 5 列：冒号后面要加一个空格。"),
    "no blank behind a colon inside brackets": (
        ("port: 993", "port: 993, folder:报送"),
        "第 5 行第 48 列：冒号后面要加一个空格。",
    ),
    "missing key": (("host: imap.example.edu.cn, ", ""), "第 5 行第 9 列：缺少配置项“host”。"),
    "missing key at the top": (("name: 甲市教育局\n", ""), "第 1 行第 1 列：缺少配置项“name”。"),
    "nothing behind the key": (("name: 甲市教育局", "name:"), "第 1 行第 1 列：“name”后面没有写内容。"),
    "digits where words belong": (
        ("  secret_env", "  username: 12345678\n  secret_env"),
        "第 4 行第 13 列：“username”要写文字；全是数字或日期时，请加上引号。",
    ),
    "enum, habit": (
        ("security: tls}\n  smtp", "security: SSL}\n  smtp"),
        "第 5 行第 58 列：“security”不能写“SSL”，是不是想写“tls”？只能写 tls、starttls、none 之一。",
    ),
    "enum, near": (
        ("roster:", "mode: shadwo\nroster:"),
        "第 8 行第 7 列：“mode”不能写“shadwo”，是不是想写“shadow”？只能写 live、shadow 之一。",
    ),
    "not a list": (
        ("[clerk@example.edu.cn]", "clerk@example.edu.cn"),
        "第 7 行第 9 列：“clerks”要写成列表，例如 [甲, 乙]；只有一项也要加方括号。",
    ),
    "empty list": (("[clerk@example.edu.cn]", "[]"), "第 7 行第 9 列：“clerks”至少要写一项。"),
    "address": (
        ("[clerk@example.edu.cn]", "[clerk@example.edu.cn, admin.example.edu.cn]"),
        "第 7 行第 32 列：“admin.example.edu.cn”不是邮箱地址，应写成 name@example.edu.cn。",
    ),
    "addresses apart by a full-width comma": (
        ("[clerk@example.edu.cn]", "[a@b.cn，c@d.cn]"),
        "第 7 行第 10 列：“a@b.cn，c@d.cn”不是邮箱地址，应写成 name@example.edu.cn"
        "；一格只写一个地址，几个地址写成列表 [a@b.cn, c@d.cn]。",
    ),
    "host with scheme": (
        ("host: imap.example.edu.cn", "host: https://imap.example.edu.cn/"),
        "第 5 行第 16 列：要写服务器的主机名，例如 imap.163.com，不带 https://，也不带端口。",
    ),
    "unprotected to another machine": (
        ("security: tls}\n  smtp", "security: none}\n  smtp"),
        "第 5 行第 58 列：不加密（none）只能用于本机（127.0.0.1）；请写 tls 或 starttls。",
    ),
    "no CA file": (
        ("security: tls}\n  smtp", "security: tls, ca_file: ca.pem}\n  smtp"),
        "第 5 行第 72 列：找不到证书文件 ca.pem。",
    ),
    "no secret": (
        ("  secret_env: JIA_SECRET\n", ""),
        "第 3 行第 3 列：没有写授权码从哪里来：请写 secret_env（环境变量的名称）或 secret_file（文件的路径）。",
    ),
    "two secrets": (
        ("  imap", "  secret_file: jia.secret\n  imap"),
        "第 5 行第 3 列：secret_env 和 secret_file 只能写一个。",
    ),
    "no roster": (
        ("rosters/jia.csv", "rosters/jai.csv"),
        "第 8 行第 9 列：找不到名册 rosters/jai.csv（相对于 config 文件夹）。",
    ),
    "name of a roster that no disk takes": (
        ("rosters/jia.csv", "9" * 300 + ".csv"),
        f"第 8 行第 9 列：找不到名册 {'9' * 300}.csv（相对于 config 文件夹）。",
    ),
    "name of a CA file that no disk takes": (
        ("security: tls}\n  smtp", f"security: tls, ca_file: {'c' * 300}}}\n  smtp"),
        f"第 5 行第 72 列：找不到证书文件 {'c' * 300}。",
    ),
    "roster is no path": (
        ("rosters/jia.csv", "[jia]"),
        "第 8 行第 9 列：“roster”要写名册文件的路径，例如 rosters/puyang.csv。",
    ),
    "hour": (
        ("roster:", "digest_at: 25:30\nroster:"),
        '第 8 行第 12 列：“25:30”不是时刻，要写成 24 小时制，例如 "17:30"。',
    ),
    "hour as number": (
        ("roster:", "digest_at: 17\nroster:"),
        '第 8 行第 12 列：“17”不是时刻，要写成带引号的 24 小时制，例如 "17:30"。',
    ),
    "capitals": (
        ("roster:", "mode: Shadow\nroster:"),
        "第 8 行第 7 列：“mode”不能写“Shadow”，是不是想写“shadow”？只能写 live、shadow 之一。",
    ),
    "truth in place of a word": (
        ("roster:", "mode: true\nroster:"),
        "第 8 行第 7 列：“mode”写得不对，只能写 live、shadow 之一。",
    ),
    "midnight": (
        ("roster:", "digest_at: 24:00\nroster:"),
        '第 8 行第 12 列：“24:00”不是时刻，要写成 24 小时制，例如 "17:30"。',
    ),
    "nothing but spaces": (("name: 甲市教育局", "name: '  '"), "第 1 行第 7 列：“name”不能为空。"),
    "key twice": (("clerks:", "name: 乙\nclerks:"), "第 7 行第 1 列：“name”写了两次（前一次在第 1 行），请只留一个。"),
}

NOTICE_CASES = {
    "unknown key in a part": (
        ("pixels: {", "pixls: {"),
        "第 29 行第 9 列：不认识的配置项“pixls”，是不是想写“pixels”？",
    ),
    "unknown key in a rule": (
        ("at_least: 2000", "at_lest: 2000"),
        "第 29 行第 18 列：不认识的配置项“at_lest”，是不是想写“at_least”？",
    ),
    "unknown kind": (
        ("kind: photo", "kind: phto"),
        "第 25 行第 15 列：“kind”不能写“phto”，是不是想写“photo”？只能写 text、photo、video、form 之一。",
    ),
    "misspelt kind": (
        ("kind: photo", "knid: photo"),
        "第 25 行第 9 列：不认识的配置项“knid”，是不是想写“kind”？",
    ),
    "no kind": (
        ("      - kind: photo\n        name: 照片", "      - name: 照片"),
        "第 25 行第 9 列：缺少配置项“kind”，可以写 text、photo、video、form 之一。",
    ),
    "deadline, near": (
        ("due: 每天16:00前", "due: 每天16:00钟前"),
        f"第 9 行第 10 列：看不懂期限“每天16:00钟前”。最接近的写法是“每天16:00前”。{DUE_FORMS}",
    ),
    "deadline, like none": (
        ("due: 每天16:00前", "due: 尽快"),
        f"第 9 行第 10 列：看不懂期限“尽快”。{DUE_FORMS}",
    ),
    "deadline on no day": (
        ("due: 活动周期间", "due: 2月30日前"),
        f"第 21 行第 10 列：期限“2月30日前”里没有这个日期或时间。最接近的写法是“5月28日前”。{DUE_FORMS}",
    ),
    "deadline on a leap day": (("due: 活动周期间", "due: 2月29日前"), "第 21 行第 10 列：2023 年没有 2 月 29 日。"),
    "deadline as date": (
        ("due: 活动周期间", "due: 2023-05-28"),
        "第 21 行第 10 列：期限要用通知里的话写，例如 每天16:00前、次日10:00前、活动周结束后3日内、活动周结束后一周内、"
        "5月28日前、5月28日17:00前、活动周期间。",
    ),
    "week out of order": (
        ("last: 2023-05-20", "last: 2023-05-10"),
        "第 4 行第 7 列：最后一天（last）早于第一天（first）。",
    ),
    "no such day": (
        ("first: 2023-05-14", "first: 2023-02-30"),
        "第 4 行第 15 列：“first”要写成存在的日期，例如 2023-05-14。",
    ),
    "limits out of order": (
        ("at_most: 1500", "at_most: 150"),
        "第 18 行第 17 列：上限（at_most）小于下限（at_least）。",
    ),
    "limit of nothing": (("at_least: 2000", "at_least: 0"), "第 29 行第 28 列：“at_least”要大于 0。"),
    "alias of two materials": (
        ("[图片]", "[图片, 典型 案例]"),
        "第 20 行第 19 列：“典型 案例”已经是材料“文字材料”的名称或别名，一个名称只能属于一种材料。",
    ),
    "material twice": (
        ("name: 照片\n    aliases", "name: 文字材料\n    aliases"),
        "第 19 行第 11 列：“文字材料”已经是材料“文字材料”的名称或别名，一个名称只能属于一种材料。",
    ),
    "empty alias": (("[图片]", "[图片, ' ']"), "第 20 行第 19 列：“aliases”的第 2 项不能为空。"),
    "category, near": (
        ("[学校]", "[学较]"),
        "第 12 行第 21 列：名册里没有类别“学较”，是不是想写“学校”？",
    ),
    "category of a quota": (
        (
            "    parts:\n      - kind: photo",
            "    quotas: [{at_least: 1, clause: 二, quote: 数, categories: [县]}]\n    parts:\n      - kind: photo",
        ),
        "第 24 行第 62 列：名册里没有类别“县”，是不是想写“县区”？",
    ),
    "online without a system": (
        ("    due: 活动周期间", "    channel: online\n    due: 活动周期间"),
        "第 21 行第 14 列：这份材料走网上系统，但文件里没有写 online（系统的名称和地址）。",
    ),
    "id": (("bureau: jia", "id: jia-2023\nbureau: jia"), "第 1 行第 1 列：不用写 id：文件名就是编号。"),
    "severity": (
        ("clause: 二, quote: 像素", "clause: 二, quote: 像素, severity: remarks"),
        "第 29 行第 66 列：“severity”不能写“remarks”，是不是想写“remark”？只能写 error、remark、off 之一。",
    ),
    "limit with a unit": (
        ("at_least: 2000", "at_least: 2000像素"),
        "第 29 行第 28 列：“at_least”要写整数，不带单位，不加引号。",
    ),
    "limit in mega": (("at_least: 2000", "at_least: 2M"), "第 29 行第 28 列：“at_least”要写整数，不带单位，不加引号。"),
    "limit with a comma": (
        ("at_least: 2000", "at_least: 2,000"),
        "第 29 行第 30 列：“000”前面多了一个逗号：数字里不要用逗号。",
    ),
    "percent": (
        ("at_most: 1500", "at_most: 1500, tolerance: 10%"),
        "第 18 行第 59 列：“tolerance”要写数字，不带单位和百分号，不加引号。",
    ),
    "length without limits": (
        ("at_least: 800, at_most: 1500, ", ""),
        "第 18 行第 17 列：下限（at_least）和上限（at_most）至少要写一个。",
    ),
    "week of another year": (
        ("last: 2023-05-20", "last: 2024-05-20"),
        "第 4 行第 7 列：从 2023-05-14 到 2024-05-20 有 373 天，不像是活动周，请看看年月写对没有。",
    ),
    "week at the end of the calendar": (
        ("{first: 2023-05-14, last: 2023-05-20}", "{first: 9999-12-25, last: 9999-12-31}"),
        "第 4 行第 7 列：9999-12-25 不像是活动周的日期，请看看年份写对没有。",
    ),
    "half a character, escaped": (
        ("due: 每天16:00前", r'due: "每天16:00前\ud800"'),
        "第 9 行第 10 列：“\\”后面的编号不是文字，请直接写文字。",
    ),
    "control character, escaped, in a key": (
        ("number:", r'"number\0":'),
        "第 2 行第 1 列：“\\”后面的编号不是文字，请直接写文字。",
    ),
    "week that begins on a Chinese day": (
        ("first: 2023-05-14", "first: 5月14日"),
        "第 4 行第 15 列：“first”要写成存在的日期，例如 2023-05-14。",
    ),
    "deadline without 前": (
        ("due: 每天16:00前", "due: 5月8日"),
        f"第 9 行第 10 列：看不懂期限“5月8日”。最接近的写法是“5月28日前”。{DUE_FORMS}",
    ),
    "deadline on an afternoon's morning": (
        ("due: 每天16:00前", "due: 每天上午16:00前"),
        f"第 9 行第 10 列：期限“每天上午16:00前”里没有这个日期或时间。最接近的写法是“每天16:00前”。{DUE_FORMS}",
    ),
    "deadline on either midnight": (
        ("due: 每天16:00前", "due: 每天晚上0点前"),
        f"第 9 行第 10 列：期限“每天晚上0点前”里没有这个日期或时间。最接近的写法是“每天16:00前”。{DUE_FORMS}",
    ),
    "no keywords": (("材料}", "材料, keywords: []}"), "第 5 行第 40 列：“keywords”至少要写一项。"),
    "empty keyword": (("材料}", "材料, keywords: ['']}"), "第 5 行第 41 列：“keywords”的第 1 项不能为空。"),
    "keyword of one sign": (
        ("材料}", "材料, keywords: [活动周, 周]}"),
        "第 5 行第 46 列：关键词“周”太短，别的邮件里也会有，至少写两个字。",
    ),
    "keyword that is a unit": (
        ("材料}", "材料, keywords: [甲县]}"),
        "第 5 行第 41 列：“甲县”也是名册里的单位名称“甲县”，请去掉一个。",
    ),
    "alias that is a unit": (
        ("[图片]", "[甲县]"),
        "第 20 行第 15 列：“甲县”也是名册里的单位名称“甲县”，材料请用别的名称。",
    ),
    "alias that is the keyword": (
        ("[图片]", "[活动周]"),
        "第 20 行第 15 列：“活动周”也是主题的关键词“活动周”，材料请用别的名称。",
    ),
    "aliases apart by a full-width comma": (
        ("[图片]", "[图片，相片]"),
        "第 20 行第 15 列：“图片，相片”里有中文逗号；各项之间要用英文逗号“,”隔开。",
    ),
    "another word for everyone": (("[学校]", "[所有]"), "第 12 行第 21 列：“所有”请写成“全部”。"),
    "two categories in one": (
        ("[学校]", "[学校、县区]"),
        "第 12 行第 21 列：“学校、县区”要分成几项写，各项之间用英文逗号“,”隔开。",
    ),
    "material without a name": (
        ("name: 照片\n    aliases", "name: ''\n    aliases"),
        "第 19 行第 5 列：“name”不能为空。",
    ),
    "rule without a clause": (
        ("{at_least: 2000, clause: 二", "{at_least: 2000, clause: ''"),
        "第 29 行第 34 列：“clause”不能为空。",
    ),
    "days of grace": (("materials:", "grace_hours: 48\nmaterials:"), "第 6 行第 14 列：“grace_hours”不能大于 24。"),
    "closing in another age": (
        ("materials:", "closes_after_days: 999999999\nmaterials:"),
        "第 6 行第 20 列：“closes_after_days”不能大于 366。",
    ),
    "truth": (
        ("材料}", "材料, compulsory: 是}"),
        "第 5 行第 42 列：“compulsory”要写 true 或 false。",
    ),
    "a word where a group belongs": (
        ("{first: 2023-05-14, last: 2023-05-20}", "5月14日至20日"),
        "第 4 行第 7 列：“week”要写成“键: 值”的一组。",
    ),
}


@pytest.mark.parametrize(("change", "expected"), BUREAU_CASES.values(), ids=BUREAU_CASES)
def test_fault_in_bureau_is_reported_at_its_position(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    assert faults(make_home(tmp_path, bureau=change)) == [f"config/bureaus/jia.yaml {expected}"]


@pytest.mark.parametrize(("change", "expected"), NOTICE_CASES.values(), ids=NOTICE_CASES)
def test_fault_in_notice_is_reported_at_its_position(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    assert faults(make_home(tmp_path, notice=change)) == [f"config/notices/jia-2023.yaml {expected}"]


PARTS = {
    "video of one number": (
        "kind: video, resolution: {long_side: 640, short_side: 480, clause: 一, quote: 清, recommended: 720P}",
        "第 30 行第 123 列：“720P”要写成 1280*720 这样，长和宽各一个数。",
    ),
    "video on its side": (
        "kind: video, resolution: {long_side: 480, short_side: 640, clause: 一, quote: 清}",
        "第 30 行第 55 列：长边（long_side）小于短边（short_side）。",
    ),
    "form without a title": ("kind: form, title: ''", "第 30 行第 42 列：“title”不能为空。"),
    "form of an empty alias": (
        "kind: form, title: 表, aliases: ['']",
        "第 30 行第 62 列：“aliases”的第 1 项不能为空。",
    ),
    "mail body of no length": (
        "kind: text, in_body: 0",
        "第 30 行第 51 列：要写 true（可以写在邮件正文里）、false（不可以），或者正文至少要有的字数，例如 20。",
    ),
    "mentions of nothing": (
        "kind: text, mentions: {words: {}, clause: 一, quote: 写}",
        "第 30 行第 60 列：“words”至少要写一项。",
    ),
    "mention without words": (
        "kind: text, mentions: {words: {亮点: []}, clause: 一, quote: 写}",
        "第 30 行第 65 列：“亮点”至少要写一项。",
    ),
}


@pytest.mark.parametrize(("part", "expected"), PARTS.values(), ids=PARTS)
def test_fault_in_part_is_reported_at_its_position(tmp_path: Path, part: str, expected: str) -> None:
    last = "quote: 像素}\n"
    change = (last, f"{last}      - {{name: 部, clause: 一, {part}, quote: 文}}\n")
    assert faults(make_home(tmp_path, notice=change)) == [f"config/notices/jia-2023.yaml {expected}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("polling:\n  every_second: 60\n", "第 2 行第 3 列：不认识的配置项“every_second”，是不是想写“every_seconds”？"),
        ("time_zone: Asia/Shangai\n", "第 1 行第 12 列：没有“Asia/Shangai”这个时区，是不是想写“Asia/Shanghai”？"),
        ("time_zone: 北京\n", "第 1 行第 12 列：没有“北京”这个时区，中国写 Asia/Shanghai。"),
        (
            "sending:\n  retry_minutes: [2, 快]\n",
            "第 2 行第 22 列：“retry_minutes”的第 2 项要写整数，不带单位，不加引号。",
        ),
        ("limits:\n  attempts: 2.5\n", "第 2 行第 13 列：“attempts”要写整数，不带单位，不加引号。"),
        ("limits:\n  attempts: true\n", "第 2 行第 13 列：“attempts”要写整数，不带单位，不加引号。"),
        ("polling:\n  lookback_days: 99999999\n", "第 2 行第 18 列：“lookback_days”不能大于 366。"),
        ("polling:\n  every_seconds: 60秒\n", "第 2 行第 18 列：“every_seconds”要写整数，不带单位，不加引号。"),
        (
            "sending:\n  pause_seconds: 慢一点\n",
            "第 2 行第 18 列：要写秒数，例如 10，或者写最短和最长的秒数，例如 {least: 5, most: 60}。",
        ),
        (
            "sending:\n  pause_seconds: {least: 60, most: 5}\n",
            "第 2 行第 18 列：least（60 秒）不能大于 most（5 秒）。",
        ),
        (
            "sending:\n  pause_seconds: {least: 5, mots: 60}\n",
            "第 2 行第 29 列：不认识的配置项“mots”，是不是想写“most”？",
        ),
        ("sending:\n  pause_seconds: -1\n", "第 2 行第 18 列：要写 0 到 3600 之间的秒数。"),
        ("60\n", "第 1 行第 1 列：整个文件要由“键: 值”组成，请对照自带的样本文件。"),
        (
            "polling：\n  every_seconds: 60",
            "第 1 行第 8 列：这里用了中文冒号“：”。请换成英文冒号“:”，后面再加一个空格。",
        ),
    ],
    ids=[
        "key",
        "zone, near",
        "zone",
        "entry of a list",
        "fraction",
        "truth",
        "days of an age",
        "unit",
        "pause in words",
        "pause that shrinks",
        "misspelt end of a pause",
        "pause below zero",
        "a number alone",
        "full-width colon",
    ],
)
def test_fault_in_intake_is_reported_at_its_position(tmp_path: Path, text: str, expected: str) -> None:
    home = make_home(tmp_path)
    (home / "config/intake.yaml").write_text(text, encoding="utf-8")
    assert faults(home) == [f"config/intake.yaml {expected}"]


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("hc-ping.com/1", "要写完整的网址，例如 https://hc-ping.com/编号，不带用户名和密码。"),
        ("https://", "要写完整的网址，例如 https://hc-ping.com/编号，不带用户名和密码。"),
        ("https://me:secret@hc-ping.com/1", "要写完整的网址，例如 https://hc-ping.com/编号，不带用户名和密码。"),
        ("https://监控.cn/1", "要写完整的网址，例如 https://hc-ping.com/编号，不带用户名和密码。"),
        ("https://hc-ping.com/1 2", "要写完整的网址，例如 https://hc-ping.com/编号，不带用户名和密码。"),
        ("http://hc-ping.com/1", "网址要以 https:// 开头；http:// 只能用于本机（127.0.0.1）。"),
        ("ftp://127.0.0.1/1", "网址要以 https:// 开头；http:// 只能用于本机（127.0.0.1）。"),
        ("https://hc-ping.com:99999/1", "看不懂这个网址，应写成 https://hc-ping.com/编号 这样。"),
        ("http://[::1/1", "看不懂这个网址，应写成 https://hc-ping.com/编号 这样。"),
    ],
)
def test_unusable_ping_url_is_reported(tmp_path: Path, url: str, fault: str) -> None:
    home = make_home(tmp_path)
    (home / "config/intake.yaml").write_text(f"health:\n  ping_url: '{url}'\n", encoding="utf-8")
    assert faults(home) == [f"config/intake.yaml 第 2 行第 13 列：{fault}"]


@pytest.mark.parametrize(
    "url", ["https://hc-ping.com/1", "http://127.0.0.1:3001/api/push/x?status=up", "http://[::1]/"]
)
def test_usable_ping_url_is_accepted(tmp_path: Path, url: str) -> None:
    home = make_home(tmp_path)
    (home / "config/intake.yaml").write_text(f"health:\n  ping_url: '{url}'\n", encoding="utf-8")
    assert load(home).intake.health == HealthSettings(ping_url=url)


@pytest.mark.parametrize("key", ["password", "Password", "secret", "auth_code", "授权码", "token"])
def test_secret_in_file_is_reported_and_not_shown(tmp_path: Path, key: str) -> None:
    found = faults(make_home(tmp_path, bureau=("secret_env: JIA_SECRET", f"{key}: ABCDEFGHIJKLMNOP")))
    assert found == [
        "config/bureaus/jia.yaml 第 4 行第 3 列：密码、授权码不能写在配置文件里："
        "请改用 secret_env（环境变量的名称）或 secret_file（文件的路径）。"
    ]


@pytest.mark.parametrize("written", ["12345678", "'123-456'", "授权码"], ids=["digits", "no name", "Chinese"])
def test_secret_as_name_of_variable_is_reported_and_not_shown(tmp_path: Path, written: str) -> None:
    found = faults(make_home(tmp_path, bureau=("secret_env: JIA_SECRET", f"secret_env: {written}")))
    assert len(found) == 1
    assert found[0].startswith("config/bureaus/jia.yaml 第 4 行第 15 列：")
    assert written.strip("'") not in found[0].replace("授权码本身", "")


def test_fault_of_any_type_in_any_place_is_chinese(tmp_path: Path) -> None:
    """Whatever type stands in whatever place: the sentence is Chinese, and says what is wrong."""
    home = make_home(tmp_path)
    for file, text in FILES.items():
        lines = text.split("\n")
        for number, line in enumerate(lines):
            found = re.match(r"( *(?:- )?[a-z_]+: )", line)
            for wrong in ("[1, 2]", "{a: 1}", "7.5", "true", "2023-05-14", "~", "''") if found else ():
                changed = [*lines[:number], str(found and found[1]) + wrong, *lines[number + 1 :]]
                (home / file).write_text("\n".join(changed), encoding="utf-8")
                _assert_chinese(home)
        (home / file).write_text(text, encoding="utf-8")


def _assert_chinese(home: Path) -> None:
    try:
        load(home, {})
    except ConfigError as error:
        for fault in error.faults:
            assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", fault.message), fault
            assert "写得不对" not in fault.message, fault
