"""The clerks' week: 张 in 濮阳, 周 and 钱 in 合肥."""

from __future__ import annotations

from intake_bot.demo.material import clip
from intake_bot.demo.media import zip_of
from tests.rehearsal import material
from tests.rehearsal.clerks import QIAN, WANG, ZHANG, ZHOU, Step


def _py(day: str, clock: str, answers: str, words: str, how: str = "reply", **more: object) -> Step:
    return Step(day, clock, "puyang", ZHANG, answers, words, how, **more)  # type: ignore[arg-type]


def _hf(day: str, clock: str, clerk: str, answers: str, words: str, how: str = "reply") -> Step:
    return Step(day, clock, "hefei", clerk, answers, words, how)


DIGEST, NOTE, DONE, ASKED = "未报", "【待办】", "【已办】", "【请确认】"

PUYANG_STEPS = (
    # Sunday: she learns the words.
    _py("14", "17:45", DIGEST, "帮助"),
    _py("14", "17:47", DIGEST, "收 {台前县 文字 14}"),
    _py("14", "17:58", "【已办】收 ", "{撤销}"),
    _py("14", "19:10", DIGEST, "受 {台前县 照片 14}"),
    # Monday: two mailboxes of one school; an extension; a plain thank-you.
    _py("15", "13:10", NOTE, "退 {濮阳县职校 照片 15 二} 以学校邮箱 pyxzx 报送的为准"),
    _py("15", "17:48", DIGEST, "延　范县职校　照片　５月１６日１２：００\n延 南乐职专 5月17日"),
    _py("15", "18:25", "【已办】延", "收到，谢谢"),
    # Tuesday: reminds.
    _py("16", "11:50", DIGEST, "催 文字"),
    _py("16", "12:10", ASKED, "好"),
    _py("16", "12:50", "【已办】催", "{撤销}"),
    _py("16", "16:50", DIGEST, "谁没报"),
    _py("16", "17:05", DIGEST, "催 照片"),
    _py("16", "17:40", DIGEST, "1.催\n2.台账"),
    _py("16", "17:42", DIGEST, "关 {石化学院 照片 16}"),
    # Wednesday: a question, a forged mail, a file to fetch, a wrong unit.
    _py("17", "12:30", NOTE, "答 {示范区 文字 17 问} 可以，今晚20点前交就行。"),
    _py("17", "12:40", NOTE, "收 {清丰职校 照片 17}", "button"),
    _py("17", "17:40", DIGEST, "交 {濮阳科技学院 我的一天 17}", files=lambda: {"我的一天.mp4": clip(90.5)}),
    _py("17", "17:44", DIGEST, "收 {范县职校 照片 17}、{濮职院 照片 17}"),
    _py("17", "17:58", "【办好", "{撤销}"),
    # Thursday: the wrong school; what a school sent to her own mailbox; the whole day's photos.
    _py("18", "09:30", DIGEST, "改 {范县职校 误报 16} 范县职校 照片"),
    _py("18", "12:15", NOTE, "收 {濮阳科技学院 照片 18}", "button"),
    _py("18", "12:30", DIGEST, "打包 照片 5月17日"),
    _py(
        "18",
        "13:30",
        "",
        "转来工艺美校发到我邮箱的照片。",
        "new",
        files=lambda: {"照片.zip": zip_of(dict(material.album("工艺美校 18")))},
        subject="转发：活动周濮阳市工艺美术学校照片",
    ),
    _py("18", "17:45", DIGEST, "收 {zhang@py.example 18 13:30}", "button"),
    _py("18", "17:48", DIGEST, "选 3、5、7"),
    # Friday: typos; the digest goes to a colleague, who answers; her home mailbox.
    _py("19", "09:05", DIGEST, "收 1001-8\n关 {濮阳科技学院 我的一天 17}\n张老师今天不在"),
    Step("19", "10:20", "puyang", WANG, DIGEST, "催 文字"),
    _py("19", "12:40", DIGEST, "收 {台前县 照片 14}", "home"),
    _py("19", "17:40", DIGEST, "周报"),
    # Saturday.
    _py("20", "17:40", DIGEST, "周报\n台账"),
    _py("20", "17:48", DIGEST, "打包"),
)

HEFEI_STEPS = (
    _hf("15", "09:20", ZHOU, NOTE, "答 {幼教职校 日报 14 问} 可以，今天中午12点前交。"),
    _hf("15", "17:40", ZHOU, DIGEST, "谁没报"),
    _hf("16", "11:00", ZHOU, DIGEST, "退 {铁路工程学校 日报 15 二} 以学校邮箱为准"),
    _hf("16", "11:05", QIAN, DIGEST, "收 {铁路工程学校 日报 15 二}"),
    _hf("16", "17:45", QIAN, DIGEST, "延 巢湖市 日报 5月15日 5月17日12:00"),
    _hf("17", "10:45", ZHOU, DIGEST, "催 日报"),
    _hf("18", "10:50", QIAN, DIGEST, "收 {新站区 日报 17}"),
    _hf("18", "11:40", QIAN, "【已办】收", "{撤销}"),
    _hf("19", "17:45", ZHOU, DIGEST, "谢谢，辛苦了"),
    _hf("20", "17:45", ZHOU, DIGEST, "周报"),
    _hf("21", "11:00", QIAN, DIGEST, "台账"),
)
