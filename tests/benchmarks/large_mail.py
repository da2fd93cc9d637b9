"""What one mail with a large video costs: spooled, split, measured and judged. `python -m tests.benchmarks.large_mail`

Each mail goes through a process of its own. The memory is asserted by the test beside this, the time only printed.
"""

from __future__ import annotations

import base64
import importlib
import io
import json
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from intake_bot import cli
from intake_bot.mail.imap.mail_key import MailKey
from intake_bot.mail.imap.spool import Spool, Write
from tests.videos import write_video

CHECKOUT = Path(__file__).resolve().parents[2]
MEGABYTE = 1_000_000
RECEIVED = "2023-05-17T12:00:00+08:00"
LINE_BYTES = 57
"""Of content in one line of base64."""
PIECE_BYTES = 1024 * 1024
"""As the mailbox hands a mail over."""

_HEAD = """\
From: teacher@example.edu.cn\r
To: py8991718@126.com\r
Subject: =?utf-8?b?{subject}?=\r
Message-ID: <large@example.edu.cn>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary="large"\r
\r
--large\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: base64\r
\r
{text}\r
--large\r
Content-Type: video/mp4; name="video.mp4"\r
Content-Transfer-Encoding: base64\r
Content-Disposition: attachment; filename="video.mp4"\r
\r
"""


@dataclass(frozen=True)
class Cost:
    """What a mail of this much video cost, and what became of it."""

    video_bytes: int
    mail_bytes: int
    start_bytes: int
    """Resident memory when everything is imported and nothing is read yet."""
    peak_bytes: int
    seconds: float
    disposition: str


def write_mail(path: Path, video_bytes: int) -> None:
    """A mail to 濮阳 with a video of this size, written without holding it in memory."""

    def encoded(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    video = path.with_suffix(".mp4")
    write_video(video, video_bytes)
    head = _HEAD.format(
        subject=encoded("活动周濮阳县教育局视频材料"), text=encoded("烹饪专业的师生现场展示刀工与面点。")
    )
    nothing = bytes(LINE_BYTES * 4000)
    encoded_nothing = _lines(nothing)  # most of the video
    with video.open("rb") as source, path.open("wb") as target:
        target.write(head.encode())
        while block := source.read(len(nothing)):
            target.write(encoded_nothing if block == nothing else _lines(block))
        target.write(b"--large--\r\n")
    video.unlink()


def _lines(content: bytes) -> bytes:
    """Base64 as mail has it."""
    lines = (base64.b64encode(content[at : at + LINE_BYTES]) for at in range(0, len(content), LINE_BYTES))
    return b"\r\n".join([*lines, b""])


def measure(video_bytes: int) -> Cost:
    """Sends one such mail through a new process."""
    with tempfile.TemporaryDirectory() as folder:
        mail = Path(folder) / "large.eml"
        write_mail(mail, video_bytes)
        judged = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.large_mail", str(mail), str(video_bytes)],
            cwd=CHECKOUT,
            check=True,
            stdout=subprocess.PIPE,
        )
    return Cost(**json.loads(judged.stdout))


def judge_here(mail: Path, video_bytes: int) -> Cost:
    """The walk of one mail, in this process, with all in memory that the daemon has."""
    importlib.import_module("intake_bot.service.daemon")
    importlib.import_module("intake_bot.commands.judge")
    start_bytes = peak_bytes()
    started = time.perf_counter()
    with mail.open("rb") as source:

        def fetch(write: Write) -> None:
            while piece := source.read(PIECE_BYTES):
                write(piece)

        spooled = Spool(mail.parent / "spool").save(
            MailKey("puyang", "INBOX", 1, 1, datetime.fromisoformat(RECEIVED), 1), fetch
        )
    with redirect_stdout(io.StringIO()) as out:
        cli.run(["judge", "--json", "--home", str(CHECKOUT), "--received", RECEIVED, str(spooled.path)])
    seconds = time.perf_counter() - started
    disposition = json.loads(out.getvalue())["disposition"]
    return Cost(video_bytes, spooled.bytes, start_bytes, peak_bytes(), seconds, disposition)


def peak_bytes() -> int:
    """The most memory that this process ever had resident; 0 on Windows, whose figure needs a library of its own."""
    status = Path("/proc/self/status")
    if status.exists():
        # getrusage would count what the parent had resident when it started us.
        (line,) = [line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS counts in bytes


def told(cost: Cost) -> str:
    return (
        f"{cost.video_bytes / MEGABYTE:5.0f} MB video, {cost.mail_bytes / MEGABYTE:5.0f} MB mail: "
        f"peak {cost.peak_bytes / MEGABYTE:5.1f} MB (at the start {cost.start_bytes / MEGABYTE:5.1f} MB), "
        f"{cost.seconds:5.2f} s, {cost.disposition}"
    )


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(asdict(judge_here(Path(sys.argv[1]), int(sys.argv[2])))))  # noqa: T201 - for our parent
    else:
        for size in (20 * MEGABYTE, 200 * MEGABYTE):
            print(told(measure(size)))  # noqa: T201 - printing the figures is what this is for
