"""`status`: is all well?"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import datetime, tzinfo

from intake_bot.cli import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.choosing import clock_of
from intake_bot.config.load import load
from intake_bot.config.settings import Mode
from intake_bot.errors import PermanentFailure
from intake_bot.health.report import BureauHealth, Health, look, read_health
from intake_bot.home import Home
from intake_bot.ledger.ledger import Ledger
from intake_bot.letters.chinese import month_day, short_moment
from intake_bot.letters.untrusted import one_line

_WIDTH = 300
_MODES = {Mode.LIVE: "正式运行", Mode.SHADOW: "试运行，不给学校发信"}


def run(options: argparse.Namespace) -> int:
    """Tells how things are now, also while the program works. 1 when something is wrong, for a watchdog."""
    home = Home(options.home)
    settings = load(home.root)
    if not home.ledger.exists():
        raise PermanentFailure("收件程序还没有运行过（没有台账）。请先运行 intake-bot doctor，再运行 intake-bot run")
    now = clock_of(options, settings)()
    with Ledger.open(home.ledger) as ledger:
        health = look(settings, home, ledger, read_health(home), now)
    if options.json:
        print(health.model_dump_json(indent=2))
    else:
        for line in _lines(health, settings.intake.zone):
            print(line)
    return EXIT_WELL if health.is_well else EXIT_FOUND


def _lines(health: Health, zone: tzinfo) -> Iterator[str]:
    def told(moment: datetime | None) -> str:
        return short_moment(moment.astimezone(zone)) if moment else "还没有"

    yield f"收件程序：最近一次活动 {told(health.written)}，{told(health.started)} 启动（版本 {health.version}）"
    yield f"磁盘：还剩 {health.free_disk_bytes / 1e9:.1f} GB"
    for bureau in health.bureaus.values():
        yield f"{bureau.name}（{_MODES[bureau.mode]}）"
        yield f"    收信：最近一次正常收信 {told(bureau.last_good_poll)}"
        for words in bureau.trouble:
            yield f"    问题：{one_line(words, _WIDTH)}"
        oldest = f"，最早的写于 {told(bureau.oldest_queued)}" if bureau.oldest_queued else ""
        yield f"    待发的信：{bureau.queued} 封{oldest}；正在发或不知是否发出：{bureau.in_doubt} 封"
        yield f"    待人工：{bureau.held} 封；等齐再看：{bureau.waiting} 封；还没处理完：{bureau.unfinished} 封"
        yield f"    每日汇总：{_digest(bureau, told(bureau.last_digest_sent))}"
    yield from _sum(health)


def _digest(bureau: BureauHealth, sent: str) -> str:
    if bureau.last_digest is None:
        return "还没有做过"
    left = f"{sent} 发出" if bureau.last_digest_sent else "没有发出"
    return f"最近一份是 {month_day(bureau.last_digest)}的，{left}"


def _sum(health: Health) -> Iterator[str]:
    if health.is_well:
        yield "一切正常。"
        return
    yield f"有 {len(health.complaints)} 件事要处理："
    for complaint in health.complaints:
        yield f"  - {one_line(complaint, _WIDTH)}"
