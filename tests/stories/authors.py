"""Senders who write in one unit's name, and what is made of it."""

from __future__ import annotations

import io
from contextlib import redirect_stdout

from intake_bot import cli
from intake_bot.demo.media import jpeg, zip_of
from tests.stories.office import Letter, Office

UNIT = "范县教育局"
PHOTO = f"活动周{UNIT}照片"
SCHOOL, COLLEAGUE, STRANGER = "10001@qq.com", "10002@qq.com", "mallory@evil.example"
ROW = "范县教育局,范县,县区,,"
FORGED = {"Authentication-Results": "mx.example.edu.cn; dmarc=fail header.from=qq.com"}
FOREIGN = {"Authentication-Results": "mx.elsewhere.example; dmarc=fail header.from=qq.com"}


def photos(name: str, seed: int, *, width: int = 2400) -> dict[str, bytes]:
    return {f"{name}.zip": zip_of({f"{name}技能展示.jpg": jpeg(width, 1800, seed=seed)})}


MINE, THEIRS, AGAIN = photos("学校", 1), photos("别人", 2), photos("更正", 3)
FAULTY = {"学校.zip": zip_of({"学校技能展示.jpg": jpeg(2400, 1800, seed=1), "太小.jpg": jpeg(900, 600)})}


def held(office: Office, *args: str) -> str:
    """What a `held` command prints."""
    with redirect_stdout(io.StringIO()) as out:
        cli.run(["held", *args[:1], "--home", str(office.home), *args[1:]])
    return out.getvalue()


def settled(office: Office) -> list[tuple[str, str, bool]]:
    """Address, decision and whether superseded, of every item in order."""
    senders = {mail.receipt: mail.sender for mail in office.mails()}
    return [(senders[item.receipt], item.decision.value, item.superseded) for item in office.items()]


def first_accepted(office: Office, sender: str = SCHOOL) -> Letter:
    office.receive("2023-05-17 10:00", PHOTO, MINE, sender=sender)
    (letter,) = office.poll("2023-05-17 10:01")
    assert letter.subject == f"【已收】{PHOTO}（回执编号 1001-9）"
    return letter
