"""Content of a bounce: which letter bounced, for whom, why, and whether for good.

Three forms are read: the report of RFC 3464 (a message/delivery-status part), the pages of NetEase and other Coremail
servers (原邮件信息, 退信原因), and those of QQ and exmail (无法发送到, 退信原因). A page may come without a report.
Anybody can write a bounce, so the caller compares it with what was sent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from intake_bot.mail.address import ADDRESS_IN_TEXT
from intake_bot.mail.message import Attachment, Message
from intake_bot.mail.reading.headers import Field, decode_header, first_value, read_fields
from intake_bot.mail.reading.html_page import read_page
from intake_bot.mail.reading.original_mails import read_original_mails
from intake_bot.mail.reading.source import Source
from intake_bot.mail.smtp.outgoing import find_our_message_ids
from intake_bot.text.lines import one_line

_MAXIMUM_PAGE_LENGTH = 200_000
_MAXIMUM_LETTERS = 50
_MAXIMUM_SUBJECTS = 20
_MAXIMUM_RECIPIENTS = 50
_MAXIMUM_BLOCK_BYTES = 64 * 1024
_MAXIMUM_SERVER_TEXT = 300

_GAP = r"[\s:：<]{0,40}"
_ADDRESSES = re.compile(ADDRESS_IN_TEXT)
_RECIPIENT = re.compile(
    r"(?:rcpt to|收\s{0,4}件\s{0,4}人(?:\s?/\s?To)?|无法发送到|(?:未能|无法)(?:送达|投递)到?)" + _GAP + ADDRESS_IN_TEXT
)
_SUBJECT = re.compile(r"主\s{0,4}题(?:\s?/\s?Subject)?[ \t]*[:：]?\s{0,40}([^\r\n]{1,400})")
_REASON = re.compile(
    r"退信原因(?:\s?/\s?Bounce reason)?[\s:：]{0,40}(.{1,800}?)(?=(?:建议)?解决方案|退信代码|-{8}|\Z)", re.DOTALL
)
_STATUS_FIELDS = ("original-recipient", "final-recipient", "action", "status", "diagnostic-code")
_DELAY = re.compile(r"delay|warning|延迟|推迟|尚未", re.IGNORECASE)


class BounceReason(StrEnum):
    """Why a letter bounced, in words for the clerks, who are shown these instead of the server's words."""

    NO_MAILBOX = "收件地址不存在"
    CLOSED = "对方邮箱已停用"
    FULL = "对方邮箱已满"
    TOO_LARGE = "信件超过对方允许的大小"
    NO_DOMAIN = "收件地址 @ 后面的部分有误"
    UNREACHABLE = "连不上对方的邮件服务器"
    REFUSED = "被对方的邮件服务器拒收"
    UNKNOWN = "原因不明，可到邮箱里查看退信"


_CODES: tuple[tuple[str, BounceReason], ...] = (
    (r"[45]\.1\.2", BounceReason.NO_DOMAIN),
    (r"[45]\.1\.(?:0|1|3|6|10)", BounceReason.NO_MAILBOX),
    (r"[45]\.2\.1", BounceReason.CLOSED),
    (r"[45]\.2\.2", BounceReason.FULL),
    (r"[45]\.(?:2\.3|3\.4)", BounceReason.TOO_LARGE),
    (r"[45]\.4\.\d+", BounceReason.UNREACHABLE),
    (r"[45]\.7\.\d+", BounceReason.REFUSED),
)
"""Enhanced status codes (RFC 3463 section 3). 5.0.0 and the like give no reason; then the server's text decides."""
_PHRASES: tuple[tuple[BounceReason, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(form, re.IGNORECASE))
    for reason, form in (
        (BounceReason.FULL, r"quota|mailbox (?:is )?full|exceeded storage|空间不足|容量|已满"),
        (BounceReason.CLOSED, r"disabled|suspended|inactive|停用|禁用|冻结|hangup"),
        (
            BounceReason.NO_MAILBOX,
            r"(?:user|account|recipient|mailbox|address)\b.{0,40}(?:not found|unknown|n[o']t exist|unavailable)"
            r"|no such user|unknown user|no mailbox|invalid (?:user|recipient)"
            r"|(?:用户|邮箱|地址|收件人|[帐账]号).{0,10}(?:不存在|未开通)",
        ),
        (BounceReason.NO_DOMAIN, r"host not found|domain not found|dns query|域名.{0,10}(?:不存在|错误|解析)"),
        (BounceReason.TOO_LARGE, r"(?:message|mail) ?size|too (?:large|big)|过大|超过.{0,10}大小"),
        (BounceReason.UNREACHABLE, r"not connect|connection|timed? ?out|无法连接|连接超时|联络上"),
        (BounceReason.REFUSED, r"reject|denied|blocked|black ?list|spam|policy|\bSPM\b|refused|拒|垃圾|黑名单"),
    )
)


