"""Pings to a real HTTP server that is well, slow, moved or broken."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from intake_bot.service.pinger import Pinger
from tests.servers.monitor import Monitor, running_monitor


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    with running_monitor() as server:
        yield server


def ping(url: str) -> None:
    pinger = Pinger(url)
    pinger.ping()
    pinger.wait()


def test_ping_requests_the_address_once(monitor: Monitor) -> None:
    ping(f"{monitor.url}/well?status=up")
    assert monitor.asked == ["/well?status=up"]


def test_ping_uses_no_proxy_of_the_environment(monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    ping(f"{monitor.url}/well")
    assert monitor.asked == ["/well"]


def test_ping_follows_no_redirection(monitor: Monitor, caplog: pytest.LogCaptureFixture) -> None:
    ping(f"{monitor.url}/moved")
    assert monitor.asked == ["/moved"]
    assert "ping failed host=127.0.0.1: HTTP Error 302" in caplog.text


@pytest.mark.parametrize("path", ["/missing", "/broken"])
def test_error_response_is_logged_without_the_address(
    monitor: Monitor, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    ping(f"{monitor.url}{path}")
    (record,) = caplog.records
    assert record.getMessage().startswith("ping failed host=127.0.0.1: ")
    assert path not in record.getMessage()


def test_unreachable_monitor_is_logged_and_raises_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ping(f"http://127.0.0.1:{port}/well")
    assert "ping failed host=127.0.0.1: " in caplog.text


def test_slow_monitor_does_not_block_and_is_not_pinged_again_meanwhile(
    monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake_bot.service.pinger.PING_SECONDS", 3600)  # a wait would time out
    pinger = Pinger(f"{monitor.url}/slow")
    for _ in range(3):
        pinger.ping()
    monitor.go_on.set()
    pinger.wait()
    assert monitor.asked == ["/slow"]
    pinger.ping()
    pinger.wait()
    assert monitor.asked == ["/slow", "/slow"]


def test_pinger_without_an_address_does_nothing() -> None:
    pinger = Pinger(None)
    pinger.ping()
    pinger.wait()
