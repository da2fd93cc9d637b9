"""The reply to a submission: accepted, partly accepted, rejected, held, or turned away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import PurePosixPath

from intake_bot.files.facts import FileFacts
from intake_bot.judging.verdict import QUESTION, Decision, Disposition, ItemVerdict, Verdict
from intake_bot.letters import chinese
from intake_bot.letters.file_table import FileTable, list_files
from intake_bot.letters.finding_groups import (
    MAXIMUM_NAMED_FILES,
    FindingGroup,
    find_corrections,
    find_held_findings,
    find_remarks,
    item_label,
    join_counted,
)
from intake_bot.letters.missing_reports import QuotaLine
from intake_bot.letters.resubmission import (
    Refusal,
    find_refusal,
    is_extended,
    select_early,
    select_judged,
    select_missed,
    turn_away_overdue,
    write_deadlines,
    write_subject_for_later,
    write_subject_to_copy,
    write_trial_subject,
)
from intake_bot.letters.templates import Letter, Templates
from intake_bot.letters.untrusted import defuse_file_name, defuse_words
from intake_bot.notices.notice import Notice, OnlineChannel, Severity

_SENDER_LENGTH = 20
_SUBJECT_MATERIALS = 3
_SUBJECT_TO_CHANGE = frozenset(
    {
        "subject.placeholder",
        "subject.no_unit",
        "subject.unknown_unit",
        "subject.many_units",
        "subject.no_material",
    }
)
"""Faults that a school cannot correct by answering our letter under the letter's subject."""


@dataclass(frozen=True)
class Revision:
    """What a clerk's later decision on a mail changed."""

    changes: tuple[str, ...]
    """A sentence for each item: 视频（5月17日）原来退回补正，现在改为收下."""
    replaced: datetime | None
    """When the letter that is no longer valid was written; None where the school got none."""


@dataclass(frozen=True)
class ReplyContext:
    """The values of a reply, before cleaning. Times are aware and in the bureau's zone; names may be raw."""

    bureau: str
    notice: Notice
    contact: str
    """Name and telephone of the person to ask; may be empty."""
    receipt: str
    """回执编号."""
    received: datetime
    """When the bureau's server accepted the mail."""
    subject: str
    """In the school's own words."""
    sender: str
    """The sender's display name, or empty."""
    verdict: Verdict
    files: tuple[FileFacts, ...]
    now: datetime
    sender_unit: str = ""
    """The unit that has the sender's address in the roster, or empty."""
    quota_lines: tuple[QuotaLine, ...] = ()
    """A line for each quota of the unit."""
    supplements: str = ""
    """Receipt number of the prior mail whose good files were judged again with these （补件）."""
    taken_over: tuple[str, ...] = ()
    """`FileFacts.shown_name` of those files."""
    together: tuple[str, ...] = ()
    """Receipt numbers of the other pieces of this submission （2/3）."""
    revision: Revision | None = None
    """Set where a clerk has revised an earlier decision."""
    mentions_arrival: bool = False
    """The letter leaves so late that it says first when the mail arrived."""
    is_trial: bool = False
    """Nothing is registered: the letter says what would become of the mail （预检）."""


class ReplyKind(StrEnum):
    """Kind of reply. The value is the name of its file under `templates/words/`."""

    ACCEPTED = "accepted"
    PARTIAL = "partial"
    REJECTED = "rejected"
    HELD = "held"
    QUESTION = "question"
    ONLINE = "online"
    EARLY = "early"
    CLOSED = "closed"


_TIMED = (None, Refusal.LATE, Refusal.OVER)
_KINDS = {
    Disposition.ACCEPTED: ReplyKind.ACCEPTED,
    Disposition.PARTIAL: ReplyKind.PARTIAL,
    Disposition.REJECTED: ReplyKind.REJECTED,
    Disposition.HELD: ReplyKind.HELD,
}


@dataclass(frozen=True)
class ReplyItem:
    """One item: its name with its day, and its time against its deadline."""

    label: str
    timing: str
    """Empty where the deadline is not known."""
    late: bool
    extended: bool
    """The unit has an extension of the notice's deadline."""
    decision: Decision
    refusal: Refusal | None
    """Reason for which it was turned away, if it was."""


@dataclass(frozen=True)
class Clause:
    """A clause of the notice, in its own words. `number` is its number: 四（三）2."""

    number: str
    quote: str


