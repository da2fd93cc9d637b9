"""What becomes of a mail, decided by small pure checks in a fixed order: the first that applies decides.

`BEFORE_FILES` are asked while no file of the mail is opened, so that no private mail is unpacked and measured;
`WITH_FILES` once all of them are measured. The last one always applies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from intake_bot.intake.circumstances import Circumstances, Measured
from intake_bot.intake.forwarded_submission import several_mails
from intake_bot.judging.prior_mail.pieces import Piece
from intake_bot.judging.prior_mail.replies import (
    completes_subject,
    hold_answer_in_words,
    hold_on_behalf,
    hold_question,
    is_answer_in_words,
    is_courtesy,
    is_question,
    is_thanks,
)
from intake_bot.judging.prior_mail.supplement import has_nothing_new
from intake_bot.judging.recognition import (
    FROM_OWN_PEOPLE,
    LOOKS_LIKE_SUBMISSION,
    has_fitting_subject,
    is_past_reading,
    is_submission,
    looks_like_submission,
)
from intake_bot.judging.verdict import Disposition, MailKind, Verdict
from intake_bot.mail.body import has_substance
from intake_bot.mail.machines.absence import says_mailbox_is_left
from intake_bot.mail.machines.triage import (
    Weight,
    is_notice_in_words,
    is_own_letter,
    is_reply_to_auto_reply,
    machine_mark,
)
from intake_bot.mail.subject_prefixes import is_reply_subject


@dataclass(frozen=True)
class Outcome:
    """What becomes of a mail."""

    verdict: Verdict
    reason: str = ""
    """Why it is no submission."""
    is_judged: bool = False
    """The verdict is about its files, which belong to it; else it is about its words alone."""
    waits: Piece | None = None
    """Nothing was judged: the mail has to wait for the other pieces."""


BeforeFiles = Callable[[Circumstances], Outcome | None]
WithFiles = Callable[[Measured], Outcome | None]


# ---- while no file is opened -----------------------------------------------------------------------------------------


def order(mail: Circumstances) -> Outcome | None:
    """A clerk orders something; or somebody does whose right to it is not proven, and then nothing is done."""
    its = mail.order
    if its is None or is_own_letter(mail.message) or its.sender in mail.context.own_addresses:
        return None
    if its.has_orders:
        # Her own words may be like those of an absence notice: 答 1020-3 我出差，回来后办.
        mark = machine_mark(replace(mail.message, text="", html=""))
        is_order = mark is None or mark.weight <= Weight.POSSIBLE
    else:
        is_order = mail.mark is None and its.says_anything and not mail.is_on_behalf
    if its.refusal is not None and not mail.is_from_own_people and _looks_like_submission(mail):
        return None
    return Outcome(Verdict(MailKind.COMMAND, Disposition.IGNORED), its.refusal or "order") if is_order else None


def machine(mail: Circumstances) -> Outcome | None:
    """A machine wrote it, or this program did."""
    if mail.silence is None:
        return None
    reason = mail.silence.reason
    if _looks_like_submission(mail) or _may_be_forgotten_files(mail):
        reason = f"{reason}, {LOOKS_LIKE_SUBMISSION}"
    return Outcome(Verdict(MailKind.MACHINE, Disposition.IGNORED), reason)


def other(mail: Circumstances) -> Outcome | None:
    """No submission: clerks read other mail in the same mailbox."""
    if mail.mail.several or is_submission(mail.subject, mail.traits, mail.context.bureau.roster):
        return None
    if _looks_like_submission(mail) or has_fitting_subject(mail.subject):
        return _ignore(LOOKS_LIKE_SUBMISSION)
    broken = is_past_reading(mail.subject.original) and bool(mail.mail.body.strip())
    return _ignore(f"unreadable subject, {LOOKS_LIKE_SUBMISSION}" if broken else "no submission")


def own_people(mail: Circumstances) -> Outcome | None:
    """Mail of a clerk or an admin that reports nothing; the digest names it, but for her thanks for a letter."""
    if not mail.is_from_own_people or mail.is_on_behalf:
        return None
    is_thanks_for_letter = mail.order is not None and not mail.order.says_anything and not mail.mail.has_files
    return _ignore("thanks" if is_thanks_for_letter else FROM_OWN_PEOPLE)


def _looks_like_submission(mail: Circumstances) -> bool:
    """True for a mail that brings something, and looks like a submission; never for a letter of ours."""
    its = mail.mail
    names = (attachment.name for attachment in its.message.attachments)
    brings = its.has_files and not is_own_letter(mail.message)
    return looks_like_submission(mail.subject, names, brings, mail.context.notice, mail.context.bureau.roster)


def _may_be_forgotten_files(mail: Circumstances) -> bool:
    """True for a mail without files whose marks of a program persons' mails bear too: it has the subject of a
    submission, or answers us in words that mean something; and for the answer of a mailbox that was left."""
    if mail.mark is None or mail.mark.weight is Weight.CERTAIN or is_own_letter(mail.message):
        return False
    answers = mail.traits.answers_us or is_reply_subject(mail.subject.original)
    if mail.mark.weight is Weight.UNREAD and not is_reply_to_auto_reply(mail.message):
        # What we wrote to a mailbox that is left reached nobody.
        return says_mailbox_is_left(mail.mail.body)
    if not answers:
        return has_fitting_subject(mail.subject)
    says = has_substance(mail.mail.body) and not is_courtesy(mail.mail.body) and not is_notice_in_words(mail.message)
    return says and (mail.traits.answers_us or has_fitting_subject(mail.subject))


def thanks(mail: Circumstances) -> Outcome | None:
    """An answer to a letter of ours that says thanks and no more."""
    if mail.has_own_subject or not is_thanks(mail.traits, mail.mail.body):
        return None
    return _ignore("thanks")


def asks_something(mail: Circumstances) -> Outcome | None:
    """A question without files: held, for a person to answer."""
    subject = "" if mail.answered else mail.subject.original
    if not is_question(mail.traits, subject, mail.mail.body):
        return None
    return Outcome(hold_question(mail.unit, mail.mail.body))


def waits_for_pieces(mail: Circumstances) -> Outcome | None:
    """One of several mails （2/3）, of which others are still to come."""
    if mail.other_pieces is not None:
        return None
    return Outcome(Verdict(MailKind.SUBMISSION, Disposition.HELD), waits=mail.piece)


BEFORE_FILES: tuple[BeforeFiles, ...] = (order, machine, own_people, other, thanks, asks_something, waits_for_pieces)
ON_BEHALF: tuple[BeforeFiles, ...] = (order, machine)
"""The same for what the bureau's own people pass on."""


