"""Rules that a notice may have for texts."""

from __future__ import annotations

import re
from collections.abc import Callable

from intake_bot.files.facts import WORD, FileFacts, Kind, TextFacts, Trouble
from intake_bot.judging.findings import drop_none, report_breach, report_unmeasured, report_unreadable
from intake_bot.judging.verdict import Finding
from intake_bot.judging.wording import kind_name
from intake_bot.notices.notice import Length, Rule, Severity, TextPart
from intake_bot.notices.spelling import normalise

BODY_NAME = "邮件正文"
"""The name of the mail body where it serves as a text."""

_SOURCE = re.compile(
    r"来源|摄影[:：]|摄影[ \u3000]+[\u4e00-\u9fff]{2,4}|供图|图源|供稿|提供图片|图片由"
    r"|[/／(（]\s*摄|摄\s*[)）]|(?<=[\u4e00-\u9fff])\s?摄(?:影)?\s*[。；;]?\s*$"
    r"|(?:拍摄|摄影)者|拍摄[:：]|(?:图片?|图文|摄影)\s*[/／:：]|photo(?:graph)?\s*(?:by|[:：])",
    re.IGNORECASE | re.MULTILINE,
)
"""Finds the source of a picture: 图片来源：校团委, 张三 摄, 图/李四. 学生操作摄像机 names none."""


def text_is_readable(part: TextPart, file: FileFacts) -> Finding | None:
    if file.readable and file.text is not None:
        return None
    if file.trouble is Trouble.UNSUPPORTED:
        return report_unmeasured("document.unmeasured", file)
    if file.trouble is Trouble.PROTECTED:
        return report_unreadable("document.protected", "文档设了密码，打不开", "请取消密码后再发", part, file)
    todo = "请先确认文档能打开，再重新发送；打不开的话，请另存一份新的再发"
    return report_unreadable("document.unreadable", "文档打不开，文件可能已损坏", todo, part, file)


def text_is_word(part: TextPart, file: FileFacts) -> Finding | None:
    if file.kind in WORD or (file.name == BODY_NAME and part.takes_body):
        return None
    found = "内容写在邮件正文里" if file.name == BODY_NAME else f"文件实际是{kind_name(file.kind)}"
    return report_breach(
        part.word, "document.not_word", found, "Word文件", "请把内容放进一份Word文档再发（只改文件名无效）", file
    )


def text_has_length(part: TextPart, file: FileFacts) -> Finding | None:
    if part.length is None or file.text is None:
        return None
    rule, words = part.length, file.text.words
    if rule.at_least is not None and words < rule.at_least:
        eased = _ease(rule, words >= rule.at_least * (1 - rule.tolerance))
        todo = _todo(eased, f"请补充内容，写到 {rule.at_least} 字以上")
        return report_breach(eased, "text.too_short", f"正文只有 {words} 字", _range_words(rule), todo, file)
    if rule.at_most is not None and words > rule.at_most:
        eased = _ease(rule, words <= rule.at_most * (1 + rule.tolerance))
        todo = _todo(eased, f"请精简到 {rule.at_most} 字以内")
        return report_breach(eased, "text.too_long", f"正文有 {words} 字", _range_words(rule), todo, file)
    return None


def text_has_picture(part: TextPart, file: FileFacts) -> Finding | None:
    if file.text is None or file.text.pictures:
        return None
    return report_breach(part.picture, "news.no_picture", "文档里没有图片", "文档包含图片", "请把图片插到文档里", file)


def text_names_source(part: TextPart, file: FileFacts) -> Finding | None:
    if part.source is None or file.text is None or _SOURCE.search(file.text.text):
        return None
    todo = "请在图片下方注明来源，例如“图片来源：某某学校 张三 摄”"
    return report_breach(part.source, "news.no_source", "文档里没有写明图片来源", "写明图片来源", todo, file)


def text_has_link(part: TextPart, file: FileFacts) -> Finding | None:
    if file.text is None or file.text.links:
        return None
    return report_breach(
        part.link,
        "media.no_link",
        "文档里没有找到媒体报道的链接",
        "附上媒体报道链接",
        "请在浏览器里复制报道的网址，粘贴到文档里",
        file,
    )


def text_mentions(part: TextPart, file: FileFacts) -> Finding | None:
    if part.mentions is None or file.text is None:
        return None
    text = normalise(file.text.text)
    absent = [name for name, words in part.mentions.words.items() if not any(normalise(word) in text for word in words)]
    if not absent:
        return None
    names = "、".join(absent)
    return report_breach(
        part.mentions,
        "text.not_mentioned",
        f"文中没有看到{names}",
        f"包含{names}",
        f"请看一看有没有写到{names}，没有的话请补上",
        file,
    )


TEXT_RULES: tuple[Callable[[TextPart, FileFacts], Finding | None], ...] = (
    text_is_word,
    text_has_length,
    text_has_picture,
    text_names_source,
    text_has_link,
    text_mentions,
)


def check_text(part: TextPart, file: FileFacts) -> list[Finding]:
    """Returns all findings about one text. A text that cannot be read is checked for its format only."""
    if (closed := text_is_readable(part, file)) is not None:
        other_format = text_is_word(part, file)
        # A format that the notice does not take needs no person to look into it.
        return drop_none([other_format] if other_format and closed.holds else [closed, other_format])
    return drop_none(rule(part, file) for rule in TEXT_RULES)


def body_as_file(body: TextFacts) -> FileFacts:
    """Returns the mail body as a file that can be assigned to a part."""
    return FileFacts(BODY_NAME, Kind.TEXT, len(body.text.encode()), "", text=body)


def _range_words(rule: Length) -> str:
    about = "左右" if rule.tolerance else ""
    if rule.at_least is not None and rule.at_most is not None:
        return f"{rule.at_least}–{rule.at_most} 字{about}"
    return f"{rule.at_least} 字{about}以上" if rule.at_least is not None else f"{rule.at_most} 字{about}以内"


def _todo(rule: Rule, todo: str) -> str:
    return todo if rule.severity is Severity.ERROR else f"这次照收，以后{todo}"


def _ease(rule: Length, within_tolerance: bool) -> Rule:
    if within_tolerance and rule.severity is Severity.ERROR:
        return rule.model_copy(update={"severity": Severity.REMARK})
    return rule
