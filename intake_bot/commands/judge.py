"""`judge`: a trial judgement on mail files. It touches nothing: no ledger, no letter, no trace."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from intake_bot.clock import system_clock
from intake_bot.commands.console.exit_codes import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.console.options import chosen_bureaus, in_zone
from intake_bot.commands.console.progress import track_while_printing
from intake_bot.config.load import load
from intake_bot.config.notice_context import NoticeContext, find_notice_context
from intake_bot.config.settings import Bureau, Settings
from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.files.worker.worker import Worker
from intake_bot.home.home import Home
from intake_bot.home.letter_templates import home_templates
from intake_bot.intake.answers.reply import Reply, ReplyWriter
from intake_bot.intake.examine import Examination, examine
from intake_bot.intake.opening import open_mail
from intake_bot.intake.prior_mail import NoPriorMail
from intake_bot.judging.outcome_words import DISPOSITION_WORDS
from intake_bot.judging.verdict import Disposition, Finding, ItemVerdict, MailKind, Verdict
from intake_bot.mail.imap.arrival import Arrival
from intake_bot.mail.message import Message

TRIAL_RECEIPT = "0000-0"
"""Stands where a receipt number will: a trial is not registered, so it gets none."""


@dataclass(frozen=True)
class Judged:
    """One file with what was made of it. `context` is None where no bureau could be told."""

    file: Path
    context: NoticeContext | None
    received: datetime
    examination: Examination
    reply: Reply | None


def run(options: argparse.Namespace) -> int:
    """Judges every file in order. 1 when a mail has something to mend, 2 when a file or a bureau is not there."""
    home = Home(options.home)
    settings = load(home.root)
    chosen_bureaus(options, settings)
    absent = [path for path in options.files if not path.is_file()]
    if absent:
        raise ConfigError(tuple(ConfigFault(str(path), 0, 0, "没有这个文件") for path in absent))
    something_wrong = False
    for judged in _judge_all(options, settings, home):
        disposition = judged.examination.verdict.disposition
        something_wrong |= disposition in (Disposition.REJECTED, Disposition.PARTIAL)
        if options.json:
            print(json.dumps(as_json(judged), ensure_ascii=False), flush=True)
        else:
            _show(judged)
    return EXIT_FOUND if something_wrong else EXIT_WELL


def _judge_all(options: argparse.Namespace, settings: Settings, home: Home) -> Iterator[Judged]:
    reply_writer = ReplyWriter(home_templates(home))
    with Worker(settings.intake.limits.allowance) as worker:
        for path in track_while_printing(options.files, "试判"):
            with tempfile.TemporaryDirectory(prefix="intake-bot-") as work:
                yield _judge_one(path, Path(work), options, settings, reply_writer, worker)


def _judge_one(
    path: Path, work: Path, options: argparse.Namespace, settings: Settings, reply_writer: ReplyWriter, worker: Worker
) -> Judged:
    zone = settings.intake.zone
    message = open_mail(path, work, settings.intake.limits)
    received = _find_receipt_time(message, options, zone)
    bureau = _bureau_of(message, options.bureau, settings)
    context = find_notice_context(settings, bureau, received) if bureau else None
    if context is None:
        verdict = Verdict(MailKind.OTHER, Disposition.IGNORED)
        return Judged(path, None, received, Examination(message, verdict, "no bureau"), None)
    examination = examine(message, Arrival(received), context, work, NoPriorMail(), worker)
    now = in_zone(options.now, zone) if options.now else received
    return Judged(
        path, context, received, examination, reply_writer.reply(examination, context, TRIAL_RECEIPT, received, now)
    )


def _find_receipt_time(message: Message, options: argparse.Namespace, zone: tzinfo) -> datetime:
    """--received, else the topmost Received: header, else Date:, else the moment that is now."""
    supplied = in_zone(options.received, zone) if options.received else None
    now = in_zone(options.now, zone) if options.now else system_clock()
    return (supplied or message.received_at or message.sent_at or now).astimezone(zone)


def _bureau_of(message: Message, wanted: str | None, settings: Settings) -> Bureau | None:
    """The bureau asked for, else the one that the mail is addressed to, else the only one there is."""
    if wanted is not None:
        return settings.bureau(wanted)
    addressed = [address.address for address in (*message.to, *message.cc)]
    addressed += [message.header(name).strip("<> ") for name in ("delivered-to", "x-original-to", "envelope-to")]
    found = next((bureau for address in addressed if (bureau := settings.bureau_at(address))), None)
    return found or (settings.bureaus[0] if len(settings.bureaus) == 1 else None)


# ---- for machines: the words of this are kept stable -------------------------------------------------------------


def as_json(judged: Judged) -> dict[str, Any]:
    """The object that `--json` prints, one a line."""
    verdict, context, reply = judged.examination.verdict, judged.context, judged.reply
    return {
        "file": str(judged.file),
        "bureau": context.bureau.id if context else None,
        "notice": context.notice.id if context else None,
        "kind": verdict.kind.value,
        "disposition": verdict.disposition.value,
        "unit": verdict.unit,
        "received": judged.received.isoformat(timespec="seconds"),
        "items": [_item_json(item) for item in verdict.items],
        "findings": [_finding_json(finding) for finding in verdict.findings],
        "reply": {"to": reply.to, "subject": reply.letter.subject, "text": reply.letter.text} if reply else None,
    }


def _item_json(item: ItemVerdict) -> dict[str, Any]:
    return {
        "material": item.material,
        "day": item.day.isoformat() if item.day else None,
        "deadline": item.deadline.isoformat(timespec="seconds") if item.deadline else None,
        "late": item.late,
        "verdict": item.decision.value,
        "findings": [_finding_json(finding) for finding in item.findings],
    }


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "file": finding.file,
        "clause": finding.clause,
        "message": finding.message,
    }


# ---- for people ------------------------------------------------------------------------------------------------


def _show(judged: Judged) -> None:
    # Plain print: names and subjects come from mails, and rich would read [brackets] in them as markup.
    print(f"═══ {judged.file}")
    print(f"判定：{DISPOSITION_WORDS[judged.examination.verdict.disposition].trial}")
    if judged.reply is None:
        print("不回信。")
    else:
        print(f"回信给：{judged.reply.to}\n主题：{judged.reply.letter.subject}\n\n{judged.reply.letter.text}")
