from __future__ import annotations

import pytest

from intake_bot.mail.added_words import without_added_words
from intake_bot.mail.body import extract_own_text
from tests.mail.samples import message
from tests.work import assert_grows_linearly

OWN = "图为学生在社区为居民维修家电。"


@pytest.mark.parametrize(
    "added",
    [
        "[外部邮件] 请注意辨别发件人身份",
        "【外部邮件提醒】此邮件来自外部，请谨慎点击链接和附件。",
        "【外部邮件】注意：此邮件来自组织外部。请勿点击链接或打开附件，除非您认识发件人并知道内容是安全的。",
        "安全提示：该邮件来自外部邮箱，请勿轻易点击其中的链接。",
        "注意：此邮件的发件人不在本单位，来自外网，谨防诈骗，请小心。",
        "您通常不会收到来自 zhang@qq.com 的电子邮件。了解这一点为什么很重要",
        "You don't often get email from zhang@qq.com. Learn why this is important",
        "*** CAUTION: This email originated from outside of the organization. Do not click links ***",
        "CAUTION: This email originated from outside of the company.\nDo not click links unless you know the sender.",
        "[EXTERNAL EMAIL] Be careful with links and attachments",
        "此邮件已经过杀毒软件扫描，没有发现病毒",
        "您的邮件客户端不支持HTML格式，请使用支持HTML的客户端查看。",
        "This is an HTML message. Please use an HTML capable mail program to view it.",
    ],
)
def test_warnings_above_the_words_are_none_of_them(added: str) -> None:
    assert extract_own_text(message(text=f"{added}\n{OWN}")) == OWN
    assert extract_own_text(message(text=added)) == ""


@pytest.mark.parametrize(
    "added",
    [
        "本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人或群组。",
        "****************\n本邮件（包括附件）含有机密信息，仅供收件人使用。\n如果您错收了本邮件，请立即通知发件人并删除。",
        "声明：此邮件内容属于机密，未经许可不得散发。",
        "Disclaimer: this email is confidential\nand intended for the recipient only.",
        "This message may contain privileged information. If you received it in error, please delete it.",
        "Please consider the environment before printing this email.",
    ],
)
def test_disclaimers_below_the_words_are_none_of_them(added: str) -> None:
    assert extract_own_text(message(text=f"{OWN}\n\n{added}")).strip("*\n") == OWN
    assert extract_own_text(message(text=f"{added}\n\n{OWN}")).strip("*\n") == OWN


@pytest.mark.parametrize(
    "text",
    [
        "老师提醒学生：来源不明的邮件不要打开。",
        "学生演示怎样识别外部邮件里的病毒链接，居民纷纷点赞。",
        "安全用电讲座上，老师请居民注意检查插座。",
        "本邮件附上活动照片，图为学生义诊。",
        "提醒：照片3是茶艺表演。",
        "本信息技术专业学生展示HTML网页作品。",
    ],
)
def test_words_that_resemble_them_are_kept(text: str) -> None:
    assert extract_own_text(message(text=text)) == text


def test_words_in_html_count_where_the_plain_text_only_points_to_them() -> None:
    mail = message(text="您的邮件客户端不支持HTML格式，请切换到HTML查看。", html=f"<p>{OWN}</p>")
    assert extract_own_text(mail) == OWN


def test_long_text_takes_linear_time() -> None:
    assert_grows_linearly(lambda size: without_added_words("本邮件保密\n" * size), 2000)
    assert_grows_linearly(lambda size: without_added_words("外部邮件 caution\n" + "a b\n" * size), 2000)