@dataclass(frozen=True)
class ReplyPage:
    """The values of the reply's templates: cleaned, in order, in Chinese."""

    kind: ReplyKind
    bureau: str
    about: str
    """活动周濮阳县教育局照片, or 活动周材料 where the unit is not known."""
    greeted: str
    """The unit where it is known, be it by the sender's address, else the sender's name; may be empty."""
    greets_unit: bool
    unit: str
    receipt: str
    received: datetime
    arrived: str
    """`received` in words, with seconds only where they decide."""
    subject: str
    items: tuple[ReplyItem, ...]
    mend: tuple[FindingGroup, ...]
    """What to correct and send again by mail."""
    mend_later: tuple[FindingGroup, ...]
    """What to correct in the items that came too early, before they are sent again."""
    missed: tuple[FindingGroup, ...]
    """The deadlines after which the items were not accepted."""
    look_at: tuple[FindingGroup, ...]
    know: tuple[FindingGroup, ...]
    until: tuple[str, ...]
    """By when to send again, and what happens afterwards: a sentence for each deadline."""
    subject_to_copy: str
    """Subject for the corrected items; empty where the unit is not known."""
    subject_for_later: str
    """Subject for the items that came too early; empty where the school's own can be used again."""
    subject_wrong: bool
    """The subject has to change, even in an answer to this letter."""
    files_wrong: bool
    """Something other than the subject is to be corrected."""
    many_units: bool
    """One mail for several units, each of which has to write for itself."""
    files: FileTable
    taken_over: str
    """Names of the files taken over, with the number of all where there are more."""
    supplements: str
    together: tuple[str, ...]
    decided: bool
    """A clerk has decided, as a prior letter promised."""
    revision: Revision | None
    """What a clerk's later decision changed."""
    mentions_arrival: bool
    is_trial: bool
    """Nothing is registered; then `receipt` is empty."""
    first_day: date
    """First day of the week."""
    online: OnlineChannel | None
    online_clauses: tuple[Clause, ...]
    """What the notice says about the materials to be reported online."""
    quota_lines: tuple[QuotaLine, ...]
    contact: str

    @property
    def accepted(self) -> tuple[ReplyItem, ...]:
        return self._items_decided(Decision.ACCEPTED)

    @property
    def rejected(self) -> tuple[ReplyItem, ...]:
        """To be corrected and sent again by mail."""
        return self._items_decided(Decision.REJECTED)

    @property
    def held(self) -> tuple[ReplyItem, ...]:
        return self._items_decided(Decision.HELD)

    @property
    def timed(self) -> tuple[ReplyItem, ...]:
        """Items whose time against the deadline is shown."""
        return tuple(item for item in self.items if item.timing and item.refusal in _TIMED)

    @property
    def to_online(self) -> tuple[ReplyItem, ...]:
        """To be reported through the online system instead."""
        return self._items_refused(Refusal.ONLINE)

    @property
    def too_early(self) -> tuple[ReplyItem, ...]:
        """Not accepted, since the week has not begun."""
        return self._items_refused(Refusal.EARLY)

    @property
    def too_late(self) -> tuple[ReplyItem, ...]:
        """Not accepted, and not to be sent again."""
        return self._items_refused(Refusal.LATE)

    @property
    def over(self) -> tuple[ReplyItem, ...]:
        """Not accepted for their faults, and not to be sent again, since the deadline has passed."""
        return self._items_refused(Refusal.OVER)

    @property
    def done(self) -> bool:
        """All of the mail was accepted, and nothing is left to read or to send for its materials."""
        return self.kind is ReplyKind.ACCEPTED and not self.know and not any(line.owed for line in self.quota_lines)

    @property
    def late(self) -> bool:
        """Some item was accepted after its deadline."""
        return any(item.late for item in self.accepted)

    def _items_decided(self, decision: Decision) -> tuple[ReplyItem, ...]:
        return tuple(item for item in self.items if item.decision is decision and item.refusal is None)

    def _items_refused(self, refusal: Refusal) -> tuple[ReplyItem, ...]:
        return tuple(item for item in self.items if item.refusal is refusal)


def compose_reply(context: ReplyContext, templates: Templates) -> Letter:
    """Writes the one letter that answers a mail. Its subject holds no words of the sender.

    Raises ValueError for an ignored mail, which gets no reply; ConfigError for a broken template.
    """
    return render_reply(_build_page(context), templates)


def render_reply(page: ReplyPage, templates: Templates) -> Letter:
    """Writes the letter from the values of its templates. Raises ConfigError for a broken template."""
    page = replace(page, mend=_with_steps(page.mend, templates), mend_later=_with_steps(page.mend_later, templates))
    words = "words/trial.txt" if page.is_trial else f"words/{page.kind}.txt"
    revised = templates.render_paragraphs("words/revised.txt", "revised", letter=page) if page.revision else ()
    resend = words if page.is_trial else "words/resend.txt"
    arrival = templates.render_paragraphs("words/arrival.txt", "arrival", letter=page) if page.mentions_arrival else ()
    values = {
        "letter": page,
        "headline": templates.render_line(words, "headline", letter=page),
        "opening": (*revised, *arrival, *templates.render_paragraphs(words, "opening", letter=page)),
        "resend": templates.render_paragraphs(resend, "resend", letter=page),
    }
    subject = templates.render_line(words, "subject", letter=page)
    return Letter(
        # An answer to it is a trial again, which is seen by the mark.
        subject=f"【预检·{subject}】{page.about}" if page.is_trial else subject,
        text=templates.render_text("reply.txt", **values),
        html=templates.render_html("reply.html", **values),
    )


