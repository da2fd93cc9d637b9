"""Carries out one order of a clerk, a decision in one transaction with its row, and says in words what was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from intake_bot.config.nearest import suggest_spelling
from intake_bot.config.settings import Bureau, Mode
from intake_bot.desk.corrections import Corrections
from intake_bot.desk.decision_writer import DeskResult, outcome_words
from intake_bot.desk.extensions import grant
from intake_bot.desk.handing_out import hand_out_package, hand_out_week_report
from intake_bot.desk.held_decision import changes, decided_verdict, is_decided, is_question, waits_for_links_only
from intake_bot.desk.held_mail import HeldMail
from intake_bot.desk.missing import missing_sentences
from intake_bot.desk.picking import pick, undo_pick
from intake_bot.desk.reminding import remind, undo_reminders
from intake_bot.digests.workbook.gather import WORKBOOK_KIND, WORKBOOK_NAME, make_workbook
from intake_bot.digests.write_digest import MAXIMUM_ATTACHED_BYTES
from intake_bot.errors import ConfigError, PermanentFailure
from intake_bot.home.services import Services
from intake_bot.judging.verdict import Disposition
from intake_bot.ledger.values.orders import CommandFile, DoneOrder, OrderEntry, Sheet
from intake_bot.ledger.values.records import FiledMail, MessageRecord
from intake_bot.letters.chinese import short_time
from intake_bot.letters.confirmation import OrderLine, OrderOutcome
from intake_bot.letters.untrusted import show_address
from intake_bot.mail.smtp.outgoing import AttachedFile
from intake_bot.orders.order import (
    Accept,
    Answer,
    Ask,
    Close,
    Correct,
    Extend,
    Order,
    Package,
    Pick,
    Reject,
    Remind,
    Supply,
    Undo,
    Verb,
    verb_of,
)
from intake_bot.orders.verbs import EXAMPLES


class OrderDesk:
    """Carries out the orders of one bureau's clerks."""

    def __init__(
        self,
        services: Services,
        bureau: Bureau,
        files: Sequence[CommandFile] = (),
        *,
        sheet: Sheet | None = None,
        is_confirmed: bool = False,
    ) -> None:
        """`files` are attached to the orders, the numbers of photos are those of `sheet`. Before an order writes to
        many schools it is confirmed."""
        self._sheet = sheet
        self._is_confirmed = is_confirmed
        self._files = [services.home.files / one.path for one in files]
        self._services = services
        self._ledger = services.ledger
        self._bureau = bureau

    def carry_out(self, order: Order, entry: OrderEntry, work: Path) -> OrderLine | None:
        """Carries out one order; None for a 好 that nothing asked for. What cannot be done changes nothing, and says
        why. Raises TemporaryFailure where it may be done later, also where somebody else has just decided."""
        if verb_of(order) is Verb.CONFIRM:
            return None
        try:
            return _HANDLERS[type(order)](self, order, entry, work)
        except ConfigError as error:
            return OrderLine(entry.line, OrderOutcome.REFUSED, tuple(fault.message for fault in error.faults))
        except PermanentFailure as error:
            return OrderLine(entry.line, OrderOutcome.REFUSED, (str(error),))

    # ---- about a mail ------------------------------------------------------------------------------------------------

    def _accept(self, order: Accept, entry: OrderEntry, work: Path) -> OrderLine:
        record, before = self._undecided_by_others(order.number, entry)
        if self._files and before.open_links:
            return self._supply(Supply(order.number), entry, work)
        held_mail = HeldMail(self._services, entry)
        if self._ledger.submissions.is_held(record.id):
            return self._decision_line(entry, before, held_mail.accept(record, order.slot, "", True, work))
        if before.disposition is Disposition.ACCEPTED and not order.slot:
            raise PermanentFailure(f"{record.receipt} 已经收下了，不用再办")
        return self._decision_line(entry, before, held_mail.accept_again(record, order.slot, "", True, work))

    def _reject(self, order: Reject, entry: OrderEntry, work: Path) -> OrderLine:
        record, before = self._undecided_by_others(order.number, entry)
        held_mail = HeldMail(self._services, entry)
        return self._decision_line(entry, before, held_mail.reject_again(record, order.reason, True, work))

    def _supply(self, order: Supply, entry: OrderEntry, work: Path) -> OrderLine:
        record, before = self._undecided_by_others(order.number, entry)
        if not before.open_links:
            raise PermanentFailure(f"{record.receipt} 没有等着下载的超大附件：{outcome_words(before)}")
        result = HeldMail(self._services, entry).supply(record, self._files, False, work)
        return self._decision_line(entry, before, result, f"交上了 {len(self._files)} 个文件，已经重新判过")

    def _correct(self, order: Correct, entry: OrderEntry, work: Path) -> OrderLine:
        record, before = self._undecided_by_others(order.number, entry)
        return self._decision_line(entry, before, Corrections(self._services, entry).correct(record, order.slot, work))

    def _answer(self, order: Answer, entry: OrderEntry, work: Path) -> OrderLine:
        record, before = self._undecided_by_others(order.number, entry)
        result = Corrections(self._services, entry).answer(record, order.words, work)
        return self._decision_line(entry, before, result, f"发出的话：“{order.words}”")

    def _close(self, order: Close, entry: OrderEntry, work: Path) -> OrderLine:
        record = self._mail(order.number)
        before = self._ledger.submissions.get_mail(record.id)
        is_held = self._ledger.submissions.is_held(record.id)
        if is_held and (is_question(before) or waits_for_links_only(before)):
            return self._decision_line(entry, before, HeldMail(self._services, entry).close(record, work))
        closed = self._ledger.orders.close_letters(record.id, entry, self._services.clock())
        if closed is not None:
            letter = f"没有送到的回信（{'、'.join(map(show_address, closed.recipients))}）"
            said = f"{record.receipt} {before.unit or '未识别单位'}：{letter}不再列在待办里，请确认已经告知对方"
            return OrderLine(entry.line, OrderOutcome.DONE, (said,), f"{Verb.UNDO} {closed.order}")
        if not is_held:
            raise PermanentFailure(f"{record.receipt} 不在待办之列：{outcome_words(before)}")
        raise PermanentFailure(f"{record.receipt} 是报送的材料，不能只结案，请写 收 或 退")

    def _mail(self, number: str) -> MessageRecord:
        """The mail of this number. Raises PermanentFailure where this bureau has none."""
        record = self._ledger.messages.find_by_receipt(number)
        if record is None or record.key.bureau != self._bureau.id:
            held = [mail.receipt for mail in self._ledger.submissions.find_held(self._bureau.id)]
            raise PermanentFailure(f"没有编号为“{number}”的邮件{suggest_spelling(number, held)}".rstrip("。"))
        return record

    def _undecided_by_others(self, number: str, entry: OrderEntry) -> tuple[MessageRecord, FiledMail]:
        """The mail of this number. Raises PermanentFailure where this bureau has none, where nobody can decide about
        it, and where another clerk has: the first order stands."""
        record = self._mail(number)
        mail = self._ledger.submissions.get_mail(record.id)
        if self._ledger.submissions.is_held(record.id):
            return record, mail
        last = self._ledger.orders.find_last_about(record.id)
        if last is not None and last.clerk != entry.clerk:
            raise PermanentFailure(f"{self._describe(last)}，以先办的为准，没有再改。要改，先写：撤销 {last.number}")
        if not is_decided(mail) or mail.disposition is Disposition.IGNORED:
            raise PermanentFailure(f"{record.receipt} 没有要决定的：{outcome_words(mail)}")
        return record, mail

    def _describe(self, done: DoneOrder) -> str:
        at = short_time(done.done_at.astimezone(self._services.settings.intake.zone))
        return f"{show_address(done.clerk)} 已在 {at} 办过“{done.line}”（第 {done.number} 号命令）"

    def _decision_line(self, entry: OrderEntry, before: FiledMail, result: DeskResult, *more: str) -> OrderLine:
        mail = result.mail
        changed = [*changes(before, decided_verdict(mail)), *filter(None, (result.change,))] or [result.words]
        sentences = [f"{mail.receipt} {mail.unit or '未识别单位'}：{'；'.join(changed)}", *more]
        sentences.append(self._letter_words(result))
        if result.is_held:
            sentences.append("这封邮件还有要您看的，仍在待办里")
        return OrderLine(entry.line, OrderOutcome.DONE, tuple(sentences), f"{Verb.UNDO} {result.order}")

    def _letter_words(self, result: DeskResult) -> str:
        if not result.letter_to:
            return "没有写信给学校"
        to = "、".join(map(show_address, result.letter_to))
        return f"试运行，没有寄信（正式运行时会写给 {to}）" if self._bureau.mode is Mode.SHADOW else f"已写信告诉 {to}"

    # ---- about other things ------------------------------------------------------------------------------------------

    def _extend(self, order: Extend, entry: OrderEntry, _work: Path) -> OrderLine:
        number, sentences = grant(self._services, self._bureau, order, entry)
        return OrderLine(entry.line, OrderOutcome.DONE, sentences, f"{Verb.UNDO} {number}")

    def _remind(self, order: Remind, entry: OrderEntry, _work: Path) -> OrderLine:
        return remind(self._services, self._bureau, order, entry, is_confirmed=self._is_confirmed)

    def _pick(self, order: Pick, entry: OrderEntry, _work: Path) -> OrderLine:
        return pick(self._services, self._bureau, order, entry, self._sheet)

    def _undo(self, order: Undo, entry: OrderEntry, work: Path) -> OrderLine:
        done = self._ledger.orders.find(self._bureau.id, order.order)
        if done is None:
            raise PermanentFailure(f"没有第 {order.order} 号命令")
        if done.undone_by is not None:
            raise PermanentFailure(f"第 {order.order} 号命令已经撤销过了（第 {done.undone_by} 号命令）")
        if done.verb == Verb.EXTEND:
            self._ledger.orders.withdraw(done.number, entry, self._services.clock())
            said = f"{self._describe(done)}，现在不算了，期限恢复原样"
            return OrderLine(entry.line, OrderOutcome.DONE, (said,))
        if done.verb == Verb.REMIND:
            return undo_reminders(self._services, done, self._describe(done), entry)
        if done.verb == Verb.PICK:
            return undo_pick(self._services, done, self._describe(done), entry)
        if done.verb == Verb.CLOSE and done.message is None:
            self._ledger.orders.reopen_letters(done.number, entry, self._services.clock())
            said = f"{self._describe(done)}，现在不算了，没有送到的回信又列在待办里"
            return OrderLine(entry.line, OrderOutcome.DONE, (said,))
        if done.message is None:
            raise PermanentFailure(f"第 {order.order} 号命令“{done.line}”没有可以撤销的")
        before = self._ledger.submissions.get_mail(done.message)
        result = Corrections(self._services, entry).undo(done, work)
        return self._decision_line(entry, before, result, f"{self._describe(done)}，现在不算了")

    def _ask(self, order: Ask, entry: OrderEntry, _work: Path) -> OrderLine:
        if order.verb is Verb.HELP:
            return OrderLine(entry.line, OrderOutcome.ANSWERED, tuple(help_sentences()))
        if order.verb is Verb.WORKBOOK:
            return self._workbook(entry)
        if order.verb is Verb.WEEK_REPORT:
            return hand_out_week_report(self._services, self._bureau, entry)
        return OrderLine(entry.line, OrderOutcome.ANSWERED, missing_sentences(self._services, self._bureau))

    def _package(self, order: Package, entry: OrderEntry, _work: Path) -> OrderLine:
        return hand_out_package(self._services, self._bureau, order, entry)

    def _workbook(self, entry: OrderEntry) -> OrderLine:
        content = make_workbook(self._services, self._bureau, self._services.clock())
        if content is None:
            raise PermanentFailure("现在没有适用的通知，没有台账")
        if entry.command is not None and len(content) > MAXIMUM_ATTACHED_BYTES:
            raise PermanentFailure("台账太大，信里放不下；请管理员用 ledger export 存成文件")
        attached = (AttachedFile(WORKBOOK_NAME, WORKBOOK_KIND, content),)
        sentences = (f"{WORKBOOK_NAME} 附在这封信里",) if entry.command is not None else ()
        return OrderLine(entry.line, OrderOutcome.ANSWERED, sentences, attached=attached)


def help_sentences() -> list[str]:
    """The list of orders, for a clerk."""
    examples = [f"{example}　　{what}" for verb, (example, what) in EXAMPLES.items() if verb is not Verb.CONFIRM]
    return ["一行写一条命令，编号照抄，写在最上面那条线以上：", *examples]


_HANDLERS: Mapping[type, Callable[[OrderDesk, Any, OrderEntry, Path], OrderLine]] = {
    Accept: OrderDesk._accept,
    Reject: OrderDesk._reject,
    Supply: OrderDesk._supply,
    Correct: OrderDesk._correct,
    Answer: OrderDesk._answer,
    Close: OrderDesk._close,
    Extend: OrderDesk._extend,
    Remind: OrderDesk._remind,
    Pick: OrderDesk._pick,
    Package: OrderDesk._package,
    Undo: OrderDesk._undo,
    Ask: OrderDesk._ask,
}
