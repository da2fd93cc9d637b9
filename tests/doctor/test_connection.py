"""Connections to a server that speaks TLS, and to others."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from intake_bot.config.settings import Server
from intake_bot.doctor.connection import EXPIRY_WARNING, try_connection
from intake_bot.doctor.trial import Grade
from intake_bot.mail.connection import Security

SERVERS = Path(__file__).parents[1] / "servers"
CERTIFICATE = SERVERS / "loopback.crt"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
GREETING = "220 mail.example.cn ESMTP\r\n"


@contextmanager
def tls_server() -> Iterator[int]:
    """A server that greets one caller over TLS; gives its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, SERVERS / "loopback.key")
    with socket.create_server(("127.0.0.1", 0)) as ear:
        thread = threading.Thread(target=_greet, args=(ear, context))
        thread.start()
        yield ear.getsockname()[1]
        thread.join(10)


def _greet(ear: socket.socket, context: ssl.SSLContext) -> None:
    line, _ = ear.accept()
    with line:
        line.settimeout(10)
        try:
            with context.wrap_socket(line, server_side=True) as secured:
                secured.sendall(GREETING.encode())
        except OSError:
            """The caller did not trust us."""


def test_server_with_a_trusted_certificate_is_ok() -> None:
    with tls_server() as port:
        found = try_connection("发信服务器", Server(host="127.0.0.1", port=port), CERTIFICATE, 10, NOW)
    assert (found.trial.grade, found.trial.subject) == (Grade.OK, f"发信服务器 127.0.0.1:{port}")
    assert re.fullmatch(r"连得上（TLSv1\.\d，证书有效期到 \d{4}-\d\d-\d\d）", found.trial.result)
    assert found.greeting == GREETING


def test_certificate_that_expires_soon_is_a_warning() -> None:
    with tls_server() as port:
        server = Server(host="127.0.0.1", port=port)
        expires_at = datetime.fromtimestamp(ssl.cert_time_to_seconds(_decoded()["notAfter"]), UTC)
        now = expires_at - EXPIRY_WARNING + timedelta(1)
        found = try_connection("发信服务器", server, CERTIFICATE, 10, now)
    assert (found.trial.grade, "证书快到期了" in found.trial.advice) == (Grade.WARNING, True)


def _decoded() -> dict[str, str]:
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    return {key: str(value) for key, value in context.get_ca_certs()[0].items()}


def test_untrusted_certificate_is_reported() -> None:
    with tls_server() as port:
        found = try_connection("收信服务器", Server(host="127.0.0.1", port=port), None, 10, NOW)
    assert (found.trial.grade, found.greeting) == (Grade.FAILED, "")
    assert "的证书没有通过验证" in found.trial.result
    assert "自建的邮件服务器请配置 ca_file" in found.trial.advice


def test_unreadable_ca_file_is_reported(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as ear:
        server = Server(host="127.0.0.1", port=ear.getsockname()[1])
        found = try_connection("收信服务器", server, tmp_path / "none.pem", 10, NOW)
    assert found.trial.result.startswith("读不了证书文件 ")


def test_silent_server_is_ok_with_an_empty_greeting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as ear:
        server = Server(host="127.0.0.1", port=ear.getsockname()[1], security=Security.NONE)
        found = try_connection("收信服务器", server, None, 0.2, NOW)
    assert (found.trial.grade, found.trial.result, found.greeting) == (Grade.OK, "连得上（不加密，只限本机）", "")
