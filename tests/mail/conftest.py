"""Every test of a mailbox runs on each server that answers rightly, whatever its manners."""

from __future__ import annotations

import pytest

from tests.conftest import ImapHost


@pytest.fixture(params=["pymap_server", "dovecot_server", "netease_proxy", "qq_proxy"])
def imap_host(request: pytest.FixtureRequest) -> ImapHost:
    """Once pymap, once Dovecot, and Dovecot with the manners of 163 and of QQ."""
    host: ImapHost = request.getfixturevalue(request.param)
    return host
