"""The door out: the only place that knows smtplib. One connection for a batch of letters."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from intake_bot.errors import IntakeError, PermanentFailure, TemporaryFailure
from intake_bot.mail.connection import (
    LoginRefused,
    Security,
    ServerFailure,
    forbid_open_lines,
    keep_secret,
    line_failure,
    one_line,
    tls_context,
)
from intake_bot.mail.outgoing import checked_address

_OUR_NAME = "[127.0.0.1]"
"""What we call ourselves in EHLO. smtplib would ask the resolver (slow where it is broken) and then fail to encode
the name of a computer called 办公室; this literal is what it falls back to itself."""


class RefusalKind(StrEnum):
    """What a refusal asks us to do."""

    WAIT = "wait"
    """Try this letter again in minutes."""
    SUSPECT = "suspect"
    """It looks like spam today: try it once more in minutes, then never again."""
    PAUSE = "pause"
    """Too much at once: no letter will be taken for a quarter of an hour."""
    TOMORROW = "tomorrow"
    """The day's quota is used up: no letter will be taken until then."""
    SPAM = "spam"
    """This letter is taken for spam, and so will be every other one with its text."""
    NEVER = "never"
    """This letter will not go."""
    LOGIN = "login"
    """The account or its settings are wrong: no letter will go until a person mends it."""


@dataclass(frozen=True)
class SmtpRefusal:
    """A server's No: its code, its words (one line), and what follows from them."""

    code: int
    text: str
    kind: RefusalKind


@dataclass(frozen=True)
class SmtpSettings:
    """How to reach a bureau's SMTP server. 163 and others demand login = envelope sender = From = `sender`."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    sender: str
    """The bureau's mail address."""
    security: Security = Security.TLS
    ca_file: Path | None = None
    """Trust these authorities instead of the system's (a self-hosted server)."""
    timeout_seconds: float = 60

    def __post_init__(self) -> None:
        forbid_open_lines(self.host, self.security)
        keep_secret(self.username, self.password)

    @property
    def server(self) -> str:
        return f"{self.host}:{self.port}"


class RefusedForNow(TemporaryFailure):
    """The server said No for a while; `refusal.kind` (WAIT, SUSPECT, PAUSE or TOMORROW) tells how long."""

    def __init__(self, refusal: SmtpRefusal) -> None:
        super().__init__(f"发信服务器暂不接收（{refusal.code} {refusal.text}）")
        self.refusal = refusal


class RefusedForGood(PermanentFailure):
    """The server will not take this letter, now or later (`refusal.kind`: NEVER or SPAM)."""

    def __init__(self, refusal: SmtpRefusal) -> None:
        spam = "，当成了垃圾邮件" if refusal.kind is RefusalKind.SPAM else ""
        super().__init__(f"发信服务器拒收{spam}（{refusal.code} {refusal.text}）")
        self.refusal = refusal


class DeliveryInDoubt(ServerFailure):
    """The line broke between the letter and the server's answer: sent, or not. Look for it before sending again."""


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
"""Code and words to kind, first match wins; all else is NEVER.

163/126: RP:TRC recipients and MI:STC letters of the day, DT:SPM content; the other marks behind a 4xx code count what
the account did lately (MI:SFQ: letters in 15 minutes), so that the next letter would meet the same. Without a mark, a
4xx is about one letter (greylisting, a full mailbox). QQ: "frequency limited" although its code is 550."""


def read_refusal(code: int, text: bytes | str) -> SmtpRefusal:
    """What a reply other than success means."""
    words = one_line(text)
    for kind, code_form, words_form in _KINDS:
        if re.fullmatch(code_form, str(code)) and re.search(words_form, words, re.IGNORECASE):
            return SmtpRefusal(code, words, kind)
    return SmtpRefusal(code, words, RefusalKind.NEVER)


