"""Which finding codes there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import intake_bot
from intake_bot.notices.severities import BY_RULE, CHOICES, FIXED


def codes_in_code() -> set[str]:
    """Every finding code: what looks like one in the rooms that judge, what is called a Finding anywhere else, and
    what the settings of a notice know."""
    codes = {*CHOICES, *BY_RULE, *FIXED}
    package = Path(intake_bot.__file__).parent
    for path in package.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        judging = "judging" in path.parts or path.name == "subject.py"
        if path.name.startswith("sample") or not (judging or "Finding(" in text):
            continue
        tree = ast.parse(text)
        nodes = ast.walk(tree) if judging else (node for call in ast.walk(tree) for node in _first_of_finding(call))
        codes |= {
            node.value
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value)
        }
    return codes


_CODE = re.compile(r"[a-z]+\.[a-z][a-z0-9]+(?:_[a-z0-9]+)*")


def _first_of_finding(node: ast.AST) -> list[ast.expr]:
    is_finding = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding"
    return node.args[:1] if is_finding and isinstance(node, ast.Call) else []
