"""Mails with marks of programs, taken in by a bureau at work.

Persons' submissions are judged, machines get no letter, and what is ignored and looks like a submission stands in the
digest.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from intake_bot.demo.media import chinese_text, docx
from tests.e2e.home import ADDRESSES
from tests.e2e.inspection import fates, text_of
from tests.e2e.mails import START, UNITS, Fate, compose
from tests.e2e.office import Office
from tests.marking import slow

TEACHER = "teacher@example.edu.cn"
FIT = f"活动周{UNITS[0]}典型案例材料"
OUR_LETTER = {"In-Reply-To": "<intake.1042-9.0123456789abcdef0123456789abcdef@126.com>"}
TEXT = {"典型案例.docx": docx([chinese_text(900)])}


def take_in(office: Office, raw: bytes) -> Fate:
    office.account.append(raw, START)
    office.run_cycle()
    (fate,) = fates(office.root)
    return fate


def digest(office: Office) -> str:
    assert office.file_due_digest()
    office.run_cycle()
    return text_of(office.smtp.letters[-1])


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Auto-Response-Suppress": "DR, OOF, AutoReply"},
        {"List-Unsubscribe": "<https://esp.example.com/u/1>"},
        {"Precedence": "bulk"},
        slow({"Sender": "www-data@example.edu.cn"}),
        slow({"Reply-To": "no-reply@example.edu.cn"}),
        slow({"Auto-Submitted": "auto-forwarded"}),
        {"Auto-Submitted": "auto-generated", "X-MS-Exchange-Generated-Message-Source": "Mailbox Rules Agent"},
        slow({"Return-Path": "<>"}),
        {"Return-Path": "<zhang+auto_=a=b.cn@example.edu.cn>"},
    ],
    ids=lambda headers: "+".join(headers),
)
def test_submission_with_a_mark_that_persons_bear_is_judged_and_answered(
    office: Office, headers: Mapping[str, str]
) -> None:
    assert take_in(office, compose(FIT, TEXT, sender=TEACHER, headers=headers)) is Fate.ACCEPTED
    assert [letter.recipients for letter in office.smtp.letters] == [(TEACHER,)]


@pytest.mark.parametrize(
    ("subject", "sender"),
    [
        pytest.param(FIT, "noreply@example.edu.cn", id="scanner"),
        slow(FIT, "oa-donotreply@example.edu.cn", id="office system"),
        pytest.param(f"自动回复: {FIT}", TEACHER, id="auto-reply by its subject"),
        pytest.param(f"Re: [外部邮件] 自动回复: {FIT}", TEACHER, id="auto-reply behind prefixes"),
    ],
)
def test_submission_that_cannot_be_answered_is_registered_and_named(office: Office, subject: str, sender: str) -> None:
    assert take_in(office, compose(subject, TEXT, sender=sender)) is Fate.ACCEPTED
    assert office.smtp.letters == ()
    said = digest(office)
    assert f"{sender} 收不了回信" in said
    assert "1001-9" in said


@pytest.mark.parametrize(
    "raw",
    [
        slow(compose("关于活动周的几点说明", TEXT, headers={"Precedence": "bulk"}), id="keyword and list mark"),
        pytest.param(compose("扫描件", {f"{FIT}.docx": b"a"}, sender="noreply@example.edu.cn"), id="file's name"),
        slow(compose(f"退信：{FIT}", TEXT), id="bounce in a person's words"),
        pytest.param(compose(FIT, headers={"List-Unsubscribe": "<https://a.cn>"}), id="files forgotten"),
        pytest.param(
            compose(f"Re: 自动回复: {FIT}", text="王老师，我校的典型案例上周已寄到科室，请核对登记情况。"), id="words"
        ),
        pytest.param(
            compose(f"Re: 【请补正】{FIT}", text="本邮箱已停用，请发送至 new@example.edu.cn。", headers=OUR_LETTER),
            id="mailbox left",
        ),
        pytest.param(compose(FIT, TEXT, sender=ADDRESSES["hebei"]), id="our own mailbox"),
    ],
)  # fmt: skip
def test_machine_mail_that_looks_like_a_submission_is_named(office: Office, raw: bytes) -> None:
    assert take_in(office, raw) is Fate.MACHINE
    assert office.smtp.letters == ()
    assert "像是报送材料，但带有自动邮件的标记" in digest(office)


@pytest.mark.parametrize(
    ("subject", "files"),
    [
        pytest.param(f"{UNITS[0]}典型案例", {}, id="unit and material, no files"),
        slow(UNITS[0], TEXT, id="unit and files"),
        pytest.param("典型案例", TEXT, id="material and files"),
        pytest.param("???????????", TEXT, id="past reading"),
    ],
)
def test_ignored_mail_of_a_person_that_looks_like_a_submission_is_named(
    office: Office, subject: str, files: dict[str, bytes]
) -> None:
    assert take_in(office, compose(subject, files)) is Fate.OTHER
    assert office.smtp.letters == ()
    assert "像是报送材料，但主题" in digest(office)


@pytest.mark.parametrize(
    ("subject", "text", "headers"),
    [
        pytest.param(f"Re: {FIT}", "您好，我正在休假，6月1日回来后回复您，急事请打电话。", {}, id="absent"),
        slow(f"Re: {FIT}", "外出几天", {"X-Apple-Action": "VACATION"}, id="icloud"),
        slow(f"{FIT} 自动回复", "已收到您的来信。", {}, id="mark behind the subject"),
        pytest.param("例会通知", "请准时参加。", {"Precedence": "bulk"}, id="another matter"),
    ],
)
def test_machine_mail_without_material_is_silent(
    office: Office, subject: str, text: str, headers: Mapping[str, str]
) -> None:
    assert take_in(office, compose(subject, text=text, headers=headers)) is Fate.MACHINE
    assert office.smtp.letters == ()
    assert "像是报送材料" not in digest(office)


def test_bounce_with_our_receipt_and_no_recipient_changes_nothing(office: Office) -> None:
    office.account.append(compose(FIT, TEXT, sender=TEACHER), START)
    office.run_cycle()
    text = "主题 【请补正】（回执编号 1001-9）\n退信原因 用户不存在"
    office.account.append(compose("系统退信", sender="postmaster@example.com", text=text), office.now)
    office.run_cycle()
    assert "被退回" not in digest(office)
