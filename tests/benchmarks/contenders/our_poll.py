"""Ours: `intake-bot poll` with everything on (judged, kept, filed and synced to the disk, answered)."""

from __future__ import annotations

import gc
import importlib
import io
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout, suppress
from typing import TYPE_CHECKING

from intake_bot import cli
from tests.benchmarks.contenders.job import Job, Outcome, read_job, tell
from tests.benchmarks.sampling import Sampler

if TYPE_CHECKING:
    from _typeshed import HasFileno  # os.fsync takes files, too

_COUNTS = re.compile(r"处理完 (\d+) 封，未处理完 (\d+) 封")


def poll(job: Job) -> Outcome:
    gc.disable()  # as `main` does while it imports the command
    importlib.import_module("intake_bot.commands.poll")  # what follows is watched
    counts: dict[str, float] = {}
    began = time.process_time()
    sampler = Sampler() if job.look == "sample" else None
    counting = _counting(counts) if job.look == "count" else nullcontext()
    with counting, sampler or nullcontext(), redirect_stdout(io.StringIO()) as said, suppress(SystemExit):
        cli.main(["poll", "--home", job.folder, "--now", job.now])
    found = _COUNTS.search(said.getvalue())
    assert found is not None, said.getvalue()
    times = os.times()
    counts |= {"parent": time.process_time() - began, "workers": times.children_user + times.children_system}
    if sampler is not None:
        counts |= {f"stage {room}": share for room, share in sampler.rooms()}
    return Outcome(int(found[1]), int(found[2]), counts, sampler.functions(10) if sampler else [])


@contextmanager
def _counting(counts: dict[str, float]) -> Iterator[None]:
    """Statements and commits as SQLAlchemy sends them, and fsyncs of files. SQLite's own fsyncs are not seen here: in
    WAL mode it syncs once a commit."""
    from sqlalchemy import Engine, event

    counts |= {"statements": 0, "commits": 0, "fsyncs": 0}
    fsync = os.fsync

    def count_statement(*_: object) -> None:
        counts["statements"] += 1

    def count_commit(*_: object) -> None:
        counts["commits"] += 1

    def counted_fsync(fd: int | HasFileno) -> None:
        counts["fsyncs"] += 1
        fsync(fd)

    event.listen(Engine, "before_cursor_execute", count_statement)
    event.listen(Engine, "commit", count_commit)
    os.fsync = counted_fsync
    try:
        yield
    finally:
        os.fsync = fsync
        event.remove(Engine, "before_cursor_execute", count_statement)
        event.remove(Engine, "commit", count_commit)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    tell(poll(read_job()))
