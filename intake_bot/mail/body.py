"""A mail's own text, without quoted mail and advertisements, and whether it is more than a covering note."""

from __future__ import annotations

import re

from intake_bot.mail.added_words import without_added_words
from intake_bot.mail.address import ADDRESS_IN_TEXT
from intake_bot.mail.message import Message
from intake_bot.mail.quoted_text import (
    begins_with_introduction,
    find_forward,
    find_quoted_text,
    remove_quote_headers,
    remove_quoted_text,
)
from intake_bot.mail.reading.html_page import read_page, read_whole_page
from intake_bot.mail.subject_prefixes import is_reply_subject
from intake_bot.text.payload import is_payload, without_payload

_MAXIMUM_LENGTH = 500_000
"""Characters read of each body."""
_MINIMUM_CHARACTERS = 6
"""Letters and digits that make a text more than a covering note."""
_MAXIMUM_NOTE_LENGTH = 20_000
"""Characters searched for stock phrases."""

_ADVERTISEMENT = re.compile(
    r"(?:"
    r"发自我的.{1,24}"
    r"|(?:发自|来自|发送自)[ ]?(?:我的)?"
    r"(?:QQ|网易|163|126|新浪|阿里|139|189|搜狐|腾讯|钉钉|企业微信|飞书|Foxmail|Outlook|Windows|iPhone|iPad).{0,24}"
    r"|从我的.{1,20}(?:发送|发出|发来)"
    r"|从[ ]?(?:Windows|Android|iPhone|Mac).{0,20}发送"
    r"|获取[ ]?(?:适用于.{0,12}的[ ]?)?Outlook.{0,30}"
    r"|Get Outlook for .{1,20}|Sent from (?:my|Mail|Yahoo|Outlook|Samsung|Foxmail).{0,40}"
    r"|(?:签名|邮件)?由[ ]?(?:网易邮箱大师|QQ邮箱|Foxmail).{0,12}"
    r"|(?:网易邮箱大师|QQ邮箱|QQ邮箱手机版|腾讯企业邮箱?|Foxmail)"
    r")[。.]?",
    re.IGNORECASE,
)
# Text that providers put around a link to an oversized file; the sender did not write it.
_LEFT_AT_PROVIDER = re.compile(
    r"从.{1,14}发来的(?:超大|云)附件|进入下载页面|灵犀办公云附件|过期时间[:：]"
    r"|[(（][^()（）]{1,24}[,，][^()（）]{1,60}到期[^()（）]{0,10}[)）]"
)
_SIGNATURE = "-- "
_MINIMUM_BELOW_QUOTE = 200
"""Characters below an unmarked quote that are an answer of their own, and no more of what is quoted."""
_MAXIMUM_HEADER_LINES = 8
_SENDER_LINE = re.compile(r"[ \t*|>]*(?:发件人|发信人|寄件者|寄件人|From)[ \t*]*[:：|]", re.IGNORECASE)
_ADDRESS = re.compile(ADDRESS_IN_TEXT)
_BLANK_LINE = re.compile(r"(?<=\n)[ \t\u3000]+(?=\n)")
_OWN_LETTER_END = re.compile(r"这封信由收件程序自动发出|说回执编号 ?\d{3,12}-\d 就能查到")


def extract_own_text(message: Message) -> str:
    """What the sender wrote, as plain text: from the text body, or from the HTML body if that has no text.

    Left out are quoted and forwarded mails, the signature below `-- ` unless it is all there is, advertisements of mail
    clients, providers' notes on oversized files, and what gateways add. The first 500,000 characters of each body are
    read.
    """
    return _own_text(message.text[:_MAXIMUM_LENGTH]) or _own_text(read_page(message.html[:_MAXIMUM_LENGTH]).text)


def prose_of(text: str) -> str:
    """The text without the files in it that nobody decoded, if it consists mostly of these; else the text itself."""
    return without_payload(text) if is_payload(text) else text


