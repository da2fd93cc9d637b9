"""Files left at a mail provider (超大附件, 云附件): there is no MIME part, only a link in the body.

A link is known by its host and path. The markup around it is not: its style sheet is copied through ordinary mails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from urllib.parse import urlsplit

from intake_bot.mail.dates import CHINA
from intake_bot.mail.history import history_start, without_history
from intake_bot.mail.markup import Anchor, Page, own_page
from intake_bot.mail.message import Message
from intake_bot.mail.names import shown_name


@dataclass(frozen=True)
class CloudLink:
    """A 超大附件: a file left at a mail provider, with only a link in the mail."""

    name: str
    link: str
    size: str = ""
    """As the provider words it, for example 180.2M."""
    expires: str = ""
    """As the provider words it, by the time in China: 2023年6月1日 21:59, 无限期, 已过期."""

    def is_expired(self, at: datetime) -> bool:
        """True when it says that it could not be downloaded any more at this moment."""
        last = _last_moment(self.expires)
        return self.expires == _EXPIRED or (last is not None and last < at)


def link_details(size: str, expires: str) -> str:
    """180.2M，2023年6月1日 21:59到期; empty where the mail tells neither."""
    expiry = f"{expires}到期" if expires and not any(sign in expires for sign in "期效") else expires
    return "，".join(part for part in (size, expiry) if part)


# Host and path prefix; a host with a leading dot stands for all hosts that end so.
_PLACES = (
    ("u.163.com", "/"),
    ("mail.163.com", "/large-attachment-download/"),
    ("mail.126.com", "/large-attachment-download/"),
    ("mail.yeah.net", "/large-attachment-download/"),
    ("dashi.163.com", "/html/cloud-attachment-download/"),
    ("edisk.qiye.163.com", "/api/biz/attachment/download"),
    ("fs.qiye.163.com", "/"),
    ("mail.qq.com", "/cgi-bin/ftnexs_download"),
    ("exmail.qq.com", "/cgi-bin/ftnexs_download"),
    ("mail.foxmail.com", "/cgi-bin/ftnexs_download"),
    ("wx.mail.qq.com", "/ftn/download"),
    ("iwx.mail.qq.com", "/ftn/download"),
    (".ftn.qq.com", "/"),
    ("mail.sina.com.cn", "/filecenter/download.php"),
    (".mail.sina.com.cn", "/filecenter/download.php"),
    ("download.cloud.189.cn", "/file/downloadfile.action"),
    ("1drv.ms", "/"),
    ("drive.google.com", "/"),
    ("pan.baidu.com", "/"),
    (".aliyundrive.com", "/"),
    (".alipan.com", "/"),
    (".wenshushu.cn", "/"),
    ("pan.quark.cn", "/s/"),
    (".123pan.com", "/s/"),
    ("share.weiyun.com", "/"),
    ("cloud.189.cn", "/t/"),
    ("caiyun.139.com", "/"),
    ("yun.139.com", "/"),
)
_URL = re.compile(r"https?://[\x21-\x7e]{4,2000}", re.IGNORECASE)
_BEHIND_A_URL = ".,;:!?)]}'\"<>"
_DETAILS = re.compile(
    r"[(（]\s*([^()（），,]{1,24}?)\s*[,，]\s*([^()（）]{0,60}(?:期|失效|[Ee]xpire)[^()（）]{0,60})[)）]"
)
_EXPIRY_WORDS = re.compile(
    r"(?<![已经])(?:到期时间|到期|过期时间|过期)|有效期至|有效期|Expire[sd]?(?: on)?|[:：](?=\s|$)|^[:：]",
    re.IGNORECASE,
)
_BUTTON = re.compile(
    r"\s*(?:(?:点击|点此|进入|立即|打开|在线)?(?:下载|预览|查看|转存|打开|download|preview)"
    r"(?:页面|附件|文件|全部|链接)?|https?://.*)?\s*",
    re.IGNORECASE | re.DOTALL,
)
_EXPIRED = "已过期"
# Only as the whole phrase: people write 如链接已过期请电话联系我 beside a link that lives.
_EXPIRED_WORDS = re.compile(r"(?:文件|附件|链接)?已经?(?:过期|失效|到期)|expired", re.IGNORECASE)
_MOMENT = re.compile(r"(\d{4})[年/.-](\d{1,2})[月/.-](\d{1,2})日?(?:\s*(\d{1,2})[:：](\d{2})(?:[:：]\d{2})?)?")
_SECONDS_DIGITS, _MILLISECONDS_DIGITS = 10, 13
_MOST_SIZE_DIGITS = 15
_NEAR = 300
_LONGEST = 500_000


def cloud_links(message: Message) -> tuple[CloudLink, ...]:
    """The files that the sender left at a provider, in order; each once, however often its link is repeated.

    Quoted history is not searched. Nothing is fetched. Of each body the first 500 000 signs are looked at.
    """
    found: dict[str, CloudLink] = {}
    page = own_page(message.html[:_LONGEST])
    text = without_history(message.text[:_LONGEST].replace("\r\n", "\n"))
    for link in (*_links_of_page(page), *_links_of_text(text)):
        key = link.link.partition("://")[2]
        found[key] = _completed(found[key], link) if key in found else link
    return tuple(found.values())


def _completed(first: CloudLink, again: CloudLink) -> CloudLink:
    return CloudLink(first.name or again.name, first.link, first.size or again.size, first.expires or again.expires)


def _leads_to_a_file(link: str) -> bool:
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    path = parts.path.lower() or "/"
    return parts.scheme.lower() in {"http", "https"} and any(
        (host == place or (place.startswith(".") and f".{host}".endswith(place))) and path.startswith(prefix)
        for place, prefix in _PLACES
    )


def _links_of_page(page: Page) -> Iterator[CloudLink]:
    end_of_own = history_start(page.text)
    own = [anchor for anchor in page.anchors if anchor.start < end_of_own or end_of_own == len(page.text)]
    for before, anchor, after in zip([None, *own], own, [*own[1:], None], strict=False):
        link = anchor.href.strip()
        if _leads_to_a_file(link):
            ahead = page.text[max(before.end if before else 0, anchor.start - _NEAR) : anchor.start]
            behind = page.text[anchor.end : min(after.start if after else end_of_own, anchor.end + _NEAR)]
            yield _link_of_anchor(anchor, link, page.text[anchor.start : anchor.end], ahead, behind)
    yield from _links_of_text(page.text[:end_of_own])


def _link_of_anchor(anchor: Anchor, link: str, words: str, ahead: str, behind: str) -> CloudLink:
    """A name that is a link has its details behind it, a button has name and details ahead."""
    named = not _BUTTON.fullmatch(words)
    described = _described((behind, ahead) if named else (ahead, behind), link)
    attributes = anchor.attributes
    return CloudLink(
        name=shown_name(
            attributes.get("filename") or attributes.get("file-name") or (words if named else described.name)
        ),
        link=link,
        size=described.size or _size_words(attributes.get("filesize") or attributes.get("file-size") or ""),
        expires=described.expires or _expiry_words(attributes.get("expiretime") or attributes.get("expired") or ""),
    )


def _links_of_text(text: str) -> Iterator[CloudLink]:
    end_of_last = 0
    for found in _URL.finditer(text):
        link = unescape(found.group().rstrip(_BEHIND_A_URL))
        if _leads_to_a_file(link):
            yield _described((text[max(end_of_last, found.start() - _NEAR) : found.start()],), link)
        end_of_last = found.end()


def _described(places: tuple[str, ...], link: str) -> CloudLink:
    """What the nearest `name (128.03M, 2020年11月27日 21:59 到期)` says; the first place that has one counts."""
    for place in places:
        details = list(_DETAILS.finditer(place))
        if details:
            last = details[-1]
            name = place[: last.start()].rpartition("\n")[2]
            return CloudLink(shown_name(name), link, _size_words(last.group(1)), _expiry_words(last.group(2)))
    return CloudLink("", link)


def _size_words(size: str) -> str:
    """As the provider words it. Some give a plain number of bytes; one of more digits than a file has tells nothing."""
    size = size.strip()
    if not (size.isascii() and size.isdecimal()):
        return size
    if len(size) > _MOST_SIZE_DIGITS:
        return ""
    unit, letter = next((one for one in ((1 << 30, "G"), (1 << 20, "M")) if int(size) >= one[0]), (1 << 10, "K"))
    return f"{int(size) / unit:.1f}{letter}"


def _expiry_words(expiry: str) -> str:
    """As the provider words it. Some give seconds or milliseconds since 1970; any other plain number tells nothing."""
    expiry = expiry.strip()
    if expiry.isascii() and expiry.isdecimal():
        return _moment_words(expiry)
    if _EXPIRED_WORDS.fullmatch(expiry):
        return _EXPIRED
    return " ".join(_EXPIRY_WORDS.sub(" ", expiry).split())


def _moment_words(digits: str) -> str:
    if len(digits) not in (_SECONDS_DIGITS, _MILLISECONDS_DIGITS):
        return ""
    moment = datetime.fromtimestamp(int(digits[:_SECONDS_DIGITS]), CHINA)
    return f"{moment.year}年{moment.month}月{moment.day}日 {moment.hour}:{moment:%M}"


def _last_moment(expires: str) -> datetime | None:
    """When it can be downloaded for the last time: at that minute, or on that day. None for words that are no time."""
    found = _MOMENT.fullmatch(expires)
    if found is None:
        return None
    try:
        day = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=CHINA)
        return day.replace(hour=int(found[4]), minute=int(found[5])) if found[4] else day.replace(hour=23, minute=59)
    except ValueError:
        return None
