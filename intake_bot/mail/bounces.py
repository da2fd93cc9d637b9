"""What a bounce says: which letter came back, from whom, why, and whether for good.

Three manners are read: the report of RFC 3464 (a part message/delivery-status), and the pages of the Chinese providers,
of NetEase and other Coremail servers (原邮件信息, 退信原因) and of QQ and exmail (无法发送到, 退信原因), which need not
have one. All of it is a stranger's word: nothing is taken for true but by comparing it with what we sent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from intake_bot.mail.headers import Field, first_value, header_text, one_line, read_fields
from intake_bot.mail.markup import own_page
from intake_bot.mail.message import Attachment, Message
from intake_bot.mail.originals import originals
from intake_bot.mail.outgoing import our_message_ids
from intake_bot.mail.source import Source

_LONGEST_PAGE = 200_000
_MOST_LETTERS = 50
_MOST_QUOTED = 20
_MOST_RECIPIENTS = 50
_BLOCK_BYTES = 64 * 1024
_WORDS = 300

_ADDRESS = r"([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,200}[A-Za-z0-9])"
_GAP = r"[\s:：<]{0,40}"
_ADDRESSES = re.compile(_ADDRESS)
_RECIPIENT = re.compile(
    r"(?:收\s{0,4}件\s{0,4}人(?:\s?/\s?To)?|无法发送到|(?:未能|无法)(?:送达|投递)到?)" + _GAP + _ADDRESS
)
_SUBJECT = re.compile(r"主\s{0,4}题(?:\s?/\s?Subject)?[ \t]*[:：]?\s{0,40}([^\r\n]{1,400})")
_REASON = re.compile(
    r"退信原因(?:\s?/\s?Bounce reason)?[\s:：]{0,40}(.{1,800}?)(?=(?:建议)?解决方案|退信代码|-{8}|\Z)", re.DOTALL
)
_STATUS_FIELDS = ("original-recipient", "final-recipient", "action", "status", "diagnostic-code")
_DELAY = re.compile(r"delay|warning|延迟|推迟|尚未", re.IGNORECASE)


class Why(StrEnum):
    """Why a letter came back, in words for the clerks. These alone are shown: a stranger's own words are not."""

    NO_MAILBOX = "收件地址不存在"
    CLOSED = "对方邮箱已停用"
    FULL = "对方邮箱已满"
    TOO_LARGE = "信件超过对方允许的大小"
    NO_DOMAIN = "收件地址 @ 后面的部分有误"
    UNREACHABLE = "连不上对方的邮件服务器"
    REFUSED = "被对方的邮件服务器拒收"
    UNKNOWN = "原因不明，可到邮箱里查看退信"


_CODES: tuple[tuple[str, Why], ...] = (
    (r"[45]\.1\.2", Why.NO_DOMAIN),
    (r"[45]\.1\.(?:0|1|3|6|10)", Why.NO_MAILBOX),
    (r"[45]\.2\.1", Why.CLOSED),
    (r"[45]\.2\.2", Why.FULL),
    (r"[45]\.(?:2\.3|3\.4)", Why.TOO_LARGE),
    (r"[45]\.4\.\d+", Why.UNREACHABLE),
    (r"[45]\.7\.\d+", Why.REFUSED),
)
"""Enhanced status codes (RFC 3463 section 3). 5.0.0 and the like tell nothing; then the words must."""
_PHRASES: tuple[tuple[Why, re.Pattern[str]], ...] = tuple(
    (why, re.compile(form, re.IGNORECASE))
    for why, form in (
        (Why.FULL, r"quota|mailbox (?:is )?full|exceeded storage|空间不足|容量|已满"),
        (Why.CLOSED, r"disabled|suspended|inactive|停用|禁用|冻结|hangup"),
        (
            Why.NO_MAILBOX,
            r"(?:user|account|recipient|mailbox|address)\b.{0,40}(?:not found|unknown|n[o']t exist|unavailable)"
            r"|no such user|unknown user|no mailbox|invalid (?:user|recipient)"
            r"|(?:用户|邮箱|地址|收件人|[帐账]号).{0,10}(?:不存在|未开通)",
        ),
        (Why.NO_DOMAIN, r"host not found|domain not found|dns query|域名.{0,10}(?:不存在|错误|解析)"),
        (Why.TOO_LARGE, r"(?:message|mail) ?size|too (?:large|big)|过大|超过.{0,10}大小"),
        (Why.UNREACHABLE, r"not connect|connection|timed? ?out|无法连接|连接超时|联络上"),
        (Why.REFUSED, r"reject|denied|blocked|black ?list|spam|policy|\bSPM\b|refused|拒|垃圾|黑名单"),
    )
)


