"""Links to files that were left elsewhere (超大附件, 云附件, 网盘): a link in the body instead of a MIME part. Pure.

A link is recognised by what stands beside it: the name of a file with its size or expiry, or words such as 提取码. For
some providers host and path are enough. The markup around a link proves nothing, because its styles are copied into
ordinary mails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from urllib.parse import parse_qsl, unquote, urlsplit

from intake_bot.mail.message import Message
from intake_bot.mail.quoted_text import begins_with_sender, find_forward, find_quoted_text, remove_quoted_text
from intake_bot.mail.reading.dates import CHINA_TIME
from intake_bot.mail.reading.file_names import shown_name
from intake_bot.mail.reading.html_page import Anchor, Page, read_page, read_whole_page
from intake_bot.mail.subject_prefixes import is_forward_subject, is_reply_subject


@dataclass(frozen=True)
class CloudLink:
    """A 超大附件: a file at a mail provider, to which the mail has a link."""

    name: str
    link: str
    size: str = ""
    """As the provider writes it, for example 180.2M; empty if the mail does not say."""
    expires: str = ""
    """As the provider writes it, in China time: 2023年6月1日 21:59, 无限期, 已过期; empty if the mail does not say."""

    @property
    def size_bytes(self) -> int | None:
        """`size` in bytes, in steps of 1024 as providers count; None where it is unknown."""
        found = _SIZE_VALUE.fullmatch(self.size.strip())
        if found is None:
            return None
        return int(float(found[1].replace(",", ".")) * 1024 ** _POWERS.get(found[2].upper(), 0))

    def is_expired(self, at: datetime) -> bool:
        """Whether `expires` says that the file can no longer be downloaded at this time (aware)."""
        last = last_time(self.expires)
        return self.expires == _EXPIRED or (last is not None and last < at)


# Host and path prefix; a leading dot stands for all hosts with this ending.
_PROVIDERS = (
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
    ("onedrive.live.com", "/"),
    ("www.icloud.com", "/attachment/"),
    ("115.com", "/s/"),
    ("pan.xunlei.com", "/s/"),
    ("www.jianguoyun.com", "/p/"),
    ("cowtransfer.com", "/s/"),
    ("drive.weixin.qq.com", "/s"),
    (".aliyundrive.com", "/"),
    (".alipan.com", "/"),
    (".wenshushu.cn", "/"),
    ("pan.quark.cn", "/s/"),
    (".123pan.com", "/s/"),
    ("share.weiyun.com", "/"),
    ("cloud.189.cn", "/t/"),
    ("caiyun.139.com", "/"),
    ("yun.139.com", "/"),
    ("we.tl", "/t-"),
    ("wetransfer.com", "/downloads/"),
)
_FILE_NAME = re.compile(
    r"[^\s/\\:*?\"<>|，。；;：、“”]{1,80}?\.(?:mp4|mov|avi|wmv|mkv|flv|mpe?g|m4v|3gp|mp3|wav|jpe?g|png|heic|tiff?|psd"
    r"|zip|rar|7z|tar|gz|docx?|wps|xlsx?|et|pptx?|dps|pdf|ofd|txt)(?![a-z0-9.])",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"(?<![\d.])\d{1,7}(?:[.,]\d{1,3})?\s?(?:[KMGT](?:i?B)?|bytes|字节|兆)(?![A-Za-z0-9])", re.IGNORECASE
)
_SIZE_VALUE = re.compile(r"(\d{1,15}(?:[.,]\d{1,3})?)\s?([KMGT兆]|(?=[b字]))(?:i?B|bytes|字节)?", re.IGNORECASE)
_POWERS = {"K": 1, "M": 2, "兆": 2, "G": 3, "T": 4}
_EXPIRY = re.compile(
    r"到期|过期|失效|有效期|期限|\d\s?[天日](?:内|后|有效|之内|之后)|永久有效|长期有效|保存至|截止"
    r"|\bexpir|\bavailable (?:until|for)\b",
    re.IGNORECASE,
)
_DATE = r"\d{4}[年/.-]\d{1,2}[月/.-]\d{1,2}日?(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
_EXPIRY_VALUE = re.compile(rf"{_DATE}|\d{{1,3}}\s?天(?:后|内)?|无限期|永久有效|长期有效")
_LEFT_ELSEWHERE = re.compile(
    r"超大附件|云附件|大附件|文件中转站|中转站|网盘|云盘|微盘|云空间|提取码|访问码|访问密码|提取密码|取件码|取件密码|分享码|快传"
    r"|通过.{1,12}分享|分享(?:了|的)?(?:文件|视频|链接)|共享(?:了|的)?(?:一个)?文件|文件(?:共享|分享)|点按以下载|下载(?:链接|地址|页面)"
    r"|[与和给向][你您]共享|(?:金山|腾讯|石墨|钉钉|飞书|在线|共享)(?:云)?文档|钉盘|坚果云|蓝奏云?|奶牛快传|迅雷云"
    r"|\bonedrive\b|\bsharepoint\b|\bdropbox\b|\bgoogle drive\b|\bshared\b.{1,80}\bwith you\b"
    r"|\bmail ?drop\b|\bclick to download\b|\bshared (?:a |the )?(?:file|folder|link)|\blarge attachments?\b",
    re.IGNORECASE,
)
"""Words beside a link by which a person or a program says that a file lies there."""
_MAXIMUM_LINKS = 300
"""Links of a body whose neighbourhood is searched; beyond them only known providers count."""
_BESIDE = 120
"""Characters ahead of a link and behind it that are beside it."""
_LINES_OF_WORDS = 2
"""Lines on each side of a link in which words such as 网盘 are about it."""
_LINES_OF_DETAILS = 4
"""The same for a name with its details, which a table puts on lines of their own."""
_MAXIMUM_FIELDS = 20
"""Fields of the query of a link. With more of them none is looked at."""
_MINIMUM_SIGNS = 2
"""Of size, expiry and such words, beside the name of a file."""
_URL = re.compile(
    r"https?://[\x21-\x7e]{4,2000}|(?<![\w@./:-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,4}[a-z]{2,4}/[\x21-\x7e]{2,2000}",
    re.IGNORECASE | re.ASCII,
)
"""A link; people copy some without https://, which count for known providers."""
_VIDEO_OR_ARCHIVE = re.compile(r"\.(?:mp4|mov|avi|wmv|mkv|flv|mpe?g|m4v|zip|rar|7z)$", re.IGNORECASE)
_FILE_WORDS = re.compile(r"下载|视频|短片|附件|压缩包|文件|大小")
"""Words beside a link to a video or an archive by its own path that say what it is."""
_SIGNATURE_LINE = re.compile(r"^-- ?$", re.MULTILINE)
_SCHEME_LENGTH = 8
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
# Only as the whole phrase: people write 如链接已过期请电话联系我 beside a valid link.
_EXPIRED_WORDS = re.compile(r"(?:文件|附件|链接)?已经?(?:过期|失效|到期)|expired", re.IGNORECASE)
_TIME = re.compile(r"(\d{4})[年/.-](\d{1,2})[月/.-](\d{1,2})日?(?:\s*(\d{1,2})[:：](\d{2})(?:[:：]\d{2})?)?")
_SECONDS_DIGITS, _MILLISECONDS_DIGITS = 10, 13
_MAXIMUM_SIZE_DIGITS = 15
_DETAILS_DISTANCE = 300
"""Characters around a link in which its name, size and expiry are looked for."""
_MAXIMUM_LENGTH = 500_000
"""Characters read of each body."""


