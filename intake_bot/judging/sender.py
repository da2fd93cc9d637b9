"""Who sends, against whom the mail claims to be from. For the clerks only: a school may write from anywhere."""

from __future__ import annotations

from dataclasses import dataclass

from intake_bot.judging.verdict import Finding
from intake_bot.notices.roster import Unit
from intake_bot.notices.severities import CHOICES


@dataclass(frozen=True)
class Sender:
    """What is known of a mail's sender. `known_as`: the unit that the roster gives this address to."""

    address: str
    known_as: str | None = None
    doubtful: bool = False
    """The mailbox's own server found that the sender's domain disowns the mail."""


NOBODY = Sender("")
"""Where it does not matter who sends."""


def about_sender(sender: Sender, unit: Unit | None) -> list[Finding]:
    """A foreign address is only noticed where the roster gives the unit addresses of its own."""
    findings = []
    if unit is not None and unit.addresses and not unit.writes_from(sender.address):
        whose = f"登记在“{sender.known_as}”名下" if sender.known_as else f"不在“{unit.name}”登记的邮箱里"
        findings.append(_finding("sender.unknown", f"发件邮箱 {sender.address or '（没有地址）'} {whose}"))
    if sender.doubtful:
        found = f"邮箱服务器核对发件人 {sender.address or '（没有地址）'} 没有通过，可能是冒名的"
        findings.append(_finding("sender.unauthenticated", found))
    return findings


def _finding(code: str, found: str) -> Finding:
    return Finding(code, CHOICES[code].default, found, "", "请向报送单位核实，或改用登记的邮箱发送", private=True)
