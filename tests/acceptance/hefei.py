"""合肥市教育局《关于做好2023年职业教育活动周有关工作的通知》, clause by clause."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from intake_bot.demo import material, media
from tests.acceptance.posts import Case, Files, Under, nothing, one_video, one_word, small_photo, word

NOTICE, UNIT = "hefei-2023", "合肥工业学校"


def _under(clause: str, name: str, received: str = "2023-05-18 09:00:00", unit: str = UNIT) -> Under:
    return Under(NOTICE, clause, f"活动周{unit}{name}材料", received)


def _daily() -> Iterator[Case]:
    under = _under("四（二）", "日报")
    yield under.accepted("日报齐全", _whole)
    yield under.accepted("日报只有两张表", _forms, "part.missing")
    yield under.rejected("日报没有活动情况日报表", lambda: _without("附件2.xlsx"), "part.missing")
    yield under.rejected("日报没有媒体宣传情况日报表", lambda: _without("附件3.xlsx"), "part.missing")
    yield under.rejected("日报的表是空白的", _blank, "form.empty")
    yield under.rejected("日报表是照片", lambda: {**_without("附件2.xlsx"), "活动情况日报表.jpg": small_photo(1)},
                         "form.not_table")  # fmt: skip
    yield under.accepted("两张表在一个文件里", _both_forms_in_one)
    yield under.held("日报表没有表名", _untitled, "form.untitled")
    yield under.held("日报表没有画表格", _without_table, "form.untitled")
    yield under.accepted("日报表是Word，编号相反", _as_word)
    yield under.rejected("日报什么也没有", nothing, "part.missing")
    for hour, day, late in (
        ("2023-05-18 09:59:59", "2023-05-17", False),
        ("2023-05-18 10:00:00", "2023-05-17", False),
        ("2023-05-18 10:00:01", "2023-05-17", True),
        ("2023-05-18 18:00:00", "2023-05-17", True),
        ("2023-05-24 10:00:00", "2023-05-23", False),
        ("2023-05-24 10:00:01", "2023-05-23", True),
        ("2023-06-28 00:00:00", "2023-05-23", True),
    ):
        codes = ("deadline.late",) if late else ()
        of = _under("四（二）", "文字")
        yield of.accepted(f"次日10:00前，{hour}到", one_word(), *codes, received=hour, day=day, late=late)
    yield under.accepted("日报次日10:00前", _whole, received="2023-05-18 10:00:00", late=False)
    yield under.accepted("日报晚一秒", _whole, "deadline.late", received="2023-05-18 10:00:01", late=True)
    # The forms say 5月17日. A form may have been copied, so that alone makes no report late.
    yield under.held("日报表写着5月17日", _whole, "day.unclear", received="2023-05-19 09:00:00", day="2023-05-18",
                     late=False)  # fmt: skip
    subject = f"活动周{UNIT}日报材料5月18日"
    yield under.accepted("主题是5月18日，日报表是5月17日", _whole, "day.chosen", subject=subject,
                         received="2023-05-19 09:00:00", day="2023-05-18", late=False)  # fmt: skip
    yield _under("四（二）", "文字").accepted("次日18:00:01到", one_word(), received="2023-05-18 18:00:01",
                                         day="2023-05-18", late=False)  # fmt: skip
    for hour in ("2023-05-16 23:59:59", "2023-06-28 00:00:01"):
        yield _under("四（二）", "文字").rejected(f"{hour}到", one_word(), "deadline.closed", received=hour)
    yield _under("四（二）", "文字").accepted("文字不限字数", one_word(30))
    yield _under("四（二）", "文字").rejected("没有文字", nothing, "part.missing")
    yield _under("四（二）", "照片").accepted("照片不限像素和格式", lambda: {"1.png": media.png(90, 60)})
    for name, files in (("照片", lambda: {"1.jpg": small_photo()}), ("视频", one_video())):
        of = _under("四（二）", name)
        yield of.accepted(f"{name}次日10:00前", files, received="2023-05-18 10:00:00", late=False)
        yield of.accepted(f"{name}晚一秒", files, "deadline.late", received="2023-05-18 10:00:01", late=True)
    yield _under("四（二）", "照片").rejected("没有照片", nothing, "part.missing")
    yield _under("四（二）", "视频").accepted("视频不限格式和时长", one_video(320, 240, 900))
    yield _under("四（二）", "视频").rejected("没有视频", nothing, "part.missing")


def _whole() -> Files:
    return {**_forms(), "活动情况.docx": word(500), "现场.jpg": small_photo(), "实训.mp4": media.mp4(1280, 720, 5)}


def _forms() -> Files:
    return {"附件2.xlsx": material.activity_form(UNIT), "附件3.xlsx": material.media_form(UNIT)}


def _without(name: str) -> Files:
    return {other: content for other, content in _whole().items() if other != name}


def _blank() -> Files:
    rows = [["2023年职业教育活动周活动情况日报表"], ["填报单位", "", "日期", ""], ["序号", "活动名称"], ["1", ""]]
    return {**_whole(), "附件2.xlsx": media.xlsx(rows)}


def _untitled() -> Files:
    rows = [["填报单位", UNIT], ["序号", "活动名称"], ["1", "校园开放日"]]
    return {**_without("附件2.xlsx"), "活动情况日报表.xlsx": media.xlsx(rows)}


def _without_table() -> Files:
    lines = ["2023年职业教育活动周活动情况日报表", f"单位：{UNIT}", "活动名称：校园开放日，260人参加"]
    return {**_without("附件2.xlsx"), "附件2.docx": media.docx(lines)}


def _as_word() -> Files:
    rows = [["填报单位", UNIT, "日期", "5月17日"], ["活动名称", "校园开放日", "参与人数", "260"]]
    tables = {
        f"附件{number}.docx": media.docx([f"附件{number}：2023年职业教育活动周{title}"], table=rows)
        for number, title in ((1, "媒体宣传情况日报表"), (2, "活动情况日报表"))
    }
    return {**_without("附件2.xlsx"), **tables}


def _both_forms_in_one() -> Files:
    rows = [["填报单位", UNIT, "日期", "5月17日"], ["活动名称", "校园开放日", "参与人数", "260"]]
    one, other = (f"2023年职业教育活动周{title}" for title in ("活动情况日报表", "媒体宣传情况日报表"))
    rest = {name: content for name, content in _whole().items() if not name.startswith("附件")}
    return {**rest, "附件.docx": media.docx([one, "活动情况良好", other], table=rows)}


def _short_texts() -> Iterator[Case]:
    community = _under("三（二）1", "走进社区报名", "2023-05-10 09:00:00")
    plan = _under("三（二）2", "走进校园方案", "2023-05-10 09:00:00")
    story = "走进社区活动内容：家电维修、义务理发、健康义诊，明天起报名。参加人数：教师5人，学生35人。"
    yield community.accepted("报名写在正文里", nothing, text=story)
    for excuse in (
        "报名表见附件",
        "走进社区的人数还没有统计出来，等统计好了马上报给您，请谅解。",
        "我校走进社区活动报名材料已经准备好，领导正在审核，审核通过后报送。",
    ):
        yield community.rejected(f"报名只有“{excuse[:6]}”", nothing, "part.missing", text=excuse)
    yield plan.rejected("方案还在审", nothing, "part.missing", text="方案领导还在审，明天补发")
    yield plan.rejected("方案不到100字", nothing, "part.missing", text=media.chinese_text(99))
    yield plan.accepted("方案在正文里", nothing, text=media.chinese_text(110))
    notice = (Path(__file__).parent / "notices/hefei-2023.txt").read_text(encoding="utf-8")
    yield plan.rejected("方案是通知原文", nothing, "part.missing", text=notice)
    yield plan.rejected("文档是通知原文", lambda: {"方案.docx": media.docx(notice.split("\n"))},
                        "file.unexpected", "part.missing")  # fmt: skip
    story = "五月十七日，学校开放实训室，三百名初中学生和家长体验烹饪、汽修和无人机，老师现场讲解。"
    yield _under("四（二）", "典型案例").rejected("案例不到100字", nothing, "part.missing", text=story)


def _once() -> Iterator[Case]:
    story = one_word(900)
    for clause, name, files, last, others in (
        ("四（二）", "联络员信息表", _contact, "2023-05-12 00:00:00", _no_contact),
        ("三（二）2", "走进校园方案", story, "2023-05-13 00:00:00", nothing),
        ("三（二）1", "走进社区活动内容和参加人数", story, "2023-05-14 00:00:00", nothing),
        ("四（二）", "典型案例", story, "2023-05-24 00:00:00", nothing),
        ("四（三）", "综述", story, "2023-05-29 00:00:00", nothing),
    ):
        under = _under(clause, name, "2023-05-10 09:00:00")
        yield under.accepted(f"{name}早早报来", files, late=False)
        yield under.accepted(f"{name}最后一刻", files, received=last, late=False)
        after = last[:-1] + "1"
        yield under.accepted(f"{name}晚一秒", files, "deadline.late", received=after, late=True)
        yield under.rejected(f"没有{name}", others, *_missing_codes(name))


def _missing_codes(name: str) -> tuple[str, ...]:
    return ("file.unexpected", "part.missing") if name == "联络员信息表" else ("part.missing",)


def _contact() -> Files:
    return {"附件1.xlsx": material.contact_form(UNIT)}


def _no_contact() -> Files:
    return {"附件1.docx": word(100)}


def _subjects() -> Iterator[Case]:
    hour = "2023-05-18 09:00:00"
    for subject, code in (
        ("合肥工业学校日报材料", "subject.no_keyword"),
        ("活动周xx单位xx材料", "subject.placeholder"),
        ("活动周日报材料", "subject.no_unit"),
        ("活动周合肥第九十九中学日报材料", "subject.unknown_unit"),
        ("活动周合肥工业学校、肥东县教育体育局日报材料", "subject.many_units"),
        ("活动周合肥工业学校材料", "subject.no_material"),
    ):
        yield Under(NOTICE, "四（二）", subject, hour).rejected(f"主题“{subject}”", _whole, code)
    for subject in ("活动周合肥工业学校日报材料", "回复：[活动周]【合肥工业学校】日报"):
        yield Under(NOTICE, "四（二）", subject, hour).accepted(f"主题“{subject}”", _whole)
    subject = "活动周日报合肥工业学校"
    yield Under(NOTICE, "四（二）", subject, hour).accepted(f"主题“{subject}”", _whole, "subject.other_order")


CASES = tuple(case for table in (_daily, _short_texts, _once, _subjects) for case in table())
