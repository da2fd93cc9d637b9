"""The command line's arguments: every command with its summary and what it takes; and argparse in Chinese.

Light: `--help` and a wrong argument are answered at once, without the libraries that a command works with.
"""

from __future__ import annotations

import argparse
import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TypeAlias

Parser: TypeAlias = argparse.ArgumentParser
_Actions: TypeAlias = "argparse._SubParsersAction[Parser]"

_HOME = "工作目录，内有 config、templates、data（默认当前目录）"


@dataclass(frozen=True)
class Command:
    """One command; the module of its name in this folder runs it."""

    summary: str
    add_arguments: Callable[[Parser], None] = lambda _: None


_END_OF_DAY = time(23, 59, 59, 999_999)


def build_parser() -> Parser:
    """The parser of all commands, in Chinese."""
    _speak_chinese()
    parser = Parser(prog="intake-bot", description="职业教育活动周材料收件程序：收邮件、查材料、写回执、报汇总。")
    parser.add_argument("--home", type=Path, default=Path(), metavar="目录", help=_HOME)
    commands = parser.add_subparsers(dest="command", metavar="命令", required=True)
    for name, command in COMMANDS.items():
        command.add_arguments(_add(commands, name, command.summary))
    return parser


# ---- what each command takes ---------------------------------------------------------------------------------------


def _run(parser: Parser) -> None:
    parser.add_argument("--verbose", action="store_true", help="日志写得更细")


def _poll(parser: Parser) -> None:
    _add_bureau(parser, "只处理这一个教育局")
    _add_now(parser)


def _judge(parser: Parser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="文件", help=".eml 邮件文件，可以写多个")
    _add_bureau(parser, "按哪个教育局的通知判（默认看收件人）")
    parser.add_argument(
        "--received", type=_iso_time, metavar="时间", help="服务器收到的时间，如 2023-05-17T15:00:00+08:00"
    )
    parser.add_argument("--json", action="store_true", help="每封邮件输出一行JSON")
    _add_now(parser)


def _digest(parser: Parser) -> None:
    _add_bureau(parser, "只做这一个教育局")
    parser.add_argument("--preview", action="store_true", help="只显示，不登记也不发送")
    parser.add_argument(
        "--date",
        type=_iso_date,
        metavar="日期",
        help="只显示这一天的，台账回到那时候的样子，如 2023-05-17；不登记也不发送",
    )
    parser.add_argument(
        "--at",
        type=_clock,
        default=_END_OF_DAY,
        metavar="几点",
        help="和 --date 一起用：到几点为止，如 16:30；不写就到这天结束",
    )
    _add_now(parser)


def _status(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="输出JSON，和 data/health.json 一样")
    _add_now(parser)


def _doctor(parser: Parser) -> None:
    _add_bureau(parser, "只查这一个教育局")
    _add_now(parser)


def _held(parser: Parser) -> None:
    _add_bureau(parser, "只看这一个教育局")
    actions = parser.add_subparsers(dest="act", metavar="操作")
    listed = _add(actions, "list", "列出需要人工处理的邮件（不写操作时就是它）")
    # A default here would hide what stands before the word `list`.
    listed.add_argument("--bureau", default=argparse.SUPPRESS, metavar="编号", help="只看这一个教育局")

    supply = _add_action(actions, "supply", "交上从超大附件链接下载的文件，像原来就附在邮件里一样判定并回信")
    supply.add_argument("files", nargs="+", type=Path, metavar="文件", help="下载好的文件，可以写多个")
    supply.add_argument("--all", action="store_true", help="这封邮件的超大附件都在这里了（文件名或个数对不上时写）")

    accept = _add_action(actions, "accept", "收下，并给学校发回执；来问问题的邮件则结案，不再回信")
    accept.add_argument("--reason", default="", metavar="原因", help="记入台账，不写进信里")
    accept.add_argument("--unit", default="", metavar="单位", help="邮件没能打开、主题里也没有时，写明是哪个单位的")
    accept.add_argument("--material", action="append", default=[], metavar="材料", help="同上，是哪种材料，可以写几次")
    accept.add_argument("--day", type=_iso_date, metavar="日期", help="同上，是哪一天的，如 2023-05-17")

    reject = _add_action(actions, "reject", "退回，并写信告诉学校原因")
    reject.add_argument("--reason", required=True, metavar="原因", help="写进信里，如：视频链接已过期，请重新发送")

    for decision in (accept, reject):
        decision.add_argument("--again", action="store_true", help="改判：这封邮件已经处理过，现在改变决定，写信更正")
        decision.add_argument("--no-letter", action="store_true", help="不写信，只登记")

    _add_action(actions, "retry", "再试一次：没能打开的邮件下次收信时重试，其他的立即重新判定")


