"""The home of the rehearsal: two bureaus in one office, set up as an admin would."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from intake_bot.demo.servers import ImapAccount, SmtpServer
from tests.e2e.home import edit, make_home
from tests.rehearsal.units import roster

CLERKS = {
    "puyang": ("zhang@py.example",),
    "hefei": ("zhou@hf.example", "qian@hf.example"),
}
ADMIN = "admin@py.example"


def rehearsal_home(root: Path, accounts: Mapping[str, ImapAccount], smtp: SmtpServer) -> Path:
    """A home of both bureaus, with reminders two hours ahead."""
    make_home(root, accounts, smtp, digests=True)
    for bureau, clerks in CLERKS.items():
        (root / "config" / "rosters" / f"{bureau}.csv").write_text(roster(bureau), encoding="utf-8-sig")
        file = f"config/bureaus/{bureau}.yaml"
        edit(root, file, "clerks: [clerk@example.edu.cn]", f"clerks: [{', '.join(clerks)}]")
        edit(root, file, "admins: [admin@example.edu.cn]", f"admins: [{ADMIN}]")
        with (root / file).open("a", encoding="utf-8") as text:
            text.write("authserv_id: mx.example\n")
    edit(root, "config/notices/puyang-2023.yaml", 'contact: "" ', "contact: 李老师，0393-8991718 ")
    edit(root, "config/notices/hefei-2023.yaml", "first: 2023-05-17", "first: 2023-05-14")
    edit(root, "config/notices/hefei-2023.yaml", "last: 2023-05-23", "last: 2023-05-20")
    edit(root, "config/intake.yaml", "# reminders:\n#   hours_before: 2", "reminders:\n  hours_before: 2")
    return root
