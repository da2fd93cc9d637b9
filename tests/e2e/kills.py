"""Commands in processes that are killed, by themselves or from outside, as `kill -9` does: no handler, no flush."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from intake_bot import cli
from intake_bot.clock import stopped_clock
from tests.e2e.inspection import run

PRELOADED = [
    "intake_bot.commands.poll",
    "intake_bot.commands.run",
    "intake_bot.mail.reading.read",
    "alembic.command",
    "tests.e2e.kills",
    "tests.e2e.preload",
    "tests.service.daemons",
]


def start_forked(body: Callable[..., None], *arguments: object) -> BaseProcess:
    """Starts a process, forked from one that has done the imports, which take two seconds."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(PRELOADED)
    process = processes.Process(target=body, args=arguments)
    process.start()
    return process


def kill_during(place: str, when: str, number: int, *command: object) -> None:
    """Runs the command in a process that kills itself at this call, and asserts that it did. As `run_until_killed`."""
    process = start_forked(run_until_killed, place, when, number, [str(word) for word in command])
    process.join(60)
    assert process.exitcode == -9


def run_until_killed(place: str, when: str, number: int, command: list[str]) -> None:
    """The body of a process that kills itself `before` or `after` the call of this number, counted from 1.

    `place` is `module:function` or `module:Class.method`.
    """
    wrap_function(place, killing_wrapper(when, number))
    cli.run(command)


def run_at(now: datetime, log: Path, command: list[str]) -> None:
    """The body of a process that is killed from outside. `run` takes no `--now`, so its clock is replaced."""
    wrap_function("intake_bot.commands.run:system_clock", lambda _: stopped_clock(now))
    with log.open("ab") as output:
        for number in (1, 2):
            os.dup2(output.fileno(), number)
    cli.run(command)


def run_limited(maximum: int, answer: Connection, command: list[object]) -> None:
    """The body of a process that can write no file of more than `maximum` bytes: a larger write fails in its middle."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (maximum, resource.RLIM_INFINITY))
    answer.send(run(*command))


def kill_this_process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wrap_function(place: str, wrapper: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Replaces the function at `place` by what `wrapper` makes of it."""
    module, _, path = place.partition(":")
    *outer, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for step in outer:
        owner = getattr(owner, step)
    setattr(owner, name, wrapper(getattr(owner, name)))


def killing_wrapper(when: str, number: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Wraps a function so that its call of this number, counted from 1, kills the process."""
    calls = 0

    def wrapper(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == number and when == "before":
                kill_this_process()
            result = function(*arguments, **named)
            if calls == number:
                kill_this_process()
            return result

        return call

    return wrapper
