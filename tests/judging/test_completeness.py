from __future__ import annotations

from intake_bot.judging.judge import judge
from tests.judging.cases import case, form


def test_what_is_only_a_remark_need_not_be_brought() -> None:
    forms = form("活动情况日报表"), form("媒体宣传情况日报表", "附件2.docx")
    verdict = judge(case("hefei-2023", "活动周合肥工业学校日报材料", *forms))
    assert [(finding.found, finding.todo) for finding in verdict.all_findings] == [
        (f"没有找到{name}", "如当天没有，或已另外报送，不用补")
        for name in ("活动情况、特色工作文字材料", "照片", "视频")
    ]


def test_what_is_an_error_must_be_brought() -> None:
    (finding,) = judge(
        case("hefei-2023", "活动周合肥工业学校联络员信息表", received="2023-05-11T12:00:00")
    ).all_findings
    assert (finding.found, finding.todo) == ("邮件里没有附件，没有找到联络员信息表", "请补上")
