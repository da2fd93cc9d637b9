"""Rules for every file, whatever the notice says."""

from __future__ import annotations

from intake_bot.files.facts import DANGEROUS, FileFacts, Kind, Trouble
from intake_bot.judging.findings import report_unmeasured
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
    """Reports an archive that could not be opened, so that its members are unknown."""
    if file.trouble is None:
        return None
    if file.trouble is Trouble.UNSUPPORTED:
        return report_unmeasured("archive.unmeasured", file)
    code, found, todo = _ARCHIVE_TROUBLES.get(file.trouble, _DAMAGED_ARCHIVE)
    return Finding(code, Severity.ERROR, found, "", todo, file.shown_name)


def file_is_harmless(file: FileFacts) -> Finding | None:
    """Reports programs, scripts, shortcuts, settings and disk images, which are never accepted."""
    if file.kind not in DANGEROUS:
        return None
    is_program = file.kind in (Kind.EXECUTABLE, Kind.SCRIPT)
    return Finding(
        "file.dangerous",
        Severity.ERROR,
        "这是程序或脚本文件，可能带有病毒" if is_program else f"这是{kind_name(file.kind)}，可能带有病毒",
        "",
        "请去掉这个文件，查一查病毒再发",
        file.shown_name,
    )


def file_is_filled(file: FileFacts) -> Finding | None:
    """Reports a file of zero bytes."""
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
    """Reports macros. Schools rarely write any: a virus on the computer copies itself into every table they fill in."""
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
    """Reports a file that is assigned to no part. It is kept all the same."""
    return Finding(
        "file.unexpected",
        CHOICES["file.unexpected"].default,
        f"没有用到这个文件（{kind_name(file.kind)}）",
        "",
        "如果是这次要报的材料，请和我们联系",
        file.shown_name,
    )


def file_says_something(file: FileFacts) -> Finding:
    """Reports a document that is a note to the office, or a copy of the notice or of a letter of ours."""
    return Finding(
        "file.unexpected",
        CHOICES["file.unexpected"].default,
        "这个文件里没有要报送的内容，像是留言，或者是通知、回信的原文",
        "",
        "如果是这次要报的材料，请把内容写进去再发",
        file.shown_name,
    )
