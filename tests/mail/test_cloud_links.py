from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

import pytest

from intake_bot.mail.cloud_links import _PROVIDERS, CloudLink, find_cloud_links
from intake_bot.mail.link_words import describe_link
from intake_bot.mail.message import Message
from intake_bot.mail.reading.dates import CHINA_TIME
from tests.mail.samples import attachment, message
from tests.work import assert_grows_linearly

NETEASE = "https://mail.163.com/large-attachment-download/index.html?file=abc&amp;title=x"
NETEASE_LINK = NETEASE.replace("&amp;", "&")
QQ = "http://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&k=12&code=ab"


@pytest.mark.parametrize(
    ("html", "links"),
    [
        pytest.param(
            f'<div>从网易163邮箱发来的超大附件</div><a href="{NETEASE}">展示.wav</a>'
            '<span style="color:#bbb"> (80.96M, 2026年8月17日 0:49 到期)</span>'
            f'<a href="{NETEASE}">下载</a>',
            (CloudLink("展示.wav", NETEASE_LINK, "80.96M", "2026年8月17日 0:49"),),
            id="163 name link and button",
        ),
        pytest.param(
            '<a class="bigattach-mailmaster-download" href="http://u.163.com/AbC">下载</a>',
            (CloudLink("", "http://u.163.com/AbC"),),
            id="netease short link",
        ),
        pytest.param(
            '<div id="QQMailBigAttach">'
            f'<div>一.mp4 (128.03M, 2023年6月1日 21:59 到期)<a href="{QQ}1">进入下载页面</a></div>'
            f'<div>二.mp4 (64M, 无限期) <a href="{QQ}2">进入下载页面</a></div></div>',
            (
                CloudLink("一.mp4", QQ + "1", "128.03M", "2023年6月1日 21:59"),
                CloudLink("二.mp4", QQ + "2", "64M", "无限期"),
            ),
            id="qq names ahead of buttons",
        ),
        pytest.param(
            f'<span class="qqmailbgattach" expiretime="1685627999" downloadlink="{QQ}">视频.mp4</span>',
            (CloudLink("视频.mp4", QQ, "", "2023年6月1日 21:59"),),
            id="qq span with attributes",
        ),
        pytest.param(
            f'<span filesize="193000000" expiretime="1685627999000" downloadlink="{QQ}1">一.mp4</span>'
            f'<span filesize="4000" expiretime="0" downloadlink="{QQ}2">二.mp4</span>'
            f'<span filesize="2147483648" expired="expired" downloadlink="{QQ}3">三.mp4</span>',
            (
                CloudLink("一.mp4", QQ + "1", "184.1M", "2023年6月1日 21:59"),
                CloudLink("二.mp4", QQ + "2", "3.9K", ""),
                CloudLink("三.mp4", QQ + "3", "2.0G", "已过期"),
            ),
            id="bytes and timestamps",
        ),
        pytest.param(
            f'<span filesize="{"9" * 15}" expiretime="{"9" * 10}" downloadlink="{QQ}1">一.mp4</span>'
            f'<span filesize="{"9" * 400}" expiretime="{"9" * 400}" downloadlink="{QQ}2">二.mp4</span>'
            f'<span filesize="{"9" * 5000}" expiretime="{"9" * 5000}" downloadlink="{QQ}3">三.mp4</span>',
            (
                CloudLink("一.mp4", QQ + "1", "931322.6G", "2286年11月21日 1:46"),
                CloudLink("二.mp4", QQ + "2"),
                CloudLink("三.mp4", QQ + "3"),
            ),
            id="numbers without end",
        ),
        pytest.param(
            f'一.mp4 (128.03M, 已过期) <a href="{QQ}1">下载</a><br>二.mp4 （2G，链接已失效）<a href="{QQ}2">下载</a>',
            (CloudLink("一.mp4", QQ + "1", "128.03M", "已过期"), CloudLink("二.mp4", QQ + "2", "2G", "已过期")),
            id="expired",
        ),
        pytest.param(
            '<a class="divNeteaseSiriusCloudAttachItem" file-name="总结.zip" file-size="2.1G" expired="2023-06-01" '
            'href="https://edisk.qiye.163.com/api/biz/attachment/download?identity=1">x</a>',
            (
                CloudLink(
                    "总结.zip",
                    "https://edisk.qiye.163.com/api/biz/attachment/download?identity=1",
                    "2.1G",
                    "2023-06-01",
                ),
            ),
            id="sirius attributes",
        ),
        pytest.param(
            '<style id="cloudAttachStyle">#divNeteaseBigAttach{display:none}</style>'
            '<div id="divNeteaseBigAttach">无</div><div id="divNeteaseMailCard"><a href="https://mail.163.com/">名片</a></div>'
            '<div class="netease-attDown"><a href="https://mail.163.com/js6/s?func=mbox:preview">预览</a></div>',
            (),
            id="decoys",
        ),
        pytest.param(f'<p>好</p><blockquote><a href="{QQ}">旧.mp4</a></blockquote>', (), id="in a blockquote"),
        pytest.param(f'<div id="isReplyContent"><a href="{QQ}">旧.mp4</a></div>', (), id="in a 163 reply"),
        pytest.param(f'<p>好</p>-----原始邮件-----<br><a href="{QQ}">旧.mp4</a>', (), id="below a ruled line"),
        pytest.param(
            '<a href="http://u.163.com@evil.example/x">一</a><a href="javascript:u.163.com/">二</a>'
            '<a href="https://u.163.com.evil.example/">三</a><a href="http://[x/">四</a>',
            (),
            id="look-alikes",
        ),
    ],
)
def test_cloud_links_in_html_are_found(html: str, links: tuple[CloudLink, ...]) -> None:
    assert find_cloud_links(message(html=html)) == links


