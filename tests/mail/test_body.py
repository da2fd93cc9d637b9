from __future__ import annotations

import time

import pytest

from intake_bot.mail.body import own_words, says_something
from tests.mail.samples import message

OWN = "现场照片为无人机展示。"


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param("-----原始邮件-----\n发件人: 李四\n这是旧的", id="163"),
        pytest.param("------------------ 原始邮件 ------------------\n旧的", id="qq"),
        pytest.param("------------------\u00a0原始邮件\u00a0------------------\n旧的", id="qq with hard spaces"),
        pytest.param("---原始邮件---\n旧的", id="qq phone"),
        pytest.param("---- 回复的原邮件 ----\n| 发件人 | 李四 |\n旧的", id="netease master"),
        pytest.param("-------- 转发邮件信息 --------\n发件人：李四\n旧的", id="163 forward"),
        pytest.param("-----Original Message-----\nold", id="outlook"),
        pytest.param("---------- Forwarded message ---------\nold", id="gmail forward"),
        pytest.param("发件人： 李四\n发送时间： 2023-05-17 09:00\n收件人： 张三\n\n旧的", id="foxmail block"),
        pytest.param("From: Li\nSent: Wednesday\nTo: Zhang\nold", id="english block"),
        pytest.param('在 2023-05-17 15:02:11，"张三" <a@163.com> 写道：\n旧的', id="zai"),
        pytest.param("在 2023-05-17，张三 写道：\n旧的", id="zai date alone"),
        pytest.param("2023年5月17日 下午3:02，张三 <a@b.cn> 写道：\n旧的", id="apple"),
        pytest.param('At 2023-05-17 15:02:11, "a" <a@163.com> wrote:\nold', id="163 english"),
        pytest.param("On Wed, May 17, 2023 at 3:02 PM Zhang San\n<a@gmail.com> wrote:\n> old", id="gmail on two lines"),
        pytest.param("> 旧的\n> 更旧的", id="quoted lines"),
        pytest.param("-- \n濮阳县职业技术学校办公室", id="signature"),
        pytest.param("发自我的iPhone", id="iphone"),
        pytest.param("发自我的华为手机", id="huawei"),
        pytest.param("来自QQ邮箱", id="from qq"),
        pytest.param("签名由 网易邮箱大师 定制", id="master signature"),
        pytest.param("|\n|\n网易邮箱大师\n|", id="master table"),
        pytest.param("从 Windows 版邮件发送", id="windows"),
        pytest.param("获取 Outlook for iOS", id="outlook ios"),
        pytest.param(
            "从QQ邮箱发来的超大附件\n\n视频.mp4 (128.03M, 2020年11月27日 21:59 到期)进入下载页面：http://x",
            id="cloud note",
        ),
    ],
)
def test_own_words_without_what_is_not_the_senders(tail: str) -> None:
    assert own_words(message(text=f"{OWN}\n\n{tail}\n")).strip("|\n ") == OWN


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2022年10月，他在信中写道：\n技能成就人生。", id="a story that quotes"),
        pytest.param("发件人：张三\n学生在操作。", id="a signed note"),
        pytest.param("照片由学校手机拍摄。\n来自濮阳县的学生在操作。", id="words of the advertisements"),
        pytest.param("一\n\n--\n\n二", id="a rule of two hyphens"),
    ],
)
def test_own_words_of_a_text_that_only_resembles_history(text: str) -> None:
    assert own_words(message(text=text)) == text


def test_own_words_below_the_quoted_lines() -> None:
    text = "在 2023-05-17 15:02，张三 <a@b.cn> 写道：\n> 请补照片说明\n\n说明如下：学生操作。"
    assert own_words(message(text=text)) == "说明如下：学生操作。"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        pytest.param("<p>一</p><p>二<br>三</p>", "一\n\n二\n三", id="lines"),
        pytest.param(
            "<style>p{}</style><script>x('</p>')</script><head><title>t</title></head>一", "一", id="unseen tags"
        ),
        pytest.param('一<div style="display: none">暗<div>暗</div></div>二', "一二", id="hidden"),
        pytest.param("一<blockquote>旧<blockquote>更旧</blockquote></blockquote>", "一", id="blockquote"),
        pytest.param('一<div id="isReplyContent">旧</div>', "一", id="163 reply"),
        pytest.param('一<div class="gmail_quote">旧</div>', "一", id="gmail"),
        pytest.param(
            "一<div>------------------&nbsp;原始邮件&nbsp;------------------</div><div>旧</div>", "一", id="qq"
        ),
        pytest.param("a &lt;b&gt; &amp; c&nbsp;d", "a <b> & c d", id="references"),
        pytest.param("一 < 二 <3> 三", "一 < 二 <3> 三", id="stray angles"),
        pytest.param("一<!-- 注 -->二<!-- 没完", "一二", id="comments"),
        pytest.param("<![if !mso]>一<![endif]><?xml:namespace x/>二<o:p></o:p>", "一二", id="word"),
    ],
)
def test_own_words_of_html(html: str, words: str) -> None:
    assert own_words(message(html=html)) == words


def test_own_words_prefers_plain_text_that_has_any() -> None:
    assert own_words(message(text="一", html="<p>二</p>")) == "一"
    assert own_words(message(text=" \n发自我的iPhone", html="<p>二</p>")) == "二"


HOSTILE = (
    "<",
    "<!--",
    "<a ",
    "<a href='",
    "<a b='>",
    "<a b=\">'",
    "</",
    "<![",
    "<?",
    "&",
    "<script>",
    "<p",
    "<div>",
    "> \n",
)


@pytest.mark.parametrize("piece", [*HOSTILE, "写道：\n", "在 2023-05-17 15:02 ", "发件人：\n", "--原始邮件"])
def test_own_words_of_hostile_bodies_in_time(piece: str) -> None:
    hostile = piece * (500_000 // len(piece))
    start = time.process_time()
    own_words(message(text=hostile))
    own_words(message(html=hostile))
    assert time.process_time() - start < 8


@pytest.mark.parametrize(
    "text",
    [
        "现场照片为5月17日我校技能展示活动，学生正在操作无人机",
        "图一：濮阳市职业中等专业学校学生参加汽车维修技能竞赛，荣获一等奖。",
        "老师好，5月16日学生走进社区为老人义诊，并参观学校的实训基地，请查收。",
        "The students assemble a robot in the workshop.",
    ],
)
def test_says_something_of_a_caption(text: str) -> None:
    assert says_something(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "老师您好，附件是我校材料，请查收，谢谢！",
        "尊敬的领导：\n    现将我单位活动周文字材料及照片报送如下，请审阅。\n此致\n敬礼\n濮阳县教育局\n2023年5月17日",
        "您好！这是濮阳县职业技术学校5月17日的活动周照片和视频，请查收。联系人李老师 电话：13800000000",
        "活动周濮阳县教育局文字材料见附件",
        "已按要求修改，重新报送，请领导审核。",
        "联系人：张三，联系电话：0393-8991718，邮箱：zhang@qq.com",
        "1.现场照片.jpg 2.学生技能大赛视频.mp4",
        "Dear Sir, please find the attachment. Thanks!",
        "\u00a0\n\n>>>\n……",
    ],
)
def test_says_nothing_of_a_covering_note(text: str) -> None:
    assert not says_something(text)
