"""教职成函〔2023〕5号, clause by clause: all but the 总结 goes through the online system."""

from __future__ import annotations

from collections.abc import Iterator

from intake_bot.demo import material, media
from tests.acceptance.posts import Case, Files, Under, nothing, one_word, small_photo, word

NOTICE, CLAUSE = "moe-2023", "五（四）"


def _under(name: str, received: str = "2023-05-24 10:00:00") -> Under:
    return Under(NOTICE, CLAUSE, f"活动周河北省教育厅{name}材料", received)


def _online() -> Iterator[Case]:
    for name in ("方案", "专题网站网址", "联络员", "典型案例", "稿件", "照片", "视频"):
        yield _under(name, "2023-05-16 10:00:00").rejected(f"{name}走网上系统", one_word(), "channel.online")


def _summaries() -> Iterator[Case]:
    under = _under("总结")
    yield under.accepted("总结合格", _summary, late=False)
    yield under.accepted("总结的图片另附", lambda: {"总结.docx": word(900, "创新与事例"), "1.jpg": small_photo()})
    yield under.rejected("总结没有图片", lambda: {"总结.docx": word(900, "亮点与案例")}, "part.missing")
    yield under.rejected("总结没有文字", lambda: {"1.jpg": small_photo()}, "part.missing")
    yield under.rejected("总结什么也没有", nothing, "part.missing")
    plain = "活动周圆满结束，全省职业学校开放了全部实训室。"
    yield under.accepted("总结没提亮点和案例", lambda: {"总结.docx": media.docx([plain], [small_photo()])},
                         "text.not_mentioned")  # fmt: skip
    yield under.accepted("总结最后一刻", _summary, received="2023-05-28 00:00:00", late=False)
    yield under.accepted("三十天以内", _summary, "deadline.late", received="2023-06-27 00:00:00", late=True)
    yield under.rejected("三十天以后", _summary, "deadline.closed", received="2023-06-27 00:00:01")
    yield under.accepted("总结晚一秒", _summary, "deadline.late", received="2023-05-28 00:00:01", late=True)


def _summary() -> Files:
    return {"总结.docx": material.summary("河北省职业教育活动周总结")}


CASES = (*_online(), *_summaries())
