"""What the template language finds wrong with a template's writing, in Chinese."""

from __future__ import annotations

import re

NOT_UTF8 = "模板不是 UTF-8 编码，请另存为 UTF-8"

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


def syntax_words(message: str) -> str:
    """The parser's message in Chinese; one that is not known here stands as it is."""
    for pattern, sentence in _SENTENCES:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            words = [_TOKENS.get(word, word) for word in found.groups()]
            return f"写法有误：{sentence.format(*words)}"
    return f"写法有误：{message}"
