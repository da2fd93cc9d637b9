"""Real servers: mails in junk folders, and connections that break within a poll. No mail is lost or answered twice."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapAccount, SmtpServer
from intake_bot.home.home import Home
from intake_bot.intake.intake import IntakeCount
from intake_bot.ledger.ledger import Ledger
from tests.e2e.home import CLERK, edit
from tests.e2e.inspection import fates, query_ledger, text_of, tree
from tests.e2e.mails import START, Fate, accepted_mail, compose, foreign_mail, rejected_mail
from tests.e2e.office import Office, running_office
from tests.mail.imap.test_mailbox import quoted
from tests.marking import slow
from tests.servers import faults
from tests.servers.dovecot import Dovecot
from tests.servers.faults import Fault, FaultyProxy
from tests.servers.manners import VIRUS_FOLDER

SCHOOL = "school@example.edu.cn"


def put(clerk: imaplib.IMAP4, folder: str, raw: bytes) -> None:
    answer, text = clerk.append(quoted(folder), "", imaplib.Time2Internaldate(START), raw)
    assert answer == "OK", text


def answers(office: Office) -> list[str]:
    """The recipients of all letters, in order."""
    return [recipient for letter in office.smtp.letters for recipient in letter.recipients]


def written_digest(office: Office) -> str:
    assert office.file_due_digest()
    office.run_cycle()
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
    with running_office(account, smtp_server, tmp_path / "home") as office:
        yield office


def test_submission_in_a_junk_folder_is_judged_reported_and_answered_once(office: Office, clerk: imaplib.IMAP4) -> None:
    put(clerk, "垃圾邮件", compose("特价发票", sender="spam@example.com", message_id="<1@example.com>"))
    put(clerk, "垃圾邮件", rejected_mail())
    put(clerk, "广告邮件", foreign_mail())
    put(clerk, "草稿箱", accepted_mail())
    put(clerk, "INBOX", accepted_mail())
    assert office.run_cycle().taken == IntakeCount(seen=4, settled=4)
    assert answers(office) == [SCHOOL, SCHOOL]
    assert query_ledger(office.root, "SELECT junk, folder, state FROM message ORDER BY junk, folder, uid") == [
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
    assert office.run_cycle().taken == IntakeCount(seen=1, settled=1)
    assert answers(office) == [SCHOOL, SCHOOL, CLERK]
    assert fates(office.root)[-1] is Fate.DUPLICATE


def test_configured_junk_folders_replace_the_default(
    dovecot_server: Dovecot, new_user: str, clerk: imaplib.IMAP4, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    put(clerk, "垃圾邮件", rejected_mail())
    put(clerk, "草稿箱", accepted_mail())
    with running_office(dovecot_server.account(new_user), smtp_server, tmp_path / "home") as office:
        named = "security: none, junk_folders: [草稿箱, 没有]}"
        edit(office.root, "config/bureaus/hebei.yaml", "security: none}", named)
        office.restart()
        assert office.run_cycle().taken == IntakeCount(seen=1, settled=1)
        assert fates(office.root) == [Fate.ACCEPTED]


# ---- broken connections ----------------------------------------------------------------------------------------------


@pytest.fixture
def proxy(dovecot_server: Dovecot) -> Iterator[FaultyProxy]:
    with FaultyProxy(dovecot_server) as proxy:
        yield proxy


@pytest.fixture
def shaky(
    proxy: FaultyProxy, new_user: str, clerk: imaplib.IMAP4, smtp_server: SmtpServer, tmp_path: Path
) -> Iterator[Office]:
    """An office with three mails of three schools, and a timeout of one second for its server."""
    for number in range(3):
        put(clerk, "INBOX", submission(number))
    with running_office(proxy.account(new_user), smtp_server, tmp_path / "home") as office:
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
TAKEN = IntakeCount(seen=1, settled=1)
"""What fails for mails that are fetched together is tried once more for each alone."""
BROKEN: dict[str, tuple[str, Fault, IntakeCount]] = {
    "cut in a literal": (BODY, faults.cut, TAKEN),
    "stalled in a literal": (BODY, faults.stall_in_the_middle, TAKEN),
    "BYE in place of a mail": (BODY, faults.say_bye, TAKEN),
    "NO in place of a mail": (BODY, faults.refuse, TAKEN),
    "no word of a mail": (BODY, faults.give_nothing, TAKEN),
    "babble in place of a mail": (BODY, faults.babble, TAKEN),
    "hung up at the mails' dates": ("UID FETCH", faults.hang_up, TAKEN),
    "stalled at a search": ("UID SEARCH", faults.stall, IntakeCount()),
}


def test_poll_after_a_broken_connection_completes(shaky: Office, proxy: FaultyProxy, clerk: imaplib.IMAP4) -> None:
    assert shaky.run_cycle().taken == IntakeCount(seen=3, settled=3)
    for number, (name, (place, fault, taken)) in enumerate(BROKEN.items(), 3):
        put(clerk, "INBOX", submission(number))
        proxy.spoil(place, fault)
        assert (shaky.run_cycle().taken, proxy.spoilt) == (taken, True), name
        assert shaky.run_cycle().taken == IntakeCount(seen=1 - taken.seen, settled=1 - taken.settled), name
        assert answers(shaky)[3:] == [f"t{one}@example.edu.cn" for one in range(3, number + 1)], name
    assert shaky.run_cycle().taken == IntakeCount()
    assert fates(shaky.root) == [Fate.REJECTED] * (3 + len(BROKEN))
    assert query_ledger(shaky.root, "SELECT max(attempts) FROM message") == [(1,)]
    assert tree(Home(shaky.root).spool) == {}


def test_line_that_drops_once_over_a_batch_is_taken_up_again(shaky: Office, proxy: FaultyProxy) -> None:
    proxy.spoil(BODY, faults.cut)
    assert shaky.run_cycle().taken == IntakeCount(seen=3, settled=3)
    assert proxy.spoilt
    assert sorted(answers(shaky)) == EVERYBODY


def test_mail_that_breaks_every_connection_does_not_stop_others(
    shaky: Office, proxy: FaultyProxy, clerk: imaplib.IMAP4
) -> None:
    proxy.spoil(r"UID FETCH (1,)?(2,)?[23] .*BODY\.PEEK", faults.hang_up, times=1000)
    assert len(shaky.run_cycle().trouble) == 1
    put(clerk, "垃圾邮件", submission(10))
    for number in range(3, 6):
        put(clerk, "INBOX", submission(number))
        done = shaky.run_cycle()
        assert (done.taken.settled, done.trouble) == (2 if number == 3 else 1, ())
    assert answers(shaky) == [f"t{number}@example.edu.cn" for number in (0, 3, 10, 4, 5)]
    unfinished = "SELECT uid, attempts FROM message WHERE state = 'new'"
    assert query_ledger(shaky.root, unfinished) == [(2, 0), (3, 0)]
    said = written_digest(shaky)
    assert "还有 2 封邮件没有处理完，收件程序会继续尝试" in said
    assert "回执编号：1002-4、1003-5" in said


@pytest.mark.parametrize("place", [slow("LIST"), slow('EXAMINE "&V4NXPpCuTvY-"'), "UID SEARCH ALL"])
def test_failure_in_a_junk_folder_does_not_stop_the_inbox(
    shaky: Office, proxy: FaultyProxy, clerk: imaplib.IMAP4, place: str
) -> None:
    put(clerk, "垃圾邮件", submission(3))
    proxy.spoil(place, faults.hang_up)
    assert len(shaky.run_cycle().trouble) == 1
    assert sorted(answers(shaky))[:3] == EVERYBODY
    assert shaky.run_cycle().trouble == ()
    assert sorted(answers(shaky)) == [*EVERYBODY, "t3@example.edu.cn"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_mail_that_fills_the_disk_is_retried_without_counting_an_attempt(shaky: Office) -> None:
    assert shaky.run_cycle(stop=lambda: True).taken == IntakeCount(seen=3)
    with Ledger.open(Home(shaky.root).ledger) as ledger:
        second = ledger.messages.find_unfinished("hebei")[1]
    part = Home(shaky.root).spool / Path(second.key.file_name).with_suffix(".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.symlink_to("/dev/full")
    taken = shaky.run_cycle().taken
    assert replace(taken, trouble=None) == IntakeCount(settled=2, failed=1)
    assert "磁盘已满" in str(taken.trouble)
    assert query_ledger(shaky.root, f"SELECT state, attempts FROM message WHERE id = {second.id}") == [("new", 0)]
    assert "磁盘已满" in str(query_ledger(shaky.root, f"SELECT last_error FROM message WHERE id = {second.id}"))
    assert shaky.run_cycle().taken == IntakeCount(settled=1)
    assert sorted(answers(shaky)) == EVERYBODY
    assert tree(Home(shaky.root).spool) == {}


def test_unreachable_server_is_asked_at_growing_intervals(shaky: Office, proxy: FaultyProxy) -> None:
    proxy.spoil("LOGIN", faults.hang_up, times=1000)
    asked = []
    for _ in range(20):
        before = len(proxy.commands)
        assert len(shaky.run_cycle().trouble) == 1
        asked.append(len(proxy.commands) > before)
        shaky.now += timedelta(minutes=1)
    assert asked[:3] == [True] * 3
    assert 6 <= sum(asked) <= 9
    proxy.forgive()
    shaky.now += timedelta(minutes=12)
    assert shaky.run_cycle().taken == IntakeCount(seen=3, settled=3)
