"""An IMAP server with the manners of 163 and 126 (Coremail), and a few of its neighbours', as told in public issue
trackers: SELECT and EXAMINE fail until the client has sent ID, UIDVALIDITY is 1, there is no UIDNEXT, SEARCH knows
ALL, UNSEEN, SINCE and BEFORE without a charset, everything else is BAD."""

from __future__ import annotations

import re
import socketserver
from collections.abc import Callable
from datetime import datetime

from intake_bot.demo.servers import ImapAccount
from tests.servers.listener import Listener

PASSWORD = "secret"


class NeteaseServer(Listener):
    """One account, INBOX only. The public attributes choose its manners and may be changed while it runs."""

    def __init__(self) -> None:
        self.ids_wanted = 1
        """How many ID commands a connection must send before a folder opens; many: never."""
        self.says_bye = False
        """An unsafe login is answered with BYE instead of NO."""
        self.leaves_out: set[int] = set()
        """UIDs that are missing from the answer to a FETCH of several."""
        self.size_error = 0
        """Bytes by which RFC822.SIZE is wrong."""
        self.nil_past_the_end = False
        """A piece past the end of a mail is NIL instead of an empty string."""
        self.retort: dict[str, str] = {}
        """Raw lines to send instead of an answer, by command (such as "UID FETCH"); {tag} is filled in."""
        self.commands: list[str] = []
        """All command lines received, without tags."""
        self.mails: dict[int, tuple[bytes, datetime]] = {}
        server = self

        class Handler(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True  # answers are written line by line

            def handle(self) -> None:
                _Connection(server, self.rfile.readline, self.wfile.write).serve()

        super().__init__(Handler)

    @property
    def account(self) -> ImapAccount:
        """Its only account."""
        return ImapAccount(self.host, self.port, "school@163.com", PASSWORD, self._append)

    def _append(self, raw: bytes, internaldate: datetime) -> None:
        self.mails[1446555803 + len(self.mails)] = (raw, internaldate)


class _Connection:
    def __init__(self, server: NeteaseServer, readline: Callable[[], bytes], write: Callable[[bytes], object]) -> None:
        self._server = server
        self._readline = readline
        self._write = write
        self._ids = 0
        self._tag = ""

    def serve(self) -> None:
        self._say("* OK Coremail System IMap Server Ready(163com[look-alike])")
        while line := self._readline().decode("ascii").rstrip("\r\n"):
            self._tag, _, command = line.partition(" ")
            self._server.commands.append(command)
            verb, _, rest = command.partition(" ")
            if verb == "UID":
                verb, _, rest = rest.partition(" ")
                verb = f"UID {verb}"
            if not self._answer(verb.upper(), rest):
                return

    def _answer(self, verb: str, rest: str) -> bool:
        """False ends the connection."""
        if verb in self._server.retort:
            self._say(self._server.retort[verb].format(tag=self._tag))
            return True
        if verb == "LOGOUT":
            self._say("* BYE IMAP4rev1 Server logging out")
            self._ok(verb)
            return False
        if verb in ("SELECT", "EXAMINE") and self._ids < self._server.ids_wanted:
            return self._unsafe(verb)
        method = {
            "CAPABILITY": self._capability,
            "NOOP": self._ok,
            "LOGIN": self._login,
            "ID": self._id,
            "LIST": self._list,
            "SELECT": self._select,
            "EXAMINE": self._select,
            "UID SEARCH": self._search,
            "UID FETCH": self._fetch,
        }.get(verb)
        if method is None:
            self._say(f"{self._tag} BAD {verb} Parse command error")
        else:
            method(rest)
        return True

    def _unsafe(self, verb: str) -> bool:
        if self._server.says_bye:
            self._say("* BYE Unsafe Login. Please contact kefu@188.com for help")
            return False
        self._say(f"{self._tag} NO {verb} Unsafe Login. Please contact kefu@188.com for help")
        return True

    def _capability(self, rest: str) -> None:
        self._say("* CAPABILITY IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS UIDPLUS X-CM-EXT-1")
        self._ok("CAPABILITY")

    def _login(self, rest: str) -> None:
        if rest.endswith(f'"{PASSWORD}"'):
            self._ok("LOGIN")
        else:
            self._say(f"{self._tag} NO LOGIN Login error or password error")

    def _id(self, rest: str) -> None:
        if not re.fullmatch(r'\("[^"]*"( "[^"]*")*\)', rest):
            self._say(f"{self._tag} BAD ID Parse command error")
            return
        self._ids += 1
        self._say('* ID ("name" "Coremail Imap" "vendor" "Mailtech" "TransID" "x")')
        self._ok("ID")

    def _select(self, rest: str) -> None:
        self._say(f"* {len(self._server.mails)} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] UIDs valid")
        self._say(r"* FLAGS (\Answered \Seen \Deleted \Draft \Flagged)")
        self._say(r"* OK [PERMANENTFLAGS (\Answered \Seen \Deleted \Draft \Flagged)] Limited")
        self._say(f"{self._tag} OK [READ-ONLY] EXAMINE completed")

    def _list(self, rest: str) -> None:
        self._say('* LIST (\\HasNoChildren) "/" "INBOX"')
        self._ok("LIST")

    def _search(self, rest: str) -> None:
        found = re.fullmatch(r"ALL|UNSEEN|SINCE (\d\d-\w{3}-\d{4})", rest)
        if found is None:
            self._say(f"{self._tag} BAD SEARCH Parse command error")
            return
        since = found[1] and datetime.strptime(f"{found[1]} +0800", "%d-%b-%Y %z")
        uids = [uid for uid, (_, when) in self._server.mails.items() if not since or when >= since]
        self._say(" ".join(["* SEARCH", *map(str, uids)]))
        self._ok("SEARCH")

    def _fetch(self, rest: str) -> None:
        numbers, _, items = rest.partition(" ")
        uids = [int(number) for number in numbers.split(",")]
        for uid in uids:
            if uid in self._server.mails and not (len(uids) > 1 and uid in self._server.leaves_out):
                self._write(b"* 1 FETCH (UID %d %b)\r\n" % (uid, self._item(uid, items)))
        self._ok("FETCH")

    def _item(self, uid: int, items: str) -> bytes:
        raw, when = self._server.mails[uid]
        if "RFC822.SIZE" in items:
            size = len(raw) + self._server.size_error
            return f'INTERNALDATE "{when:%d-%b-%Y %H:%M:%S %z}" RFC822.SIZE {size}'.encode()
        piece = re.search(r"<(\d+)\.(\d+)>", items)
        if piece is None:
            return b"BODY[] {%d}\r\n%b" % (len(raw), raw)
        start, length = int(piece[1]), int(piece[2])
        part = raw[start : start + length]
        if not part and self._server.nil_past_the_end:
            return b"BODY[]<%d> NIL" % start
        return b"BODY[]<%d> {%d}\r\n%b" % (start, len(part), part)

    def _ok(self, verb: str) -> None:
        self._say(f"{self._tag} OK {verb} completed")

    def _say(self, line: str) -> None:
        self._write(line.encode() + b"\r\n")
