"""`intake-bot run` as a process of its own, and an SMTP server that notes when each answer came."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from intake_bot.demo.servers import SmtpServer
from tests.benchmarks.measured_run import program_environment
from tests.e2e.home import edit
from tests.e2e.mails import CHINA

_END_SECONDS = 120


class TimedSmtpServer(SmtpServer):
    """`answered` is Message-ID of a mail → time of its first answer, by `time.monotonic`."""

    def __init__(self, password: str) -> None:
        super().__init__(password)
        self.answered: dict[str, float] = {}

    async def handle_DATA(  # noqa: N802 - aiosmtpd finds its hooks by these names
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        headers = BytesHeaderParser().parsebytes(self._letters[-1].raw)
        self.answered.setdefault(str(headers.get("In-Reply-To", "")).strip(), time.monotonic())
        return answer


@contextmanager
def running_service(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The service on this home; it is asked to end, and waited for."""
    with (home / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "intake_bot", "run", "--home", str(home)],
            env=program_environment(),
            stdout=output,
            stderr=output,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def move_weeks(home: Path, now: datetime) -> None:
    """Makes the week of every notice the one that began two days ago: the service has no other clock than the real."""
    first = now.astimezone(CHINA).date() - timedelta(days=2)
    for path in (home / "config" / "notices").iterdir():
        name = f"config/notices/{path.name}"
        edit(home, name, "  first: 2023-05-14", f"  first: {first}")
        edit(home, name, "  last: 2023-05-20", f"  last: {first + timedelta(days=6)}")
