"""Does a test notice when a limit moves by one?

`python -m tests.acceptance.mutations` changes every limit of the notices and of the modules that judge by one unit
(pixel, byte, second, 字, minute, day), and every < into <=, one at a time, in a copy of the checkout. It prints which
change neither a mail of the tables nor a test of the rooms that judge notices. Files are measured once: only the
judgement is repeated. It takes about an hour; `python -m tests.acceptance.mutations 40` stops after 40 minutes, and
says how many of the changes it has tried by then.
"""

from __future__ import annotations

import ast
import math
import os
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
JUDGING = "intake_bot/judging"
MODULES = (
    *(f"{JUDGING}/rules/{name}.py" for name in ("any_file", "photo", "text", "video")),
    *(
        f"{JUDGING}/{name}.py"
        for name in (
            *("captions", "completeness", "days", "forms", "judge", "recognition"),
            *("assignment", "prior_mail/duplicate_files", "prior_mail/pieces", "prior_mail/supplement"),
        )
    ),
    *("intake_bot/notices/deadline.py", "intake_bot/notices/notice.py", "intake_bot/mail/body.py"),
)
TESTS = (
    *("tests/judging", "tests/notices/test_deadline.py", "tests/notices/test_notice.py", "tests/mail/test_body.py"),
    *("tests/config/test_shipped.py", "tests/acceptance/test_quotas.py"),
)
_OTHER_SIDE = {ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">")}


@dataclass(frozen=True)
class Mutation:
    """One change: `new` replaces the characters from `start` to `end` of a file."""

    path: str
    start: int
    end: int
    new: str

    def describe(self, text: str) -> str:
        line = text.count("\n", 0, self.start)
        words = text.splitlines()[line].strip()[:80]
        return f"{self.path}:{line + 1}: {words}  [{text[self.start : self.end]} → {self.new}]"


def mutations() -> Iterator[Mutation]:
    """Every change, in the order of the files."""
    for path in sorted((ROOT / "config/notices").glob("*.yaml")):
        yield from _of_notice(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    for module in MODULES:
        yield from _of_module(module, (ROOT / module).read_text(encoding="utf-8"))


_SETTING = re.compile(
    r"^[^#\n]*?\b(?:at_least|at_most|tolerance|long_side|short_side|recommended|grace_hours|closes_after_days"
    r"|pieces_wait_hours|due|first|last)"
    r": *([^#\n]+)",
    re.MULTILINE,
)


def _of_notice(path: str, text: str) -> Iterator[Mutation]:
    for setting in _SETTING.finditer(text):
        value, start = setting[1], setting.start(1)
        if re.fullmatch(r"\d{4}-\d\d-\d\d\s*", value):
            day = date.fromisoformat(value.strip())
            for other in (day - timedelta(1), day + timedelta(1)):
                yield Mutation(path, start, start + 10, other.isoformat())
            continue
        if re.fullmatch(r"0\.\d\d\s*", value):
            yield from (Mutation(path, start, start + 4, f"{float(value) + step:.2f}") for step in (-0.01, 0.01))
            continue
        for number in re.finditer(r"\d+|一(?=周)", value):
            place = start + number.start(), start + number.end()
            if number[0] == "一":
                yield Mutation(path, *place, "两")
            elif value[number.end() :].startswith(":"):
                yield Mutation(path, *place, str(int(number[0]) - 1))
            elif value[: number.start()].endswith(":"):
                yield Mutation(path, *place, "01")
            else:
                yield from (
                    Mutation(path, *place, str(int(number[0]) + step)) for step in (-1, 1) if int(number[0]) + step
                )


def _of_module(path: str, text: str) -> Iterator[Mutation]:
    tree = ast.parse(text)
    lines = [0]
    for line in text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))

    def at(line: int, column: int) -> int:
        """Columns of the tree count bytes."""
        before = text[lines[line - 1] : lines[line]].encode()[:column].decode()
        return lines[line - 1] + len(before)

    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            yield from _of_comparison(path, text, node, at)
    settings = [top.value for top in tree.body if isinstance(top, ast.Assign)]
    numbers = [node for value in settings if isinstance(value, ast.Constant | ast.Tuple) for node in ast.walk(value)]
    numbers += [node for one in ast.walk(tree) if isinstance(one, ast.Compare) for node in ast.walk(one)]
    for node, number in (*_above(1, dict.fromkeys(numbers)), *_above(0, _defaults(tree))):
        start = at(node.lineno, node.col_offset)
        end = start + len(ast.get_source_segment(text, node) or "")
        yield from (Mutation(path, start, end, str(number + step)) for step in (-1, 1))


def _defaults(tree: ast.Module) -> Iterator[ast.AST]:
    """Yields the defaults and bounds of the fields of classes."""
    for model in tree.body:
        for line in model.body if isinstance(model, ast.ClassDef) else ():
            if isinstance(line, ast.AnnAssign) and line.value is not None:
                yield from ast.walk(line.value)


def _above(least: int, nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.Constant, int]]:
    """Yields the integers greater than `least` among the nodes."""
    for node in nodes:
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value > least:
            yield node, node.value


def _of_comparison(path: str, text: str, node: ast.Compare, at: object) -> Iterator[Mutation]:
    assert callable(at)
    left = node.left
    for operator, right in zip(node.ops, node.comparators, strict=True):
        if type(operator) in _OTHER_SIDE:
            old, new = _OTHER_SIDE[type(operator)]
            between = at(left.end_lineno, left.end_col_offset), at(right.lineno, right.col_offset)
            start = text.index(old, *between)
            yield Mutation(path, start, start + len(old), new)
        left = right


