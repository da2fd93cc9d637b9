"""濮阳's week: who sends what on which day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from intake_bot.demo.mailbox import ZONE
from tests.rehearsal import material
from tests.rehearsal.post import Arrival, Post, mail
from tests.rehearsal.schools import Report, big_attachment, routine
from tests.rehearsal.units import Unit, unit

FIRST = date(2023, 5, 14)
DAILY = """
濮阳县      .......  .......
清丰县      ..d....  .......
南乐县      .l.....  ...m...
范县        .......  ..-....
台前县      b......  b......
华龙区      -......  -......
开发区      .......  .w.....
工业园区    .......  ..l....
示范区      ...q...  .......
濮职院      .......  .......
濮阳医专    t......  .......
石化学院    .......  m......
濮阳科技学院 .......  ....h..
濮技院      .......  b.m....
濮职中      .......  .......
濮阳县职校  w......  .2.....
清丰职校    .......  ...f...
南乐职专    -y.....  .......
范县职校    .......  -l-b...
台前职校    .....m.  .....m.
油田职专    .......  .......
濮阳卫校    ..b....  .......
工艺美校    -------  ---....
"""
"""文字材料 and 照片, a code a day from Sunday to Saturday; tests/rehearsal/schools.py tells what the codes mean."""

_BAD: Mapping[str, material.Maker] = {"文字": lambda mark: material.text_file(mark, 300), "照片": material.loose_photos}
_GOOD: Mapping[str, material.Maker] = {"文字": material.text_file, "照片": material.album}

MORE = """
14 10:20 濮职院 图片新闻
14 11:05 华龙区 媒体报道
14 15:02 清丰职校 视频
15 09:40 濮阳县 媒体报道
15 10:15 濮技院 十八般武艺
15 14:30 濮阳医专 我的一天
15 14:50 濮职中 招生宣传短视频
16 09:10 油田职专 图片新闻
16 10:30 范县 媒体报道
16 11:11 濮阳卫校 视频
17 09:09 清丰县 媒体报道
17 10:10 石化学院 视频
17 14:20 濮职院 十八般武艺
17 15:10 南乐县 图片新闻
18 09:30 濮阳县 图片新闻
18 10:45 濮职院 我的一天
18 11:30 示范区 媒体报道
19 09:15 开发区 图片新闻
19 10:05 濮职中 媒体报道
19 14:40 工艺美校 十八般武艺
20 09:45 濮阳县 工作总结
20 10:50 濮职院 工作总结
20 11:20 清丰县 工作总结
20 14:00 范县职校 工作总结
"""
"""Day, time, unit and material of what nobody must report, and of the first summaries."""

_MAKERS: Mapping[str, material.Maker] = {
    "图片新闻": material.picture_news,
    "媒体报道": material.media_report,
    "视频": material.film,
    "十八般武艺": material.film,
    "我的一天": material.film,
    "招生宣传短视频": material.film,
    "工作总结": material.summary,
}


def _report(one: Unit, number: int, day: int) -> Report:
    on = FIRST + timedelta(days=day)
    name = ("文字", "照片")[number]
    mark = f"{one.name} {name} {on}"
    deadline = datetime.combine(on, time(16), ZONE)
    return Report("puyang", one, on, name, lambda: _GOOD[name](mark), lambda: _BAD[name](mark), deadline)


def _more() -> Iterator[Arrival]:
    for line in MORE.strip().splitlines():
        day, clock, name, what = line.split()
        yield _one(unit("puyang", name), at(day, clock), what)


def _one(one: Unit, when: datetime, what: str) -> Arrival:
    def write(_post: Post) -> bytes:
        files = _MAKERS[what](f"{one.name} {what} {when:%d}")
        return mail("puyang", one.client, (one.short, one.address), f"活动周{one.name}{what}", when, files=files)

    return Arrival(when, "puyang", f"{one.short} {what} {when.day}", write)


def at(day: str, clock: str) -> datetime:
    """`17`, `16:30` in May 2023."""
    return datetime.combine(date(2023, 5, int(day)), time.fromisoformat(clock), ZONE)


def _link_of_a_film() -> Arrival:
    one, when = unit("puyang", "濮阳科技学院"), at("17", "11:40")

    def write(_post: Post) -> bytes:
        page = big_attachment("我的一天.mp4", "186.42M")
        words = "各位老师好，视频文件较大，用超大附件发送。"
        return mail(
            "puyang", one.client, (one.short, one.address), f"活动周{one.name}我的一天", when, body=words, page=page
        )

    return Arrival(when, "puyang", "濮阳科技学院 我的一天 17", write)


def _wrong_unit() -> Arrival:
    """范县职校 copies the subject of its county."""
    one, when = unit("puyang", "范县职校"), at("16", "14:40")
    mark = "范县职校 照片 16"
    return Arrival(
        when,
        "puyang",
        "范县职校 误报 16",
        lambda _post: mail(
            "puyang", one.client, (one.short, one.address), "活动周范县教育局照片材料", when, files=material.album(mark)
        ),
    )


def puyang_mails() -> Iterator[Arrival]:
    yield from routine("puyang", DAILY, _report)
    yield from _more()
    yield _link_of_a_film()
    yield _wrong_unit()
