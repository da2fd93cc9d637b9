"""The answer to a submission: taken in, taken in part, to be mended, held for a person, or not for this mailbox."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import PurePosixPath

from intake_bot.files.facts import FileFacts
from intake_bot.judging.verdict import Decision, Disposition, ItemVerdict, Verdict
from intake_bot.letters import chinese
from intake_bot.letters.file_table import FileTable, list_files
from intake_bot.letters.letter import Letter
from intake_bot.letters.mending import Entry, item_label, to_know, to_look_at, to_mend
from intake_bot.letters.resending import (
    Refusal,
    early_part,
    is_extended,
    judged_part,
    missed_part,
    refusal_of,
    subject_for_later,
    subject_to_copy,
    until_sentences,
)
from intake_bot.letters.templates import Templates
from intake_bot.letters.untrusted import unlinked
from intake_bot.notices.notice import Notice, OnlineChannel, Severity

_SENDER_LENGTH = 20
_SUBJECT_MATERIALS = 3
_NAMED_TAKEN_OVER = 10
_SUBJECT_TO_CHANGE = frozenset(
    {
        "subject.placeholder",
        "subject.no_unit",
        "subject.unknown_unit",
        "subject.many_units",
        "subject.no_material",
    }
)
"""What an answer to our letter cannot mend while it keeps the letter's subject."""


@dataclass(frozen=True)
class AnswerContext:
    """All that an answer speaks of. Moments are aware and in the bureau's zone; names may be raw."""

    bureau: str
    notice: Notice
    contact: str
    """Whom to ask, as printed in the letter; may be empty."""
    receipt: str
    """回执编号."""
    received: datetime
    """When the bureau's server took the mail."""
    subject: str
    """As the school wrote it."""
    sender: str
    """The sender's display name, or empty."""
    verdict: Verdict
    files: tuple[FileFacts, ...]
    now: datetime
    quota_lines: tuple[str, ...] = ()
    """Where the unit stands with what it owes over the week, a sentence each."""
    supplements: str = ""
    """Receipt number of the earlier mail whose good files were judged again together with these （补件）."""
    taken_over: tuple[str, ...] = ()
    """`FileFacts.shown_name` of those files."""
    together: tuple[str, ...] = ()
    """Receipt numbers of the other mails that were judged as part of this one （2/3）."""


class AnswerKind(StrEnum):
    """Which letter it is: the name of its file under `templates/words/`."""

    ACCEPTED = "accepted"
    PARTIAL = "partial"
    REJECTED = "rejected"
    HELD = "held"
    ONLINE = "online"
    EARLY = "early"
    CLOSED = "closed"


_KINDS = {
    Disposition.ACCEPTED: AnswerKind.ACCEPTED,
    Disposition.PARTIAL: AnswerKind.PARTIAL,
    Disposition.REJECTED: AnswerKind.REJECTED,
    Disposition.HELD: AnswerKind.HELD,
}


@dataclass(frozen=True)
class AnsweredItem:
    """One item: its name with its day, and the server's time against its deadline."""

    label: str
    timing: str
    """Empty where the deadline is not known."""
    late: bool
    extended: bool
    """This unit was granted more time than the notice gives."""
    decision: Decision
    refusal: Refusal | None
    """Why it was turned away, if it was."""


@dataclass(frozen=True)
class AnswerPage:
    """What the templates may show: cleaned, in order, in Chinese."""

    kind: AnswerKind
    bureau: str
    about: str
    """活动周濮阳县教育局照片, or 活动周材料 where the unit is not known."""
    greeted: str
    unit: str
    receipt: str
    received: datetime
    subject: str
    items: tuple[AnsweredItem, ...]
    mend: tuple[Entry, ...]
    """What can be mended and sent again by mail."""
    mend_later: tuple[Entry, ...]
    """What to mend before that is sent again which came too early."""
    missed: tuple[Entry, ...]
    """The deadlines after which nothing is taken in any more."""
    look_at: tuple[Entry, ...]
    know: tuple[Entry, ...]
    until: tuple[str, ...]
    """By when to mend, and what happens afterwards: a sentence each."""
    subject_to_copy: str
    """For the mail with what is to be mended; empty where the unit is not known either."""
    subject_for_later: str
    """For the mail with what came too early; empty where the subject that the school wrote will do."""
    subject_wrong: bool
    """An answer to this letter will not do as it is: the subject has to change."""
    files_wrong: bool
    """Something other than the subject is to be mended."""
    many_units: bool
    """One mail for several units: each has to write for itself."""
    files: FileTable
    taken_over: tuple[str, ...]
    unnamed_taken_over: int
    """How many files taken over are not in `taken_over`."""
    supplements: str
    together: tuple[str, ...]
    decided: bool
    """A person of the bureau had a look, as an earlier letter promised."""
    first_day: date
    """Of the week."""
    online: OnlineChannel | None
    quota_lines: tuple[str, ...]
    contact: str

    @property
    def accepted(self) -> tuple[AnsweredItem, ...]:
        return self._decided(Decision.ACCEPTED)

    @property
    def rejected(self) -> tuple[AnsweredItem, ...]:
        """To be sent again by mail."""
        return self._decided(Decision.REJECTED)

    @property
    def held(self) -> tuple[AnsweredItem, ...]:
        return self._decided(Decision.HELD)

    @property
    def timed(self) -> tuple[AnsweredItem, ...]:
        """Whose time of arrival is of interest, and can be told."""
        return tuple(item for item in self.items if item.timing and item.refusal in (None, Refusal.LATE))

    @property
    def to_online(self) -> tuple[AnsweredItem, ...]:
        """To be reported through the online system instead."""
        return self._refused(Refusal.ONLINE)

    @property
    def too_early(self) -> tuple[AnsweredItem, ...]:
        """Not taken in, since the week has not begun."""
        return self._refused(Refusal.EARLY)

    @property
    def too_late(self) -> tuple[AnsweredItem, ...]:
        """Not taken in, and not to be sent again."""
        return self._refused(Refusal.LATE)

    @property
    def late(self) -> bool:
        """Something was taken in after its deadline."""
        return any(item.late for item in self.accepted)

    def _decided(self, decision: Decision) -> tuple[AnsweredItem, ...]:
        return tuple(item for item in self.items if item.decision is decision and item.refusal is None)

    def _refused(self, refusal: Refusal) -> tuple[AnsweredItem, ...]:
        return tuple(item for item in self.items if item.refusal is refusal)


