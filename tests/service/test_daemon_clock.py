"""A running daemon whose clock is set, and over whom time passes: what it makes up for, and what it alerts of."""

from __future__ import annotations

import signal
import socket
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapAccount, SmtpServer
from intake_bot.service.daemon import ClockWatch
from tests.e2e.home import ADMIN, CLERK, edit, write_bureau
from tests.e2e.inspection import read, text_of
from tests.e2e.mails import compose
from tests.servers.dripping import DrippingImapServer, drip
from tests.service.daemons import ForkedDaemon
from tests.service.running import TIMEOUT_SECONDS, complaints, end, health_of, running, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without a signal to catch")


NOON = datetime(2023, 5, 17, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moved", "passed", "jump"),
    [
        (3600, 3600, 0),
        (3604, 3600, 0),
        (-5 * 3600, 0.5, -5 * 3600 - 0.5),
        (8 * 3600 + 0.5, 0.5, 8 * 3600),
        (31, 0.5, 30.5),
    ],
    ids=["an hour passed", "corrected by a time server", "set back", "set forward", "slept"],
)
def test_clock_watch_reports_a_clock_that_was_set(moved: float, passed: float, jump: float) -> None:
    clocks = [(NOON, 100.0), *[(NOON + timedelta(seconds=moved), 100.0 + passed)] * 2]
    watch = ClockWatch(lambda: clocks[0][0], lambda: clocks[0][1])
    jumps = []
    for _ in range(2):
        del clocks[0]
        jumps.append(watch.jump())
    assert jumps == [timedelta(seconds=jump), timedelta()]


class ClockFile:
    """The file from which a daemon reads its clock; a test sets it while the daemon runs."""

    def __init__(self, file: Path, at: datetime) -> None:
        self._file = file
        self.set(at)

    def set(self, at: datetime) -> None:
        aside = self._file.with_suffix(".new")
        aside.write_text(str((at - datetime.now(UTC)).total_seconds()), encoding="ascii")
        aside.replace(self._file)


def test_clock_change_neither_stops_mail_nor_repeats_a_digest(
    home: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    edit(home, "config/intake.yaml", 'at: "23:59"', 'at: "17:30"')
    ten = datetime(2023, 5, 17, 10, 0, tzinfo=timezone(timedelta(hours=8)))
    clock_file = ClockFile(home / "clock", ten)
    mails = 0

    def sent() -> tuple[int, int]:
        """Answers and digests that were sent."""
        digests = [letter.recipients for letter in smtp_server.letters].count((CLERK,))
        return len(smtp_server.letters) - digests, digests

    def receive(at: datetime) -> None:
        nonlocal mails
        mails += 1
        sender = f"teacher{mails}@example.edu.cn"
        raw = compose("活动周唐山典型案例材料", sender=sender, message_id=f"<{mails}@example.edu.cn>")
        account.append(raw, at)

    with running(home, ForkedDaemon(home, home / "clock")) as daemon:
        receive(ten)
        wait_until(lambda: sent() == (1, 0))

        clock_file.set(ten - timedelta(hours=5))
        receive(ten)
        wait_until(lambda: sent() == (2, 0))

        # Asleep over the digest's hour: nothing runs, and the clock goes on.
        daemon.send_signal(signal.SIGSTOP)
        clock_file.set(ten + timedelta(hours=8))
        daemon.send_signal(signal.SIGCONT)
        receive(ten)
        wait_until(lambda: sent() == (3, 1))

        for hours in (3, 9):
            clock_file.set(ten + timedelta(hours=hours))
            receive(ten)
            wait_until(lambda: sent()[0] == mails)

        clock_file.set(ten + timedelta(days=1, hours=8))
        receive(ten)
        wait_until(lambda: sent() == (mails, 2))
        log = end(daemon, home)
    assert log.count("clock moved") == 5
    assert "Traceback" not in log


def test_lasting_trouble_is_alerted_after_a_quarter_of_an_hour_and_so_is_its_end(
    home: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    noon = datetime(2023, 5, 17, 12, 0, tzinfo=timezone(timedelta(hours=8)))
    clock_file = ClockFile(home / "clock", noon)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    write_bureau(home, "hebei", replace(account, port=port), smtp_server)

    def alerts() -> list[str]:
        return [read(letter)["Subject"] for letter in smtp_server.letters if letter.recipients == (ADMIN,)]

    with running(home, ForkedDaemon(home, home / "clock")) as daemon:
        wait_until(lambda: health_of(home).get("trouble_since") is not None)
        clock_file.set(noon + timedelta(minutes=14))
        wait_until(lambda: "clock moved seconds=+8" in (home / "log").read_text(encoding="utf-8"))
        assert alerts() == []
        clock_file.set(noon + timedelta(minutes=16))
        wait_until(lambda: alerts() == ["【需要留意】河北省教育厅邮箱连不上"])
        wait_until(lambda: [one for one in complaints(home) if "的连接出了问题" in one] != [])
        write_bureau(home, "hebei", account, smtp_server)
        wait_until(lambda: alerts()[1:] == ["【已恢复】河北省教育厅邮箱恢复收件"])
        end(daemon, home)


def test_mailbox_that_is_never_read_to_the_end_is_alerted_and_complained_about(
    home: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    edit(home, "config/intake.yaml", "timeout_seconds: 3", "timeout_seconds: 3600")
    noon = datetime(2023, 5, 17, 12, 0, tzinfo=timezone(timedelta(hours=8)))
    clock_file = ClockFile(home / "clock", noon)
    with DrippingImapServer("UID SEARCH", drip) as dripping:
        write_bureau(home, "hebei", replace(account, port=dripping.port), smtp_server)
        with running(home, ForkedDaemon(home, home / "clock")) as daemon:
            assert dripping.is_dripping.wait(TIMEOUT_SECONDS)
            clock_file.set(noon + timedelta(minutes=16))
            wait_until(lambda: [letter.recipients for letter in smtp_server.letters] == [(ADMIN,)])
            assert read(smtp_server.letters[0])["Subject"] == "【需要留意】河北省教育厅邮箱连不上"
            assert "原因：从 5月17日 12:00 起没有收完一轮信，原因见日志" in text_of(smtp_server.letters[0])
            wait_until(lambda: any("从 5月17日 12:00 起没有收完一轮信" in one for one in complaints(home)))
            assert not dripping.left.is_set()
            end(daemon, home)
