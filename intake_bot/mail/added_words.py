"""Words that programs on the way add to a mail: warnings of gateways, disclaimers, notes on HTML. Pure.

They are no caption and no text. A warning is one line, which may go on in lines of ASCII; a disclaimer
reaches to the next blank line. Both are known by how they begin and by what else they say, since a report may speak of
mails and warnings, too.
"""

from __future__ import annotations

import re

_POSSIBLE = re.compile(r"邮件|e-?mail|message|声明|virus|external|html", re.IGNORECASE)
"""Every text with such words matches this, which saves the slower patterns."""
_DECORATION = " \t\u00a0\u3000|*#>-—_=~!！⚠【】[]()（）<"
_WARNING_BEGINS = re.compile(
    r"(?:外部|外网|外来|安全|风险|警告|警示|注意|提示|提醒|温馨|重要|系统|网关|反垃圾|此|该|本|这封|您(?:通常)?不(?:会|经常|常)"
    r"|caution|external|warning|notice|attention|security|this (?:e-?mail|message)|you don['’]t often|virus-free)",
    re.IGNORECASE,
)
_WARNING_SAYS = (
    re.compile(r"邮件|邮箱|发件人|发信人|e-?mail|message|sender", re.IGNORECASE),
    re.compile(
        r"外部|外网|外来|外单位|组织以?外|(?:公司|单位|机构|本校|学校)以?外|来源不明|陌生|病毒|通常不会|不经常|不常"
        r"|external|outside|virus|don['’]t often",
        re.IGNORECASE,
    ),
    re.compile(
        r"谨慎|甄别|辨别|鉴别|识别|请勿|切勿|不要|勿(?:轻易|随意)?(?:点|打)|警惕|小心|当心|注意|为什么很重要|扫描|检[测查]|查杀|杀毒"
        r"|do not|caution|recogni[sz]e|be careful|learn why|scanned|checked|virus-free",
        re.IGNORECASE,
    ),
)
"""What a warning speaks of: the mail, where it comes from, and what to do."""
_DISCLAIMER_BEGINS = re.compile(
    r"(?:本|此|该|这封)(?:封|份)?(?:电子)?(?:邮件|信息)|(?:免责|保密|法律|重要)(?:声明|提示|条款|须知)|声明[:：]"
    r"|disclaimer|confidential|this (?:e-?mail|message|communication)|the information (?:contained )?in this"
    r"|please consider",
    re.IGNORECASE,
)
_DISCLAIMER_SAYS = re.compile(
    r"保密|机密|仅(?:限|供|向)|只供|收件人|接收者|错收|误收|误发|错误地?收到|未经.{0,6}(?:授权|许可|同意)|泄[露漏]|散发|法律责任|删除|不代表"
    r"|confidential|intended|recipient|privileged|in error|unauthori[sz]ed|disclos|environment|before printing",
    re.IGNORECASE,
)
_MINIMUM_SIGNS = 2
"""Different words of `_DISCLAIMER_SAYS` that make a paragraph a disclaimer."""
_WITHOUT_HTML = re.compile(
    r"(?=.*(?<![a-z])html(?![a-z]))(?=.*(?:不支持|不能|无法|切换|查看|浏览|support|view|display|enable|read))"
    r".*(?:邮件|e-?mail|message|mail).*",
    re.IGNORECASE,
)
_MAXIMUM_WARNING = 300
"""Characters of a warning or a note."""


def without_added_words(text: str) -> str:
    """The text without warnings, disclaimers and notes; its other lines stay as they are."""
    if not _POSSIBLE.search(text):
        return text
    kept: list[str] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        end = _end_of_added_words(lines, at)
        if end == at:
            kept.append(lines[at])
        at = max(end, at + 1)
    return "\n".join(kept)


def _end_of_added_words(lines: list[str], at: int) -> int:
    """The line behind the added words that begin in this line; the line itself where none do."""
    words = lines[at].strip(_DECORATION)
    if _is_disclaimer(words, lines, at):
        return next((number for number in range(at, len(lines)) if not lines[number].strip()), len(lines))
    if len(words) > _MAXIMUM_WARNING:
        return at
    if _WITHOUT_HTML.fullmatch(words):
        return at + 1
    if not _WARNING_BEGINS.match(words):
        return at
    end = at + 1
    while end < len(lines) and lines[end].isascii() and lines[end].strip():
        end += 1
    return end if all(says.search(" ".join(lines[at:end])) for says in _WARNING_SAYS) else at


def _is_disclaimer(words: str, lines: list[str], at: int) -> bool:
    if not _DISCLAIMER_BEGINS.match(words):
        return False
    signs: set[str] = set()
    for line in lines[at : at + 40]:
        if not line.strip():
            break
        signs.update(found.lower() for found in _DISCLAIMER_SAYS.findall(line[:2000]))
    return len(signs) >= _MINIMUM_SIGNS
