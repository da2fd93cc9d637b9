from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

import pytest

from intake_bot.mail.cloud import _PLACES, CloudLink, cloud_links, link_details
from intake_bot.mail.dates import CHINA
from tests.mail.samples import message

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
def test_cloud_links_of_html(html: str, links: tuple[CloudLink, ...]) -> None:
    assert cloud_links(message(html=html)) == links


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
        pytest.param("报道链接：https://www.puyang.gov.cn/a.html", (), id="an ordinary link"),
    ],
)
def test_cloud_links_of_text(text: str, links: tuple[CloudLink, ...]) -> None:
    assert cloud_links(message(text=text)) == links


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
    "https://www.aliyundrive.com/s/abc",
    "https://www.alipan.com/s/abc",
    "https://www.wenshushu.cn/f/abc",
    "https://pan.quark.cn/s/abc",
    "https://www.123pan.com/s/abc",
    "https://share.weiyun.com/abc",
    "https://cloud.189.cn/t/abc",
    "https://caiyun.139.com/m/i?abc",
    "https://yun.139.com/shareweb/#/w/i/abc",
)


@pytest.mark.parametrize("link", _EXAMPLES)
def test_cloud_links_of_every_provider(link: str) -> None:
    both = message(html=f'<a href="{link.replace("&", "&amp;")}">展示.mp4</a>', text=f"展示.mp4 {link}")
    assert cloud_links(both) == (CloudLink("展示.mp4", link),)


def test_every_place_has_an_example() -> None:
    found = [(parts.hostname or "", parts.path.lower()) for parts in map(urlsplit, _EXAMPLES)]
    assert [
        (host, prefix)
        for host, prefix in _PLACES
        if not any(f".{name}".endswith(f".{host.lstrip('.')}") and path.startswith(prefix) for name, path in found)
    ] == []


_ARRIVAL = datetime(2023, 6, 1, 22, 0, tzinfo=CHINA)


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
def test_is_expired(expires: str, expired: bool) -> None:
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
def test_link_details(size: str, expires: str, details: str) -> None:
    assert link_details(size, expires) == details
