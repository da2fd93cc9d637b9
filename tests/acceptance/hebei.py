"""冀教职成函〔2023〕22号, clause by clause."""

from __future__ import annotations

from collections.abc import Iterator

from intake_bot.demo import material, media
from tests.acceptance.posts import Case, Files, Under, nothing, one_video, one_word, small_photo, word

NOTICE, CLAUSE = "hebei-2023", "五（四）"


def _under(name: str, received: str = "2023-05-17 12:00:00") -> Under:
    return Under(NOTICE, CLAUSE, f"活动周唐山市教育局{name}材料", received)


def _of_the_week() -> Iterator[Case]:
    for name, files in (
        ("典型案例", one_word(300)),
        ("稿件", one_word(60)),
        ("照片", lambda: {"1.jpg": small_photo()}),
        ("视频", one_video(320, 240, 900)),
    ):
        under = _under(name)
        yield under.accepted(f"{name}不限格式大小", files, late=False)
        yield under.rejected(f"没有{name}", nothing, "part.missing")
        yield under.accepted(f"{name}最后一刻", files, received="2023-05-21 00:00:00", late=False)
        yield under.accepted(f"{name}晚一秒", files, "deadline.late", received="2023-05-21 00:00:01", late=True)


def _summaries() -> Iterator[Case]:
    under = _under("总结", "2023-05-24 12:00:00")
    yield under.accepted("总结合格", _summary, late=False)
    yield under.accepted("总结的图片另附", lambda: {"总结.docx": word(900, "特色与典型"), "1.jpg": small_photo()})
    yield under.rejected("总结没有图片", lambda: {"总结.docx": word(900, "特色与典型")}, "part.missing")
    yield under.rejected("总结没有文字", lambda: {"1.jpg": small_photo()}, "part.missing")
    plain = "活动周圆满结束，全市职业学校开放了全部实训室。"
    yield under.accepted("总结没提特色和案例", lambda: {"总结.docx": media.docx([plain], [small_photo()])},
                         "text.not_mentioned")  # fmt: skip
    yield under.accepted("总结最后一刻", _summary, received="2023-05-28 00:00:00", late=False)
    yield under.accepted("总结晚一秒", _summary, "deadline.late", received="2023-05-28 00:00:01", late=True)
    yield under.rejected("三十天以后", _summary, "deadline.closed", received="2023-06-27 00:00:01")
    yield under.accepted("三十天以内", _summary, "deadline.late", received="2023-06-27 00:00:00", late=True)


def _summary() -> Files:
    return {"总结.docx": material.summary("唐山市职业教育活动周总结")}


CASES = (*_of_the_week(), *_summaries())
