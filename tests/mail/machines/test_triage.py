from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from intake_bot.mail.machines.triage import (
    Weight,
    has_own_files,
    machine_mark,
    own_header_reason,
    own_mail_reason,
)
from intake_bot.mail.message import Attachment, Message
from tests.mail.samples import attachment, machine_reason, message, raw_mail, read

OWN = frozenset({"py8991718@126.com"})
REPORT = {"Content-Type": "multipart/report; boundary=b"}
STATUS = attachment("附件1.txt", "message/delivery-status")
ENCLOSED = attachment("附件2.eml", "message/rfc822")


@pytest.mark.parametrize(
    ("mail", "reason"),
    [
        pytest.param(message(headers=REPORT, attachments=(STATUS,)), "bounce", id="report with status"),
        pytest.param(message(headers={"X-Failed-Recipients": "a@b.cn"}), "bounce", id="failed recipients"),
        pytest.param(message(attachments=(STATUS,)), "bounce", id="status inside multipart/mixed"),
        pytest.param(message(attachments=(STATUS, ENCLOSED)), "bounce", id="status and mail inside multipart/mixed"),
        pytest.param(
            message(attachments=(attachment("附件1.bin", "message/feedback-report"), ENCLOSED)),
            "receipt",
            id="complaint inside multipart/mixed",
        ),
        pytest.param(
            message(
                sender="post_master@isp.cn", subject="Re: 活动周", text="Error: 550 user unknown, rcpt to <a@b.cn>"
            ),
            "bounce",
            id="post_master in words",
        ),
        pytest.param(message(subject="[外部邮件] 系统退信"), "bounce", id="bounce behind a gateway's tag"),
        pytest.param(
            message(subject="[外部邮件]已读：活动周濮阳县教育局文字材料"), "receipt", id="receipt behind a tag"
        ),
        pytest.param(
            message(
                subject="Report Domain: a.cn Submitter: google.com Report-ID: 1", attachments=(attachment("a.zip"),)
            ),
            "system",
            id="dmarc",
        ),
        pytest.param(message(subject="Email Feedback Report for IP 1.2.3.4"), "system", id="complaint by subject"),
        pytest.param(message(headers={"X-Apple-Action": "VACATION"}), "auto-reply", id="icloud vacation"),
        pytest.param(message(subject="回复：自动回复: 活动周"), "auto-reply", id="behind 回复"),
        pytest.param(message(subject="Re: 【自动回复】活动周"), "auto-reply", id="brackets behind re"),
        pytest.param(message(subject="[外部邮件] 自动回复: 活动周"), "auto-reply", id="behind a gateway's tag"),
        pytest.param(
            message(subject="[EXTERNAL] Re: [外部邮件]自动答复：活动周"), "auto-reply", id="behind several tags"
        ),
        pytest.param(message(subject="【外部邮件，注意】Automatic reply: x"), "auto-reply", id="behind a tag in words"),
        pytest.param(message(subject="活动周濮阳县教育局照片材料 自动回复"), "auto-reply", id="behind the subject"),
        pytest.param(message(subject="活动周濮阳县教育局照片材料（自动回复）"), "auto-reply", id="behind, in brackets"),
        pytest.param(message(subject="活动周濮阳县教育局照片-Auto Reply"), "auto-reply", id="behind, in English"),
        pytest.param(message(subject="活动周濮阳县教育局照片：自动应答"), "auto-reply", id="behind, in other words"),
        pytest.param(message(subject="活动周濮阳县教育局照片—不在办公室"), "auto-reply", id="behind, absent"),
        pytest.param(message(subject="休假自动回复 活动周濮阳县教育局照片"), "auto-reply", id="with a blank behind"),
        pytest.param(message(subject="(自动回复)Re: 活动周濮阳县教育局照片"), "auto-reply", id="round brackets"),
        pytest.param(
            message(sender="mailadmin@a.cn", subject="Re: 活动周", text="Undeliverable: 550 5.1.1 User unknown"),
            "bounce",
            id="bounce by mailadmin",
        ),
        pytest.param(
            message(sender="system@a.cn", subject="Re: 活动周", text="很抱歉，您的邮件未能投递到 b@a.cn"),
            "bounce",
            id="bounce by system, in Chinese",
        ),
        pytest.param(message(subject="活动周濮阳县教育局照片材料自动回复"), "auto-reply", id="behind, without a space"),
        pytest.param(
            message(subject="Re: 活动周", text="您好，我正在休假，6月1日回来后回复您。"), "auto-reply", id="absent"
        ),
        pytest.param(message(sender="docs-noreply@tool.cn"), "system", id="suffix noreply"),
        pytest.param(message(sender="dontreply@tool.cn"), "system", id="dontreply"),
        pytest.param(message(sender="noreply-oa@edu.cn"), "system", id="prefix noreply"),
        pytest.param(message(sender="do_not_reply2@edu.cn"), "system", id="do_not_reply2"),
        pytest.param(message(sender="post.master@edu.cn"), "system", id="post.master"),
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
        pytest.param(message(subject="已阅读：活动周濮阳县教育局文字材料"), "receipt", id="read, other words"),
        pytest.param(message(subject="接受: 活动周协调会"), "receipt", id="meeting accepted"),
        pytest.param(
            message(
                subject="活动周濮阳县教育局照片已收到", text="感谢您的提交，这是系统自动发送的确认邮件，请勿回复。"
            ),
            "auto-reply",
            id="confirmation of a form on the web",
        ),
        pytest.param(message(subject="[收条]活动周濮阳县教育局文字材料"), "receipt", id="receipt in brackets"),
        pytest.param(
            message(subject="【已读回执】活动周濮阳县教育局文字材料"), "receipt", id="receipt in Chinese brackets"
        ),
        pytest.param(message(subject="邮件回执：活动周濮阳县教育局文字材料"), "receipt", id="receipt of a provider"),
        pytest.param(message(subject="撤回: 活动周濮阳县教育局文字材料"), "recall", id="recall zh"),
        pytest.param(message(subject="邮件撤回通知：活动周濮阳县教育局文字材料"), "recall", id="recall as a notice"),
        pytest.param(message(subject="发信方已撤回邮件：活动周濮阳县教育局文字材料"), "recall", id="recall of QQ"),
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
def test_mail_of_a_program_has_a_machine_reason(mail: Message, reason: str) -> None:
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
        pytest.param(message(subject="转发：系统退信", text="请看这封退信"), id="bounce forwarded"),
        pytest.param(message(attachments=(STATUS, attachment())), id="status beside a photo"),
        pytest.param(message(subject="Re: 系统退信"), id="answer to a bounce"),
        pytest.param(message(subject="请老师关闭自动回复"), id="speaks of auto-replies at the end"),
        pytest.param(message(subject="关于自动回复"), id="about auto-replies"),
        pytest.param(message(headers={"X-Apple-Action": "MOVE_TO_FOLDER/Junk"}), id="icloud files a mail"),
        pytest.param(message(subject="我正在休假，回来后回复您"), id="absent in a subject"),
        pytest.param(message(text="我正在休假，6月1日回来后回复您"), id="absent, and no answer"),
        pytest.param(message(sender="reno.reply@qq.com"), id="reno"),
        pytest.param(message(sender="postmastery@qq.com"), id="name that begins like postmaster"),
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
        pytest.param(message(subject="[回执]活动周濮阳县教育局", attachments=(attachment("回执.docx"),)), id="form"),
        pytest.param(message(subject="活动周濮阳县教育局参会回执"), id="form without files"),
        pytest.param(message(subject="活动周濮阳县教育局文字材料（撤回：昨天那份作废）"), id="recall in the middle"),
        pytest.param(
            message(subject="撤回：活动周濮阳县教育局照片材料", attachments=(attachment(),)), id="recall with files"
        ),
        pytest.param(message(subject="关于自动回复【自动回复】的问题"), id="brackets in the middle"),
        pytest.param(message(subject="活动周濮阳县教育局退信：重发"), id="退信 in the middle"),
        pytest.param(
            message(sender="system@a.cn", subject="Re: 活动周", text="参加活动的有 550 名学生。"), id="number by system"
        ),
        pytest.param(
            message(sender="admin@a.cn", subject="活动周濮阳县教育局照片", text="上次邮件无法投递，重发"),
            id="admin tells of a bounce",
        ),
    ],
)
def test_mail_of_a_person_has_no_machine_reason(mail: Message) -> None:
    assert machine_reason(mail) is None
    assert own_mail_reason(mail, OWN) is None