def extract_passed_on_text(message: Message, own_addresses: frozenset[str]) -> str:
    """What the sender passes on: the words of a forwarded mail, or what stands below a quote without quote marks.

    Never the words of a mail from one of `own_addresses` or of a letter of ours, nor the quoted text of a reply, except
    below an unmarked quote with nothing above it: then its first paragraph is the quote, and the rest must be long.
    Where the sender's own words are a covering note or none, what is indented or marked with `>` counts as passed on.
    """
    plain = message.text[:_MAXIMUM_LENGTH].replace("\r\n", "\n")
    html = message.html[:_MAXIMUM_LENGTH]
    if found := _below_unmarked_quote(read_page(html).text if html.strip() else plain):
        return found
    if is_reply_subject(message.subject):
        return ""
    page = read_whole_page(html).text
    if found := _forwarded_text(plain, own_addresses) or _forwarded_text(page, own_addresses):
        return found
    if found := _forwarded_text(_marked_forward(plain), own_addresses):
        return found
    is_answer = message.in_reply_to or message.references
    if is_answer or has_substance(extract_own_text(message)):
        return ""
    return _indented_text(page) or _marked_text(plain)


def _below_unmarked_quote(text: str) -> str:
    """The words below the first paragraph of a quote that begins the text and has no quote marks, or below its first
    line if it has no other paragraph."""
    start = find_quoted_text(text)
    quoted = text[start:]
    if not begins_with_introduction(quoted) or _clean(text[:start]):
        return ""
    lines = quoted.split("\n")
    begin = next((number for number, line in enumerate(lines) if line.rstrip().endswith((":", "："))), 0)
    words = _BLANK_LINE.sub("", _below_own_letter("\n".join(lines[begin + 1 :]))).strip("\n")
    rests = (_clean(remove_quote_headers(words.partition(end)[2])) for end in ("\n\n", "\n"))
    return next((rest for rest in rests if len(rest) >= _MINIMUM_BELOW_QUOTE), "")


def _forwarded_text(text: str, own_addresses: frozenset[str]) -> str:
    quoted = text[find_quoted_text(text) :]
    if begins_with_introduction(quoted) or any(one in own_addresses for one in _find_quoted_senders(quoted)):
        return ""
    return _clean(remove_quote_headers(_below_own_letter(quoted)))


def _marked_forward(text: str) -> str:
    """A forwarded mail whose every line, the first one too, is marked with `>`, without these marks."""
    if ">" not in text:
        return ""
    marked = [line.lstrip(" \t\u3000") for line in text.split("\n")]
    bare = "\n".join(line.lstrip("> ") for line in marked if line.startswith(">"))
    return bare[find_forward(bare) :]


def _indented_text(text: str) -> str:
    """The words of a page without any quoted mail: what is indented are the sender's words."""
    return _clean(text) if find_quoted_text(text) == len(text) else ""


def _marked_text(text: str) -> str:
    """The words behind `>`, where no quoted mail begins."""
    if ">" not in text and "＞" not in text:
        return ""  # a text of two million lines need not be taken apart
    lines = [line.lstrip(" \t\u3000") for line in text.split("\n")]
    if find_quoted_text(bare := "\n".join(line.lstrip(">＞ ") for line in lines)) < len(bare):
        return ""
    return _clean("\n".join(line.lstrip(">＞ ") for line in lines if line.startswith((">", "＞"))))


def _below_own_letter(text: str) -> str:
    """The text below the last line of a letter of ours, if there is one in it."""
    ends = [found.end() for found in _OWN_LETTER_END.finditer(text)]
    return text[ends[-1] :].partition("\n")[2] if ends else text


def _find_quoted_senders(quoted: str) -> list[str]:
    """Addresses in the first lines of a quoted mail that name its sender, in lower case."""
    lines = quoted.split("\n")[:_MAXIMUM_HEADER_LINES]
    return [one.lower() for line in lines if _SENDER_LINE.match(line) for one in _ADDRESS.findall(line)]


