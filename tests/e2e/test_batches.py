"""Mails that come together are taken in together: with few round trips, and with the outcome of mails that come one by
one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from intake_bot.demo.media import chinese_text, docx, jpeg
from intake_bot.demo.servers import ImapServer, SmtpServer
from intake_bot.intake.intake import IntakeCount
from intake_bot.ledger.messages import Messages
from tests.conftest import ImapHost
from tests.e2e.inspection import query_ledger
from tests.e2e.mails import START, UNITS, compose
from tests.e2e.office import Office, running_office
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Conversation, ImapProxy
from tests.stories.office import Office as Story
from tests.stories.office import open_office

STORY = docx([chinese_text(900)])


@pytest.fixture
def proxy(dovecot_server: Dovecot) -> Iterator[ImapProxy]:
    with ImapProxy(dovecot_server, Conversation) as proxy:
        yield proxy


@pytest.fixture
def counted(
    proxy: ImapProxy, dovecot_server: Dovecot, new_user: str, smtp_server: SmtpServer, tmp_path: Path
) -> Iterator[Office]:
    """An office whose commands to its mailbox are counted, with forty mails."""
    account = dovecot_server.account(new_user)
    for number in range(40):
        account.append(submission(number), START + timedelta(minutes=number))
    with running_office(proxy.account(new_user), smtp_server, tmp_path / "home") as office:
        yield office


def submission(number: int, unit: str = "天涯海角学校", size: int = 0) -> bytes:
    photo = {"照片.jpg": jpeg(640, 480, min_bytes=size)} if size else {}
    return compose(
        f"活动周{unit}典型案例材料",
        photo,
        text=f"材料。{number}",
        sender=f"t{number}@example.edu.cn",
        message_id=f"<{number}@example.edu.cn>",
    )


def test_backlog_takes_few_round_trips_and_a_quiet_poll_three(counted: Office, proxy: ImapProxy) -> None:
    assert counted.run_cycle().taken == IntakeCount(seen=40, settled=40)
    assert len(proxy.commands) <= 0.4 * 40, proxy.commands  # login and the daily comparison included
    bodies = [one for one in proxy.commands if "BODY.PEEK[]" in one]
    assert len(bodies) == 1
    counted.run_cycle()
    proxy.commands.clear()
    assert counted.run_cycle().taken == IntakeCount()
    assert [" ".join(one.split()[:2]) for one in proxy.commands] == ['EXAMINE "INBOX"', "UID SEARCH", "UID FETCH"]


def test_small_mail_takes_few_statements(
    best_host: ImapHost, new_user: str, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    account, statements = best_host.account(new_user), list[str]()
    for number in range(20):
        subject, sender = f"活动周{UNITS[number % len(UNITS)]}典型案例材料", f"teacher@school{number}.edu.cn"
        account.append(compose(subject, {"案例.docx": STORY}, sender=sender, message_id=f"<{number}@mail>"), START)

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    with running_office(account, smtp_server, tmp_path / "home") as office:
        event.listen(Engine, "before_cursor_execute", count)
        try:
            assert office.run_cycle().taken == IntakeCount(seen=20, settled=20)
        finally:
            event.remove(Engine, "before_cursor_execute", count)
    assert len(smtp_server.letters) == 20
    assert len(statements) <= 40 * 20, statements  # what a cycle asks once included


def test_mail_that_raises_an_error_holds_up_no_other_of_its_batch(
    best_host: ImapHost, new_user: str, smtp_server: SmtpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = best_host.account(new_user)
    for number in range(4):
        account.append(submission(number), START)
    record = Messages.record_judgement

    def breaking(messages: Messages, message: int, *arguments: object) -> None:
        record(messages, message, *arguments)  # type: ignore[arg-type]  # whatever the caller gave
        if message == 2:
            raise ZeroDivisionError

    with running_office(account, smtp_server, tmp_path / "home") as office:
        monkeypatch.setattr(Messages, "record_judgement", breaking)
        assert office.run_cycle().taken == IntakeCount(seen=4, settled=3, failed=1)
        unfinished = "SELECT attempts, last_error, sender FROM message WHERE state = 'spooled'"
        assert query_ledger(office.root, unfinished) == [(1, "ZeroDivisionError", "t1@example.edu.cn")]
        assert query_ledger(office.root, "SELECT count(*) FROM submission") == [(3,)]
        monkeypatch.undo()
        assert office.run_cycle().taken == IntakeCount(settled=1)
        assert query_ledger(office.root, "SELECT count(*) FROM submission") == [(4,)]


def test_large_mail_goes_behind_small_ones_and_keeps_its_unit_in_order(
    best_host: ImapHost, new_user: str, smtp_server: SmtpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake_bot.intake.batch.sequence.LARGE_BYTES", 200_000)
    account = best_host.account(new_user)
    plans = [(UNITS[0], 300_000), (UNITS[1], 0), (UNITS[0], 0), (UNITS[2], 0)]
    for number, (unit, size) in enumerate(plans):
        account.append(submission(number, unit, size), START + timedelta(minutes=number))
    with running_office(account, smtp_server, tmp_path / "home") as office:
        assert office.run_cycle().taken == IntakeCount(seen=4, settled=4)
        judged = query_ledger(office.root, "SELECT unit FROM submission ORDER BY id")
        assert [unit for (unit,) in judged] == [UNITS[1], UNITS[2], UNITS[0], UNITS[0]]
        received = query_ledger(office.root, "SELECT uid, received FROM message ORDER BY id")
        assert [uid for uid, _ in received] == [1, 2, 3, 4]
        assert received == sorted(received, key=lambda one: one[1])


def told(story: Story) -> Sequence[object]:
    files = [[file.name for file in item.files] for item in story.items()]
    return [story.decisions(), files]


def test_mails_of_one_batch_have_the_outcome_of_mails_that_come_one_by_one(
    pymap_server: ImapServer, new_user: str, tmp_path: Path
) -> None:
    """The second mail mends the first, which is of the same batch: its files are opened when its turn comes."""
    subject, photos = "活动周合肥工业学校日报", [jpeg(2400, 1800, min_bytes=2_000_000, seed=one) for one in (1, 2)]
    mails: list[tuple[str, dict[str, bytes]]] = [
        ("2023-05-18 09:00", {"活动情况.docx": STORY, "一.jpg": photos[0]}),
        ("2023-05-18 09:30", {"二.jpg": photos[1]}),
        ("2023-05-18 09:40", {"二.jpg": photos[1], "活动情况.docx": docx([chinese_text(800)])}),
    ]
    outcomes = []
    for number, is_together in enumerate((True, False)):
        account = pymap_server.account(f"{number}{new_user}")
        with open_office(tmp_path / str(number), "hefei", account) as office:
            for received, files in mails:
                office.receive(received, subject, files)
                if not is_together:
                    office.poll(received)
            office.poll("2023-05-18 10:00")
            outcomes.append(told(office))
    assert outcomes[0] == outcomes[1]
    assert len(office.items()) >= 3
