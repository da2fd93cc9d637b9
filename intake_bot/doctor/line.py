"""The way to a server, step by step: its name, its port, its certificate, its first words."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from intake_bot.config.settings import Server
from intake_bot.doctor.trial import Grade, Trial, well, wrong
from intake_bot.errors import PermanentFailure
from intake_bot.mail.connection import Security, line_failure, one_line, tls_context

_GREETING_BYTES = 1000
SOON = timedelta(days=14)
"""A certificate that ends within this time is worth a word."""

_TODO_NAME = "请核对 host 有没有写错；没有写错，就看这台机器能不能上网，DNS 设置对不对。"
_TODO_CERTIFICATE = (
    "请核对 host 和本机时间；自建的邮件服务器请配置 ca_file；单位的网关如果拆看加密流量，请它放行这台服务器。"
)
_TODO_SECURITY = "请核对 port 和 security：tls 一般配 993（收信）、465（发信），starttls 一般配 143、587。"
_TODO_PORT = "请核对 host 和 port；没有写错，多半是防火墙或单位的出口没有放行，请网络管理员放行到 {} 的 {} 端口。"


@dataclass(frozen=True)
class Reached:
    """What was found at the end of the way. `greeting` is empty where nobody was reached."""

    trial: Trial
    greeting: str = ""


def reach(what: str, server: Server, ca_file: Path | None, timeout: float, now: datetime) -> Reached:
    """Goes the whole way and says nothing at its end. `timeout` is in seconds, for each step."""
    place = f"{server.host}:{server.port}"
    name = f"{what} {place}"
    try:
        socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return Reached(wrong(name, f"查不到这个主机名（{one_line(error)}）", _TODO_NAME))
    try:
        with socket.create_connection((server.host, server.port), timeout) as line:
            return _greeted(name, line, server, ca_file, now)
    except ssl.SSLCertVerificationError as error:
        return Reached(wrong(name, line_failure(place, error), _TODO_CERTIFICATE))
    except ssl.SSLError as error:
        return Reached(wrong(name, f"连上了，但是加密没有谈成（{one_line(error)}）", _TODO_SECURITY))
    except PermanentFailure as error:
        return Reached(wrong(name, error, "请核对 ca_file 的路径和内容（PEM 格式）。"))
    except OSError as error:
        return Reached(wrong(name, line_failure(place, error), _TODO_PORT.format(server.host, server.port)))


def _greeted(name: str, line: socket.socket, server: Server, ca_file: Path | None, now: datetime) -> Reached:
    if server.security is not Security.TLS:
        how = "登录前会转为加密" if server.security is Security.STARTTLS else "不加密，只限本机"
        return Reached(well(name, f"连得上（{how}）"), _first_words(line))
    with tls_context(ca_file).wrap_socket(line, server_hostname=server.host) as secured:
        ends = _end_of_certificate(secured)
        said = f"连得上（{secured.version()}，证书有效期到 {ends:%Y-%m-%d}）"
        trial = well(name, said)
        if ends - now < SOON:
            trial = Trial(name, Grade.LOOK, said, "证书快到期了；自建的邮件服务器请换新证书，服务商的会自己换。")
        return Reached(trial, _first_words(secured))


def _first_words(line: socket.socket) -> str:
    """Empty where the server is silent: the login will tell why."""
    with suppress(OSError):
        return line.recv(_GREETING_BYTES).decode("utf-8", "replace")
    return ""


def _end_of_certificate(line: ssl.SSLSocket) -> datetime:
    certificate = line.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