def find_cloud_links(message: Message) -> tuple[CloudLink, ...]:
    """The files that the sender left elsewhere, in order, without repeated links.

    Quoted mails and signatures are not searched, forwarded mails are, and nothing is downloaded. The first 500,000
    characters of each body are read. A link to a file that is attached, too, is none.
    """
    html = message.html[:_MAXIMUM_LENGTH]
    plain = message.text[:_MAXIMUM_LENGTH].replace("\r\n", "\n")
    whole = read_whole_page(html)
    if _passes_on(message, plain) or _passes_on(message, whole.text):
        found = (*_find_in_page(whole, len(whole.text)), *_find_in_text(plain))
    else:
        page = read_page(html)
        found = (*_find_in_page(page, find_quoted_text(page.text)), *_find_in_text(remove_quoted_text(plain)))
    attached = {one.name for one in message.attachments}
    links: dict[str, CloudLink] = {}
    for link in found:
        key = link.link.partition("://")[2]
        links[key] = _merge(links[key], link) if key in links else link
    return tuple(link for link in links.values() if not link.name or link.name not in attached)


def _passes_on(message: Message, text: str) -> bool:
    """Whether the quoted text belongs to what the sender passes on: under a subject of its own that answers nothing,
    a quote that begins with its sender does, too."""
    if is_forward_subject(message.subject):
        return True
    if is_reply_subject(message.subject):
        return False
    is_answer = message.in_reply_to or message.references
    quoted = text[find_quoted_text(text) :]
    return find_forward(text) < len(text) or (not is_answer and begins_with_sender(quoted))


def _merge(first: CloudLink, again: CloudLink) -> CloudLink:
    return CloudLink(first.name or again.name, first.link, first.size or again.size, first.expires or again.expires)


