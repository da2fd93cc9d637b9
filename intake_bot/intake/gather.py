"""Gathers what is known of one mail: from its bytes, from the ledger, and from its files, measured by the worker."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from intake_bot.config.notice_context import NoticeContext
from intake_bot.files.documents.words import count_words
from intake_bot.files.facts import MailFacts, TextFacts
from intake_bot.files.inspect import InspectedFile, inspect_files
from intake_bot.files.mail_budget import MailBudget
from intake_bot.files.worker.recorded import Opener
from intake_bot.intake.answers.loop_guard import Occasion, silence
from intake_bot.intake.authorship import find_mail_author
from intake_bot.intake.circumstances import Answered, Circumstances, Measured, Supplement
from intake_bot.intake.forwarded_submission import (
    ForwardResolver,
    ResolvedMail,
    find_outweighed,
    merge_piece,
    unpack_winmail_parts,
)
from intake_bot.intake.opening import SuppliedFiles, open_mail
from intake_bot.intake.order_mail import find_order_mail
from intake_bot.intake.prior_mail import JudgedPieces, PieceMail, PriorMail, PriorSubmission
from intake_bot.judging.author import Act, Author
from intake_bot.judging.judge import Case, find_lacking, has_error
from intake_bot.judging.prior_mail.open_links import can_serve, is_replaced
from intake_bot.judging.prior_mail.pieces import Piece, check_same_numbers, report_same_numbers
from intake_bot.judging.prior_mail.replies import MailTraits
from intake_bot.judging.prior_mail.supplement import (
    MergedFacts,
    can_supplement,
    complete_reading,
    complete_unit,
    find_rejected,
    is_subject_correction,
    merge_answer,
    merge_new_mail,
    merge_nothing,
    merge_pieces,
    merge_subject_correction,
    wants_fresh_start,
)
from intake_bot.judging.prose.reader import ProseReader
from intake_bot.judging.rules.text import BODY_NAME
from intake_bot.judging.sender import find_filled_days, report_unproven_supplement
from intake_bot.judging.verdict import Finding
from intake_bot.ledger.values.receipt import find_receipt
from intake_bot.ledger.values.records import KeptLink, SettledLinks
from intake_bot.mail.body import prose_of
from intake_bot.mail.cloud_links import CloudLink
from intake_bot.mail.imap.arrival import Arrival
from intake_bot.mail.machines.triage import is_of_sender
from intake_bot.mail.message import Attachment, Message, UnreadContent
from intake_bot.notices.named_days import read_relative_day
from intake_bot.notices.notice import Material
from intake_bot.notices.roster import Unit
from intake_bot.notices.subject import SubjectReading, assume_only_material, read_subject

MergeFacts = Callable[[MailFacts, MailFacts, Sequence[Material], ProseReader], MergedFacts]


class Gatherer:
    """Gathers for one mail. `work` is a folder of its own, for what attached mails and archives hold."""

    def __init__(
        self, arrival: Arrival, context: NoticeContext, work: Path, prior_mail: PriorMail, worker: Opener
    ) -> None:
        self._arrival = arrival
        self._context = context
        self._notice = context.notice
        self._roster = context.bureau.roster
        self._work = work
        self._prior_mail = prior_mail
        self._worker = worker
        self.budget = MailBudget.of(context.limits.files)
        """What the mail's files may still cost, prior ones that are measured again included."""
        self._resolver = ForwardResolver(context.notice, context.bureau.roster, context.own_addresses)

    def read(self, message: Message, supplied: SuppliedFiles) -> Circumstances:
        """The mail as it reads, with what the ledger knows. No file is opened but attached mails.

        What a clerk supplied counts as attached. Raises OSError, of our own disk.
        """
        whole = replace(message, attachments=(*message.attachments, *supplied.files))
        mail = self._resolver.resolve(whole, self._work / "mails", self._context.limits.reading)
        subject = self._with_relative_day(read_subject(mail.message.subject, self._notice, self._roster))
        answered = self._find_answered(mail, message)
        reading = self._complete(subject, answered.submission)
        author = self._author(message, reading.unit)
        is_known = answered.submission is not None or answered.unproven is not None
        answers_us = is_known or _answers_us(message, self._prior_mail)
        weight = find_outweighed(mail, subject, answers_us)
        occasion = Occasion(message, self._context.own_addresses, outweighed=weight)
        quiet = silence(occasion)
        # The other pieces are asked for their raw bytes: not for the sake of a machine that quotes a subject.
        piece = None if quiet or not author.may(Act.MERGE_OWN_PIECES) else self._piece(reading, author)
        attached = any(is_of_sender(one) for one in mail.message.attachments)
        carries_files = bool(attached or mail.links or mail.message.unread)
        return Circumstances(
            message=message,
            silence=quiet,
            context=self._context,
            mail=mail,
            subject=subject,
            reading=reading,
            traits=MailTraits(mail.author.address, carries_files, answers_us),
            mark=occasion.mark,
            author=author,
            answered=answered.submission,
            unproven=_supplemented_by(subject, answered.unproven),
            piece=piece,
            other_pieces=self._prior_mail.other_pieces(piece, author) if piece else (),
            order=find_order_mail(message, self._context, self._prior_mail, author, self._arrival.at),
        )

    def _with_relative_day(self, subject: SubjectReading) -> SubjectReading:
        """The reading with the day that 昨天 means in a subject without another; the same where the time is a guess."""
        if subject.day or subject.other_days or self._arrival.latest is not None:
            return subject
        calendar = self._context.calendar
        today = self._arrival.at.astimezone(calendar.zone).date()
        return replace(subject, day=read_relative_day(subject.original, today, calendar.week))

    def measure(self, found: Circumstances, supplied: SuppliedFiles) -> Measured:
        """The same with every file opened by the worker: pieces merged, and a prior submission's good files with it.

        The links that a clerk's files came from count as done with. Raises OSError, of our own disk.
        """
        others = found.other_pieces or ()
        mail, doubts = self._merge_pieces(found, others)
        mail, inspected = self.inspect_own(mail)
        files = [one.facts for one in inspected]
        own = self._own_case(found, doubts, _facts(mail, inspected, supplied))
        own = replace(own, known_files=self._prior_mail.known_files(files, None))
        prior, merge = self._find_prior(found, mail, own)
        case, supplement = self._supplement(own, prior, merge, supplied) if prior else (own, None)
        is_new_mail = found.piece is None and prior is not found.answered
        if prior and supplement and is_new_mail and _is_better_alone(own, case, supplement, prior):
            case, supplement = own, None
        if prior:
            case = replace(case, known_files=self._prior_mail.known_files(files, prior.verdict.receipt))
        settled = () if found.is_on_behalf else tuple(self._settled_links(own, supplement))
        return Measured(found, mail, inspected, case, own, supplement, settled)

    def _own_case(self, found: Circumstances, doubts: Sequence[Finding], facts: MailFacts) -> Case:
        """What `judge` is asked about the mail itself."""
        case = replace(self._case(found.reading, found.author, facts), doubts=(*_report_unproven(found), *doubts))
        if found.is_on_behalf:
            case = replace(case, accepted_items=())  # A person decides, and it replaces nothing.
        if found.piece is None:
            return case
        judged = self._prior_mail.judged_pieces(found.piece, found.author)
        numbers = {found.piece.number, *(one.number for one in found.other_pieces or ())}
        again = report_same_numbers(numbers & judged.numbers) if judged and _brings_new(facts, judged) else []
        again = again or list(judged.doubts if judged else ())
        return replace(
            case,
            doubts=(*case.doubts, *again),
            piece_numbers=frozenset(numbers | (judged.numbers if judged else frozenset())),
        )

    def _find_prior(
        self, found: Circumstances, mail: ResolvedMail, own: Case
    ) -> tuple[PriorSubmission | None, MergeFacts]:
        """The prior submission that is judged together with the mail, and how their files come together."""
        if mail.several or found.is_on_behalf:
            return None, merge_nothing
        answered = _supplemented_by(found.subject, found.answered)
        judged = self._prior_mail.judged_pieces(found.piece, found.author) if found.piece and not answered else None
        prior = answered or (
            judged.submission if judged else self._find_rejected(own) or self._incompletely_replaced(own)
        )
        if prior is not None and is_subject_correction(own.facts, prior.verdict):
            return prior, merge_subject_correction  # 主题已改，重新报送
        if wants_fresh_start(found.subject.original, mail.body):
            return prior, merge_nothing
        if judged is not None:
            return prior, merge_pieces
        return prior, merge_answer if answered or found.piece else merge_new_mail

    def inspect_own(self, mail: ResolvedMail) -> tuple[ResolvedMail, tuple[InspectedFile, ...]]:
        """The mail with the files of each winmail.dat, and the facts of all files that it brings itself."""
        mail = unpack_winmail_parts(mail, self._work / "winmail", self._worker, self.budget)
        return mail, self._inspect(mail.message.attachments, "archives")

    def _inspect(self, files: Sequence[Attachment], folder: str) -> tuple[InspectedFile, ...]:
        return inspect_files(files, self._work / folder, self._context.limits.files, self._worker, self.budget)

    def _complete(self, subject: SubjectReading, answered: PriorSubmission | None) -> SubjectReading:
        mended = _supplemented_by(subject, answered)
        if mended:
            return complete_reading(subject, mended.verdict, self._roster)
        reading = complete_unit(subject, answered.verdict, self._roster) if answered else subject
        return assume_only_material(reading, self._notice)

    def _case(self, reading: SubjectReading, author: Author, facts: MailFacts) -> Case:
        accepted = self._prior_mail.accepted_items(reading.unit.name) if reading.unit else ()
        return Case(
            notice=self._notice,
            calendar=self._context.calendar,
            reading=reading,
            received=self._arrival.at,
            latest_arrival=self._arrival.latest,
            facts=facts,
            author=author,
            accepted_items=accepted,
            # A piece that is late belongs to those that were judged before it.
            filled_days={} if reading.piece else find_filled_days(accepted, author, reading.unit),
            unit_names=self._roster.names,
        )

    def _author(self, message: Message, unit: Unit | None) -> Author:
        return find_mail_author(message, unit, self._context, self._prior_mail)

    def _find_answered(self, mail: ResolvedMail, message: Message) -> Answered:
        """What the mail answers: by its thread, else by a number in its subject, else by one in its own words."""
        thread = (*mail.message.in_reply_to, *mail.message.references)
        receipts = [one for one in map(find_receipt, (mail.message.subject, mail.body)) if one]
        if not thread and not receipts:
            return Answered(None)
        author = self._author(message, None)
        found = self._prior_mail.find_answered(thread, (), author) if thread else None
        if found is not None:
            return Answered(found) if author.may(Act.SUPPLEMENT_BY_THREAD) else Answered(None, found)
        for receipt in receipts:
            found = self._prior_mail.find_answered((), (receipt,), author)
            if found is not None:
                unit = self._roster.find(found.verdict.unit) if found.verdict.unit else None
                may = self._author(message, unit).may_supplement_by_receipt(found.sender)
                return Answered(found) if may else Answered(None, found)
        return Answered(None)

    def _piece(self, reading: SubjectReading, author: Author) -> Piece | None:
        """What the mail is a piece of; None for a whole mail, and for one that cannot be accepted anyhow.

        Its day is read without its forms: the other pieces hold none, and must be found.
        """
        if reading.piece is None or reading.piece[1] == 1 or reading.unit is None or not reading.materials:
            return None
        case = self._case(reading, author, MailFacts((), TextFacts("", 0)))
        days = [slot.day for material in case.materials if (slot := case.find_slot(material)) and slot.day]
        number, total = reading.piece
        day = days[0] if days else None
        return Piece(self._notice.id, reading.unit.name, reading.materials, day, number, total)

    def _merge_pieces(self, found: Circumstances, others: Sequence[PieceMail]) -> tuple[ResolvedMail, list[Finding]]:
        """The mail with all that the other pieces bring, and doubts about which of them belong together."""
        limits, mail = self._context.limits, found.mail
        contents = [(found.piece.number, _content(mail))] if found.piece else []
        for piece in others:
            folder = self._work / f"piece-{piece.id}"
            message = open_mail(piece.raw, folder, limits)
            other = self._resolver.resolve(message, folder / "mails", limits.reading)
            contents.append((piece.number, _content(other)))
            mail = merge_piece(mail, other, piece.number)
        return mail, check_same_numbers(contents)

    def _find_rejected(self, case: Case) -> PriorSubmission | None:
        """What a new mail of the same author for the same unit, material and day mends, though it does not say so.

        It is never a mail that brought nothing.
        """
        unit = case.reading.unit
        # Of what a unit owes several (quotas), a second one is no second try.
        slots = {m.name: slot.day for m in case.materials if not m.quotas and (slot := case.find_slot(m)) is not None}
        if unit is None or not slots or not case.author.may(Act.SUPPLEMENT_BY_SLOT_OWN):
            return None
        unsettled = self._prior_mail.find_unsettled(unit.name)
        mails = {
            one.verdict.receipt: one
            for one in unsettled
            if case.author.is_same(one.sender) and (one.links or any(kept.name != BODY_NAME for kept, _ in one.files))
        }
        found = find_rejected(slots, (one.verdict for one in mails.values()))
        return mails[found.receipt] if found else None

    def _incompletely_replaced(self, case: Case) -> PriorSubmission | None:
        """The author's accepted or held submission whose place a new mail takes that lacks some of its parts."""
        unit = case.reading.unit
        if unit is None or not (case.facts.files or case.facts.cloud_links) or not case.author.may(Act.REPLACE_OWN):
            return None
        for material, day in find_lacking(case.verdict, case.notice):
            standing = self._prior_mail.standing(unit.name, material, day)
            own = [one for one in standing if case.author.is_same(one.sender)]
            if own:
                return own[-1]
        return None

    def _settled_links(self, own: Case, supplement: Supplement | None) -> Iterator[SettledLinks]:
        """The author's open links that his new files replace, and those that the supplement takes over."""
        if supplement is not None and supplement.links:
            yield SettledLinks(supplement.receipt, frozenset(link.link for link in supplement.links))
        unit, reader = own.reading.unit, ProseReader.of(self._notice)
        for prior in self._prior_mail.open_links(unit.name) if unit else ():
            if own.author.may(Act.REPLACE_OWN) and own.author.is_same(prior.sender):
                replaced = [one for one in prior.links if is_replaced(one.name, own.facts, _by_mail(own), reader)]
                if replaced:
                    yield SettledLinks(prior.verdict.receipt, frozenset(one.link for one in replaced))

    def _supplement(
        self, case: Case, prior: PriorSubmission, merge: MergeFacts, supplied: SuppliedFiles
    ) -> tuple[Case, Supplement]:
        """The case with the good files of the prior submission, measured anew from our disk: what was found then may
        have changed with the notice or the program. Its open links count as if the new mail had brought them."""
        there = [(kept, path) for kept, path in prior.files if path.is_file()]
        words = [path.read_text("utf-8-sig", "replace") for kept, path in there if kept.name == BODY_NAME]
        attached = [
            Attachment(kept.name, path, kept.bytes, kept.sha256, "") for kept, path in there if kept.name != BODY_NAME
        ]
        body = "\n\n".join(words)
        inspected = tuple(one.facts for one in self._inspect(attached, "prior"))
        old = MailFacts(inspected, TextFacts(body, count_words(body)))
        reader = ProseReader.of(self._notice)
        merged = merge(case.facts, old, _by_mail(case), reader)
        links = tuple(one for one in self._taken_links(case, prior) if one.link not in supplied.links)
        cloud_links = tuple(CloudLink(one.name, one.link, one.size, one.expires) for one in links)
        facts = replace(merged.facts, cloud_links=(*cloud_links, *merged.facts.cloud_links))
        taken = merged.reused_files
        first_volumes = {file.name: file.volume_of for file in inspected if file.volume_of}
        files = tuple(kept for kept, _ in there if _holds(first_volumes.get(kept.name, kept.name), taken))
        case = replace(case, facts=facts, reused_files=frozenset(taken), stated_days=prior.verdict.days)
        return case, Supplement(prior.verdict.receipt, taken, files, merged.has_faulty_files, links)

    def _taken_links(self, case: Case, prior: PriorSubmission) -> Iterator[KeptLink]:
        """The open links of the prior submission that may be for the materials of the case. Only the same author's new
        files replace them."""
        materials, own = _by_mail(case), {link.link for link in case.facts.cloud_links}
        is_same, reader = case.author.is_same(prior.sender), ProseReader.of(self._notice)
        for link in prior.links:
            is_superfluous = is_same and is_replaced(link.name, case.facts, materials, reader)
            if link.link not in own and can_serve(link.name, materials) and not is_superfluous:
                yield link


