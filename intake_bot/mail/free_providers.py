"""Mail providers at which anybody has an address: such a domain says nothing about the sender. Pure."""

from __future__ import annotations

FREE_PROVIDERS = frozenset(
    (
        "126.com", "139.com", "163.com", "188.com", "189.cn", "21cn.com", "21cn.net", "263.net", "2980.com",
        "aliyun.com", "aol.com", "china.com", "chinaren.com", "citiz.net", "dingtalk.com", "email.cn", "eyou.com",
        "fastmail.com", "foxmail.com", "gmail.com", "gmx.com", "gmx.net", "googlemail.com", "hotmail.com",
        "icloud.com", "live.cn", "live.com", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com", "netease.com",
        "outlook.cn", "outlook.com", "proton.me", "protonmail.com", "qq.com", "qqmail.com", "sina.cn", "sina.com",
        "sina.com.cn", "sogou.com", "sohu.com", "tom.com", "wo.cn", "wo.com.cn", "x263.net", "yahoo.cn",
        "yahoo.com", "yahoo.com.cn", "yahoo.com.hk", "yandex.com", "yandex.ru", "yeah.net", "ymail.com", "zoho.com",
        "zoho.com.cn",
    )
)  # fmt: skip
"""Providers whose addresses belong to anybody. `vip.` addresses of them do, too."""


def domain_of(address: str) -> str:
    """The domain of an address in lower case; empty where there is none."""
    return address.lower().rpartition("@")[2] if "@" in address else ""


def is_free_provider(domain: str) -> bool:
    """True for a provider whose addresses belong to anybody. `domain` is in lower case."""
    return domain.removeprefix("vip.") in FREE_PROVIDERS
