"""Missing parts and unused files."""

from __future__ import annotations

import pytest

from intake_bot.files.facts import FileFacts, Kind, Trouble
from intake_bot.judging.judge import judge
from tests.judging.cases import case, form, outcome, photo


def test_missing_part_with_remark_asks_for_nothing() -> None:
    forms = form("活动情况日报表"), form("媒体宣传情况日报表", "附件2.docx")
    verdict = judge(case("hefei-2023", "活动周合肥工业学校日报材料", *forms))
    assert [(finding.found, finding.todo) for finding in verdict.all_findings] == [
        (f"没有找到{name}", "如当天没有，或已另外报送，不用补")
        for name in ("活动情况、特色工作文字材料", "照片", "视频")
    ]


def test_missing_part_with_error_asks_for_it() -> None:
    (finding,) = judge(
        case("hefei-2023", "活动周合肥工业学校联络员信息表", received="2023-05-11T12:00:00")
    ).all_findings
    assert (finding.found, finding.todo) == ("邮件里没有附件，没有找到联络员信息表", "请补上")


def test_scan_beside_form_is_unused() -> None:
    scan = FileFacts("盖章.pdf", Kind.PDF, 9, "s", trouble=Trouble.UNSUPPORTED)
    subject, received = "活动周合肥工业学校联络员信息表", "2023-05-11T12:00:00"
    mail = case("hefei-2023", subject, form("联络员信息表"), scan, received=received)
    assert outcome(mail) == ("accepted", [], ["file.unexpected"])


NOTE, COPY = "（邮件正文是说明情况的话，不算）", "（邮件正文是通知或回信的原文，不算）"
QUOTED = "活动整体概况和特色工作的文字介绍材料，字数在800-1500字左右"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("方案领导还在审，明天补发", NOTE),
        ("文件太大发不出去，稍后用微信发给您", NOTE),
        ("学生操作无人机。因迎接检查，文字材料还没有写好，领导审核以后明天上午一定补发，请老师谅解", NOTE),
        (QUOTED, COPY),
        ("老师您好，请查收。", ""),
        ("文字材料见附件", ""),
        ("濮阳县教育局 张三 13800001111", ""),
        ("", ""),
    ],
)
def test_missing_text_says_why_the_body_does_not_count(body: str, why: str) -> None:
    mail = case("puyang-2023", "活动周濮阳县教育局文字材料", body=body)
    (finding,) = judge(mail).all_findings
    assert finding.found == f"邮件里没有附件，没有找到文字{why}"


def test_missing_caption_says_why_the_body_does_not_count() -> None:
    mail = case("puyang-2023", "活动周濮阳县教育局照片", photo("1.jpg"), body="图片说明领导还在审，明天补发")
    assert f"没有找到图片的文字说明{NOTE}" in [finding.found for finding in judge(mail).all_findings]
