from __future__ import annotations

import pytest

from intake_bot.judging.recognition import has_fitting_subject, is_past_reading, looks_like_submission
from intake_bot.notices.subject import read_subject
from tests.judging.cases import SETTINGS, notice

NOTICE = notice("puyang-2023")
ROSTER = next(bureau.roster for bureau in SETTINGS.bureaus if bureau.id == "puyang")


@pytest.mark.parametrize(
    ("subject", "fits"),
    [
        ("活动周濮阳县教育局文字材料", True),
        ("濮阳县教育局文字材料", True),
        ("活动周照片", True),
        ("活动周天涯海角学校照片材料", True),
        ("活动周濮阳县教育局", True),
        ("Re: 活动周濮阳县教育局照片材料", True),
        ("活动周特刊", False),
        ("濮阳县教育局", False),
        ("照片", False),
        ("", False),
    ],
)
def test_subject_with_two_of_keyword_unit_and_material_fits(subject: str, fits: bool) -> None:
    assert has_fitting_subject(read_subject(subject, NOTICE, ROSTER)) is fits


@pytest.mark.parametrize(
    "subject",
    [
        "=?utf-8?B?5rS75Yqo5ZGo",
        "活动周 =?gb2312?Q?=BB=EE",
        "=??B?5rS75Yqo?=",
        "%E6%B4%BB%E5%8A%A8%E5%91%A8",
        "&#27963;&#21160;&#21608;",
        "&#x6d3b;&#x52a8;&#x5468;",
        r"\u6d3b\u52a8\u5468",
        "æ´»åŠ¨å‘¨æ¿®é˜³",
        "»î¶¯ÖÜå§ÑôÏØ½ÌÓý¾Ö",
        "?????????",
        "活动\ufffd\ufffd教育局",
        "锟斤拷锟斤拷",
        "+bTtSqFRoXutTYw-",
    ],
)
def test_subject_that_shows_an_encoding_is_past_reading(subject: str) -> None:
    assert is_past_reading(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "活动周濮阳县教育局文字材料",
        "收到了吗????",
        "打折 50%！100%",
        "Réponse à la note",
        "A & B",
        "Q&A: why?",
        "1+1=2",
    ],
)
def test_subject_in_plain_words_is_not_past_reading(subject: str) -> None:
    assert not is_past_reading(subject)


@pytest.mark.parametrize(
    ("subject", "names", "brings", "looks"),
    [
        pytest.param("活动周照片", ("1.jpg",), True, True, id="keyword"),
        pytest.param("濮阳县教育局", ("1.jpg",), True, True, id="unit"),
        pytest.param("请查收照片", ("1.jpg",), True, True, id="material"),
        pytest.param("=?utf-8?B?5rS7", ("1.jpg",), True, True, id="subject past reading"),
        pytest.param("活动周濮阳县".encode("gbk").decode("koi8-r"), ("1.jpg",), True, True, id="decoded as Cyrillic"),
        pytest.param("活动周濮阳县".encode("gbk").decode("cp437"), ("1.jpg",), True, True, id="decoded as of DOS"),
        pytest.param("Αθήνα", ("1.jpg",), False, False, id="another language, nothing brought"),
        pytest.param("请查收", ("活动周濮阳县教育局文字材料.docx",), True, True, id="name of a file"),
        pytest.param("回执编号 1042-9", ("1.jpg",), True, True, id="receipt number"),
        pytest.param("例会通知", ("例会.docx",), True, False, id="another matter"),
        pytest.param("活动周濮阳县教育局照片", (), False, False, id="nothing brought"),
    ],
)
def test_ignored_mail_that_brings_something_and_says_what_looks_like_submission(
    subject: str, names: tuple[str, ...], brings: bool, looks: bool
) -> None:
    reading = read_subject(subject, NOTICE, ROSTER)
    assert looks_like_submission(reading, names, brings, NOTICE, ROSTER) is looks
