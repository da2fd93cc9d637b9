"""The clerks' letter of the day: who is missing first, what came in after, and a sum that leaves nothing open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from intake_bot.letters import chinese
from intake_bot.letters.letter import Letter
from intake_bot.letters.missing import MissingGroup, MissingRow, QuotaRow, UnitsOwing, by_unit, grouped
from intake_bot.letters.templates import Templates
from intake_bot.letters.untrusted import SENTENCE_LENGTH, one_line, pasteable, unlinked
from intake_bot.letters.withheld import WithheldLetter

_TEXT_WIDTH = 36
"""Unit names of a plain text letter are broken into lines of about so many characters."""
_NAMED_RECEIPTS = 10


class Answered(StrEnum):
    """What the school heard about its mail, in the words of the digest."""

    YES = "已回信，写明要改什么"
    UNDELIVERED = "回信还没有送达"
    RETURNED = "回执未送达，被退回"
    WITHHELD = "试运行，回信没有寄出"
    NO = "没有回信"

    @property
    def unheard(self) -> bool:
        """The school does not know what to mend, and will not find out by itself: somebody has to telephone."""
        return self in (Answered.UNDELIVERED, Answered.RETURNED, Answered.NO)


@dataclass(frozen=True)
class ItemLine:
    """One item that was accepted or rejected. `sender` is the mail address it came from."""

    unit: str
    """Empty where it could not be told."""
    material: str
    """Empty where it could not be told."""
    day: date | None
    receipt: str
    received: datetime
    sender: str
    files: int
    deadline: datetime | None = None
    late: bool = False
    reasons: tuple[str, ...] = ()
    """Short, one for each fault."""
    answered: Answered = Answered.YES

    @property
    def name(self) -> str:
        """照片（5月17日）."""
        name = self.material or "材料"
        return f"{name}（{chinese.month_day(self.day)}）" if self.day else name

    @property
    def lateness(self) -> str:
        """迟报 1 小时 2 分钟."""
        return chinese.lateness(self.received, self.deadline)


@dataclass(frozen=True)
class HeldLink:
    """A 超大附件 that a clerk has to fetch. `details` are its size and expiry, as the provider words them."""

    name: str
    details: str
    address: str


@dataclass(frozen=True)
class HeldLine:
    """One mail that waits for a person. `number` is what `intake-bot held` calls it."""

    number: str
    unit: str
    subject: str
    sender: str
    received: datetime
    reason: str
    links: tuple[HeldLink, ...] = ()


@dataclass(frozen=True)
class WaitingLine:
    """One mail of several （1/3） that waits for the others."""

    unit: str
    subject: str
    sender: str
    received: datetime
    receipt: str


@dataclass(frozen=True)
class NoteLine:
    """Something that changed nothing, and that a clerk should know: who sent it, what came before."""

    receipt: str
    unit: str
    what: str


@dataclass(frozen=True)
class TroubleLine:
    """Something the machine could not do: a mailbox, a login, a letter that did not arrive."""

    what: str
    since: datetime | None = None
    todo: str = ""


@dataclass(frozen=True)
class Sum:
    """邮箱 n = 收 a + 退 b + 待人工 c + 非报送 d, in mails."""

    mails: int
    accepted: int
    rejected: int
    held: int
    other: int

    @property
    def unexplained(self) -> int:
        """0, unless something was lost or counted twice."""
        return self.mails - self.accepted - self.rejected - self.held - self.other


@dataclass(frozen=True)
class DigestContext:
    """One bureau's day. Moments are aware and in the bureau's zone; senders and subjects may be raw."""

    bureau: str
    day: date
    now: datetime
    sum: Sum
    missing: tuple[MissingRow, ...] = ()
    """Every material that somebody is expected to report, whether complete or not, due or not."""
    accepted: tuple[ItemLine, ...] = ()
    """The late ones among them."""
    rejected: tuple[ItemLine, ...] = ()
    held: tuple[HeldLine, ...] = ()
    held_before: tuple[str, ...] = ()
    """Numbers of mails that earlier digests told of, and that still wait for a person."""
    waiting: tuple[WaitingLine, ...] = ()
    notes: tuple[NoteLine, ...] = ()
    trouble: tuple[TroubleLine, ...] = ()
    withheld: tuple[WithheldLetter, ...] = ()
    quotas: tuple[QuotaRow, ...] = ()


@dataclass(frozen=True)
class DigestPage:
    """What the templates may show: cleaned, in order."""

    bureau: str
    day: date
    now: datetime
    sum: Sum
    due: tuple[MissingGroup, ...]
    """Past their deadline, and somebody is missing."""
    owing: tuple[UnitsOwing, ...]
    """`due` seen by unit, those who miss most first; empty where it would only repeat `due`."""
    progress: tuple[MissingRow, ...]
    missing_units: int
    accepted: tuple[ItemLine, ...]
    late: tuple[ItemLine, ...]
    rejected: tuple[ItemLine, ...]
    rejected_answered: Answered | None
    """The same for all of `rejected`; None where they differ."""
    held: tuple[HeldLine, ...]
    held_before: tuple[str, ...]
    waiting: tuple[WaitingLine, ...]
    """Not settled yet, and in no heap of the sum."""
    notes: tuple[NoteLine, ...]
    trouble: tuple[TroubleLine, ...]
    withheld: tuple[WithheldLetter, ...]
    owed: tuple[QuotaRow, ...]
    """Quotas not yet met."""
    quotas_met: int

    @property
    def nothing_came(self) -> bool:
        """No mail at all, as far as anybody can tell: none waits, and nothing kept us from seeing one."""
        return not (self.sum.mails or self.waiting or self.trouble)

    @property
    def has_links(self) -> bool:
        """Something has to be fetched from a mail provider."""
        return any(line.links for line in self.held)

    @property
    def all_withheld_shown(self) -> bool:
        """Each letter that was kept back is here with its text."""
        return all(letter.lines for letter in self.withheld)

    @property
    def all_quotas(self) -> int:
        return len(self.owed) + self.quotas_met


def compose_digest(context: DigestContext, templates: Templates) -> Letter:
    """The digest of a day; one with nothing in it reads well too. Raises ConfigError for a broken template."""
    page = _page(context)
    return Letter(
        subject=templates.line("words/digest.txt", "subject", digest=page),
        text=templates.text("digest.txt", digest=page, lines=lines_of_units),
        html=templates.html("digest.html", digest=page),
    )


def lines_of_units(units: tuple[str, ...]) -> tuple[str, ...]:
    """Names joined by 、 and broken between names, never inside one."""
    lines = [""]
    for number, unit in enumerate(units, 1):
        name = unit if number == len(units) else f"{unit}、"
        if lines[-1] and len(lines[-1]) + len(name) > _TEXT_WIDTH:
            lines.append("")
        lines[-1] += name
    return tuple(lines)


def some_receipts(receipts: Sequence[str]) -> str:
    """The first of many receipt numbers; the ledger has them all."""
    return "、".join(receipts[:_NAMED_RECEIPTS]) + (" 等" if len(receipts) > _NAMED_RECEIPTS else "")


def _page(context: DigestContext) -> DigestPage:
    due = tuple(row for row in context.missing if row.units and row.deadline < context.now)
    groups = grouped(due)
    answered = {line.answered for line in context.rejected}
    owed = tuple(line for line in context.quotas if line.reported < line.owed)
    accepted = tuple(_clean_item(line) for line in context.accepted)
    return DigestPage(
        bureau=context.bureau,
        day=context.day,
        now=context.now,
        sum=context.sum,
        due=groups,
        owing=by_unit(due) if len(groups) > 1 else (),
        progress=context.missing,
        missing_units=len({unit for row in due for unit in row.units}),
        accepted=tuple(line for line in accepted if not line.late),
        late=tuple(line for line in accepted if line.late),
        rejected=tuple(_clean_item(line) for line in context.rejected),
        rejected_answered=answered.pop() if len(answered) == 1 else None,
        held=tuple(_clean_held(line) for line in context.held),
        held_before=context.held_before,
        waiting=tuple(
            replace(line, subject=unlinked(line.subject), sender=unlinked(line.sender)) for line in context.waiting
        ),
        notes=tuple(replace(line, what=unlinked(line.what, SENTENCE_LENGTH).rstrip("。")) for line in context.notes),
        trouble=tuple(_clean_trouble(line) for line in context.trouble),
        withheld=context.withheld,
        owed=owed,
        quotas_met=len(context.quotas) - len(owed),
    )


def _clean_item(line: ItemLine) -> ItemLine:
    reasons = tuple(unlinked(reason, SENTENCE_LENGTH).rstrip("。") for reason in line.reasons)
    return replace(line, sender=unlinked(line.sender), reasons=reasons)


def _clean_held(line: HeldLine) -> HeldLine:
    return replace(
        line,
        subject=unlinked(line.subject),
        sender=unlinked(line.sender),
        reason=unlinked(line.reason, SENTENCE_LENGTH).rstrip("。"),
        links=tuple(
            HeldLink(unlinked(one.name) or "（没有文件名）", unlinked(one.details), pasteable(one.address))
            for one in line.links
        ),
    )


def _clean_trouble(line: TroubleLine) -> TroubleLine:
    return replace(line, what=unlinked(line.what, SENTENCE_LENGTH), todo=one_line(line.todo, SENTENCE_LENGTH))
