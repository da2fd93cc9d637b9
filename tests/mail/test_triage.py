from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from intake_bot.mail.message import Message
from intake_bot.mail.triage import machine_reason, own_header_reason, own_mail_reason
from tests.mail.samples import attachment, message, raw_mail, read

OWN = frozenset({"py8991718@126.com"})
REPORT = {"Content-Type": "multipart/report; boundary=b"}
STATUS = attachment("附件1.txt", "message/delivery-status")


@pytest.mark.parametrize(
    ("mail", "reason"),
    [
        pytest.param(message(headers=REPORT, attachments=(STATUS,)), "bounce", id="report with status"),
        pytest.param(message(headers={"X-Failed-Recipients": "a@b.cn"}), "bounce", id="failed recipients"),
        pytest.param(message(sender="PostMaster@qq.com", subject="来自qq.com的退信"), "bounce", id="qq"),
        pytest.param(message(subject="[Qmail] 来自qq.com的退信"), "bounce", id="qmail"),
        pytest.param(message(sender="Postmaster@163.com", subject="系统退信"), "bounce", id="163"),
        pytest.param(message(subject="系统退信/The email is returned"), "bounce", id="qiye.163"),
        pytest.param(message(subject="Undelivered Mail Returned to Sender"), "bounce", id="postfix"),
        pytest.param(message(subject="Delivery Status Notification (Failure)"), "bounce", id="google"),
        pytest.param(message(subject="未送达: 活动周濮阳县教育局文字材料"), "bounce", id="exchange"),
        pytest.param(message(sender="MAILER-DAEMON@x.cn", subject="邮件被退回"), "bounce", id="daemon and subject"),
        pytest.param(
            message(headers=REPORT, attachments=(attachment("附件1.txt", "message/disposition-notification"),)),
            "receipt",
            id="disposition notification",
        ),
        pytest.param(message(subject="已读：活动周濮阳县教育局文字材料"), "receipt", id="read in Chinese"),
        pytest.param(message(subject="Read: 活动周"), "receipt", id="read"),
        pytest.param(message(headers={"X-QQ-AUTO-REPLY": "true"}), "auto-reply", id="qq auto-reply"),
        pytest.param(message(headers={"X-QQ-HolidayReply": "true"}), "auto-reply", id="qq holiday"),
        pytest.param(message(headers={"X-Autoreply": "yes"}), "auto-reply", id="x-autoreply"),
        pytest.param(message(headers={"X-Autorespond": "x"}), "auto-reply", id="x-autorespond"),
        pytest.param(message(headers={"X-Auto-Response-Suppress": "All"}), "auto-reply", id="exchange suppress"),
        pytest.param(message(headers={"Auto-Submitted": "auto-replied (vacation)"}), "auto-reply", id="rfc 3834"),
        pytest.param(message(headers={"Precedence": "auto_reply"}), "auto-reply", id="precedence auto_reply"),
        pytest.param(message(headers={"Return-Path": "<a+auto_=b@qq.com>"}), "auto-reply", id="qq envelope"),
        pytest.param(message(subject="自动回复: 活动周濮阳县教育局文字材料"), "auto-reply", id="subject zh"),
        pytest.param(message(subject="自动答复：活动周"), "auto-reply", id="subject exchange zh"),
        pytest.param(message(subject="Automatic reply: x"), "auto-reply", id="subject exchange"),
        pytest.param(message(subject="来自lisi@sina.com的自动回复"), "auto-reply", id="sina"),
        pytest.param(message(html="<div><br>\n这是自动回复，我已收到您的来信</div>"), "auto-reply", id="163 body"),
        pytest.param(
            message(text=" \n", html="<div>\n这是自动回复，我已收到您的来信</div>"),
            "auto-reply",
            id="163 body, blank text",
        ),
        pytest.param(message(subject="退信：活动周濮阳县教育局文字材料"), "bounce", id="subject 退信"),
        pytest.param(message(subject="邮件退回: 【请补正】活动周"), "bounce", id="subject 邮件退回"),
        pytest.param(message(subject="[自动回复]【请补正】活动周"), "auto-reply", id="brackets"),
        pytest.param(message(subject="【自动回复】您的来信已收到"), "auto-reply", id="Chinese brackets"),
        pytest.param(message(subject="Out of Office Re: 活动周"), "auto-reply", id="out of office re"),
        pytest.param(message(subject="撤回: 活动周濮阳县教育局文字材料"), "recall", id="recall zh"),
        pytest.param(message(subject="邮件召回：活动周濮阳县教育局文字材料"), "recall", id="recall zh, other words"),
        pytest.param(message(subject="Recall: 活动周"), "recall", id="recall"),
        pytest.param(message(headers={"Precedence": "bulk"}), "list", id="precedence bulk"),
        pytest.param(message(headers={"List-Id": "<a.b.cn>"}), "list", id="list id"),
        pytest.param(message(headers={"Auto-Submitted": "auto-generated"}), "system", id="auto-generated"),
        pytest.param(message(headers={"Return-Path": "<>"}), "system", id="null sender"),
        pytest.param(message(sender="noreply@edu.cn"), "system", id="noreply"),
        pytest.param(message(sender="no-reply@edu.cn"), "system", id="no-reply"),
        pytest.param(message(sender="postmaster@edu.cn", subject="通知"), "system", id="postmaster"),
        pytest.param(message(sender="mail@service.netease.com"), "system", id="netease"),
        pytest.param(message(sender="10000@qq.com"), "system", id="tencent"),
    ],
)
def test_machine_reason_of_machine_mail(mail: Message, reason: str) -> None:
    assert machine_reason(mail) == reason


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param(
            message(subject="活动周濮阳县教育局文字材料", text="昨天收到系统退信，现重发"), id="退信 in the body"
        ),
        pytest.param(message(headers=REPORT), id="bare report"),
        pytest.param(message(headers=REPORT, attachments=(attachment(),)), id="report with a photo"),
        pytest.param(message(attachments=(attachment("退信.eml", "message/rfc822"),)), id="bounce attached"),
        pytest.param(message(attachments=(STATUS,)), id="status outside a report"),
        pytest.param(message(subject="转发：系统退信", text="请看这封退信"), id="bounce forwarded"),
        pytest.param(message(subject="回复：自动回复: 活动周"), id="answer to an auto-reply"),
        pytest.param(message(subject="关于退信原因的咨询"), id="asks about a bounce"),
        pytest.param(message(subject="Reading week"), id="begins with read"),
        pytest.param(message(headers={"Auto-Submitted": "no"}), id="auto-submitted no"),
        pytest.param(message(headers={"X-QQ-AUTO-REPLY": "false"}), id="qq says no"),
        pytest.param(message(headers={"Precedence": "normal"}), id="precedence normal"),
        pytest.param(message(headers={"X-QQ-mid": "x", "X-QQ-STYLE": "", "Return-Path": "<a@qq.com>"}), id="qq"),
        pytest.param(message(headers={"X-CM-TRANSID": "x", "X-Priority": "3", "X-CM-SenderInfo": "y"}), id="163"),
        pytest.param(message(sender="noreplyzhang@qq.com"), id="name that begins so"),
        pytest.param(message(text="老师好，他们的邮箱说：这是自动回复。"), id="speaks of auto-replies"),
        pytest.param(message(sender=""), id="no sender"),
        pytest.param(message(subject="活动周濮阳县教育局文字材料（撤回：昨天那份作废）"), id="recall in the middle"),
        pytest.param(
            message(subject="撤回：活动周濮阳县教育局照片材料", attachments=(attachment(),)), id="recall with files"
        ),
        pytest.param(message(subject="关于自动回复【自动回复】的问题"), id="brackets in the middle"),
        pytest.param(message(subject="活动周濮阳县教育局退信：重发"), id="退信 in the middle"),
    ],
)
def test_machine_reason_of_a_persons_mail(mail: Message) -> None:
    assert machine_reason(mail) is None
    assert own_mail_reason(mail, OWN) is None


