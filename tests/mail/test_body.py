from __future__ import annotations

import pytest

from intake_bot.mail.body import extract_own_text, extract_passed_on_text, has_substance
from tests.mail.samples import message
from tests.work import assert_grows_linearly

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
def test_own_text_excludes_quoted_text_and_advertisements(tail: str) -> None:
    assert extract_own_text(message(text=f"{OWN}\n\n{tail}\n")).strip("|\n ") == OWN


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2022年10月，他在信中写道：\n技能成就人生。", id="a story that quotes"),
        pytest.param("发件人：张三\n学生在操作。", id="a signed note"),
        pytest.param("照片由学校手机拍摄。\n来自濮阳县的学生在操作。", id="words of the advertisements"),
        pytest.param("一\n\n--\n\n二", id="a rule of two hyphens"),
    ],
)
def test_own_text_that_resembles_quoted_text_is_kept(text: str) -> None:
    assert extract_own_text(message(text=text)) == text


def test_own_text_below_quoted_lines_is_kept() -> None:
    text = "在 2023-05-17 15:02，张三 <a@b.cn> 写道：\n> 请补照片说明\n\n说明如下：学生操作。"
    assert extract_own_text(message(text=text)) == "说明如下：学生操作。"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        pytest.param("<p>一</p><p>二<br>三</p>", "一\n\n二\n三", id="lines"),
        pytest.param(
            "<style>p{}</style><script>x('</p>')</script><head><title>t</title></head>一", "一", id="unseen tags"
        ),
        pytest.param('一<div style="display: none">暗<div>暗</div></div>二', "一二", id="hidden"),
        pytest.param('一<span style="color:#fff; font-size:0px">暗</span>二', "一二", id="without size"),
        pytest.param('一<div style="mso-hide:all">暗</div>二', "一二", id="hidden from Outlook"),
        pytest.param('一<div style="opacity: 0;">暗</div>二', "一二", id="transparent"),
        pytest.param('<span style="opacity:0.9;font-size:0.8em">一</span>二', "一二", id="pale and small"),
        pytest.param('<td style="font-size:0"><b style="font-size:9px">一</b></td>', "一", id="size given within"),
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
def test_own_text_of_html_is_its_visible_text(html: str, words: str) -> None:
    assert extract_own_text(message(html=html)) == words


def test_own_text_is_taken_from_plain_text_if_it_has_any() -> None:
    assert extract_own_text(message(text="一", html="<p>二</p>")) == "一"
    assert extract_own_text(message(text=" \n发自我的iPhone", html="<p>二</p>")) == "二"


def test_text_below_a_signature_mark_counts_where_nothing_else_is_there() -> None:
    assert extract_own_text(message(text=f"-- \n{OWN}")) == OWN
    assert extract_own_text(message(text="-- \n濮阳县职业技术学校办公室\n电话：0393-8991718")) == ""


