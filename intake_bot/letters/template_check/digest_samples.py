"""Sample values of digests, with which `check` renders their templates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from intake_bot.letters.digest import Digest
from intake_bot.letters.digest_lines import (
    AcceptedLine,
    ContactLine,
    HeldLink,
    ItemTotals,
    MailTotals,
    Matrix,
    MatrixColumn,
    MatrixRow,
    MediaLine,
    NoteLine,
    OpenItem,
    OpenKind,
    Owing,
    OwingUnit,
    Phone,
    PhotoLine,
    QuotaGroup,
    QuotaSummary,
    ReadyAnswer,
    ReplyStatus,
    ReturnedLine,
    SumLine,
    TroubleLine,
    WaitingLine,
)
from intake_bot.letters.withheld import WithheldLetter

MARKUP = "<i>不是模板里写的</i>"
"""In the words of a stranger. A page that holds it as it stands does not escape them."""
_DAY = date(2023, 5, 17)
_RECEIVED = datetime(2023, 5, 17, 15, 58, 41, tzinfo=timezone(timedelta(hours=8)))
_NOW = _RECEIVED + timedelta(minutes=32)
_BUREAU, _UNIT, _OTHER_UNIT = "濮阳市教育局", "濮阳县教育局", "清丰县教育局"
_CONTACT = ContactLine("张老师", (Phone("0393-8991718", "03938991718"), Phone("138 0000 0000", "13800000000")), "原→新")

_EMPTY = Digest(_BUREAU, "职教活动周濮阳", None, _NOW, MailTotals(0, 0, 0, 0, 0))
_HELD = OpenItem(OpenKind.HELD, "1012-5", _UNIT, MARKUP, "jyj@126.com", _RECEIVED, "工作总结.rar 收件程序还打不开")
_LINKS = OpenItem(
    OpenKind.LINK,
    "",
    "",
    "",
    "x@qq.com",
    _RECEIVED,
    "邮件里有超大附件",
    (
        HeldLink("全程.mp4", "180.2M，2023年6月1日到期", "https://u.163.com/x", left="还能下载 14 天"),
        HeldLink("花絮.mp4", "", ""),
    ),
)
_OWING = Owing(
    nothing=(
        OwingUnit(_UNIT, "照片（5月17日）", "", _CONTACT),
        OwingUnit(_OTHER_UNIT, "照片（5月17日）", "", is_doubted=True),
    ),
    unmended=(OwingUnit(_OTHER_UNIT, "照片（5月17日）", "文字材料（5月16日）", ContactLine("李老师")),),
    partly=(OwingUnit(_UNIT, "工作总结", "", ContactLine("", (Phone("0393-1", "03931"),))),),
    missing_units=3,
    returned_units=1,
)
_BUSY = replace(
    _EMPTY,
    since=_NOW - timedelta(days=1),
    mails=MailTotals(mails=19, accepted=7, rejected=3, held=2, other=6),
    items=ItemTotals(9, 1, 3, 2),
    open_items=(
        replace(
            _HELD,
            contact=_CONTACT,
            ready_answers=(ReadyAnswer("收 1012-5", "mailto:a@b.cn?body=1"), ReadyAnswer("退 1012-5 照片模糊")),
        ),
        replace(_LINKS, ready_answers=(ReadyAnswer("收 1013-4"), ReadyAnswer("关 1013-4"))),
    ),
    owing=_OWING,
    group_text=("各位老师好，还缺这些：", "还没报照片（5月17日）的：濮阳县教育局"),
    next_due=("照片（5月18日），5月18日16:00前，还有 9 个单位没报",),
    matrix=Matrix(
        (
            MatrixColumn("照片", (date(2023, 5, 16), _DAY), 1, 2, "截止 16:00"),
            MatrixColumn("工作总结", (), 0, 2, "截止 5月23日24:00"),
        ),
        (MatrixRow(_UNIT, ("收退", "・")), MatrixRow(_OTHER_UNIT, ("迟－", "・"))),
    ),
    returned=(
        ReturnedLine(_UNIT, "照片（5月17日）", "1043-5", "a@b.cn", _RECEIVED, ("没有文字说明", "4 张照片像素不够")),
        ReturnedLine("", "材料", "1044-3", "x@qq.com", _RECEIVED, ("看不出单位",), ReplyStatus.BOUNCED),
    ),
    quotas=(
        QuotaSummary("宣传材料", (QuotaGroup("一篇没报", (_UNIT, _OTHER_UNIT)), QuotaGroup("差 1 篇", (_UNIT,))), 1, 4),
    ),
    sums=(SumLine("活动情况统计表", "参与人数", "1,240", 3), SumLine("活动情况统计表", "场次", "12", 3)),
    media=(
        MediaLine(_UNIT, "河南日报", "技能点亮人生", "https://www.example.cn/1"),
        MediaLine(_OTHER_UNIT, "", "", ""),
    ),
    photos=(PhotoLine("p1", _UNIT, "开幕式", "4000×3000", "1042-9", 1),),
    accepted=(
        AcceptedLine(_UNIT, "照片", _DAY, "1042-9", _RECEIVED, 12),
        AcceptedLine(_UNIT, "照片", _DAY, "1042-9", _RECEIVED, 12, "迟报 1 分钟"),
    ),
    waiting=(
        WaitingLine(_UNIT, f"活动周{_UNIT}照片（1/3）", "qf@163.com", _RECEIVED, "1070-3"),
        WaitingLine("", "", "qf@163.com", _RECEIVED, "1071-1"),
    ),
    notes=(NoteLine("1000-3", _UNIT, "发件邮箱 someone@qq.com 没有登记"), NoteLine("1001-1", "", "像是报送材料")),
    first_addresses=(NoteLine("1000-3", _UNIT, "jyj@126.com"), NoteLine("1001-1", _UNIT, "jyj@163.com")),
    contacts=(NoteLine("1002-4", _UNIT, "联系人 张三→李四"),),
    trouble=(TroubleLine("有一封信没有送到", _RECEIVED, "请打电话告知对方。"), TroubleLine("邮箱恢复正常")),
    withheld=(
        WithheldLetter(
            "jyj@126.com", f"【已收】活动周{_UNIT}照片（回执编号 1000-3）", (f"{_UNIT}老师，您好：", "已收下。")
        ),
        WithheldLetter("zzx@qq.com", "【请补正】活动周照片（回执编号 1030-1）"),
    ),
)
_CROWDED = replace(
    _BUSY, matrix=replace(_BUSY.matrix, rows=(*_BUSY.matrix.rows * 31, MatrixRow("丙校", ("收收", "・"))))
)
_MANY_MATERIALS = ("日报", "宣传材料", "联络员信息表", "走进校园方案", "走进社区报名")
_WIDE = Matrix(
    tuple(MatrixColumn(name, (), 1, 2) for name in _MANY_MATERIALS), (MatrixRow(_UNIT, tuple("收退・－待")),)
)
DIGESTS = {
    "digest_empty": _EMPTY,
    "digest_without_a_roster": replace(_EMPTY, expects=False),
    "digest_busy": _BUSY,
    "digest_without_answers": replace(
        _BUSY, open_items=(_HELD, _LINKS), matrix=_WIDE, sums=(), withheld=_BUSY.withheld[:1]
    ),
}
"""Between them they reach every expression of the shipped templates."""
NOTES = {
    "note": _BUSY,
    "note_without_answers": replace(_EMPTY, open_items=(_HELD,)),
    "note_crowded": replace(_EMPTY, open_items=(_LINKS,) * 41),
}
DIGEST_CUT = _CROWDED
"""With more lines than are shown, where one is."""
