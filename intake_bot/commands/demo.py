"""`demo`: receives, judges and answers the demo's mails on this machine alone, and makes the digests."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Collection
from email import message_from_bytes, policy
from email.message import EmailMessage
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from intake_bot.commands.console.exit_codes import EXIT_FOUND, EXIT_USAGE, EXIT_WELL
from intake_bot.commands.console.progress import track
from intake_bot.demo.mails import DEMO_MAILS
from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.files.store import safe_name
from intake_bot.home.home import Home
from intake_bot.judging.outcome_words import DISPOSITION_WORDS
from intake_bot.judging.verdict import Disposition, MailKind
from intake_bot.ledger.values.records import FiledMail, Outcome
from intake_bot.ledger.values.states import MessageState
from intake_bot.letters.untrusted import short_line
from intake_bot.notices.notice import Severity

if TYPE_CHECKING:
    from intake_bot.demo.sandbox import BureauDay
    from intake_bot.demo.servers import SentLetter

_EXTRA = ("aiosmtpd", "pymap")
"""The libraries of the extra `demo`."""
_NOT_INSTALLED = """\
演示要用的邮件服务器没有安装（收件程序本身不用它们）。请在源码文件夹里运行：
    pip install ".[demo]"
然后再运行 intake-bot demo。"""
_WIDTH_OF_A_FILE = 132
"""Columns, where the output is no terminal."""
_SHOWN_REASONS = 3


def run(options: argparse.Namespace) -> int:
    """Replays one day of every bureau and keeps everything in a folder.

    1 when something did not go as it must, 2 when the extra `demo` is not installed.
    """
    if not all(map(find_spec, _EXTRA)):
        print(_NOT_INSTALLED, file=sys.stderr)
        return EXIT_USAGE
    from intake_bot.demo.sandbox import open_sandbox
    from intake_bot.service.poll_cycle import PollCycle

    folder = _folder(options.keep)
    print("没有用到任何账号和网络：邮箱、邮件和收件人都是现做的。")
    with open_sandbox(folder) as sandbox:
        days = sandbox.replay(track(DEMO_MAILS, "收信、判定、回信"), PollCycle)
        letters = [(sent, _parse(sent)) for sent in sandbox.letters]
    _save_letters(letters, folder / "letters")
    _copy_digests(sandbox.home, days, folder / "digests")
    _show(days, {letter["X-Intake-Bot"] for _, letter in letters})
    _show_places(folder)
    return EXIT_FOUND if any(day.trouble or day.report.unfinished for day in days) else EXIT_WELL


def _folder(wanted: Path | None) -> Path:
    """The empty folder that the demo may fill. Raises ConfigError for one that it may not."""
    if wanted is None:
        return Path(tempfile.mkdtemp(prefix="intake-bot-demo-"))
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        is_empty = not any(wanted.iterdir())
    except OSError as error:
        raise ConfigError((ConfigFault(str(wanted), 0, 0, "这里不能新建文件夹，请换一个位置。"),)) from error
    if not is_empty:
        raise ConfigError((ConfigFault(str(wanted), 0, 0, "这个文件夹里已经有东西了，请换一个空文件夹。"),))
    return wanted


# ---- what is kept in the folder ------------------------------------------------------------------------------------


def _parse(letter: SentLetter) -> EmailMessage:
    return message_from_bytes(letter.raw, EmailMessage, policy=policy.default)


def _save_letters(letters: Collection[tuple[SentLetter, EmailMessage]], folder: Path) -> None:
    """One file a letter, as the server received it: 03-liuyang@mobile.example-【请补正】….eml."""
    folder.mkdir()
    for number, (sent, letter) in enumerate(letters, 1):
        name = f"{number:02}-{'、'.join(sent.recipients)}-{letter['Subject']}"
        (folder / f"{safe_name(name)}.eml").write_bytes(sent.raw)


def _copy_digests(home: Home, days: Collection[BureauDay], folder: Path) -> None:
    folder.mkdir()
    for day in days:
        for page in (home.digests / day.bureau.id).glob("*.html"):
            shutil.copyfile(page, folder / safe_name(f"{day.bureau.name}-{page.name}"))


# ---- what is printed -----------------------------------------------------------------------------------------------


def _show(days: Collection[BureauDay], answered: Collection[str]) -> None:
    """Prints a table for each bureau; `answered` are the receipt numbers of the mails that got a letter."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH_OF_A_FILE
    for day in days:
        console.print()
        console.print(_table(day, answered))
        console.print(_sum(day))
        for sentence in day.trouble:
            console.print(f"问题：{sentence}")