def _with_steps(entries: tuple[FindingGroup, ...], templates: Templates) -> tuple[FindingGroup, ...]:
    """The entries with the steps of their fault, each once: how to do it on a phone and on a computer."""
    shown: dict[str, FindingGroup] = {}
    for entry in entries:
        shown.setdefault(entry.code, entry)
    return tuple(
        replace(entry, steps=templates.find_paragraphs("words/steps.txt", entry.code.replace(".", "_")))
        if entry is shown[entry.code]
        else entry
        for entry in entries
    )


def _build_page(context: ReplyContext) -> ReplyPage:
    shown = turn_away_overdue(context.verdict.for_school, context.notice, context.now)
    context = replace(context, verdict=shown)
    kind, verdict = _find_kind(context), context.verdict
    judged = select_judged(verdict)
    greeted_unit = verdict.unit or context.sender_unit
    wrong = {finding.code for finding in judged.all_findings if finding.severity is Severity.ERROR}
    return ReplyPage(
        kind=kind,
        bureau=context.bureau,
        about=_describe(context),
        greeted=greeted_unit or defuse_words(context.sender, _SENDER_LENGTH),
        greets_unit=bool(greeted_unit),
        unit=verdict.unit or "",
        receipt="" if context.is_trial else context.receipt,
        received=context.received,
        arrived=chinese.arrival(context.received, _timed_deadlines(verdict, context.received)),
        subject=defuse_words(context.subject),
        items=tuple(_reply_item(item, context) for item in verdict.items),
        mend=find_corrections(judged),
        mend_later=find_corrections(select_early(verdict, context.received)),
        missed=find_corrections(select_missed(verdict, context.received)),
        look_at=find_held_findings(judged),
        know=find_remarks(judged),
        until=write_deadlines(verdict, context.notice, context.now),
        subject_to_copy=(write_trial_subject if context.is_trial else write_subject_to_copy)(verdict, context.notice),
        subject_for_later=write_subject_for_later(verdict, context.notice, context.received),
        subject_wrong=any(code in _SUBJECT_TO_CHANGE for code in wrong),
        files_wrong=any(not code.startswith("subject.") for code in wrong),
        many_units="subject.many_units" in wrong,
        files=list_files(context.files, verdict),
        taken_over=_name_files(context.taken_over),
        supplements=context.supplements,
        together=context.together,
        decided=any(finding.code.startswith("clerk.") for finding in verdict.all_findings),
        revision=context.revision,
        mentions_arrival=context.mentions_arrival,
        is_trial=context.is_trial,
        first_day=context.notice.week.first,
        online=context.notice.online,
        online_clauses=_online_clauses(verdict),
        quota_lines=() if kind is ReplyKind.CLOSED else context.quota_lines,
        contact=context.contact,
    )


def _find_kind(context: ReplyContext) -> ReplyKind:
    disposition, items = context.verdict.disposition, context.verdict.items
    if disposition is Disposition.HELD and {one.code for one in context.verdict.findings} == {QUESTION}:
        return ReplyKind.QUESTION
    if disposition not in _KINDS:
        raise ValueError(f"a mail that is {disposition} gets no reply")
    if not items or not all(item.turned_away for item in items):
        return _KINDS[disposition]
    other_refusals = {find_refusal(item, context.received) for item in items} - {Refusal.ONLINE}
    if not other_refusals:
        return ReplyKind.ONLINE
    return ReplyKind.EARLY if other_refusals == {Refusal.EARLY} else ReplyKind.CLOSED


def _describe(context: ReplyContext) -> str:
    materials = list(dict.fromkeys(item.material for item in context.verdict.items))
    if len(materials) > _SUBJECT_MATERIALS:
        named = f"{materials[0]}等 {len(materials)} 项材料"
    else:
        named = "、".join(materials) or "材料"
    return f"{context.notice.subject.keywords[0]}{context.verdict.unit or ''}{named}"


def _name_files(shown_names: tuple[str, ...]) -> str:
    names = (defuse_file_name(PurePosixPath(name).name) for name in shown_names[:MAXIMUM_NAMED_FILES])
    return join_counted(names, len(shown_names))


def _timed_deadlines(verdict: Verdict, received: datetime) -> list[datetime]:
    """The deadlines that the letter shows beside the time of arrival."""
    return [item.deadline for item in verdict.items if item.deadline and find_refusal(item, received) in _TIMED]


def _online_clauses(verdict: Verdict) -> tuple[Clause, ...]:
    found = (
        Clause(finding.clause or "", finding.quote.replace("“", "‘").replace("”", "’"))
        for finding in verdict.all_findings
        if finding.code == "channel.online" and finding.quote
    )
    return tuple(dict.fromkeys(found))


def _reply_item(item: ItemVerdict, context: ReplyContext) -> ReplyItem:
    return ReplyItem(
        label=item_label(item),
        timing=chinese.timing(context.received, item.deadline, item.late) if item.deadline else "",
        late=item.late,
        extended=is_extended(item, context.notice),
        decision=item.decision,
        refusal=find_refusal(item, context.received),
    )
