"""The way to a server that speaks TLS, or something else."""

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
from intake_bot.doctor.line import SOON, reach
from intake_bot.doctor.trial import Grade
from intake_bot.mail.connection import Security

SERVERS = Path(__file__).parents[1] / "servers"
CERTIFICATE = SERVERS / "loopback.crt"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
GREETING = "220 mail.example.cn ESMTP\r\n"


@contextmanager
def speaking_tls() -> Iterator[int]:
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


def test_a_server_with_a_certificate_we_trust_is_reached() -> None:
    with speaking_tls() as port:
        found = reach("发信服务器", Server(host="127.0.0.1", port=port), CERTIFICATE, 10, NOW)
    assert (found.trial.grade, found.trial.what) == (Grade.WELL, f"发信服务器 127.0.0.1:{port}")
    assert re.fullmatch(r"连得上（TLSv1\.\d，证书有效期到 \d{4}-\d\d-\d\d）", found.trial.said)
    assert found.greeting == GREETING


def test_a_certificate_that_soon_ends_is_worth_a_word() -> None:
    with speaking_tls() as port:
        server = Server(host="127.0.0.1", port=port)
        ends = ssl.cert_time_to_seconds(_decoded()["notAfter"])
        found = reach("发信服务器", server, CERTIFICATE, 10, datetime.fromtimestamp(ends, UTC) - SOON + timedelta(1))
    assert (found.trial.grade, "证书快到期了" in found.trial.todo) == (Grade.LOOK, True)


def _decoded() -> dict[str, str]:
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    return {key: str(value) for key, value in context.get_ca_certs()[0].items()}


def test_a_certificate_that_nobody_vouches_for_is_told() -> None:
    with speaking_tls() as port:
        found = reach("收信服务器", Server(host="127.0.0.1", port=port), None, 10, NOW)
    assert (found.trial.grade, found.greeting) == (Grade.WRONG, "")
    assert "的证书没有通过验证" in found.trial.said
    assert "自建的邮件服务器请配置 ca_file" in found.trial.todo


def test_a_ca_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as ear:
        server = Server(host="127.0.0.1", port=ear.getsockname()[1])
        found = reach("收信服务器", server, tmp_path / "none.pem", 10, NOW)
    assert found.trial.said.startswith("读不了证书文件 ")


def test_a_silent_server_is_reached_and_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as ear:
        server = Server(host="127.0.0.1", port=ear.getsockname()[1], security=Security.NONE)
        found = reach("收信服务器", server, None, 0.2, NOW)
    assert (found.trial.grade, found.trial.said, found.greeting) == (Grade.WELL, "连得上（不加密，只限本机）", "")
