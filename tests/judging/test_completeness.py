"""Missing parts and unused files."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake_bot.files.facts import FileFacts, Kind, Trouble
from intake_bot.judging.judge import judge
from intake_bot.notices.subject import read_subject
from tests.judging.cases import SETTINGS, case, form, notice, outcome, photo


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


@pytest.mark.parametrize(
    ("in_body", "findings"),
    [
        (None, []),
        (True, []),
        (120, []),
        (121, ["邮件里没有附件，没有找到文字（邮件正文只有 120 字，不算）"]),
        (False, ["邮件里没有附件，没有找到文字（写在邮件正文里的不算）"]),
    ],
)
def test_mail_body_is_the_text_where_the_notice_lets_it(in_body: bool | int | None, findings: list[str]) -> None:
    of = notice("puyang-2023")
    (part,) = of.materials[0].parts
    material = of.materials[0].model_copy(
        update={"parts": (part.model_copy(update={"length": None, "in_body": in_body}),)}
    )
    changed = of.model_copy(update={"materials": (material, *of.materials[1:])})
    subject, body = "活动周濮阳县教育局文字材料", "五月十七日，我校学生在社区义务维修家用电器，居民排起了长队。" * 4
    mail = case("puyang-2023", subject, body=body, body_words=120)
    bureau = SETTINGS.bureau(of.bureau)
    assert bureau is not None
    mail = replace(mail, notice=changed, reading=read_subject(subject, changed, bureau.roster))
    assert [one.found for one in judge(mail).all_findings] == findings


def test_missing_caption_says_why_the_body_does_not_count() -> None:
    mail = case("puyang-2023", "活动周濮阳县教育局照片", photo("1.jpg"), body="图片说明领导还在审，明天补发")
    assert f"没有找到图片的文字说明{NOTE}" in [finding.found for finding in judge(mail).all_findings]
