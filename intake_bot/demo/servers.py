"""An IMAP server (pymap) and an SMTP server (aiosmtpd) inside this process, on loopback and free ports.

For the demo and the tests: pure Python, no account, no system package, no network. Each runs on an event loop in a
thread of its own and is a context manager:

    with ImapServer("secret") as imap, SmtpServer("secret") as smtp:
        account = imap.account("py8991718@126.com")
        account.append(raw_mail, datetime.now(UTC))
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from abc import ABC, abstractmethod
from argparse import Namespace
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import uuid4

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.result import ProxyResultUnknown
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Identity, Login
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

from intake_bot.mail.connection import Security

HOST = "127.0.0.1"
PATIENCE_SECONDS = 30

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class ImapAccount:
    """One mailbox on a server: its login, and a function that puts mail into it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    append: Callable[[bytes, datetime], None] = field(repr=False)
    """Takes a raw mail and its INTERNALDATE (aware); the mail is in INBOX when this returns."""


@dataclass(frozen=True)
class SentLetter:
    """One letter as the SMTP server received it: envelope and bytes."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class LoopbackServer(ABC):
    """A server on an event loop in a daemon thread. `port` is known once the `with` block is entered.

    Every user name logs in with the one `password`. `tls` is needed where `security` asks for it.
    """

    host = HOST

    def __init__(self, password: str, security: Security = Security.NONE, tls: ssl.SSLContext | None = None) -> None:
        self.port = 0
        self._password = password
        self._security = security
        self._tls = tls
        self._ready = threading.Event()
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            raise self._error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE_SECONDS)

    @property
    def _tls_from_the_start(self) -> ssl.SSLContext | None:
        return self._tls if self._security is Security.TLS else None

    @abstractmethod
    async def _listen(self) -> asyncio.Server:
        """Starts to listen on HOST, any free port."""

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        try:
            server = await self._listen()
            self.port = server.sockets[0].getsockname()[1]
        except OSError as error:  # handed to the thread that waits in __enter__
            self._error = error
            return
        finally:
            self._ready.set()
        await self._stop.wait()
        server.close()
        # Clients may still be connected, and Server.wait_closed() would wait for them.
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0.01)

    def _call(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Runs `work` on the server's loop and waits for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_SECONDS)


class _PymapConfig(Config):
    @property
    def greeting(self) -> bytes:
        """pymap's own one asks the resolver for this machine's name, and fails on a Chinese name."""
        return b"Server ready"


class ImapServer(LoopbackServer):
    """pymap, in memory."""

    async def _listen(self) -> asyncio.Server:
        self._config = _PymapConfig(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            host=HOST,
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            ssl_context=self._tls or ssl.create_default_context(ssl.Purpose.CLIENT_AUTH),
            tls_enabled=self._security is Security.STARTTLS,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
        )
        self._config.apply_context()
        self._login = Login(self._config)
        server = IMAPServer(self._login, self._config)

        # Not by pymap's ProxyProtocolReader: it starts the connection as a task that nobody holds, and the garbage
        # collector may take it while the client waits for an answer. asyncio holds the coroutine it is given.
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await server(reader, writer, SocketInfo.get(writer, ProxyResultUnknown(), unique_id=uuid4().bytes))

        return await asyncio.start_server(serve, HOST, 0, ssl=self._tls_from_the_start)

    def account(self, user: str) -> ImapAccount:
        """Returns the account of this name, and makes it where it does not exist yet."""
        self._login.users_dict.setdefault(user, UserMetadata(self._config, user, password=self._password))

        def append(raw: bytes, internaldate: datetime) -> None:
            self._call(self._append(user, AppendMessage(raw, internaldate)))

        return ImapAccount(self.host, self.port, user, self._password, append)

    def forget(self, user: str) -> None:
        """Removes an account, if there is one, with its mails: they take memory."""

        async def remove() -> None:
            self._login.users_dict.pop(user, None)
            self._config.set_cache.pop(user, None)

        self._call(remove())

    async def _append(self, user: str, mail: AppendMessage) -> None:
        async with Identity(user, self._login, None, frozenset()).new_session() as session:
            inbox = await session.mailbox_set.get_mailbox("INBOX")
            await inbox.append(mail)


class SmtpServer(LoopbackServer):
    """aiosmtpd; accepts letters after a login, and keeps them."""

    def __init__(self, password: str, security: Security = Security.NONE, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(password, security, tls)
        self._letters: list[SentLetter] = []

    @property
    def letters(self) -> tuple[SentLetter, ...]:
        """All letters received so far, in order."""
        return tuple(self._letters)

    async def _listen(self) -> asyncio.Server:
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns of its own use of login_data

        def smtp() -> SMTP:
            return SMTP(
                self,
                hostname="localhost",  # else it asks the resolver
                loop=self._loop,
                data_size_limit=None,
                tls_context=self._tls if self._security is Security.STARTTLS else None,
                require_starttls=self._security is Security.STARTTLS,
                authenticator=self._authenticate,
                auth_require_tls=False,  # loopback
            )

        return await self._loop.create_server(smtp, HOST, 0, ssl=self._tls_from_the_start)

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, credentials: Any
    ) -> AuthResult:
        right = isinstance(credentials, LoginPassword) and credentials.password == self._password.encode()
        return AuthResult(success=right, handled=False)  # handled=True would leave the client without an answer

    async def handle_MAIL(  # noqa: N802 - aiosmtpd finds its hooks by these names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accepts MAIL FROM only after AUTH."""
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - as above
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keeps the letter, which is complete now."""
        content = envelope.content
        self._letters.append(
            SentLetter(
                envelope.mail_from or "",
                tuple(envelope.rcpt_tos),
                content if isinstance(content, bytes) else (content or "").encode(),
            )
        )
        return "250 Mail OK"
