"""Makes the findings of rules, and gives each the severity that the notice wants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from intake_bot.files.facts import FileFacts
from intake_bot.judging.verdict import Finding
from intake_bot.judging.wording import kind_name
from intake_bot.notices.notice import Notice, PartBase, Rule, Severity
from intake_bot.notices.severities import CHOICES

_PART_CODES = frozenset({"part.missing", "part.too_few"})


def report_breach(
    rule: Rule | None, code: str, found: str, asked: str, todo: str, file: FileFacts | None = None
) -> Finding | None:
    """Returns the finding for a broken rule, or None where the notice has no such rule or has switched it off.

    Without `file`, the finding is about all files of the part.
    """
    if rule is None or rule.severity is Severity.OFF:
        return None
    return Finding(code, rule.severity, found, asked, todo, file.shown_name if file else None, rule.clause, rule.quote)


def report_unreadable(code: str, found: str, todo: str, part: PartBase, file: FileFacts) -> Finding:
    """Returns the error for a file that cannot be opened. It needs no rule in the notice."""
    return Finding(code, Severity.ERROR, found, "", todo, file.shown_name, part.clause, part.quote)


def report_unmeasured(code: str, file: FileFacts, description: str = "") -> Finding:
    """Returns the finding for a healthy file that cannot be measured. It holds the item for a person.

    The description says more than the name of the file's kind.
    """
    found = f"这是{description or kind_name(file.kind)}，收件程序读不了里面的内容，要请工作人员打开查看"
    return Finding(code, Severity.REMARK, found, file=file.shown_name, holds=True)


def drop_none(findings: Iterable[Finding | None]) -> list[Finding]:
    """Returns the findings of those rules that found something."""
    return [finding for finding in findings if finding is not None]


def apply_severities(findings: Iterable[Finding], notice: Notice) -> list[Finding]:
    """Returns the findings with the severities that the notice sets. Findings that are switched off are left out.

    `private` and `holds` stay as they are.
    """
    found = [replace(finding, severity=_severity(finding, notice)) for finding in findings]
    return [finding for finding in found if finding.severity is not Severity.OFF]


def severity_of_missing(code: str, part: PartBase, notice: Notice) -> Severity:
    """Returns the severity of too few files for a part: what the part sets, else what the notice sets."""
    return part.missing if "missing" in part.model_fields_set else notice.severities.get(code, CHOICES[code].default)


def _severity(finding: Finding, notice: Notice) -> Severity:
    if finding.code not in CHOICES or finding.code in _PART_CODES:
        return finding.severity
    return notice.severities.get(finding.code, finding.severity)