BUREAU = frozenset({"py8991718@126.com"})
STORY = "学生在社区开展家电维修志愿服务，居民都说学到了本领。" * 10
GMAIL = '<div class="gmail_quote">---------- Forwarded message ---------<br>From: 李 &lt;t@a.cn&gt;<br>Date: Wed<br>'
OUTLOOK = "<b>发件人:</b> 李四 &lt;t@a.cn&gt;<br><b>发送时间:</b> 2023年5月17日<br><b>主题:</b> 材料<br><br>"
FORWARDS = {
    "qq": (
        "转发：材料",
        f"------------------ 原始邮件 ------------------\n发件人: 李四 <t@a.cn>\n主题: 材料\n\n{STORY}",
        "",
    ),
    "163": ("Fw:材料", f"-------- 转发邮件信息 --------\n发件人：李四 <t@a.cn>\n发送日期：2023-05-17\n\n{STORY}", ""),
    "own subject": ("活动周材料", f"---------- 转发的邮件 ----------\n发件人: t@a.cn\n收件人: b@a.cn\n\n{STORY}", ""),
    "addresses on lines": (
        "转发: 材料",
        f"发件人: 李四 <t@a.cn>\n收件人: 王五 <b@a.cn>;\n 赵六 <c@a.cn>\n主题: 材料\n\n{STORY}",
        "",
    ),
    "netease master": ("转发：材料", f"---- 转发的原邮件 ----\n| 发件人 | 李四 |\n| 主题 | 材料 |\n{STORY}", ""),
    "forwarded twice": (
        "转发：材料",
        "-----原始邮件-----\n发件人: 县局 <x@a.cn>\n主题: 转发：材料\n\n-----原始邮件-----\n发件人: 李四 <t@a.cn>\n"
        f"主题: 材料\n\n{STORY}",
        "",
    ),
    "with marks": ("Fwd: 材料", f"Begin forwarded message:\n\n> From: t@a.cn\n> Subject: 材料\n>\n> {STORY}", ""),
    "gmail": ("活动周材料", "", f"<div>{GMAIL}Subject: x<br>To: b@a.cn<br><br>{STORY}</div></div>"),
    "outlook": ("转发: 材料", "", f'<div id="divRplyFwdMsg">{OUTLOOK}</div><div>{STORY}</div>'),
    "apple": ("Fwd: 材料", "", f'<blockquote type="cite">发件人: 李四<br>主题: 材料<br><br>{STORY}</blockquote>'),
    "163 page": ("转发：材料", "", f'<div id="isForwardContent">发件人：李四<br>主题：材料<br><br>{STORY}</div>'),
    "indented": ("活动周材料", "", f"<blockquote>{STORY}</blockquote>"),
    "marked": ("转发：材料", f"> {STORY}", ""),
    "below an unmarked quote": (
        "活动周材料",
        f"在 2023-05-16 15:02，教育局 <py8991718@126.com> 写道：\n\n请报材料\n\n{STORY}",
        "",
    ),
    "below an unmarked line": ("Re: 活动周材料", f"在 2023-05-16 15:02，教育局 <b@a.cn> 写道：\n请报材料\n{STORY}", ""),
}


@pytest.mark.parametrize(("subject", "text", "html"), FORWARDS.values(), ids=FORWARDS)
def test_words_that_a_mail_passes_on_are_found(subject: str, text: str, html: str) -> None:
    mail = message(subject=subject, text=text, html=html)
    assert extract_own_text(mail) == ""
    assert extract_passed_on_text(mail, BUREAU) == STORY


def test_words_of_a_covering_note_and_of_the_forwarded_mail_are_apart() -> None:
    mail = message(subject="转发：材料", text=f"请查收\n\n-----原始邮件-----\n发件人: t@a.cn\n主题: x\n\n{STORY}")
    assert (extract_own_text(mail), extract_passed_on_text(mail, BUREAU)) == ("请查收", STORY)


def test_words_that_are_indented_or_marked_below_a_covering_note_are_passed_on() -> None:
    page = message(subject="转发：材料", html=f"<p>请查收</p><blockquote>{STORY}</blockquote>")
    marked = message(subject="活动周材料", text="请查收\n" + "".join(f"> {line}\n" for line in STORY.split("。")))
    assert extract_passed_on_text(page, BUREAU).endswith(STORY)
    assert extract_passed_on_text(marked, BUREAU).split("\n") == STORY.strip("。").split("。")


@pytest.mark.parametrize("first", ["下面是被转发的邮件：", "Begin forwarded message:"])
@pytest.mark.parametrize("own", ["老师好，请查收。", "我校已有三百多名居民前来参观实训室"])
def test_forwarded_mail_of_a_mac_is_passed_on_with_its_marks(first: str, own: str) -> None:
    marked = "".join(f"> {line}\n" for line in (first, "", "发件人: 李四 <t@a.cn>", "主题: x", "", *STORY.split("。")))
    mail = message(subject="活动周材料", text=f"{own}\n\n{marked}")
    assert extract_passed_on_text(mail, BUREAU).split("\n") == STORY.strip("。").split("。")
    assert extract_passed_on_text(mail, BUREAU | {"t@a.cn"}) == ""


