"""Cleans text that a stranger wrote (file names, subjects, sender names) for a letter.

The templates escape HTML. This module removes what escaping leaves: line breaks that would fake a line of the letter,
direction marks that turn `fdp.exe` round, and whatever a mail program makes clickable: web and mail addresses, and
numbers to call or to add as a contact.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from urllib.parse import quote, urlsplit

from intake_bot.mail.address import MAXIMUM_LENGTH, is_address
from intake_bot.text.lines import one_line

NAME_LENGTH = 60
"""Maximum characters of a file name, subject or sender; longer ones lose their middle."""
SENTENCE_LENGTH = 300
"""Maximum characters of a sentence of the program that may quote a stranger."""

_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_SCHEME = re.compile(r":(?=//)")
_WWW = re.compile(r"(?i)\b(www)\.(?=\w)")
_ACTION = re.compile(
    r"(?i)(?<![A-Za-z0-9])(mailto|tel|sms|callto|skype|sips?|xmpp|facetime|weixin|wechat|mqq[a-z]*|tencent|alipays?"
    r"|https?|ftp|file|data|javascript|vbscript|intent|market|magnet|ed2k|thunder|cid|ms-[a-z]+):(?=\S)"
)
_LABELS = re.compile(r"(?<![\w-])[\w-]++(?:\.[\w-]++)+")
_DOT = re.compile(r"(?<=[\w-])(?:(?<!\d)\.(?=[A-Za-z0-9])(?!\d+(?![\w.-]))|\.(?=[A-Za-z]))")
"""Not between two digits, and not before a last label of digits: of 3.5, 5.17 and a.001 no program makes a link."""
_IP_ADDRESS = re.compile(r"(?<!\d)\d{1,3}(?:\.\d{1,3}){3,}(?!\d)")
"""Whatever stands around it: the dots of a name before or behind are broken, and then it stands alone."""
_CHINESE_TOP_DOMAIN = re.compile(
    r"(?<=[A-Za-z0-9])\.(?=(?:中国|中國|公司|网络|網絡|网址|在线|中文网|集团|商城|网店|商标|信息|我爱你|企业|移动|游戏)(?!\w))"
)
_KNOWN_ENDINGS = (
    r"jpe?g|jfif|png|gif|bmp|webp|tiff?|hei[cf]|avif|svg|mp4|m4v|mov|avi|wmv|mkv|flv|mpe?g|3gp|rmvb|webm|vob"
    r"|mp3|wav|m4a|wma|aac|amr|docx?|docm|dotx?|wp[st]|xls[xmb]?|et|pptx?|pps|ppsx|dps|pdf|ofd|od[tsp]|rtf|txt|csv"
    r"|html?|mht|mhtml|xml|pages|numbers|key|zip|rar|7z|tar|gz|tgz|bz2|xz|cab|lzh|arj|ace|eml|msg|dat|tmp|bin|log"
    r"|ya?ml|toml|json|db|exe|bat|cmd|scr|js|vbs|lnk|url|iqy|iso|vhdx?|img|slk|rdp|msc|jnlp|hta|ps1|ws[fh]|reg|msix?"
    r"|cpl|jar|pif|chm|hlp|inf|scf|dll|[zr]\d\d"
)
"""Endings of file names that stay as they are."""
_ENDING = re.compile(rf"(?i)(?:\.part\d{{1,3}}|\.tar)?\.(?:{_KNOWN_ENDINGS})(?:\.\d{{1,4}})?(?=[^\x00-\x7f]*$)")
"""At the end, also of a volume (照片.zip.001). Chinese words may follow without a space: 1.jpg不算."""
_CONTACT = re.compile(
    r"(?i)(?P<word>q\s?q|(?<![A-Za-z])(?:v|vx|wx|wechat|weixin|tel|phone|mobile|telegram|whatsapp)|扣扣|企鹅号?|微\s?信"
    r"|薇信|威信|电\s?话|手\s?机|热线|致电|来电|拨打|联系|联络|加群|群号|客服)"
    r"(?P<gap>[\s:：号码是为加群叫信我+＋()（）\[\]【】=＝.。,，、*-]{0,8})(?P<number>\d(?:[ .\-—–·]?\d){4,})"
)
_TIMESTAMP = re.compile(r"20[1-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{6}|\d{9})?")
"""QQ20230517101530.png is the name that QQ gives to a screenshot."""
_DIGITS_TOGETHER = 3


def short_line(text: str, length: int = NAME_LENGTH) -> str:
    """`text` on one line, without invisible characters, at most `length` characters long."""
    seen = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in _INVISIBLE)
    return shorten(one_line(seen), length)


def defuse_words(text: str, length: int = NAME_LENGTH) -> str:
    """`short_line` in which no mail program finds anything to make clickable: for subjects and names of people."""
    return shorten(_defuse_words(short_line(text, len(text))), length)


def defuse_links(text: str, length: int = SENTENCE_LENGTH, kept: Collection[str] = ()) -> str:
    """The same for a sentence, in which the endings of file names stay as they are (1.jpg, “说明.docx”), and so do the
    texts in `kept`."""
    line = short_line(text, len(text))
    whole = "|".join(re.escape(one) for one in sorted(kept, key=len, reverse=True) if one)
    # Each second piece is a text to keep; not one that is only a part of a longer address.
    pieces = re.split(rf"(?<![\w.@-])({whole})(?![\w@-]|\.\w)", line) if whole else [line]
    return shorten("".join(piece if number % 2 else _defuse(piece) for number, piece in enumerate(pieces)), length)


def defuse_file_name(name: str) -> str:
    """The same of one file name, in which only the ending of the whole name, or of a folder in it, is left."""
    parts = _break_actions(short_line(name, len(name))).split("/")
    return shorten("/".join(_defuse_name(part) for part in parts), NAME_LENGTH)


def defuse_server_text(text: str, length: int = SENTENCE_LENGTH) -> str:
    """What a server or the machine itself says to the admins: host names stay readable, web addresses are no links."""
    line = _SCHEME.sub("：", short_line(text, len(text)))
    return shorten(_WWW.sub(r"\1．", line), length)


def show_address(address: str) -> str:
    """The mail address of a sender, whole, for clerks; anything else as `defuse_words` shows it."""
    return address if is_address(address) and len(address) <= MAXIMUM_LENGTH else defuse_words(address)


def host_of(link: str) -> str:
    """The host that a web address leads to; empty if it has none."""
    try:
        return urlsplit(short_line(link, len(link))).hostname or ""
    except ValueError:
        return ""


def strip_scheme(link: str) -> str:
    """A web address without its scheme, which can be copied into a browser.

    Only for the clerk's letter, which names its host before it where the address does not begin with it.
    """
    plain = quote(short_line(link, len(link)), safe="%/:=&?~#+!$,;'@()*[]-._")
    return re.sub(r"(?i)^[a-z][a-z0-9+.-]*://", "", plain).replace("://", "%3A//")


def _defuse(text: str) -> str:
    return _break_numbers(_LABELS.sub(_break_labels, _break_actions(text)))


def _defuse_words(text: str) -> str:
    return _break_numbers(_DOT.sub("．", _break_actions(text)))


def _defuse_name(name: str) -> str:
    found = _ENDING.search(name)
    stem = name[: found.start()] if found and found.end() == len(name) else name
    return _defuse_words(stem) + name[len(stem) :]


def _break_actions(text: str) -> str:
    """Schemes, the @ of mail addresses, and dots before Chinese top-level domains and in IP addresses."""
    text = _ACTION.sub(r"\1：", _SCHEME.sub("：", text)).replace("@", "＠")
    return _IP_ADDRESS.sub(lambda found: found[0].replace(".", "．"), _CHINESE_TOP_DOMAIN.sub("．", text))


def _break_labels(found: re.Match[str]) -> str:
    labels = found[0]
    known = _ENDING.search(labels)
    following = found.string[found.end() : found.end() + 1]
    goes_on = following in (":", "＠") or (following == "/" and labels.isascii())  # 照片.zip/1.jpg is in an archive
    stem = labels[: known.start()] if known and not goes_on else labels
    return _DOT.sub("．", stem) + labels[len(stem) :]


def _break_numbers(text: str) -> str:
    return _CONTACT.sub(_break_number, text)


def _break_number(found: re.Match[str]) -> str:
    number = found["number"]
    if not found["gap"] and _TIMESTAMP.fullmatch(number):
        return found[0]
    digits = [char for char in number if char.isdigit()]
    groups = ["".join(digits[at : at + _DIGITS_TOGETHER]) for at in range(0, len(digits), _DIGITS_TOGETHER)]
    return f"{found['word']}{found['gap']}{'·'.join(groups)}"


def shorten(text: str, length: int) -> str:
    """At most `length` characters: the middle goes, beginning and end (with a file's suffix) stay."""
    if len(text) <= length:
        return text
    tail = length // 3
    return f"{text[: length - tail - 1]}…{text[-tail:]}"