class Session:
    """An open, authenticated connection; see `Transport.session`."""

    def __init__(self, smtp: smtplib.SMTP, settings: SmtpSettings) -> None:
        self._smtp = smtp
        self._settings = settings

    def send(self, raw: bytes, recipients: Sequence[str]) -> dict[str, SmtpRefusal]:
        """Hands over one finished letter; returns the recipients that were refused while others were accepted.

        Raises RefusedForNow, RefusedForGood or LoginRefused when the server refuses the letter or every recipient,
        DeliveryInDoubt when the line breaks while the letter is on its way, ServerFailure when it breaks before
        (then nothing was sent), PermanentFailure for an unusable recipient. After a refusal the session can go on.
        """
        addresses = [checked_address(recipient) for recipient in recipients]
        if not addresses:
            raise PermanentFailure("信件没有收件人")
        if refusal := self._ask(self._smtp.mail, self._settings.sender):
            raise self._give_up(refusal)
        answers = {address: self._ask(self._smtp.rcpt, address) for address in addresses}
        refused = {address: refusal for address, refusal in answers.items() if refusal}
        if len(refused) == len(answers):
            raise self._give_up(_mildest(refused))
        if refusal := self._hand_over(raw):
            raise self._give_up(refusal)
        return refused

    def _ask(self, command: Callable[[str], tuple[int, bytes]], address: str) -> SmtpRefusal | None:
        try:
            return _no(*command(address))
        except OSError as error:  # every smtplib error is one
            self._smtp.close()
            raise line_failure(self._settings.server, error) from error

    def _hand_over(self, raw: bytes) -> SmtpRefusal | None:
        try:
            code, text = self._smtp.data(raw)
        except smtplib.SMTPDataError as error:  # refused before the first byte of the letter
            return read_refusal(error.smtp_code, error.smtp_error)
        except OSError as error:
            self._smtp.close()
            raise DeliveryInDoubt(f"信件交出后没有等到 {self._settings.server} 的答复：{one_line(error)}") from error
        if code < 0:  # smtplib's sign for a reply without a number
            raise DeliveryInDoubt(f"信件交出后看不懂 {self._settings.server} 的答复：{one_line(text)}")
        return _no(code, text)

    def _give_up(self, refusal: SmtpRefusal) -> IntakeError:
        """Ends this letter, so that the next one can begin. A line that breaks here is met by that next one."""
        with suppress(OSError):
            self._smtp.rset()
        return _failure(refusal)


class Transport:
    """Sends letters for one bureau."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One connection, logged in, for a batch.

        Raises LoginRefused when the account is not let in, RefusedForNow or RefusedForGood when the server refuses
        the connection, ServerFailure when it cannot be reached or its certificate cannot be trusted.
        """
        context = tls_context(self._settings.ca_file)
        with _named_failures(self._settings.server):
            smtp = self._dial(context)
        try:
            with _named_failures(self._settings.server):
                self._enter(smtp, context)
            yield Session(smtp, self._settings)
        finally:
            with suppress(OSError):
                smtp.quit()
            smtp.close()

    def _dial(self, context: ssl.SSLContext) -> smtplib.SMTP:
        host, port, timeout = self._settings.host, self._settings.port, self._settings.timeout_seconds
        if self._settings.security is Security.TLS:
            return smtplib.SMTP_SSL(host, port, _OUR_NAME, timeout=timeout, context=context)
        return smtplib.SMTP(host, port, _OUR_NAME, timeout=timeout)

    def _enter(self, smtp: smtplib.SMTP, context: ssl.SSLContext) -> None:
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
        raise line_failure(server, error) from error
    except smtplib.SMTPException as error:  # the server offers no STARTTLS, or no way to log in
        raise LoginRefused(f"{server} 不支持所配置的登录方式：{one_line(error)}") from error
    except OSError as error:
        raise line_failure(server, error) from error


def _no(code: int, text: bytes) -> SmtpRefusal | None:
    return None if 200 <= code < 300 else read_refusal(code, text)


def _mildest(refused: Mapping[str, SmtpRefusal]) -> SmtpRefusal:
    """One recipient that may be accepted later keeps the letter waiting."""
    return min(refused.values(), key=lambda refusal: refusal.kind in (RefusalKind.NEVER, RefusalKind.SPAM))


def _failure(refusal: SmtpRefusal) -> IntakeError:
    if refusal.kind is RefusalKind.LOGIN:
        return LoginRefused(f"发信服务器不接受登录（{refusal.code} {refusal.text}），请检查授权码")
    if refusal.kind in (RefusalKind.NEVER, RefusalKind.SPAM):
        return RefusedForGood(refusal)
    return RefusedForNow(refusal)