def _own_text(text: str) -> str:
    return _clean(remove_quoted_text(text.replace("\r\n", "\n")))


def _clean(text: str) -> str:
    """The text without what programs added, and without a signature unless nothing else is there."""
    lines = without_added_words(text).split("\n")
    end = lines.index(_SIGNATURE) if _SIGNATURE in lines else len(lines)
    below = _join(lines[end + 1 :])
    return _join(lines[:end]) or (below if has_substance(below) else "")


def _join(lines: list[str]) -> str:
    kept = (line.rstrip() for line in lines if not _is_added_by_client(line))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _is_added_by_client(line: str) -> bool:
    words = line.strip(" \t\u00a0\u3000|*-—_【】[]")
    return _ADVERTISEMENT.fullmatch(words) is not None or _LEFT_AT_PROVIDER.search(words) is not None


# Phrases of covering notes. Longer phrases match first, so that their parts may be ordinary words elsewhere.
_STOCK_PHRASES = """
尊敬的 敬爱的 各位 老师们 老师 领导们 领导 同志们 同志 科长 处长 局长 主任 校长 女士 先生 您好 你好 你们好 大家好
早上好 上午好 中午好 下午好 晚上好 打扰了 麻烦了 麻烦您 麻烦 辛苦了 辛苦您 辛苦 谢谢您 谢谢 多谢 感谢您 感谢
此致 敬礼 祝好 祝您 顺祝 顺颂 商祺 工作顺利 工作愉快 身体健康 万事如意 一切顺利 生活愉快
附件中的 附件里的 附件内容 附件 附上 附后 详见 请见 见 如附 如下 以下 以上 这是 这里是 是关于 关于 此为 为 是 系
我们 我校 我单位 我局 我院 我县 我市 我区 我处 本校 本单位 本局 本院 单位 学校
全国 职业教育活动周 职教活动周 职教周 职业教育 活动周 活动情况 开展情况 活动 相关 有关 全部 所有 一份 一个 共计
文字材料 图片材料 视频材料 文字说明 宣传材料 材料 资料 文件 文档 照片 图片 视频 文字 图片新闻 新闻稿 新闻 稿件
工作总结 总结 活动方案 方案 日报表 日报 报表 信息表 登记表 表格 媒体报道 典型案例 压缩包 邮件 电子版 扫描件 内容 情况
现将 现(?!场) 将 已经 已 按要求 按照要求 按照通知要求 根据要求 通知要求 通知 要求 重新 修改后的 修改后 修改 补充
补交 补报 报送 上报 呈报 申报 提交 发送 发给 寄送 传送 发过去 发来 送上 报上 上交 发 交 报
特此 敬请 烦请 恳请 请您 请予以 请予 予以 请 及时 注意 务必 查收 查阅 查看 审阅 审核 审查 审批 接收 签收 收悉 收到
回复 确认 批评指正 指正 指导 参阅 过目 知悉 给您 给 您 你 的 和 及 与 了 等 吧 啊 呢
"""
_STOCK = re.compile(
    "|".join(sorted(_STOCK_PHRASES.split(), key=len, reverse=True))
    + r"|\b(?:hello|hi|dear|sir|madam|please|kindly|find|see|check|attached|attachments?|enclosed)\b"
    + r"|\b(?:thanks?|you|best|regards)\b",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:联系人|联络员|填报人|填表人|报送人|上报人|经办人|负责人|发件人|姓名|单位|单位名称|报送单位|学校名称)"
    r"[ \t]*[:：][^\n，,。；;]{0,30}"
    r"|(?:联系人|联络员|填报人|填表人|报送人|经办人)[ \t]*[\u4e00-\u9fff]{2,4}"
    r"|(?:联系电话|联系方式|手机号码|手机号|手机|电话|传真|邮箱|邮编|地址|微信|QQ|Tel|Mobile|E-?mail)"
    r"[ \t]*[:：][^\n，,。；;]{0,60}"
    r"|(?:联系电话|电话|手机)[ \t]*(?=[\d+])",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://[\x21-\x7e]+|[\w.+-]{1,64}@[\w.-]{1,100}", re.ASCII)
