"""The answer to a submission: taken in, taken in part, to be mended, held for a person, or not for this mailbox."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import PurePosixPath

from intake_bot.files.facts import FileFacts
from intake_bot.judging.verdict import Decision, Disposition, Finding, ItemVerdict, Verdict
from intake_bot.letters import chinese
from intake_bot.letters.file_table import FileTable, list_files
from intake_bot.letters.letter import Letter
from intake_bot.letters.mending import Entry, item_label, to_know, to_look_at, to_mend
from intake_bot.letters.templates import Templates
from intake_bot.letters.untrusted import one_line, unlinked
from intake_bot.notices.notice import Notice, OnlineChannel, Severity
from intake_bot.notices.subject import write_subject

_SENDER_LENGTH = 20
_SUBJECT_MATERIALS = 3
_COPIED_LENGTH = 200
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
    late: bool
    extended: bool
    """This unit was granted more time than the notice gives."""
    decision: Decision
    online: bool
    """Never taken in by mail: to be reported through the online system."""


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
    look_at: tuple[Entry, ...]
    know: tuple[Entry, ...]
    until: tuple[str, ...]
    """By when to mend, and what happens afterwards: a sentence each."""
    subject_to_copy: str
    """For the mail with what is to be mended; empty where the unit is not known either."""
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
        return tuple(item for item in self.items if item.decision is Decision.ACCEPTED)

    @property
    def rejected(self) -> tuple[AnsweredItem, ...]:
        """To be sent again by mail."""
        return tuple(item for item in self.items if item.decision is Decision.REJECTED and not item.online)

    @property
    def by_mail(self) -> tuple[AnsweredItem, ...]:
        return tuple(item for item in self.items if not item.online)

    @property
    def to_online(self) -> tuple[AnsweredItem, ...]:
        """To be reported through the online system instead."""
        return tuple(item for item in self.items if item.online)

    @property
    def held(self) -> tuple[AnsweredItem, ...]:
        return tuple(item for item in self.items if item.decision is Decision.HELD)

    @property
    def late(self) -> bool:
        """Something was taken in after its deadline."""
        return any(item.late for item in self.accepted)


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
    wrong = {finding.code for finding in verdict.all_findings if finding.severity is Severity.ERROR}
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
        mend=to_mend(_still_of_use(replace(verdict, items=_by_mail(verdict.items)), kind)),
        look_at=to_look_at(verdict),
        know=to_know(verdict),
        until=_until(context),
        subject_to_copy=_subject_to_copy(context),
        subject_wrong=any(code in _SUBJECT_TO_CHANGE for code in wrong),
        files_wrong=any(not code.startswith(("channel.", "subject.")) for code in wrong),
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
    verdict = context.verdict
    if verdict.disposition not in _KINDS:
        raise ValueError(f"a mail that is {verdict.disposition} gets no answer")
    if verdict.disposition is Disposition.REJECTED:
        by_mail = _by_mail(verdict.items)
        if verdict.items and not by_mail:
            return AnswerKind.ONLINE
        if by_mail and all(_is_early(item, context.received) for item in by_mail):
            return AnswerKind.EARLY
        if any(map(_closed, verdict.findings)) or (by_mail and all(_is_closed(item) for item in by_mail)):
            return AnswerKind.CLOSED
    return _KINDS[verdict.disposition]


def _by_mail(items: tuple[ItemVerdict, ...]) -> tuple[ItemVerdict, ...]:
    return tuple(item for item in items if not _is_online(item))


def _is_online(item: ItemVerdict) -> bool:
    return any(finding.code == "channel.online" for finding in item.findings)


def _is_closed(item: ItemVerdict) -> bool:
    return any(map(_closed, item.findings))


def _closed(finding: Finding) -> bool:
    """Too late or too early to be taken in; where lateness is only a remark, it is."""
    return finding.code == "deadline.closed" or (finding.code == "deadline.late" and finding.severity is Severity.ERROR)


def _is_early(item: ItemVerdict, received: datetime) -> bool:
    """Not taken in, and yet before the deadline: the week has not begun."""
    return _is_closed(item) and item.deadline is not None and received <= item.deadline


def _still_of_use(verdict: Verdict, kind: AnswerKind) -> Verdict:
    """Without the faults that need no mending: of what came too late only that, of what came too early all else."""
    if kind not in (AnswerKind.EARLY, AnswerKind.CLOSED):
        return verdict
    wanted = kind is AnswerKind.CLOSED

    def kept(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return tuple(finding for finding in findings if _closed(finding) is wanted)

    items = tuple(replace(item, findings=kept(item.findings)) for item in verdict.items)
    return replace(verdict, findings=kept(verdict.findings), items=items)


def _about(context: AnswerContext) -> str:
    materials = _materials(context.verdict.items)
    if len(materials) > _SUBJECT_MATERIALS:
        named = f"{materials[0]}等 {len(materials)} 项材料"
    else:
        named = "、".join(materials) or "材料"
    return f"{context.notice.subject.keywords[0]}{context.verdict.unit or ''}{named}"


def _subject_to_copy(context: AnswerContext) -> str:
    """Asks for the rejected part only, and names its day: sent tomorrow, the same words would mean tomorrow's."""
    verdict = context.verdict
    rejected = _to_send_again(verdict)
    if not (verdict.unit and rejected):
        return one_line(verdict.correct_subject, _COPIED_LENGTH)
    days = {item.day for item in rejected}
    return write_subject(context.notice, verdict.unit, _materials(rejected), days.pop() if len(days) == 1 else None)


