"""`status`: reports the health of the service."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo

from intake_bot import __version__
from intake_bot.commands.console.exit_codes import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.console.options import clock_of, print_note
from intake_bot.config.settings import Mode
from intake_bot.errors import PermanentFailure
from intake_bot.home.home import Home
from intake_bot.home.ledger_guard import require_ledger
from intake_bot.home.usable_settings import load_or_last_good
from intake_bot.ledger.ledger import Ledger
from intake_bot.letters.chinese import short_time
from intake_bot.letters.untrusted import short_line
from intake_bot.notices.day_words import month_day
from intake_bot.service.health import BureauHealth, Health, check_health, read_health

_WIDTH = 300
_MODES = {Mode.LIVE: "正式运行", Mode.SHADOW: "试运行，不给学校发信"}


def run(options: argparse.Namespace) -> int:
    """Reports the present state, also while the service runs. 1 when something is wrong, for a watchdog."""
    home = Home(options.home)
    usable = load_or_last_good(home)
    settings = usable.settings
    print_note(usable)
    require_ledger(home)
    if not home.ledger.exists():
        raise PermanentFailure("收件程序还没有运行过（没有台账）。请先运行 intake-bot doctor，再运行 intake-bot run")
    now = clock_of(options, settings)()
    with Ledger.open(home.ledger) as ledger:
        health = check_health(settings, home, ledger, _with_fault(read_health(home), usable.fault), now)
    if options.json:
        print(health.model_dump_json(indent=2))
    else:
        for line in _lines(health, settings.intake.zone):
            print(line)
    return EXIT_WELL if health.is_well else EXIT_FOUND


def _with_fault(last: Health | None, fault: str) -> Health | None:
    """What was written last, with a fault of config/ that the program may not have seen yet."""
    if not fault:
        return last
    return (last or Health(version=__version__, free_disk_bytes=0)).model_copy(update={"faulty_edit": fault})


def _lines(health: Health, zone: tzinfo) -> Iterator[str]:
    def local(time: datetime | None) -> str:
        return short_time(time.astimezone(zone)) if time else "还没有"

    yield f"收件程序：最近一次活动 {local(health.written)}，{local(health.started)} 启动（版本 {health.version}）"
    yield f"磁盘：还剩 {health.free_disk_bytes / 1e9:.1f} GB"
    for bureau in health.bureaus.values():
        yield f"{bureau.name}（{_MODES[bureau.mode]}）"
        yield f"    收信：最近一次正常收信 {local(bureau.last_good_poll)}"
        if bureau.stage_seconds:
            yield f"    每封用时：{_stages(bureau.stage_seconds)}"
        for words in bureau.trouble:
            yield f"    问题：{short_line(words, _WIDTH)}"
        oldest = f"，最早的写于 {local(bureau.oldest_queued)}" if bureau.oldest_queued else ""
        pause = f"；两封信之间停 {bureau.pause_seconds} 秒" if bureau.pause_seconds else ""
        yield f"    待发的信：{bureau.queued} 封{oldest}；正在发或不知是否发出：{bureau.in_doubt} 封{pause}"
        yield f"    待人工：{bureau.held} 封；等齐再看：{bureau.waiting} 封；还没处理完：{bureau.unfinished} 封"
        yield f"    每日汇总：{_digest(bureau, local(bureau.last_digest_sent))}"
    yield from _sum(health)


_STAGES = {"fetch": "下载", "read": "读信", "measure": "测量", "judge": "判定", "file": "登记", "send": "发信"}


def _stages(seconds: Mapping[str, float]) -> str:
    return "，".join(f"{words} {seconds[stage]:.2f} 秒" for stage, words in _STAGES.items() if stage in seconds)


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
        yield f"  - {short_line(complaint, _WIDTH)}"
