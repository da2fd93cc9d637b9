"""`held`: lists what waits for a person, and passes on what the person decides."""

from __future__ import annotations

import argparse
from pathlib import Path

from intake_bot.commands.console.exit_codes import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.console.held_reasons import list_held_reasons
from intake_bot.commands.console.options import chosen_bureaus, clock_of, print_note
from intake_bot.config.settings import Bureau, Settings
from intake_bot.home.home import Home
from intake_bot.home.ledger_guard import require_ledger
from intake_bot.home.usable_settings import load_or_last_good
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.records import FiledMail, KeptLink
from intake_bot.letters.untrusted import short_line
from intake_bot.mail.link_words import describe_link

_LONGEST_LINK = 4000


def run(options: argparse.Namespace) -> int:
    """Lists held mails, 1 when there are any, so that a script can ask; or does what is asked about one of them: 0 when
    it is done with, 1 when it still waits."""
    home = Home(options.home)
    usable = load_or_last_good(home)
    settings = usable.settings
    print_note(usable)
    bureaus = chosen_bureaus(options, settings)
    require_ledger(home)
    if options.act in (None, "list"):
        return _list(settings, home, bureaus)
    # Here and not above: only a decision needs what judges mail and sends letters.
    from intake_bot.commands.console import held_actions

    return held_actions.run(options, home, settings, clock_of(options, settings))


def _list(settings: Settings, home: Home, bureaus: tuple[Bureau, ...]) -> int:
    if not home.ledger.exists():
        print("还没有登记过邮件。")
        return EXIT_WELL
    count = 0
    with Ledger.open(home.ledger) as ledger:
        for bureau in bureaus:
            for mail in ledger.submissions.find_held(bureau.id):
                count += 1
                received = mail.received.astimezone(settings.intake.zone)
                print(f"{mail.receipt}  {bureau.name}  {received:%Y-%m-%d %H:%M}  {mail.unit or '未识别单位'}")
                _show(mail, home, _raw_mail(ledger, home, mail))
    print(f"共 {count} 封待人工处理。" + (_HOW if count else ""))
    return EXIT_FOUND if count else EXIT_WELL


_HOW = """
收下：intake-bot held accept 编号　　退回：intake-bot held reject 编号 --reason 原因
交上下载的超大附件：intake-bot held supply 编号 文件　　再试一次：intake-bot held retry 编号
改判已经处理过的：在 accept 或 reject 后面加上 --again，学校会收到更正
来问问题的邮件，已经答复的，用 intake-bot held accept 编号 结案（不收材料，不再回信）"""


def _raw_mail(ledger: Ledger, home: Home, mail: FiledMail) -> Path | None:
    """The path of a held mail's raw bytes, which a mail program can open; None where they are not on this disk."""
    record = ledger.messages.find_by_receipt(mail.receipt)
    path = home.spool / record.key.file_name if record else None
    return path if path and path.exists() else None


def _show(mail: FiledMail, home: Home, raw: Path | None) -> None:
    print(f"    主题：{short_line(mail.subject)}  来自：{short_line(mail.sender)}")
    for reason in list_held_reasons(mail):
        print(f"    原因：{short_line(reason, 300)}")
    for link in mail.open_links:
        _show_link(link)
    for file in mail.files:
        print(f"    文件：{home.files / file.path}")
    if raw is not None:
        print(f"    原邮件：{raw}")


def _show_link(link: KeptLink) -> None:
    details = describe_link(link.size, link.expires)
    print(
        f"    超大附件：{short_line(link.name) or '（没有文件名）'}" + (f"（{short_line(details)}）" if details else "")
    )
    print(f"      {short_line(link.link, _LONGEST_LINK)}")
