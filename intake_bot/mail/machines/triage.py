"""Recognises mail from programs and our own letters, before the subject is read: a bounce quotes our subject. Pure.

Mail from programs gets no answer (RFC 3834 section 2). Chinese providers seldom use the headers of the RFCs; they are
recognised by headers of their own, by sender and by subject. `machine_mark`, `own_mail_reason` and `own_header_reason`
are independent: if one is deceived (a gateway removes headers, a mailbox moves), the others still work.

Marks of programs also stand on mails of persons: Outlook, forwarding rules and mail services write them. So each mark
has a weight, which says what becomes of a mail that brings material under a fitting subject.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from intake_bot.mail.body import extract_own_text
from intake_bot.mail.machines import phrases
from intake_bot.mail.machines.absence import is_absence_notice, is_automatic_by_its_words, is_confirmation
from intake_bot.mail.machines.headers import (
    is_automatic_answer,
    is_list_address,
    is_mail_system_address,
    is_report_by_type,
    is_sent_by_program,
    is_sent_to_list,
    is_unread_address,
    is_written_by_program,
    may_be_automatic_answer,
    may_be_mail_system_address,
)
from intake_bot.mail.message import Attachment, Message
from intake_bot.mail.reading.original_mails import is_original_mail, read_original_mails
from intake_bot.mail.smtp.outgoing import is_our_message_id
from intake_bot.mail.subject_prefixes import REPLY, TAG, behind_prefixes, is_reply_subject, without_gateway_tags

BOUNCE = "bounce"
OWN_LETTER = "own-letter"

# No person writes these at the very beginning of a subject; 转发：系统退信 is from a person.
_AUTO_REPLY_SUBJECT = re.compile(
    r"(?:自动回复|自动答复|自動回覆|自動答覆|automatic reply|auto[- ]?reply|auto[- ]?response|out of office)\s*[:：]"
    r"|(?:[休假外出差]{2})?(?:自动回复|自动答复|自動回覆|自動答覆)\s"
    r"|[\[【(（]\s*(?:自动回复|自动答复|自動回覆|自動答覆)\s*[\]】)）]"
    r"|out of office\s+re\s*[:：]"
    r"|来自\S{3,80}的自动回复$",
    re.IGNORECASE,
)
# Outlook recalls a mail by sending another one.
_RECALL_SUBJECT = re.compile(
    r"(?:撤回|召回|(?:邮件|发信方|发件人|对方)已?(?:撤回|召回)(?:了?(?:一封)?邮件)?|recall)(?:通知|提醒)?\s*[:：]",
    re.IGNORECASE,
)
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
_BOUNCE_WORDS = re.compile(
    r"退信|退回|投递失败|无法送达|未送达|return|undeliver|deliver|fail|bounce|delay|notification|reject", re.IGNORECASE
)
_SYSTEM_DOMAINS = ("service.netease.com",)
_SYSTEM_ADDRESSES = frozenset({"10000@qq.com", "service@mail.qq.com"})
_QQ_ENVELOPE = re.compile(r"\+auto_=")
OWN_HEADER = "x-intake-bot"
_QUOTED_HEADER = re.compile(r"^[> \t]{0,8}X-Intake-Bot:", re.IGNORECASE | re.MULTILINE)
_AUTO_REPLY_END = re.compile(
    r"(?:[\s\-—–_:：|,，;；]|(?<=[材料片频字闻道结例案表报）)]))[(（\[【]?"
    r"(?:自动回复|自动答复|自动应答|自动回信|不在办公室|自動回覆|自動答覆"
    r"|automatic reply|auto[- ]?reply|auto[- ]?response|out of (?:the )?office)"
    r"(?:邮件|信息)?[)）\]】]?[\s。.!！]*$",
    re.IGNORECASE,
)
_REPORT_SUBJECT = re.compile(
    r"report domain\s*[:：].{1,200}?submitter\s*[:：]"
    r"|(?:e-?mail |abuse |spam |dmarc )?(?:feedback|complaint|abuse|aggregate) report\b"
    r"|complaint about (?:message|e-?mail|mail)\b|\[?dmarc\b.{0,80}\breport|垃圾邮件(?:举报|投诉)",
    re.IGNORECASE,
)
"""Reports of mail servers to each other: about DMARC and TLS, and about complaints of their users."""
_REPORT_PARTS = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
    }
)
_MAXIMUM_LOGO_BYTES = 20_000
"""Smaller pictures in the HTML are taken for logos. Later, when they are measured, their pixels decide."""
_BOUNCE_TEXT = re.compile(
    r"\b5[05]\d[ -]|user unknown|unknown user|no such user|rcpt to|undeliver|not delivered"
    r"|退信|投递失败|无法送达|未送达",
    re.IGNORECASE,
)
_REFUSAL_TEXT = re.compile(
    r"\b5[05]\d[ -](?:#?5\.\d{1,3}\.\d{1,3}\b|.{0,40}?(?:user|mailbox|recipient|address|account|用户|邮箱|收件人))"
    r"|user unknown|unknown user|no such user|undeliver|not delivered|(?:未能|无法)投递|投递失败",
    re.IGNORECASE,
)
"""Words of a server that no person writes by chance."""
_BOUNCE_TEXT_LENGTH = 2000
_AUTO_REPLY_OPENING = re.compile(r"(?:\s|<[^<>]{0,500}>|&nbsp;){0,200}+【?这是(?:一封)?自动回复")


class Weight(IntEnum):
    """How much a mark of a program weighs against the material that a mail brings. Mails without any are ignored."""

    NONE = 0
    POSSIBLE = 1
    """Mails of persons bear it too: with material they are judged and answered."""
    UNREAD = 2
    """Nobody would read an answer, or a program would answer it: with material they are judged, and not answered."""
    CERTAIN = 3
    """No submission has it."""


@dataclass(frozen=True)
class MachineMark:
    """By what a mail was recognised as a program's: the kind of program, and the weight of the heaviest mark."""

    reason: str
    """bounce, receipt, auto-reply, recall, list or system."""
    weight: Weight


