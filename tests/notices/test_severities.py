"""The default severity of each finding code, and the severities that a notice may set."""

from __future__ import annotations

import re
from pathlib import Path

from intake_bot.notices.severities import BY_RULE, CHOICES, Severity, is_fixed

PACKAGE = Path(__file__).parents[2] / "intake_bot"


def test_finding_code_is_in_exactly_one_group() -> None:
    """A new finding needs its place in `severities.py`: a default that an admin may change, a rule, or fixed."""
    files = [*(PACKAGE / "judging").rglob("*.py"), PACKAGE / "notices" / "subject.py"]
    code = re.compile(
        r'"((?:subject|deadline|channel|part|photo|video|document|text|news|media|archive|file|cloud|form|sender|mail)'
        r'\.[a-z_]+)"'
    )
    codes = {found for path in files for found in code.findall(path.read_text(encoding="utf-8"))}
    assert len(codes) > 40
    wrong = {one for one in codes if (one in CHOICES) + (one in BY_RULE) + is_fixed(one) != 1}
    assert wrong == set()


def test_guide_lists_default_and_allowed_severities_of_each_code() -> None:
    """A notice's guide for admins is a file of the checkout."""
    guide = (PACKAGE.parent / "docs" / "notice.md").read_text(encoding="utf-8")
    documented = {
        code: (row[1].strip(" `"), tuple(re.findall(r"`(\w+)`", row[2])) or tuple(Severity))
        for row in re.findall(r"^\| ((?:`[a-z]+\.[a-z_]+` ?)+)\|[^|]+\|([^|]+)\|([^|]+)\|$", guide, re.MULTILINE)
        for code in re.findall(r"`([a-z._]+)`", row[0])
    }
    assert documented == {code: (choice.default, choice.allowed) for code, choice in CHOICES.items()}