@pytest.mark.parametrize(
    ("text", "links"),
    [
        pytest.param(
            f"从QQ邮箱发来的超大附件\n\n视频.mp4 (128.03M, 2020年11月27日 21:59 到期)进入下载页面：{QQ}\n",
            (CloudLink("视频.mp4", QQ, "128.03M", "2020年11月27日 21:59"),),
            id="qq",
        ),
        pytest.param(
            "链接：https://pan.baidu.com/s/1abc，提取码 x1y2",
            (CloudLink("", "https://pan.baidu.com/s/1abc"),),
            id="baidu",
        ),
        pytest.param(
            f"照片.zip（共30张，如链接已过期请电话联系我）\n{QQ}\n",
            (CloudLink("照片.zip", QQ, "共30张", "如链接已过期请电话联系我"),),
            id="a person on what to do once it is expired",
        ),
        pytest.param(
            f"照片.zip（2G，7天后已过期）\n{QQ}\n",
            (CloudLink("照片.zip", QQ, "2G", "7天后已过期"),),
            id="a person on when it will be expired",
        ),
        pytest.param(
            f"一.zip（2G，文件已经到期）{QQ}1\n二.zip（2G，附件已失效）{QQ}2\n三.zip（2G，Expired）{QQ}3\n",
            tuple(CloudLink(f"{name}.zip", f"{QQ}{number}", "2G", "已过期") for number, name in enumerate("一二三", 1)),
            id="expired",
        ),
        pytest.param(f"好\n> {QQ}\n", (), id="quoted line"),
        pytest.param(f"好\n------------------ 原始邮件 ------------------\n{QQ}\n", (), id="below a ruled line"),
        pytest.param(
            "链接：pan.baidu.com/s/1abc 提取码：x1y2",
            (CloudLink("", "https://pan.baidu.com/s/1abc"),),
            id="without https",
        ),
        pytest.param(
            "视频请到 http://www.school.cn/v/a.mp4 下载，大小126M",
            (CloudLink("", "http://www.school.cn/v/a.mp4", "126M"),),
            id="a video by its own path",
        ),
        pytest.param("报道链接：https://www.puyang.gov.cn/a.html", (), id="an ordinary link"),
        pytest.param("报道见 www.puyang.gov.cn/a.html，视频另发", (), id="an ordinary link without https"),
        pytest.param("报道：https://www.puyang.gov.cn/a.mp4", (), id="a film that nobody calls one"),
        pytest.param("邮箱 zhang@pan.baidu.com/s/1abc", (), id="in an address"),
    ],
)
def test_cloud_links_in_text_are_found(text: str, links: tuple[CloudLink, ...]) -> None:
    assert find_cloud_links(message(text=text)) == links


