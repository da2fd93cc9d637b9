"""Recognises automatic answers by their words, where no header field and no subject gives them away. Pure.

An absence notice says two things: that somebody is away, and what is to become of the mail. A confirmation says that a
mail has arrived. Neither brings anything, nor asks anything, nor speaks of material.
"""

from __future__ import annotations

import re

_MAXIMUM_LENGTH = 400
"""Characters. Longer texts are written by persons, or are material."""
_MAXIMUM_CONFIRMATION_LENGTH = 120

_LEAVE = "年|产|病|婚|事|暑|寒|丧|公|探亲|陪产|哺乳"
_MAIL = "来信|来函|邮件|信件|来件"
_ENGLISH_LEAVE = "annual|maternity|paternity|parental|sick|medical|business|summer|holiday"
_AWAY = re.compile(
    rf"(?:休|请|放)(?:{_LEAVE})?假|(?:{_LEAVE})假[中期]|假期(?:愉快|期间|结束)|度假|住院|外出|出差|公出|(?:不|未|没有?)在(?:办公室|单位|学校|岗|工位|电脑前)"
    r"|离开(?:办公室|工位|单位)|在(?:外地|国外|境外)|正在(?:外面)?(?:上课|开会|监考)"
    r"|(?:无法|不能|不便)(?:及时|马上|立即|立刻)?(?:回复|查看|处理|答复|查阅|收阅|接收)"
    r"|out of (?:the )?office|away from (?:my|the) (?:desk|office|e-?mail|mail)|on a business trip"
    rf"|(?:on|taking) (?:(?:{_ENGLISH_LEAVE}) )?(?:leave|vacation|holidays?)"
    r"|(?:am|'m|’m|currently|will be) (?:away|travell?ing|out|at a (?:conference|meeting|training))\b"
    r"|(?:limited|no) access to (?:my )?e-?mail",
    re.IGNORECASE,
)
_MEANWHILE = re.compile(
    r"(?:回来|返回|返校|返岗|回单位|回校|上班|假期结束|假后|归来|结束)(?:之?后|时|再|即|将|会|联系|回复|处理|答复)"
    r"|\d{1,2}[日号](?:才|再|起|正式|恢复)?(?:返|回|上班|恢复)|恢复(?:正常)?(?:上班|工作)|由.{1,12}?(?:接手|接替|代为|代理|负责)"
    r"|回复(?:可能|或许)?(?:会|将)?(?:有所?)?(?:延迟|迟缓|较慢|不及时)|(?:敬请|请|望|万望)(?:予以)?(?:谅解|见谅|理解|海涵)"
    r"|(?:尽快|尽早|及时|第一时间|再|稍后|晚点|稍晚|届时|[下课会]后|逐一|另行)(?:给?[您你])?(?:回复|答复|回信|处理|联系|查看|看)"
    r"|急事|紧急|要事|急件|(?:请|可)[您你]?(?:直接)?(?:拨打|致电|电话联系|联系)"
    r"|\b(?:reply|respond|answer|return|be back|get back|come back|back on|until|urgent|contact|emergency)\b"
    r"|\b(?:assistance|call|back in|infrequently|sporadically|delay)\b",
    re.IGNORECASE,
)
_ARRIVED = re.compile(
    r"(?:[您你](?:发给?我们?|发来|发送|寄来)的?)?"
    rf"(?:{_MAIL}|提交的(?:内容|材料|信息))(?:我|已|本人|我们|系统|均|现|由)*经?(?:收到|收悉|收讫|送达|提交成功|处理)"
    rf"|(?:收到|收悉)了?[您你](?:发来|发送|寄来)?的?(?:{_MAIL})"
    r"|(?:your|the) (?:e-?mail|message|mail) (?:has been|was|is) (?:successfully )?received"
    r"|(?:have|has) received your (?:e-?mail|message|mail)",
    re.IGNORECASE,
)
_LEFT_FOR_GOOD = re.compile(
    r"(?:本|此|该|这个|我的|原)(?:电子)?邮箱(?:地址)?(?:现|已|已经|将|现已|目前)*(?:停用|停止使用|不再使用|废弃|注销|关闭|无人查看)"
    r"|(?:我|本人)(?:现|已|已经|目前)*(?:调离|离职|离任|退休)"
    r"|(?:不再|已?停止)(?:查看|查收|使用|登录|登陆)(?:本|此|该|这个)(?:电子)?(?:邮箱|信箱)"
    r"|no longer (?:(?:work(?:s|ing)?|employed) (?:at|for|with|here)|with (?:us|the|this)|in use"
    r"|monitor(?:s|ed)?|check(?:s|ed)?|active)\b"
    r"|(?:address|mailbox|account) (?:is|has been) (?:closed|deactivated|disabled|discontinued)",
    re.IGNORECASE,
)
"""The mailbox itself is left, and its owner does not come back to it."""
_NEW_ADDRESS = re.compile(r"(?:发|转|寄)(?:送|给|到|至|往)+[^，。；\n]{0,12}?(?=[A-Za-z0-9._-]{1,64}@)|新邮箱|新地址")
_ANSWERS_WITHIN = re.compile(
    r"(?:\d|[一二两三四五七]|几)个?(?:工作日|小时|天)(?:之?内)(?:给?[您你])?(?:回复|答复|处理|联系|回信)"
    r"|最短(?:的)?时间内|will (?:reply|respond|answer|get back)[^.]{0,30} (?:soon|shortly)"
    r"|(?:reply|respond|answer|get back)[^.]{0,40} within \w{1,12} (?:business |working )?(?:days?|hours?)",
    re.IGNORECASE,
)
"""What a counter says of itself, and no school to its bureau."""
_SAYS_AUTOMATIC = re.compile(
    r"(?:这|此|本)(?:是|为|邮件|信|回复|封邮件|封信)?(?:是|为|由)?一?封?(?:邮箱|系统)?自动(?:回复|答复|应答|发[送出])"
    r"|(?:这|此|本)封?(?:邮件|信)(?:是|为|由)?(?:邮箱|系统)自动|系统自动(?:回复|答复|应答)|自动(?:回复|答复)(?:邮件|信息)"
    r"|(?:mailbox|inbox|address|account) is (?:not (?:being )?|un)(?:monitored|attended)"
    r"|this is an auto(?:mated|matic|[- ]?generated)? ?(?:e-?mail |mail |message )?(?:reply|response|answer|message)",
    re.IGNORECASE,
)
_ASKS_OR_BRINGS = re.compile(
    r"[？?]|请问|能否|可否|是否|可以吗|怎么|如何|附件|照片|图片|视频|文字|文档|表格|压缩包|总结|方案|日报|材料"
    r"|补[发交报充正]|重[发新]|再?发[给来送]|报送|上报|提交|修改|更正|撤回|作废"
    r"|attach|enclos|photo|video|document|resend",
    re.IGNORECASE,
)


