"""The sender's own words: a mail's text without quoted history and advertisements, and whether it says something."""

from __future__ import annotations

import re

from intake_bot.mail.history import without_history
from intake_bot.mail.markup import own_page
from intake_bot.mail.message import Message

_LONGEST = 500_000
_SUBSTANCE = 6
_LONGEST_NOTE = 20_000

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
# The text that providers put around a link to an oversized file; it is not the sender's.
_LEFT_AT_PROVIDER = re.compile(
    r"从.{1,14}发来的(?:超大|云)附件|进入下载页面|灵犀办公云附件|过期时间[:：]"
    r"|[(（][^()（）]{1,24}[,，][^()（）]{1,60}到期[^()（）]{0,10}[)）]"
)
_SIGNATURE = "-- "


def own_words(message: Message) -> str:
    """What the sender wrote himself, as plain text: from the text body, from the HTML where that says nothing.

    Quoted and forwarded history, the signature below `-- `, mail clients' advertisements and the providers' notes on
    oversized files are left out. Of each body the first 500 000 signs are looked at.
    """
    return _own(message.text[:_LONGEST]) or _own(own_page(message.html[:_LONGEST]).text)


def _own(text: str) -> str:
    lines: list[str] = []
    for line in without_history(text.replace("\r\n", "\n")).split("\n"):
        if line == _SIGNATURE:
            break
        if not _is_clients(line):
            lines.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _is_clients(line: str) -> bool:
    words = line.strip(" \t\u00a0\u3000|*-—_【】[]")
    return _ADVERTISEMENT.fullmatch(words) is not None or _LEFT_AT_PROVIDER.search(words) is not None


# What a covering note is made of. Longer phrases stand for themselves, so that their parts may be words elsewhere.
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
# A name holds none of the signs by which a sentence goes on: 学生走进社区，参观学校 is no school.
_UNIT = re.compile(
    r"(?:(?![在了为的进参观和与及到去来走是对向从把被让生师我您你请将])[\u4e00-\u9fff（）()]){2,16}?"
    r"(?:教育局|教体局|教育体育局|教育和体育局|教育厅|教育委员会|教委|公共服务局|职业技术学校|职业中等专业学校|中等专业学校"
    r"|职业技术学院|职业学院|职业学校|技师学院|技工学校|高等专科学校|职教中心|教育中心|高级中学|中专|职专|职高|技校"
    r"|学校|学院|大学)"
    r"(?:团委|教务处|办公室|学生处|招生办|职成科|职成教科)?"
)


def says_something(text: str) -> bool:
    """Whether a text says more than a covering note does: at least six letters or signs remain."""
    return len(remaining_words(text)) >= _SUBSTANCE


def remaining_words(text: str) -> str:
    """What remains of a text without greetings, phrases such as 附件是我校材料，请查收, names of units and files,
    dates, telephone numbers, signatures, bare numbers and punctuation. The first 20 000 signs are looked at."""
    text = text[:_LONGEST_NOTE]
    for filler in (_LINK, _FILE_NAME, _CONTACT, _DATE, _UNIT, _STOCK):
        text = filler.sub(" ", text)
    return "".join(word for word in re.findall(r"[^\W_]+", text) if not word.isdigit())
