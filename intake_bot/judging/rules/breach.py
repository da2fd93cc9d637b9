"""How a rule says that it is broken."""

from __future__ import annotations

from collections.abc import Iterable

from intake_bot.files.facts import FileFacts
from intake_bot.judging.verdict import Finding
from intake_bot.judging.wording import kind_name
from intake_bot.notices.notice import PartBase, Rule, Severity


def breach(
    rule: Rule | None, code: str, found: str, asked: str, todo: str, file: FileFacts | None = None
) -> Finding | None:
    """The finding for a broken rule, or None where the notice does not demand it. Without `file`: about all of them."""
    if rule is None or rule.severity is Severity.OFF:
        return None
    return Finding(code, rule.severity, found, asked, todo, file.shown_name if file else None, rule.clause, rule.quote)


def unreadable(code: str, found: str, todo: str, part: PartBase, file: FileFacts) -> Finding:
    """The finding for a file that cannot be opened. No notice needs to say that it must."""
    return Finding(code, Severity.ERROR, found, "", todo, file.shown_name, part.clause, part.quote)


def unmeasured(code: str, file: FileFacts) -> Finding:
    """The finding for a healthy file of a kind that the robot cannot measure: a person looks at it."""
    found = f"这是{kind_name(file.kind)}，收件程序读不了里面的内容，要请工作人员打开查看"
    return Finding(
        code, Severity.REMARK, found, "", "您暂时不用做什么，有问题我们会联系您", file.shown_name, holds=True
    )


def present(findings: Iterable[Finding | None]) -> list[Finding]:
    """The findings that there are."""
    return [finding for finding in findings if finding is not None]
