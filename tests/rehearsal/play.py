"""The whole week, played once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from intake_bot.demo.servers import ImapAccount, SmtpServer
from intake_bot.ledger.values.receipt import receipt_number
from tests.e2e.inspection import query_ledger
from tests.rehearsal.clerks import clerks_mails
from tests.rehearsal.home import rehearsal_home
from tests.rehearsal.noise import noise_mails
from tests.rehearsal.post import Post, ReadLetter
from tests.rehearsal.robot import Polled, Service
from tests.rehearsal.story_clerks import HEFEI_STEPS, PUYANG_STEPS
from tests.rehearsal.story_hefei import hefei_mails
from tests.rehearsal.story_puyang import at, puyang_mails
from tests.rehearsal.week import Week

BUREAUS = ("puyang", "hefei")
QUIET_HOURS = ("08:00", "15:30", "17:29", "17:30")
"""When the robot works on the days before the week."""
HOURS = (
    "08:00", "08:03", "09:58", "10:29", "10:30", "11:10", "12:00", "12:45", "14:00", "14:03", "15:58", "16:29", "16:30",
    "17:10", "17:29", "17:30", "17:50", "18:10", "20:00",
)  # fmt: skip
"""When it works: what is due at an hour finds all mails in that came before it."""
GOOD_EDIT = """
extensions:
  - {unit: 濮阳县教育局, material: 照片, day: 2023-05-18, until: 2023-05-19T12:00, reason: 停电}
"""


@dataclass(frozen=True)
class Rehearsal:
    """The week when it is over."""

    home: Path
    week: Week
    said: list[str]
    log: str

    @property
    def letters(self) -> list[ReadLetter]:
        return self.week.post.letters

    def of(self, bureau: str, day: int | None = None) -> list[ReadLetter]:
        return [one for one in self.letters if one.bureau == bureau and day in (None, one.at.day)]


def play_week(folder: Path, accounts: Mapping[str, ImapAccount], smtp: SmtpServer) -> Rehearsal:
    """From Wednesday before the week to the Sunday after it."""
    home = rehearsal_home(folder / "home", accounts, smtp)
    post = Post(smtp)
    week = Week(accounts, post)

    def receipt(label: str) -> str:
        [(number,)] = query_ledger(home, f"SELECT id FROM message WHERE message_id = '{post.message_id(label)}'")
        return receipt_number(number)

    week.expect([*puyang_mails(), *hefei_mails(), *noise_mails()])
    week.expect(clerks_mails((*PUYANG_STEPS, *HEFEI_STEPS), receipt))
    cron, log = Polled(home), ""
    for day in range(10, 22):
        times = [at(str(day), hour) for hour in (QUIET_HOURS if day < 14 else HOURS)]
        if day == 18:
            log = _thursday(week, home, times)
        else:
            week.play(times, cron)
    return Rehearsal(home, week, cron.said, log)


def _have_read_since(log: str, event: str) -> bool:
    """The log has a line about this event, and both mailboxes were read after it."""
    since = log.partition(event)[2]
    return all(f"received bureau={bureau}" in since for bureau in BUREAUS)


def _thursday(week: Week, home: Path, times: Sequence[datetime]) -> str:
    """The service runs, the admin edits a notice, wrongly and then rightly, and the machine is restarted at noon."""
    before, at_noon, after = (
        [one for one in times if one < at("18", "12:00")],
        at("18", "12:00"),
        [one for one in times if one > at("18", "12:00")],
    )
    notice = home / "config" / "notices" / "puyang-2023.yaml"
    with Service(home, times[0] - timedelta(minutes=1)) as service:
        week.play([one for one in before if one.hour < 10], service)
        text = notice.read_text(encoding="utf-8")
        notice.write_text(text + GOOD_EDIT.replace("濮阳县教育局", "濮阳县教肓局"), encoding="utf-8")
        service.wait_for(lambda: "edit not taken over bureau=puyang" in service.read_log())
        week.play([one for one in before if one.hour == 10], service)
        notice.write_text(text + GOOD_EDIT, encoding="utf-8")
        # It has the mailboxes read once more: what comes for the next time must not be there yet.
        service.wait_for(lambda: _have_read_since(service.read_log(), "configuration read anew"))
        week.play([one for one in before if one.hour > 10], service)
        week.let_arrive(at_noon)
        service.begin(at_noon, settled=3)
        service.end()
    with Service(home, at_noon) as service:
        week.play([at_noon, *after], service)
        service.end()
        return service.read_log()
