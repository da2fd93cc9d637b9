"""What a clerk decides about one held mail: the actions of `held`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from intake_bot.clock import Clock
from intake_bot.commands.console.exit_codes import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.console.held_reasons import list_held_reasons
from intake_bot.commands.console.send_now import send_now
from intake_bot.config.settings import Bureau, Mode, Settings
from intake_bot.desk.decision_writer import DeskResult
from intake_bot.desk.held_mail import HeldMail
from intake_bot.home.home import Home
from intake_bot.home.lock import only_clerk
from intake_bot.home.services import Services
from intake_bot.judging.outcome_words import DECISION_WORDS
from intake_bot.judging.verdict import Decision
from intake_bot.ledger.values.orders import COMMAND_LINE, OrderEntry
from intake_bot.ledger.values.records import MessageRecord
from intake_bot.ledger.values.states import LetterState
from intake_bot.letters.untrusted import short_line
from intake_bot.notices.day_words import item_name
from intake_bot.orders.order import Accept, NamedSlot, Order, Reject, verb_of, write_order


def run(options: argparse.Namespace, home: Home, settings: Settings, clock: Clock) -> int:
    """Does what is asked about one held mail: 0 when it is done with, 1 when it still waits."""
    with only_clerk(home), Services.open(settings, home, clock) as services:
        return _act(options, home, services)


def _act(options: argparse.Namespace, home: Home, services: Services) -> int:
    held_mail = HeldMail(services)
    record = held_mail.find_decided(options.number) if _is_again(options) else held_mail.find(options.number)
    held_mail = HeldMail(services, _order(record, options))
    with tempfile.TemporaryDirectory(dir=home.desk) as work:
        done = _ACTS[options.act](held_mail, record, options, Path(work))
    # Its process is not needed for sending.
    services.worker.close()
    bureau = held_mail.bureau(record)
    _print_result(done, bureau)
    if done.letter_to and bureau.mode is Mode.LIVE:
        why_not = send_now(services, bureau)
        state = services.ledger.submissions.get_mail(record.id).answer or LetterState.QUEUED
        print("    " + _SENT.get(state, f"信在待发信箱里，收件程序会发出{why_not or '。'}"))
    return EXIT_FOUND if services.ledger.submissions.is_held(record.id) else EXIT_WELL


def _order(record: MessageRecord, options: argparse.Namespace) -> OrderEntry | None:
    """The decision as an order, so that it has a number and can be undone; None for what decides nothing."""
    order: Order
    if options.act == "accept":
        order = Accept(record.receipt, NamedSlot(options.unit, tuple(options.material), options.day))
    elif options.act == "reject":
        order = Reject(record.receipt, options.reason)
    else:
        return None
    return OrderEntry(record.key.bureau, COMMAND_LINE, verb_of(order), write_order(order))


def _supply(held_mail: HeldMail, record: MessageRecord, options: argparse.Namespace, work: Path) -> DeskResult:
    return held_mail.supply(record, options.files, options.all, work)


def _accept(held_mail: HeldMail, record: MessageRecord, options: argparse.Namespace, work: Path) -> DeskResult:
    slot = NamedSlot(options.unit, tuple(options.material), options.day)
    act = held_mail.accept_again if options.again else held_mail.accept
    return act(record, slot, options.reason, not options.no_letter, work)


def _reject(held_mail: HeldMail, record: MessageRecord, options: argparse.Namespace, work: Path) -> DeskResult:
    act = held_mail.reject_again if options.again else held_mail.reject
    return act(record, options.reason, not options.no_letter, work)


def _is_again(options: argparse.Namespace) -> bool:
    return options.act in ("accept", "reject") and bool(options.again)


def _retry(held_mail: HeldMail, record: MessageRecord, _options: argparse.Namespace, work: Path) -> DeskResult:
    return held_mail.retry(record, work)


_ACTS: dict[str, Callable[[HeldMail, MessageRecord, argparse.Namespace, Path], DeskResult]] = {
    "supply": _supply,
    "accept": _accept,
    "reject": _reject,
    "retry": _retry,
}


def _print_result(done: DeskResult, bureau: Bureau) -> None:
    mail = done.mail
    print(f"{mail.receipt} {done.words}：{mail.unit or '未识别单位'}　{short_line(mail.subject)}")
    for item in mail.items:
        print(f"    {item_name(item.material, item.day)}：{DECISION_WORDS[item.decision].full}")
    for reason in list_held_reasons(mail) if Decision.HELD in {item.decision for item in mail.items} else ():
        print(f"    还要看：{short_line(reason, 300)}")
    if done.letter_to:
        shadow = "（试运行，没有寄出）" if bureau.mode is Mode.SHADOW else ""
        print(f"    回信给：{'、'.join(map(short_line, done.letter_to))}{shadow}")


_SENT = {LetterState.SENT: "信已发出。", LetterState.FAILED: "信没能发出，请用别的办法告诉学校。"}