def is_absence_notice(text: str) -> bool:
    """Whether the own words of a mail say that somebody is away and what becomes of mail meanwhile, and no more.

    Who has left a mailbox for good says only that, and where to write instead.
    """
    if len(text) > _MAXIMUM_LENGTH or _ASKS_OR_BRINGS.search(_NEW_ADDRESS.sub(" ", text)):
        return False
    is_away = _AWAY.search(text) is not None and _MEANWHILE.search(text) is not None
    return is_away or says_mailbox_is_left(text)


def says_mailbox_is_left(text: str) -> bool:
    """Whether a text says that nobody comes back to the mailbox it was sent from."""
    return _LEFT_FOR_GOOD.search(text) is not None


def is_automatic_by_its_words(text: str) -> bool:
    """Whether the own words of a mail say that a program answers, and ask and bring nothing.

    A confirmation with a term for the answer is a program's, too.
    """
    says_so = _SAYS_AUTOMATIC.search(text) or (_ARRIVED.search(text) and _ANSWERS_WITHIN.search(text))
    return (
        len(text) <= _MAXIMUM_LENGTH
        and says_so is not None
        and _ASKS_OR_BRINGS.search(_SAYS_AUTOMATIC.sub(" ", _ARRIVED.sub(" ", text))) is None
    )


def is_confirmation(text: str) -> bool:
    """Whether the own words of a mail confirm that a mail has arrived, and no more."""
    return (
        len(text) <= _MAXIMUM_CONFIRMATION_LENGTH
        and _ARRIVED.search(text) is not None
        and _ASKS_OR_BRINGS.search(_ARRIVED.sub(" ", text)) is None
    )
