"""Runs a command in a process that kills itself, as `kill -9` does: no handler, no finally, no flush."""

from __future__ import annotations

import importlib
import os
import signal
from collections.abc import Callable
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from intake_bot import cli
from intake_bot.clock import stopped_clock
from tests.e2e.looking import run


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def replace(place: str, around: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Puts what `around` makes of the function into its place."""
    module, _, path = place.partition(":")
    *outer, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for step in outer:
        owner = getattr(owner, step)
    setattr(owner, name, around(getattr(owner, name)))


def mortal(when: str, number: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes of a function one that kills the process around its call of this number, counted from 1."""
    calls = 0

    def around(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == number and when == "before":
                die()
            result = function(*arguments, **named)
            if calls == number:
                die()
            return result

        return call

    return around


def run_and_die(place: str, when: str, number: int, command: list[str]) -> None:
    """The body of such a process. The call of this number, `before` or `after` it, is the last thing it does.

    `place` is `module:function` or `module:Class.method`.
    """
    replace(place, mortal(when, number))
    cli.run(command)


def run_at(now: datetime, log: Path, command: list[str]) -> None:
    """The body of a process that is killed from outside. `run` takes no `--now`, so it is given its clock here."""
    replace("intake_bot.commands.run:system_clock", lambda _: stopped_clock(now))
    with log.open("ab") as output:
        for number in (1, 2):
            os.dup2(output.fileno(), number)
    cli.run(command)


def run_limited(most: int, answer: Connection, command: list[object]) -> None:
    """The body of a process that can write no file larger than this: such a write fails in its middle."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    answer.send(run(*command))
