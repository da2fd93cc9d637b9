"""A running daemon whose configuration is edited."""

from __future__ import annotations

import socket
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapAccount, SmtpServer
from tests.e2e.home import edit, write_bureau
from tests.e2e.inspection import text_of
from tests.e2e.mails import compose
from tests.fast_daemon import EDIT_CHECK_SECONDS
from tests.service.running import answers, complaints, end, running, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without a signal to catch")


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
