"""Is a mail written by a machine, or is it one of our own? Asked before its subject is read, since a bounce quotes our
own subject.

Nobody answers a machine (RFC 3834 section 2). The Chinese providers seldom use the headers of the RFCs; they are known
by headers of their own, by sender and by subject. The three questions know nothing of each other: where one is deceived
(a gateway strips headers, a mailbox moves), the others still see it.
"""

from __future__ import annotations

import re

from intake_bot.mail import machine_words as words
from intake_bot.mail.machine_marks import (
    is_a_report_by_its_type,
    is_an_answer_by_its_fields,
    is_sent_by_a_program,
    is_sent_to_a_list,
)
from intake_bot.mail.message import Message
from intake_bot.mail.originals import is_original, originals
from intake_bot.mail.outgoing import is_our_message_id

BOUNCE = "bounce"
OWN_LETTER = "own-letter"

# None of these is said by a person, and each stands at the very beginning: 转发：系统退信 is a person's.
_AUTO_REPLY_SUBJECT = re.compile(
    r"(?:自动回复|自动答复|自動回覆|自動答覆|automatic reply|auto[- ]?reply|auto[- ]?response|out of office)\s*[:：]"
    r"|[\[【]\s*(?:自动回复|自动答复|自動回覆|自動答覆)\s*[\]】]"
    r"|out of office\s+re\s*[:：]"
    r"|来自\S{3,80}的自动回复$",
    re.IGNORECASE,
)
# Outlook takes a letter back by sending another one.
_RECALL_SUBJECT = re.compile(r"(?:撤回|邮件撤回|召回|邮件召回|recall)\s*[:：]", re.IGNORECASE)
_RECEIPT_SUBJECT = re.compile(
    r"(?:已读|已读回执|未读|已讀|阅读回执|送达回执|read|not read|read receipt)\s*[:：]", re.IGNORECASE
)
_BOUNCE_SUBJECT = re.compile(
    r"(?:\[Qmail\]\s*)?来自\S{3,80}的退信$"
    r"|系统退信(?:/The email is returned)?$"
    r"|(?:退信|邮件退回)\s*[:：]"
    r"|退信通知$|邮件退回通知$|邮件投递失败(?:通知)?$"
    r"|(?:undeliverable|undelivered|未送达|无法送达|未传递|无法投递|邮件无法投递)\s*[:：]"
    r"|undelivered mail returned to sender$"
    r"|delivery status notification(?:\s*[(（].{1,40}[)）])?$"
    r"|mail delivery (?:failed|failure|system)|delivery failure|returned mail\s*:|failure notice$",
    re.IGNORECASE,
)
_RETURNED = re.compile(
    r"退信|退回|投递失败|无法送达|未送达|return|undeliver|deliver|fail|bounce|delay|notification|reject", re.IGNORECASE
)
_MAIL_SYSTEMS = frozenset({"postmaster", "mailer-daemon", "mailerdaemon", "mail-daemon", "mdaemon"})
_NOBODY = re.compile(r"bounces?(?:[-+].*)?|automail|auto-confirm")
_SYSTEM_DOMAINS = ("service.netease.com",)
_SYSTEM_ADDRESSES = frozenset({"10000@qq.com", "service@mail.qq.com"})
_QQ_ENVELOPE = re.compile(r"\+auto_=")
OWN_HEADER = "x-intake-bot"
_QUOTED_HEADER = re.compile(r"^[> \t]{0,8}X-Intake-Bot:", re.IGNORECASE | re.MULTILINE)
_AUTO_REPLY_OPENING = re.compile(r"(?:\s|<[^<>]{0,500}>|&nbsp;){0,200}+【?这是(?:一封)?自动回复")


def machine_reason(message: Message) -> str | None:
    """Which machine wrote this mail: one of bounce, receipt, auto-reply, recall, list, system. None for a mail that a
    person may have written."""
    questions = (
        (BOUNCE, _is_bounce(message)),
        ("receipt", _is_receipt(message)),
        ("auto-reply", _is_auto_reply(message)),
        ("recall", _is_recall(message)),
        ("list", is_sent_to_a_list(message)),
        ("system", _is_from_a_system(message)),
    )
    return next((reason for reason, applies in questions if applies), None)


def own_mail_reason(message: Message, own_addresses: frozenset[str]) -> str | None:
    """`own-letter` for a mail that comes from a mailbox of ours, or has a Message-ID as only this program makes them.

    `own_addresses` are the addresses of all configured bureaus in lower case. An answer to a letter of ours has a
    Message-ID of its own, and names ours in In-Reply-To.
    """
    ours = message.sender.address.lower() in own_addresses or is_our_message_id(message.message_id or "")
    return OWN_LETTER if ours else None


def own_header_reason(message: Message) -> str | None:
    """`own-letter` for a mail with the header that all our letters carry, on itself or on the one mail that it
    encloses: whoever only sends our letter back has nothing to report. Files of its own make it a person's mail."""
    if OWN_HEADER in message.headers:
        return OWN_LETTER
    if not all(is_original(attachment) for attachment in message.attachments):
        return None
    enclosed = any(original.bot_id for original in originals(message)) or _QUOTED_HEADER.search(message.text)
    return OWN_LETTER if enclosed else None


def _is_bounce(message: Message) -> bool:
    if _reports(message, "message/delivery-status") or "x-failed-recipients" in message.headers:
        return True
    if _BOUNCE_SUBJECT.match(message.subject) or words.BOUNCE_SUBJECT.match(message.subject):
        return True
    if words.BOUNCE_OPENING.match(message.text):
        return True
    return _local_part(message) in _MAIL_SYSTEMS and _RETURNED.search(message.subject) is not None


def _is_receipt(message: Message) -> bool:
    if _reports(message, "message/disposition-notification") or is_a_report_by_its_type(message):
        return True
    if _RECEIPT_SUBJECT.match(message.subject) or words.RECEIPT_SUBJECT.match(message.subject):
        return True
    return not message.attachments and words.MEETING_SUBJECT.match(message.subject) is not None


def _reports(message: Message, content_type: str) -> bool:
    """A multipart/report (RFC 6522) with a part of this kind; the container alone says nothing."""
    return message.header("content-type").lower().lstrip().startswith("multipart/report") and any(
        attachment.content_type == content_type for attachment in message.attachments
    )


def _is_auto_reply(message: Message) -> bool:
    if is_an_answer_by_its_fields(message):
        return True
    if _AUTO_REPLY_SUBJECT.match(message.subject) or words.AUTO_REPLY_SUBJECT.match(message.subject):
        return True
    if _QQ_ENVELOPE.search(message.header("return-path")):
        return True
    # 163 puts a blank text part beside its HTML.
    body = message.text if message.text.strip() else message.html
    openings = (_AUTO_REPLY_OPENING, words.AUTO_REPLY_OPENING)
    return not message.attachments and any(opening.match(body) for opening in openings)


def _is_recall(message: Message) -> bool:
    """What brings files is a school's new material, whatever it takes back."""
    return not message.attachments and _RECALL_SUBJECT.match(message.subject) is not None


def _is_from_a_system(message: Message) -> bool:
    if is_sent_by_a_program(message):
        return True
    address = message.sender.address.lower()
    local, _, domain = address.partition("@")
    return (
        local in _MAIL_SYSTEMS
        or _NOBODY.fullmatch(local) is not None
        or domain.endswith(_SYSTEM_DOMAINS)
        or address in _SYSTEM_ADDRESSES
    )


def _local_part(message: Message) -> str:
    return message.sender.address.partition("@")[0].lower()