_EXAMPLES = (
    "http://u.163.com/t0/abc",
    "https://mail.163.com/large-attachment-download/index.html?file=abc",
    "https://mail.126.com/large-attachment-download/index.html?p=abc",
    "https://mail.yeah.net/large-attachment-download/index.html?file=abc",
    "https://dashi.163.com/html/cloud-attachment-download/?key=abc",
    "https://edisk.qiye.163.com/api/biz/attachment/download?identity=abc",
    "https://fs.qiye.163.com/fs/display/?file=abc",
    "http://mail.qq.com/cgi-bin/ftnExs_download?k=1",
    "https://exmail.qq.com/cgi-bin/ftnExs_download?k=1",
    "https://mail.foxmail.com/cgi-bin/ftnExs_download?k=1",
    "https://wx.mail.qq.com/ftn/download?func=3&key=1&code=2",
    "https://iwx.mail.qq.com/ftn/download?func=3&key=1",
    "https://gzc-dfsdown.mail.ftn.qq.com/ftn_handler/abc",
    "https://njc-download.ftn.qq.com/ftn_handler/abc",
    "http://mail.sina.com.cn/filecenter/download.php?id=1",
    "http://download.cloud.189.cn/file/downloadFile.action?dt=1",
    "https://1drv.ms/u/s!abc",
    "https://drive.google.com/file/d/abc",
    "https://pan.baidu.com/s/1abc",
    "https://onedrive.live.com/?authkey=abc",
    "https://www.icloud.com/attachment/?u=abc",
    "https://115.com/s/abc",
    "https://pan.xunlei.com/s/abc",
    "https://www.jianguoyun.com/p/abc",
    "https://cowtransfer.com/s/abc",
    "https://drive.weixin.qq.com/s?k=abc",
    "https://www.aliyundrive.com/s/abc",
    "https://www.alipan.com/s/abc",
    "https://www.wenshushu.cn/f/abc",
    "https://pan.quark.cn/s/abc",
    "https://www.123pan.com/s/abc",
    "https://share.weiyun.com/abc",
    "https://cloud.189.cn/t/abc",
    "https://caiyun.139.com/m/i?abc",
    "https://yun.139.com/shareweb/#/w/i/abc",
    "https://we.tl/t-abc",
    "https://wetransfer.com/downloads/abc",
)


@pytest.mark.parametrize("link", _EXAMPLES)
def test_cloud_link_of_each_provider_is_found(link: str) -> None:
    both = message(html=f'<a href="{link.replace("&", "&amp;")}">展示.mp4</a>', text=f"展示.mp4 {link}")
    assert find_cloud_links(both) == (CloudLink("展示.mp4", link),)


def test_every_provider_has_an_example() -> None:
    found = [(parts.hostname or "", parts.path.lower()) for parts in map(urlsplit, _EXAMPLES)]
    assert [
        (host, prefix)
        for host, prefix in _PROVIDERS
        if not any(f".{name}".endswith(f".{host.lstrip('.')}") and path.startswith(prefix) for name, path in found)
    ] == []


ANY = "https://files.somewhere.example.cn/d/abc?x=1"
BEHIND_A_GATEWAY = (
    "https://nam12.safelinks.protection.outlook.com/?url=https%3A%2F%2F1drv.ms%2Fv%2Fabc&data=05",
    "https://mail.school.edu.cn/redirect?check=1&url=http%3a%2f%2fpan.baidu.com%2fs%2f1abc",
    "https://c.pc.qq.com/middlem.html?pfurl=https%3A%2F%2Fshare.weiyun.com%2Fabc",
)


@pytest.mark.parametrize("link", BEHIND_A_GATEWAY)
def test_link_to_a_provider_by_way_of_a_gateway_is_a_cloud_link(link: str) -> None:
    assert find_cloud_links(message(html=f'<a href="{link}">打开</a>')) == (CloudLink("", link),)
    assert find_cloud_links(message(text=f"见 {link}")) == (CloudLink("", link),)


SHAPES_OF_NAMES = [f'<a href="{ANY}">短片.mp4</a>', f'<a href="{ANY}"> 照片.zip </a>']


@pytest.mark.parametrize("html", SHAPES_OF_NAMES)
def test_link_that_is_called_as_a_video_or_an_archive_is_a_cloud_link(html: str) -> None:
    assert [one.link for one in find_cloud_links(message(html=html))] == [ANY]


def test_link_at_a_button_beside_name_and_size_is_a_cloud_link() -> None:
    html = f'<div>短片.mp4</div><div>120.3 MB</div><div><a href="{ANY}">下载</a></div>'
    assert find_cloud_links(message(html=html)) == (CloudLink("短片.mp4", ANY, "120.3 MB"),)


def test_link_with_words_of_its_own_beside_name_and_size_is_no_cloud_link() -> None:
    html = f'<p>视频不超过200M，命名如 短片.mp4，要求见<a href="{ANY}">通知</a></p>'
    assert find_cloud_links(message(html=html)) == ()


SHAPES = {
    "details in the label": f'<a href="{ANY}">短片.mp4 (99M, 2023年6月1日 到期)</a>',
    "details behind the label": f'<a href="{ANY}">短片.mp4</a><span>(99M, 2023年6月1日 到期)</span>',
    "details ahead of a button": f'<div>短片.mp4 (99M, 2023年6月1日 到期)</div><a href="{ANY}">下载</a>',
    "details without brackets": f"<div>短片.mp4</div><div>大小：99M　有效期至：2023年6月1日</div>"
    f'<a href="{ANY}">点击下载</a>',
    "details in a table": f"<table><tr><td>短片.mp4</td><td>99M</td><td>2023年6月1日到期</td></tr></table>"
    f'<a href="{ANY}">打开</a>',
}