def _leads_to_file(link: str) -> bool:
    """Whether a link leads to a known provider, also by way of a gateway that has it in its query."""
    try:
        parts = urlsplit(link)
        passed_on = [value for _, value in parse_qsl(parts.query, max_num_fields=_MAXIMUM_FIELDS)]
    except ValueError:
        return False
    return _is_at_provider(link) or any(map(_is_at_provider, passed_on))


def _is_at_provider(link: str) -> bool:
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    path = parts.path.lower() or "/"
    return parts.scheme.lower() in {"http", "https"} and any(
        (host == place or (place.startswith(".") and f".{host}".endswith(place))) and path.startswith(prefix)
        for place, prefix in _PROVIDERS
    )


def _name_in(link: str) -> str:
    """The name of the video or archive that a link leads to by its own path; empty for any other."""
    try:
        last = unquote(urlsplit(link).path.rpartition("/")[2])
    except ValueError:
        return ""
    return last if _VIDEO_OR_ARCHIVE.search(last) else ""


def _find_in_page(page: Page, own_end: int) -> Iterator[CloudLink]:
    own_end = min(own_end, _find_signature(page.text))
    own = [anchor for anchor in page.anchors if anchor.start < own_end or own_end == len(page.text)]
    own = [anchor for anchor in own if not page.is_in_signature(anchor.start)]
    for number, anchor in enumerate(own):
        previous = own[number - 1] if number else None
        following = own[number + 1] if number + 1 < len(own) else None
        ahead = page.text[max(previous.end if previous else 0, anchor.start - _DETAILS_DISTANCE) : anchor.start]
        behind = page.text[anchor.end : min(following.start if following else own_end, anchor.end + _DETAILS_DISTANCE)]
        label = page.text[anchor.start : anchor.end]
        link = anchor.href.strip()
        beside = _Beside(anchor.attributes, label, ahead, behind, _name_in(link))
        if _leads_to_file(link) or (number < _MAXIMUM_LINKS and _is_web_link(link) and _is_file_beside(beside)):
            yield _read_anchor(anchor, link, label, ahead, behind)
    own_text = list(page.text[:own_end])
    for start, end in page.signatures:
        own_text[start:end] = " " * (min(end, own_end) - min(start, own_end))
    yield from _find_in_text("".join(own_text))


def _find_signature(text: str) -> int:
    """The position of a line that begins a signature (`-- `); the text's length if there is none."""
    found = _SIGNATURE_LINE.search(text)
    return found.start() if found else len(text)


def _is_web_link(link: str) -> bool:
    try:
        return urlsplit(link).scheme.lower() in {"http", "https"} and bool(urlsplit(link).hostname)
    except ValueError:
        return False


@dataclass(frozen=True)
class _Beside:
    """What stands beside a link: its attributes, its label, the text ahead of it and behind it."""

    attributes: Mapping[str, str]
    label: str
    ahead: str
    behind: str
    name_in_link: str = ""
    """Of the video or the archive to which its own path leads."""


def _is_file_beside(beside: _Beside) -> bool:
    """Whether the words beside a link say that a file lies there: its name with size and expiry, or its name as the
    label with one of the two, or its name and size beside a button, or words such as 提取码. The name of a video or an
    archive is enough as the whole label, and in the link itself beside a word for it."""
    if any(beside.attributes.get(name) for name in ("filesize", "file-size", "expiretime")):
        return True
    label = beside.label[:_BESIDE]
    next_to_it = f"{_last_lines(beside.ahead, _LINES_OF_WORDS)} {label} {_first_lines(beside.behind, _LINES_OF_WORDS)}"
    if _LEFT_ELSEWHERE.search(next_to_it):
        return True
    near = f"{_last_lines(beside.ahead, _LINES_OF_DETAILS)} {label} {_first_lines(beside.behind, _LINES_OF_DETAILS)}"
    said = (_SIZE.search(near), _EXPIRY.search(near), _LEFT_ELSEWHERE.search(near))
    if sum(found is not None for found in said) >= _MINIMUM_SIGNS and _FILE_NAME.search(near):
        return True
    if label.strip() and _BUTTON.fullmatch(label) and said[0] and _FILE_NAME.search(near):
        return True
    if beside.name_in_link and (any(said) or _FILE_WORDS.search(near)):
        return True
    named = _FILE_NAME.match(label.strip())
    is_whole = named is not None and named.end() == len(label.strip())
    return named is not None and (any(said) or (is_whole and _VIDEO_OR_ARCHIVE.search(named.group()) is not None))


def _last_lines(text: str, count: int) -> str:
    """The last lines of a text that are not blank, as far as they are beside what follows."""
    return " ".join([line for line in text[-_BESIDE:].split("\n") if line.strip()][-count:])


