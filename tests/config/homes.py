"""Small homes on disk, right in every part; tests break them on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.config.load import load
from intake_bot.errors import ConfigError

BUREAU = """\
name: 甲市教育局
mailbox:
  address: jia@example.edu.cn
  secret_env: JIA_SECRET
  imap: {host: imap.example.edu.cn, port: 993, security: tls}
  smtp: {host: smtp.example.edu.cn, port: 465, security: tls}
clerks: [clerk@example.edu.cn]
roster: rosters/jia.csv
"""

NOTICE = """\
bureau: jia
number: 甲教〔2023〕1号
title: 通知
week: {first: 2023-05-14, last: 2023-05-20}
subject: {form: 活动周xx单位xx材料}
materials:
  - name: 文字材料
    aliases: [文字, 典型案例]
    due: 每天16:00前
    clause: 一
    quote: 报送文字
    expected_from: [学校]
    parts:
      - kind: text
        name: 文字
        clause: 一
        quote: 报送文字
        length: {at_least: 800, at_most: 1500, clause: 一, quote: 字数}
  - name: 照片
    aliases: [图片]
    due: 活动周期间
    clause: 二
    quote: 报送照片
    parts:
      - kind: photo
        name: 照片
        clause: 二
        quote: 报送照片
        pixels: {at_least: 2000, clause: 二, quote: 像素}
"""

ROSTER = """\
单位,简称,类别,级别,邮箱
甲县教育局,甲县,县区,,
甲市第一职业学校,甲一职|一职校,学校,省级示范,one@example.edu.cn
"""

FILES = {
    "config/bureaus/jia.yaml": BUREAU,
    "config/notices/jia-2023.yaml": NOTICE,
    "config/rosters/jia.csv": ROSTER,
}

ENVIRON = {"JIA_SECRET": "not-a-real-one"}


def make_home(home: Path, **changed: tuple[str, str]) -> Path:
    """A home in which, of the file named, one text is replaced: `bureau=("port: 993", "prot: 993")`."""
    names = {"bureau": "config/bureaus/jia.yaml", "notice": "config/notices/jia-2023.yaml"}
    names["roster"] = "config/rosters/jia.csv"
    for name, text in FILES.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for short, (before, after) in changed.items():
        path = home / names[short]
        text = path.read_text(encoding="utf-8")
        assert text.count(before) >= 1, before
        path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return home


def faults(home: Path) -> list[str]:
    """All faults of the home, as the admin reads them."""
    with pytest.raises(ConfigError) as caught:
        load(home, ENVIRON)
    return [str(fault) for fault in caught.value.faults]


def remarks(home: Path) -> list[str]:
    """All remarks on a home without faults."""
    return [str(remark) for remark in load(home, ENVIRON).remarks]
