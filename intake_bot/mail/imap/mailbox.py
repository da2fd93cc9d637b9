"""The mailbox of one account, by IMAP. It is only read: no flag, folder or read state changes.

It uses only commands that every server knows (163, 126, QQ, on-site Coremail and Winmail): LOGIN, ID, EXAMINE, LIST,
UID SEARCH SINCE and ALL, UID FETCH of named UIDs. Think twice before adding another.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from typing import TypeVar

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from intake_bot import __version__
from intake_bot.mail.connection import Backoff, LoginRefused, ServerFailure, connection_failure, server_text
from intake_bot.mail.imap.client import PARSER_ERRORS, Client
from intake_bot.mail.imap.responses import (
    FetchRefused,
    Folder,
    MailGone,
    MailSummary,
    find_named,
    read_summaries,
    read_uids,
)
from intake_bot.mail.imap.settings import ImapSettings

T = TypeVar("T")

BATCH = 50
"""UIDs in one FETCH; servers answer longer lists incompletely."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CLIENT_NAME = "intake-bot"
"""Name that the server is given with ID."""

_MAXIMUM_RECONNECTIONS = 5
"""Reconnections within one request about several mails, each after a mail at which the line dropped."""
_REST_SECONDS = 600
"""Minimum time until a mail at which the line dropped twice is requested again: frequent logins lock the account."""

_FOLDERS_SECONDS = 600
"""For this time the list of folders holds: they seldom change, and each poll would ask for them."""

_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[!-;=?-~]+>)", re.IGNORECASE | re.MULTILINE)


