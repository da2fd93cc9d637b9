from __future__ import annotations

import io
import os
import pickle
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from intake_bot.errors import TemporaryFailure
from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.files.limits import Allowance
from intake_bot.files.worker.process import write_frame
from intake_bot.files.worker.worker import Worker
from tests.files import samples
from tests.files.worker.tasks import (
    EVERYTHING,
    chatter,
    crash,
    end,
    end_once,
    environment,
    everything,
    fail_as_bug,
    fail_as_disk,
    fail_as_file,
    pid,
    recurse,
    say,
    say_bytes,
    say_half_a_pair,
    sleep,
    sleep_in_c,
    spin,
    start_child,
    take_memory,
    write,
    write_raw,
    write_raw_and_hang,
    write_raw_texts,
)
from tests.marking import slow

pytestmark = pytest.mark.usefixtures("nothing_shared")

_STRICT = Allowance(seconds=1, memory_bytes=400_000_000, file_bytes=1_000_000)

needs_rlimits = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds to a limit on memory")
needs_clear_refs = pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="measures its own peak")
needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


@pytest.fixture(scope="module")
def strict() -> Iterator[Worker]:
    with Worker(_STRICT) as one:
        yield one


def frame(content: bytes) -> bytes:
    pipe = io.BytesIO()
    write_frame(pipe, content)
    return pipe.getvalue()


class Hostile:
    """Pickled, it makes a file wherever it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self._trace,)


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


def test_ask_gives_back_all_that_an_answer_may_be_made_of(worker: Worker) -> None:
    assert worker.ask(everything) == EVERYTHING


def test_ask_makes_text_of_what_is_none(worker: Worker) -> None:
    assert worker.ask(say_half_a_pair) == "字?"


def test_ask_leaves_to_a_person_what_no_answer_can_hold(worker: Worker, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Unreadable) as caught:
        worker.ask(say_bytes)
    assert caught.value.trouble is Trouble.UNSUPPORTED
    assert "an answer cannot hold bytes" in caplog.text


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xff" * 100, id="garbage"),
        pytest.param(struct.pack("<Q", 6_000_001) + b"x" * 1_000_000, id="longer-than-answers-are"),
        pytest.param(frame(b'done\n"well"')[:-1], id="truncated"),
        slow(frame(b""), id="empty"),
        pytest.param(frame(b'done\n"well'), id="half-of-JSON"),
        slow(frame(b'done\n"\xff"'), id="not-UTF-8"),
        slow(frame(b"done\n" + b"[" * 1_000_000), id="endless-depth"),
        pytest.param(frame(b"done\n7"), id="another-type"),
        slow(frame(b"done\nnull"), id="nothing"),
        pytest.param(frame(b'well\n"well"'), id="unknown-outcome"),
        slow(frame(b'refused\n"because"'), id="unknown-trouble"),
        slow(frame(b"failed\n[]"), id="failed-without-a-text"),
    ],
)
def test_ask_takes_a_worker_that_gives_no_answer_for_a_dead_one(
    strict: Worker, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Unreadable) as caught:
        strict.ask(write_raw, content)
    assert caught.value.trouble is Trouble.TOO_HARD
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2  # a fresh one has the last word
    assert strict.ask(say, 1) == "字"


def test_ask_takes_no_number_written_as_text(strict: Worker) -> None:
    with pytest.raises(Unreadable) as caught:
        strict.ask(write_raw_texts, frame(b'done\n{"text":"","words":"1"}'))
    assert caught.value.trouble is Trouble.TOO_HARD


def test_ask_does_not_wait_for_the_rest_of_an_answer(strict: Worker, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Unreadable) as caught:
        strict.ask(write_raw_and_hang, frame(b'done\n"well"')[:-1])
    assert caught.value.trouble is Trouble.TOO_HARD
    assert len(caplog.records) == 1  # what took its whole time is not tried again


@pytest.mark.parametrize("head", [b"", b"done\n"], ids=["alone", "as-a-value"])
def test_ask_never_unpickles_an_answer(strict: Worker, tmp_path: Path, head: bytes) -> None:
    trace = tmp_path / "trace"
    hostile = pickle.dumps(Hostile(trace))
    with pytest.raises(Unreadable) as caught:
        strict.ask(write_raw, frame(head + hostile))
    assert caught.value.trouble is Trouble.TOO_HARD
    assert not trace.exists()
    pickle.loads(hostile)
    assert trace.exists()  # it would have


@needs_clear_refs
def test_ask_keeps_no_list_of_what_is_wrong_with_an_answer(strict: Worker) -> None:
    faults = b",".join([b"1"] * 2_900_000)
    strict.ask(say, 1)
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before = _peak_bytes()
    with pytest.raises(Unreadable):
        strict.ask(write_raw_texts, frame(b'done\n{"text":"","words":0,"tables":[[[' + faults + b"]]]}"))
    assert _peak_bytes() - before < 300_000_000


def _peak_bytes() -> int:
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


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
