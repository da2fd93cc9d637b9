"""The door in: the only place that knows imapclient. It reads, and leaves no trace: no flag, no folder, no read state.

What is asked of a server is the little that every one of them can do (163, 126, QQ, Coremail and Winmail on site):
LOGIN, ID, EXAMINE, LIST, UID SEARCH SINCE and ALL, UID FETCH of named UIDs. Nothing else is to be added lightly.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from intake_bot import __version__
from intake_bot.errors import TemporaryFailure
from intake_bot.mail.connection import (
    Backoff,
    LoginRefused,
    Security,
    ServerFailure,
    forbid_open_lines,
    keep_secret,
    line_failure,
    one_line,
    tls_context,
)

T = TypeVar("T")

BATCH = 50
"""UIDs in one FETCH; longer lists have been cut short by servers."""

_MESSAGE_ID_HEADER = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"
_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[!-;=?-~]+>)", re.IGNORECASE | re.MULTILINE)

_NOT_UNDERSTOOD = (ValueError, LookupError, TypeError, AttributeError, EOFError)
"""What imapclient's response parser demonstrably raises, beside its own errors, on answers that are no IMAP; so it is
caught around calls of the library only."""


@dataclass(frozen=True)
class ImapSettings:
    """How to reach a bureau's mailbox."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    security: Security = Security.TLS
    folder: str = "INBOX"
    ca_file: Path | None = None
    """Trust these authorities instead of the system's (a self-hosted server)."""
    timeout_seconds: float = 60
    chunk_bytes: int = 1024 * 1024
    """Mails from this size on are fetched in pieces of it."""
    client_name: str = "intake-bot"
    client_version: str = __version__

    def __post_init__(self) -> None:
        forbid_open_lines(self.host, self.security)
        keep_secret(self.username, self.password)

    @property
    def server(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Envelope:
    """What the server says of a mail without opening it."""

    uid: int
    internaldate: datetime
    """When the server received it, in UTC: the time that counts."""
    bytes: int
    """RFC822.SIZE: a good guess, not a promise."""


class MailGone(TemporaryFailure):
    """The server no longer gives this mail (a clerk moved it, or the server left it out). The connection is fine."""


class Mailbox:
    """One account over one kept connection, one folder of it at a time, for use by one thread at a time.

    Every method but `close` raises ServerFailure when the connection fails; it is closed by then, and `open` makes
    a new one.
    """

    def __init__(self, settings: ImapSettings, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds; it paces new connections."""
        self._settings = settings
        self._backoff = Backoff(clock)
        self._client: IMAPClient | None = None
        self._failure: BaseException | None = None
        """Why there is no connection any more."""
        self._folder = ""
        self._uidvalidity = 0

    @property
    def is_open(self) -> bool:
        """False before `open`, after `close`, and after any failure of the connection."""
        return self._client is not None

    @property
    def folder(self) -> str:
        """The folder that is looked into; empty while there is none."""
        return self._folder

    @property
    def uidvalidity(self) -> int:
        """Of this folder; 0 where the server gives none. 163 gives the constant 1: it proves nothing."""
        return self._uidvalidity

    def open(self) -> None:
        """Makes sure of a connection that answers, with a fresh view of the settings' folder: the kept one if it still
        lives.

        Raises LoginRefused when the account is not let in, PermanentFailure for an unreadable `ca_file`, and
        ServerFailure without asking the server where it is too soon for a new connection.
        """
        if self._client is not None:
            with suppress(ServerFailure), self._talk() as client:
                self._examine(client, self._settings.folder)
                return
        if wait := math.ceil(self._backoff.seconds_left):
            raise ServerFailure(f"{self._failure}（过 {wait} 秒再连）")
        try:
            self._connect()
        except ServerFailure as failure:
            self._failure = failure
            self._backoff.not_connected()
            raise
        self._backoff.connected()

    def enter(self, folder: str) -> bool:
        """Looks into another folder, with a fresh view of it; `open` leads back.

        False where the server does not open it: it is gone, or one that may only be seen in the list (163 keeps its
        virus folder so). Then no folder is looked into.
        """
        with self._talk() as client:
            try:
                self._examine(client, folder)
            except IMAPClientError as error:
                if isinstance(error, IMAPClientAbortError) or _unsafe_login(error):
                    raise
                self._folder = ""
                return False
        return True

    def folders_called(self, names: Collection[str]) -> tuple[str, ...]:
        """The folders of the account that bear one of these names, be it in other letters (JUNK) or behind the name of
        the folder that they lie in (INBOX.Junk). None where the server refuses to list them."""
        with self._talk() as client:
            try:
                listed = client.list_folders()
            except IMAPClientError as error:
                if isinstance(error, IMAPClientAbortError):
                    raise
                return ()
        wanted = {name.casefold() for name in names}
        return tuple(
            name
            for flags, delimiter, name in listed
            if not {b"\\noselect", b"\\nonexistent"} & {flag.lower() for flag in flags}
            and {name.casefold(), _last_part(name, delimiter).casefold()} & wanted
        )

    def close(self) -> None:
        """Says goodbye if it can. Never fails."""
        client = self._client
        self._forget()
        if client is None:
            return
        try:
            client.logout()
        except (IMAPClientError, OSError, *_NOT_UNDERSTOOD):
            _drop(client)

    def search(self, since: date) -> list[int]:
        """UIDs of the mails received on `since` or later, ascending.

        Servers disagree about the time zone of `since`: ask for a day or two more than needed.
        """
        return self._search("SINCE", since)

    def search_all(self) -> list[int]:
        """UIDs of all mails in the folder, ascending."""
        return self._search("ALL")

    def _search(self, *criteria: str | date) -> list[int]:
        with self._talk() as client:
            uids = client.search(list(criteria))
        return sorted({int(uid) for uid in uids})

    def describe(self, uids: Iterable[int]) -> dict[int, Envelope]:
        """Date and size of these mails. One that the server does not give is left out: it is gone, or will be there at
        the next try."""
        return _of_each(uids, self._envelopes)

    def message_ids(self, uids: Iterable[int]) -> frozenset[str]:
        """The Message-IDs of these mails, as far as they have any: to be compared here, since 163 and QQ do not search
        for them."""
        heads = _of_each(uids, self._message_id_headers)
        return frozenset(match[1].decode("ascii") for head in heads.values() for match in _MESSAGE_ID.finditer(head))

    def fetch(self, uid: int, announced_bytes: int, write: Callable[[bytes], object]) -> int:
        """Hands the raw mail to `write`, in pieces where it is large; returns its true size in bytes.

        Memory stays within a few `chunk_bytes`. The mail is not marked as read. What `write` raises comes through and
        leaves the connection usable. Raises MailGone when the server does not give the mail.
        """
        in_pieces = announced_bytes >= self._settings.chunk_bytes
        done = self._fetch_pieces(uid, announced_bytes, write) if in_pieces else self._fetch_whole(uid, write)
        if announced_bytes and not done:
            raise self._gone(uid)
        return done

    def _fetch_whole(self, uid: int, write: Callable[[bytes], object]) -> int:
        content = self._section(uid, "BODY.PEEK[]", b"BODY[]")
        write(content)
        return len(content)

    def _fetch_pieces(self, uid: int, announced_bytes: int, write: Callable[[bytes], object]) -> int:
        size = self._settings.chunk_bytes
        done = 0
        while True:
            piece = self._section(uid, f"BODY.PEEK[]<{done}.{size}>", b"BODY[]<%d>" % done)
            write(piece)
            done += len(piece)
            # The announced size may be wrong either way: only a piece that is cut short shows the end.
            if not piece or (len(piece) < size and done >= announced_bytes):
                return done

    def _section(self, uid: int, item: str, key: bytes) -> bytes:
        """Empty past the end, which some servers word as NIL."""
        with self._talk() as client:
            answer = client.fetch([uid], [item])
        if key not in answer.get(uid, {}):
            raise self._gone(uid)
        content = answer[uid][key]
        return content if isinstance(content, bytes) else b""

    def _gone(self, uid: int) -> MailGone:
        return MailGone(f"{self._settings.server} 没有给出 UID 为 {uid} 的邮件")

    def _envelopes(self, uids: list[int]) -> dict[int, Envelope]:
        with self._talk() as client:
            answers = client.fetch(uids, ["INTERNALDATE", "RFC822.SIZE"])
        found = {}
        for uid in uids:  # and not what was not asked for
            answer = answers.get(uid, {})
            moment, size = answer.get(b"INTERNALDATE"), answer.get(b"RFC822.SIZE")
            if isinstance(moment, datetime) and isinstance(size, int):
                found[uid] = Envelope(uid, _utc(moment), size)
        return found

    def _message_id_headers(self, uids: list[int]) -> dict[int, bytes]:
        with self._talk() as client:
            answers = client.fetch(uids, [_MESSAGE_ID_HEADER])
        # Servers echo the name of the section in a manner of their own.
        return {
            uid: next((value for value in answer.values() if isinstance(value, bytes)), b"")
            for uid, answer in answers.items()
        }

    def _connect(self) -> None:
        context = tls_context(self._settings.ca_file)
        client: IMAPClient | None = None
        try:
            with self._named_failures():
                client = IMAPClient(
                    self._settings.host,
                    self._settings.port,
                    ssl=self._settings.security is Security.TLS,
                    ssl_context=context,
                    timeout=self._settings.timeout_seconds,
                )
                # imapclient leaves imaplib's debug log at level 5, where every literal is formatted for a log that
                # nobody reads: a factor of ten in time. There is no public switch.
                client._imap.debug = 0
                client.normalise_times = False  # else INTERNALDATE comes in local time, without its zone
                if self._settings.security is Security.STARTTLS:
                    client.starttls(context)
                self._login(client)
                self._examine(client, self._settings.folder)
            self._client, client = client, None
        finally:
            if client is not None:
                _drop(client)

    def _login(self, client: IMAPClient) -> None:
        if not (self._settings.username + self._settings.password).isascii():
            raise LoginRefused("用户名或授权码含有非英文字符，请检查配置")
        try:
            client.login(self._settings.username, self._settings.password)
        except LoginError as error:
            if isinstance(error.__context__, IMAPClientAbortError) or "[UNAVAILABLE]" in str(error):
                raise line_failure(self._settings.server, error) from error
            said = one_line(error.__context__.args[0] if error.__context__ and error.__context__.args else error)
            raise LoginRefused(
                f"{self._settings.server} 不接受 {self._settings.username} 的登录（{said}），请检查授权码"
            ) from error
        self._introduce(client)

    def _introduce(self, client: IMAPClient) -> None:
        """ID (RFC 2971) after every LOGIN: 163 and 126 open no folder for a client that has not said who it is."""
        if client.has_capability("ID"):
            name = self._settings.client_name
            client.id_({"name": name, "version": self._settings.client_version, "vendor": name})

    def _examine(self, client: IMAPClient, folder: str) -> None:
        """EXAMINE: the server itself then keeps every flag as it is."""
        try:
            answer = client.select_folder(folder, readonly=True)
        except IMAPClientError as error:
            if isinstance(error, IMAPClientAbortError) or not _unsafe_login(error):
                raise
            self._introduce(client)
            answer = client.select_folder(folder, readonly=True)
        self._folder, self._uidvalidity = folder, int(answer.get(b"UIDVALIDITY", 0))

    @contextmanager
    def _talk(self) -> Iterator[IMAPClient]:
        """The open connection. Whatever breaks off a command, an interrupt too, leaves answers unread: close."""
        client = self._client
        if client is None:
            raise ServerFailure(f"与 {self._settings.server} 的连接已经断开")
        try:
            with self._named_failures():
                yield client
        except BaseException as error:
            self._forget()
            self._failure = error
            self._backoff.line_broke()
            _drop(client)
            raise

    def _forget(self) -> None:
        self._client, self._folder, self._uidvalidity = None, "", 0

    @contextmanager
    def _named_failures(self) -> Iterator[None]:
        try:
            yield
        except (IMAPClientError, OSError, *_NOT_UNDERSTOOD) as error:
            if _unsafe_login(error):
                raise LoginRefused(
                    f"{self._settings.server} 认为登录不安全（{one_line(error)}），"
                    "请在网页邮箱里确认已开启 IMAP 并使用授权码"
                ) from error
            raise line_failure(self._settings.server, error) from error


def _of_each(uids: Iterable[int], ask: Callable[[list[int]], dict[int, T]]) -> dict[int, T]:
    """Asks for batches; and alone for each that is left out of the answer, as exmail does in a longer one."""
    wanted = sorted(set(uids))
    found: dict[int, T] = {}
    for start in range(0, len(wanted), BATCH):
        found |= ask(wanted[start : start + BATCH])
    for uid in wanted:
        if uid not in found:
            found |= ask([uid])
    return found


def _unsafe_login(error: Exception) -> bool:
    return "unsafe login" in str(error).lower()


def _last_part(name: str, delimiter: object) -> str:
    """`delimiter` is None where folders hold no folders."""
    return name.rsplit(delimiter.decode("ascii", "replace"), 1)[-1] if isinstance(delimiter, bytes) else name


def _drop(client: IMAPClient) -> None:
    """Closes the socket without a word."""
    with suppress(OSError):
        client.shutdown()


def _utc(moment: datetime) -> datetime:
    """imapclient gives a date with "-0000", or without a zone, as a naive one; both mean UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
