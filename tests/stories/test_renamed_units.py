"""A unit that is renamed keeps what it sent."""

from __future__ import annotations

import pytest

from intake_bot.demo.media import chinese_text, docx, zip_of
from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import EventName
from tests.marking import slow
from tests.stories.office import Office
from tests.stories.photos import ACCEPTED, GOOD, GOOD_NAME, REJECTED, SUPPLEMENT, send_rejected_photos

ROSTER = "rosters/puyang.csv"
OLD, NEW = "濮阳县教育局", "濮阳县教育体育局"
STORY = {"活动情况.docx": docx([chinese_text(900)])}


def rename(office: Office, how: str) -> None:
    """Renames 濮阳县教育局, with its old name as a former name or as a short name."""
    header = "单位,简称,类别,级别,邮箱"
    if how == "former":
        office.edit(ROSTER, header, f"{header},曾用名")
        office.edit(ROSTER, f"{OLD},濮阳县|濮阳县教体局,县区,,", f"{NEW},濮阳县|濮阳县教体局,县区,,,{OLD}")
    else:
        office.edit(ROSTER, f"{OLD},濮阳县|濮阳县教体局,", f"{NEW},濮阳县|濮阳县教体局|{OLD},")


@pytest.mark.parametrize("how", ["former", "short"])
def test_renamed_unit_is_not_missing_in_the_digest(puyang: Office, how: str) -> None:
    puyang.receive("2023-05-17 10:00", f"活动周{OLD}文字材料", STORY)
    puyang.poll("2023-05-17 10:01")
    before = puyang.digest("2023-05-17 17:00")
    rename(puyang, how)
    after = puyang.digest("2023-05-17 17:00")
    assert OLD not in after.replace(NEW, "")
    assert before.replace(OLD, NEW) == after
    assert [item.unit for item in puyang.items()] == [NEW]


@pytest.mark.parametrize("how", ["former", slow("short")])
def test_supplement_after_renaming_completes_what_was_sent_before(puyang: Office, how: str) -> None:
    first = send_rejected_photos(puyang)
    rename(puyang, how)
    puyang.receive("2023-05-17 11:00", f"活动周{NEW}照片", SUPPLEMENT, answers=first)
    (letter,) = puyang.poll("2023-05-17 11:01")
    assert puyang.decisions() == [REJECTED, ACCEPTED]
    assert letter.subject == f"【已收】活动周{NEW}照片（回执编号 1002-4）"
    assert f"接着用的文件（回执编号 1001-9 的邮件里合格的）：{GOOD_NAME}" in letter.text.splitlines()


def test_subject_with_the_former_name_is_understood(puyang: Office) -> None:
    rename(puyang, "former")
    puyang.receive("2023-05-17 10:00", f"活动周{OLD}照片", {"照片.zip": zip_of({GOOD_NAME: GOOD})})
    (letter,) = puyang.poll("2023-05-17 10:01")
    assert letter.subject == f"【已收】活动周{NEW}照片（回执编号 1001-9）"


def test_new_mail_after_renaming_replaces_the_one_before(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", f"活动周{OLD}文字材料", STORY)
    puyang.poll("2023-05-17 10:01")
    rename(puyang, "former")
    puyang.receive("2023-05-17 11:00", f"活动周{NEW}文字材料", {"新稿.docx": docx([chinese_text(950)])})
    puyang.poll("2023-05-17 11:01")
    assert [(item.unit, item.superseded) for item in puyang.items()] == [(NEW, True), (NEW, False)]


def test_trail_keeps_the_former_name(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", f"活动周{OLD}文字材料", STORY)
    puyang.poll("2023-05-17 10:01")
    rename(puyang, "former")
    puyang.poll("2023-05-17 10:05")
    puyang.poll("2023-05-17 10:06")
    with Ledger.open(Home(puyang.home).ledger) as ledger:
        events = ledger.trail.find_since_last("puyang", EventName.UNIT_RENAMED, EventName.LEDGER_RESTORED)
    assert [event.detail for event in events] == [{"former": OLD, "unit": NEW}]


def test_quota_counts_what_was_sent_before(hefei: Office) -> None:
    old, new = "肥东县教育体育局", "肥东县教育局"
    hefei.receive("2023-05-17 10:00", f"活动周{old}典型案例材料", {"一.docx": docx([chinese_text(900)])})
    (first,) = hefei.poll("2023-05-17 10:01")
    assert "本单位已报 1 篇，尚需 1 篇" in first.text
    hefei.edit("rosters/hefei.csv", f"{old},肥东县|肥东教体局,", f"{new},肥东县|肥东教体局|{old},")
    hefei.receive("2023-05-18 10:00", f"活动周{new}典型案例材料", {"二.docx": docx([chinese_text(950)])})
    (second,) = hefei.poll("2023-05-18 10:01")
    assert "本单位已报 2 篇，已经报够" in second.text
