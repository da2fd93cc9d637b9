"""What a clerk does to a mail beyond accepting and rejecting it: correct what it is, answer it, undo a decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from intake_bot.config.notice_context import NoticeContext
from intake_bot.desk.decision_writer import ByHand, DecisionWriter, DeskResult, outcome_words
from intake_bot.desk.held_decision import changes, closed_verdict, decided_verdict, is_question, reopened_verdict
from intake_bot.errors import PermanentFailure
from intake_bot.home.services import Services
from intake_bot.intake.answers.reply import answer_address
from intake_bot.intake.opening import SuppliedFiles
from intake_bot.judging.author import Act
from intake_bot.judging.verdict import Disposition, MailKind, Verdict
from intake_bot.ledger.values.events import EventName
from intake_bot.ledger.values.orders import DoneOrder, OrderEntry
from intake_bot.ledger.values.records import FiledMail, LetterDraft, MessageRecord
from intake_bot.ledger.values.states import LetterState, MessageState
from intake_bot.letters.clerk_answer import ClerkAnswerContext, compose_clerk_answer
from intake_bot.letters.reply import Revision
from intake_bot.letters.untrusted import defuse_words
from intake_bot.notices.subject import write_subject
from intake_bot.orders.order import NamedSlot
from intake_bot.outbox.compose import answer_draft

_NAME_LENGTH = 20


class Corrections:
    """Carries out one order."""

    def __init__(self, services: Services, order: OrderEntry) -> None:
        self._services = services
        self._ledger = services.ledger
        self._writer = DecisionWriter(services, order)

    # ---- 改 ----------------------------------------------------------------------------------------------------------

    def correct(self, record: MessageRecord, slot: NamedSlot, work: Path) -> DeskResult:
        """Judges the mail again as one of this unit, material and day; what the slot leaves open stays as it was. The
        school reads what changed.

        Raises PermanentFailure for a mail that was never opened or is no submission, where unit or material remain
        unknown, and where nothing would change.
        """
        mail = self._ledger.submissions.get_mail(record.id)
        if record.state is MessageState.HELD:
            raise PermanentFailure(f"{record.receipt} 还没有打开过；要收下，请写：收 {record.receipt} 单位 材料")
        if mail.disposition is None or mail.disposition is Disposition.IGNORED or mail.merged_into is not None:
            raise PermanentFailure(f"{record.receipt} 没有可以改的：{outcome_words(mail)}")
        context = self._writer.context(record)
        subject = _corrected_subject(record, mail, slot, context)
        message = replace(self._writer.whole_message(record, mail, work), subject=subject)
        settled = frozenset(link.link for link in mail.links if link.is_settled)
        supplied = SuppliedFiles(self._writer.supplied_before(mail), settled)
        found = self._writer.examine(record, mail, message, supplied, work)
        changed = changes(mail, found.verdict)
        if not changed:
            raise PermanentFailure(f"{record.receipt} 本来就是这样登记的，什么也不会变")
        decision = ByHand(
            found.verdict, EventName.HELD_CORRECTED, "", True, _revision(self._services, record, changed),
            {"slot": slot.words},
        )  # fmt: skip
        return self._writer.refile(record, mail, found, supplied, decision, work)

    # ---- 答 ----------------------------------------------------------------------------------------------------------

    def answer(self, record: MessageRecord, words: str, work: Path) -> DeskResult:
        """Writes these words to the school, in its thread. A question is closed; anything else is held as before.

        Raises PermanentFailure for a mail that is not held, and where nobody can be written to.
        """
        mail = self._ledger.submissions.get_mail(record.id)
        if not self._ledger.submissions.is_held(record.id):
            raise PermanentFailure(f"{record.receipt} 不在等答复：{outcome_words(mail)}")
        if record.state is MessageState.HELD:
            raise PermanentFailure(f"{record.receipt} 还没有打开过，请先到邮箱里看一看")
        letter = self._letter(record, mail, words, work)
        verdict = closed_verdict(mail) if is_question(mail) else decided_verdict(mail)
        decision = ByHand(verdict, EventName.HELD_ANSWERED, "", False, letter=letter)
        return self._writer.decide(record, mail, decision, work)

    def _letter(self, record: MessageRecord, mail: FiledMail, words: str, work: Path) -> LetterDraft:
        context = self._writer.context(record)
        message = self._writer.message(record, mail, work)
        found = self._writer.examination(record, mail, message, decided_verdict(mail))
        if not found.author.may(Act.BE_ANSWERED):
            raise PermanentFailure(f"{record.receipt} 的发件人可能是冒名的，没有回信；请用别的办法答复")
        to = answer_address(found, context)
        if to is None:
            raise PermanentFailure(f"{record.receipt} 没有可以回信的地址，请用别的办法答复")
        letter = compose_clerk_answer(
            ClerkAnswerContext(
                bureau=context.bureau.name,
                contact=context.notice.contact,
                greeted=mail.unit or defuse_words(message.sender.name, _NAME_LENGTH),
                receipt=record.receipt,
                subject=defuse_words(mail.subject),
                paragraphs=tuple(line.strip() for line in words.splitlines() if line.strip()),
            ),
            self._services.templates,
        )
        at = self._services.clock().astimezone(context.calendar.zone)
        return answer_draft(letter, context.bureau, to, message, record.receipt, at)

    # ---- 撤销 --------------------------------------------------------------------------------------------------------

    def undo(self, done: DoneOrder, work: Path) -> DeskResult:
        """Files the judgement that stood before the order once more, and writes to the school where it had been told.

        Raises PermanentFailure where the mail was decided otherwise since.
        """
        if done.message is None:
            raise PermanentFailure(f"第 {done.number} 号命令没有可以撤销的")
        record = self._ledger.messages.get(done.message)
        mail = self._ledger.submissions.get_mail(record.id)
        if mail.submission != done.after:
            raise PermanentFailure(f"{record.receipt} 后来又有新的决定，第 {done.number} 号命令不能单独撤销")
        if done.before is None:
            before, verdict = mail, reopened_verdict()
        else:
            before = self._ledger.submissions.get_replaced(record.id, done.before)
            verdict = _verdict_of(before)
        changed = changes(mail, verdict) or ("前面的答复收回",)
        was_answered = mail.answer not in (None, LetterState.FAILED)
        decision = ByHand(
            verdict, EventName.HELD_UNDONE, "", was_answered, _revision(self._services, record, changed),
            {"undoes": done.number},
        )  # fmt: skip
        return self._writer.restore(record, mail, before, decision, done.number, work)


def _verdict_of(mail: FiledMail) -> Verdict:
    if mail.disposition is Disposition.IGNORED:
        return Verdict(MailKind.OTHER, Disposition.IGNORED, mail.unit, findings=mail.findings)
    return decided_verdict(mail)


def _revision(services: Services, record: MessageRecord, changed: tuple[str, ...]) -> Revision:
    earlier = services.ledger.letters.find_answer_to(record.key.bureau, record.receipt)
    is_known = earlier is not None and earlier.state is not LetterState.FAILED
    return Revision(changed, earlier.created_at if earlier is not None and is_known else None)


def _corrected_subject(record: MessageRecord, mail: FiledMail, slot: NamedSlot, context: NoticeContext) -> str:
    items = [item for item in mail.items if not item.superseded]
    unit = slot.unit or mail.unit
    materials = slot.materials or tuple(dict.fromkeys(item.material for item in items))
    if not unit or not materials:
        missing = "单位" if not unit else "材料"
        raise PermanentFailure(
            f"{record.receipt} 还不知道是哪个{missing}，请一起写上，如：改 {record.receipt} 单位 材料"
        )
    days = {item.day for item in items if item.day}
    day: date | None = slot.day or (days.pop() if len(days) == 1 else None)
    return write_subject(context.notice, unit, materials, day)
