"""How grave a finding is where the admin has the say (`severities` of the notice)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from intake_bot.judging.verdict import Finding
from intake_bot.notices.notice import Notice, PartBase, Severity
from intake_bot.notices.severities import DEFAULTS

_PART_CODES = frozenset({"part.missing", "part.too_few"})


def weigh(findings: Iterable[Finding], notice: Notice) -> list[Finding]:
    """The findings as the notice wants them: graver, milder, or not at all. What is an error is no secret."""
    return [_weighed(f, notice) for f in findings if _severity(f, notice) is not Severity.OFF]


def severity_of_lack(code: str, part: PartBase, notice: Notice) -> Severity:
    """What it means that there is too little of a part: as the part says, else as the notice does."""
    return part.missing if "missing" in part.model_fields_set else notice.severities.get(code, part.missing)


def _severity(finding: Finding, notice: Notice) -> Severity:
    if finding.code not in DEFAULTS or finding.code in _PART_CODES:
        return finding.severity
    return notice.severities.get(finding.code, finding.severity)


def _weighed(finding: Finding, notice: Notice) -> Finding:
    severity = _severity(finding, notice)
    return replace(finding, severity=severity, private=finding.private and severity is not Severity.ERROR)
