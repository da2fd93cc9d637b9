"""Letters of the program that bounce back to its mailbox."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapServer, SentLetter, SmtpServer
from intake_bot.home.home import Home
from tests.e2e.home import ADDRESSES, CLERK
from tests.e2e.inspection import fates, read, text_of
from tests.e2e.mails import START, Fate, accepted_mail, rejected_mail
from tests.e2e.office import Office, running_office
from tests.mail.samples import raw_mail
from tests.marking import slow

SCHOOL = "school@example.edu.cn"


@pytest.fixture
def office(pymap_server: ImapServer, new_user: str, smtp_server: SmtpServer, tmp_path: Path) -> Iterator[Office]:
    """An office that has rejected one mail with a letter."""
    with running_office(pymap_server.account(new_user), smtp_server, tmp_path / "home") as office:
        office.account.append(rejected_mail(), START)
        office.run_cycle()
        assert office.letters_to(SCHOOL) != []
        yield office


def report(letter: SentLetter, action: str = "failed", to: str = SCHOOL) -> bytes:
    """A bounce of RFC 3464 with the letter attached."""
    status = "4.4.7" if action == "delayed" else "5.1.1"
    head = raw_mail(
        "From: MAILER-DAEMON@mx.example.edu.cn", "Subject: Undelivered Mail Returned to Sender",
        "Return-Path: <>", f"To: {ADDRESSES['hebei']}", "Message-ID: <bounce@mx.example.edu.cn>", "MIME-Version: 1.0",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=r", "",
        "--r", "Content-Type: text/plain", "", "I'm sorry to have to inform you.",
        "--r", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example.edu.cn", "",
        f"Final-Recipient: rfc822; {to}", f"Action: {action}", f"Status: {status}",
        "--r", "Content-Type: message/rfc822", "",
    )  # fmt: skip
    return head + letter.raw + b"\r\n--r--\r\n"


def netease(letter: SentLetter, to: str = SCHOOL, why: str = "该用户不存在") -> bytes:
    """A bounce of 163, which quotes the subject only."""
    table = f"主　题：{read(letter)['Subject']}<br>收件人：{to}<br>退信原因：{why}<br>建议解决方案：请核对地址"
    return raw_mail(
        "From: Postmaster@163.com", "Subject: 系统退信", "Message-ID: <5D2C.1@163smtp10>", "MIME-Version: 1.0",
        "Content-Type: text/html; charset=utf-8", "", f"<p>抱歉，您的邮件被退回来了……</p><p>{table}</p>",
    )  # fmt: skip


def qq(letter: SentLetter) -> bytes:
    """A bounce of QQ with the letter as mail.eml."""
    head = raw_mail(
        "From: PostMaster@qq.com", "Subject: =?gb2312?B?wLTX1HFxLmNvbbXEzcvQxQ==?=", "MIME-Version: 1.0",
        "Content-Type: multipart/mixed; boundary=q", "", "--q", "Content-Type: text/html; charset=utf-8", "",
        f"<p>无法发送到 {SCHOOL}</p><p>退信原因</p><p>收件人邮箱空间不足</p><p>解决方案</p>",
        "--q", 'Content-Type: application/octet-stream; name="mail.eml"', "",
    )  # fmt: skip
    return head + letter.raw + b"\r\n--q--\r\n"


def letters(office: Office) -> list[tuple[str, str]]:
    """State and last error of each letter."""
    with closing(sqlite3.connect(Home(office.root).ledger)) as database:
        return database.execute("SELECT state, last_error FROM letter ORDER BY id").fetchall()


def receive_bounce(office: Office, raw: bytes) -> None:
    """Receives a bounce. Asserts that it is machine mail and not answered."""
    before = len(office.smtp.letters)
    office.account.append(raw, office.now)
    office.run_cycle()
    assert fates(office.root)[-1] is Fate.MACHINE
    assert len(office.smtp.letters) == before


@pytest.mark.parametrize(
    ("bounce", "why"),
    [(report, "收件地址不存在"), (netease, "收件地址不存在"), (qq, "对方邮箱已满")],
    ids=["RFC 3464", "163", "QQ"],
)
def test_bounced_letter_is_reported_as_undelivered(
    office: Office, bounce: Callable[[SentLetter], bytes], why: str
) -> None:
    receive_bounce(office, bounce(office.smtp.letters[0]))
    assert letters(office) == [("bounced", f"给 {SCHOOL} 的信被退回，{why}")]
    assert office.file_due_digest()
    office.run_cycle()
    said = text_of(office.smtp.letters[-1])
    assert f"给 {SCHOOL} 的信被退回，{why}。请电话告知对方" in said
    assert "回信没有送到，被退回" in said.partition("④ 退回还没改好的：1 项")[2]


def test_reports_of_delay_and_success_change_nothing(office: Office) -> None:
    for action in ("delayed", "delivered"):
        receive_bounce(office, report(office.smtp.letters[0], action))
    assert letters(office) == [("sent", "")]


def test_two_bounces_of_one_letter_are_reported_once(office: Office) -> None:
    for bounce in (report, netease):
        receive_bounce(office, bounce(office.smtp.letters[0]))
    assert letters(office) == [("bounced", f"给 {SCHOOL} 的信被退回，收件地址不存在")]
    assert office.file_due_digest()
    office.run_cycle()
    open_items, _, others = text_of(office.smtp.letters[-1]).partition("② ")
    assert open_items.count("回信没有送到") == 1
    assert f"{SCHOOL} 的信被退回" not in others


def test_bounced_digest_is_marked_as_bounced(office: Office) -> None:
    assert office.file_due_digest()
    office.run_cycle()
    digest = office.smtp.letters[-1]
    assert digest.recipients == (CLERK,)
    receive_bounce(office, report(digest, to=CLERK))
    assert letters(office) == [("sent", ""), ("bounced", f"给 {CLERK} 的信被退回，收件地址不存在")]


def forged(subject: str, text: str) -> bytes:
    return raw_mail(
        "From: postmaster@163.com", f"Subject: {subject}", "Content-Type: text/plain; charset=utf-8", "", text
    )


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(
            forged("系统退信", "主题 【请补正】（回执编号 1001-9）\n收件人 else@example.cn"), id="wrong recipient"
        ),
        pytest.param(forged("系统退信", f"主题 【请补正】（回执编号 1007-6）\n收件人 {SCHOOL}"), id="unknown number"),
        slow(forged("系统退信", f"<intake.1001-9.{'0' * 32}@163.com>\n收件人 {SCHOOL}"), id="made-up Message-ID"),
        pytest.param(forged("来自qq.com的退信", "您的邮箱即将停用，请点击 http://example.cn/login"), id="phishing"),
    ],
)
def test_forged_bounce_changes_nothing(office: Office, raw: bytes) -> None:
    receive_bounce(office, raw)
    assert letters(office) == [("sent", "")]
    assert office.file_due_digest()
    office.run_cycle()
    said = text_of(office.smtp.letters[-1])
    assert "① 要您办的：没有" in said
    assert "example.cn/login" not in said


def test_forged_bounce_with_a_known_message_id_changes_only_the_state(office: Office) -> None:
    """Whoever knows the receipt number and the address can have a letter marked as bounced. The digest uses its own
    words, and the sender gets no second letter with the same complaint."""
    text = f"主题 【请补正】（回执编号 1001-9）\n收件人 {SCHOOL}\n退信原因：请登录 http://example.cn/login"
    receive_bounce(office, forged("系统退信", text))
    assert letters(office) == [("bounced", f"给 {SCHOOL} 的信被退回，原因不明，可到邮箱里查看退信")]
    office.account.append(rejected_mail().replace(b"<1@", b"<again@"), office.now)
    office.run_cycle()
    assert len(office.letters_to(SCHOOL)) == 1
    office.account.append(accepted_mail().replace(b"<1@", b"<good@"), office.now)
    office.run_cycle()
    assert len(office.letters_to(SCHOOL)) == 2


def test_bounce_of_another_bureaus_letter_changes_nothing(
    office: Office, pymap_server: ImapServer, new_user: str, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    with running_office(pymap_server.account(f"other-{new_user}"), smtp_server, tmp_path / "other") as other:
        receive_bounce(other, report(office.smtp.letters[0]))
        assert letters(other) == []
    assert letters(office) == [("sent", "")]
