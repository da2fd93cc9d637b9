"""Shadow mode on real servers: everything runs, and no letter is sent to a school."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from markupsafe import escape

from intake_bot.demo.servers import ImapAccount
from intake_bot.home.home import Home
from intake_bot.intake.intake import IntakeCount
from intake_bot.ledger.ledger import Ledger
from intake_bot.outbox.deliver import DeliveryCount
from tests.conftest import ImapHost
from tests.e2e.home import ADMIN, CLERK, write_bureau
from tests.e2e.inspection import fates, read, text_of
from tests.e2e.mails import START, Fate, accepted_mail, foreign_mail, rejected_mail
from tests.e2e.office import Office, running_office
from tests.servers.smtp import MoodySmtpServer

SCHOOL = "school@example.edu.cn"


@pytest.fixture
def smtp() -> Iterator[MoodySmtpServer]:
    with MoodySmtpServer("secret") as server:
        yield server


@pytest.fixture
def account(best_host: ImapHost, new_user: str) -> ImapAccount:
    return best_host.account(new_user)


@pytest.fixture
def office(account: ImapAccount, smtp: MoodySmtpServer, tmp_path: Path) -> Iterator[Office]:
    with running_office(account, smtp, tmp_path / "home") as office:
        set_mode(office, "shadow")
        yield office


def set_mode(office: Office, mode: str) -> None:
    write_bureau(office.root, "hebei", office.account, office.smtp, mode=mode)
    office.restart()


def test_shadow_mode_judges_all_and_writes_to_the_clerk_only(office: Office) -> None:
    for raw in (accepted_mail(), rejected_mail(), foreign_mail()):
        office.account.append(raw, START)
    assert office.run_cycle().taken == IntakeCount(seen=3, settled=3)
    assert fates(office.root) == [Fate.ACCEPTED, Fate.REJECTED, Fate.OTHER]
    assert office.file_due_digest()
    assert office.run_cycle().delivered == DeliveryCount(sent=1)
    (digest,) = office.smtp.letters
    assert digest.recipients == (CLERK,)
    assert "合计：邮箱 3 封 = 收 1 + 退 1 + 待人工 0 + 非报送 1" in text_of(digest)


def test_shadow_digest_shows_withheld_letters_word_for_word(office: Office) -> None:
    for raw in (accepted_mail(), rejected_mail()):
        office.account.append(raw, START)
    office.run_cycle()
    with Ledger.open(Home(office.root).ledger) as ledger:
        withheld = ledger.reports.gather_day_report("hebei").withheld
    assert [letter.recipients for letter in withheld] == [(SCHOOL,), (SCHOOL,)]
    assert office.file_due_digest()
    office.run_cycle()
    (digest,) = office.smtp.letters
    section = text_of(digest).partition("试运行中没有寄出的信：2 封\n")[2].rpartition("（这封信由收件程序自动发出）")[0]
    said = [line.strip() for letter in withheld for line in letter.text.splitlines() if line.strip()]
    heads = [f"{SCHOOL}　{letter.subject}" for letter in withheld]
    assert [line.strip() for line in section.splitlines() if line.strip() and line.strip() not in heads] == said
    html = read(digest).get_body(("html",))
    assert html is not None
    page = (office.root / "data/digests/hebei/2023-05-18.html").read_text(encoding="utf-8")
    assert [line for line in said if escape(line) not in page or escape(line) not in html.get_content()] == []


def test_shadow_mode_still_sends_alerts(office: Office, smtp: MoodySmtpServer) -> None:
    (office.root / "secret.txt").rename(office.root / "away.txt")
    office.run_cycle()
    (office.root / "away.txt").rename(office.root / "secret.txt")
    for _ in range(2):
        office.run_cycle()
    assert [letter.recipients for letter in smtp.letters] == [(ADMIN,)] * 2


def test_change_to_live_mode_sends_no_withheld_letters(office: Office) -> None:
    office.account.append(accepted_mail(), START)
    office.run_cycle()
    set_mode(office, "live")
    assert office.run_cycle().delivered == DeliveryCount()
    office.account.append(rejected_mail(), START)
    assert office.run_cycle().delivered == DeliveryCount(sent=1)
    assert [subject[:5] for subject in office.letters_to(SCHOOL)] == ["【请补正】"]


def test_change_to_shadow_mode_withholds_queued_letters(office: Office, smtp: MoodySmtpServer) -> None:
    set_mode(office, "live")
    smtp.mail_answer = "451 4.7.1 try again later"
    office.account.append(rejected_mail(), START)
    assert office.run_cycle().delivered == DeliveryCount(deferred=1)
    smtp.mail_answer = ""
    set_mode(office, "shadow")
    for _ in range(5):
        assert office.run_cycle().delivered == DeliveryCount()
    assert office.file_due_digest()
    office.run_cycle()
    assert [letter.recipients for letter in smtp.letters] == [(CLERK,)]
    assert "试运行中没有寄出的信：1 封" in text_of(smtp.letters[0])
    set_mode(office, "live")
    for _ in range(5):
        office.run_cycle()
    assert office.letters_to(SCHOOL) == []
