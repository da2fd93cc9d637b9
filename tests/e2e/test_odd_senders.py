"""Senders whose addresses break the rules, and senders without one: from the mailbox to the letter and the digest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapServer, SmtpServer
from tests.e2e.home import CLERK
from tests.e2e.inspection import text_of
from tests.e2e.mails import NOW, START, accepted_mail
from tests.e2e.office import Office, running_office
from tests.e2e.test_bounces import letters, report


@pytest.fixture
def office(pymap_server: ImapServer, new_user: str, smtp_server: SmtpServer, tmp_path: Path) -> Iterator[Office]:
    with running_office(pymap_server.account(new_user), smtp_server, tmp_path / "home") as office:
        yield office


def mail_from(sender: str) -> bytes:
    head, _, body = accepted_mail().partition(b"\r\n\r\n" if b"\r\n\r\n" in accepted_mail() else b"\n\n")
    lines = [line for line in head.splitlines() if not line.startswith(b"From:")]
    return b"\r\n".join([f"From: {sender}".encode(), *lines]) + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        ("zhang..san@qq.com", "zhang..san@qq.com"),
        ("zhang.@school_1.example.cn", "zhang.@school_1.example.cn"),
        ("张三 <zhang＠qq.com>", "zhang@qq.com"),
    ],
)
def test_sender_in_an_odd_form_gets_a_letter_and_its_bounce_is_understood(
    office: Office, sender: str, address: str
) -> None:
    office.account.append(mail_from(sender), START)
    office.run_cycle()
    assert len(office.letters_to(address)) == 1
    office.account.append(report(office.smtp.letters[0], to=address), START)
    office.run_cycle()
    assert letters(office) == [("bounced", f"给 {address} 的信被退回，收件地址不存在")]


def test_submission_without_an_address_is_named_in_the_digest(office: Office) -> None:
    office.account.append(mail_from("张三 <zhang>"), START)
    office.run_cycle()
    assert not office.smtp.letters
    office.now = NOW + timedelta(days=1)
    assert office.file_due_digest()
    office.run_cycle()
    [digest] = [letter for letter in office.smtp.letters if letter.recipients == (CLERK,)]
    assert "1 封来信的发件人写作“张三 <zhang>”，不是能回信的地址" in text_of(digest)
