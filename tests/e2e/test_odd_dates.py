"""Mails whose server gives a date that cannot be true: taken in, and held where that decides whether they are late."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest

from intake_bot.cli import main
from intake_bot.demo.media import chinese_text, docx
from intake_bot.demo.servers import SmtpServer
from tests.composing import composed
from tests.e2e.home import make_home
from tests.e2e.inspection import text_of
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Command, Conversation, ImapProxy

SCHOOL = "school@example.edu.cn"
DATES = {
    "1970": b'"01-Jan-1970 00:00:00 +0000"',
    "1900": b'"01-Jan-1900 08:00:00 +0800"',
    "none": b"NIL",
    "no zone": b'"17-May-2023 15:00:00 +9900"',
    "two days ahead": b'"19-May-2023 15:35:00 +0800"',
    "9999": b'"31-Dec-9999 23:59:59 -1200"',
}


class OddDates(Conversation):
    """Gives every mail one date, and finds it by a search for days only where that is a later one."""

    date = b"NIL"

    def answer(self, command: Command) -> Iterable[bytes]:
        for response in self.ask(command):
            if response.startswith(b"* SEARCH") and "SINCE" in command.rest and b"ahead" not in self.date:
                response = response if re.search(rb"-(2023|9999) ", self.date) else b"* SEARCH\r\n"
            yield re.sub(rb'INTERNALDATE "[^"]*"', b"INTERNALDATE " + self.date, response)


def put(dovecot: Dovecot, user: str, received: str) -> None:
    raw = composed(
        "活动周濮阳县教育局文字材料",
        {"活动情况.docx": docx([chinese_text(900)])},
        sender=SCHOOL,
        to="py8991718@126.com",
        message_id="<1@example.edu.cn>",
        text="附件请查收。",
        headers={"Received": f"from a by b; {received}"} if received else None,
    )
    dovecot.account(user).append(raw.as_bytes(), datetime.fromisoformat("2023-05-17T15:00:00+08:00"))


def poll(home: Path, time: str, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """The one item in the ledger after a poll at this time."""
    for command in (["poll", "--now", f"2023-05-17T{time}+08:00"], ["ledger", "--json"]):
        capsys.readouterr()
        with pytest.raises(SystemExit):
            main([*command, "--home", str(home)])
    (line,) = capsys.readouterr().out.splitlines()
    item: dict[str, object] = json.loads(line)
    return item


EARLIER, LATER = "Wed, 17 May 2023 15:20:00 +0800", "Wed, 17 May 2023 16:20:00 +0800"


CASES = {
    "seen in time": ("15:30:00", "", "accepted", "15:30:00"),  # it was surely there before 16:00
    "stamped, seen in time": ("15:30:00", EARLIER, "accepted", "15:20:00"),
    "badly stamped, seen in time": ("15:30:00", "Thu, 01 Jan 1970 00:00:00 +0000", "accepted", "15:30:00"),
    "stamped in the future": ("15:30:00", LATER, "accepted", "15:30:00"),
    "seen late": ("16:30:00", "", "held", "16:30:00"),
    "stamped in time, seen late": ("16:30:00", EARLIER, "held", "15:20:00"),
    "stamped late": ("16:30:00", LATER, "held", "16:20:00"),
}


@pytest.mark.parametrize(
    ("date", "case"),
    [
        *((DATES["1970"], case) for case in CASES),
        *(pytest.param(date, case, marks=pytest.mark.slow) for date in DATES.values() for case in list(CASES)[::4]),
    ],
)
def test_mail_with_an_odd_date_is_held_only_where_the_date_decides_its_lateness(
    dovecot_server: Dovecot,
    new_user: str,
    smtp_server: SmtpServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    date: bytes,
    case: str,
) -> None:
    time, received, verdict, counts_from = CASES[case]
    monkeypatch.setattr(OddDates, "date", date)
    put(dovecot_server, new_user, received)
    with ImapProxy(dovecot_server, OddDates) as proxy:
        home = make_home(tmp_path / "home", {"puyang": proxy.account(new_user)}, smtp_server)
        item = poll(home, time, capsys)
        again = poll(home, "16:40:00", capsys)
    assert (item["verdict"], item["late"], item["received"]) == (verdict, False, f"2023-05-17T{counts_from}+08:00")
    assert again == item
    (letter,) = smtp_server.letters
    assert letter.recipients == (SCHOOL,)
    assert ("收信时间" in text_of(letter)) == (verdict == "held")
