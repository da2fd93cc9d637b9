"""The SMTP client, and the only module that imports smtplib. One connection serves a batch of letters."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from intake_bot.errors import IntakeError, PermanentFailure, TemporaryFailure
from intake_bot.mail.address import checked_address
from intake_bot.mail.command_socket import CommandSocket
from intake_bot.mail.connection import (
    LoginRefused,
    Security,
    ServerFailure,
    connection_failure,
    hide_secret,
    require_encryption,
    server_text,
    tls_context,
)

_EHLO_NAME = "[127.0.0.1]"
"""Our name in EHLO. smtplib would ask the resolver, which may be slow, and fail to encode a computer name such as
办公室; this literal is its own fallback."""


class RefusalKind(StrEnum):
    """What to do after a refusal."""

    WAIT = "wait"
    """Retry this letter in minutes."""
    SUSPECT = "suspect"
    """The letter looks like spam: retry it once in minutes, then never."""
    PAUSE = "pause"
    """Too many letters: the server accepts none for a quarter of an hour."""
    TOMORROW = "tomorrow"
    """The day's quota is used up: the server accepts none until tomorrow."""
    SPAM = "spam"
    """The letter is rejected as spam, and so will be every letter with its text."""
    NEVER = "never"
    """The letter cannot be sent."""
    LOGIN = "login"
    """The account or its settings are wrong: no letter can be sent until a person corrects them."""


@dataclass(frozen=True)
class SmtpRefusal:
    """A server's refusal: its code, its text on one line, and what follows from them."""

    code: int
    text: str
    kind: RefusalKind


@dataclass(frozen=True)
class SmtpSettings:
    """How to reach a bureau's SMTP server. 163 and others require login = envelope sender = From = `sender`."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    sender: str
    """The bureau's mail address."""
    security: Security = Security.TLS
    ca_file: Path | None = None
    """Certificate authorities to trust instead of the system's, for a self-hosted server."""
    timeout_seconds: float = 60
    """For each command and its answer, as CommandSocket counts."""

    def __post_init__(self) -> None:
        require_encryption(self.host, self.security)
        hide_secret(self.username, self.password)

    @property
    def server(self) -> str:
        return f"{self.host}:{self.port}"


class RefusedForNow(TemporaryFailure):
    """The server refuses for now; `refusal.kind` (WAIT, SUSPECT, PAUSE or TOMORROW) says for how long."""

    def __init__(self, refusal: SmtpRefusal) -> None:
        super().__init__(f"发信服务器暂不接收（{refusal.code} {refusal.text}）")
        self.refusal = refusal


class RefusedForGood(PermanentFailure):
    """The server refuses this letter for good (`refusal.kind`: NEVER or SPAM)."""

    def __init__(self, refusal: SmtpRefusal) -> None:
        spam = "，当成了垃圾邮件" if refusal.kind is RefusalKind.SPAM else ""
        super().__init__(f"发信服务器拒收{spam}（{refusal.code} {refusal.text}）")
        self.refusal = refusal


class DeliveryInDoubt(ServerFailure):
    """The connection broke after the letter and before the server's response: it may have been sent.

    Look for it before sending it again.
    """


_KINDS: tuple[tuple[RefusalKind, str, str], ...] = (
    (RefusalKind.LOGIN, r"53[0458]", ""),
    (RefusalKind.LOGIN, r"5..", r"authentication (is )?(required|failed)|must (equal|be same as) authori[sz]"),
    (RefusalKind.TOMORROW, r"...", r"RP:TRC|MI:STC"),
    (RefusalKind.SUSPECT, r"4..", r"DT:SPM"),
    (RefusalKind.SPAM, r"5..", r"DT:SPM"),
    (RefusalKind.PAUSE, r"421", ""),
    (RefusalKind.PAUSE, r"4..", r"\b(HL|MI|RP|DT|WM):[A-Z]{3}\b|too much fail"),
    (RefusalKind.PAUSE, r"5..", r"frequency limited"),
    (RefusalKind.WAIT, r"4..", ""),
)
"""Kind by code and text of a refusal; the first match counts, and the default is NEVER.

163/126: RP:TRC and MI:STC are the recipients and letters of the day, DT:SPM is content. The other marks after a 4xx
code count recent activity of the account (MI:SFQ: letters in 15 minutes), so the next letter would be refused too. A
4xx without a mark is about one letter (greylisting, a full mailbox). QQ sends "frequency limited" with code 550."""


def read_refusal(code: int, text: bytes | str) -> SmtpRefusal:
    """Interprets a response that is no success."""
    line = server_text(text)
    for kind, code_form, text_form in _KINDS:
        if re.fullmatch(code_form, str(code)) and re.search(text_form, line, re.IGNORECASE):
            return SmtpRefusal(code, line, kind)
    return SmtpRefusal(code, line, RefusalKind.NEVER)


