"""`intake-bot run` as a process, from its start to SIGTERM."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapAccount, SentLetter, SmtpServer
from intake_bot.service.daemon import ClockWatch
from tests.conftest import ImapHost
from tests.e2e.home import ADMIN, CLERK, edit, make_home, write_bureau
from tests.e2e.inspection import read, run, text_of
from tests.e2e.mails import accepted_mail, compose
from tests.fast_daemon import EDIT_CHECK_SECONDS
from tests.servers.datagrams import heard, listening
from tests.servers.dripping import DrippingImapServer, drip
from tests.servers.monitor import running_monitor
from tests.service.daemons import ForkedDaemon

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without a signal to catch")

TIMEOUT_SECONDS = 90

Daemon = subprocess.Popen[bytes] | ForkedDaemon


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "timed out"
        time.sleep(0.05)


@contextmanager
def running(home: Path, daemon: Daemon | None = None) -> Iterator[Daemon]:
    """Starts a daemon with short intervals, where none is given, and waits until it handles signals."""
    log = home / "log"
    daemon = daemon or ForkedDaemon(home)
    try:
        wait_until(lambda: " started " in log.read_text(encoding="utf-8") or daemon.poll() is not None)
        yield daemon
    finally:
        if daemon.poll() is None:
            daemon.kill()
        daemon.wait()


def start_program(home: Path) -> subprocess.Popen[bytes]:
    """The daemon as an admin starts it. It logs to `log` in the home."""
    with (home / "log").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "intake_bot", "run", "--home", str(home)],
            cwd=Path(__file__).parents[2],
            stdout=output,
            stderr=output,
        )


def end(daemon: Daemon, home: Path) -> str:
    """Sends SIGTERM, asserts a clean end, and returns the log."""
    daemon.terminate()
    assert daemon.wait(TIMEOUT_SECONDS) == 0, (home / "log").read_text(encoding="utf-8")
    return (home / "log").read_text(encoding="utf-8")


def answers(smtp_server: SmtpServer) -> list[SentLetter]:
    """What was sent, but for digests: one is due where a test runs in the last minute of the day."""
    return [letter for letter in smtp_server.letters if letter.recipients != (CLERK,)]


@pytest.fixture
def account(best_host: ImapHost, new_user: str) -> ImapAccount:
    return best_host.account(new_user)


@pytest.fixture
def home(account: ImapAccount, smtp_server: SmtpServer, tmp_path: Path) -> Path:
    """A home that polls every second, out of season, with its digest at the last minute of the day."""
    root = make_home(tmp_path, {"hebei": account}, smtp_server, digests=True)
    edit(root, "config/intake.yaml", "every_seconds: 120", "every_seconds: 1")
    edit(root, "config/intake.yaml", "timeout_seconds: 60", "timeout_seconds: 3")
    edit(root, "config/intake.yaml", 'at: "17:30"', 'at: "23:59"')
    return root


def test_daemon_answers_mail_locks_its_home_and_stops_cleanly(
    home: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    account.append(accepted_mail(), datetime.now(UTC))
    with running(home, start_program(home)) as daemon:
        wait_until(lambda: len(answers(smtp_server)) == 1)
        for command in ("poll", "run"):
            second = run(command, "--home", home)
            assert (second.code, second.out) == (1, "")
            assert "另一个 intake-bot 正在使用" in second.err
        account.append(compose("活动周唐山典型案例材料", message_id="<2@example.edu.cn>"), datetime.now(UTC))
        wait_until(lambda: len(answers(smtp_server)) == 2)
        log = end(daemon, home)
    answered = [read(letter)["In-Reply-To"] for letter in answers(smtp_server)]
    assert answered == ["<1@example.edu.cn>", "<2@example.edu.cn>"]
    assert "Traceback" not in log
    assert " stopping signal=SIGTERM" in log
    assert log.rstrip().endswith(" stopped")
    assert len(run("ledger", "--json", "--home", home).objects) == 2


def test_missed_digest_is_filed_once_after_the_start(home: Path, smtp_server: SmtpServer) -> None:
    today = datetime.now(UTC).astimezone().date()
    edit(home, "config/intake.yaml", 'at: "23:59"', 'at: "00:00"')
    edit(home, "config/notices/hebei-2023.yaml", "first: 2023-05-14", f"first: {today - timedelta(2)}")
    edit(home, "config/notices/hebei-2023.yaml", "last: 2023-05-20", f"last: {today + timedelta(2)}")

    def digests() -> int:
        return len([letter for letter in smtp_server.letters if letter.recipients == (CLERK,)])

    for _ in range(2):
        with running(home) as daemon:
            wait_until(lambda: digests() == 1)
            wait_until(lambda: (home / "log").read_text(encoding="utf-8").count(" received bureau=") >= 2)
            end(daemon, home)
    assert digests() == 1


def test_daemon_reports_to_systemd_monitor_health_file_and_log(
    home: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, running_monitor() as monitor:
        socket_name = f"{folder}/notify"
        monkeypatch.setenv("NOTIFY_SOCKET", socket_name)
        monkeypatch.setenv("WATCHDOG_USEC", "2000000")
        edit(home, "config/intake.yaml", "# health:\n#   ping_url:", "health:\n  ping_url:")
        edit(home, "config/intake.yaml", "https://hc-ping.com/00000000-0000-0000-0000-000000000000", f"{monitor.url}/1")
        words: list[bytes] = []
        with listening(socket_name) as ear, running(home) as daemon:

            def is_reported() -> bool:
                words.extend(heard(ear))
                well = "STATUS=一切正常".encode() in words
                return well and words.count(b"WATCHDOG=1") >= 2 and len(monitor.asked) >= 2

            wait_until(is_reported)
            log = end(daemon, home)
            words += heard(ear)
    assert words[0] == "READY=1\nSTATUS=已启动".encode()
    # The watchdog is answered until the end, which takes a while on a busy machine.
    assert [word for word in words if word != b"WATCHDOG=1"][-1] == (
        "STOPPING=1\nSTATUS=正在停止，先做完手头的一封".encode()
    )
    assert set(monitor.asked) == {"/1"}
    health = json.loads((home / "data/health.json").read_text(encoding="utf-8"))
    assert (health["pid"], health["complaints"], list(health["bureaus"])) == (daemon.pid, [], ["hebei"])
    assert (home / "data/logs/intake-bot.log").read_text(encoding="utf-8") == log


def test_daemon_signalled_twice_during_a_connection_stops_cleanly(
    home: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    edit(home, "config/intake.yaml", "timeout_seconds: 3", "timeout_seconds: 1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        write_bureau(home, "hebei", replace(account, port=silent.getsockname()[1]), smtp_server)
        with running(home) as daemon:
            connection, _ = silent.accept()
            with connection:
                daemon.terminate()
                wait_until(lambda: " stopping signal=SIGTERM" in (home / "log").read_text(encoding="utf-8"))
                daemon.send_signal(signal.SIGINT)
                log = end(daemon, home)
    assert "Traceback" not in log


def complaints(home: Path) -> list[str]:
    complaints: list[str] = json.loads((home / "data/health.json").read_text(encoding="utf-8"))["complaints"]
    return complaints


def health_of(home: Path, bureau: str = "hebei") -> dict[str, object]:
    """What the health file says of the bureau; nothing before it is written."""
    try:
        health: dict[str, dict[str, dict[str, object]]] = json.loads(
            (home / "data/health.json").read_text(encoding="utf-8")
        )
    except FileNotFoundError:
        return {}
    return health["bureaus"][bureau]


def test_edit_is_taken_over_and_a_faulty_edit_is_not(home: Path, account: ImapAccount, smtp_server: SmtpServer) -> None:
    def answer(number: int) -> str:
        sender, own_id = f"teacher{number}@example.edu.cn", f"<{number}@example.edu.cn>"
        account.append(compose("活动周唐山典型案例材料", sender=sender, message_id=own_id), datetime.now(UTC))
        wait_until(lambda: len(answers(smtp_server)) == number)
        return text_of(answers(smtp_server)[-1])

    with running(home) as daemon:
        assert "河北省教育厅\n" in answer(1)
        edit(home, "config/bureaus/hebei.yaml", "name: 河北省教育厅", "name: 河北省教育厅职成处")
        wait_until(lambda: " configuration read anew " in (home / "log").read_text(encoding="utf-8"))
        assert "河北省教育厅职成处\n" in answer(2)

        edit(home, "config/bureaus/hebei.yaml", "mode: live", "mode: alive")
        wait_until(lambda: complaints(home) != [])
        assert [complaint.partition("：")[0] for complaint in complaints(home)] == [
            "配置改过，但有写错的地方，仍按原来的运行"
        ]
        assert "河北省教育厅职成处\n" in answer(3)

        edit(home, "config/bureaus/hebei.yaml", "mode: alive", "mode: live")
        wait_until(lambda: complaints(home) == [])
        log = end(daemon, home)
    assert log.count(" configuration read anew ") == 2
    assert "Traceback" not in log


def test_edit_check_does_not_wait_for_a_long_cycle(home: Path, account: ImapAccount, smtp_server: SmtpServer) -> None:
    edit(home, "config/intake.yaml", "timeout_seconds: 3", "timeout_seconds: 20")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        write_bureau(home, "hebei", replace(account, port=silent.getsockname()[1]), smtp_server)
        with running(home) as daemon:
            connection, _ = silent.accept()
            time.sleep(10 * EDIT_CHECK_SECONDS)  # several edit checks are skipped meanwhile
            connection.close()
            log = end(daemon, home)
    assert "_watch_config" not in log


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
