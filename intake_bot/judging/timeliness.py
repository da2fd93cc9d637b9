"""What is to be said about the time at which a material arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from intake_bot.judging.days import Calendar, Slot, Timing
from intake_bot.judging.verdict import Finding
from intake_bot.notices.notice import Material, Severity


def about_time(material: Material, slot: Slot, calendar: Calendar, received: datetime) -> list[Finding]:
    """One finding where a material is not in time, none where it is."""
    if slot.timing is Timing.IN_TIME:
        return []
    arrived = f"服务器收到时间为{moment_words(received.astimezone(calendar.zone))}"
    if slot.timing is Timing.TOO_EARLY:
        code, severity = "deadline.closed", Severity.ERROR
        found, todo = f"{arrived}，活动周还没有开始", f"请从{day_words(calendar.week.first)}起报送"
    elif slot.timing is Timing.CLOSED:
        code, severity = "deadline.closed", Severity.ERROR
        found, todo = f"{arrived}，这次报送已经结束", "如果还需要报送，请和我们联系"
    elif material.late == "reject":
        code, severity = "deadline.late", Severity.ERROR
        found, todo = f"{arrived}，已过截止时间", "如有特殊情况，请和我们联系"
    else:
        code, severity = "deadline.late", Severity.REMARK
        found, todo = f"{arrived}，已过截止时间", "照收，记为迟报；下次请早一点"
    granted = slot.deadline > material.due.deadline(calendar.week, slot.day, calendar.zone)
    until = f"{moment_words(slot.deadline)}截止"
    asked = (
        f"{material.due.words}报送（已为贵单位延期，{until}）" if granted else f"{material.due.words}报送（{until}）"
    )
    return [Finding(code, severity, found, asked, todo, clause=material.clause, quote=material.quote)]


def about_other_days(named: Sequence[date], slot: Slot) -> list[Finding]:
    """The subject names a day outside the week, or several days, so that another was taken."""
    if slot.day is None or not named:
        return []
    days = "、".join(day_words(day) for day in named)
    why = "不止一天" if len(named) > 1 else "不在活动周内"
    found = f"主题里的{days}{why}，已按{day_words(slot.day)}登记"
    todo = "如不对，请在主题里写明日期后重新发送"
    return [Finding("subject.other_day", Severity.REMARK, found, "", todo)]


def day_words(day: date) -> str:
    """5月17日."""
    return f"{day.month}月{day.day}日"


def moment_words(moment: datetime) -> str:
    """5月17日16:00, with seconds where there are any; midnight is the end of the day before: 5月23日24:00."""
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return f"{day_words((moment - timedelta(1)).date())}24:00"
    return f"{day_words(moment.date())}{moment:%H:%M}" + (f":{moment.second:02}" if moment.second else "")
