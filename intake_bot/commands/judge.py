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

from intake_bot.answering import Answering, Reply
from intake_bot.cli import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.choosing import chosen_bureaus, in_zone
from intake_bot.commands.progress import tracked_while_printing
from intake_bot.config.load import load
from intake_bot.config.settings import Bureau, Settings
from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.examine import Desk, Examined, desk_for, examine, open_mail, worker_for
from intake_bot.files.worker import Worker
from intake_bot.home import Home
from intake_bot.judging.verdict import Disposition, Finding, ItemVerdict, MailKind, Verdict
from intake_bot.mail.message import Message
from intake_bot.past import NoPast

TRIAL_RECEIPT = "0000-0"
"""Stands where a receipt number will: a trial is not registered, so it gets none."""


@dataclass(frozen=True)
class Judged:
    """One file with what was made of it. `desk` is None where no bureau could be told."""

    file: Path
    desk: Desk | None
    received: datetime
    examined: Examined
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
        disposition = judged.examined.verdict.disposition
        something_wrong |= disposition in (Disposition.REJECTED, Disposition.PARTIAL)
        if options.json:
            print(json.dumps(as_json(judged), ensure_ascii=False), flush=True)
        else:
            _show(judged)
    return EXIT_FOUND if something_wrong else EXIT_WELL


def _judge_all(options: argparse.Namespace, settings: Settings, home: Home) -> Iterator[Judged]:
    answering = Answering(home.templates())
    with worker_for(settings.intake.limits) as worker:
        for path in tracked_while_printing(options.files, "试判"):
            with tempfile.TemporaryDirectory(prefix="intake-bot-") as work:
                yield _judge_one(path, Path(work), options, settings, answering, worker)


def _judge_one(
    path: Path, work: Path, options: argparse.Namespace, settings: Settings, answering: Answering, worker: Worker
) -> Judged:
    zone = settings.intake.zone
    message = open_mail(path, work, settings.intake.limits)
    received = _received(message, options, zone)
    bureau = _bureau_of(message, options.bureau, settings)
    desk = desk_for(settings, bureau, received) if bureau else None
    if desk is None:
        verdict = Verdict(MailKind.OTHER, Disposition.IGNORED)
        return Judged(path, None, received, Examined(message, verdict, "no bureau"), None)
    examined = examine(message, received, desk, work, NoPast(), worker)
    now = in_zone(options.now, zone) if options.now else received
    return Judged(path, desk, received, examined, answering.reply(examined, desk, TRIAL_RECEIPT, received, now))


def _received(message: Message, options: argparse.Namespace, zone: tzinfo) -> datetime:
    """--received, else the topmost Received: header, else Date:, else the moment that is now."""
    given = in_zone(options.received, zone) if options.received else None
    now = in_zone(options.now, zone) if options.now else datetime.now(zone)
    return (given or message.received or message.date or now).astimezone(zone)


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
    verdict, desk, reply = judged.examined.verdict, judged.desk, judged.reply
    return {
        "file": str(judged.file),
        "bureau": desk.bureau.id if desk else None,
        "notice": desk.notice.id if desk else None,
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

_DISPOSITIONS = {
    Disposition.ACCEPTED: "收下",
    Disposition.PARTIAL: "部分收下",
    Disposition.REJECTED: "请补正",
    Disposition.HELD: "待人工查看",
    Disposition.IGNORED: "不是报送邮件，不处理",
}


def _show(judged: Judged) -> None:
    # Plain print: names and subjects come from mails, and rich would read [brackets] in them as markup.
    print(f"═══ {judged.file}")
    print(f"判定：{_DISPOSITIONS[judged.examined.verdict.disposition]}")
    if judged.reply is None:
        print("不回信。")
    else:
        print(f"回信给：{judged.reply.to}\n主题：{judged.reply.letter.subject}\n\n{judged.reply.letter.text}")
