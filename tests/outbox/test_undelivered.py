"""A letter that the server refuses is in the digest."""

from __future__ import annotations

from pathlib import Path

from intake_bot.demo.servers import ImapServer
from intake_bot.outbox.deliver import DeliveryCount
from tests.e2e.inspection import text_of
from tests.e2e.mails import START, accepted_mail
from tests.e2e.office import running_office
from tests.servers.smtp import MoodySmtpServer


def test_permanently_refused_letter_is_in_the_digest(pymap_server: ImapServer, new_user: str, tmp_path: Path) -> None:
    account = pymap_server.account(new_user)
    account.append(accepted_mail(), START)
    with MoodySmtpServer("secret") as smtp, running_office(account, smtp, tmp_path / "home") as office:
        smtp.recipient_answers = {"school@example.edu.cn": "550 5.1.1 User not found"}
        assert office.run_cycle().delivered == DeliveryCount(failed=1)
        assert office.file_due_digest()
        assert office.run_cycle().delivered == DeliveryCount(sent=1)
        said = text_of(smtp.letters[0])
    assert "① 要您办的：1 件" in said
    assert "回信发不出去：发信服务器拒收（550 5.1.1 User not found）。请电话告知对方，并核对邮箱地址" in said