FILE = attachment("活动情况.docx", "application/msword")


@pytest.mark.parametrize(
    ("mail", "weight"),
    [
        pytest.param(
            message(headers={"X-Auto-Response-Suppress": "DR, OOF, AutoReply"}), Weight.POSSIBLE, id="suppress"
        ),
        pytest.param(
            message(headers={"X-MS-Exchange-Generated-Message-Source": "Mailbox Rules Agent"}),
            Weight.POSSIBLE,
            id="mailbox rule",
        ),
        pytest.param(message(headers={"List-Unsubscribe": "<https://a.cn/u>"}), Weight.POSSIBLE, id="list-unsubscribe"),
        pytest.param(message(headers={"Precedence": "bulk"}), Weight.POSSIBLE, id="bulk"),
        pytest.param(message(headers={"Sender": "www-data@a.cn"}), Weight.POSSIBLE, id="sender www-data"),
        pytest.param(message(headers={"Reply-To": "no-reply@a.cn"}), Weight.POSSIBLE, id="reply-to noreply"),
        pytest.param(message(headers={"Return-Path": "<a+auto_=b@qq.com>"}), Weight.POSSIBLE, id="qq envelope"),
        pytest.param(message(headers={"Return-Path": "<>"}), Weight.POSSIBLE, id="null sender"),
        pytest.param(message(headers={"Auto-Submitted": "auto-forwarded"}), Weight.POSSIBLE, id="auto-forwarded"),
        pytest.param(message(headers={"Auto-Submitted": "auto-generated"}), Weight.POSSIBLE, id="auto-generated"),
        pytest.param(message(sender="root@a.cn"), Weight.POSSIBLE, id="root"),
        pytest.param(message(sender="noreply@a.cn"), Weight.UNREAD, id="noreply"),
        pytest.param(message(sender="www-data@a.cn"), Weight.UNREAD, id="www-data"),
        pytest.param(message(sender="postmaster@a.cn", subject="活动周"), Weight.UNREAD, id="postmaster"),
        pytest.param(message(sender="a-request@a.cn"), Weight.UNREAD, id="a list's program"),
        pytest.param(message(subject="自动回复: 活动周"), Weight.UNREAD, id="subject"),
        pytest.param(message(headers={"Auto-Submitted": "auto-replied"}), Weight.UNREAD, id="auto-replied"),
        pytest.param(
            message(sender="noreply@a.cn", headers={"Precedence": "bulk"}), Weight.UNREAD, id="the heavier of two"
        ),
        pytest.param(message(subject="系统退信", attachments=(FILE,)), Weight.CERTAIN, id="bounce"),
        pytest.param(message(headers={"X-Failed-Recipients": "a@b.cn"}), Weight.CERTAIN, id="failed recipients"),
    ],
)
def test_machine_mark_has_a_weight_against_material(mail: Message, weight: Weight) -> None:
    mark = machine_mark(mail)
    assert mark is not None
    assert mark.weight is weight


