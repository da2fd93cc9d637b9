"""A 超大附件 in words for people, apart from what finds one in a mail."""

from __future__ import annotations


def describe_link(size: str, expires: str) -> str:
    """Size and expiry for people: 180.2M，2023年6月1日 21:59到期; empty if both are unknown."""
    expiry = f"{expires}到期" if expires and not any(character in expires for character in "期效") else expires
    return "，".join(part for part in (size, expiry) if part)
