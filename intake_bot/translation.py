"""Makes argparse speak Chinese. All its words go through gettext, so they are translated there and nowhere else."""

from __future__ import annotations

import argparse
import gettext

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
    "invalid choice: %(value)r, maybe you meant %(suggestion)r? (choose from %(choices)s)": (
        "没有“%(value)s”，是不是想写“%(suggestion)s”？可以写：%(choices)s"
    ),
}


class _Chinese(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return _WORDS.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return _WORDS.get(msgid1 if n == 1 else msgid2, msgid1 if n == 1 else msgid2)


def speak_chinese() -> None:
    """Gives argparse Chinese words for the rest of the process.

    argparse binds `gettext` at import as `_`, and looks up no catalogue of ours; replacing the two names it bound is
    the only way in that needs no compiled catalogue and no environment variable. Unknown words stay English.
    """
    chinese = _Chinese()
    vars(argparse).update(_=chinese.gettext, ngettext=chinese.ngettext)
