"""Judges a folder of odd mails and files against what is expected of each: `python -m tests.cases FOLDER`.

The folder holds `EXPECT.tsv` with one row for each input of `mails/` or `files/`, and a `wrap.py` whose
`wrap(data, material, name, ident)` puts a file into a mail. Each row prints `right` or `wrong` with what was found; the
exit code is 1 when a row is wrong. The columns are described in the folder's own README.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from intake_bot.cli import run
from intake_bot.config.defaults import init_home

Row = Mapping[str, str]
Wrap = Callable[[bytes, str, str, str], bytes]


@dataclass(frozen=True)
class Judged:
    """What `judge --json` printed of one mail, and how long the call took."""

    printed: Mapping[str, Any]
    seconds: float

    @property
    def codes(self) -> frozenset[str]:
        findings = [*self.printed["findings"], *(f for item in self.printed["items"] for f in item["findings"])]
        return frozenset(finding["code"] for finding in findings)

    @property
    def letter(self) -> str:
        """Address, subject and text; empty where there is no letter."""
        reply = self.printed["reply"]
        return "\n".join((reply["to"], reply["subject"], reply["text"])) if reply else ""


def faults(row: Row, judged: Judged) -> Iterator[str]:
    """What is otherwise than the row expects."""
    wanted = row["wanted"].split("|")
    if wanted != ["*"] and judged.printed["disposition"] not in wanted:
        yield f"{judged.printed['disposition']} instead of {row['wanted']}"
    for code in row["must"].split():
        if not any(fnmatchcase(one, code) for one in judged.codes):
            yield f"{code} is not among {' '.join(sorted(judged.codes)) or 'no findings'}"
    for code in row["must not"].split():
        if any(fnmatchcase(one, code) for one in judged.codes):
            yield f"{code} is there"
    for words in filter(None, row["holds"].split("|")):
        if words not in judged.letter:
            yield f"the letter does not hold {words}"
    for words in filter(None, row["holds not"].split("|")):
        if words == "*" and judged.letter:
            yield "there is a letter"
        elif words != "*" and words in judged.letter:
            yield f"the letter holds {words}"
    if row["seconds"] and judged.seconds > float(row["seconds"]):
        yield f"{judged.seconds:.0f} seconds instead of {row['seconds']}"


def rows(folder: Path) -> list[Row]:
    with (folder / "EXPECT.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def raw_mail(row: Row, folder: Path, wrap: Wrap) -> bytes:
    if not row["material"]:
        return (folder / "mails" / row["name"]).read_bytes()
    data = (folder / "files" / row["name"]).read_bytes()
    return wrap(data, row["material"], row["as name"], row["name"])


def judge(row: Row, raw: bytes, home: Path, work: Path) -> Judged:
    path = work / "case.eml"
    path.write_bytes(raw)
    printed = io.StringIO()
    begin = time.monotonic()
    with redirect_stdout(printed):
        run(
            [
                "judge",
                "--home",
                str(home),
                "--bureau",
                row["bureau"],
                "--received",
                row["received"],
                "--json",
                str(path),
            ]
        )
    return Judged(json.loads(printed.getvalue()), time.monotonic() - begin)


def wrapper(folder: Path) -> Wrap:
    """`wrap` of the folder's own wrap.py."""
    spec = importlib.util.spec_from_file_location("wrap", folder / "wrap.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    wrap: Wrap = module.wrap
    return wrap


def report(folder: Path, names: frozenset[str] = frozenset()) -> Iterator[tuple[str, list[str]]]:
    """Name and faults of each row, or of those with these names."""
    wrap = wrapper(folder)
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        init_home(home)
        for row in rows(folder):
            if not names or row["name"] in names:
                judged = judge(row, raw_mail(row, folder, wrap), home, Path(scratch))
                yield row["name"], list(faults(row, judged))


def main(folder: str, *names: str) -> int:
    """Prints a line for each row. 1 when one is wrong."""
    wrong = total = 0
    for name, found in report(Path(folder), frozenset(names)):
        total += 1
        wrong += bool(found)
        print(f"{'wrong' if found else 'right'}  {name}  {'; '.join(found)}".rstrip(), flush=True)
    print(f"{total - wrong} of {total} right")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
