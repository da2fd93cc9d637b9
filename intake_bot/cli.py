"""The command line: words in, one command called, an exit code out (0 well, 1 found something wrong, 2 usage).

Commands are imported only when they are called, since the ledger alone takes a second to import.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from intake_bot.disk import disk_failures_of
from intake_bot.errors import ConfigError, IntakeError
from intake_bot.log_lines import warn_on_screen
from intake_bot.translation import speak_chinese

_HOME = "工作目录，内有 config、templates、data（默认当前目录）"
EXIT_WELL, EXIT_FOUND, EXIT_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and leaves the process with its exit code."""
    # A console in another code page, or none at all (PYTHONIOENCODING=ascii), must not turn Chinese into a traceback.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    warn_on_screen()
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit code."""
    options = build_parser().parse_args(arguments)
    command = importlib.import_module(f"intake_bot.commands.{options.command}")
    try:
        with disk_failures_of(options.home):
            code: int = command.run(options)
        return code
    except ConfigError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        print(f"共 {len(error.faults)} 处需要修改。", file=sys.stderr)
        return EXIT_USAGE
    except IntakeError as error:
        print(f"出错：{error}", file=sys.stderr)
        return EXIT_FOUND
    except KeyboardInterrupt:
        print("已中断。没有做完的，下次运行时接着做。", file=sys.stderr)
        return EXIT_FOUND
    except BrokenPipeError:
        # The reader (head, less) has gone; writing the rest at exit would only raise again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_WELL


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands, in Chinese."""
    speak_chinese()
    parser = argparse.ArgumentParser(
        prog="intake-bot", description="职业教育活动周材料收件程序：收邮件、查材料、写回执、报汇总。"
    )
    parser.add_argument("--home", type=Path, default=Path(), metavar="目录", help=_HOME)
    commands = parser.add_subparsers(dest="command", metavar="命令", required=True)

    run_it = _add(commands, "run", "常驻运行：定时收信、回信、发汇总")
    run_it.add_argument("--verbose", action="store_true", help="日志写得更细")

    poll = _add(commands, "poll", "收信一遍，然后发出回信")
    poll.add_argument("--bureau", metavar="编号", help="只处理这一个教育局")
    _add_now(poll)

    judge = _add(commands, "judge", "试判邮件文件（.eml），不登记、不发信、不留痕迹")
    judge.add_argument("files", nargs="+", type=Path, metavar="文件", help=".eml 邮件文件，可以写多个")
    judge.add_argument("--bureau", metavar="编号", help="按哪个教育局的通知判（默认看收件人）")
    judge.add_argument(
        "--received", type=_moment, metavar="时间", help="服务器收到的时间，如 2023-05-17T15:00:00+08:00"
    )
    judge.add_argument("--json", action="store_true", help="每封邮件输出一行JSON")
    _add_now(judge)

    digest = _add(commands, "digest", "做出当天的汇总，存成文件并发给经办人（每天只发一次）")
    digest.add_argument("--bureau", metavar="编号", help="只做这一个教育局")
    digest.add_argument("--preview", action="store_true", help="只显示，不登记也不发送")
    _add_now(digest)

    _add(commands, "check", "检查配置和信件模板，一次列出全部问题")

    status = _add(commands, "status", "看一看现在是否正常：收信、待发的信、待人工、磁盘、汇总（不正常时返回 1）")
    status.add_argument("--json", action="store_true", help="输出JSON，和 data/health.json 一样")
    _add_now(status)

    doctor = _add(commands, "doctor", "体检：配置、磁盘、工具、登录等全部真试一遍，告诉您怎么办（不改动邮箱）")
    doctor.add_argument("--bureau", metavar="编号", help="只查这一个教育局")
    _add_now(doctor)

    held = _add(commands, "held", "列出需要人工处理的邮件，并作出决定")
    held.add_argument("--bureau", metavar="编号", help="只看这一个教育局")
    _add_held_acts(held)

    ledger = _add(commands, "ledger", "列出登记的全部材料，或核对台账和存下的文件")
    ledger.add_argument("--bureau", metavar="编号", help="只看这一个教育局")
    ledger.add_argument("--json", action="store_true", help="每项材料输出一行JSON")
    ledger_acts = ledger.add_subparsers(dest="act", metavar="操作")
    _add(ledger_acts, "verify", "核对：台账有没有损坏，登记的文件是不是都在、都没有变")

    backup = _add(commands, "backup", "备份：把台账和存下的文件做成一个压缩包，收件程序不用停")
    backup.add_argument("file", type=Path, metavar="文件", help="备份文件，如 /备份盘/2023-05-17.zip；已有的不会被覆盖")

    restore = _add(commands, "restore", "从备份恢复：先核对备份，再放进还没有数据的工作目录")
    restore.add_argument("file", type=Path, metavar="文件", help="用 backup 做的备份文件")

    init = _add(commands, "init", "新建一个工作目录，放入默认的配置和信件模板")
    init.add_argument("target", type=Path, metavar="目录", help="新的工作目录")

    demo = _add(commands, "demo", "演示：在本机造出邮箱和邮件，走完收、判、回、汇总全过程，不联网")
    demo.add_argument("--keep", type=Path, metavar="目录", help="把结果留在这个目录（默认新建一个临时目录）")
    return parser


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, summary: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, allow_abbrev=False, help=summary, description=f"{summary}。")
    # Without a default of its own, which would overwrite a --home that stands before the command.
    command.add_argument("--home", type=Path, default=argparse.SUPPRESS, metavar="目录", help=_HOME)
    return command


