"""The embedded servers, where their own tests through the mailbox and the transport do not look."""

from __future__ import annotations

import gc
from datetime import UTC, date, datetime

from intake_bot.demo.servers import ImapServer
from intake_bot.mail.connection import Security
from intake_bot.mail.imap.mailbox import Mailbox
from intake_bot.mail.imap.settings import ImapSettings


def test_connection_survives_the_garbage_collector() -> None:
    with ImapServer("secret") as server:
        account = server.account("clerk@example.edu.cn")
        settings = ImapSettings(
            account.host, account.port, account.user, account.password, Security.NONE, timeout_seconds=5
        )
        mailbox = Mailbox(settings)
        gc.freeze()  # what the other tests left is not looked at each time: that took seconds
        try:
            for count in range(1, 20):
                account.append(b"Subject: x\r\n\r\n" + b"x" * 1000, datetime.now(UTC))
                mailbox.open()
                gc.collect()
                assert len(mailbox.search(date(2020, 1, 1))) == count
        finally:
            gc.unfreeze()
        mailbox.close()