@dataclass(frozen=True)
class Bounce:
    """A bounce, as far as it can be read."""

    letters: tuple[str, ...]
    """Message-IDs in our manner, wherever they stand in it."""
    quoted: tuple[str, ...]
    """Subjects of the mail that came back, and its X-Intake-Bot: our receipt number may be in them."""
    recipients: tuple[str, ...]
    """To whom it did not go, lower case."""
    why: Why
    words: str
    """The mail server's own words, one line."""
    final: bool
    """False for a notice of delay, and for one of success: the letter has not come back."""


@dataclass(frozen=True)
class _Status:
    """What a delivery report says of one recipient (RFC 3464 section 2.3)."""

    recipients: tuple[str, ...]
    action: str
    code: str
    words: str

    @property
    def has_failed(self) -> bool:
        return self.action == "failed" or (not self.action and self.code.startswith("5"))


def read_bounce(message: Message) -> Bounce:
    """What `message` says, which `machine_reason` took for a bounce. Raises OSError, of our own disk."""
    page = _page(message)
    enclosed = originals(message)
    statuses = [status for one in message.attachments if _is_report(one) for status in _statuses(one)]
    failed = [status for status in statuses if status.has_failed]
    reason = found[1] if (found := _REASON.search(page)) else ""
    said = [*(status.words for status in failed or statuses), reason]
    words = " ".join(one_line(" ".join(said).strip() or page).split())[:_WORDS]
    named = [address for status in failed or statuses for address in status.recipients]
    named += _ADDRESSES.findall(message.header("x-failed-recipients"))
    heads = [text for one in enclosed for text in (one.subject, _receipt_words(one.bot_id))]
    subjects = [found.strip() for found in _SUBJECT.findall(page)]
    own = [one.message_id for one in enclosed if one.message_id]
    texts = (" ".join((*own, *message.in_reply_to, *message.references)), page)
    return Bounce(
        letters=tuple(dict.fromkeys(found for text in texts for found in our_message_ids(text)))[:_MOST_LETTERS],
        quoted=tuple(dict.fromkeys(text for text in (*heads, *subjects) if text))[:_MOST_QUOTED],
        recipients=_distinct(named or _RECIPIENT.findall(page)),
        why=_why([status.code for status in failed], words),
        words=words,
        final=bool(failed) if statuses else _DELAY.search(message.subject) is None,
    )


def _page(message: Message) -> str:
    """All that a reader sees of it, in half-width letters where there are such."""
    text = f"{message.text[:_LONGEST_PAGE]}\n{own_page(message.html[:_LONGEST_PAGE]).text}"
    return unicodedata.normalize("NFKC", text)


def _receipt_words(bot_id: str) -> str:
    return f"回执编号 {bot_id}" if bot_id else ""


def _is_report(attachment: Attachment) -> bool:
    return attachment.content_type in ("message/delivery-status", "message/global-delivery-status")


def _statuses(report: Attachment) -> Iterator[_Status]:
    """One for each recipient. The first block is about the mail as a whole; broken reporters leave it out."""
    with report.path.open("rb") as file:
        source = Source(file)
        for _ in range(_MOST_RECIPIENTS):
            fields, _cut = read_fields(source, _BLOCK_BYTES)
            status = _status(fields)
            if status.action or status.code:
                yield status
            if not fields and not source.line():
                return


def _status(fields: tuple[Field, ...]) -> _Status:
    values = {name: header_text(first_value(fields, name)) for name in _STATUS_FIELDS}
    addresses = _distinct(_ADDRESSES.findall(f"{values['original-recipient']} {values['final-recipient']}"))
    code = re.match(r"[245]\.\d{1,3}\.\d{1,3}", values["status"])
    diagnostic = values["diagnostic-code"]
    more = re.search(r"\b[45]\.\d{1,3}\.\d{1,3}\b", diagnostic)
    # 5.0.0 tells less than what the other server had said.
    better = more if more and (code is None or code.group().endswith(".0.0")) else code
    action = values["action"].partition(" ")[0].lower()
    return _Status(addresses, action, better.group() if better else "", diagnostic)


def _why(codes: Iterable[str], words: str) -> Why:
    for code in codes:
        for form, why in _CODES:
            if re.fullmatch(form, code):
                return why
    return next((why for why, form in _PHRASES if form.search(words)), Why.UNKNOWN)


def _distinct(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address.lower() for address in addresses))[:_MOST_RECIPIENTS]