OURS = "<intake.1042-9.0123456789abcdef0123456789abcdef@126.com>"


@pytest.mark.parametrize(
    ("mail", "reason"),
    [
        pytest.param(message(sender="PY8991718@126.com"), "own-letter", id="own address"),
        pytest.param(replace(message(), message_id=OURS), "own-letter", id="own Message-ID"),
        pytest.param(replace(message(), in_reply_to=(OURS,), references=(OURS,)), None, id="answers us"),
        pytest.param(replace(message(), message_id="<intake.x@126.com>"), None, id="resembles ours"),
        pytest.param(message(sender="py8991718@126.com.cn"), None, id="another domain"),
    ],
)
def test_own_mail_is_known_by_address_and_message_id(mail: Message, reason: str | None) -> None:
    assert own_mail_reason(mail, OWN) == reason


def enclosing(*lines: str, content_type: str = "message/rfc822", name: str = "", photo: bool = False) -> bytes:
    """A stranger's mail that says nothing by itself and encloses these lines as one part."""
    head = ("From: admin@example.com", "Subject: no luck", "MIME-Version: 1.0")
    text = ("Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain", "", "see below")
    named = (f'Content-Disposition: attachment; filename="{name}"',) if name else ()
    enclosed = ("--b", f"Content-Type: {content_type}", *named, "", *lines)
    image = ("--b", 'Content-Type: image/jpeg; name="a.jpg"', "Content-Transfer-Encoding: base64", "", "/9j/4A==")
    return raw_mail(*head, *text, *enclosed, *(image if photo else ()), "--b--")


