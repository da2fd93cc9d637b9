from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from intake_bot.errors import TemporaryFailure
from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.files.worker.worker import Worker
from tests.files import samples
from tests.files.worker.conftest import STRICT
from tests.files.worker.tasks import (
    chatter,
    crash,
    end,
    end_once,
    environment,
    fail_as_bug,
    fail_as_disk,
    fail_as_file,
    pid,
    recurse,
    say,
    sleep,
    sleep_in_c,
    spin,
    start_child,
    take_memory,
    write,
)
from tests.marking import slow

pytestmark = pytest.mark.usefixtures("nothing_shared")


needs_rlimits = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds to a limit on memory")
needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


def test_ask_reuses_one_process(worker: Worker) -> None:
    first = worker.ask(pid)
    assert first != os.getpid()
    assert [worker.ask(pid) for _ in range(3)] == [first] * 3


def test_ask_starts_again_after_close() -> None:
    with Worker(STRICT) as worker:
        first = worker.ask(pid)
        worker.close()
        assert worker.ask(pid) != first


@pytest.mark.parametrize(
    ("task", "arguments"),
    [
        pytest.param(spin, (), id="spins"),
        slow(sleep, (10_000,), id="sleeps"),
        pytest.param(sleep_in_c, (), id="hangs-in-a-library", marks=needs_posix),
        slow(end, (), id="ends"),
        pytest.param(crash, (), id="crashes", marks=needs_posix),
        pytest.param(take_memory, (1_000_000_000,), id="takes-memory", marks=needs_rlimits),
    ],
)
def test_ask_calls_too_hard_what_hangs_or_kills(
    strict: Worker, task: Callable[..., object], arguments: tuple[object, ...]
) -> None:
    # None of them can be waited out: they end by our limits, or never in the time of a test.
    with pytest.raises(Unreadable) as caught:
        strict.ask(task, *arguments)
    assert caught.value.trouble is Trouble.TOO_HARD
    assert strict.ask(say, 2) == "字字"


@pytest.mark.parametrize(
    ("task", "trouble"),
    [
        pytest.param(fail_as_file, Trouble.ENCRYPTED, id="as-it-said"),
        pytest.param(fail_as_bug, Trouble.UNSUPPORTED, id="a-bug"),
    ],
)
def test_ask_passes_trouble_on(worker: Worker, task: Callable[[], object], trouble: Trouble) -> None:
    with pytest.raises(Unreadable) as caught:
        worker.ask(task)
    assert caught.value.trouble is trouble


@pytest.mark.parametrize(
    ("task", "argument"),
    [pytest.param(recurse, 0, id="endless-depth"), pytest.param(say, 3_000_000, id="endless-text")],
)
def test_ask_leaves_to_a_person_what_is_merely_too_much(
    worker: Worker, task: Callable[[int], object], argument: int
) -> None:
    with pytest.raises(Unreadable) as caught:
        worker.ask(task, argument)
    assert caught.value.trouble is Trouble.UNSUPPORTED


def test_ask_passes_a_full_disk_on(worker: Worker) -> None:
    with pytest.raises(TemporaryFailure, match="disk full"):
        worker.ask(fail_as_disk)


def test_ask_gives_a_fresh_worker_the_last_word(worker: Worker, tmp_path: Path) -> None:
    assert worker.ask(end_once, tmp_path / "trace") == "well"


def test_ask_survives_a_worker_that_was_killed_between_two_files(worker: Worker) -> None:
    os.kill(worker.ask(pid), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    assert worker.ask(say, 1) == "字"


def test_ask_is_not_disturbed_by_what_libraries_print(worker: Worker, capfd: pytest.CaptureFixture[str]) -> None:
    assert worker.ask(chatter) == "heard"
    assert capfd.readouterr() == ("", "")


@needs_posix
def test_ask_is_not_disturbed_by_the_signals_that_stop_a_service(worker: Worker) -> None:
    process = worker.ask(pid)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(process, number)
    assert worker.ask(pid) == process


@needs_rlimits
def test_ask_limits_what_is_written(strict: Worker, tmp_path: Path) -> None:
    assert strict.ask(write, tmp_path / "small", 1_000_000) == 1_000_000
    assert strict.ask(write, tmp_path / "large", 1_000_001) == -1


def test_ask_tells_the_worker_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUYANG_MAIL_SECRET", "s3cret")
    with Worker(STRICT) as worker:
        assert "PUYANG_MAIL_SECRET" not in worker.ask(environment)


def test_ask_says_when_no_worker_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with Worker(STRICT) as worker, pytest.raises(TemporaryFailure, match="启动不了"):
        worker.ask(pid)


@needs_rlimits
def test_ask_says_when_the_worker_ends_before_it_is_ready(capfd: pytest.CaptureFixture[str]) -> None:
    with Worker(replace(STRICT, memory_bytes=20_000_000)) as worker, pytest.raises(TemporaryFailure, match="没有启动"):
        worker.ask(pid)
    assert capfd.readouterr().err


@needs_posix
def test_worker_that_finds_no_keeper_ends_without_a_word() -> None:
    program = "from intake_bot.files.worker.process import main; main()"
    orphan = subprocess.run([sys.executable, "-c", program], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert (orphan.returncode, orphan.stdout, orphan.stderr) == (0, b"", b"")


def test_ask_ends_the_archiver_with_the_worker(strict: Worker, tmp_path: Path) -> None:
    trace = tmp_path / "pid"
    with pytest.raises(Unreadable):
        strict.ask(start_child, trace)
    assert _ends(int(trace.read_text()))


@needs_posix
@pytest.mark.parametrize(
    ("task", "seconds"),
    [
        pytest.param("", 60, id="idle"),
        pytest.param("spin", 60, id="busy"),
        pytest.param(
            "sleep_in_c", 1, id="hangs-in-a-library", marks=pytest.mark.slow
        ),  # and ends soon after its time is up
    ],
)
def test_worker_does_not_outlive_its_keeper(tmp_path: Path, task: str, seconds: int) -> None:
    trace = tmp_path / "pid"
    keeper = samples.put(
        tmp_path,
        "keeper.py",
        f"""
import os, signal, sys, threading, time
from pathlib import Path
from intake_bot.files.worker.worker import Worker
from intake_bot.files.limits import Allowance
from tests.files.worker.tasks import pid, sleep_in_c, spin
worker = Worker(Allowance({seconds}, 400_000_000, 1_000_000))
Path({str(trace)!r}).write_text(str(worker.ask(pid)))
if {task!r}:
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGKILL)).start()
    worker.ask({task or "pid"})
os.kill(os.getpid(), signal.SIGKILL)
""".encode(),
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, keeper], env={**os.environ, "PYTHONPATH": str(root)}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert _ends(int(trace.read_text()))


def _ends(process: int) -> bool:
    """True once a process is no more, or waits to be buried by an init that this system may lack."""
    for _ in range(600):
        if _state(process) in ("", "Z"):
            return True
        time.sleep(0.1)
    return False


def _state(process: int) -> str:
    """One letter, as ps gives it; nothing for a process that is no more."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return ""
    ps = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return ps.stdout.strip()[:1]
