"""How grave a finding is where the admin has the say (`severities` of the notice)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from intake_bot.judging.verdict import Finding
from intake_bot.notices.notice import Notice, PartBase, Severity
from intake_bot.notices.severities import CHOICES

_PART_CODES = frozenset({"part.missing", "part.too_few"})


def weigh(findings: Iterable[Finding], notice: Notice) -> list[Finding]:
    """The findings as the notice wants them: graver, milder, or not at all. What is private stays so."""
    weighed = [replace(finding, severity=_severity(finding, notice)) for finding in findings]
    return [finding for finding in weighed if finding.severity is not Severity.OFF]


def severity_of_lack(code: str, part: PartBase, notice: Notice) -> Severity:
    """What it means that there is too little of a part: as the part says, else as the notice does."""
    return part.missing if "missing" in part.model_fields_set else notice.severities.get(code, CHOICES[code].default)


def _severity(finding: Finding, notice: Notice) -> Severity:
    if finding.code not in CHOICES or finding.code in _PART_CODES:
        return finding.severity
    return notice.severities.get(finding.code, finding.severity)
