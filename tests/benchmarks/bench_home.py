"""Homes for the benchmarks: one bureau on loopback, no pause between letters, and no cap on answers in the way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from intake_bot.config.defaults import init_home
from tests.benchmarks.corpora import roster
from tests.e2e.home import ADDRESSES, ADMIN, CLERK, NAMES, edit
from tests.servers.dovecot import PASSWORD

MANY = 1_000_000
_BUREAU = """\
name: {name}
mailbox:
  address: {address}
  username: {user}
  secret_file: secret.txt
  imap: {{host: 127.0.0.1, port: {imap_port}, security: none}}
  smtp: {{host: 127.0.0.1, port: {smtp_port}, security: none}}
clerks: [{clerk}]
admins: [{admin}]
roster: rosters/{id}.csv
"""


def make_bench_home(root: Path, users: Mapping[str, str], imap_port: int, smtp_port: int) -> Path:
    """A home with these bureaus: id → user of its mailbox. 濮阳 has the roster of the corpora."""
    init_home(root)
    (root / "secret.txt").write_text(PASSWORD, encoding="utf-8")
    for folder, ending in (("bureaus", ".yaml"), ("notices", "-2023.yaml"), ("rosters", ".csv")):
        for path in (root / "config" / folder).iterdir():
            if path.name.removesuffix(ending) not in users:
                path.unlink()
    for bureau, user in users.items():
        text = _BUREAU.format(
            id=bureau,
            name=NAMES[bureau],
            address=ADDRESSES[bureau],
            user=user,
            imap_port=imap_port,
            smtp_port=smtp_port,
            clerk=CLERK,
            admin=ADMIN,
        )
        (root / "config" / "bureaus" / f"{bureau}.yaml").write_text(text, encoding="utf-8")
    if "puyang" in users:
        (root / "config" / "rosters" / "puyang.csv").write_text(roster(), encoding="utf-8")
    set_value(root, "pause_seconds", "0")
    for cap in ("answers_per_hour", "answers_per_day", "bureau_answers_per_hour", "bureau_answers_per_day"):
        set_value(root, cap, str(MANY))
    return root


def set_value(root: Path, key: str, value: str) -> None:
    """Changes one key of intake.yaml, whatever it says now."""
    path = root / "config" / "intake.yaml"
    (line,) = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith(f"  {key}:")]
    edit(root, "config/intake.yaml", line, f"  {key}: {value}")
