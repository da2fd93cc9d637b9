"""What lies among the sent mail, asked of real servers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from imapclient import IMAPClient

from intake_bot.demo.servers import ImapAccount, ImapServer
from intake_bot.mail.connection import Security
from intake_bot.mail.imap.mailbox import Mailbox
from intake_bot.mail.imap.settings import ImapSettings
from tests.conftest import ImapHost

SENT_AT = datetime(2023, 5, 17, 12, 0, tzinfo=UTC)
HEADS = (
    b"Message-ID: <intake.1.a@163.com>\r\n",
    b"message-id:\r\n <intake.2.b@163.com>\r\n",
    b"Subject: without one\r\n",
    b"Subject: Message-ID: <not.one@163.com>\r\nMessage-Id: <intake.3.c@163.com>\r\n",
    b"Message-ID: broken\r\n",
)


def test_message_ids_of_all_mails_in_a_folder_are_read(
    request: pytest.FixtureRequest, pymap_server: ImapServer, imap_host: ImapHost, imap_server: ImapAccount
) -> None:
    box = imap_server
    # Whoever keeps the sent mail for us stands behind the manners of the server.
    behind = pymap_server if imap_host is pymap_server else request.getfixturevalue("dovecot_server")
    with IMAPClient(behind.host, behind.port, ssl=False) as provider:
        provider.login(box.user, box.password)
        provider.create_folder("已发送")
        for number in range(60):
            head = HEADS[number] if number < len(HEADS) else b"Message-ID: <%d@163.com>\r\n" % number
            provider.append("已发送", head + b"\r\nText: Message-ID: <text@163.com>\r\n", msg_time=SENT_AT)
    mailbox = Mailbox(ImapSettings(box.host, box.port, box.user, box.password, Security.NONE, timeout_seconds=20))
    mailbox.open()
    assert mailbox.find_folders(("已发送", "Sent")) == ("已发送",)
    assert mailbox.select_folder("已发送")
    found = mailbox.fetch_message_ids(mailbox.search(date(2023, 5, 15)))
    mailbox.close()
    ours = {"<intake.1.a@163.com>", "<intake.2.b@163.com>", "<intake.3.c@163.com>"}
    assert found == ours | {f"<{number}@163.com>" for number in range(len(HEADS), 60)}
