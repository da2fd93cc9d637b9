"""Quoted text: finds where a mail's own text ends and the quoted mail begins, in plain text. Pure."""

from __future__ import annotations

import re

_SEPARATOR_LINE = re.compile(
    r"[ \t\u00a0\u3000]*[-_=—]{2,}[ \t\u00a0]*"
    r"(?:原始邮件|原邮件|回复的原邮件|回复的邮件|转发邮件信息|转发邮件|转发的邮件|转发的原邮件|邮件原件|原始郵件|轉寄郵件|轉寄的郵件|"
    r"Original Message|Original|Forwarded message|Forwarded Message|Replied Message|Forwarded by [^-]{1,80})"
    r"[ \t\u00a0]*[-_=—]{2,}",
    re.IGNORECASE,
)
_FORWARD_SEPARATOR = re.compile(
    r"[ \t\u00a0\u3000>|]*[-_=—]{2,}[ \t\u00a0]*(?:转发|轉寄|Forwarded (?:message|by))[^-_=—]{0,80}[-_=—]{2,}",
    re.IGNORECASE,
)
_FORWARDED_LINE = re.compile(
    r"[ \t]*(?:Begin forwarded message|以下是转发的邮件|下面是被转发的邮件|开始转发的邮件)[:：]?[ \t]*", re.IGNORECASE
)
_WROTE_LINE = re.compile(r"[ \t\u3000]*.{3,300}?(?:写道|寫道|写入|\bwrote)[ \t]*[:：][ \t\u00a0]*", re.IGNORECASE)
# A news story may quote somebody (2022年10月，他在信中写道：), so a date alone does not make an introduction.
_NAMES_TIME_OR_ADDRESS = re.compile(
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
_HEADER_OF_QUOTE = re.compile(
    r"[ \t*|>\u00a0\u3000]*(?:发件人|发信人|寄件者|寄件人|发送时间|发送日期|发件时间|寄件日期|日期|时间"
    r"|收件人|收信人|收件者|抄送人?|密送|副本|主题|主旨|附件|From|Sent|Date|To|Cc|Bcc|Subject|Reply-To)[ \t*]*[:：|]",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s@<>;,，；|]{1,64}@[^\s@<>;,，；|]{1,100}")
_MAXIMUM_NAME_LENGTH = 10
"""Characters beside an address in a line of addresses, which goes on with a header field."""
_RULE = re.compile(r"[ \t>|*_=\-—]*")
_POSSIBLE_START = re.compile(r"[:：]|[-_=—]{2}|(?i:on[ \t]|at[ \t]|begin|forwarded|wrote)|转发|在|于|\d{4}[ \t]*[-/年]")
"""Every first line of quoted text matches this; most other lines do not, which saves the slower patterns."""
_MAXIMUM_HEADER_LINES = 5
_MAXIMUM_INTRODUCTION_LENGTH = 400


def remove_quoted_text(text: str) -> str:
    """The text above the quoted mail, without lines that begin with `>`.

    If `>` lines follow an introduction (`在…写道：`), only these are removed, since some people answer below them.
    """
    lines = text[: find_quoted_text(text)].split("\n")
    return "\n".join(
        line for number, line in enumerate(lines) if not (_is_quoted(line) or _is_introduction_at(lines, number))
    )


def find_quoted_text(text: str) -> int:
    """The position from which all text is quoted; the text's length if none is."""
    lines = text.split("\n")
    position = 0
    for number, line in enumerate(lines):
        if _begins_quoted_text(lines, number):
            return position
        position += len(line) + 1
    return len(text)


def find_forward(text: str) -> int:
    """The position from which the text is a forwarded mail, as its first line says; the text's length if none is."""
    position = 0
    for line in text.split("\n"):
        if _POSSIBLE_START.search(line) and (_FORWARD_SEPARATOR.match(line) or _FORWARDED_LINE.fullmatch(line)):
            return position
        position += len(line) + 1
    return len(text)


def begins_with_introduction(quoted: str) -> bool:
    """Whether quoted text begins with `在…写道：`, as answers do, and not with header fields."""
    return _is_introduction_at(quoted.split("\n", 2), 0)


def begins_with_sender(quoted: str) -> bool:
    """Whether the first lines of quoted text name its sender in a header field, as forwards and some answers do."""
    return any(_FROM_LINE.match(line) for line in quoted.split("\n", _MAXIMUM_HEADER_LINES)[:_MAXIMUM_HEADER_LINES])


def remove_quote_headers(quoted: str) -> str:
    """The words of a quoted or forwarded mail: without its lines of header fields, separators and quote marks.

    Mails that were forwarded again have several such blocks. A block ends at the first blank line below a field.
    """
    kept: list[str] = []
    is_header = has_field = False
    for line in quoted.split("\n"):
        text = line.lstrip(" \t\u3000>＞")
        if _SEPARATOR_LINE.match(text) or _FORWARD_SEPARATOR.match(text) or _FORWARDED_LINE.fullmatch(text):
            is_header, has_field = True, False
        elif _HEADER_OF_QUOTE.match(text) and (is_header or _FROM_LINE.match(text)):
            is_header = has_field = True
        elif is_header and (_RULE.fullmatch(text) or _is_addresses(text)):
            is_header = not has_field or bool(text.strip())
        else:
            is_header = False
            kept.append(text)
    return "\n".join(kept)


def _is_addresses(line: str) -> bool:
    rest, count = _ADDRESS.subn("", line)
    return count > 0 and len(re.sub(r"[\s<>\"';,，；|]+", "", rest)) <= _MAXIMUM_NAME_LENGTH


def _begins_quoted_text(lines: list[str], number: int) -> bool:
    line = lines[number]
    if not _POSSIBLE_START.search(line):
        return False
    if _SEPARATOR_LINE.match(line) or _FORWARDED_LINE.fullmatch(line):
        return True
    if _FROM_LINE.match(line):
        return any(_HEADER_LINE.match(other) for other in lines[number + 1 : number + 1 + _MAXIMUM_HEADER_LINES])
    return _is_introduction_at(lines, number) and not _next_is_quoted(lines, number)


def _is_introduction_at(lines: list[str], number: int) -> bool:
    """Whether an introduction begins here: `在 2023-05-17 15:02，张三 <a@b> 写道：`, on one line or on two."""
    line = lines[number]
    if not _POSSIBLE_START.search(line):
        return False
    if _is_introduction(line):
        return True
    if not _STARTS_INTRODUCTION.match(line) or number + 1 == len(lines):
        return False
    following = lines[number + 1]
    return not _STARTS_INTRODUCTION.match(following) and _is_introduction(f"{line} {following}")


def _is_introduction(line: str) -> bool:
    return len(line) <= _MAXIMUM_INTRODUCTION_LENGTH and bool(
        _WROTE_LINE.fullmatch(line) and _NAMES_TIME_OR_ADDRESS.search(line)
    )


def _next_is_quoted(lines: list[str], number: int) -> bool:
    following = [line.strip() for line in lines[number + 1 : number + 4] if line.strip()]
    if following and _WROTE_LINE.fullmatch(following[0]):
        following = following[1:]
    return bool(following) and _is_quoted(following[0])


def _is_quoted(line: str) -> bool:
    return line.lstrip(" \t\u3000").startswith((">", "＞"))
