"""Faults of templates in Chinese, each in its file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from traceback import walk_tb
from types import FrameType

from jinja2 import Template, TemplateError, TemplateNotFound, TemplateSyntaxError

from intake_bot.errors import ConfigFault

_TOKENS = {
    "end of print statement": "}}",
    "end of statement block": "%}",
    "begin of statement block": "{%",
    "begin of print statement": "{{",
}
# Jinja2 has no other way to tell these apart than its words (lexer.py, parser.py, compiler.py of 3.1).
_SENTENCES = (
    (r"unexpected char '(.+)' at \d+", "这里不能写“{0}”：花括号里只能用半角（英文）标点"),
    (r"Missing end of (?:comment|raw) .*", "注释没有结束，缺少 #}}"),
    (r"Unexpected end of template.*needs to be closed is '(\w+)'.*", "没写完：“{0}”缺少结尾的 {{% end{0} %}}"),
    (r"Unexpected end of template.*", "没写完：少了结尾"),
    (
        r"Encountered unknown tag '(end\w+|else|elif)'.*needs to be closed is '(\w+)'.*",
        "这里不该是 {{% {0} %}}，要先写 {{% end{1} %}}",
    ),
    (r"Encountered unknown tag '(\w+)'.*", "不认识 {{% {0} %}}"),
    (r"expected token '(.+?)', got '(.+)'", "“{1}”的地方应当是“{0}”"),
    (r"Expected an expression, got '(.+)'", "“{0}”前面少了内容"),
    (r"unexpected '(.+)'", "多了“{0}”"),
    (r"unexpected end of (?:template|.*)", "没写完：少了结尾"),
    (r"[Bb]lock '(.+)' defined twice", "段落“{0}”写了两次"),
    (r"No filter named '(.+)'.*", "没有“{0}”这个过滤词（竖线“|”后面的词）"),
    (r"No test named '(.+)'.*", "没有“{0}”这个判断词（is 后面的词）"),
)


def template_fault(name: str, line: int, message: str) -> ConfigFault:
    """A fault in the template `name`; line 0 is the file as a whole."""
    return ConfigFault(f"templates/{name}", line, 0, message)


def encoding_fault(name: str) -> ConfigFault:
    """The template is not UTF-8."""
    return template_fault(name, 0, "模板不是 UTF-8 编码，请另存为 UTF-8")


def syntax_fault(error: TemplateSyntaxError) -> ConfigFault:
    """What the parser found, in Chinese; a message of Jinja2 that is not known here stands as it is."""
    return template_fault(error.name or "", error.lineno, f"写法有误：{_translate(error.message or '')}")


def rendering_fault(error: Exception, name: str) -> ConfigFault:
    """What failed while `name` was rendered, in the template and line where it failed: what `name` includes or extends
    is a template of its own."""
    place, line = innermost_template(reversed(list(walk_tb(error.__traceback__)))) or (name, 0)
    if isinstance(error, TemplateNotFound):
        return template_fault(place, line, f"找不到模板“{error.name}”")
    if isinstance(error, TemplateError):
        return template_fault(place, line, f"模板出错：{error}")
    return template_fault(place, line, f"这一行算不出结果（{type(error).__name__}：{error}）")


def innermost_template(frames: Iterable[tuple[FrameType, int]]) -> tuple[str, int] | None:
    """Name and line of the template that the first such of these frames and lines, innermost first, belongs to."""
    for frame, line in frames:
        template = frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template) and template.name:
            return template.name, template.get_corresponding_lineno(line)
    return None


def _translate(message: str) -> str:
    for pattern, sentence in _SENTENCES:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return sentence.format(*(_TOKENS.get(word, word) for word in found.groups()))
    return message
