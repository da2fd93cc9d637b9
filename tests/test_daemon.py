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

from intake_bot.daemon import EDIT_CHECK_SECONDS, ClockWatch, Every
from intake_bot.demo.servers import ImapAccount, SmtpServer
from tests.conftest import ImapHost
from tests.e2e.home import CLERK, edit, make_home, write_bureau
from tests.e2e.looking import read, run, text_of
from tests.e2e.mails import accepted_mail, compose
from tests.servers.datagrams import heard, listening
from tests.servers.monitor import running_monitor

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without a signal to catch")

PATIENCE_SECONDS = 30


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@contextmanager
def running(home: Path, *program: str) -> Iterator[subprocess.Popen[bytes]]:
    """The daemon, once it has taken up its signals; what it logs goes to `log` in the home."""
    log = home / "log"
    with log.open("wb") as output:
        daemon = subprocess.Popen(
            [sys.executable, "-m", *(program or ("intake_bot",)), "run", "--home", str(home)],
            cwd=Path(__file__).parents[1],
            stdout=output,
            stderr=output,
        )
        try:
            wait_until(lambda: " started " in log.read_text(encoding="utf-8") or daemon.poll() is not None)
            yield daemon
        finally:
            if daemon.poll() is None:
                daemon.kill()
            daemon.wait()


def end(daemon: subprocess.Popen[bytes], home: Path) -> str:
    """Sends SIGTERM, makes sure of a clean end, and returns what was logged."""
    daemon.terminate()
    assert daemon.wait(10) == 0, (home / "log").read_text(encoding="utf-8")
    return (home / "log").read_text(encoding="utf-8")


@pytest.fixture
def account(best_host: ImapHost, new_user: str) -> ImapAccount:
    return best_host.account(new_user)


@pytest.fixture
def home(account: ImapAccount, smtp_server: SmtpServer, tmp_path: Path) -> Path:
    """A home that asks its mailbox every second, in no season, with a digest at the last minute of the day."""
    root = make_home(tmp_path, {"hebei": account}, smtp_server)
    edit(root, "config/intake.yaml", "every_seconds: 120", "every_seconds: 1")
    edit(root, "config/intake.yaml", "timeout_seconds: 60", "timeout_seconds: 3")
    edit(root, "config/intake.yaml", 'at: "17:30"', 'at: "23:59"')
    return root