class Mailbox:
    """One account over one kept connection, with one selected folder; used by one thread at a time.

    Every method except `close` raises ServerFailure if the connection fails. The connection is then closed, and `open`
    makes a new one.
    """

    def __init__(self, settings: ImapSettings, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds, for the pauses between connections."""
        self._settings = settings
        self._backoff = Backoff(clock)
        self._client: Client | None = None
        self._failure: BaseException | None = None
        """Why the last connection ended."""
        self._clock = clock
        self._folder = ""
        self._uidvalidity = 0
        self._mails = 0
        self._folders: list[Folder] = []
        self._folders_at = -math.inf
        self._counts: dict[str, int] = {}
        """Number of mails by folder, when `has_changed` was last asked."""
        self._ahead: dict[int, tuple[MailSummary, bytes]] = {}
        """Small mails of the selected folder that were fetched ahead, by UID."""
        self._drops: dict[tuple[str, int, int], list[float]] = {}
        """Mails at which the line dropped, by folder, UIDVALIDITY and UID, and when it did."""

    @property
    def is_open(self) -> bool:
        """Whether there is a connection: false before `open`, after `close` and after any failure."""
        return self._client is not None

    @property
    def folder(self) -> str:
        """The selected folder; empty if there is none."""
        return self._folder

    @property
    def uidvalidity(self) -> int:
        """UIDVALIDITY of the selected folder; 0 if the server sends none. 163 always sends 1."""
        return self._uidvalidity

    def has_changed(self) -> bool:
        """Whether the selected folder has another number of mails than when this was last asked; True at first."""
        changed = self._counts.get(self._folder) != self._mails
        self._counts[self._folder] = self._mails
        return changed

    def open(self) -> None:
        """Selects the settings' folder, so that new mails are seen, over the kept connection or else a new one.

        Raises LoginRefused if the server refuses the account, PermanentFailure for an unreadable `ca_file`, and
        ServerFailure, without contacting the server, during the pause between connections.
        """
        if self._client is not None:
            with suppress(ServerFailure), self._connection() as client:
                self._examine(client, self._settings.folder)
                return
        if wait := math.ceil(self._backoff.seconds_left):
            raise ServerFailure(f"{self._failure}（过 {wait} 秒再连）")
        try:
            self._connect()
        except ServerFailure as failure:
            self._failure = failure
            self._backoff.back_off()
            raise
        self._backoff.reset()

    def select_folder(self, folder: str) -> bool:
        """Selects another folder, so that its new mails are seen; `open` selects the settings' folder again.

        Returns False, with no folder selected, if the server refuses: the folder is gone, or can be listed only, as
        the virus folder of 163.
        """
        with self._connection() as client:
            try:
                self._examine(client, folder)
            except IMAPClientError as error:
                if isinstance(error, IMAPClientAbortError) or _unsafe_login(error):
                    raise
                self._folder = ""
                return False
        return True

    def find_folders(self, names: Collection[str]) -> tuple[str, ...]:
        """Folders with one of these names, compared without case (JUNK) and without parent folders (INBOX.Junk).

        A folder whose name cannot be decoded is left out. Empty if the server refuses to list folders.
        """
        if not 0 <= self._clock() - self._folders_at < _FOLDERS_SECONDS:
            self._folders, self._folders_at = self._list_folders(), self._clock()
        return find_named(self._folders, names)

    def _list_folders(self) -> list[Folder]:
        with self._connection() as client:
            try:
                return client.list_readable_folders()
            except IMAPClientError as error:
                if isinstance(error, IMAPClientAbortError):
                    raise
                return []

    def close(self) -> None:
        """Logs out if possible, and closes the connection. Never raises."""
        client = self._client
        self._clear()
        if client is None:
            return
        try:
            client.logout()
        except (IMAPClientError, OSError, *PARSER_ERRORS):
            _shut_down(client)

    def search(self, since: date) -> list[int]:
        """UIDs of mails received on `since` or later, ascending.

        The time zone of `since` differs between servers, so ask for a day or two more than needed.
        """
        return self._search("SINCE", f"{since.day:02d}-{_MONTHS[since.month - 1]}-{since.year}")

    def search_all(self) -> list[int]:
        """UIDs of all mails in the folder, ascending."""
        return self._search("ALL")

    def _search(self, *criteria: str) -> list[int]:
        with self._connection() as client:
            # imapclient reads one line of an answer; servers spread longer ones over several.
            answer, lines = client._imap.uid("SEARCH", *criteria)
            if answer != "OK":
                raise IMAPClientError(f"search failed: {lines[0]!r}")
            return read_uids(lines)

    def fetch_summaries(self, uids: Iterable[int]) -> dict[int, MailSummary]:
        """Summaries by UID. Mails that the server does not return are missing: they are gone, or come next time."""
        wanted = set(uids)
        found = {uid: self._ahead[uid][0] for uid in wanted & self._ahead.keys()}
        return found | self._fetch_each(wanted - found.keys(), self._fetch_summary_batch)

    def fetch_ahead(self, sizes: Mapping[int, int]) -> None:
        """Fetches small mails, by UID and size in bytes, with few requests, and holds them in memory until they are
        fetched or a folder is selected: `fetch_summaries` and `fetch` then ask the server for none of them. What it
        does not return is left out.
        """
        found: dict[int, tuple[MailSummary, bytes]] = {}
        for batch in _batches([uid for uid in sizes if not self._rests(uid)]):
            place = self._folder, self._uidvalidity
            try:
                found |= self._fetch_mail_batch(batch, sum(sizes[uid] for uid in batch))
            except FetchRefused:
                continue
            except ServerFailure:
                self._reconnect(*place)
                break
        self._ahead = found

    def fetch_heads(self, uids: Iterable[int], names: Collection[str]) -> dict[int, bytes]:
        """The header fields of these names, raw, by UID. Mails that the server does not return are missing."""
        section = f"BODY.PEEK[HEADER.FIELDS ({' '.join(names).upper()})]"
        return self._fetch_each(uids, lambda batch: self._fetch_head_batch(batch, section))

    def fetch_message_ids(self, uids: Iterable[int]) -> frozenset[str]:
        """The Message-IDs of these mails. 163 and QQ cannot search for a Message-ID, so the caller compares them."""
        heads = self.fetch_heads(uids, ["Message-ID"])
        return frozenset(match[1].decode("ascii") for head in heads.values() for match in _MESSAGE_ID.finditer(head))

    def _fetch_each(self, uids: Iterable[int], ask: Callable[[list[int]], dict[int, T]]) -> dict[int, T]:
        """Asks in batches, then singly for each UID missing in a response: exmail leaves some out of longer ones, and
        one mail that is broken in the server's store fails its whole batch.

        Where the line drops, it reconnects. A mail at which it dropped twice is left out for `_REST_SECONDS`.
        """
        wanted = [uid for uid in sorted(set(uids)) if not self._rests(uid)]
        found: dict[int, T] = {}
        drops = 0
        for batch in (*_batches(wanted), *([uid] for uid in wanted)):
            if found.keys() >= set(batch):
                continue
            place = self._folder, self._uidvalidity
            try:
                found |= ask(batch)
            except FetchRefused:
                continue
            except ServerFailure:
                drops += 1
                if len(batch) == 1:
                    self._drops.setdefault((*place, batch[0]), []).append(self._clock())
                if drops > _MAXIMUM_RECONNECTIONS:
                    raise
                self._reconnect(*place)
        return found

    def _rests(self, uid: int) -> bool:
        drops = self._drops.get((self._folder, self._uidvalidity, uid), ())
        return len(drops) > 1 and 0 <= self._clock() - drops[-1] < _REST_SECONDS

    def _reconnect(self, folder: str, uidvalidity: int) -> None:
        """Connects without a pause, since the server answered until just now, and selects the folder again.

        Raises ServerFailure, too, if the folder was made anew meanwhile.
        """
        self._connect()
        if not self.select_folder(folder) or self._uidvalidity != uidvalidity:
            raise ServerFailure(f"{self._settings.server} 的文件夹“{folder}”在重新连接后不是原来的了")

    def fetch(self, uid: int, announced_bytes: int, write: Callable[[bytes], object]) -> int:
        """Passes the raw mail to `write`, in chunks if it is large; returns its true size in bytes.

        Memory stays within a few `chunk_bytes`. The mail is not marked as read. Exceptions of `write` are passed on
        and leave the connection usable. Raises MailGone if the server does not return the mail.
        """
        if uid in self._ahead:
            _, content = self._ahead.pop(uid)
            write(content)
            return len(content)
        in_chunks = announced_bytes >= self._settings.chunk_bytes
        done = (
            self._fetch_chunks(uid, announced_bytes, write)
            if in_chunks
            else self._fetch_whole(uid, announced_bytes, write)
        )
        if announced_bytes and not done:
            raise self._gone(uid)
        return done

    def _fetch_whole(self, uid: int, announced_bytes: int, write: Callable[[bytes], object]) -> int:
        _, content = self._fetch_content(uid, "BODY.PEEK[]", (b"BODY[]",), announced_bytes)
        write(content)
        return len(content)

    def _fetch_chunks(self, uid: int, announced_bytes: int, write: Callable[[bytes], object]) -> int:
        size = self._settings.chunk_bytes
        done = 0
        first = b""
        while True:
            key = b"BODY[]<%d>" % done
            keys = (key, b"BODY[]", b"BODY[]<0>")
            found, chunk = self._fetch_content(uid, f"BODY.PEEK[]<{done}.{size}>", keys, size)
            is_whole = found != key
            if done and (is_whole or len(first) < size) and chunk.startswith(first):
                chunk = chunk[done:]  # the whole mail once more
                write(chunk)
                return done + len(chunk)
            write(chunk)
            first = first or chunk
            done += len(chunk)
            # The announced size may be too small or too large: only a short chunk shows the end, or one that is longer
            # than requested, of a server that knows no partial FETCH.
            if not chunk or len(chunk) > size or (len(chunk) < size and (is_whole or done >= announced_bytes)):
                return done

    def _fetch_content(self, uid: int, item: str, keys: tuple[bytes, ...], size: int) -> tuple[bytes, bytes]:
        """The first of these keys in the answer, and its content, of about `size` bytes: empty past the end, for which
        some servers send NIL."""
        answer = self._fetch([uid], item, size=size).get(uid, {})
        key = next((key for key in keys if key in answer), None)
        if key is None:
            raise self._gone(uid)
        content = answer[key]
        return key, content if isinstance(content, bytes) else b""

    def _fetch(self, uids: list[int], *items: str, size: int = 0) -> dict[int, dict[bytes, object]]:
        """One FETCH, of about `size` bytes. Raises FetchRefused for NO and BAD, after which the connection still
        works."""
        refusal = None
        with self._connection() as client:
            client.expect(size)
            try:
                return dict(client.fetch(uids, list(items)))
            except IMAPClientError as error:
                # Only imaplib's own class is a refusal: its subclasses are a broken line and an answer that is no IMAP.
                if type(error) is not IMAPClientError or _unsafe_login(error):
                    raise
                refusal = error
        raise FetchRefused(
            f"{self._settings.server} 没有给出 UID 为 {'、'.join(map(str, uids[:3]))} 的邮件（{server_text(refusal)}）"
        ) from refusal

    def _gone(self, uid: int) -> MailGone:
        return MailGone(f"{self._settings.server} 没有给出 UID 为 {uid} 的邮件")

    def _fetch_summary_batch(self, uids: list[int]) -> dict[int, MailSummary]:
        return read_summaries(uids, self._fetch(uids, "INTERNALDATE", "RFC822.SIZE"))

    def _fetch_mail_batch(self, uids: list[int], size: int) -> dict[int, tuple[MailSummary, bytes]]:
        answers = self._fetch(uids, "INTERNALDATE", "RFC822.SIZE", "BODY.PEEK[]", size=size)
        contents = {uid: answer.get(b"BODY[]") for uid, answer in answers.items()}
        return {
            uid: (summary, content)
            for uid, summary in read_summaries(uids, answers).items()
            if isinstance(content := contents[uid], bytes) and content
        }

    def _fetch_head_batch(self, uids: list[int], section: str) -> dict[int, bytes]:
        # Servers spell the name of the section in their own ways.
        return {
            uid: next((value for value in answer.values() if isinstance(value, bytes)), b"")
            for uid, answer in self._fetch(uids, section).items()
        }

    def _connect(self) -> None:
        client: Client | None = None
        try:
            with self._named_failures():
                client = Client(self._settings)
                client.secure(self._settings.security)
                self._login(client)
                self._examine(client, self._settings.folder)
            self._client, client = client, None
        finally:
            if client is not None:
                _shut_down(client)

    def _login(self, client: Client) -> None:
        if not (self._settings.username + self._settings.password).isascii():
            raise LoginRefused("用户名或授权码含有非英文字符，请检查配置")
        try:
            client.login(self._settings.username, self._settings.password)
        except LoginError as error:
            if isinstance(error.__context__, IMAPClientAbortError) or "[UNAVAILABLE]" in str(error):
                raise connection_failure(self._settings.server, error) from error
            text = server_text(error.__context__.args[0] if error.__context__ and error.__context__.args else error)
            raise LoginRefused(
                f"{self._settings.server} 不接受 {self._settings.username} 的登录（{text}），请检查授权码"
            ) from error
        self._send_id(client)

    def _send_id(self, client: Client) -> None:
        """Sends ID (RFC 2971), needed after every LOGIN: without it 163 and 126 open no folder.

        A server that refuses it, or answers what is no IMAP, can be read all the same.
        """
        if client.has_capability("ID"):
            try:
                client.id_({"name": _CLIENT_NAME, "version": __version__, "vendor": _CLIENT_NAME})
            except (IMAPClientError, *PARSER_ERRORS) as error:
                if isinstance(error, IMAPClientAbortError) or _unsafe_login(error):
                    raise

    def _examine(self, client: Client, folder: str) -> None:
        """Selects a folder by EXAMINE, with which the server changes no flag."""
        try:
            answer = client.select_folder(folder, readonly=True)
        except IMAPClientError as error:
            if isinstance(error, IMAPClientAbortError) or not _unsafe_login(error):
                raise
            self._send_id(client)
            answer = client.select_folder(folder, readonly=True)
        self._folder, self._uidvalidity = folder, int(answer.get(b"UIDVALIDITY", 0))
        self._ahead.clear()
        self._mails = int(answer.get(b"EXISTS", 0))

    @contextmanager
    def _connection(self) -> Iterator[Client]:
        """The open connection, closed after any error, an interrupt too: responses may be left unread."""
        client = self._client
        if client is None:
            raise ServerFailure(f"与 {self._settings.server} 的连接已经断开")
        try:
            with self._named_failures():
                yield client
        except BaseException as error:
            self._clear()
            self._failure = error
            self._backoff.record_break()
            _shut_down(client)
            raise

    def _clear(self) -> None:
        self._client, self._folder, self._uidvalidity = None, "", 0
        self._folders_at = -math.inf
        self._ahead.clear()

    @contextmanager
    def _named_failures(self) -> Iterator[None]:
        try:
            yield
        except (IMAPClientError, OSError, *PARSER_ERRORS) as error:
            if _unsafe_login(error):
                raise LoginRefused(
                    f"{self._settings.server} 认为登录不安全（{server_text(error)}），"
                    "请在网页邮箱里确认已开启 IMAP 并使用授权码"
                ) from error
            raise connection_failure(self._settings.server, error) from error


def _batches(uids: list[int]) -> list[list[int]]:
    return [uids[start : start + BATCH] for start in range(0, len(uids), BATCH)]


def _unsafe_login(error: Exception) -> bool:
    return "unsafe login" in str(error).lower()


def _shut_down(client: Client) -> None:
    """Closes the socket without LOGOUT."""
    with suppress(OSError):
        client.shutdown()
