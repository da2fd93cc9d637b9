from __future__ import annotations

import pytest

from intake_bot.mail.cloud import CloudLink, cloud_links
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
            (CloudLink("视频.mp4", QQ, "", "1685627999"),),
            id="qq span with attributes",
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
        pytest.param(f"好\n> {QQ}\n", (), id="quoted line"),
        pytest.param(f"好\n------------------ 原始邮件 ------------------\n{QQ}\n", (), id="below a ruled line"),
        pytest.param("报道链接：https://www.puyang.gov.cn/a.html", (), id="an ordinary link"),
    ],
)
def test_cloud_links_of_text(text: str, links: tuple[CloudLink, ...]) -> None:
    assert cloud_links(message(text=text)) == links


@pytest.mark.parametrize(
    "link",
    [
        "http://u.163.com/t0/abc",
        "https://mail.126.com/large-attachment-download/index.html?p=abc",
        "https://mail.yeah.net/large-attachment-download/index.html?file=abc",
        "https://dashi.163.com/html/cloud-attachment-download/?key=abc",
        "https://edisk.qiye.163.com/api/biz/attachment/download?identity=abc",
        "https://fs.qiye.163.com/fs/display/?file=abc",
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
    ],
)
def test_cloud_links_of_every_provider(link: str) -> None:
    both = message(html=f'<a href="{link.replace("&", "&amp;")}">展示.mp4</a>', text=f"展示.mp4 {link}")
    assert cloud_links(both) == (CloudLink("展示.mp4", link),)
