"""What the worker may answer, and what becomes of an answer that it may not give."""

from __future__ import annotations

import io
import os
import pickle
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.files.worker.process import write_frame
from intake_bot.files.worker.worker import Worker
from tests.files.worker.tasks import (
    EVERYTHING,
    everything,
    say,
    say_bytes,
    say_half_a_pair,
    write_raw,
    write_raw_and_hang,
    write_raw_texts,
)
from tests.marking import slow

pytestmark = pytest.mark.usefixtures("nothing_shared")

needs_clear_refs = pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="measures its own peak")


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
