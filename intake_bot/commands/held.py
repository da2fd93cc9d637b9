"""`held`: what waits for a person, and what the person decides."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from intake_bot.answering import Answering
from intake_bot.cli import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.choosing import chosen_bureaus, clock_of
from intake_bot.config.load import load
from intake_bot.config.settings import Bureau, Mode, Settings
from intake_bot.desk.deciding import Slot
from intake_bot.desk.handling import Done, Handling, raw_mail
from intake_bot.errors import IntakeError, PermanentFailure
from intake_bot.examine import worker_for
from intake_bot.home import Home, only_instance
from intake_bot.judging.verdict import Decision
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.records import FiledItem, FiledMail, KeptLink, MessageRecord
from intake_bot.ledger.states import LetterState
from intake_bot.letters.chinese import month_day
from intake_bot.letters.untrusted import one_line
from intake_bot.mail.cloud import link_details
from intake_bot.rounds import Rounds

_LONGEST_LINK = 4000


def run(options: argparse.Namespace) -> int:
    """Lists held mails, 1 when there are any, so that a script can ask; or does what is asked about one of them: 0 when
    it is done with, 1 when it still waits."""
    home = Home(options.home)
    settings = load(home.root)
    bureaus = chosen_bureaus(options, settings)
    if options.act in (None, "list"):
        return _list(settings, home, bureaus)
    with _at_the_desk(home), Ledger.open(home.ledger) as ledger:
        return _act(options, settings, home, ledger)


def _list(settings: Settings, home: Home, bureaus: tuple[Bureau, ...]) -> int:
    if not home.ledger.exists():
        print("还没有登记过邮件。")
        return EXIT_WELL
    count = 0
    with Ledger.open(home.ledger) as ledger:
        for bureau in bureaus:
            for mail in ledger.history.held(bureau.id):
                count += 1
                received = mail.received.astimezone(settings.intake.zone)
                print(f"{mail.receipt}  {bureau.name}  {received:%Y-%m-%d %H:%M}  {mail.unit or '未识别单位'}")
                _show(mail, home, raw_mail(ledger, home, mail))
    print(f"共 {count} 封待人工处理。" + (_HOW if count else ""))
    return EXIT_FOUND if count else EXIT_WELL


_HOW = """
收下：intake-bot held accept 编号　　退回：intake-bot held reject 编号 --reason 原因
交上下载的超大附件：intake-bot held supply 编号 文件　　再试一次：intake-bot held retry 编号
来问问题的邮件，已经答复的，用 intake-bot held accept 编号 结案（不收材料，不再回信）"""


def _show(mail: FiledMail, home: Home, raw: Path | None) -> None:
    print(f"    主题：{one_line(mail.subject)}  来自：{one_line(mail.sender)}")
    for reason in _reasons(mail):
        print(f"    原因：{one_line(reason, 300)}")
    for link in mail.links:
        if not link.supplied:
            _show_link(link)
    for file in mail.files:
        print(f"    文件：{home.files / file.path}")
    if raw is not None:
        print(f"    原邮件：{raw}")


def _show_link(link: KeptLink) -> None:
    details = link_details(link.size, link.expires)
    print(f"    超大附件：{one_line(link.name) or '（没有文件名）'}" + (f"（{one_line(details)}）" if details else ""))
    print(f"      {one_line(link.link, _LONGEST_LINK)}")


def _reasons(mail: FiledMail) -> tuple[str, ...]:
    held = [item for item in mail.items if item.decision is Decision.HELD]
    why = [f"{item.material}：{f.found}" for item in held for f in item.findings if f.holds]
    why += [finding.found for finding in mail.findings if finding.holds]
    return tuple(dict.fromkeys(why)) or (mail.reason,)


@contextmanager
def _at_the_desk(home: Home) -> Iterator[None]:
    """One clerk at a time; the daemon may be at work meanwhile."""
    if not home.ledger.exists():
        raise PermanentFailure("还没有登记过邮件。")
    try:
        with FileLock(home.desk_lock, timeout=0):
            # What a killed command left behind, which may be hundreds of megabytes.
            shutil.rmtree(home.desk, ignore_errors=True)
            home.desk.mkdir(parents=True, exist_ok=True)
            yield
    except Timeout as error:
        raise PermanentFailure("另一个 intake-bot held 正在处理，请等它结束") from error


def _act(options: argparse.Namespace, settings: Settings, home: Home, ledger: Ledger) -> int:
    worker = worker_for(settings.intake.limits)
    try:
        answering = Answering(home.templates())
        handling = Handling(settings, home, ledger, answering, clock_of(options, settings), worker)
        record = handling.find(options.number)
        with tempfile.TemporaryDirectory(dir=home.desk) as work:
            done = _ACTS[options.act](handling, record, options, Path(work))
    finally:
        worker.close()
    _tell(done, handling.bureau(record))
    if done.letter_to and handling.bureau(record).mode is Mode.LIVE:
        why_not = _send(settings, home, handling.bureau(record), options)
        state = ledger.history.mail(record.id).answer or LetterState.QUEUED
        print("    " + _SENT.get(state, f"信在待发信箱里，收件程序会发出{why_not or '。'}"))
    return EXIT_FOUND if ledger.history.is_held(record.id) else EXIT_WELL


def _supply(handling: Handling, record: MessageRecord, options: argparse.Namespace, work: Path) -> Done:
    return handling.supply(record, options.files, options.all, work)


def _accept(handling: Handling, record: MessageRecord, options: argparse.Namespace, work: Path) -> Done:
    slot = Slot(options.unit, tuple(options.material), options.day)
    return handling.accept(record, slot, options.reason, not options.no_letter, work)


def _reject(handling: Handling, record: MessageRecord, options: argparse.Namespace, work: Path) -> Done:
    return handling.reject(record, options.reason, not options.no_letter, work)


def _retry(handling: Handling, record: MessageRecord, _options: argparse.Namespace, work: Path) -> Done:
    return handling.retry(record, work)


_ACTS: dict[str, Callable[[Handling, MessageRecord, argparse.Namespace, Path], Done]] = {
    "supply": _supply,
    "accept": _accept,
    "reject": _reject,
    "retry": _retry,
}


def _tell(done: Done, bureau: Bureau) -> None:
    mail = done.mail
    print(f"{mail.receipt} {done.words}：{mail.unit or '未识别单位'}　{one_line(mail.subject)}")
    for item in mail.items:
        print(f"    {_item_name(item)}：{_DECISIONS[item.decision]}")
    for reason in _reasons(mail) if Decision.HELD in {item.decision for item in mail.items} else ():
        print(f"    还要看：{one_line(reason, 300)}")
    if done.letter_to:
        shadow = "（试运行，没有寄出）" if bureau.mode is Mode.SHADOW else ""
        print(f"    回信给：{'、'.join(map(one_line, done.letter_to))}{shadow}")


def _item_name(item: FiledItem) -> str:
    """视频（5月17日）."""
    return f"{item.material}（{month_day(item.day)}）" if item.day else item.material


_DECISIONS = {Decision.ACCEPTED: "收下", Decision.REJECTED: "退回补正", Decision.HELD: "待人工"}


def _send(settings: Settings, home: Home, bureau: Bureau, options: argparse.Namespace) -> str:
    """Sends what is due now, if nobody else does; gives the reason why not. The letter is in the outbox already, so
    that nothing depends on this."""
    try:
        with only_instance(home), Rounds(settings, home, clock_of(options, settings)) as rounds:
            rounds.deliver(bureau, lambda: False)
    except IntakeError as error:
        return f"（{error}）"
    return ""


_SENT = {LetterState.SENT: "信已发出。", LetterState.FAILED: "信没能发出，请用别的办法告诉学校。"}
