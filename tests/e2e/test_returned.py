"""Letters of ours that come back to the mailbox we read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapServer, SentLetter, SmtpServer
from intake_bot.home import Home
from tests.e2e.home import ADDRESSES, CLERK
from tests.e2e.looking import fates, read, text_of
from tests.e2e.mails import START, Fate, accepted_mail, rejected_mail
from tests.e2e.office import Office, at_work
from tests.mail.samples import raw_mail

SCHOOL = "school@example.edu.cn"


@pytest.fixture
def office(pymap_server: ImapServer, new_user: str, smtp_server: SmtpServer, tmp_path: Path) -> Iterator[Office]:
    """An office that has sent one letter back to its school."""
    with at_work(pymap_server.account(new_user), smtp_server, tmp_path / "home") as office:
        office.account.append(rejected_mail(), START)
        office.round()
        assert office.letters_to(SCHOOL) != []
        yield office


def report(letter: SentLetter, action: str = "failed", to: str = SCHOOL) -> bytes:
    """RFC 3464, with our letter."""
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
    """163's page: no part of ours but the subject."""
    table = f"主　题：{read(letter)['Subject']}<br>收件人：{to}<br>退信原因：{why}<br>建议解决方案：请核对地址"
    return raw_mail(
        "From: Postmaster@163.com", "Subject: 系统退信", "Message-ID: <5D2C.1@163smtp10>", "MIME-Version: 1.0",
        "Content-Type: text/html; charset=utf-8", "", f"<p>抱歉，您的邮件被退回来了……</p><p>{table}</p>",
    )  # fmt: skip


def qq(letter: SentLetter) -> bytes:
    """QQ's page, with our letter as mail.eml."""
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


def come_back(office: Office, raw: bytes) -> None:
    """The bounce arrives, and is looked at; nobody is written to."""
    before = len(office.smtp.letters)
    office.account.append(raw, office.now)
    office.round()
    assert fates(office.root)[-1] is Fate.MACHINE
    assert len(office.smtp.letters) == before


@pytest.mark.parametrize(
    ("bounce", "why"),
    [(report, "收件地址不存在"), (netease, "收件地址不存在"), (qq, "对方邮箱已满")],
    ids=["RFC 3464", "163", "QQ"],
)
def test_a_letter_that_comes_back_is_told_as_undelivered(
    office: Office, bounce: Callable[[SentLetter], bytes], why: str
) -> None:
    come_back(office, bounce(office.smtp.letters[0]))
    assert letters(office) == [("bounced", f"给 {SCHOOL} 的信被退回，{why}")]
    assert office.digest_is_filed()
    office.round()
    said = text_of(office.smtp.letters[-1])
    assert f"回执未送达（编号 1001-9）：给 {SCHOOL} 的信被退回，{why}" in said
    assert "四、退回补正：1 项（回执未送达，被退回）" in said


def test_a_delay_and_a_success_change_nothing(office: Office) -> None:
    for action in ("delayed", "delivered"):
        come_back(office, report(office.smtp.letters[0], action))
    assert letters(office) == [("sent", "")]


def test_two_bounces_of_one_letter_are_told_once(office: Office) -> None:
    for bounce in (report, netease):
        come_back(office, bounce(office.smtp.letters[0]))
    assert letters(office) == [("bounced", f"给 {SCHOOL} 的信被退回，收件地址不存在")]
    assert office.digest_is_filed()
    office.round()
    assert text_of(office.smtp.letters[-1]).count("回执未送达（") == 1


def test_a_digest_that_comes_back_is_told_by_the_next(office: Office) -> None:
    assert office.digest_is_filed()
    office.round()
    digest = office.smtp.letters[-1]
    assert digest.recipients == (CLERK,)
    come_back(office, report(digest, to=CLERK))
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
        pytest.param(
            forged("系统退信", f"<intake.1001-9.{'0' * 32}@163.com>\n收件人 {SCHOOL}"), id="made-up Message-ID"
        ),
        pytest.param(forged("来自qq.com的退信", "您的邮箱即将停用，请点击 http://example.cn/login"), id="phishing"),
    ],
)
def test_a_forged_bounce_does_nothing(office: Office, raw: bytes) -> None:
    come_back(office, raw)
    assert letters(office) == [("sent", "")]
    assert office.digest_is_filed()
    office.round()
    said = text_of(office.smtp.letters[-1])
    assert "六、机器故障：没有" in said
    assert "example.cn/login" not in said


def test_a_forged_bounce_that_fits_changes_a_state_and_no_more(office: Office) -> None:
    """Whoever knows the number and the address can have one letter called undelivered: it is told in our own words, and
    the sender is not told the same twice for that."""
    text = f"主题 【请补正】（回执编号 1001-9）\n收件人 {SCHOOL}\n退信原因：请登录 http://example.cn/login"
    come_back(office, forged("系统退信", text))
    assert letters(office) == [("bounced", f"给 {SCHOOL} 的信被退回，原因不明，可到邮箱里查看退信")]
    office.account.append(rejected_mail().replace(b"<1@", b"<again@"), office.now)
    office.round()
    assert len(office.letters_to(SCHOOL)) == 1
    office.account.append(accepted_mail().replace(b"<1@", b"<good@"), office.now)
    office.round()
    assert len(office.letters_to(SCHOOL)) == 2


def test_a_bounce_of_another_bureau_s_letter_is_none_of_ours(
    office: Office, pymap_server: ImapServer, new_user: str, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    with at_work(pymap_server.account(f"other-{new_user}"), smtp_server, tmp_path / "other") as other:
        come_back(other, report(office.smtp.letters[0]))
        assert letters(other) == []
    assert letters(office) == [("sent", "")]