def test_it_answers_mail_keeps_others_out_and_ends_cleanly(
    home: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    account.append(accepted_mail(), datetime.now(UTC))
    with running(home) as daemon:
        wait_until(lambda: len(smtp_server.letters) == 1)
        for command in ("poll", "run"):
            second = run(command, "--home", home)
            assert (second.code, second.out) == (1, "")
            assert "另一个 intake-bot 正在使用" in second.err
        account.append(compose("活动周唐山典型案例材料", message_id="<2@example.edu.cn>"), datetime.now(UTC))
        wait_until(lambda: len(smtp_server.letters) == 2)
        log = end(daemon, home)
    answered = [read(letter)["In-Reply-To"] for letter in smtp_server.letters]
    assert answered == ["<1@example.edu.cn>", "<2@example.edu.cn>"]
    assert "Traceback" not in log
    assert " stopping signal=SIGTERM" in log
    assert log.rstrip().endswith(" stopped")
    assert len(run("ledger", "--json", "--home", home).objects) == 2


def test_a_digest_whose_hour_went_by_is_made_up_for_once(home: Path, smtp_server: SmtpServer) -> None:
    today = datetime.now(UTC).astimezone().date()
    edit(home, "config/intake.yaml", 'at: "23:59"', 'at: "00:00"')
    edit(home, "config/notices/hebei-2023.yaml", "first: 2023-05-14", f"first: {today - timedelta(2)}")
    edit(home, "config/notices/hebei-2023.yaml", "last: 2023-05-20", f"last: {today + timedelta(2)}")

    def digests() -> int:
        return len([letter for letter in smtp_server.letters if letter.recipients == (CLERK,)])

    for _ in range(2):
        with running(home) as daemon:
            wait_until(lambda: digests() == 1)
            wait_until(lambda: (home / "log").read_text(encoding="utf-8").count(" round ") >= 2)
            end(daemon, home)
    assert digests() == 1


def test_systemd_a_monitor_and_two_files_hear_of_its_life(
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

            def is_told() -> bool:
                words.extend(heard(ear))
                return words.count(b"WATCHDOG=1") >= 2 and len(monitor.asked) >= 2

            wait_until(is_told)
            log = end(daemon, home)
            words += heard(ear)
    assert words[0] == "READY=1\nSTATUS=已启动".encode()
    assert "STATUS=一切正常".encode() in words
    assert words[-1] == "STOPPING=1\nSTATUS=正在停止，先做完手头的一封".encode()
    assert set(monitor.asked) == {"/1"}
    health = json.loads((home / "data/health.json").read_text(encoding="utf-8"))
    assert (health["pid"], health["complaints"], list(health["bureaus"])) == (daemon.pid, [], ["hebei"])
    assert (home / "data/logs/intake-bot.log").read_text(encoding="utf-8") == log


def test_told_twice_while_a_server_keeps_it_waiting_it_still_ends_cleanly(
    home: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        write_bureau(home, "hebei", replace(account, port=silent.getsockname()[1]), smtp_server)
        with running(home) as daemon:
            connection, _ = silent.accept()
            with connection:
                daemon.terminate()
                time.sleep(0.3)
                daemon.send_signal(signal.SIGINT)
                log = end(daemon, home)
    assert "Traceback" not in log


def complaints(home: Path) -> list[str]:
    told: list[str] = json.loads((home / "data/health.json").read_text(encoding="utf-8"))["complaints"]
    return told


def test_an_edit_is_taken_over_and_a_faulty_one_is_not(
    home: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    def answer(number: int) -> str:
        sender, own_id = f"teacher{number}@example.edu.cn", f"<{number}@example.edu.cn>"
        account.append(compose("活动周唐山典型案例材料", sender=sender, message_id=own_id), datetime.now(UTC))
        wait_until(lambda: len(smtp_server.letters) == number)
        return text_of(smtp_server.letters[-1])

    with running(home) as daemon:
        assert "河北省教育厅\n" in answer(1)
        edit(home, "config/bureaus/hebei.yaml", "name: 河北省教育厅", "name: 河北省教育厅职成处")
        wait_until(lambda: " configuration read anew " in (home / "log").read_text(encoding="utf-8"))
        assert "河北省教育厅职成处\n" in answer(2)

        edit(home, "config/bureaus/hebei.yaml", "mode: live", "mode: alive")
        wait_until(lambda: complaints(home) != [])
        assert [told.partition("：")[0] for told in complaints(home)] == ["配置改过，但有写错的地方，仍按原来的运行"]
        assert "河北省教育厅职成处\n" in answer(3)

        edit(home, "config/bureaus/hebei.yaml", "mode: alive", "mode: live")
        wait_until(lambda: complaints(home) == [])
        log = end(daemon, home)
    assert log.count(" configuration read anew ") == 2
    assert "Traceback" not in log


def test_no_look_at_edits_waits_behind_a_long_round(home: Path, account: ImapAccount, smtp_server: SmtpServer) -> None:
    edit(home, "config/intake.yaml", "timeout_seconds: 3", "timeout_seconds: 20")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        write_bureau(home, "hebei", replace(account, port=silent.getsockname()[1]), smtp_server)
        with running(home) as daemon:
            connection, _ = silent.accept()
            time.sleep(3 * EDIT_CHECK_SECONDS)
            connection.close()
            log = end(daemon, home)
    assert "_reread" not in log


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
def test_the_clock_watch_tells_a_clock_that_was_set(moved: float, passed: float, jump: float) -> None:
    clocks = [(NOON, 100.0), *[(NOON + timedelta(seconds=moved), 100.0 + passed)] * 2]
    watch = ClockWatch(lambda: clocks[0][0], lambda: clocks[0][1])
    told = []
    for _ in range(2):
        del clocks[0]
        told.append(watch.jump())
    assert told == [timedelta(seconds=jump), timedelta()]


class Hands:
    """The hands of the clock that a daemon reads; they can be put anywhere while it runs."""

    def __init__(self, file: Path, at: datetime) -> None:
        self._file = file
        self.put(at)

    def put(self, at: datetime) -> None:
        aside = self._file.with_suffix(".new")
        aside.write_text(str((at - datetime.now(UTC)).total_seconds()), encoding="ascii")
        aside.replace(self._file)


def test_a_clock_that_is_set_neither_stalls_mail_nor_repeats_a_digest(
    home: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    edit(home, "config/intake.yaml", 'at: "23:59"', 'at: "17:30"')
    ten = datetime(2023, 5, 17, 10, 0, tzinfo=timezone(timedelta(hours=8)))
    hands = Hands(home / "hands", ten)
    mails = 0

    def told() -> tuple[int, int]:
        """Answers and digests that were sent."""
        digests = [letter.recipients for letter in smtp_server.letters].count((CLERK,))
        return len(smtp_server.letters) - digests, digests

    def receive(at: datetime) -> None:
        nonlocal mails
        mails += 1
        sender = f"teacher{mails}@example.edu.cn"
        raw = compose("活动周唐山典型案例材料", sender=sender, message_id=f"<{mails}@example.edu.cn>")
        account.append(raw, at)

    with running(home, "tests.set_clock", str(home / "hands")) as daemon:
        receive(ten)
        wait_until(lambda: told() == (1, 0))

        hands.put(ten - timedelta(hours=5))
        receive(ten)
        wait_until(lambda: told() == (2, 0))

        # Asleep over the digest's hour: nothing runs, and the clock goes on.
        daemon.send_signal(signal.SIGSTOP)
        hands.put(ten + timedelta(hours=8))
        daemon.send_signal(signal.SIGCONT)
        receive(ten)
        wait_until(lambda: told() == (3, 1))

        for hours in (3, 9):
            hands.put(ten + timedelta(hours=hours))
            receive(ten)
            wait_until(lambda: told()[0] == mails)

        hands.put(ten + timedelta(days=1, hours=8))
        receive(ten)
        wait_until(lambda: told() == (mails, 2))
        log = end(daemon, home)
    assert log.count("clock moved") == 5
    assert "Traceback" not in log


def test_a_clock_set_forward_by_years_leaves_no_list_of_missed_runs() -> None:
    every, now = Every(seconds=1, timezone="UTC"), datetime(2026, 5, 17, 16, 0, tzinfo=UTC)
    assert every.get_next_fire_time(datetime(1970, 1, 1, tzinfo=UTC), now) == now + timedelta(seconds=1)


def test_a_run_in_time_is_followed_by_one_an_interval_later() -> None:
    every, now = Every(seconds=60, timezone="UTC"), datetime(2026, 5, 17, 16, 0, tzinfo=UTC)
    assert every.get_next_fire_time(now, now) == now + timedelta(seconds=60)