@pytest.mark.parametrize(
    ("one", "own"),
    [
        pytest.param(FILE, True, id="document"),
        pytest.param(attachment(), True, id="photo"),
        pytest.param(replace(attachment(), is_inline=True, bytes=200_000), True, id="large picture in the text"),
        pytest.param(replace(attachment(), is_inline=True, bytes=3000), False, id="logo"),
        pytest.param(replace(attachment(), is_program_part=True), False, id="key"),
        pytest.param(ENCLOSED, False, id="enclosed mail"),
        pytest.param(STATUS, False, id="report"),
    ],
)
def test_own_files_are_those_that_a_person_attached(one: Attachment, own: bool) -> None:
    assert has_own_files(message(attachments=(one,))) is own


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
def test_own_mail_is_recognised_by_address_and_message_id(mail: Message, reason: str | None) -> None:
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
def test_own_header_is_recognised_on_the_mail_and_on_enclosed_mails(
    raw: bytes, reason: str | None, tmp_path: Path
) -> None:
    assert own_header_reason(read(raw, tmp_path)) == reason


def subjects() -> list[tuple[str, bool]]:
    table = Path(__file__).parents[2] / "notices" / "subjects.tsv"
    with table.open(encoding="utf-8", newline="") as file:
        return [(row["subject"], row["kind"] == "machine") for row in csv.DictReader(file, delimiter="\t")]


@pytest.mark.parametrize(("subject", "machine"), subjects())
def test_subject_alone_gives_the_machine_reason(subject: str, machine: bool) -> None:
    assert (machine_reason(message(subject=subject)) is not None) == machine