LETTER = (
    "濮阳县教育局老师，您好：\n\n您的邮件收到了，谢谢。照片还不能收下，请您补正。\n" + "怎么改：请重拍。\n" * 30
    + "有疑问请联系：职成科，说回执编号 1045-8 就能查到。\n\n濮阳市教育局\n（这封信由收件程序自动发出）"
)  # fmt: skip
NOT_PASSED_ON = {
    "a reply": ("Re: 材料", f"好\n-----原始邮件-----\n发件人: t@a.cn\n主题: x\n\n{STORY}", ""),
    "a reply's page": ("回复：材料", "", f'<p>好</p><div id="isReplyContent">发件人：李四<br>{STORY}</div>'),
    "a reply's quote": ("Re: 材料", f"收到\n在 2023-05-16 15:02，李四 <t@a.cn> 写道：\n{STORY}\n\n{STORY}", ""),
    "the bureau's words": ("转发：通知", f"-----原始邮件-----\n发件人: <py8991718@126.com>\n主题: x\n\n{STORY}", ""),
    "our letter": ("转发：补正", f"-----原始邮件-----\n发件人: 教育局\n主题: 【请补正】\n\n{LETTER}", ""),
    "our letter in a reply": ("Re: 【请补正】", f"在 2023-05-16 15:02，教育局 <b@a.cn> 写道：\n\n{LETTER}", ""),
    "our letter under a new subject": ("活动周材料", f"在 2023-05-16 15:02，教育局 <b@a.cn> 写道：\n\n{LETTER}", ""),
    "a short request": ("活动周材料", "在 2023-05-16 15:02，教育局 <b@a.cn> 写道：\n\n请报材料\n\n谢谢配合", ""),
    "marked words of a reply": ("Re: 材料", f"> {STORY}", ""),
    "marked words of somebody": ("活动周材料", f"在 2023-05-16 15:02，李四 <t@a.cn> 写道：\n> {STORY}", ""),
    "marked words below words": ("活动周材料", f"社区居民已有三百多人前来参观\n> {STORY}", ""),
    "a thread's indented page": ("Re: 材料", "", f"<blockquote>{STORY}</blockquote>"),
}  # fmt: skip


@pytest.mark.parametrize(("subject", "text", "html"), NOT_PASSED_ON.values(), ids=NOT_PASSED_ON)
def test_words_of_a_quoted_mail_are_not_passed_on(subject: str, text: str, html: str) -> None:
    assert extract_passed_on_text(message(subject=subject, text=text, html=html), BUREAU) == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    "quoted",
    ["发件人：李四\n时间：x\n", "@", "a@b.cn;", "在 2023-05-17 15:02 写道：\n\n", "---转发---\n", "> | 主题 | "],
)
def test_words_passed_on_by_a_hostile_body_are_found_in_linear_time(quoted: str) -> None:
    def extract(size: int) -> str:
        text = "-----原始邮件-----\n发件人: t@a.cn\n" + quoted * (size // len(quoted))
        return extract_passed_on_text(message(subject="转发：x", text=text), BUREAU)

    assert_grows_linearly(extract, 500_000)


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


@pytest.mark.slow
@pytest.mark.parametrize("piece", [*HOSTILE, "写道：\n", "在 2023-05-17 15:02 ", "发件人：\n", "--原始邮件"])
def test_own_text_of_hostile_body_is_found_in_linear_time(piece: str) -> None:
    assert_grows_linearly(lambda size: extract_own_text(message(text=piece * (size // len(piece)))), 500_000)
    assert_grows_linearly(lambda size: extract_own_text(message(html=piece * (size // len(piece)))), 500_000)


@pytest.mark.parametrize(
    "text",
    [
        "现场照片为5月17日我校技能展示活动，学生正在操作无人机",
        "图一：濮阳市职业中等专业学校学生参加汽车维修技能竞赛，荣获一等奖。",
        "老师好，5月16日学生走进社区为老人义诊，并参观学校的实训基地，请查收。",
        "The students assemble a robot in the workshop.",
    ],
)
def test_caption_has_substance(text: str) -> None:
    assert has_substance(text)


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
    assert not has_substance(text)


@pytest.mark.parametrize(("words", "says"), [("汽修拆装演", False), ("汽修拆装演练", True)])
def test_says_something_needs_six_characters(words: str, says: bool) -> None:
    assert has_substance(f"老师您好，{words}，请查收。") is says
