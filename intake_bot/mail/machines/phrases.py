"""Phrases of mail from programs, in many languages: subjects of auto-replies, bounces and receipts, and first words of
their texts.

A teacher's phone may be set to English, a partner school's server to German. The most frequent phrases, English and
Chinese, are in `triage`. All of them count at the very beginning only; elsewhere a person may write them.
"""

from __future__ import annotations

import re


def _one_of(phrases: str) -> str:
    """A pattern for any of the phrases, which are separated by commas or line ends."""
    found = (phrase.strip() for phrase in re.split(r"[,\n]", phrases))
    return "(?:" + "|".join(sorted((re.escape(phrase) for phrase in found if phrase), key=len, reverse=True)) + ")"


_ABSENT = """
automatische antwort, autoantwort, abwesenheitsnotiz, réponse automatique, reponse automatique, absence du bureau
respuesta automática, respuesta automatica, fuera de la oficina, fuera de oficina, risposta automatica
resposta automática, resposta automatica, automatisch antwoord, autosvar, automatiskt svar, automatisk svar
automaattinen vastaus, automatyczna odpowiedź, automatická odpověď, automatikus válasz, otomatik yanıt
автоматический ответ, автоответ, 자동 회신, 자동회신, 자동 응답, 부재 중, 부재중
自動応答, 自動返信, 不在通知, tự động trả lời, automated reply, automated response, autoresponder, auto answer
vacation reply, vacation notice, vacation response, vacation, out of the office, out of office
out of office message, out of office notification, out of office auto reply, out of office autoreply
休假自动回复, 假期自动回复, 外出自动回复, 出差自动回复, 离开办公室, 不在办公室, 系统自动回复
休假自动答复, 假期自动答复, 外出自动答复, 出差自动答复, 自动应答, 自动回信, 休假通知
"""
AUTO_REPLY_SUBJECT = re.compile(
    _one_of(_ABSENT)
    + r"\s*(?:[:：]|$)|auto:\s|.{1,80} is out of (?:the )?office\b|away from (?:my|the) (?:mail|desk|office)\b",
    re.IGNORECASE,
)

_NOT_DELIVERED = """
unzustellbar, nicht zugestellt, non remis, non distribuable, échec de la remise, échec de remise
no se puede entregar, no entregado, non recapitabile, impossibile recapitare, não entregue, onbestelbaar
kan inte levereras, не доставлено, недоставлено, не удается доставить, 配信不能, 配信できません
배달할 수 없음, 배달되지 않음, nie można dostarczyć, nedoručitelné
"""
_RETURNED_MAIL = """
warning: could not send, warning: message delayed, warning: message still undelivered
delivery report, delivery problem, delivery error, delivery delayed, delivery notification
message undeliverable, mail undeliverable, undeliverable mail, undeliverable message, message not delivered
message delivery failed, message delivery failure, message delivery delayed, message delivery error
mail delivery delayed, mail delivery error, mail delivery problem, mail system error, mail failure, mail returned
returned mail, returned to sender, mail could not be delivered, message status - undeliverable, undelivered mail
nondeliverable mail, failed mail, bounced mail, unknown address error, user unknown, rejected mail
投递失败, 投递延迟, 邮件未能送达, 邮件无法送达
"""
BOUNCE_SUBJECT = re.compile(_one_of(_NOT_DELIVERED) + r"\s*[:：]|" + _one_of(_RETURNED_MAIL) + r"(?!\w)", re.IGNORECASE)

_RECEIPTS = """
gelesen, ungelesen, lu, non lu, leído, leido, letto, lida, gelezen, läst, luettu, przeczytane, прочитано, прочтено
開封済み, 읽음, return receipt, disposition notification, lesebestätigung, accusé de lecture, accusé de réception
confirmación de lectura, ricevuta di ritorno, confirmação de leitura, delivered, zugestellt, remis, 已送达, 邮件已阅读
"""
RECEIPT_SUBJECT = re.compile(_one_of(_RECEIPTS) + r"\s*[:：(（]", re.IGNORECASE)

_NOTICES = """
已阅读, 已读邮件, 邮件已读, 已读通知, 阅读通知, 已打开, 收条, 邮件收条, 邮件回执, 已读收条, 阅读收条, 投递回执, 送达通知
"""
RECEIPT_NOTICE_SUBJECT = re.compile(
    _one_of(_NOTICES) + r"\s*[:：(（]|[\[【]\s*(?:已读|(?:已读|阅读|送达|邮件|投递)?(?:回执|收条))\s*[\]】]",
    re.IGNORECASE,
)
"""Receipts of Chinese providers. A mail with files and such a subject is a person's: 回执 is also a form to fill in."""

_MEETING_ANSWERS = """
accepted, declined, tentative, tentatively accepted, canceled, cancelled, new time proposed
已接受, 接受, 谢绝, 已谢绝, 已拒绝, 暂定, 暂时接受, 已取消, 建议新时间, zugesagt, abgelehnt, accepté, refusé, 承諾, 辞退
"""
MEETING_SUBJECT = re.compile(_one_of(_MEETING_ANSWERS) + r"\s*[:：]", re.IGNORECASE)
"""Answers to invitations, which calendar programs send. A mail with files and such a subject is a person's."""

_BOUNCE_TEXTS = """
this is the qmail-send program, this is the mail system at host
this message was created automatically by mail delivery, this message was created automatically by the mail delivery
this is an automatically generated delivery status notification, your message did not reach some or all
your message cannot be delivered, your message could not be delivered, your message was not delivered
a message that you sent could not be delivered, the original message was received at
----- transcript of session follows, ----- the following addresses had
"""
BOUNCE_OPENING = re.compile(r"\s{0,200}+(?:hi\.?\s{1,4})?-{0,10}?" + _one_of(_BOUNCE_TEXTS), re.IGNORECASE)

_AUTO_REPLY_TEXTS = """
this is an automatic, this is an automated, this is an auto-reply, this is an autoreply, this is an auto-response
automatic reply, automated reply, auto-reply, automated message, automatic message
这是系统自动, 这是一封系统自动, 系统自动发送
系统自动回复, 自动回复邮件, 此邮件为系统自动, 此邮件由系统自动, 本邮件为系统自动, 本邮件由系统自动
"""
AUTO_REPLY_OPENING = re.compile(
    r"\s{0,200}+(?:(?:hello|hi|dear \w{1,30})[,!. ]{0,3}\s{1,4}"
    r"|感谢您的?(?:提交|来信|参与|填写)[，,。！!]{0,2}\s{0,4})?[\[(（【]?" + _one_of(_AUTO_REPLY_TEXTS),
    re.IGNORECASE,
)