def _supplemented_by(subject: SubjectReading, answered: PriorSubmission | None) -> PriorSubmission | None:
    """The answered submission, where the mail can be about it."""
    return answered if answered and can_supplement(subject, answered.verdict) else None


def _is_better_alone(own: Case, merged: Case, supplement: Supplement, prior: PriorSubmission) -> bool:
    """True for a new mail that is whole by itself, or that gains nothing from the prior submission."""
    if has_error(own.verdict):
        return False
    # Files that are not in the store yet are those of a mail of the same batch.
    is_coming = any(not path.is_file() for _, path in prior.files)
    gains = bool(find_lacking(own.verdict, own.notice)) and bool(
        supplement.reused_files or supplement.links or is_coming
    )
    return not gains or has_error(merged.verdict)


def _by_mail(case: Case) -> list[Material]:
    return [material for material in case.materials if material.channel == "mail"]


def _report_unproven(found: Circumstances) -> list[Finding]:
    prior = found.unproven
    return report_unproven_supplement(found.author, prior.verdict.receipt, prior.sender) if prior else []


def _brings_new(facts: MailFacts, judged: JudgedPieces) -> bool:
    """True for a piece with files that the earlier ones do not have."""
    known = {kept.sha256 for kept, _ in judged.submission.files}
    return any(file.archive is None and file.sha256 not in known for file in facts.files)


def _content(mail: ResolvedMail) -> frozenset[str]:
    return frozenset(attachment.sha256 for attachment in mail.message.attachments)


def _facts(mail: ResolvedMail, inspected: Sequence[InspectedFile], supplied: SuppliedFiles) -> MailFacts:
    words = prose_of(mail.words)
    unread = mail.message.unread if words == mail.words else (*mail.message.unread, UnreadContent.ENCODED)
    return MailFacts(
        tuple(one.facts for one in inspected),
        TextFacts(text=words, words=count_words(words)),
        cloud_links=tuple(link for link in mail.links if link.link not in supplied.links),
        unread=tuple(dict.fromkeys(unread)),
        incomplete=mail.message.is_incomplete,
    )


def _holds(kept: str, taken: Collection[str]) -> bool:
    """A kept file of this name is one that was taken over, or the archive that such a one came out of."""
    return any(name == kept or name.startswith(f"{kept}/") for name in taken)


def _answers_us(message: Message, prior_mail: PriorMail) -> bool:
    receipt = find_receipt(message.subject)
    thread = (*message.in_reply_to, *message.references)
    return (bool(thread) and prior_mail.knows_letter(thread)) or (
        receipt is not None and prior_mail.knows_receipt(receipt)
    )
