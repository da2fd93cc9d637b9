"""How 163 and QQ speak, as told in public issue trackers; for `tests.servers.proxy` before a real Dovecot."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator

from tests.servers.proxy import Command, Conversation, HangUp

VIRUS_FOLDER = "病毒文件夹"
_VIRUS_FOLDER = "&dcVr0mWHTvZZOQ-"
"""The same in modified UTF-7."""
_BODY_STRUCTURE = b'* 1 FETCH (UID 1 BODYSTRUCTURE (("TEXT" "PLAIN" ("CHARSET" NIL NIL "8BIT" 12)) "MIXED" NIL\r\n'
_ENVELOPE = b'* 1 FETCH (UID 1 ENVELOPE ("date" "a \\\\"b" NIL NIL NIL NIL NIL NIL NIL))\r\n'


class Netease(Conversation):
    """163 and 126 (Coremail): no folder opens before ID, UIDVALIDITY is 1, UIDNEXT is missing, SEARCH knows four
    words, and whatever they do not know is BAD. Slow."""

    seconds = 0.002
    """Before each answer."""
    _flags = rb"(\Answered \Seen \Deleted \Draft \Flagged)"

    def greeting(self, line: bytes) -> bytes:
        self._has_said_who_it_is = False
        return b"* OK Coremail System IMap Server Ready(163com[look-alike])\r\n"

    def answer(self, command: Command) -> Iterable[bytes]:
        time.sleep(self.seconds)
        match command.verb:
            case "NOOP" | "LOGOUT" | "LIST" | "LSUB" | "CLOSE":
                return self.ask(command)
            case "CAPABILITY":
                return [
                    b"* CAPABILITY IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS APPENDLIMIT=71680000 "
                    b"XAPPLEPUSHSERVICE UIDPLUS X-CM-EXT-1 SASL-IR AUTH=XOAUTH2\r\n",
                    command.answer("OK CAPABILITY completed"),
                ]
            case "AUTHENTICATE":  # although it advertises SASL-IR
                return [command.answer("BAD Request not ending with \\r\\n")]
            case "LOGIN":
                return self._login(command)
            case "ID":
                return self._id(command)
            case "SELECT" | "EXAMINE":
                return self._select(command)
            case "STATUS":
                return [f"* STATUS {command.rest.split(' ')[0]} ()\r\n".encode(), command.answer("OK STATUS completed")]
            case "SEARCH" | "UID SEARCH":
                return self._search(command)
            case "FETCH" | "UID FETCH":
                return self._fetch(command)
            case "STORE" | "UID STORE":
                return self._store(command)
            case "CREATE":
                return [command.answer("NO CREATE permission denied")]
            case _:
                return [command.answer(f"BAD {command.verb} Parse command error")]

    def _login(self, command: Command) -> Iterator[bytes]:
        for response in self.ask(command):
            if response.startswith(f"{command.tag} OK".encode()):
                yield command.answer("OK LOGIN completed")
            elif response.startswith(command.tag.encode()):
                yield command.answer("NO LOGIN Login error or password error")

    def _id(self, command: Command) -> Iterable[bytes]:
        if not re.fullmatch(r'\("[^"]*"( "[^"]*")*\)', command.rest):
            return [command.answer("BAD ID Parse command error")]
        self._has_said_who_it_is = True
        return [
            b'* ID ("name" "Coremail Imap" "vendor" "Mailtech" "TransID" "x")\r\n',
            command.answer("OK ID completed"),
        ]

    def _select(self, command: Command) -> Iterator[bytes]:
        if not self._has_said_who_it_is:
            yield command.answer(f"NO {command.verb} Unsafe Login. Please contact kefu@188.com for help")
            return
        if _VIRUS_FOLDER in command.rest:
            yield command.answer(f"NO {command.verb} The folder is not allowed to be selected")
            return
        for response in self.ask(command):
            if b"[UIDVALIDITY " in response:
                yield b"* OK [UIDVALIDITY 1] UIDs valid\r\n"
            elif b"[PERMANENTFLAGS " in response:
                yield b"* OK [PERMANENTFLAGS " + self._flags + b"] Limited\r\n"
            elif response.startswith(b"* FLAGS "):
                yield b"* FLAGS " + self._flags + b"\r\n"
            elif not re.search(rb"\[(UIDNEXT|HIGHESTMODSEQ|NOMODSEQ|UNSEEN)\b", response):
                yield response

    def _search(self, command: Command) -> Iterable[bytes]:
        if re.fullmatch(r"(ALL|UNSEEN|(SINCE|BEFORE) \S+)( (ALL|UNSEEN|(SINCE|BEFORE) \S+))*", command.rest):
            return self.ask(command)
        if re.match(r"FROM|TO|SUBJECT", command.rest):
            return [b"* SEARCH\r\n", command.answer("OK SEARCH completed")]
        return [command.answer("BAD SEARCH Parse command error")]

    def _fetch(self, command: Command) -> Iterable[bytes]:
        items = command.rest.partition(" ")[2]
        if not (items.startswith("(") and items.endswith(")")):
            return [command.answer("BAD FETCH Parse command error")]
        if "BODYSTRUCTURE" in items:
            return [_BODY_STRUCTURE, command.answer("OK FETCH completed")]
        return self.ask(command)

    def _store(self, command: Command) -> Iterable[bytes]:
        """Keywords of one's own are taken, and forgotten."""
        if re.search(r"[( ]\w", command.rest.partition("FLAGS")[2]):
            return [command.answer("OK STORE completed")]
        return self.ask(command)