@dataclass(frozen=True)
class Bounce:
    """A bounce, as far as it can be read. All of it may be forged."""

    letter_ids: tuple[str, ...]
    """Message-IDs of our form, from anywhere in the bounce."""
    quoted_subjects: tuple[str, ...]
    """Subject of the bounced letter and its X-Intake-Bot value; either may contain our receipt number."""
    recipients: tuple[str, ...]
    """Addresses that the letter did not reach, in lower case."""
    reason: BounceReason
    server_text: str
    """What the mail server wrote, on one line of at most 300 characters."""
    is_final: bool
    """False for notices of delay or success: the letter has not bounced."""


@dataclass(frozen=True)
class _Status:
    """A delivery report's fields about one recipient (RFC 3464 section 2.3)."""

    recipients: tuple[str, ...]
    action: str
    code: str
    server_text: str

    @property
    def has_failed(self) -> bool:
        return self.action == "failed" or (not self.action and self.code.startswith("5"))


def read_bounce(message: Message) -> Bounce:
    """Reads a message that `machine_mark` recognised as a bounce. Raises OSError if our disk fails."""
    page = _visible_text(message)
    enclosed = read_original_mails(message)
    statuses = [status for one in message.attachments if _is_report(one) for status in _statuses(one)]
    failed = [status for status in statuses if status.has_failed]
    reason = found[1] if (found := _REASON.search(page)) else ""
    texts = [*(status.server_text for status in failed or statuses), reason]
    server_text = one_line(" ".join(texts).strip() or page)[:_MAXIMUM_SERVER_TEXT]
    named = [one for status in failed or statuses for one in status.recipients]
    named += _ADDRESSES.findall(message.header("x-failed-recipients"))
    heads = [text for one in enclosed for text in (one.subject, _receipt_text(one.bot_id))]
    subjects = [found.strip() for found in _SUBJECT.findall(page)]
    own = [one.message_id for one in enclosed if one.message_id]
    sources = (" ".join((*own, *message.in_reply_to, *message.references)), page)
    return Bounce(
        letter_ids=tuple(dict.fromkeys(found for text in sources for found in find_our_message_ids(text)))[
            :_MAXIMUM_LETTERS
        ],
        quoted_subjects=tuple(dict.fromkeys(text for text in (*heads, *subjects) if text))[:_MAXIMUM_SUBJECTS],
        recipients=_distinct(named or _RECIPIENT.findall(page) or _ADDRESSES.findall(page)),
        reason=_find_reason([status.code for status in failed], server_text),
        server_text=server_text,
        is_final=bool(failed) if statuses else _DELAY.search(message.subject) is None,
    )


def _visible_text(message: Message) -> str:
    """All text that a reader sees, normalised (NFKC) so that full-width letters become half-width ones."""
    text = f"{message.text[:_MAXIMUM_PAGE_LENGTH]}\n{read_page(message.html[:_MAXIMUM_PAGE_LENGTH]).text}"
    return unicodedata.normalize("NFKC", text)


def _receipt_text(bot_id: str) -> str:
    return f"回执编号 {bot_id}" if bot_id else ""


def _is_report(attachment: Attachment) -> bool:
    return attachment.content_type in ("message/delivery-status", "message/global-delivery-status")


def _statuses(report: Attachment) -> Iterator[_Status]:
    """One status for each recipient. The first block is about the whole mail; broken reporters leave it out."""
    with report.path.open("rb") as file:
        source = Source(file)
        for _ in range(_MAXIMUM_RECIPIENTS):
            fields, _cut = read_fields(source, _MAXIMUM_BLOCK_BYTES)
            status = _status(fields)
            if status.action or status.code:
                yield status
            if not fields and not source.read_line():
                return


def _status(fields: tuple[Field, ...]) -> _Status:
    values = {name: decode_header(first_value(fields, name)) for name in _STATUS_FIELDS}
    recipients = f"{values['original-recipient']} {values['final-recipient']}"
    addresses = _distinct(_ADDRESSES.findall(recipients.replace('"', "")))
    code = re.match(r"[245]\.\d{1,3}\.\d{1,3}", values["status"])
    diagnostic = values["diagnostic-code"]
    more = re.search(r"\b[45]\.\d{1,3}\.\d{1,3}\b", diagnostic)
    # The code in the other server's text says more than 5.0.0.
    better = more if more and (code is None or code.group().endswith(".0.0")) else code
    action = values["action"].partition(" ")[0].lower()
    return _Status(addresses, action, better.group() if better else "", diagnostic)


def _find_reason(codes: Iterable[str], server_text: str) -> BounceReason:
    for code in codes:
        for form, reason in _CODES:
            if re.fullmatch(form, code):
                return reason
    return next((reason for reason, form in _PHRASES if form.search(server_text)), BounceReason.UNKNOWN)


def _distinct(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.lower() for one in addresses))[:_MAXIMUM_RECIPIENTS]
