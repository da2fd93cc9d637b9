"""What waits for the clerk: held mails, questions, second senders, links, letters that did not arrive. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from intake_bot.judging.sender import CONTESTED, UNPROVEN_SUPPLEMENT
from intake_bot.judging.verdict import QUESTION, SENDER_DOUBTS, Decision, Finding
from intake_bot.ledger.values.records import FiledMail, KeptLink, Letter, Outcome
from intake_bot.ledger.values.states import LetterState, MessageState
from intake_bot.letters.digest_lines import ContactLine, HeldLink, OpenItem, OpenKind, ReadyAnswer
from intake_bot.mail.cloud_links import last_time
from intake_bot.mail.link_words import describe_link
from intake_bot.notices.day_words import SHORT, write_time

ReadyAnswers = Callable[[OpenItem], tuple[ReadyAnswer, ...]]
"""The ready answers of an open item."""
_NO_CONTACT = ContactLine()


def held_items(mails: Iterable[FiledMail], contacts: Mapping[str, ContactLine], now: datetime) -> Iterator[OpenItem]:
    """One item for each mail that is held or has a link to download. `now` is in the bureau's zone."""
    for mail in mails:
        held = [item for item in mail.items if item.decision is Decision.HELD and not item.superseded]
        whole = mail.outcome is Outcome.HELD and not mail.items and not mail.merged_into
        if not held and not whole and not mail.open_links:
            continue
        findings = [*mail.findings, *(finding for item in held for finding in item.findings)]
        holding = [finding for finding in findings if finding.holds]
        yield OpenItem(
            kind=_kind(mail, holding),
            number=mail.receipt,
            unit=mail.unit or "",
            subject=mail.subject,
            sender=mail.sender,
            received=mail.received,
            reason=_reason(mail, holding),
            links=tuple(_link(link, now) for link in mail.open_links),
            addresses=_named_addresses(holding),
            contact=contacts.get(mail.unit or "", _NO_CONTACT),
        )


def undelivered_items(
    letters: Iterable[Letter], mails: Mapping[str, FiledMail], contacts: Mapping[str, ContactLine]
) -> Iterator[OpenItem]:
    """One item for each answer that did not arrive. `mails`: those that they answer, by receipt number."""
    for letter in letters:
        mail = mails.get(letter.receipt or "")
        unit = (mail.unit if mail else None) or ""
        yield OpenItem(
            kind=OpenKind.BOUNCED,
            number=letter.receipt or "",
            unit=unit,
            subject=letter.subject,
            sender="、".join(letter.recipients),
            received=letter.created_at,
            reason=f"{_not_arrived(letter)}。请电话告知对方，并核对邮箱地址",
            addresses=letter.recipients,
            contact=contacts.get(unit, _NO_CONTACT),
        )


def with_ready_answers(items: Iterable[OpenItem], ready_answers: ReadyAnswers) -> tuple[OpenItem, ...]:
    """The items with their ready answers, oldest first."""
    ordered = sorted(items, key=lambda item: item.received)
    return tuple(replace(item, ready_answers=ready_answers(item)) for item in ordered)


_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_LINK = "cloud.link"
"""Code of the finding about a 超大附件 that can still be downloaded."""
_KINDS = (
    (OpenKind.DOUBTFUL, frozenset({"sender.unauthenticated"})),
    (OpenKind.CONTESTED, frozenset({CONTESTED, UNPROVEN_SUPPLEMENT})),
    (OpenKind.QUESTION, frozenset({QUESTION})),
)


def _not_arrived(letter: Letter) -> str:
    """Why; of a letter that a server returned, the error says that it did."""
    if letter.state is LetterState.BOUNCED:
        return letter.last_error or "回信被退回，原因不明"
    return f"回信发不出去：{letter.last_error or '原因不明'}"


def _named_addresses(holding: list[Finding]) -> tuple[str, ...]:
    """The addresses in the sentences for clerks, which the program writes and which quote no mail."""
    return tuple(
        found for finding in holding if finding.code in SENDER_DOUBTS for found in _ADDRESS.findall(finding.found)
    )


def _kind(mail: FiledMail, holding: list[Finding]) -> OpenKind:
    if mail.state is MessageState.HELD:
        return OpenKind.UNOPENED
    codes = {finding.code for finding in holding}
    kind = next((kind for kind, of_kind in _KINDS if codes & of_kind), None)
    if kind is not None:
        return kind
    return OpenKind.LINK if mail.open_links else OpenKind.HELD


def _reason(mail: FiledMail, holding: list[Finding]) -> str:
    """What holds it, each sentence once; empty where its links are all. Of a contest the private sentence names both
    addresses and is enough."""
    listed = {_LINK} if mail.open_links else set()  # below, with name, size and address
    private = {finding.code for finding in holding if finding.private}
    said = [
        finding.found
        for finding in holding
        if finding.code not in listed and (finding.private or finding.code not in private)
    ]
    return "；".join(dict.fromkeys(said or [mail.reason]))


def _link(link: KeptLink, now: datetime) -> HeldLink:
    """When it expires is said once: how long it still works, else in the provider's words."""
    left = _time_left(link.expires, now)
    return HeldLink(link.name, describe_link(link.size, "" if left else link.expires), link.link, left=left)


def _time_left(expires: str, now: datetime) -> str:
    """How long a link still works, in words; empty where nobody knows."""
    last = last_time(expires)
    if last is None:
        return ""
    left = last - now
    if left < timedelta(0):
        return "已过期，请对方重新上传"
    until = write_time(last.astimezone(now.tzinfo), SHORT)
    if left < timedelta(days=1):
        return f"只能下载到 {until}，剩不到 1 天"
    return f"还能下载 {left.days} 天（到 {until}）"
