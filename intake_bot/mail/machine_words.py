"""What machines write, in the languages of their makers: subjects of auto-replies, bounces and receipts, and the words
with which their texts begin.

A teacher's telephone may speak English, a partner school's server German. The commonest, English and Chinese, are in
`triage`. All of these stand at the very beginning, or they are a person's.
"""

from __future__ import annotations

import re


def _one_of(phrases: str) -> str:
    """A pattern for any of the phrases, which are parted by commas or line ends."""
    found = (phrase.strip() for phrase in re.split(r"[,\n]", phrases))
    return "(?:" + "|".join(sorted((re.escape(phrase) for phrase in found if phrase), key=len, reverse=True)) + ")"


_AWAY = """
automatische antwort, autoantwort, abwesenheitsnotiz, réponse automatique, reponse automatique, absence du bureau
respuesta automática, respuesta automatica, fuera de la oficina, fuera de oficina, risposta automatica
resposta automática, resposta automatica, automatisch antwoord, autosvar, automatiskt svar, automatisk svar
automaattinen vastaus, automatyczna odpowiedź, automatická odpověď, automatikus válasz, otomatik yanıt
автоматический ответ, автоответ, 자동 회신, 자동회신, 자동 응답, 부재 중, 부재중
自動応答, 自動返信, 不在通知, tự động trả lời, automated reply, automated response, autoresponder, auto answer
vacation reply, vacation notice, vacation response, vacation, out of the office, out of office
out of office message, out of office notification, out of office auto reply, out of office autoreply
休假自动回复, 假期自动回复, 外出自动回复, 离开办公室, 不在办公室
"""
AUTO_REPLY_SUBJECT = re.compile(
    _one_of(_AWAY)
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

_READ = """
gelesen, ungelesen, lu, non lu, leído, leido, letto, lida, gelezen, läst, luettu, przeczytane, прочитано, прочтено
開封済み, 읽음, return receipt, disposition notification, lesebestätigung, accusé de lecture, accusé de réception
confirmación de lectura, ricevuta di ritorno, confirmação de leitura, delivered, zugestellt, remis, 已送达, 邮件已阅读
"""
RECEIPT_SUBJECT = re.compile(_one_of(_READ) + r"\s*[:：(（]", re.IGNORECASE)

_CLICKED = """
accepted, declined, tentative, tentatively accepted, canceled, cancelled, new time proposed
已接受, 已谢绝, 已拒绝, 暂定, 暂时接受, 已取消, 建议新时间, zugesagt, abgelehnt, accepté, refusé, 承諾, 辞退
"""
MEETING_SUBJECT = re.compile(_one_of(_CLICKED) + r"\s*[:：]", re.IGNORECASE)
"""What a calendar program sends when somebody clicks; who writes so and brings files is a person all the same."""

_BOUNCED = """
this is the qmail-send program, this is the mail system at host
this message was created automatically by mail delivery, this message was created automatically by the mail delivery
this is an automatically generated delivery status notification, your message did not reach some or all
your message cannot be delivered, your message could not be delivered, your message was not delivered
a message that you sent could not be delivered, the original message was received at
----- transcript of session follows, ----- the following addresses had
"""
BOUNCE_OPENING = re.compile(r"\s{0,200}+(?:hi\.?\s{1,4})?-{0,10}?" + _one_of(_BOUNCED), re.IGNORECASE)

_ANSWERED = """
this is an automatic, this is an automated, this is an auto-reply, this is an autoreply, this is an auto-response
automatic reply, automated reply, auto-reply, automated message, automatic message
系统自动回复, 自动回复邮件, 此邮件为系统自动, 此邮件由系统自动, 本邮件为系统自动, 本邮件由系统自动
"""
AUTO_REPLY_OPENING = re.compile(
    r"\s{0,200}+(?:(?:hello|hi|dear \w{1,30})[,!. ]{0,3}\s{1,4})?[\[(（【]?" + _one_of(_ANSWERED), re.IGNORECASE
)
