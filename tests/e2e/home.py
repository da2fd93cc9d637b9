"""Homes with bureaus whose mail servers are on loopback.

They have no letters of their own and use the packaged ones, which `init` copies word for word: to compare the two, and
to read both, takes a sixth of a poll."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from intake_bot.config.defaults import defaults_dir
from intake_bot.demo.servers import ImapAccount, SmtpServer

CLERK, ADMIN = "clerk@example.edu.cn", "admin@example.edu.cn"
NAMES = {"puyang": "濮阳市教育局", "hefei": "合肥市教育局", "hebei": "河北省教育厅", "moe": "教育部职成司"}
ADDRESSES = {
    "puyang": "py8991718@126.com",
    "hefei": "hfsjyzcc@163.com",
    "hebei": "hbsjytzcc@163.com",
    "moe": "zcs@moe.edu.cn",
}

_BUREAU = """\
name: {name}
mailbox:
  address: {address}
  username: {user}
  secret_file: secret.txt
  imap: {{host: {imap_host}, port: {imap_port}, security: none}}
  smtp: {{host: 127.0.0.1, port: {smtp_port}, security: none}}
clerks: [{clerk}]
admins: [{admin}]
roster: rosters/{id}.csv
mode: {mode}
"""


def make_home(
    root: Path, accounts: Mapping[str, ImapAccount], smtp: SmtpServer, *, mode: str = "live", digests: bool = False
) -> Path:
    """A home with these bureaus only, by id; the password that the test servers know lies in its secret file. Without
    `digests` none is due before the end of the day, so that `poll` sends what the schools get and nothing else."""
    copy_config(root)
    if not digests:
        silence_digests(root)
    (root / "secret.txt").write_text("secret", encoding="utf-8")
    for folder, ending in (("bureaus", ".yaml"), ("notices", "-2023.yaml"), ("rosters", ".csv")):
        for path in (root / "config" / folder).iterdir():
            if path.name.removesuffix(ending) not in accounts:
                path.unlink()
    for bureau, account in accounts.items():
        write_bureau(root, bureau, account, smtp, mode=mode)
    return root


def copy_config(root: Path) -> None:
    """What `init` makes, but for the letters."""
    shutil.copytree(defaults_dir() / "config", root / "config")
    (root / "data").mkdir(mode=0o700, exist_ok=True)


def silence_digests(root: Path) -> None:
    """No digest and no note is due; the command `digest` makes one all the same."""
    edit(root, "config/intake.yaml", 'at: "17:30" ', 'at: "23:59" ')
    edit(root, "config/intake.yaml", "minutes_after_deadline: 30", "minutes_after_deadline: 0")
    edit(root, "config/intake.yaml", 'work_hours: "8:00-18:00"', 'work_hours: "0:00-0:01"')


def write_bureau(root: Path, bureau: str, account: ImapAccount, smtp: SmtpServer, *, mode: str = "live") -> None:
    """Writes the bureau's file, or writes it anew."""
    text = _BUREAU.format(
        id=bureau,
        name=NAMES[bureau],
        address=ADDRESSES[bureau],
        user=account.user,
        imap_host=account.host,
        imap_port=account.port,
        smtp_port=smtp.port,
        clerk=CLERK,
        admin=ADMIN,
        mode=mode,
    )
    (root / "config" / "bureaus" / f"{bureau}.yaml").write_text(text, encoding="utf-8")


def edit(root: Path, name: str, before: str, after: str) -> None:
    """Changes one place of a file in the home."""
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert before in text, f"{before!r} is not in {name}"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
