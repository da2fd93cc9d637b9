"""`intake-bot run` as a process, from its start to SIGTERM."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapAccount, SmtpServer
from tests.e2e.home import CLERK, edit, write_bureau
from tests.e2e.inspection import read, run
from tests.e2e.mails import accepted_mail, compose
from tests.servers.datagrams import heard, listening
from tests.servers.monitor import running_monitor
from tests.service.running import answers, end, running, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without a signal to catch")


def start_program(home: Path) -> subprocess.Popen[bytes]:
    """The daemon as an admin starts it. It logs to `log` in the home."""
    with (home / "log").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "intake_bot", "run", "--home", str(home)],
            cwd=Path(__file__).parents[2],
            stdout=output,
            stderr=output,
        )


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
