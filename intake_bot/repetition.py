"""Would a letter say again what another one said today? Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from intake_bot.judging.rules.text import BODY_NAME
from intake_bot.judging.verdict import Disposition, Finding, Verdict
from intake_bot.ledger.records import FiledMail, KeptFile, KeptLink
from intake_bot.notices.notice import Severity

_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True)
class Complaint:
    """What a letter finds fault with, and in what. Two that are equal need only one letter."""

    unit: str | None
    reasons: frozenset[tuple[str, str, str]]
    """Material (empty for the mail itself), code, and the finding without its numbers: twelve minutes late is no other
    reason than ten, and our receipt number in a quoted subject none either."""
    content: frozenset[str]
    """SHA-256 of the files, and links. The mail's own words count where they serve as a text."""


def complaint(verdict: Verdict, files: Iterable[KeptFile], links: Iterable[KeptLink]) -> Complaint | None:
    """What the letter about this verdict will complain of; None when it is a mere receipt."""
    if verdict.disposition is Disposition.ACCEPTED:
        return None
    reasons = {_reason("", one) for one in _faults(verdict.findings)}
    reasons |= {_reason(item.material, one) for item in verdict.items for one in _faults(item.findings)}
    uses_body = any(BODY_NAME in item.files for item in verdict.items)
    return Complaint(verdict.unit, frozenset(reasons), _content(files, links, uses_body))


def complaint_of(mail: FiledMail) -> Complaint | None:
    """The same of a mail that was filed."""
    if mail.disposition in (None, Disposition.ACCEPTED):
        return None
    reasons = {_reason("", one) for one in _faults(mail.findings)}
    reasons |= {_reason(item.material, one) for item in mail.items for one in _faults(item.findings)}
    uses_body = any(file.name == BODY_NAME for item in mail.items for file in item.files)
    return Complaint(mail.unit, frozenset(reasons), _content(mail.files, mail.links, uses_body))


def _faults(findings: Iterable[Finding]) -> list[Finding]:
    return [one for one in findings if one.severity is Severity.ERROR or one.holds]


def _reason(material: str, finding: Finding) -> tuple[str, str, str]:
    return material, finding.code, _NUMBERS.sub("", finding.found)


def _content(files: Iterable[KeptFile], links: Iterable[KeptLink], uses_body: bool) -> frozenset[str]:
    contents = {file.sha256 for file in files if uses_body or file.name != BODY_NAME}
    return frozenset(contents | {link.link for link in links})
