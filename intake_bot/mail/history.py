"""Where a mail's own words end and quoted history begins, in plain text."""

from __future__ import annotations

import re

_RULED = re.compile(
    r"[ \t\u00a0\u3000]*[-_=—]{2,}[ \t\u00a0]*"
    r"(?:原始邮件|原邮件|回复的原邮件|回复的邮件|转发邮件信息|转发邮件|转发的邮件|转发的原邮件|邮件原件|原始郵件|轉寄郵件|轉寄的郵件|"
    r"Original Message|Original|Forwarded message|Forwarded Message|Replied Message|Forwarded by [^-]{1,80})"
    r"[ \t\u00a0]*[-_=—]{2,}",
    re.IGNORECASE,
)
_BEGUN = re.compile(
    r"[ \t]*(?:Begin forwarded message|以下是转发的邮件|下面是被转发的邮件|开始转发的邮件)[:：]?[ \t]*", re.IGNORECASE
)
_WROTE = re.compile(r"[ \t\u3000]*.{3,300}?(?:写道|寫道|写入|\bwrote)[ \t]*[:：][ \t\u00a0]*", re.IGNORECASE)
# A story may quote somebody too (2022年10月，他在信中写道：), so a date alone does not make an introduction.
_OF_A_MAIL = re.compile(
    r"\d[:：]\d{2}|[^\s@]@[^\s@]|^[ \t\u3000]*(?:在|于|At)[ \t]*\d{4}[-/]\d{1,2}|^[ \t]*(?:On|At|Le|Am)[ \t].*\d",
    re.IGNORECASE,
)
_STARTS_INTRODUCTION = re.compile(r"[ \t\u3000]*(?:在|于|On[ \t]|At[ \t]|\d{4}[ \t]*[-年/])", re.IGNORECASE)
_FROM_LINE = re.compile(r"[ \t*\u3000]*(?:发件人|发信人|寄件者|寄件人|From)[ \t*]*[:：]", re.IGNORECASE)
_HEADER_LINE = re.compile(
    r"[ \t*\u3000]*(?:发送时间|发送日期|发件时间|日期|时间|收件人|收信人|抄送|主题|寄件日期|收件者|主旨"
    r"|Sent|Date|To|Cc|Subject)[ \t*]*[:：]",
    re.IGNORECASE,
)
_SPEAKS = re.compile(r"[:：]|[-_=—]{2}|(?i:on[ \t]|at[ \t]|begin|forwarded|wrote)|转发|在|于|\d{4}[ \t]*[-/年]")
"""What every sign of history has in its first line; most lines of most mails have none, and are done with here."""
_LINES_OF_A_HEADER = 5
_LONGEST_INTRODUCTION = 400


def without_history(text: str) -> str:
    """The text above the first sign of quoted history, and without lines that begin with `>`.

    Where an introduction (`在…写道：`) is followed by `>` lines only these go, since some people answer below them.
    """
    lines = text[: history_start(text)].split("\n")
    return "\n".join(line for number, line in enumerate(lines) if not (_is_quoted(line) or _introduces(lines, number)))


def history_start(text: str) -> int:
    """The position of the first sign that all the rest is quoted history; the text's length where there is none."""
    lines = text.split("\n")
    position = 0
    for number, line in enumerate(lines):
        if _opens_history(lines, number):
            return position
        position += len(line) + 1
    return len(text)


def _opens_history(lines: list[str], number: int) -> bool:
    line = lines[number]
    if not _SPEAKS.search(line):
        return False
    if _RULED.match(line) or _BEGUN.fullmatch(line):
        return True
    if _FROM_LINE.match(line):
        return any(_HEADER_LINE.match(later) for later in lines[number + 1 : number + 1 + _LINES_OF_A_HEADER])
    return _introduces(lines, number) and not _next_is_quoted(lines, number)


def _introduces(lines: list[str], number: int) -> bool:
    """`在 2023-05-17 15:02，张三 <a@b> 写道：`, on one line or broken over two."""
    line = lines[number]
    if not _SPEAKS.search(line):
        return False
    if _is_introduction(line):
        return True
    if not _STARTS_INTRODUCTION.match(line) or number + 1 == len(lines):
        return False
    following = lines[number + 1]
    return not _STARTS_INTRODUCTION.match(following) and _is_introduction(f"{line} {following}")


def _is_introduction(line: str) -> bool:
    return len(line) <= _LONGEST_INTRODUCTION and bool(_WROTE.fullmatch(line) and _OF_A_MAIL.search(line))


def _next_is_quoted(lines: list[str], number: int) -> bool:
    following = [line.strip() for line in lines[number + 1 : number + 4] if line.strip()]
    if following and _WROTE.fullmatch(following[0]):
        following = following[1:]
    return bool(following) and _is_quoted(following[0])


def _is_quoted(line: str) -> bool:
    return line.lstrip(" \t\u3000").startswith((">", "＞"))
