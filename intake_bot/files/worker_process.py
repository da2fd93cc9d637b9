"""What runs in the worker process: it takes one task after the other from its first pipe and answers on the second."""

from __future__ import annotations

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
from dataclasses import dataclass
from enum import StrEnum
from typing import IO

from intake_bot.errors import TemporaryFailure
from intake_bot.files.facts import Trouble
from intake_bot.files.zips import Unreadable

_LENGTH = struct.Struct("<Q")
_ANSWER_BYTES = 6_000_000
"""A longer answer is not given: it would be our keeper's memory. It is two million 字."""


@dataclass(frozen=True)
class Allowance:
    """What one task may take."""

    seconds: float
    memory_bytes: int
    """Of address space, the interpreter and the libraries included: they take about 100 MB."""
    file_bytes: int
    """Of any one file that it writes."""


class Outcome(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    """Unreadable; the value is the trouble."""
    FAILED = "failed"
    """TemporaryFailure; the value is its text."""
    OUT_OF_MEMORY = "out of memory"
    FAULTY = "faulty"
    """Another exception; the value is its traceback."""


@dataclass(frozen=True)
class Answer:
    outcome: Outcome
    value: object = None


def write_frame(pipe: IO[bytes], content: bytes) -> None:
    """One message. Raises OSError when nobody reads."""
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> bytes | None:
    """One whole message, or None at the end."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    content = pipe.read(length)
    return content if len(content) == length else None


def main() -> None:
    """Serves until the keeper closes the first pipe, or is no more. Raises what keeps it from getting ready."""
    # Ctrl-C on Windows and a stopping service reach all processes; the file in hand is still wanted.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    greeting = read_frame(questions)
    if greeting is None:  # our keeper was killed while we started
        return
    allowance = pickle.loads(greeting)  # noqa: S301 - from our keeper
    _load_libraries()
    _limit(allowance)
    inbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(questions, inbox), daemon=True).start()
    _talk_to_nobody()
    write_frame(answers, pickle.dumps(Answer(Outcome.DONE)))
    while True:
        question = inbox.get()
        _allow_processor(allowance.seconds)
        write_frame(answers, _answered(question))


def _listen(questions: IO[bytes], inbox: queue.SimpleQueue[bytes]) -> None:
    """Beside the work, so that a worker without a keeper ends even while a library is busy."""
    while (question := read_frame(questions)) is not None:
        inbox.put(question)
    if sys.platform != "win32":
        with suppress(OSError):
            os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _answered(question: bytes) -> bytes:
    try:
        answer = pickle.dumps(_result(question))
    except MemoryError:
        return pickle.dumps(Answer(Outcome.OUT_OF_MEMORY))
    if len(answer) > _ANSWER_BYTES:
        return pickle.dumps(Answer(Outcome.REFUSED, Trouble.UNSUPPORTED))
    return answer


def _result(question: bytes) -> Answer:
    try:
        task, arguments = pickle.loads(question)  # noqa: S301 - from our keeper
        return Answer(Outcome.DONE, task(*arguments))
    except Unreadable as error:
        return Answer(Outcome.REFUSED, error.trouble)
    except TemporaryFailure as error:
        return Answer(Outcome.FAILED, str(error))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - on the other side of a pipe nobody could catch it; there it is logged
        return Answer(Outcome.FAULTY, traceback.format_exc())


def _load_libraries() -> None:
    """Before the first file: what is not installed must not look like a file that cannot be read."""
    for name in ("document", "photo", "video"):
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


def _allow_processor(seconds: float) -> None:
    """So much processor time from now on. For a worker that hangs with nobody left to end it."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    with suppress(ValueError, OSError):
        # Twice, since threads add up, and the limit on time is to be met first.
        soft = math.ceil(used.ru_utime + used.ru_stime + 2 * seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (soft, most))