LETTER = ("From: py8991718@126.com", "Subject: x", "X-Intake-Bot: 1042-9", "", "text")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(raw_mail("From: a@b.cn", "X-Intake-Bot: 1042-9", "", "x"), "own-letter", id="its own header"),
        pytest.param(enclosing(*LETTER), "own-letter", id="enclosed whole"),
        pytest.param(enclosing(*LETTER[:3], content_type="text/rfc822-headers"), "own-letter", id="enclosed head"),
        pytest.param(
            enclosing(*LETTER, content_type="application/octet-stream", name="mail.eml"), "own-letter", id="mail.eml"
        ),
        pytest.param(raw_mail("From: a@b.cn", "", "Returned:", "X-Intake-Bot: 1042-9"), "own-letter", id="in the text"),
        pytest.param(enclosing(*LETTER, photo=True), None, id="with a photo"),
        pytest.param(enclosing("From: a@b.cn", "Subject: x", "", "X-Intake-Bot: 1"), None, id="another's mail"),
        pytest.param(raw_mail("From: a@b.cn", "", "what is the X-Intake-Bot: field?"), None, id="asks about it"),
        pytest.param(raw_mail("From: a@b.cn", "Subject: X-Intake-Bot: 1", "", "x"), None, id="in the subject"),
    ],
)
def test_own_header_is_known_on_the_mail_and_on_what_it_encloses(
    raw: bytes, reason: str | None, tmp_path: Path
) -> None:
    assert own_header_reason(read(raw, tmp_path)) == reason


def subjects() -> list[tuple[str, bool]]:
    table = Path(__file__).parents[1] / "notices" / "subjects.tsv"
    with table.open(encoding="utf-8", newline="") as file:
        return [(row["subject"], row["kind"] == "machine") for row in csv.DictReader(file, delimiter="\t")]


@pytest.mark.parametrize(("subject", "machine"), subjects())
def test_machine_reason_by_the_subject_alone(subject: str, machine: bool) -> None:
    assert (machine_reason(message(subject=subject)) is not None) == machine
