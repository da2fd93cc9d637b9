"""What runs in the worker process: it takes one task after the other from its first pipe and answers on the second."""

from __future__ import annotations

import gc
import importlib
import math
import os
import pickle
import queue
import signal
import struct
import sys
import threading
import traceback
from contextlib import suppress
from typing import IO

from intake_bot.errors import TemporaryFailure
from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.files.limits import Allowance
from intake_bot.files.worker.answers import Outcome, add_time, write_answer
from intake_bot.files.worker.time_budget import WALL_FACTOR

_LENGTH = struct.Struct("<Q")
_FRAME_BYTES = 6_000_000
"""Maximum bytes of a message, in either direction: the parent holds it in memory. Two million 字 fit."""


def write_frame(pipe: IO[bytes], content: bytes) -> None:
    """One message. Raises OSError when nobody reads."""
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> bytes | None:
    """One whole message, or None: at the end, or when it is too long to be one."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > _FRAME_BYTES:
        return None
    content = pipe.read(length)
    return content if len(content) == length else None


def main() -> None:
    """Serves until the parent closes the first pipe, or dies; collects no garbage until it has started. Raises whatever
    stops it from starting."""
    # Ctrl-C on Windows and a stopping service reach all processes; the file in hand is still wanted.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    greeting = read_frame(questions)
    if greeting is None:  # the parent was killed while this process started
        return
    allowance = pickle.loads(greeting)  # noqa: S301 - from the parent
    _load_libraries()
    gc.freeze()  # what was imported lives until the end
    gc.enable()
    _limit(allowance)
    inbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(questions, inbox), daemon=True).start()
    _talk_to_nobody()
    write_frame(answers, add_time(write_answer(Outcome.DONE), 0))
    while True:
        question = inbox.get()
        _end_after(math.ceil((WALL_FACTOR + 1) * allowance.seconds))
        began = _processor_seconds()
        write_frame(answers, add_time(_answer(question), _processor_seconds() - began))
        _end_after(0)


def _listen(questions: IO[bytes], inbox: queue.SimpleQueue[bytes]) -> None:
    """Runs beside the work, so that a worker whose parent died ends even while a library is busy."""
    while (question := read_frame(questions)) is not None:
        inbox.put(question)
    if sys.platform != "win32":
        with suppress(OSError):
            os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _answer(question: bytes) -> bytes:
    try:
        answer = _result(question)
    except MemoryError:
        return write_answer(Outcome.OUT_OF_MEMORY)
    return answer if len(answer) <= _FRAME_BYTES else write_answer(Outcome.REFUSED, Trouble.UNSUPPORTED)


def _result(question: bytes) -> bytes:
    try:
        task, arguments, processor_seconds = pickle.loads(question)  # noqa: S301 - from the parent
        _end_after_work(processor_seconds)
        return write_answer(Outcome.DONE, task(*arguments))
    except Unreadable as error:
        return write_answer(Outcome.REFUSED, error.trouble)
    except TemporaryFailure as error:
        return write_answer(Outcome.FAILED, str(error))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - on the other side of a pipe nobody could catch it; there it is logged
        return write_answer(Outcome.FAULTY, traceback.format_exc())
    finally:
        _end_after_work(0)


def _processor_seconds() -> float:
    """What this process has taken, and the programs that it ran to their end."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _end_after_work(processor_seconds: float | None) -> None:
    """Ends this process by SIGPROF after so many processor seconds of its own, also while a library holds the
    interpreter; 0 takes that back. Windows has nothing like it."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, processor_seconds or 0)


def _load_libraries() -> None:
    """Before the first file: what is not installed must not look like a file that cannot be read."""
    for name in ("documents.document", "media.photo", "media.video"):
        importlib.import_module(f"intake_bot.files.{name}")


def _talk_to_nobody() -> None:
    """What libraries print would come between our answers, and on the admin's screen."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)


def _limit(allowance: Allowance) -> None:
    if sys.platform == "win32":
        return
    import resource

    for what, most in (
        (resource.RLIMIT_AS, allowance.memory_bytes),
        (resource.RLIMIT_FSIZE, allowance.file_bytes),
        (resource.RLIMIT_CORE, 0),  # a dump would hold what schools sent
    ):
        # macOS refuses some; an admin may have set a lower one already, and that holds then.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def _end_after(seconds: int) -> None:
    """Ends this process after so many seconds, also while a library holds the interpreter; 0 takes that back.

    The parent ends it sooner. This is for a worker that hangs after its parent died.
    """
    if sys.platform != "win32":
        signal.alarm(seconds)
