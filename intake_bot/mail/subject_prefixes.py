"""What mail programs and gateways write ahead of a subject: Re:, 转发：, [外部邮件]. Pure."""

from __future__ import annotations

import re

_MAXIMUM_PREFIXES = 8
REPLY = re.compile(r"\s*(?:re|aw|sv|回复|回覆|答复|答覆|回)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)
_FORWARD = re.compile(r"\s*(?:fwd?|wg|tr|转发|轉發|转寄|轉寄|转)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)
TAG = re.compile(r"\s*(?:[\[【(（][^\[\]【】()（）]{1,24}[\]】)）]|\*{1,3}[^*]{1,24}\*{1,3})\s*[:：]?")
"""Words in brackets."""
_GATEWAY_WORDS = r"外部|外网|外域|外来|可疑|疑似|垃圾|广告|警惕|注意|ext(?:ernal)?\b|spam\b|caution"
GATEWAY_TAG = re.compile(
    rf"\s*(?:[\[【(（]\s*(?:{_GATEWAY_WORDS})[^\[\]【】()（）]{{0,20}}[\]】)）]"
    r"|\*{1,3}(?:外部|external|spam)[^*]{0,20}\*{1,3})\s*[:：]?",
    re.IGNORECASE,
)
"""A warning of a gateway."""


_TRIAL = re.compile(r"\s*(?:[\[【(（]\s*预检[^\[\]【】()（）]{0,20}[\]】)）]|预检)[\s:：,，、·.-]*")
"""预检 ahead of a subject, alone or in brackets as in our own letters: 【预检·请补正】."""


def behind_trial_mark(subject: str) -> str | None:
    """What follows 预检 at the beginning of a subject, behind Re:, 转发： and a gateway's warning; None where it does
    not stand there."""
    for rest in behind_prefixes(subject, (GATEWAY_TAG, REPLY, _FORWARD)):
        found = _TRIAL.match(rest)
        if found:
            return behind_trial_mark(rest[found.end() :]) or rest[found.end() :]
    return None


def is_reply_subject(subject: str) -> bool:
    """Whether a subject begins with Re: or 回复：, behind a gateway's warning."""
    return REPLY.match(without_gateway_tags(subject)) is not None


def is_forward_subject(subject: str) -> bool:
    """Whether a subject begins with Fwd: or 转发：, behind a gateway's warning."""
    return _FORWARD.match(without_gateway_tags(subject)) is not None


def without_gateway_tags(subject: str) -> str:
    """The subject without the warnings of gateways ahead of it."""
    return behind_prefixes(subject, (GATEWAY_TAG,))[-1]


def behind_prefixes(subject: str, prefixes: tuple[re.Pattern[str], ...]) -> list[str]:
    """The subject, and what remains of it behind each prefix, at most eight of them."""
    rests = [subject]
    while len(rests) <= _MAXIMUM_PREFIXES and (
        found := next((match for form in prefixes if (match := form.match(rests[-1]))), None)
    ):
        rests.append(rests[-1][found.end() :].lstrip())
    return rests
