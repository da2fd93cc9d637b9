"""What networks and servers do in the middle of a conversation; for `tests.servers.proxy` before a real Dovecot."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Command, Conversation, HangUp, ImapProxy

Fault = Callable[[Conversation, Command], Iterable[bytes]]
"""Answers one command, worse than the server behind would."""


class FaultyProxy(ImapProxy):
    """Passes everything on, but for the faults that it is set to."""

    def __init__(self, server: Dovecot) -> None:
        super().__init__(server, _Faulty)
        self._faults: list[tuple[str, Fault]] = []
        self._broken: tuple[frozenset[int], Fault] = (frozenset(), hang_up)

    def spoil(self, start: str, fault: Fault, times: int = 1) -> None:
        """The next `times` commands that start so (`UID FETCH`) are answered by this fault."""
        self._faults += [(start, fault)] * times

    def spoil_mails(self, uids: Iterable[int], fault: Fault) -> None:
        """Every FETCH that includes one of these mails is answered by this fault, from now on."""
        self._broken = (frozenset(uids), fault)

    def forgive(self) -> None:
        """All is well from now on."""
        self._faults.clear()

    def fault_for(self, command: Command) -> Fault | None:
        """The fault that awaits this command; it is used up by that."""
        line = f"{command.verb} {command.rest}"
        if command.verb == "UID FETCH" and any(command.asks_for(uid) for uid in self._broken[0]):
            return self._broken[1]
        found = next((one for one in self._faults if re.match(one[0], line)), None)
        if found is not None:
            self._faults.remove(found)
        return None if found is None else found[1]

    @property
    def spoilt(self) -> bool:
        """Every fault that it was set to has happened."""
        return not self._faults


class _Faulty(Conversation):
    def answer(self, command: Command) -> Iterable[bytes]:
        assert isinstance(self.proxy, FaultyProxy)
        fault = self.proxy.fault_for(command)
        return self.ask(command) if fault is None else fault(self, command)


def hang_up(_line: Conversation, _command: Command) -> Iterable[bytes]:
    """The line ends without a word."""
    raise HangUp


def say_bye(line: Conversation, _command: Command) -> Iterable[bytes]:
    """The server ends it."""
    line.say([b"* BYE Server is going down\r\n"])
    raise HangUp


def stall(line: Conversation, _command: Command) -> Iterable[bytes]:
    """Nothing comes any more, and nobody says so."""
    line.wait_for_the_end()
    raise HangUp


def cut(line: Conversation, command: Command) -> Iterable[bytes]:
    """The line ends in the middle of the answer; of a literal, where it has one."""
    line.say([_half(line, command)])
    raise HangUp


def stall_in_the_middle(line: Conversation, command: Command) -> Iterable[bytes]:
    """Half of the answer, and then nothing."""
    line.say([_half(line, command)])
    line.wait_for_the_end()
    raise HangUp


def refuse(_line: Conversation, command: Command) -> Iterable[bytes]:
    """NO, for once."""
    return [command.answer("NO [UNAVAILABLE] Internal error, try again later")]


def refuse_at_the_end(line: Conversation, command: Command) -> Iterator[bytes]:
    """The whole answer, and NO behind it."""
    yield from list(line.ask(command))[:-1]
    yield command.answer("NO [SERVERBUG] Internal error while fetching some messages")


def say(ending: str, *lines: bytes) -> Fault:
    """These lines instead of an answer."""
    return lambda _line, command: [*lines, command.answer(ending)]


def give_whole(raw: bytes, manner: str) -> Fault:
    """The whole mail in place of each part of it: called BODY[] (plain), by the part that was asked for first
    (numbered), or by each part (every)."""

    def answer(_line: Conversation, command: Command) -> Iterable[bytes]:
        found = re.search(r"<(\d+)\.", command.rest)
        assert found is not None
        start = {"plain": b"", "numbered": b"<0>", "every": b"<%b>" % found[1].encode()}[manner]
        return [b"* 1 FETCH (UID 1 BODY[]%b {%d}\r\n%b)\r\n" % (start, len(raw), raw), command.answer("OK done")]

    return answer


def babble(line: Conversation, command: Command) -> Iterator[bytes]:
    """What comes is no IMAP."""
    list(line.ask(command))
    yield b"* 1 FETCH (UID 1 RFC822.SIZE\r\n* \xff\xfe {12\r\n"
    yield command.answer("OK")


def give_nothing(line: Conversation, command: Command) -> Iterator[bytes]:
    """OK, and not a word of what was asked for."""
    yield list(line.ask(command))[-1]


def _half(line: Conversation, command: Command) -> bytes:
    answer = b"".join(line.ask(command))
    return answer[: len(answer) // 2]