def _add_action(actions: _Actions, name: str, summary: str) -> Parser:
    action = _add(actions, name, summary)
    action.add_argument("number", metavar="编号", help="邮件的回执编号，如 1042-9")
    _add_now(action)
    return action


def _desk(parser: Parser) -> None:
    parser.add_argument(
        "words", nargs="*", metavar="命令", help="和经办人回信写的一样，如：收 1017-6；不写就列出全部写法"
    )
    parser.add_argument("--yes", action="store_true", help="写信给很多学校时不再问（如 催）")
    parser.add_argument(
        "--date", type=_iso_date, metavar="日期", help="选 照片时：号是哪一天的汇总里的（不写就是最后一封有照片的）"
    )
    parser.add_argument(
        "--at",
        type=_clock,
        default=_END_OF_DAY,
        metavar="几点",
        help="和 --date 一起用：这一天有几封汇总时，是这个时间以前的最后一封，如 16:30",
    )
    _add_bureau(parser, "哪一个教育局（只有一个时不用写）")
    _add_now(parser)


def _ledger(parser: Parser) -> None:
    _add_bureau(parser, "只看这一个教育局")
    parser.add_argument("--json", action="store_true", help="每项材料输出一行JSON")
    actions = parser.add_subparsers(dest="act", metavar="操作")
    export = _add(actions, "export", "存成一个Excel文件：总览、提交明细、未报、文件、日报和媒体汇总")
    export.add_argument("file", type=Path, metavar="文件", help="要写的文件，如 台账.xlsx；已有的会被换掉")
    _add_now(export)
    _add(actions, "verify", "核对：台账有没有损坏，登记的文件是不是都在、都没有变")


def _export(parser: Parser) -> None:
    _add_bureau(parser, "打包哪个教育局的；只有一个教育局时不用写")
    parser.add_argument("--material", action="append", metavar="材料", help="只打包这种材料，如 照片；可以写几次")
    day = "只打包这一天的，如 2023-05-17；可以写几次"
    parser.add_argument("--day", action="append", type=_iso_date, metavar="日期", help=day)
    file = "压缩包放在哪里；不写就放进 exports 或 archive_dir"
    parser.add_argument("file", nargs="?", type=Path, metavar="文件", help=file)
    _add_now(parser)


def _week(parser: Parser) -> None:
    _add_bureau(parser, "做哪个教育局的；只有一个教育局时不用写")
    parser.add_argument(
        "folder", nargs="?", type=Path, metavar="文件夹", help="存到哪里；不写就存到 exports 或 archive_dir"
    )
    _add_now(parser)


def _backup(parser: Parser) -> None:
    parser.add_argument("file", type=Path, metavar="文件", help="备份文件，如 /备份盘/2023-05-17.zip；已有的不会被覆盖")


def _restore(parser: Parser) -> None:
    parser.add_argument("file", type=Path, metavar="文件", help="用 backup 做的备份文件")


def _init(parser: Parser) -> None:
    parser.add_argument("target", type=Path, metavar="目录", help="新的工作目录；另建台账时，是现有的工作目录")
    parser.add_argument(
        "--new-ledger", action="store_true", help="台账丢失或损坏、又没有备份时，另建一本；回执编号接着以前的往后编"
    )


def _demo(parser: Parser) -> None:
    parser.add_argument("--keep", type=Path, metavar="目录", help="把结果留在这个目录（默认新建一个临时目录）")