@pytest.mark.parametrize("html", SHAPES.values(), ids=SHAPES)
def test_link_of_an_unknown_host_beside_name_size_and_expiry_is_a_cloud_link(html: str) -> None:
    (link,) = find_cloud_links(message(html=f"<p>老师好，视频见下。</p>{html}"))
    assert (link.name, link.link, link.size, link.expires) == ("短片.mp4", ANY, "99M", "2023年6月1日")


@pytest.mark.parametrize(
    ("text", "link"),
    [
        pytest.param(
            f"短片.mp4 (99M, 2023年6月1日 到期)\n{ANY}", CloudLink("短片.mp4", ANY, "99M", "2023年6月1日"), id="line"
        ),
        pytest.param(f"{ANY}\n短片.mp4，99 MB，7天后失效", CloudLink("短片.mp4", ANY, "99 MB", "7天后"), id="behind"),
        pytest.param(f"链接：{ANY} 提取码：x1y2", CloudLink("", ANY), id="提取码"),
        pytest.param(f"视频太大，放在网盘：{ANY}", CloudLink("", ANY), id="网盘"),
        pytest.param(f"从企业邮箱发来的超大附件\n{ANY}", CloudLink("", ANY), id="超大附件"),
        pytest.param(f"文件中转站：照片.zip\n{ANY}", CloudLink("照片.zip", ANY), id="文件中转站"),
        pytest.param(f"通过企业微信微盘分享的文件 短片.mp4\n{ANY}", CloudLink("短片.mp4", ANY), id="微盘"),
        pytest.param(f"下载链接：{ANY}", CloudLink("", ANY), id="下载链接"),
        pytest.param(f"【金山文档】短片.mp4\n{ANY}", CloudLink("【金山文档】短片.mp4", ANY), id="金山文档"),
        pytest.param(f"【腾讯文档】活动情况\n{ANY}", CloudLink("", ANY), id="腾讯文档"),
        pytest.param(f"李老师与你共享了“短片.mp4”\n{ANY}", CloudLink("短片.mp4", ANY), id="与你共享"),
        pytest.param(f"Li shared 短片.mp4 with you.\n{ANY}", CloudLink("短片.mp4", ANY), id="shared with you"),
        pytest.param(f"Click to Download\n短片.mov\n99 MB\n{ANY}", CloudLink("短片.mov", ANY, "99 MB"), id="mail drop"),
        pytest.param(
            f"Mail Drop: download available until Jun 16, 2023\n{ANY}", CloudLink("", ANY), id="mail drop in words"
        ),
    ],
)
def test_link_beside_words_for_files_left_elsewhere_is_a_cloud_link(text: str, link: CloudLink) -> None:
    assert find_cloud_links(message(text=text)) == (link,)


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param(message(text=f"报道链接：{ANY}"), id="a report"),
        pytest.param(message(html=f'<p>人民网报道：</p><a href="{ANY}">学生技能展示</a>'), id="a report with a title"),
        pytest.param(message(html=f'<a href="{ANY}">通知.pdf</a>'), id="a page's file without size or expiry"),
        pytest.param(message(text=f"学校网站：{ANY}\n本次活动有300人参加，5月20日截止"), id="a deadline"),
        pytest.param(
            message(text=f"视频已上传网盘。\n\n一、活动概况\n二、特色\n报道见\n\n\n{ANY}"), id="words far away"
        ),
        pytest.param(message(html=f'<a href="{ANY}">短片.mp4怎么拍</a>'), id="a page about a film"),
        pytest.param(message(html='短片.mp4 (99M, 2023年6月1日 到期) <a href="mailto:a@b.cn">张</a>'), id="an address"),
        pytest.param(message(text=f"材料见附件\n-- \n张三\n我的网盘：{ANY}"), id="below a signature's mark"),
        pytest.param(
            message(html=f'<p>好</p><div class="gmail_signature">我的网盘 <a href="{ANY}">打开</a></div>'),
            id="in a signature",
        ),
        pytest.param(
            message(html=f'<p>好</p><div id="divNeteaseMailCard"><div>网盘</div><a href="{ANY}">名片</a></div>'),
            id="in a card",
        ),
        pytest.param(
            message(
                subject="Re: 活动周", html=f'<p>好</p><blockquote>模板在网盘：<a href="{ANY}">下载</a></blockquote>'
            ),
            id="in a quoted mail",
        ),
        pytest.param(
            message(
                subject="Re: 活动周", text=f"好\n-----原始邮件-----\n发件人：教育局\n主题：通知\n模板在网盘：{ANY}"
            ),
            id="in quoted history",
        ),
        pytest.param(
            replace(
                message(
                    subject="活动周濮阳技师学院视频材料", text=f"好\n发件人：教育局\n主题：通知\n\n模板在网盘：{ANY}"
                ),
                in_reply_to=("<a@b.cn>",),
            ),
            id="in quoted history under a subject of its own",
        ),
        pytest.param(
            message(html=f'照片.jpg (3.2M, 无限期) <a href="{ANY}">下载</a>', attachments=(attachment("照片.jpg"),)),
            id="a list of real attachments",
        ),
    ],
)
def test_link_to_something_else_is_no_cloud_link(mail: Message) -> None:
    assert find_cloud_links(mail) == ()


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param(
            message(
                subject="转发：活动周",
                html=f'<blockquote>短片.mp4 (99M, 7天后到期)<a href="{ANY}">下载</a></blockquote>',
            ),
            id="forwarded page",
        ),
        pytest.param(
            message(
                subject="活动周濮阳技师学院视频材料",
                html=f'<div class="gmail_quote">---------- Forwarded message ---------<br>From: t@a.cn<br>'
                f'短片.mp4 (99M, 7天后到期)<a href="{ANY}">下载</a></div>',
            ),
            id="forwarded by Gmail under a subject of its own",
        ),
        pytest.param(
            message(
                subject="转发：活动周", text=f"-----原始邮件-----\n发件人：李四\n\n短片.mp4 (99M, 7天后到期)\n{ANY}"
            ),
            id="forwarded text",
        ),
        pytest.param(
            message(
                subject="活动周濮阳技师学院视频材料",
                html=f"<p>请查收</p><p>发件人: 李四<br>发送时间: 2023年5月17日<br>主题: 视频</p>"
                f'短片.mp4 (99M, 7天后到期)<a href="{ANY}">下载</a>',
            ),
            id="forwarded by Outlook under a subject of its own",
        ),
    ],
)
def test_link_in_a_forwarded_mail_is_a_cloud_link(mail: Message) -> None:
    assert find_cloud_links(mail) == (CloudLink("短片.mp4", ANY, "99M", "7天后"),)