def _to_send_again(verdict: Verdict) -> tuple[ItemVerdict, ...]:
    return tuple(item for item in _by_mail(verdict.items) if item.decision is Decision.REJECTED)


def _materials(items: tuple[ItemVerdict, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.material for item in items))


def _answered(item: ItemVerdict, context: AnswerContext) -> AnsweredItem:
    return AnsweredItem(
        label=item_label(item),
        timing=chinese.timing(context.received, item.deadline, item.late),
        late=item.late,
        extended=_is_extended(item, context.notice),
        decision=item.decision,
        online=_is_online(item),
    )


def _is_extended(item: ItemVerdict, notice: Notice) -> bool:
    material = notice.material(item.material)
    if material is None or item.deadline is None or item.deadline.tzinfo is None:
        return False
    if material.due.daily is not (item.day is not None):
        return False
    return item.deadline > material.due.deadline(notice.days, item.day, item.deadline.tzinfo)


def _until(context: AnswerContext) -> tuple[str, ...]:
    """A sentence for each deadline that still matters to what was rejected."""
    sentences: dict[str, list[str]] = {}
    rejected = _to_send_again(context.verdict)
    for item in rejected:
        sentences.setdefault(_item_until(item, context), []).append(item_label(item))
    several = len(rejected) > 1
    return tuple(f"{'、'.join(labels)}：{said}" if several else said for said, labels in sentences.items())


def _item_until(item: ItemVerdict, context: AnswerContext) -> str:
    material = context.notice.material(item.material)
    if item.deadline is None:
        return f"请尽快发来（通知规定{material.due.words}）。" if material else "请尽快发来。"
    if _is_early(item, context.received):
        return f"还没到报送的时候，请从 {chinese.weekday_date(context.notice.week.first)} 起报送。"
    taken_late = material is None or material.late == "mark"
    due = chinese.deadline(item.deadline)
    passed = context.now > item.deadline
    if _is_closed(item) or (passed and not taken_late):
        return f"{due} 的截止时间已经过了，不再接收。如有特殊情况，请和我们联系。"
    if passed:
        return f"{due} 的截止时间已经过了，请尽快发来，照样接收，会记为迟报。"
    granted = "（已为贵单位延期）" if _is_extended(item, context.notice) else ""
    afterwards = "过了这个时间也照收，会记为迟报。" if taken_late else "过了这个时间就不再接收了。"
    return f"请在 {due} 前发来{granted}。{afterwards}"
