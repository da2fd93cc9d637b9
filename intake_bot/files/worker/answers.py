"""The answers of the worker: a line with the processor seconds and the outcome, and JSON.

They are never pickles, because whoever reads a pickle runs what its writer wants, and a file may have taken the worker
over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, get_type_hints

from intake_bot.files.facts import Trouble

if TYPE_CHECKING:
    from pydantic_core import SchemaValidator

_TIME = re.compile(r"[0-9]{1,9}\.[0-9]{6}")
_LISTS = ("tuple", "list", "set", "frozenset")
"""What pydantic calls the types that JSON has as lists."""


class Outcome(StrEnum):
    DONE = "done"
    """The value is what the task returned."""
    REFUSED = "refused"
    """Unreadable; the value is the trouble."""
    FAILED = "failed"
    """TemporaryFailure; the value is its text."""
    OUT_OF_MEMORY = "out of memory"
    FAULTY = "faulty"
    """Another exception; the value is its traceback."""


_KINDS: dict[Outcome, Any] = {
    Outcome.REFUSED: Trouble,
    Outcome.FAILED: str,
    Outcome.OUT_OF_MEMORY: None,
    Outcome.FAULTY: str,
}
"""The type of the value, where it is not what the task returned."""


@dataclass(frozen=True)
class Answer:
    """What became of a task."""

    outcome: Outcome
    value: Any
    """Of the type that goes with the outcome: what the task declares to return, when it is done."""
    processor_seconds: float
    """What the task took, the programs included that it ran."""


def write_answer(outcome: Outcome, value: object = None) -> bytes:
    """An answer without its time. Raises TypeError for a value of a type that no task has had a reason to return."""
    # Half a surrogate pair, which some documents hold, is no text and becomes a question mark.
    content = json.dumps(value, default=_plain, ensure_ascii=False).encode("utf-8", "replace")
    return outcome.encode() + b"\n" + content


def add_time(answer: bytes, processor_seconds: float) -> bytes:
    """The answer with its time."""
    return f"{processor_seconds:.6f} ".encode() + answer


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, set | frozenset):
        return list(value)
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"an answer cannot hold {type(value).__name__}")


def read_answer(answer: bytes, task: Callable[..., object]) -> Answer:
    """Reads the answer to a task. Raises ValueError for anything that is none."""
    head, _, content = answer.partition(b"\n")
    time, _, word = head.decode("ascii").partition(" ")
    if not _TIME.fullmatch(time):
        raise ValueError(f"not a time: {time!r}")
    outcome = Outcome(word)
    kind = _return_type(task) if outcome is Outcome.DONE else _KINDS[outcome]
    return Answer(outcome, _validator(kind).validate_json(content, strict=True), float(time))


@cache
def _return_type(task: Callable[..., object]) -> Any:
    return get_type_hints(task)["return"]


@cache
def _validator(kind: Any) -> SchemaValidator:
    # Imported here: the worker only writes answers, and starts sooner and smaller without it.
    from pydantic import TypeAdapter
    from pydantic_core import SchemaValidator

    return SchemaValidator(_fail_fast(TypeAdapter(kind).core_schema))


def _fail_fast(schema: Any) -> Any:
    """The schema, made to stop at the first fault in a list: of three million, pydantic would keep 1.5 GB."""
    if isinstance(schema, list | tuple):
        return type(schema)(_fail_fast(part) for part in schema)
    if not isinstance(schema, dict):
        return schema
    parts = {key: _fail_fast(part) for key, part in schema.items()}
    return {**parts, "fail_fast": True} if schema.get("type") in _LISTS else parts