def _table(day: BureauDay, answered: Collection[str]) -> Table:
    digest_at = day.digest_at.strftime("%Y-%m-%d %H:%M")
    table = Table(title=Text(f"{day.bureau.name}（汇总时间 {digest_at}）"), title_justify="left")
    for heading, share in (("单位", 4), ("邮件主题", 7), ("判定", 2), ("原因", 8), ("回信", 1)):
        # Chinese has no blanks to break lines at.
        table.add_column(heading, ratio=share, overflow="fold")
    for mail in day.report.mails:
        reply = "已回" if mail.receipt in answered else "不回"
        # Text, because a string would be read as rich's own markup, and a stranger wrote some of these.
        cells = (mail.unit or "", short_line(mail.subject), _verdict(mail), _reason(mail), reply)
        table.add_row(*(Text(cell) for cell in cells))
    return table


_MACHINES = {
    "own-letter": "是收件程序自己的信",
    "bounce": "是退信",
    "receipt": "是已读回执",
    "auto-reply": "是自动回复",
    "recall": "是撤回邮件的通知",
    "list": "是群发邮件",
    "system": "是系统通知",
}


def _verdict(mail: FiledMail) -> str:
    if mail.disposition is not None:
        late = any(item.late for item in mail.items) and mail.disposition is Disposition.ACCEPTED
        return DISPOSITION_WORDS[mail.disposition].brief + ("（迟报）" if late else "")
    if mail.outcome is Outcome.HELD:
        return DISPOSITION_WORDS[Disposition.HELD].brief
    return "重复" if mail.state is MessageState.DUPLICATE else "非报送"


def _reason(mail: FiledMail) -> str:
    if mail.kind is MailKind.MACHINE:
        return _MACHINES.get(mail.reason, "")
    if mail.kind is MailKind.OTHER:
        return "与报送无关，原样留在邮箱里"
    if mail.disposition is None:
        return mail.reason
    return _findings(mail)


def _findings(mail: FiledMail) -> str:
    """What decided, each sentence once: the errors, else what holds the mail, else the remarks."""
    every = [*mail.findings, *(finding for item in mail.items for finding in item.findings)]
    errors = [finding for finding in every if finding.severity is Severity.ERROR]
    decisive = errors or [finding for finding in every if finding.holds]
    found = tuple(dict.fromkeys(short_line(finding.found) for finding in decisive or every))
    label = "提醒：" if found and not decisive else ""
    more = f"；等{len(found)}处" if len(found) > _SHOWN_REASONS else ""
    return label + "；".join(found[:_SHOWN_REASONS]) + more


def _sum(day: BureauDay) -> str:
    counts = Counter(mail.outcome for mail in day.report.mails)
    return (
        f"邮箱 {len(day.report.mails)} = 收 {counts[Outcome.ACCEPTED]} + 退 {counts[Outcome.REJECTED]}"
        f" + 待人工 {counts[Outcome.HELD]} + 非报送 {counts[Outcome.OTHER]}"
    )


def _show_places(folder: Path) -> None:
    home = folder.resolve()
    print(f"\n都留在 {home}，可以打开看：")
    print(f"  {home / 'letters'}  学校收到的回信和经办人收到的汇总（.eml，用邮件软件打开）")
    print(f"  {home / 'digests'}  每日汇总（.html，用浏览器打开）")
    print(f"  {home / 'data' / 'files'}  收到的材料，按教育局、日期、单位、回执编号存放")
    print(f"  {home / 'config'}  教育局、通知和名册的设置")
    print(f'再看登记：intake-bot ledger --home "{home}"')
    print(f'待人工的：intake-bot held --home "{home}"')
    print("看完删掉这个文件夹即可。")