def machine_mark(message: Message) -> MachineMark | None:
    """The mark of the program that sent this mail; None for a mail that only a person may have written."""
    found = [(reason, weight) for reason, weight, applies in _MARKS if applies(message)]
    return MachineMark(found[0][0], max(weight for _, weight in found)) if found else None


def has_own_files(message: Message) -> bool:
    """Whether the mail has attachments of its sender: no enclosed mails, no reports, nothing that programs add."""
    return any(not is_original_mail(one) and is_of_sender(one) for one in message.attachments)


def is_of_sender(attachment: Attachment) -> bool:
    """Whether the sender attached the file: not a part that a program added, and no logo."""
    return not (attachment.is_program_part or (attachment.is_inline and attachment.bytes < _MAXIMUM_LOGO_BYTES))


def is_reply_to_auto_reply(message: Message) -> bool:
    """Whether the subject is that of an answer to an auto-reply: Re: 自动回复. A person or a program may write it."""
    return is_reply_subject(message.subject) and _has_auto_reply_subject(message.subject)


def is_own_letter(message: Message) -> bool:
    """Whether the mail is a letter of ours, by its header or its Message-ID."""
    return OWN_HEADER in message.headers or is_our_message_id(message.message_id or "")


def own_mail_reason(message: Message, own_addresses: frozenset[str]) -> str | None:
    """`own-letter` for a mail from our own mailbox, or with a Message-ID of the form that only this program makes.

    `own_addresses` are in lower case. Another bureau's mailbox is none of them, for it may be one of our units. An
    answer to our letter has its own Message-ID; ours is in its In-Reply-To.
    """
    ours = message.sender.address.lower() in own_addresses or is_our_message_id(message.message_id or "")
    return OWN_LETTER if ours else None


def own_header_reason(message: Message) -> str | None:
    """`own-letter` for a mail that is or encloses a letter of ours, by the header that all our letters carry.

    Returning our letter reports nothing. None if the mail has files of its own: then a person wrote it.
    """
    if OWN_HEADER in message.headers:
        return OWN_LETTER
    if not all(is_original_mail(attachment) for attachment in message.attachments):
        return None
    enclosed = any(original.bot_id for original in read_original_mails(message)) or _QUOTED_HEADER.search(message.text)
    return OWN_LETTER if enclosed else None


def _is_bounce(message: Message) -> bool:
    if _is_report_about(message, "message/delivery-status") or "x-failed-recipients" in message.headers:
        return True
    if _is_wrapped_report(message) and _has_part(message, "message/delivery-status", "message/global-delivery-status"):
        return True
    subject = without_gateway_tags(message.subject)
    if _BOUNCE_SUBJECT.match(subject) or phrases.BOUNCE_SUBJECT.match(subject):
        return True
    if phrases.BOUNCE_OPENING.match(message.text):
        return True
    text = message.text[:_BOUNCE_TEXT_LENGTH] or message.html[:_BOUNCE_TEXT_LENGTH]
    if not is_mail_system_address(message.sender.address):
        may_report = may_be_mail_system_address(message.sender.address) and _answers(message)
        return may_report and not has_own_files(message) and _REFUSAL_TEXT.search(text) is not None
    return _BOUNCE_WORDS.search(message.subject) is not None or _BOUNCE_TEXT.search(text) is not None


