from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Never

import pytest

from intake_bot.errors import TemporaryFailure
from intake_bot.files.facts import Trouble
from intake_bot.files.worker import Worker
from intake_bot.files.worker_process import Allowance
from intake_bot.files.zips import Unreadable
from tests.files import samples

_STRICT = Allowance(seconds=1, memory_bytes=400_000_000, file_bytes=1_000_000)

needs_rlimits = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds to a limit on memory")
needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


@pytest.fixture(scope="module")
def strict() -> Iterator[Worker]:
    with Worker(_STRICT) as one:
        yield one


# ---- tasks, found by the worker by their names -----------------------------------------------------------------------


def pid() -> int:
    return os.getpid()


def spin() -> Never:
    while True:
        pass


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def sleep_in_c() -> None:
    """As a library that holds the interpreter's lock."""
    ctypes.PyDLL(None).usleep(4_000_000_000)


def end() -> None:
    os._exit(7)


def crash() -> None:
    ctypes.string_at(0)


def take_memory(count: int) -> int:
    return len(bytearray(count))


def recurse(depth: int) -> int:
    return recurse(depth + 1)


def fail_as_disk() -> None:
    raise TemporaryFailure("disk full")


def fail_as_file() -> None:
    raise Unreadable(Trouble.ENCRYPTED)


def fail_as_bug() -> None:
    raise KeyError("a bug")


def say(count: int) -> str:
    return "字" * count


def chatter() -> str:
    os.write(1, b"to stdout")
    sys.stderr.write("to stderr")
    return "heard"


def write(path: Path, count: int) -> int:
    try:
        return path.write_bytes(bytes(count))
    except OSError:
        return -1


def environment() -> set[str]:
    return set(os.environ)


def end_once(trace: Path) -> str:
    """Dies when it is first called, as a worker does that an earlier file has weakened."""
    if not trace.exists():
        trace.touch()
        end()
    return "well"


def start_child(trace: Path) -> None:
    """Starts a process as the archiver is started, and hangs."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"])
    trace.write_text(str(child.pid))
    spin()


# ---- tests -----------------------------------------------------------------------------------------------------------


def test_ask_reuses_one_process(worker: Worker) -> None:
    first = worker.ask(pid)
    assert first != os.getpid()
    assert [worker.ask(pid) for _ in range(3)] == [first] * 3


def test_ask_starts_again_after_close() -> None:
    with Worker(_STRICT) as worker:
        first = worker.ask(pid)
        worker.close()
        assert worker.ask(pid) != first


@pytest.mark.parametrize(
    ("task", "arguments"),
    [
        pytest.param(spin, (), id="spins"),
        pytest.param(sleep, (10_000,), id="sleeps"),
        pytest.param(sleep_in_c, (), id="hangs-in-a-library", marks=needs_posix),
        pytest.param(end, (), id="ends"),
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
    with Worker(_STRICT) as worker:
        assert "PUYANG_MAIL_SECRET" not in worker.ask(environment)


def test_ask_says_when_no_worker_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with Worker(_STRICT) as worker, pytest.raises(TemporaryFailure, match="启动不了"):
        worker.ask(pid)


@needs_rlimits
def test_ask_says_when_the_worker_ends_before_it_is_ready(capfd: pytest.CaptureFixture[str]) -> None:
    with Worker(replace(_STRICT, memory_bytes=20_000_000)) as worker, pytest.raises(TemporaryFailure, match="没有启动"):
        worker.ask(pid)
    assert capfd.readouterr().err


@needs_posix
def test_worker_that_finds_no_keeper_ends_without_a_word() -> None:
    program = "from intake_bot.files.worker_process import main; main()"
    orphan = subprocess.run([sys.executable, "-c", program], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert (orphan.returncode, orphan.stdout, orphan.stderr) == (0, b"", b"")


def test_ask_ends_the_archiver_with_the_worker(strict: Worker, tmp_path: Path) -> None:
    trace = tmp_path / "pid"
    with pytest.raises(Unreadable):
        strict.ask(start_child, trace)
    assert _ends(int(trace.read_text()))


@needs_posix
@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
def test_worker_does_not_outlive_its_keeper(tmp_path: Path, busy: bool) -> None:
    trace = tmp_path / "pid"
    keeper = samples.put(
        tmp_path,
        "keeper.py",
        f"""
import os, signal, sys, threading, time
from pathlib import Path
from intake_bot.files.worker import Worker
from intake_bot.files.worker_process import Allowance
from tests.files.test_worker import pid, spin
worker = Worker(Allowance(60, 400_000_000, 1_000_000))
Path({str(trace)!r}).write_text(str(worker.ask(pid)))
if {busy}:
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGKILL)).start()
    worker.ask(spin)
os.kill(os.getpid(), signal.SIGKILL)
""".encode(),
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, keeper], env={**os.environ, "PYTHONPATH": str(root)}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert _ends(int(trace.read_text()))


def _ends(process: int) -> bool:
    """True once a process is no more, or waits to be buried by an init that this system may lack."""
    for _ in range(100):
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
