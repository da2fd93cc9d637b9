"""Carries out what clerks have ordered, by mail or on this machine, and answers each mail once."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from intake_bot.config.settings import Bureau
from intake_bot.desk.carry_out import OrderDesk
from intake_bot.errors import IntakeError, TemporaryFailure
from intake_bot.home.services import Services
from intake_bot.ledger.values.orders import Command, CommandFile, DoneOrder, OrderEntry, Sheet
from intake_bot.ledger.values.records import LetterDraft
from intake_bot.letters.confirmation import Confirmation, OrderLine, OrderOutcome, compose_confirmation
from intake_bot.letters.untrusted import short_line
from intake_bot.orders.order import Verb, verb_of, write_order
from intake_bot.orders.read import Known, Misread, Reading, Remark, Understood, read_orders
from intake_bot.outbox.compose import confirmation_draft

log = logging.getLogger(__name__)

MAXIMUM_FRUITLESS_ANSWERS = 6
"""Answers to one clerk within an hour after which a mail by which nothing was done gets none: a program may answer."""
_LINE_LENGTH = 300
_FAILED = "收件程序出了错，没有办；请告诉管理员看日志"


@dataclass(frozen=True)
class Giver:
    """Who gives orders, and by what: a mail, or where it is None this machine."""

    clerk: str
    command: int | None = None
    """Id of the mail."""
    code: int | None = None
    """Id of the code of its button."""
    files: tuple[CommandFile, ...] = ()
    """What is attached to the mail."""
    sheet: Sheet | None = None
    """The contact sheet whose photos are picked by their numbers."""
    asked: str = ""
    """The orders that a letter of ours asked about, and that the mail answers: 好 carries them out."""
    is_confirmed: bool = False
    """Nothing needs to be asked."""


@dataclass(frozen=True)
class CarriedOut:
    """What became of the orders of one mail. `unread` are the lines that were no orders."""

    lines: tuple[OrderLine, ...]
    unread: tuple[str, ...]
    has_confirmed: bool
    """She said yes to what our letter asked about."""


class ClerkDesk:
    """Carries out the orders that wait in the ledger."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._ledger = services.ledger

    def carry_out(self, bureau: Bureau) -> int:
        """Carries out all mails with orders of this bureau, oldest first; returns how many were settled. What cannot
        be done now is tried again by the next call, and stops nothing else: a broad `except` stands around one mail."""
        settled = 0
        for command in self._ledger.orders.find_pending(bureau.id):
            try:
                self._settle(bureau, command)
            except IntakeError as error:
                log.warning("orders put off receipt=%s: %s", command.receipt, error)
            except Exception:
                log.exception("orders failed receipt=%s", command.receipt)
            else:
                settled += 1
        return settled

    def carry_out_words(self, bureau: Bureau, words: str, at: datetime, giver: Giver, work: Path) -> CarriedOut:
        """Carries out the orders in these words, which were given at this time. Raises TemporaryFailure where one of
        them can only be carried out later."""
        context = self._services.find_notice_context(bureau, at)
        if context is None:
            raise TemporaryFailure(f"{bureau.name}没有可用的通知，命令先放着")
        held = tuple(mail.receipt for mail in self._ledger.submissions.find_held(bureau.id))
        local = at.astimezone(context.calendar.zone)
        known = Known(context.notice, bureau.roster, local, held, bool(giver.files))
        readings = read_orders(words, known)
        asked = [one for one in read_orders(giver.asked, known) if isinstance(one, Understood)] if giver.asked else []
        lines = tuple(self._lines(bureau, giver, _expand(readings, asked), work))
        return CarriedOut(
            lines,
            unread=tuple(short_line(one.line, _LINE_LENGTH) for one in readings if isinstance(one, Remark)),
            has_confirmed=bool(asked) and any(map(_is_yes, readings)),
        )

    def _settle(self, bureau: Bureau, command: Command) -> None:
        folder = self._services.home.orders_work / bureau.id
        giver = Giver(
            command.clerk,
            command.message,
            command.code,
            command.files,
            self._ledger.orders.find_sheet(command.letter),
            command.asked,
        )
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as work:
            done = self.carry_out_words(bureau, command.words, command.received, giver, Path(work))
        answer = self._answer(bureau, command, done.lines, done.unread)
        asked = "\n".join(line.line for line in done.lines if line.outcome is OrderOutcome.ASKED)
        confirmed = command.letter if done.has_confirmed else None
        self._ledger.orders.finish(command, answer, asked, confirmed, self._services.clock())
        log.info("orders carried out receipt=%s lines=%d", command.receipt, len(done.lines))

    def _lines(
        self, bureau: Bureau, giver: Giver, readings: Iterable[tuple[Reading, bool]], work: Path
    ) -> Iterator[OrderLine]:
        done = self._ledger.orders.find_done(giver.command) if giver.command is not None else {}
        used = self._ledger.orders.find_by_code(giver.code) if giver.code is not None else None
        position = 0
        for reading, is_confirmed in readings:
            if isinstance(reading, Misread):
                why = (reading.why,) if reading.why else ()
                yield OrderLine(short_line(reading.line, _LINE_LENGTH), OrderOutcome.MISREAD, why, reading.nearest)
            elif isinstance(reading, Understood):
                entry = OrderEntry(
                    bureau=bureau.id,
                    clerk=giver.clerk,
                    verb=verb_of(reading.order),
                    line=short_line(write_order(reading.order), _LINE_LENGTH),
                    command=giver.command,
                    position=position,
                    code=giver.code,
                )
                line: OrderLine | None
                if position in done:
                    line = _done_before(done[position])
                elif used is not None:
                    said = f"这个按钮已经用过了（第 {used.number} 号命令），没有再办"
                    line = OrderLine(entry.line, OrderOutcome.REFUSED, (said,))
                else:
                    confirmed = is_confirmed or giver.is_confirmed
                    desk = OrderDesk(self._services, bureau, giver.files, sheet=giver.sheet, is_confirmed=confirmed)
                    line = self._carry_out(desk, reading, entry, work)
                if line is not None:
                    yield line
                position += 1

    def _carry_out(self, desk: OrderDesk, reading: Understood, entry: OrderEntry, work: Path) -> OrderLine | None:
        """Holds the broad `except` around one order: it must not keep the others, or the mail for ever."""
        own = work / str(entry.position)
        own.mkdir()
        try:
            return desk.carry_out(reading.order, entry, own)
        except IntakeError:
            raise
        except Exception:
            log.exception("order failed message=%s position=%d", entry.command, entry.position)
            return OrderLine(entry.line, OrderOutcome.REFUSED, (_FAILED,))

    def _answer(
        self, bureau: Bureau, command: Command, lines: tuple[OrderLine, ...], unread: tuple[str, ...]
    ) -> LetterDraft | None:
        now = self._services.clock()
        if not lines:
            return None
        if not any(one.outcome is OrderOutcome.DONE for one in lines):
            written = self._ledger.orders.count_answers_since(bureau.id, command.clerk, now - timedelta(hours=1))
            if written >= MAXIMUM_FRUITLESS_ANSWERS:
                log.warning("orders not answered receipt=%s answers=%d", command.receipt, written)
                return None
        local = now.astimezone(self._services.settings.intake.zone)
        letter = compose_confirmation(Confirmation(bureau.name, lines, unread, local), self._services.templates)
        attached = tuple(file for line in lines for file in line.attached)
        return confirmation_draft(letter, bureau, command.clerk, command.message_id, command.receipt, local, attached)


def _expand(readings: Iterable[Reading], asked: Sequence[Understood]) -> Iterator[tuple[Reading, bool]]:
    """The readings, each with whether it is confirmed; in the place of 好 what was asked about."""
    for reading in readings:
        if asked and _is_yes(reading):
            yield from ((one, True) for one in asked)
        else:
            yield reading, False


def _is_yes(reading: Reading) -> bool:
    return isinstance(reading, Understood) and verb_of(reading.order) is Verb.CONFIRM


def _done_before(done: DoneOrder) -> OrderLine:
    """An order that was carried out just before the program was stopped."""
    return OrderLine(done.line, OrderOutcome.DONE, ("已经办好",), f"{Verb.UNDO} {done.number}")
