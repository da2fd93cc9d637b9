"""A clerk's own words, above whatever her mail program quotes."""

from __future__ import annotations

import pytest

from intake_bot.mail.reply_line import REPLY_LINE, words_above_reply_line
from tests.mail.samples import message

OWN = "收 1017-6\n退 1018-4 照片模糊"
DIGEST = f"——— {REPLY_LINE} ———\n未报6·退回2·待办1\n收 1020-2\n退 1020-2 原因"


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param(f"\n\n{DIGEST}", id="without any mark"),
        pytest.param(f"\n\n------------------ 原始邮件 ------------------\n发件人: 濮阳市教育局\n\n{DIGEST}", id="qq"),
        pytest.param(f"\n\n在 2023-05-17 16:30，濮阳市教育局 <py@126.com> 写道：\n\n{DIGEST}", id="netease"),
        pytest.param("\n\n> " + DIGEST.replace("\n", "\n> "), id="marked lines"),
        pytest.param(f"\n\n发自我的iPhone\n\n{DIGEST}", id="advertisement"),
        pytest.param(f"\n\n\u3000——— {REPLY_LINE} ———\n收 1020-2", id="indented"),
        pytest.param("", id="nothing quoted"),
    ],
)
def test_words_end_where_our_letter_begins(tail: str) -> None:
    assert words_above_reply_line(message(text=OWN + tail)) == OWN


def test_words_below_marked_lines_are_hers() -> None:
    quoted = "> " + DIGEST.replace("\n", "\n> ")
    text = f"在 2023-05-17 16:30，濮阳市教育局 <py@126.com> 写道：\n{quoted}\n\n{OWN}"
    assert words_above_reply_line(message(text=text)) == OWN


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(f"<div>收 1017-6</div><div>——— {REPLY_LINE} ———</div><div>收 1020-2</div>", id="without any mark"),
        pytest.param(f"<div>收 1017-6</div><blockquote>{REPLY_LINE}<br>收 1020-2</blockquote>", id="quoted element"),
        pytest.param(
            f"<p>收 1017-6</p><table><tr><td>{REPLY_LINE}</td></tr><tr><td>收 1020-2</td></tr></table>", id="table"
        ),
    ],
)
def test_words_of_a_page_end_where_our_letter_begins(page: str) -> None:
    assert words_above_reply_line(message(html=page)) == "收 1017-6"


@pytest.mark.parametrize("text", ["", DIGEST, f"{REPLY_LINE}\n收 1020-2"])
def test_answer_without_words_has_none(text: str) -> None:
    assert words_above_reply_line(message(text=text)) == ""