# ---- measured once, judged again and again -----------------------------------------------------------------------


def measure(into: Path) -> None:
    """Stores what `judge --json` measured of every mail of the tables, with the expected outcome."""
    from intake_bot.commands import judge as command
    from intake_bot.config.defaults import defaults_dir
    from intake_bot.intake import circumstances, opening
    from intake_bot.judging.judge import Case, judge
    from intake_bot.judging.verdict import Verdict
    from tests.acceptance.posts import judged, raw
    from tests.acceptance.tables import CASES

    measured: list[list[Case]] = []

    def begin(*arguments: Any) -> Any:
        measured.append([])
        return opening.open_mail(*arguments)

    def keep(case: Case) -> Verdict:
        measured[-1].append(case)
        return judge(case)

    setattr(command, "open_mail", begin)  # noqa: B010 - both are imported there by name
    setattr(circumstances, "judge", keep)  # noqa: B010
    with tempfile.TemporaryDirectory() as folder:
        judged(Path(folder), defaults_dir(), ((case.name, raw(case)) for case in CASES))
    kept = [
        (case.notice, one.reading.original, one.received, one.facts, one.piece_numbers,
         case.disposition, case.codes, case.day, case.late)
        for case, cases in zip(CASES, measured, strict=True)
        for one in cases
    ]  # fmt: skip
    into.write_bytes(pickle.dumps(kept))


def check(kept: Path) -> int:
    """Returns the number of mails with an unexpected outcome. Runs in the changed copy."""
    from intake_bot.config.defaults import defaults_dir
    from intake_bot.config.load import load
    from intake_bot.config.notice_context import find_notice_context
    from intake_bot.judging.judge import Case, judge
    from intake_bot.notices.subject import read_subject

    settings = load(defaults_dir())
    wrong = 0
    for notice, subject, received, facts, pieces, disposition, codes, day, late in pickle.loads(kept.read_bytes()):
        bureau = settings.bureau(notice.partition("-")[0])
        desk = find_notice_context(settings, bureau, received) if bureau else None
        if desk is None or bureau is None:
            wrong += 1
            continue
        reading = read_subject(subject, desk.notice, bureau.roster)
        verdict = judge(
            Case(
                desk.notice,
                desk.calendar,
                reading,
                received,
                facts,
                piece_numbers=pieces,
                unit_names=bureau.roster.names,
            )
        )
        found = tuple(sorted({finding.code for finding in verdict.all_findings}))
        as_expected = (verdict.disposition.value, found) == (disposition, codes)
        if verdict.items:
            as_expected &= not day or str(verdict.items[0].day) == day
            as_expected &= late is None or verdict.items[0].late is late
        wrong += not as_expected
    return wrong


def report(minutes: float, every: int = 1) -> Iterator[str]:
    """Yields a line for each change that no test notices, and the sum. Begins no change after `minutes`; tries one of
    `every` changes."""
    until = time.monotonic() + 60 * minutes
    with tempfile.TemporaryDirectory() as folder:
        copy, kept = Path(folder) / "copy", Path(folder) / "kept"
        for name in ("intake_bot", "config", "templates", "tests", "pyproject.toml"):
            place = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
            copy.mkdir(exist_ok=True)
            place(ROOT / name, copy / name)
        measure(kept)
        if _run(copy, "-m", "tests.acceptance.mutations", "check", str(kept)) != 0:
            yield "the unchanged checkout does not judge as the tables say"
            return
        failing = _failing(copy)
        changes = list(mutations())[::every]
        count = by_tables = by_tests = 0
        for mutation in changes:
            if time.monotonic() > until:
                break
            path = copy / mutation.path
            text = path.read_text(encoding="utf-8")
            path.write_text(text[: mutation.start] + mutation.new + text[mutation.end :], encoding="utf-8")
            count += 1
            if _run(copy, "-m", "tests.acceptance.mutations", "check", str(kept)) != 0:
                by_tables += 1
            elif any(
                _run(copy, "-m", "pytest", "-x", "-q", *failing, *tests) != 0 for tests in _tests_of(mutation.path)
            ):
                by_tests += 1
            else:
                yield mutation.describe(text)
            path.write_text(text, encoding="utf-8")
        by_none = count - by_tables - by_tests
        tried = f"{count} of {len(changes)} changes"
        yield f"{tried}: {by_tables} noticed by the tables, {by_tests} by other tests, {by_none} by none"


def _tests_of(module: str) -> tuple[tuple[str, ...], ...]:
    """Returns the tests of the changed module, which run first, and then all tests."""
    *folders, _ = Path(module).relative_to("intake_bot").parts if module.startswith("intake_bot") else ("",)
    own = Path("tests", *folders, f"test_{Path(module).stem}.py")
    return ((own.as_posix(),), TESTS) if (ROOT / own).exists() else (TESTS,)


def _failing(copy: Path) -> list[str]:
    """Returns options that leave out tests which fail without any change."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *TESTS], cwd=copy, capture_output=True, text=True, check=False
    )
    return [f"--deselect={line.split()[1]}" for line in done.stdout.splitlines() if line.startswith("FAILED")]


def _run(copy: Path, *arguments: str) -> int:
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, check=False
    ).returncode


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        sys.exit(min(check(Path(sys.argv[2])), 1))
    for row in report(float(sys.argv[1]) if len(sys.argv) > 1 else math.inf):
        sys.stdout.write(row + "\n")
        sys.stdout.flush()
