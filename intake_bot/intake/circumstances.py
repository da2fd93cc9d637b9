"""What is known of one mail when it is decided what becomes of it: frozen values, so that nothing is asked later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from intake_bot.config.notice_context import NoticeContext
from intake_bot.files.inspect import InspectedFile
from intake_bot.intake.answers.loop_guard import Silence
from intake_bot.intake.forwarded_submission import ResolvedMail
from intake_bot.intake.order_mail import OrderMail
from intake_bot.intake.prior_mail import PieceMail, PriorSubmission
from intake_bot.judging.author import Author
from intake_bot.judging.judge import Case
from intake_bot.judging.prior_mail.pieces import Piece
from intake_bot.judging.prior_mail.replies import MailTraits
from intake_bot.judging.recognition import has_fitting_subject
from intake_bot.judging.verdict import Verdict
from intake_bot.ledger.values.receipt import find_receipt
from intake_bot.ledger.values.records import KeptFile, KeptLink, SettledLinks
from intake_bot.mail.forwarded_mail import carries_mails
from intake_bot.mail.machines.triage import MachineMark
from intake_bot.mail.message import Message
from intake_bot.mail.subject_prefixes import is_forward_subject
from intake_bot.notices.subject import SubjectReading, UnitFault


@dataclass(frozen=True)
class Supplement:
    """Which prior submission the mail mends, and what of that was judged again."""

    receipt: str
    reused_files: tuple[str, ...] = ()
    """`FileFacts.shown_name` of its files that are judged again."""
    files: tuple[KeptFile, ...] = ()
    """The files as they were attached: an archive for what was in it."""
    has_faulty_files: bool = False
    """Some of its files had an error, and were not judged again."""
    links: tuple[KeptLink, ...] = ()
    """Files that it left at a mail provider, taken over as if this mail had brought them."""


@dataclass(frozen=True)
class Answered:
    """The submission that a mail answers, by its thread or by a receipt number."""

    submission: PriorSubmission | None
    unproven: PriorSubmission | None = None
    """The submission that it answers without the right to supplement it: somebody else sent it."""


@dataclass(frozen=True)
class Circumstances:
    """One mail as it reads, with what the ledger knows of prior mail; its files are not opened."""

    message: Message
    """The mail as it came."""
    silence: Silence | None
    """Why nobody may be answered at all: a machine wrote it, or we did."""
    context: NoticeContext
    mail: ResolvedMail
    """The mail that is to be judged: the one that came, or one that it forwards."""
    subject: SubjectReading
    """The subject as it reads."""
    reading: SubjectReading
    """The subject, completed by the submission that the mail answers."""
    traits: MailTraits
    mark: MachineMark | None
    """The mark of a program that the mail bears."""
    author: Author
    answered: PriorSubmission | None
    """The submission that the mail answers, by its thread or by a receipt number."""
    unproven: PriorSubmission | None
    """The submission that it wants to supplement without the right to; a person decides."""
    piece: Piece | None
    """What the mail is a piece of （2/3）; None for a whole mail."""
    other_pieces: Sequence[PieceMail] | None
    """The mails that are judged as part of this one; None while it has to wait for them."""
    order: OrderMail | None = None
    """The same mail, where it answers a letter to clerks or bears the code of a button."""

    @property
    def is_from_own_people(self) -> bool:
        """A clerk or an admin of the bureau wrote it, who is no unit's."""
        return self.context.is_own_person(self.message.sender.address)

    @property
    def is_on_behalf(self) -> bool:
        """One of the bureau's own people passes on what a unit sent (代报): files under a fitting subject, or a
        forwarded mail."""
        if not self.is_from_own_people:
            return False
        forwards = is_forward_subject(self.message.subject) or carries_mails(self.message)
        return forwards or (self.mail.has_files and has_fitting_subject(self.subject))

    @property
    def has_own_subject(self) -> bool:
        """A subject as the notice wants it, and not ours, which an answer repeats with its receipt number."""
        return self.subject.has_keyword and find_receipt(self.subject.original) is None

    @property
    def unit(self) -> str | None:
        """Whose mail it is: by its subject, else by what it answers."""
        if self.subject.unit:
            return self.subject.unit.name
        nameless = self.subject.fault is UnitFault.NO_UNIT
        return self.answered.verdict.unit if self.answered and nameless else None


@dataclass(frozen=True)
class Measured:
    """The same mail with its files opened and measured, pieces merged."""

    circumstances: Circumstances
    mail: ResolvedMail
    """With the files of all its pieces, and of each winmail.dat."""
    inspected: tuple[InspectedFile, ...]
    case: Case
    """What `judge` is asked, prior files that it supplements included."""
    own: Case
    """The same without prior files: what the mail itself brings."""
    supplement: Supplement | None = field(default=None)
    settled_links: tuple[SettledLinks, ...] = ()
    """Links of prior mail that this one replaces or takes over."""

    @property
    def verdict(self) -> Verdict:
        """The judgement on the case."""
        return self.case.verdict
