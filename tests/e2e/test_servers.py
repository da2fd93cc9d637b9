"""Servers as they are: what junk folders hold, and what breaks in the middle of a pass. Nothing is lost, nothing is
answered twice."""

from __future__ import annotations

import imaplib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from intake_bot.demo.servers import ImapAccount, SmtpServer
from intake_bot.home import Home
from intake_bot.intake import Taken
from intake_bot.ledger.ledger import Ledger
from tests.e2e.home import CLERK, edit
from tests.e2e.looking import fates, text_of, tree
from tests.e2e.mails import START, Fate, accepted_mail, compose, foreign_mail, rejected_mail
from tests.e2e.office import Office, at_work
from tests.mail.test_mailbox import quoted
from tests.servers import faults
from tests.servers.dovecot import Dovecot
from tests.servers.faults import Fault, FaultyProxy
from tests.servers.manners import VIRUS_FOLDER

SCHOOL = "school@example.edu.cn"


def put(clerk: imaplib.IMAP4, folder: str, raw: bytes) -> None:
    answer, text = clerk.append(quoted(folder), "", imaplib.Time2Internaldate(START), raw)
    assert answer == "OK", text


def rows(office: Office, question: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(Home(office.root).ledger)) as database:
        return database.execute(question).fetchall()


def answers(office: Office) -> list[str]:
    """Who got a letter, in order."""
    return [recipient for letter in office.smtp.letters for recipient in letter.recipients]


def written_digest(office: Office) -> str:
    assert office.digest_is_filed()
    office.round()
    return text_of(office.smtp.letters[-1])


# ---- junk folders ----------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(dovecot_server: Dovecot, new_user: str) -> Iterator[imaplib.IMAP4]:
    with dovecot_server.client(new_user) as clerk:
        for folder in ("垃圾邮件", "广告邮件", VIRUS_FOLDER, "草稿箱"):
            clerk.create(quoted(folder))
        yield clerk


@pytest.fixture(params=["dovecot_server", "netease_proxy", "qq_proxy"])
def office(
    request: pytest.FixtureRequest, new_user: str, clerk: imaplib.IMAP4, smtp_server: SmtpServer, tmp_path: Path
) -> Iterator[Office]:
    account: ImapAccount = request.getfixturevalue(request.param).account(new_user)
    with at_work(account, smtp_server, tmp_path / "home") as office:
        yield office


def test_a_submission_among_the_junk_is_taken_in_told_and_answered_once(office: Office, clerk: imaplib.IMAP4) -> None:
    put(clerk, "垃圾邮件", compose("特价发票", sender="spam@example.com", message_id="<1@example.com>"))
    put(clerk, "垃圾邮件", rejected_mail())
    put(clerk, "广告邮件", foreign_mail())
    put(clerk, "草稿箱", accepted_mail())
    put(clerk, "INBOX", accepted_mail())
    assert office.round().taken == Taken(seen=4, settled=4)
    assert answers(office) == [SCHOOL, SCHOOL]
    assert rows(office, "SELECT junk, folder, state FROM message ORDER BY junk, folder, uid") == [
        (0, "INBOX", "judged"),
        (1, "垃圾邮件", "ignored"),
        (1, "垃圾邮件", "judged"),
        (1, "广告邮件", "ignored"),
    ]
    said = written_digest(office)
    assert "合计：邮箱 2 封 = 收 1 + 退 1 + 待人工 0 + 非报送 0" in said
    assert said.count("被邮箱放进了") == 1
    assert "这封邮件被邮箱放进了“垃圾邮件”，已取出照常处理。打开附件前请先查毒" in said

    clerk.select(quoted("垃圾邮件"))
    clerk.copy("2", "INBOX")
    clerk.store("2", "+FLAGS", r"(\Deleted)")
    clerk.expunge()
    assert office.round().taken == Taken(seen=1, settled=1)
    assert answers(office) == [SCHOOL, SCHOOL, CLERK]
    assert fates(office.root)[-1] is Fate.DUPLICATE


