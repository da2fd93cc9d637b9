"""Connects to a mail server step by step: host name, port, certificate, greeting."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from intake_bot.config.settings import Server
from intake_bot.doctor.trial import Grade, Trial, failure, success
from intake_bot.errors import PermanentFailure
from intake_bot.mail.connection import Security, connection_failure, server_text, tls_context

_GREETING_BYTES = 1000
EXPIRY_WARNING = timedelta(days=14)
"""A certificate that expires within this time gets a warning."""

_ADVICE_NAME = "请核对 host 有没有写错；没有写错，就看这台机器能不能上网，DNS 设置对不对。"
_ADVICE_CERTIFICATE = (
    "请核对 host 和本机时间；自建的邮件服务器请配置 ca_file；单位的网关如果拆看加密流量，请它放行这台服务器。"
)
_ADVICE_SECURITY = "请核对 port 和 security：tls 一般配 993（收信）、465（发信），starttls 一般配 143、587。"
_ADVICE_PORT = "请核对 host 和 port；没有写错，多半是防火墙或单位的出口没有放行，请网络管理员放行到 {} 的 {} 端口。"


@dataclass(frozen=True)
class ServerTrial:
    """The result, with the server's greeting; that one is empty where the connection failed or the server is silent."""

    trial: Trial
    greeting: str = ""


def try_connection(subject: str, server: Server, ca_file: Path | None, timeout: float, now: datetime) -> ServerTrial:
    """Connects and reads the greeting, without sending a command. `timeout` is in seconds, for each step."""
    place = f"{server.host}:{server.port}"
    name = f"{subject} {place}"
    try:
        socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return ServerTrial(failure(name, f"查不到这个主机名（{server_text(error)}）", _ADVICE_NAME))
    try:
        with socket.create_connection((server.host, server.port), timeout) as line:
            return _read_greeting(name, line, server, ca_file, now)
    except ssl.SSLCertVerificationError as error:
        return ServerTrial(failure(name, connection_failure(place, error), _ADVICE_CERTIFICATE))
    except ssl.SSLError as error:
        return ServerTrial(failure(name, f"连上了，但是加密没有谈成（{server_text(error)}）", _ADVICE_SECURITY))
    except PermanentFailure as error:
        return ServerTrial(failure(name, error, "请核对 ca_file 的路径和内容（PEM 格式）。"))
    except OSError as error:
        return ServerTrial(
            failure(name, connection_failure(place, error), _ADVICE_PORT.format(server.host, server.port))
        )


def _read_greeting(name: str, line: socket.socket, server: Server, ca_file: Path | None, now: datetime) -> ServerTrial:
    if server.security is not Security.TLS:
        method = "登录前会转为加密" if server.security is Security.STARTTLS else "不加密，只限本机"
        return ServerTrial(success(name, f"连得上（{method}）"), _greeting_of(line))
    with tls_context(ca_file).wrap_socket(line, server_hostname=server.host) as secured:
        expires_at = _expiry(secured)
        result = f"连得上（{secured.version()}，证书有效期到 {expires_at:%Y-%m-%d}）"
        trial = success(name, result)
        if expires_at - now < EXPIRY_WARNING:
            trial = Trial(name, Grade.WARNING, result, "证书快到期了；自建的邮件服务器请换新证书，服务商的会自己换。")
        return ServerTrial(trial, _greeting_of(secured))


def _greeting_of(line: socket.socket) -> str:
    """Empty where the server is silent: the login shows why."""
    with suppress(OSError):
        return line.recv(_GREETING_BYTES).decode("utf-8", "replace")
    return ""


def _expiry(line: ssl.SSLSocket) -> datetime:
    certificate = line.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