COMMANDS: Mapping[str, Command] = {
    "run": Command("常驻运行：定时收信、回信、发汇总", _run),
    "poll": Command("收信一遍，把回信和到点的汇总发出去", _poll),
    "judge": Command("试判邮件文件（.eml），不登记、不发信、不留痕迹", _judge),
    "digest": Command("做出当天的汇总，存成文件并发给经办人（每个时间只发一次）；或者显示以前某天的", _digest),
    "check": Command("检查配置和信件模板，一次列出全部问题"),
    "status": Command("看一看现在是否正常：收信、待发的信、待人工、磁盘、汇总（不正常时返回 1）", _status),
    "doctor": Command("体检：配置、磁盘、工具、登录等全部真试一遍，告诉您怎么办（不改动邮箱）", _doctor),
    "held": Command("列出需要人工处理的邮件，并作出决定", _held),
    "desk": Command(
        "在本机下经办人的命令，写法和回信一样：收、退、交、改、延、催、答、选、关、打包、谁没报、台账、周报、撤销",
        _desk,
    ),
    "ledger": Command("列出登记的全部材料，存成Excel文件，或核对台账和存下的文件", _ledger),
    "export": Command("打包：收下的材料解开压缩包、统一命名，连同台账和清单做成一个压缩包", _export),
    "week": Command("周报：一周的报送情况，做成 Word 文档和 Excel 文件，句子可以直接引用", _week),
    "backup": Command("备份：把台账和存下的文件做成一个压缩包，收件程序不用停", _backup),
    "restore": Command("从备份恢复：先核对备份，再放进还没有数据的工作目录", _restore),
    "init": Command("新建一个工作目录，放入默认的配置和信件模板", _init),
    "demo": Command("演示：在本机造出邮箱和邮件，走完收、判、回、汇总全过程，不联网", _demo),
}


# ---- arguments that several commands take --------------------------------------------------------------------------


def _add(commands: _Actions, name: str, summary: str) -> Parser:
    """Adds a command, or an action of a command, that takes --home and no abbreviated options."""
    command = commands.add_parser(name, allow_abbrev=False, help=summary, description=f"{summary}。")
    # Without a default of its own, which would overwrite a --home that stands before the command.
    command.add_argument("--home", type=Path, default=argparse.SUPPRESS, metavar="目录", help=_HOME)
    return command


def _add_bureau(command: Parser, help_text: str) -> None:
    """Adds --bureau, whose value `options.chosen_bureaus` looks up."""
    command.add_argument("--bureau", metavar="编号", help=help_text)


def _add_now(command: Parser) -> None:
    """Adds --now, whose value `options.clock_of` turns into a clock."""
    command.add_argument(
        "--now", type=_iso_time, metavar="时间", help="当作现在是这个时间，如 2023-05-17T16:30:00+08:00"
    )


def _iso_time(text: str) -> datetime:
    """An ISO 8601 time; naive where no offset is given, since the bureau's time zone is not known yet.

    Raises ArgumentTypeError for anything else.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"看不懂时间“{text}”，请写成 2023-05-17T16:30:00+08:00") from error


def _iso_date(text: str) -> date:
    """Raises ArgumentTypeError for anything but 2023-05-17."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"看不懂日期“{text}”，请写成 2023-05-17") from error


def _clock(text: str) -> time:
    """Raises ArgumentTypeError for anything but 16:30 or 16:30:05."""
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"看不懂时刻“{text}”，请写成 16:30") from error


# ---- argparse's own words ------------------------------------------------------------------------------------------

_WORDS = {
    "usage: ": "用法：",
    "positional arguments": "参数",
    "options": "选项",
    "show this help message and exit": "显示这份说明",
    "%(prog)s: error: %(message)s\n": "%(prog)s：%(message)s\n",
    "the following arguments are required: %s": "还缺少：%s",
    "unrecognized arguments: %s": "不认识：%s",
    "expected one argument": "后面要写一个值",
    "expected at least one argument": "后面至少要写一个值",
    "ambiguous option: %(option)s could match %(matches)s": "“%(option)s”不明确，可能是 %(matches)s",
    "invalid choice: %(value)r (choose from %(choices)s)": "没有“%(value)s”，可以写：%(choices)s",
    "invalid %(type)s value: %(value)r": "“%(value)s”写得不对",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s：%(message)s",
    "not allowed with argument %s": "不能与 %s 一起用",
    "ignored explicit argument %r": "不需要值 %r",
    "invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)": (
        "没有“%(value)s”，是不是想写“%(closest)s”？可以写：%(choices)s"
    ),
}


class _Chinese(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return _WORDS.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return _WORDS.get(msgid1 if n == 1 else msgid2, msgid1 if n == 1 else msgid2)


def _speak_chinese() -> None:
    """Makes argparse print Chinese for the rest of the process; words that are not listed here stay English.

    argparse binds `gettext` as `_` at import. Replacing the two names that it bound needs no compiled catalogue and no
    environment variable.
    """
    chinese = _Chinese()
    vars(argparse).update(_=chinese.gettext, ngettext=chinese.ngettext)