_FILE_NAME = re.compile(
    r"\S{1,80}\.(?:jpe?g|png|heic|mp4|mov|avi|docx?|wps|xlsx?|pptx?|pdf|zip|rar|7z|txt)(?![a-z0-9])", re.IGNORECASE
)
_DATE = re.compile(
    r"(?:\d{2,4}[ ]*年[ ]*)?\d{1,2}[ ]*月[ ]*\d{1,2}[ ]*[日号]?|\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[:：]\d{2}"
    r"|(?:星期|周)[一二三四五六日天]|\d{2,4}[ ]*年(?:度)?|[上下]午|今[日天]|昨[日天]"
)
# A unit's name contains none of the characters with which a sentence goes on: 学生走进社区，参观学校 is no school.
_UNIT = re.compile(
    r"(?:(?![在了为的进参观和与及到去来走是对向从把被让生师我您你请将])[\u4e00-\u9fff（）()]){2,16}?"
    r"(?:教育局|教体局|教育体育局|教育和体育局|教育厅|教育委员会|教委|公共服务局|职业技术学校|职业中等专业学校|中等专业学校"
    r"|职业技术学院|职业学院|职业学校|技师学院|技工学校|高等专科学校|职教中心|教育中心|高级中学|中专|职专|职高|技校"
    r"|医专|高专|师专|卫校|职院|职校"
    r"|学校|学院|大学)"
    r"(?:团委|教务处|办公室|学生处|招生办|职成科|职成教科)?"
)


_DEPARTMENT = re.compile(
    r"(?:(?:党委|学院|学校)?宣传(?:统战)?[部处科]|(?:党政|党委|行政|综合|学校|校长|院长)?办公室|党政办|党办|校办|院办"
    r"|教务[处科]|学[生工][处科部]|招[生就](?:就业)?[处办科]|团委|职成?教?[科股处]|成教[科股]|信息中心)(?![\u4e00-\u9fff])"
)
"""The department of a signature: 宣传部 at the end of a line, not that of 宣传部组织学生."""
_CAMERA_NAME = re.compile(
    r"(?<![A-Za-z])(?:IMG|DSC[NF]?|PXL|MVIMG|VID|WX|mmexport|screenshot|微信(?:图片|截图)|QQ(?:图片|截图)|屏幕截图)"
    r"[ _-]?\d[\w-]{2,40}",
    re.IGNORECASE,
)
_CLIENT = re.compile(r"发自我的\S{1,20}|(?:来自|发自)(?:QQ邮箱|网易邮箱|Foxmail|Outlook)\S{0,8}", re.IGNORECASE)


def has_substance(text: str) -> bool:
    """Whether a text is more than a covering note: at least six characters remain without stock phrases."""
    return len(strip_stock_phrases(text)) >= _MINIMUM_CHARACTERS


def strip_stock_phrases(text: str) -> str:
    """The letters and Chinese characters of a text without stock phrases.

    Removed are greetings, phrases such as 附件是我校材料，请查收, names of units, departments and files, dates,
    telephone numbers, signatures, bare numbers and punctuation. The first 20,000 characters are read.
    """
    text = text[:_MAXIMUM_NOTE_LENGTH]
    for filler in (_LINK, _FILE_NAME, _CAMERA_NAME, _CLIENT, _CONTACT, _DATE, _UNIT, _DEPARTMENT, _STOCK):
        text = filler.sub(" ", text)
    return "".join(word for word in re.findall(r"[^\W_]+", text) if not word.isdigit())