def test_an_admin_says_which_folders_are_junk(
    dovecot_server: Dovecot, new_user: str, clerk: imaplib.IMAP4, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    put(clerk, "垃圾邮件", rejected_mail())
    put(clerk, "草稿箱", accepted_mail())
    with at_work(dovecot_server.account(new_user), smtp_server, tmp_path / "home") as office:
        named = "security: none, junk_folders: [草稿箱, 没有]}"
        edit(office.root, "config/bureaus/hebei.yaml", "security: none}", named)
        office.restart()
        assert office.round().taken == Taken(seen=1, settled=1)
        assert fates(office.root) == [Fate.ACCEPTED]


# ---- what breaks -----------------------------------------------------------------------------------------------------


@pytest.fixture
def proxy(dovecot_server: Dovecot) -> Iterator[FaultyProxy]:
    with FaultyProxy(dovecot_server) as proxy:
        yield proxy


@pytest.fixture
def shaky(
    proxy: FaultyProxy, new_user: str, clerk: imaplib.IMAP4, smtp_server: SmtpServer, tmp_path: Path
) -> Iterator[Office]:
    """An office with three mails of three schools, and a server that is waited for no longer than a second."""
    for number in range(3):
        put(clerk, "INBOX", submission(number))
    with at_work(proxy.account(new_user), smtp_server, tmp_path / "home") as office:
        edit(office.root, "config/intake.yaml", "timeout_seconds: 60", "timeout_seconds: 1")
        office.restart()
        yield office


def submission(number: int) -> bytes:
    return compose(
        "活动周天涯海角学校典型案例材料",
        text=f"材料。{number}",
        sender=f"t{number}@example.edu.cn",
        message_id=f"<{number}@example.edu.cn>",
    )


EVERYBODY = [f"t{number}@example.edu.cn" for number in range(3)]
BODY = r"UID FETCH .*BODY\.PEEK"
PUT_OFF = Taken(seen=1, failed=1)
BROKEN: dict[str, tuple[str, Fault, Taken]] = {
    "cut in a literal": (BODY, faults.cut, PUT_OFF),
    "stalled in a literal": (BODY, faults.stall_in_the_middle, PUT_OFF),
    "BYE in place of a mail": (BODY, faults.say_bye, PUT_OFF),
    "NO in place of a mail": (BODY, faults.refuse, PUT_OFF),
    "no word of a mail": (BODY, faults.give_nothing, PUT_OFF),
    "babble in place of a mail": (BODY, faults.babble, PUT_OFF),
    "hung up at the mails' dates": ("UID FETCH", faults.hang_up, Taken()),
    "stalled at a search": ("UID SEARCH", faults.stall, Taken()),
}


def test_after_a_break_the_next_pass_completes(shaky: Office, proxy: FaultyProxy, clerk: imaplib.IMAP4) -> None:
    assert shaky.round().taken == Taken(seen=3, settled=3)
    for number, (name, (place, fault, taken)) in enumerate(BROKEN.items(), 3):
        put(clerk, "INBOX", submission(number))
        proxy.spoil(place, fault)
        assert (shaky.round().taken, proxy.spoilt) == (taken, True), name
        assert shaky.round().taken == Taken(seen=1 - taken.seen, settled=1), name
        assert answers(shaky)[3:] == [f"t{one}@example.edu.cn" for one in range(3, number + 1)], name
    assert shaky.round().taken == Taken()
    assert fates(shaky.root) == [Fate.REJECTED] * (3 + len(BROKEN))
    assert rows(shaky, "SELECT max(attempts) FROM message") == [(1,)]
    assert tree(Home(shaky.root).spool) == {}


def test_a_mail_that_breaks_every_line_stands_in_nobodys_way(
    shaky: Office, proxy: FaultyProxy, clerk: imaplib.IMAP4
) -> None:
    proxy.spoil(r"UID FETCH [23] .*BODY\.PEEK", faults.hang_up, times=1000)
    assert len(shaky.round().trouble) == 1
    put(clerk, "垃圾邮件", submission(10))
    for number in range(3, 6):
        put(clerk, "INBOX", submission(number))
        done = shaky.round()
        assert (done.taken.settled, done.trouble) == (2 if number == 3 else 1, ())
    assert answers(shaky) == [f"t{number}@example.edu.cn" for number in (0, 3, 10, 4, 5)]
    unfinished = "SELECT uid, attempts FROM message WHERE state = 'new'"
    assert rows(shaky, unfinished) == [(2, 0), (3, 0)]
    said = written_digest(shaky)
    assert "还有 2 封邮件没有处理完，收件程序会继续尝试" in said
    assert "回执编号：1002-4、1003-5" in said


@pytest.mark.parametrize("place", ["LIST", 'EXAMINE "&V4NXPpCuTvY-"', "UID SEARCH ALL"])
def test_what_breaks_behind_the_inbox_does_not_hold_it_up(
    shaky: Office, proxy: FaultyProxy, clerk: imaplib.IMAP4, place: str
) -> None:
    put(clerk, "垃圾邮件", submission(3))
    proxy.spoil(place, faults.hang_up)
    assert len(shaky.round().trouble) == 1
    assert sorted(answers(shaky))[:3] == EVERYBODY
    assert shaky.round().trouble == ()
    assert sorted(answers(shaky)) == [*EVERYBODY, "t3@example.edu.cn"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_puts_one_mail_off_and_blames_nobody(shaky: Office) -> None:
    assert shaky.round(stop=lambda: True).taken == Taken(seen=3)
    with Ledger.open(Home(shaky.root).ledger) as ledger:
        second = ledger.messages.unfinished("hebei")[1]
    part = Home(shaky.root).spool / Path(second.key.file_name).with_suffix(".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.symlink_to("/dev/full")
    assert shaky.round().taken == Taken(settled=2, failed=1)
    assert rows(shaky, f"SELECT state, attempts FROM message WHERE id = {second.id}") == [("new", 0)]
    assert "磁盘已满" in str(rows(shaky, f"SELECT last_error FROM message WHERE id = {second.id}"))
    assert shaky.round().taken == Taken(settled=1)
    assert sorted(answers(shaky)) == EVERYBODY
    assert tree(Home(shaky.root).spool) == {}


def test_a_server_that_is_away_is_asked_less_and_less_often(shaky: Office, proxy: FaultyProxy) -> None:
    proxy.spoil("LOGIN", faults.hang_up, times=1000)
    asked = []
    for _ in range(20):
        before = len(proxy.commands)
        assert len(shaky.round().trouble) == 1
        asked.append(len(proxy.commands) > before)
        shaky.now += timedelta(minutes=1)
    assert asked[:3] == [True] * 3
    assert 6 <= sum(asked) <= 9
    proxy.forgive()
    shaky.now += timedelta(minutes=12)
    assert shaky.round().taken == Taken(seen=3, settled=3)
