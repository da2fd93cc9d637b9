from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.config.defaults import init_home
from intake_bot.config.load import load
from intake_bot.config.notice_context import find_notice_context
from intake_bot.config.settings import Settings
from intake_bot.demo.clients import Client, Composition, Spelling, write_mail
from intake_bot.demo.mailbox import DemoMail
from intake_bot.demo.mails import DEMO_MAILS, DIGEST_TIMES
from intake_bot.files.worker.worker import Worker
from intake_bot.intake.examine import Examination, examine
from intake_bot.intake.opening import open_mail
from intake_bot.intake.prior_mail import NoPriorMail
from intake_bot.judging.verdict import Disposition
from intake_bot.mail.imap.arrival import Arrival

ACCEPTED, REJECTED, PARTIAL = Disposition.ACCEPTED, Disposition.REJECTED, Disposition.PARTIAL
HELD, IGNORED = Disposition.HELD, Disposition.IGNORED

# Name → what is made of it, the unit, and every code, errors and remarks.
EXPECTED: dict[str, tuple[Disposition, str | None, set[str]]] = {
    "照片，压缩包里的文件名是GBK": (ACCEPTED, "濮阳县教育局", set()),
    "文字材料，GBK标成gb2312，用单位简称": (ACCEPTED, "濮阳市职业中等专业学校", set()),
    "同一封信又到一次": (ACCEPTED, "濮阳市职业中等专业学校", set()),
    "照片单独附着、格式不对、太小、没有说明": (
        REJECTED,
        "濮阳技师学院",
        {
            "photo.not_jpeg",
            "photo.too_few_pixels",
            "photo.too_small",
            "photo.not_in_archive",
            "photo.no_caption",
        },
    ),
    "视频，另附文字说明": (ACCEPTED, "清丰县职业技术学校", set()),
    "图片新闻，Word文件和图片压缩包": (ACCEPTED, "濮阳职业技术学院", set()),
    "媒体报道，文中有链接": (ACCEPTED, "华龙区教育局", set()),
    "文字写在正文里，略少，邮件头是裸GBK": (ACCEPTED, "南乐县教育局", {"text.too_short"}),
    "文字材料只有三百字": (REJECTED, "台前县教育局", {"text.too_short"}),
    "单位名称写错一个字": (REJECTED, None, {"subject.unknown_unit"}),
    "主题没写单位": (REJECTED, None, {"subject.no_unit"}),
    "主题照抄样板": (REJECTED, None, {"subject.placeholder"}),
    "补正后的照片": (ACCEPTED, "濮阳技师学院", set()),
    "视频是mov、分辨率低、没有说明": (
        REJECTED,
        "濮阳医学高等专科学校",
        {"video.not_mp4", "video.low_resolution", "video.no_text"},
    ),
    "三种材料，只有照片不合格": (
        PARTIAL,
        "濮阳石油化工职业技术学院",
        {"photo.too_few_pixels", "photo.too_small", "photo.not_in_archive"},
    ),
    "照片是rar压缩包": (ACCEPTED, "清丰县教育局", set()),
    "视频用超大附件": (HELD, "濮阳科技职业学院", {"cloud.link"}),
    "照片迟到七分钟": (ACCEPTED, "范县职业技术学校", {"deadline.late"}),
    "QQ邮箱的自动回复": (IGNORED, None, set()),
    "126邮箱的系统退信": (IGNORED, None, set()),
    "同事的私信": (IGNORED, None, set()),
    "联络员信息表": (ACCEPTED, "合肥市经贸旅游学校", set()),
    "走进校园方案过了期限": (ACCEPTED, "合肥铁路工程学校", {"deadline.late"}),
    "日报，两张表和文字、照片、视频齐全": (ACCEPTED, "合肥工业学校", set()),
    "日报少一张表": (REJECTED, "巢湖职业教育中心", {"part.missing"}),
    "宣传材料": (ACCEPTED, "庐江县教育体育局", set()),
    "日报迟到二十四分钟": (ACCEPTED, "肥东县教育体育局", {"deadline.late", "part.missing"}),
    "主题没有“活动周”": (REJECTED, "合肥腾飞职业学校", {"subject.no_keyword", "deadline.late"}),
    "已读回执": (IGNORED, None, set()),
    "别的处室发来的会议通知": (IGNORED, None, set()),
    "照片，手机直接发": (ACCEPTED, "河北交通职业技术学院", set()),
    "典型案例": (ACCEPTED, "雄安新区公共服务局", set()),
    "QQ邮箱的退信": (IGNORED, None, set()),
    "订阅的简报": (IGNORED, None, set()),
    "总结，文中有图": (ACCEPTED, "唐山市教育局", set()),
    "总结没有图片，也没提亮点和案例": (REJECTED, "衡水市教育局", {"part.missing", "text.not_mentioned"}),
    "一个主题写了两个单位": (REJECTED, None, {"subject.many_units"}),
    "总结迟到一夜": (ACCEPTED, "定州市教育局", {"deadline.late"}),
    "典型案例应走网上系统": (REJECTED, "北京市教育委员会", {"channel.online"}),
    "行指委的总结": (ACCEPTED, "全国机械职业教育教学指导委员会", set()),
    "总结和照片，照片应走网上系统": (PARTIAL, "浙江省教育厅", {"channel.online"}),
    "省厅的总结": (ACCEPTED, "河北省教育厅", set()),
    "与活动周无关的来信": (IGNORED, None, set()),
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    init_home(home)
    return load(home)


def examined(mail: DemoMail, settings: Settings, work: Path) -> Examination:
    raw = work / "mail.eml"
    raw.write_bytes(mail.write())
    bureau = settings.bureau(mail.bureau)
    assert bureau is not None
    desk = find_notice_context(settings, bureau, mail.received)
    assert desk is not None
    message = open_mail(raw, work, settings.intake.limits)
    with Worker(settings.intake.limits.allowance) as worker:
        return examine(message, Arrival(mail.received), desk, work, NoPriorMail(), worker)


def test_every_demo_mail_has_an_expected_outcome() -> None:
    assert [mail.name for mail in DEMO_MAILS] == list(EXPECTED)


@pytest.mark.parametrize("mail", DEMO_MAILS, ids=lambda mail: mail.name)
def test_demo_mail_is_judged_as_expected(mail: DemoMail, settings: Settings, tmp_path: Path) -> None:
    found = examined(mail, settings, tmp_path)
    verdict = found.verdict
    codes = {finding.code for finding in verdict.all_findings}
    assert (verdict.disposition, verdict.unit, codes) == EXPECTED[mail.name]
    assert verdict.disposition == mail.expected
    assert "\ufffd" not in found.message.subject + found.message.sender.name + found.body
    if not mail.is_duplicate:
        assert found.message.received_at == mail.received


def test_demo_mails_arrive_in_order_before_the_digest() -> None:
    for bureau, moment in DIGEST_TIMES.items():
        times = [mail.received for mail in DEMO_MAILS if mail.bureau == bureau]
        assert times == sorted(times)
        assert times[-1] < moment


def test_demo_mails_are_addressed_to_the_configured_mailboxes(settings: Settings) -> None:
    assert set(DIGEST_TIMES) == {bureau.id for bureau in settings.bureaus}
    for mail in DEMO_MAILS:
        bureau = settings.bureau(mail.bureau)
        assert bureau is not None
        assert f"To: <{bureau.mailbox.address}>\r\n".encode() in mail.write()[:2000]


def test_duplicate_has_the_bytes_of_the_first_mail() -> None:
    first, copy = (mail for mail in DEMO_MAILS if "GBK标成" in mail.name or mail.is_duplicate)
    assert (first.write(), first.is_answered, copy.is_answered) == (copy.write(), True, False)


def composition(subject: str, name: str) -> Composition:
    received = DEMO_MAILS[0].received
    return Composition("陈镕", "chen@school.example", "py8991718@126.com", subject, "请查收。", received, {name: b"x"})


@pytest.mark.parametrize(
    ("client", "wanted"),
    [
        (
            Client("m", "gb2312", "gb18030", "<{}@x>", word_bytes=3),
            [
                b"Subject: =?gb2312?B?u+62?=\r\n =?gb2312?B?r9bc?=",
                b'filename="=?gb2312?B?6UYu?=\r\n\t =?gb2312?B?dHh0?="',
            ],
        ),
        (
            Client("m", "gb2312", "gb18030", "<{}@x>", headers=Spelling.RAW, names=Spelling.RAW),
            [b"Subject: " + "活动周".encode("gbk"), b'filename="' + "镕.txt".encode("gbk") + b'"'],
        ),
        (
            Client("m", "utf-8", "utf-8", "<{}@x>", names=Spelling.PERCENT),
            [b"Subject: =?utf-8?B?5rS75Yqo5ZGo?=", b"filename*=utf-8''%E9%95%95.txt"],
        ),
    ],
    ids=["words cut inside a character", "raw bytes", "rfc 2231"],
)
def test_client_writes_headers_in_its_encoding(client: Client, wanted: list[bytes]) -> None:
    raw = write_mail(client, composition("活动周", "镕.txt"))
    assert [piece for piece in wanted if piece not in raw] == []