class Qq(Conversation):
    """QQ, Foxmail and exmail: an answer about several mails leaves some out, a command that they do not know ends the
    connection, and so do too many logins."""

    most_logins = 1_000_000
    """On one proxy."""

    def greeting(self, line: bytes) -> bytes:
        return b"* OK [CAPABILITY IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN NAMESPACE] QQMail IMAP4Server ready\r\n"

    def answer(self, command: Command) -> Iterable[bytes]:
        match command.verb:
            case "NOOP" | "LOGOUT" | "ID" | "SELECT" | "EXAMINE" | "NAMESPACE" | "STATUS" | "STORE" | "UID STORE":
                return self.ask(command)
            case "CAPABILITY":
                return [
                    b"* CAPABILITY IMAP4 IMAP4rev1 XLIST MOVE IDLE XAPPLEPUSHSERVICE NAMESPACE CHILDREN ID UIDPLUS\r\n",
                    command.answer("OK CAPABILITY Completed"),
                ]
            case "LOGIN":
                return self._login(command)
            case "LIST":
                return self._list(command)
            case "SEARCH" | "UID SEARCH":
                return self._search(command)
            case "FETCH" | "UID FETCH":
                return self._fetch(command)
            case _:
                raise HangUp

    def _login(self, command: Command) -> Iterator[bytes]:
        logins = sum(line.startswith("LOGIN ") for line in self.proxy.commands)
        responses = self.ask(command) if logins <= self.most_logins else [command.answer("NO")]
        for response in responses:
            if response.startswith(f"{command.tag} OK".encode()):
                yield command.answer("OK Success login ok")
            elif response.startswith(command.tag.encode()):
                yield command.answer(
                    "NO Login fail. Account is abnormal, service is not open, password is incorrect, "
                    "login frequency limited, or system is busy. More information at https://help.example.com/"
                )

    def _list(self, command: Command) -> Iterator[bytes]:
        yield rb'* LIST (\NoSelect \HasChildren) "/" "&UXZO1mWHTvZZOQ-"' + b"\r\n"
        yield from self.ask(command)

    def _search(self, command: Command) -> Iterable[bytes]:
        if re.match(r"FROM|TO|SUBJECT|HEADER|TEXT", command.rest):
            return self.ask(Command(command.tag, command.verb, "ALL"))
        if re.fullmatch(r"ALL|(UNSEEN ?)?((SINCE|BEFORE) \S+)?", command.rest):
            return self.ask(command)
        return [command.answer(f"BAD {command.verb} invalid argument")]

    def _fetch(self, command: Command) -> Iterator[bytes]:
        numbers, _, items = command.rest.partition(" ")
        pairs = [pair.split(":") for pair in numbers.split(",") if ":" in pair]
        if any(last != "*" and int(first) > int(last) for first, last in pairs):
            yield command.answer("BAD Sequence set is inavlid!")
            return
        if "ENVELOPE" in items:
            yield from (_ENVELOPE, command.answer("OK FETCH Completed"))
            return
        for number, response in enumerate(self.ask(command)):
            if numbers.isdigit() or number % 3 != 1 or response.startswith(command.tag.encode()):
                yield response