class Session:
    """An open, authenticated connection; see `Transport.session`."""

    def __init__(self, smtp: smtplib.SMTP, settings: SmtpSettings) -> None:
        self._smtp = smtp
        self._settings = settings

    def send(self, raw: bytes, recipients: Sequence[str]) -> dict[str, SmtpRefusal]:
        """Sends one letter; returns the refused recipients, if others were accepted.

        Raises RefusedForNow, RefusedForGood or LoginRefused if the server refuses the letter or every recipient,
        DeliveryInDoubt if the connection breaks during the letter, ServerFailure if it breaks before (nothing was
        sent), PermanentFailure for an unusable recipient. After a refusal the session is still usable.
        """
        addresses = [checked_address(recipient) for recipient in recipients]
        if not addresses:
            raise PermanentFailure("信件没有收件人")
        if refusal := self._send_command(self._smtp.mail, self._settings.sender):
            raise self._abandon(refusal)
        answers = {address: self._send_command(self._smtp.rcpt, address) for address in addresses}
        refused = {address: refusal for address, refusal in answers.items() if refusal}
        if len(refused) == len(answers):
            raise self._abandon(_mildest(refused))
        if refusal := self._send_content(raw):
            raise self._abandon(refusal)
        return refused

    def _send_command(self, command: Callable[[str], tuple[int, bytes]], address: str) -> SmtpRefusal | None:
        try:
            return _refusal(*command(address))
        except OSError as error:  # every smtplib error is one
            self._smtp.close()
            raise connection_failure(self._settings.server, error) from error

    def _send_content(self, raw: bytes) -> SmtpRefusal | None:
        try:
            code, text = self._smtp.data(raw)
        except smtplib.SMTPDataError as error:  # refused before the first byte
            return read_refusal(error.smtp_code, error.smtp_error)
        except OSError as error:
            self._smtp.close()
            raise DeliveryInDoubt(f"信件交出后没有等到 {self._settings.server} 的答复：{server_text(error)}") from error
        if code < 0:  # smtplib's value for a response without a code
            raise DeliveryInDoubt(f"信件交出后看不懂 {self._settings.server} 的答复：{server_text(text)}")
        return _refusal(code, text)

    def _abandon(self, refusal: SmtpRefusal) -> IntakeError:
        """Resets the session for the next letter, which will find out if the connection breaks here."""
        with suppress(OSError):
            self._smtp.rset()
        return _failure(refusal)


class _OpenLine(smtplib.SMTP):
    """A connection that begins without TLS."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # not in typeshed
        return CommandSocket.take_over(plain)


class Transport:
    """Sends letters for one bureau."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One connection, logged in, for a batch of letters.

        Raises LoginRefused if the server refuses the account, RefusedForNow or RefusedForGood if it refuses the
        connection, ServerFailure if it cannot be reached or its certificate is not trusted.
        """
        is_open_line = self._settings.security is Security.NONE  # reading the system's authorities takes a while
        context = None if is_open_line else tls_context(self._settings.ca_file)
        with _named_failures(self._settings.server):
            smtp = self._connect(context)
        try:
            with _named_failures(self._settings.server):
                self._log_in(smtp, context)
            yield Session(smtp, self._settings)
        finally:
            with suppress(OSError):
                smtp.quit()
            smtp.close()

    def _connect(self, context: ssl.SSLContext | None) -> smtplib.SMTP:
        host, port, timeout = self._settings.host, self._settings.port, self._settings.timeout_seconds
        if self._settings.security is Security.TLS:  # the context makes the right socket
            return smtplib.SMTP_SSL(host, port, _EHLO_NAME, timeout=timeout, context=context)
        return _OpenLine(host, port, _EHLO_NAME, timeout=timeout)

    def _log_in(self, smtp: smtplib.SMTP, context: ssl.SSLContext | None) -> None:
        username, password = self._settings.username, self._settings.password
        if not (username + password).isascii():
            raise LoginRefused("用户名或授权码含有非英文字符，请检查配置")
        if self._settings.security is Security.STARTTLS:
            smtp.starttls(context=context)
        smtp.login(username, password)


@contextmanager
def _named_failures(server: str) -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise _failure(read_refusal(error.smtp_code, error.smtp_error)) from error
    except smtplib.SMTPServerDisconnected as error:
        raise connection_failure(server, error) from error
    except smtplib.SMTPException as error:  # the server offers no STARTTLS, or no way to log in
        raise LoginRefused(f"{server} 不支持所配置的登录方式：{server_text(error)}") from error
    except OSError as error:
        raise connection_failure(server, error) from error


def _refusal(code: int, text: bytes) -> SmtpRefusal | None:
    return None if 200 <= code < 300 else read_refusal(code, text)


def _mildest(refused: Mapping[str, SmtpRefusal]) -> SmtpRefusal:
    """A refusal that is not for good, if there is one: then the letter is tried again."""
    return min(refused.values(), key=lambda refusal: refusal.kind in (RefusalKind.NEVER, RefusalKind.SPAM))


def _failure(refusal: SmtpRefusal) -> IntakeError:
    if refusal.kind is RefusalKind.LOGIN:
        return LoginRefused(f"发信服务器不接受登录（{refusal.code} {refusal.text}），请检查授权码")
    if refusal.kind in (RefusalKind.NEVER, RefusalKind.SPAM):
        return RefusedForGood(refusal)
    return RefusedForNow(refusal)
