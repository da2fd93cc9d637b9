"""Whether a letter repeats what another one said today. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from intake_bot.judging.rules.text import BODY_NAME
from intake_bot.judging.verdict import Disposition, Finding, ItemVerdict, Verdict
from intake_bot.ledger.values.records import FiledItem, FiledMail, KeptFile, KeptLink
from intake_bot.notices.notice import Severity

_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True)
class Complaint:
    """What a letter complains of, and in which files. Two equal complaints need only one letter."""

    unit: str | None
    reasons: frozenset[tuple[str, date | None, str, str]]
    """Material and day (empty for the mail itself), code, and the finding without its numbers: twelve minutes late is
    the same reason as ten, and a quoted receipt number makes no difference."""
    content: frozenset[str]
    """SHA-256 of the files, and links. The mail body counts where it serves as a text."""


def complaint(verdict: Verdict, files: Iterable[KeptFile], links: Iterable[KeptLink]) -> Complaint | None:
    """The complaint of a letter about this verdict; None when the letter is a plain receipt."""
    if verdict.disposition is Disposition.ACCEPTED:
        return None
    reasons = _reasons(verdict.findings, verdict.items)
    uses_body = any(BODY_NAME in item.files for item in verdict.items)
    return Complaint(verdict.unit, reasons, _content(files, links, uses_body))


def complaint_of(mail: FiledMail) -> Complaint | None:
    """The complaint of the letter about a filed mail; None as above."""
    if mail.disposition in (None, Disposition.ACCEPTED):
        return None
    reasons = _reasons(mail.findings, mail.items)
    uses_body = any(file.name == BODY_NAME for item in mail.items for file in item.files)
    return Complaint(mail.unit, reasons, _content(mail.files, mail.links, uses_body))


def _reasons(
    own: Iterable[Finding], items: Iterable[ItemVerdict | FiledItem]
) -> frozenset[tuple[str, date | None, str, str]]:
    about: list[tuple[str, date | None, Finding]] = [("", None, finding) for finding in own]
    about += [(item.material, item.day, finding) for item in items for finding in item.findings]
    return frozenset(
        (material, day, finding.code, _NUMBERS.sub("", finding.found))
        for material, day, finding in about
        if finding.severity is Severity.ERROR or finding.holds
    )


def _content(files: Iterable[KeptFile], links: Iterable[KeptLink], uses_body: bool) -> frozenset[str]:
    contents = {file.sha256 for file in files if uses_body or file.name != BODY_NAME}
    return frozenset(contents | {link.link for link in links})
