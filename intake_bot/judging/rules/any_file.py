"""What is asked of every file, whatever the notice."""

from __future__ import annotations

from intake_bot.files.facts import DANGEROUS, FileFacts, Kind, Trouble
from intake_bot.judging.rules.breach import unmeasured
from intake_bot.judging.verdict import Finding
from intake_bot.judging.wording import kind_name
from intake_bot.notices.notice import Severity
from intake_bot.notices.severities import CHOICES

_ARCHIVE_TROUBLES = {
    Trouble.ENCRYPTED: ("archive.encrypted", "压缩包设了密码，打不开", "请不设密码，重新压缩再发"),
    Trouble.SPLIT: (
        "archive.split",
        "这是分卷压缩包的一部分，无法单独打开",
        "请不要分卷，压缩成一个zip再发；太大可以分几封邮件发",
    ),
    Trouble.TOO_DEEP: ("archive.too_deep", "压缩包里套着太多层压缩包", "请把文件直接放进一个压缩包再发"),
    Trouble.TOO_HARD: (
        "archive.unreadable",
        "压缩包用了特殊的压缩设置，解开它要用太多内存或时间",
        "请用默认设置重新压缩为zip再发送",
    ),
    Trouble.BOMB: (
        "archive.bomb",
        "压缩包解开后大得异常，已停止解压",
        "请看一看压缩包里是不是要报送的文件，重新压缩再发",
    ),
}
_DAMAGED_ARCHIVE = (
    "archive.unreadable",
    "压缩包打不开，文件可能已损坏或没有传完",
    "请重新压缩成zip，确认能解开再发",
)


def archive_opens(file: FileFacts) -> Finding | None:
    """Why an archive could not be opened (its members were not seen), or None for one that opened."""
    if file.trouble is None:
        return None
    if file.trouble is Trouble.UNSUPPORTED:
        return unmeasured("archive.unmeasured", file)
    code, found, todo = _ARCHIVE_TROUBLES.get(file.trouble, _DAMAGED_ARCHIVE)
    return Finding(code, Severity.ERROR, found, "", todo, file.shown_name)


def file_is_harmless(file: FileFacts) -> Finding | None:
    """Programs, scripts and shortcuts are never taken in."""
    if file.kind not in DANGEROUS:
        return None
    return Finding(
        "file.dangerous",
        Severity.ERROR,
        "这是程序或脚本文件，可能带有病毒",
        "",
        "请去掉这个文件，查一查病毒再发",
        file.shown_name,
    )


def file_is_filled(file: FileFacts) -> Finding | None:
    """A file of zero bytes."""
    if file.kind is not Kind.EMPTY:
        return None
    return Finding(
        "file.empty",
        CHOICES["file.empty"].default,
        "文件是空的（0字节）",
        "",
        "请打开看看内容在不在，再重新发送",
        file.shown_name,
    )


def file_has_no_macros(file: FileFacts) -> Finding | None:
    """Most schools never wrote one: a virus of their computer did, and copies itself into every table they fill in."""
    if file.text is None or not file.text.macros:
        return None
    return Finding(
        "file.macros",
        CHOICES["file.macros"].default,
        "文档里带有宏（能自动运行的小程序）",
        "",
        "如果不是自己加的，电脑可能中了宏病毒，请查一查；以后请另存为不带宏的docx、xlsx再发",
        file.shown_name,
    )


def file_is_expected(file: FileFacts) -> Finding:
    """A file that serves no part: kept, and said so."""
    return Finding(
        "file.unexpected",
        CHOICES["file.unexpected"].default,
        f"没有用到这个文件（{kind_name(file.kind)}）",
        "",
        "如果是这次要报的材料，请和我们联系",
        file.shown_name,
    )