def _first_lines(text: str, count: int) -> str:
    return " ".join([line for line in text[:_BESIDE].split("\n") if line.strip()][:count])


def _read_anchor(anchor: Anchor, link: str, label: str, before: str, after: str) -> CloudLink:
    """Reads a link. If its label is the file's name, the details follow it; before a button stand name and details."""
    named = not _BUTTON.fullmatch(label)
    details = _read_details((label, after, before) if named else (before, after), link)
    attributes = anchor.attributes
    inside = _FILE_NAME.match(label.strip()) if _DETAILS.search(label) or _SIZE.search(label) else None
    name = attributes.get("filename") or attributes.get("file-name")
    return CloudLink(
        name=shown_name(name or (inside.group() if inside else label if named else details.name)),
        link=link,
        size=details.size or _size_text(attributes.get("filesize") or attributes.get("file-size") or ""),
        expires=details.expires or _expiry_text(attributes.get("expiretime") or attributes.get("expired") or ""),
    )


def _find_in_text(text: str) -> Iterator[CloudLink]:
    text = text[: _find_signature(text)]
    found = list(_URL.finditer(text))
    end_of_last = 0
    for number, one in enumerate(found):
        following = found[number + 1] if number + 1 < len(found) else None
        link = unescape(one.group().rstrip(_BEHIND_A_URL))
        is_bare = "://" not in link[:_SCHEME_LENGTH]
        link = f"https://{link}" if is_bare else link
        ahead = text[max(end_of_last, one.start() - _DETAILS_DISTANCE) : one.start()]
        behind = text[one.end() : min(following.start() if following else len(text), one.end() + _DETAILS_DISTANCE)]
        beside = _Beside({}, "", ahead, behind, _name_in(link))
        is_tried = number < _MAXIMUM_LINKS and not is_bare and _is_web_link(link)
        if _leads_to_file(link) or (is_tried and _is_file_beside(beside)):
            details = _read_details((ahead,), link)
            yield details if details.name or details.size else _read_details((ahead, behind), link)
        end_of_last = one.end()


def _read_details(places: tuple[str, ...], link: str) -> CloudLink:
    """Reads `name (128.03M, 2020年11月27日 21:59 到期)`, from the first of the places that has such details; else what
    the first place with a size or the name of a file says."""
    for place in places:
        details = list(_DETAILS.finditer(place))
        if details:
            last = details[-1]
            name = place[: last.start()].rpartition("\n")[2]
            return CloudLink(shown_name(name), link, _size_text(last.group(1)), _expiry_text(last.group(2)))
    near = " ".join(places)
    size, named = _SIZE.search(near), _FILE_NAME.search(near)
    expiry = _EXPIRY_VALUE.search(near) if _EXPIRY.search(near) else None
    return CloudLink(
        shown_name(named.group()) if named else "",
        link,
        size.group() if size else "",
        expiry.group() if expiry else "",
    )


def _size_text(size: str) -> str:
    """Size as the provider writes it. A plain number counts bytes, and is dropped if no file is so large."""
    size = size.strip()
    if not (size.isascii() and size.isdecimal()):
        return size
    if len(size) > _MAXIMUM_SIZE_DIGITS:
        return ""
    unit, letter = next((one for one in ((1 << 30, "G"), (1 << 20, "M")) if int(size) >= one[0]), (1 << 10, "K"))
    return f"{int(size) / unit:.1f}{letter}"


def _expiry_text(expiry: str) -> str:
    """Expiry as the provider writes it. A plain number counts seconds or milliseconds since 1970, or is dropped."""
    expiry = expiry.strip()
    if expiry.isascii() and expiry.isdecimal():
        return _time_text(expiry)
    if _EXPIRED_WORDS.fullmatch(expiry):
        return _EXPIRED
    return " ".join(_EXPIRY_WORDS.sub(" ", expiry).split())


def _time_text(digits: str) -> str:
    if len(digits) not in (_SECONDS_DIGITS, _MILLISECONDS_DIGITS):
        return ""
    time = datetime.fromtimestamp(int(digits[:_SECONDS_DIGITS]), CHINA_TIME)
    return f"{time.year}年{time.month}月{time.day}日 {time.hour}:{time:%M}"


def last_time(expires: str) -> datetime | None:
    """The last minute in which the file can be downloaded, in China time; None for text that is no time."""
    found = _TIME.fullmatch(expires)
    if found is None:
        return None
    try:
        day = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=CHINA_TIME)
        return day.replace(hour=int(found[4]), minute=int(found[5])) if found[4] else day.replace(hour=23, minute=59)
    except ValueError:
        return None