def compose_answer(context: AnswerContext, templates: Templates) -> Letter:
    """The one letter that answers a mail. The subject holds nothing the sender wrote.

    Raises ValueError for an ignored mail, to which there is nothing to say; ConfigError for a broken template.
    """
    page = _page(context)
    words = f"words/{page.kind}.txt"
    values = {
        "letter": page,
        "headline": templates.line(words, "headline", letter=page),
        "opening": templates.paragraphs(words, "opening", letter=page),
        "resend": templates.paragraphs("words/resend.txt", "resend", letter=page),
    }
    return Letter(
        subject=templates.line(words, "subject", letter=page),
        text=templates.text("reply.txt", **values),
        html=templates.html("reply.html", **values),
    )


def _page(context: AnswerContext) -> AnswerPage:
    context = replace(context, verdict=context.verdict.for_school)
    kind, verdict = _kind(context), context.verdict
    judged = judged_part(verdict)
    wrong = {finding.code for finding in judged.all_findings if finding.severity is Severity.ERROR}
    return AnswerPage(
        kind=kind,
        bureau=context.bureau,
        about=_about(context),
        greeted=verdict.unit or unlinked(context.sender, _SENDER_LENGTH),
        unit=verdict.unit or "",
        receipt=context.receipt,
        received=context.received,
        subject=unlinked(context.subject),
        items=tuple(_answered(item, context) for item in verdict.items),
        mend=to_mend(judged),
        mend_later=to_mend(early_part(verdict, context.received)),
        missed=to_mend(missed_part(verdict, context.received)),
        look_at=to_look_at(judged),
        know=to_know(judged),
        until=until_sentences(verdict, context.notice, context.now),
        subject_to_copy=subject_to_copy(verdict, context.notice),
        subject_for_later=subject_for_later(verdict, context.notice, context.received),
        subject_wrong=any(code in _SUBJECT_TO_CHANGE for code in wrong),
        files_wrong=any(not code.startswith("subject.") for code in wrong),
        many_units="subject.many_units" in wrong,
        files=list_files(context.files, verdict),
        taken_over=tuple(unlinked(PurePosixPath(name).name) for name in context.taken_over[:_NAMED_TAKEN_OVER]),
        unnamed_taken_over=len(context.taken_over[_NAMED_TAKEN_OVER:]),
        supplements=context.supplements,
        together=context.together,
        decided=any(finding.code.startswith("clerk.") for finding in verdict.all_findings),
        first_day=context.notice.week.first,
        online=context.notice.online,
        quota_lines=context.quota_lines,
        contact=context.contact,
    )


def _kind(context: AnswerContext) -> AnswerKind:
    disposition, items = context.verdict.disposition, context.verdict.items
    if disposition not in _KINDS:
        raise ValueError(f"a mail that is {disposition} gets no answer")
    if not items or not all(item.turned_away for item in items):
        return _KINDS[disposition]
    by_mail = {refusal_of(item, context.received) for item in items} - {Refusal.ONLINE}
    if not by_mail:
        return AnswerKind.ONLINE
    return AnswerKind.EARLY if by_mail == {Refusal.EARLY} else AnswerKind.CLOSED


def _about(context: AnswerContext) -> str:
    materials = list(dict.fromkeys(item.material for item in context.verdict.items))
    if len(materials) > _SUBJECT_MATERIALS:
        named = f"{materials[0]}等 {len(materials)} 项材料"
    else:
        named = "、".join(materials) or "材料"
    return f"{context.notice.subject.keywords[0]}{context.verdict.unit or ''}{named}"


def _answered(item: ItemVerdict, context: AnswerContext) -> AnsweredItem:
    return AnsweredItem(
        label=item_label(item),
        timing=chinese.timing(context.received, item.deadline, item.late) if item.deadline else "",
        late=item.late,
        extended=is_extended(item, context.notice),
        decision=item.decision,
        refusal=refusal_of(item, context.received),
    )