@pytest.mark.slow
@pytest.mark.parametrize(
    "html",
    [
        pytest.param(lambda size: f'<a href="{ANY}">a</a>' * size, id="many links"),
        pytest.param(lambda size: "短片" * 5 * size + f'<a href="{ANY}">' + "片." * (5 * size // 2), id="long names"),
        pytest.param(lambda size: "<div class=signature>" * size, id="signatures"),
    ],
)
def test_cloud_links_of_hostile_body_are_found_in_linear_time(html: Callable[[int], str]) -> None:
    assert_grows_linearly(lambda size: find_cloud_links(message(html=html(size), text=html(size))), 20_000)


_ARRIVAL = datetime(2023, 6, 1, 22, 0, tzinfo=CHINA_TIME)


@pytest.mark.parametrize(
    ("expires", "expired"),
    [
        ("已过期", True),
        ("2023年6月1日 21:59", True),
        ("2023-05-31 23:59:59", True),
        ("2023年6月1日 22:00", False),
        ("2023/6/1", False),
        ("2023年5月31日", True),
        ("上传日期 2023-05-01", False),
        ("2023-02-31", False),
        ("7天后", False),
        ("无限期", False),
        ("", False),
    ],
)
def test_cloud_link_is_expired_after_its_last_minute(expires: str, expired: bool) -> None:
    assert CloudLink("展示.mp4", QQ, "", expires).is_expired(_ARRIVAL) is expired


@pytest.mark.parametrize(
    ("size", "expires", "details"),
    [
        ("180.2M", "2023年6月1日 21:59", "180.2M，2023年6月1日 21:59到期"),
        ("", "7天后", "7天后到期"),
        ("180.2M", "无限期", "180.2M，无限期"),
        ("", "已过期", "已过期"),
        ("180.2M", "永久有效", "180.2M，永久有效"),
        ("", "7天后已过期", "7天后已过期"),
        ("共30张", "如链接已过期请电话联系我", "共30张，如链接已过期请电话联系我"),
        ("", "", ""),
    ],
)
def test_cloud_link_is_described_by_size_and_expiry(size: str, expires: str, details: str) -> None:
    assert describe_link(size, expires) == details
