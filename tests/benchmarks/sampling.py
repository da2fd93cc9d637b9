"""Where processor time goes, by samples of the stack: cheap enough to leave the order of magnitude as it is, and a
library's time counts for the room of ours that called it. Needs SIGPROF, which Windows has not."""

from __future__ import annotations

import signal
import sys
import threading
from collections import Counter
from types import FrameType, TracebackType
from typing import Self

EVERY_SECONDS = 0.002
_WAITING = {"wait", "acquire", "sleep", "select", "poll", "accept", "get", "recv", "recv_into", "read", "_recv"}
"""Functions of threads that only wait; a thread in one of them burns nothing."""


class Sampler:
    """Takes a sample each time this process has used so much processor time, while its `with` block lasts."""

    def __init__(self) -> None:
        self._rooms: Counter[str] = Counter()
        self._functions: Counter[str] = Counter()

    def __enter__(self) -> Self:
        if sys.platform != "win32":
            signal.signal(signal.SIGPROF, self._note)
            signal.setitimer(signal.ITIMER_PROF, EVERY_SECONDS, EVERY_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_PROF, 0)

    def rooms(self) -> list[tuple[str, float]]:
        """Share of each room in the samples, the largest first."""
        total = sum(self._rooms.values()) or 1
        return [(room, count / total) for room, count in self._rooms.most_common()]

    def functions(self, most: int) -> list[list[str | float]]:
        """Share of the functions that were running, without those that they called."""
        total = sum(self._functions.values()) or 1
        return [[name, count / total] for name, count in self._functions.most_common(most)]

    def _note(self, _number: int, frame: FrameType | None) -> None:
        busy = self._busy(frame)
        if busy is None:
            return
        self._functions[_name(busy)] += 1
        place: FrameType | None = busy
        while place is not None and not _module(place).startswith("intake_bot."):
            place = place.f_back
        self._rooms[_room(place)] += 1

    def _busy(self, main: FrameType | None) -> FrameType | None:
        """The innermost frame of the main thread, or of another one while that only waits."""
        if main is not None and main.f_code.co_name not in _WAITING:
            return main
        own = threading.main_thread().ident
        others = [frame for thread, frame in sys._current_frames().items() if thread != own]
        return next((frame for frame in others if frame.f_code.co_name not in _WAITING), main)


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _name(frame: FrameType) -> str:
    return f"{_module(frame)}.{frame.f_code.co_name}"


def _room(frame: FrameType | None) -> str:
    """`mail/imap` and `mail/smtp` apart from reading: they are stages of their own."""
    if frame is None:
        return "start"
    _, *rooms = _module(frame).split(".")
    return "/".join(rooms[:2]) if rooms[0] == "mail" and len(rooms) > 2 else rooms[0]