# ---- with all files measured -----------------------------------------------------------------------------------------


def on_behalf(mail: Measured) -> Outcome | None:
    """One of the bureau's own people passes it on: held, and never answered."""
    its = mail.circumstances
    if not its.is_on_behalf:
        return None
    verdict = several_mails(its.mail.several) if its.mail.several else mail.verdict
    return Outcome(hold_on_behalf(verdict), is_judged=True)


def several_submissions(mail: Measured) -> Outcome | None:
    """It forwards several submissions at once: held, for a person to take them apart."""
    several = mail.circumstances.mail.several
    return Outcome(several_mails(several), is_judged=True) if several else None


def nothing_new(mail: Measured) -> Outcome | None:
    """An answer to a letter of ours that brings nothing to judge: ignored as thanks, or held for a person to read."""
    its = mail.circumstances
    if its.answered is None or its.has_own_subject or not has_nothing_new(mail.own.facts, its.answered.verdict):
        return None
    if is_courtesy(mail.mail.body) or not mail.mail.body.strip():
        return _ignore("nothing new")
    return Outcome(hold_answer_in_words(its.unit, mail.mail.body))


def words_for_a_person(mail: Measured) -> Outcome | None:
    """An answer in words that neither mends anything nor speaks of files that were forgotten: held.

    What is accepted only because faulty files were left out is not mended by words: nothing came in their place.
    """
    its = mail.circumstances
    if its.has_own_subject:
        return None
    if mail.verdict.disposition is Disposition.REJECTED:
        asked_for_subject = its.answered is not None and its.answered.verdict.has_subject_error
        is_for_a_person = is_answer_in_words(its.traits, mail.mail.body) or (
            asked_for_subject and completes_subject(its.traits, mail.mail.body)
        )
    else:
        has_faulty_files = mail.supplement is not None and mail.supplement.has_faulty_files
        is_for_a_person = has_faulty_files and not its.traits.carries_files
    return Outcome(hold_answer_in_words(its.unit, mail.mail.body)) if is_for_a_person else None


def submission(mail: Measured) -> Outcome:
    """A submission."""
    return Outcome(mail.verdict, is_judged=True)


WITH_FILES: tuple[WithFiles, ...] = (on_behalf, several_submissions, nothing_new, words_for_a_person, submission)


def decide_before_files(mail: Circumstances) -> Outcome | None:
    """What becomes of a mail whose files need not be opened; None where they must be."""
    checks = ON_BEHALF if mail.is_on_behalf else BEFORE_FILES
    return next((found for check in checks if (found := check(mail)) is not None), None)


def decide_with_files(mail: Measured) -> Outcome:
    """What becomes of a mail whose files are measured."""
    return next(found for check in WITH_FILES if (found := check(mail)) is not None)


def _ignore(reason: str) -> Outcome:
    return Outcome(Verdict(MailKind.OTHER, Disposition.IGNORED), reason)
