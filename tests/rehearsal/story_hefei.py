"""合肥's week: who sends what on which day. The week is moved to the days of 濮阳's by one line of the notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from intake_bot.demo.mailbox import ZONE
from tests.rehearsal import material
from tests.rehearsal.post import Arrival, Post, mail
from tests.rehearsal.schools import Files, Report, routine
from tests.rehearsal.story_puyang import at
from tests.rehearsal.units import HEFEI, Unit, unit

FIRST = date(2023, 5, 14)
DAILY = """
肥东县        .......
肥西县        ..l....
长丰县        m......
庐江县        .......
巢湖市        b..y...
高新区        .......
经开区        -......
新站区        ...b...
合工校        .......
经贸旅游学校  .......
铁路工程学校  .2.....
腾飞职校      w......
合肥技师学院  .......
合职院        ...m...
幼教职校      q......
巢湖职教中心  b-.....
肥西职教中心  .......
"""
"""日报, a code a day, of the day that it is about; it is due the next day at 10:00."""

PHOTOS = """
肥东县 合工校 铁路工程学校
肥西县 合工校 合职院
高新区 合工校 幼教职校
长丰县 合工校 巢湖职教中心
庐江县 合工校 肥西职教中心
肥东县 合工校 经贸旅游学校
肥西县 合工校 合肥技师学院
"""
"""Who sends photos besides, a line a day."""

PUBLICITY = """
10 15:20 合工校 宣传材料
14 15:10 肥东县 典型案例
15 14:15 合工校 典型案例
15 15:30 庐江县 职教故事
16 11:20 铁路工程学校 宣传稿
16 14:25 肥东县 职教故事
17 09:00 腾飞职校 典型案例
17 15:40 经贸旅游学校 典型案例
18 11:00 合职院 职教故事
18 15:25 庐江县 典型案例
19 09:50 幼教职校 宣传稿
19 11:10 合肥技师学院 典型案例
19 15:00 合职院 典型案例
20 09:30 肥西县 典型案例
20 10:00 合肥技师学院 职教故事
20 14:10 肥西职教中心 典型案例
20 16:20 长丰县 职教故事
"""

_LATE_CONTACTS = {"巢湖市": ("13", "09:20"), "腾飞职校": ("12", "15:30")}
_NO_CONTACTS = {"经开区"}


def _report(one: Unit, _number: int, day: int) -> Report:
    on = FIRST + timedelta(days=day)
    deadline = datetime.combine(on + timedelta(days=1), time(10), ZONE)

    def files(forms: int) -> Files:
        return lambda: material.daily_report(one.name, on, forms=forms)

    return Report("hefei", one, on, "日报", files(2), files(1), deadline)


def _before_the_week() -> Iterator[Arrival]:
    """The contact forms, and what schools report on open days and in the communities."""
    for number, one in enumerate(HEFEI):
        if one.short in _NO_CONTACTS:
            continue
        day, clock = _LATE_CONTACTS.get(one.short, ("10", f"{14 + number // 8}:{5 + 6 * (number % 8):02d}"))
        person = [one.contact or "钱多", "科员", one.telephone or f"1380000{number:04d}", one.address]
        file = material.contact_form(one.name, [person])
        yield _one(one, at(day, clock), "联络员信息表", {"附件3 联络员信息表.xlsx": file})
        if one.category == "学校":
            mark = f"{one.name} 方案"
            yield _one(one, at("11", f"15:{3 * number % 60:02d}"), "走进校园方案", material.text_file(mark, 600))
            words = f"活动内容：师生进社区开展便民服务。参加人数：{40 + number}人。联系人见附件以前报送的表格。"
            yield _one(one, at("12", f"15:{3 * number % 60:02d}"), "走进社区报名", {}, words)


def _one(
    one: Unit, when: datetime, what: str, files: Mapping[str, bytes] | Files, body: str = "老师好，材料请见附件。"
) -> Arrival:
    def write(_post: Post) -> bytes:
        found = files() if callable(files) else files
        subject = f"活动周{one.name}{what}材料"
        return mail("hefei", one.client, (one.short, one.address), subject, when, body=body, files=found)

    return Arrival(when, "hefei", f"{one.short} {what} {when.day}", write)


def _photos() -> Iterator[Arrival]:
    for day, line in enumerate(PHOTOS.strip().splitlines()):
        for number, name in enumerate(line.split()):
            one, on = unit("hefei", name), FIRST + timedelta(days=day)
            when = datetime.combine(on, time(18, 5 + 7 * number), ZONE)
            mark = f"{one.name} {on} more"
            photos = {f"{material.scene(f'{mark} {n}')}{n}.jpg": material.small_photo(f"{mark} {n}") for n in (1, 2, 3)}
            yield _one(one, when, "照片", photos)


def _publicity() -> Iterator[Arrival]:
    for line in PUBLICITY.strip().splitlines():
        day, clock, name, what = line.split()
        one = unit("hefei", name)
        yield _one(one, at(day, clock), what, material.text_file(f"{one.name} {what} {day}", 1100))


def hefei_mails() -> Iterator[Arrival]:
    yield from _before_the_week()
    yield from routine("hefei", DAILY, _report)
    yield from _photos()
    yield from _publicity()
