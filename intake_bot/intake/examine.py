"""From raw bytes to a verdict, without a trace: what `poll` does with a mail before it writes anything down, and all
that `judge` does. First everything is gathered, then pure checks decide; recording is done by others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from intake_bot.config.notice_context import NoticeContext
from intake_bot.files.facts import FileFacts
from intake_bot.files.inspect import InspectedFile
from intake_bot.files.worker.recorded import Opener
from intake_bot.intake.answers.loop_guard import Occasion, silence
from intake_bot.intake.checks import Outcome, decide_before_files, decide_with_files
from intake_bot.intake.circumstances import Circumstances, Measured, Supplement
from intake_bot.intake.gather import Gatherer
from intake_bot.intake.opening import NOTHING_SUPPLIED, SuppliedFiles
from intake_bot.intake.order_mail import OrderMail
from intake_bot.intake.prior_mail import NoPriorMail, PieceMail, PriorMail
from intake_bot.judging.author import NOBODY, Author
from intake_bot.judging.prior_mail.pieces import Piece
from intake_bot.judging.prior_mail.replies import is_courtesy
from intake_bot.judging.sender import AcceptedItem, find_contested_items
from intake_bot.judging.verdict import Disposition, MailKind, Verdict
from intake_bot.ledger.values.records import SettledLinks
from intake_bot.mail.cloud_links import CloudLink
from intake_bot.mail.imap.arrival import Arrival
from intake_bot.mail.machines.triage import Weight
from intake_bot.mail.message import Message
from intake_bot.mail.subject_prefixes import behind_trial_mark, is_reply_subject


@dataclass(frozen=True)
class Examination:
    """All that one mail turned out to be. `reason` says why it is no submission."""

    message: Message
    verdict: Verdict
    reason: str = ""
    is_unread: bool = False
    """Nobody would read an answer at the sender's address."""
    inspected: tuple[InspectedFile, ...] = ()
    body: str = ""
    """What the sender wrote himself or passed on, without quoted history."""
    links: tuple[CloudLink, ...] = ()
    """Files that he left at a mail provider."""
    supplement: Supplement | None = None
    pieces: tuple[PieceMail, ...] = ()
    """The other mails that were judged as part of this one."""
    settled_links: tuple[SettledLinks, ...] = ()
    """Links of prior mail that this one replaces or takes over."""
    author: Author = NOBODY
    contested: tuple[AcceptedItem, ...] = ()
    """Accepted items of somebody else whose place it wants to take."""
    was_hard: bool = False
    """Its files took much of the time that those of one mail may take."""
    waits: Piece | None = None
    """Nothing was judged: it has to wait for the other pieces."""
    is_trial: bool = False
    """The sender only wants to know what would become of it （预检）: it is answered, and not registered."""
    order: OrderMail | None = None
    """Its orders, where it is a command."""

    @property
    def files(self) -> tuple[FileFacts, ...]:
        return tuple(one.facts for one in self.inspected)


def examine(
    message: Message,
    arrival: Arrival,
    context: NoticeContext,
    work: Path,
    prior_mail: PriorMail,
    worker: Opener,
    supplied: SuppliedFiles = NOTHING_SUPPLIED,
) -> Examination:
    """What a mail is that the bureau's server received at this time. `work` is a folder of its own.

    What a clerk supplied counts as attached, and the links it came from as done with. Raises OSError, of our own disk;
    whatever the mail holds is a fact or a finding.
    """
    tried = _read_trial(message, context, prior_mail)
    if tried is not None:
        found = _examine(tried, arrival, context, work, NoPriorMail(), worker, supplied)
        if _is_thanks(message, found):
            return replace(found, verdict=Verdict(MailKind.OTHER, Disposition.IGNORED), reason="thanks", is_trial=True)
        return replace(found, is_trial=True)
    return _examine(message, arrival, context, work, prior_mail, worker, supplied)


def _read_trial(message: Message, context: NoticeContext, prior_mail: PriorMail) -> Message | None:
    """The mail as it would be sent in earnest, where it is a trial: its subject begins with 预检, or it answers our
    answer to one. None for all other mail."""
    rest = behind_trial_mark(message.subject)
    if rest is None:
        thread = (*message.in_reply_to, *message.references)
        return message if thread and prior_mail.knows_trial_letter(thread) else None
    return replace(message, subject=rest.strip() or context.notice.subject.keywords[0])


def _is_thanks(message: Message, found: Examination) -> bool:
    """Thanks for our answer to a trial: its subject is a whole one, so that nothing else tells them from a trial."""
    is_answer = is_reply_subject(message.subject) or bool(message.in_reply_to)
    return is_answer and not found.inspected and not found.links and is_courtesy(found.body)


def _examine(
    message: Message,
    arrival: Arrival,
    context: NoticeContext,
    work: Path,
    prior_mail: PriorMail,
    worker: Opener,
    supplied: SuppliedFiles,
) -> Examination:
    gatherer = Gatherer(arrival, context, work, prior_mail, worker)
    found = gatherer.read(message, supplied)
    outcome = decide_before_files(found)
    if outcome is not None:
        is_machine = found.silence is not None
        return Examination(
            message if is_machine else found.mail.message,
            outcome.verdict,
            outcome.reason,
            body="" if is_machine or outcome.reason or outcome.waits else found.mail.body,
            author=found.author,
            waits=outcome.waits,
            is_unread=_is_unread(found),
            order=found.order if outcome.verdict.kind is MailKind.COMMAND else None,
        )
    measured = gatherer.measure(found, supplied)
    return replace(_examination(measured, decide_with_files(measured)), was_hard=gatherer.budget.was_hard)


def _is_unread(found: Circumstances) -> bool:
    own_addresses = found.context.own_addresses
    return silence(Occasion(found.message, own_addresses, outweighed=Weight.POSSIBLE)) is not None


def _examination(measured: Measured, outcome: Outcome) -> Examination:
    mail = measured.mail
    if not outcome.is_judged:
        return Examination(
            mail.message,
            outcome.verdict,
            outcome.reason,
            is_unread=_is_unread(measured.circumstances),
            body="" if outcome.reason else mail.body,
            author=measured.circumstances.author,
        )
    return Examination(
        mail.message,
        outcome.verdict,
        is_unread=_is_unread(measured.circumstances),
        inspected=measured.inspected,
        body=mail.words,
        links=mail.links,
        supplement=measured.supplement,
        settled_links=measured.settled_links,
        pieces=tuple(measured.circumstances.other_pieces or ()),
        author=measured.circumstances.author,
        contested=find_contested_items(outcome.verdict, measured.case.accepted_items),
    )