def _is_receipt(message: Message) -> bool:
    if _is_report_about(message, "message/disposition-notification") or is_report_by_type(message):
        return True
    if _is_wrapped_report(message):
        return True
    subject = without_gateway_tags(message.subject)
    if _RECEIPT_SUBJECT.match(subject) or phrases.RECEIPT_SUBJECT.match(subject):
        return True
    without_files = (phrases.MEETING_SUBJECT, phrases.RECEIPT_NOTICE_SUBJECT)
    return not message.attachments and any(one.match(subject) for one in without_files)


def _is_report_about(message: Message, content_type: str) -> bool:
    """Whether the mail is a multipart/report (RFC 6522) with a part of this type; the container proves nothing."""
    is_report = message.header("content-type").lower().lstrip().startswith("multipart/report")
    return is_report and _has_part(message, content_type)


def _is_wrapped_report(message: Message) -> bool:
    """Whether the mail brings a report and the mail it is about, and nothing else: gateways wrap reports once more."""
    return _has_part(message, *_REPORT_PARTS) and all(is_original_mail(one) for one in message.attachments)


def _has_part(message: Message, *content_types: str) -> bool:
    return any(attachment.content_type in content_types for attachment in message.attachments)


def _is_auto_reply(message: Message) -> bool:
    if is_automatic_answer(message) or _has_auto_reply_subject(message.subject):
        return True
    # 163 sends a blank text part beside its HTML.
    body = message.text if message.text.strip() else message.html
    openings = (_AUTO_REPLY_OPENING, phrases.AUTO_REPLY_OPENING)
    return not message.attachments and any(opening.match(body) for opening in openings)


def _has_auto_reply_subject(subject: str) -> bool:
    """Whether a subject says that a program answers: at its beginning, behind Re: and [外部邮件], or at its end."""
    for rest in behind_prefixes(subject, (REPLY, TAG)):
        if _AUTO_REPLY_SUBJECT.match(rest) or phrases.AUTO_REPLY_SUBJECT.match(rest):
            return True
    return _AUTO_REPLY_END.search(subject) is not None


def is_notice_in_words(message: Message) -> bool:
    """Whether an answer that brings nothing says by its words alone that its sender is away, or that mail arrived.

    Only a guess: a person may write the same.
    """
    if has_own_files(message):
        return False
    if not _answers(message):
        return False
    words = extract_own_text(message)
    # A confirmation that answers a letter of ours is read as thanks.
    answers_us = any(is_our_message_id(one) for one in (*message.in_reply_to, *message.references))
    if is_absence_notice(words) or is_automatic_by_its_words(words):
        return True
    return not answers_us and is_confirmation(words)


def _answers(message: Message) -> bool:
    return bool(message.in_reply_to or message.references or is_reply_subject(message.subject))


def _may_be_auto_reply(message: Message) -> bool:
    # QQ writes this envelope sender on auto-replies, and on what it passes on by itself.
    return may_be_automatic_answer(message) or _QQ_ENVELOPE.search(message.header("return-path")) is not None


def _is_recall(message: Message) -> bool:
    """Whether the mail only recalls another; a mail with files is new material, whatever it recalls."""
    return not message.attachments and _RECALL_SUBJECT.match(without_gateway_tags(message.subject)) is not None


def _is_from_list(message: Message) -> bool:
    return is_list_address(message.sender.address)


def _is_report_of_server(message: Message) -> bool:
    return _REPORT_SUBJECT.match(without_gateway_tags(message.subject)) is not None


def _is_unread(message: Message) -> bool:
    address = message.sender.address.lower()
    domain = address.partition("@")[2]
    return (
        is_unread_address(address)
        or is_written_by_program(message)
        or domain.endswith(_SYSTEM_DOMAINS)
        or address in _SYSTEM_ADDRESSES
    )


_MARKS: tuple[tuple[str, Weight, Callable[[Message], bool]], ...] = (
    (BOUNCE, Weight.CERTAIN, _is_bounce),
    ("receipt", Weight.CERTAIN, _is_receipt),
    ("auto-reply", Weight.UNREAD, _is_auto_reply),
    ("auto-reply", Weight.POSSIBLE, _may_be_auto_reply),
    ("auto-reply", Weight.UNREAD, is_notice_in_words),
    ("recall", Weight.CERTAIN, _is_recall),
    ("list", Weight.UNREAD, _is_from_list),
    ("list", Weight.POSSIBLE, is_sent_to_list),
    ("system", Weight.CERTAIN, _is_report_of_server),
    ("system", Weight.UNREAD, _is_unread),
    ("system", Weight.POSSIBLE, is_sent_by_program),
)
"""The first that applies names the kind of program; the heaviest decides."""