def _add_held_acts(held: argparse.ArgumentParser) -> None:
    acts = held.add_subparsers(dest="act", metavar="操作")
    listed = _add(acts, "list", "列出需要人工处理的邮件（不写操作时就是它）")
    # A default here would hide what stands before the word `list`.
    listed.add_argument("--bureau", default=argparse.SUPPRESS, metavar="编号", help="只看这一个教育局")

    supply = _add_act(acts, "supply", "交上从超大附件链接下载的文件，像原来就附在邮件里一样判定并回信")
    supply.add_argument("files", nargs="+", type=Path, metavar="文件", help="下载好的文件，可以写多个")
    supply.add_argument("--all", action="store_true", help="这封邮件的超大附件都在这里了（文件名或个数对不上时写）")

    accept = _add_act(acts, "accept", "收下，并给学校发回执；来问问题的邮件则结案，不再回信")
    accept.add_argument("--reason", default="", metavar="原因", help="记入台账，不写进信里")
    accept.add_argument("--unit", default="", metavar="单位", help="邮件没能打开、主题里也没有时，写明是哪个单位的")
    accept.add_argument("--material", action="append", default=[], metavar="材料", help="同上，是哪种材料，可以写几次")
    accept.add_argument("--day", type=date.fromisoformat, metavar="日期", help="同上，是哪一天的，如 2023-05-17")

    reject = _add_act(acts, "reject", "退回，并写信告诉学校原因")
    reject.add_argument("--reason", required=True, metavar="原因", help="写进信里，如：视频链接已过期，请重新发送")

    for decision in (accept, reject):
        decision.add_argument("--no-letter", action="store_true", help="不写信，只登记")

    _add_act(acts, "retry", "再试一次：没能打开的邮件下次收信时重试，其他的立即重新判定")


def _add_act(
    acts: argparse._SubParsersAction[argparse.ArgumentParser], name: str, summary: str
) -> argparse.ArgumentParser:
    act = _add(acts, name, summary)
    act.add_argument("number", metavar="编号", help="邮件的回执编号，如 1042-9")
    _add_now(act)
    return act


def _add_now(command: argparse.ArgumentParser) -> None:
    command.add_argument("--now", type=_moment, metavar="时间", help="当作现在是这个时间，如 2023-05-17T16:30:00+08:00")


def _moment(text: str) -> datetime:
    """An ISO 8601 moment; one without an offset is in the bureau's zone, which is not known yet here."""
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"看不懂时间“{text}”，请写成 2023-05-17T16:30:00+08:00") from error
