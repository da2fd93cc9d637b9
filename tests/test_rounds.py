"""Rounds over a bureau's mailbox: what one bad mail, a silent server, a second program or shadow mode do to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from intake_bot.demo.servers import ImapServer, SmtpServer
from intake_bot.errors import PermanentFailure, TemporaryFailure
from intake_bot.examine import Examined, examine
from intake_bot.home import Home, only_instance
from intake_bot.intake import Taken
from intake_bot.ledger.ledger import Ledger
from intake_bot.mail.spool import Spool, Spooled
from intake_bot.outbox import Delivered
from intake_bot.rounds import Round
from tests.e2e.home import ADMIN, edit, make_home
from tests.e2e.looking import Ran, dump, fates, read, run, text_of, tree
from tests.e2e.mails import CHINA, NOW, START, Fate, accepted_mail, compose, rejected_mail
from tests.e2e.office import Office, at_work
from tests.servers.dovecot import Dovecot
from tests.servers.netease import NeteaseServer
from tests.servers.proxy import ImapProxy
from tests.servers.smtp import MoodySmtpServer


@pytest.fixture
def office(pymap_server: ImapServer, new_user: str, smtp_server: SmtpServer, tmp_path: Path) -> Iterator[Office]:
    with at_work(pymap_server.account(new_user), smtp_server, tmp_path / "home") as office:
        yield office


@pytest.fixture
def story(office: Office) -> Office:
    """An office with three mails; the one in the middle will be trouble."""
    for number in range(3):
        office.account.append(mail(number), START)
    return office


def mail(number: int) -> bytes:
    subject = "活动周天涯海角学校典型案例材料"
    return compose(subject, text="材料。", sender=f"t{number}@example.edu.cn", message_id=f"<{number}@example.edu.cn>")


def rows(office: Office, question: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(Home(office.root).ledger)) as database:
        return database.execute(question).fetchall()


# ---- one bad mail ----------------------------------------------------------------------------------------------------


def test_a_mail_that_breaks_the_program_is_tried_three_times_and_held(
    story: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def breaking(*arguments: object) -> Examined:
        result: Examined = examine(*arguments)  # type: ignore[arg-type]  # whatever the caller gave
        if result.message.sender.address == "t1@example.edu.cn":
            tried.append(1)
            raise ZeroDivisionError
        return result

    monkeypatch.setattr("intake_bot.concluding.examine", breaking)
    assert story.round().taken == Taken(seen=3, settled=2, failed=1)
    assert story.letters_to("t0@example.edu.cn") and story.letters_to("t2@example.edu.cn")
    assert [story.round().taken for _ in range(3)] == [Taken(failed=1), Taken(failed=1), Taken(settled=1)]
    assert len(tried) == 3
    assert fates(story.root) == [Fate.REJECTED, Fate.HELD, Fate.REJECTED]
    assert story.round().taken == Taken()
    assert story.letters_to("t1@example.edu.cn") == []
    held = run("held", "--home", story.root)
    assert "主题：活动周天涯海角学校典型案例材料  来自：t1@example.edu.cn" in held.out
    assert "连续3次没能处理（ZeroDivisionError）" in held.out


def test_a_full_disk_is_no_fault_of_a_mail(story: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> Spooled:
        raise TemporaryFailure("磁盘已满")

    with monkeypatch.context() as disk:
        disk.setattr(Spool, "save", full)
        assert story.round().taken == Taken(seen=3, failed=3)
        for _ in range(4):
            assert story.round().taken == Taken(failed=3)
    assert story.round().taken == Taken(settled=3)
    assert fates(story.root) == [Fate.REJECTED] * 3


def test_a_mail_that_a_clerk_deleted_meanwhile_is_held_by_its_number(
    dovecot_server: Dovecot, smtp_server: SmtpServer, new_user: str, tmp_path: Path
) -> None:
    account = dovecot_server.account(new_user)
    for number in range(2):
        account.append(mail(number), START)
    with at_work(account, smtp_server, tmp_path / "home") as office:
        assert office.round(stop=lambda: True).taken == Taken(seen=2)
        with dovecot_server.client(new_user) as clerk:
            clerk.select("INBOX")
            clerk.store("1", "+FLAGS", r"(\Deleted)")
            clerk.expunge()
        assert office.round().taken == Taken(settled=1, failed=1)
        for _ in range(3):
            office.round()
        assert fates(office.root) == [Fate.HELD, Fate.REJECTED]


def test_stop_is_asked_between_two_mails(story: Office) -> None:
    asked = iter([False, True])
    assert story.round(stop=lambda: next(asked, True)).taken == Taken(seen=3, settled=1)
    assert story.smtp.letters == ()
    assert story.round() == Round(story.settings.bureaus[0], Taken(settled=2), Delivered(sent=3), trouble=())


# ---- a mailbox in trouble --------------------------------------------------------------------------------------------


def test_an_unreachable_mailbox_is_told_once_and_so_is_its_recovery(office: Office) -> None:
    office.unplug()
    for _ in range(4):
        assert len(office.round().trouble) == 1
        office.now += timedelta(minutes=10)
    assert office.letters_to(ADMIN) == ["【需要留意】河北省教育厅邮箱连不上"]
    office.plug_in()
    for _ in range(3):
        assert office.round().trouble == ()
    assert office.letters_to(ADMIN)[1:] == ["【已恢复】河北省教育厅邮箱恢复收件"]


def test_a_clock_that_is_set_back_keeps_no_trouble_from_the_admins(office: Office) -> None:
    office.unplug()
    office.round()
    office.now -= timedelta(hours=5)
    for _ in range(4):
        office.round()
        office.now += timedelta(minutes=10)
    assert office.letters_to(ADMIN) == ["【需要留意】河北省教育厅邮箱连不上"]


def test_a_hiccup_is_nobodys_business_but_the_digests(office: Office) -> None:
    office.unplug()
    office.round()
    office.plug_in()
    for _ in range(2):
        office.now += timedelta(minutes=14)
        office.round()
    assert office.letters_to(ADMIN) == []


def test_a_refused_login_is_told_as_such_once_letters_can_leave(office: Office) -> None:
    (office.root / "secret.txt").write_text("wrong", encoding="utf-8")
    office.restart()
    for _ in range(3):
        assert "请检查授权码" in "".join(office.round().trouble)
    (office.root / "secret.txt").write_text("secret", encoding="utf-8")
    office.restart()
    for _ in range(2):
        office.round()
    assert office.letters_to(ADMIN) == ["【需要处理】河北省教育厅邮箱登录不上", "【已恢复】河北省教育厅邮箱恢复收件"]


def test_a_server_that_refused_three_logins_is_left_alone_for_an_hour(smtp_server: SmtpServer, tmp_path: Path) -> None:
    with NeteaseServer() as server, at_work(server.account, smtp_server, tmp_path / "home") as office:
        (office.root / "secret.txt").write_text("wrong", encoding="utf-8")
        for number in range(62):
            assert "请检查授权码" in "".join(office.round().trouble)
            assert logins(server) == min(number + 1, 3)
        office.round()
        assert logins(server) == 4
        (office.root / "secret.txt").write_text("secret", encoding="utf-8")
        assert office.round().trouble == ()
        office.round()
        assert office.letters_to(ADMIN) == [
            "【需要处理】河北省教育厅邮箱登录不上",
            "【已恢复】河北省教育厅邮箱恢复收件",
        ]


def test_two_refused_logins_are_nobodys_business(smtp_server: SmtpServer, tmp_path: Path) -> None:
    with NeteaseServer() as server, at_work(server.account, smtp_server, tmp_path / "home") as office:
        server.retort["LOGIN"] = (
            "{tag} NO Login fail. Password is incorrect, login frequency limited, or system is busy"
        )
        for _ in range(2):
            assert "请检查授权码" in "".join(office.round().trouble)
        server.retort.clear()
        assert office.round().trouble == ()
        for _ in range(30):
            office.round()
        assert office.letters_to(ADMIN) == []
        server.retort["LOGIN"] = (
            "{tag} NO Login fail. Password is incorrect, login frequency limited, or system is busy"
        )
        office.rounds._mailboxes["hebei"][1].close()
        for number in range(3):
            assert logins(server) == 3 + number
            assert "请检查授权码" in "".join(office.round().trouble)


def test_a_login_that_is_refused_from_outside_is_told_after_a_while(office: Office) -> None:
    (office.root / "secret.txt").write_text("wrong", encoding="utf-8")
    for _ in range(2):
        office.restart()
        office.round()
        office.now += timedelta(minutes=15)
    (office.root / "secret.txt").write_text("secret", encoding="utf-8")
    office.restart()
    office.round()
    assert office.letters_to(ADMIN)[0] == "【需要处理】河北省教育厅邮箱登录不上"


def test_a_clock_that_is_set_back_lets_a_server_be_asked(smtp_server: SmtpServer, tmp_path: Path) -> None:
    with NeteaseServer() as server, at_work(server.account, smtp_server, tmp_path / "home") as office:
        (office.root / "secret.txt").write_text("wrong", encoding="utf-8")
        for _ in range(4):
            office.round()
        office.now -= timedelta(hours=5)
        office.round()
        assert logins(server) == 4


def test_one_bureau_that_is_not_let_in_stops_no_other(
    dovecot_server: Dovecot, qq_proxy: ImapProxy, new_user: str, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    refused = dovecot_server.account(new_user)
    served = qq_proxy.account(f"2{new_user}")
    root = make_home(tmp_path, {"hebei": refused, "hefei": served}, smtp_server)
    (root / "wrong.txt").write_text("wrong", encoding="utf-8")
    edit(root, "config/bureaus/hebei.yaml", "secret.txt", "wrong.txt")
    served.append(compose("活动周合肥学校典型案例材料"), START)
    polled = run("poll", "--home", root, "--now", NOW.isoformat())
    assert polled.code == 1
    assert "河北省教育厅：新邮件 0 封" in polled.out and "不接受" in polled.out
    assert "合肥市教育局：新邮件 1 封，处理完 1 封" in polled.out


def test_the_digest_tells_of_a_refused_login_as_long_as_it_lasts(office: Office) -> None:
    (office.root / "secret.txt").write_text("wrong", encoding="utf-8")
    for _ in range(5):
        office.round()
    said = []
    for _ in range(3):
        assert office.digest_is_filed()
        said.append(text_of_newest_digest(office))
        office.now += timedelta(days=1)
        office.round()
    assert "  邮箱登录不上：127.0.0.1" in said[0]
    assert said[0].count("邮箱登录不上") == 1
    assert ["  邮箱登录不上，到现在还没有恢复：127.0.0.1" in one for one in said] == [False, True, True]
    (office.root / "secret.txt").write_text("secret", encoding="utf-8")
    office.round()
    assert office.digest_is_filed()
    last = text_of_newest_digest(office)
    assert "邮箱恢复正常" in last
    assert "邮箱登录不上" not in last


def text_of_newest_digest(office: Office) -> str:
    (newest,) = rows(office, "SELECT text FROM letter WHERE kind = 'digest' ORDER BY id DESC LIMIT 1")[0]
    return str(newest)


def test_whoever_polls_by_hand_is_let_try_at_once(smtp_server: SmtpServer, tmp_path: Path) -> None:
    with NeteaseServer() as server:
        root = make_home(tmp_path, {"hebei": server.account}, smtp_server)
        (root / "secret.txt").write_text("wrong", encoding="utf-8")
        for _ in range(2):
            assert run("poll", "--home", root, "--now", NOW.isoformat()).code == 1
        assert logins(server) == 2


def logins(server: NeteaseServer) -> int:
    return sum(command.startswith("LOGIN ") for command in server.commands)


def test_mail_is_taken_in_while_letters_may_not_leave(pymap_server: ImapServer, new_user: str, tmp_path: Path) -> None:
    account = pymap_server.account(new_user)
    with MoodySmtpServer("secret") as smtp, at_work(account, smtp, tmp_path / "home") as office:
        smtp.mail_answer = "535 5.7.8 authentication failed"
        account.append(accepted_mail(), START)
        for number in range(70):
            done = office.round()
            assert (done.taken.settled, len(done.trouble)) == (1, 1) if number == 0 else (0, 1)
        account.append(rejected_mail(), START)
        assert office.round().taken == Taken(seen=1, settled=1)
        smtp.mail_answer = ""
        for _ in range(60):
            office.round()
        assert office.letters_to(ADMIN) == [
            "【需要处理】河北省教育厅邮箱登录不上",
            "【已恢复】河北省教育厅邮箱恢复收件",
        ]
        assert len(office.letters_to("school@example.edu.cn")) == 2


def test_a_missing_secret_is_told_as_what_it_is(office: Office) -> None:
    (office.root / "secret.txt").rename(office.root / "elsewhere.txt")
    office.round()
    (office.root / "elsewhere.txt").rename(office.root / "secret.txt")
    office.round()
    assert office.letters_to(ADMIN)[:1] == ["【需要处理】河北省教育厅邮箱登录不上"]
    assert "原因：河北省教育厅的邮箱授权码还没有：读不到文件 secret.txt。" in text_of(office.smtp.letters[0])


def test_trouble_of_this_machine_is_not_blamed_on_the_server(office: Office) -> None:
    edit(office.root, "config/intake.yaml", "free_disk_bytes: 200000000", f"free_disk_bytes: {10**18}")
    office.restart()
    for _ in range(20):
        office.round()
    assert office.letters_to(ADMIN) == ["【需要处理】河北省教育厅收件程序在本机遇到问题"]
    assert "原因：磁盘只剩" in text_of(office.smtp.letters[0])
    assert office.digest_is_filed()
    office.round()
    assert "本机出现问题：磁盘只剩" in text_of(office.smtp.letters[-1])


def test_another_kind_of_trouble_is_told_as_well(office: Office) -> None:
    office.unplug()
    for _ in range(20):
        office.round()
    (office.root / "secret.txt").write_text("wrong", encoding="utf-8")
    office.plug_in()
    for _ in range(3):
        office.round()
    (office.root / "secret.txt").write_text("secret", encoding="utf-8")
    for _ in range(2):
        office.round()
    assert office.letters_to(ADMIN) == [
        "【需要留意】河北省教育厅邮箱连不上",
        "【需要处理】河北省教育厅邮箱登录不上",
        "【已恢复】河北省教育厅邮箱恢复收件",
    ]


def test_mail_of_a_bureau_without_a_notice_waits_for_one(office: Office) -> None:
    notice = office.root / "config/notices/hebei-2023.yaml"
    notice.rename(notice.with_suffix(".away"))
    office.restart()
    office.account.append(accepted_mail(), START)
    for _ in range(3):
        done = office.round()
        assert done.taken == Taken()
        assert "没有可用的通知（config/notices），收信暂停；补上通知后，会接着处理邮箱里的信" in "".join(done.trouble)
    assert len(rows(office, "SELECT id FROM event WHERE what = 'mailbox.trouble'")) == 1
    notice.with_suffix(".away").rename(notice)
    office.restart()
    assert office.round().taken == Taken(seen=1, settled=1)
    assert fates(office.root) == [Fate.ACCEPTED]


def test_without_admins_trouble_is_noted_for_the_digest(office: Office) -> None:
    office.unplug()
    edit(office.root, "config/bureaus/hebei.yaml", f"admins: [{ADMIN}]", "admins: []")
    office.restart()
    for _ in range(2):
        office.round()
    assert office.smtp.letters == ()
    with Ledger.open(Home(office.root).ledger) as ledger:
        report = ledger.digests.report("hebei")
    assert [event.what for event in report.trouble] == ["mailbox.trouble"]


def test_mail_that_came_while_the_mailbox_was_away_keeps_its_time(office: Office) -> None:
    office.unplug()
    office.round()
    office.account.append(accepted_mail(), START)
    office.plug_in()
    assert office.round().taken == Taken(seen=1, settled=1)
    (item,) = run("ledger", "--json", "--home", office.root).objects
    assert item["received"] == START.isoformat()


# ---- letters that do not arrive --------------------------------------------------------------------------------------


def test_the_digest_names_a_letter_that_was_refused_for_good(
    pymap_server: ImapServer, new_user: str, tmp_path: Path
) -> None:
    account = pymap_server.account(new_user)
    account.append(accepted_mail(), START)
    with MoodySmtpServer("secret") as smtp, at_work(account, smtp, tmp_path / "home") as office:
        smtp.recipient_answers = {"school@example.edu.cn": "550 5.1.1 User not found"}
        assert office.round().delivered == Delivered(failed=1)
        assert office.digest_is_filed()
        assert office.round().delivered == Delivered(sent=1)
        said = text_of(smtp.letters[0])
    assert "六、机器故障：1 件" in said
    assert "给 school@example.edu.cn 的信还没有送达：发信服务器拒收（550 5.1.1 User not found）" in said


# ---- machines that answer every letter -------------------------------------------------------------------------------


def answers_of(office: Office, words: str, rounds: int) -> int:
    """Lets a machine answer each letter of ours at once, unmarked; returns how many letters it got."""
    office.account.append(rejected_mail(), START)
    answered = 0
    for _ in range(rounds):
        office.round()
        for letter in office.smtp.letters[answered:]:
            answered += 1
            ours = read(letter)
            assert letter.recipients == ("school@example.edu.cn",)
            reply = compose(
                f"Re: {ours['Subject']}",
                text=words,
                message_id=f"<away{answered}@example.edu.cn>",
                headers={"In-Reply-To": str(ours["Message-ID"])},
            )
            office.account.append(reply, office.now)
    return answered


@pytest.mark.parametrize("words", ["您的邮件已收到，我会尽快回复", "收到，谢谢！"])
def test_an_answer_to_our_letter_that_says_nothing_is_left_alone(office: Office, words: str) -> None:
    assert answers_of(office, words, rounds=5) == 1
    assert fates(office.root) == [Fate.REJECTED, Fate.OTHER]
    assert [row[-1] for row in rows(office, "SELECT reason FROM message")] == ["", "thanks"]


def test_an_answer_without_the_file_it_speaks_of_is_told_so(office: Office) -> None:
    assert answers_of(office, "已修改，请查收附件。", rounds=2) == 2


# ---- the digest's hour -----------------------------------------------------------------------------------------------


def test_a_digest_is_due_from_its_hour_on_once_a_day(office: Office) -> None:
    office.now = datetime(2023, 5, 18, 17, 29, 59, tzinfo=CHINA)
    assert not office.digest_is_filed()
    office.now += timedelta(seconds=1)
    assert office.digest_is_filed()
    office.now += timedelta(hours=5)
    assert not office.digest_is_filed()
    office.now += timedelta(hours=12)
    assert not office.digest_is_filed()
    office.now += timedelta(hours=12)  # its hour went by while nobody was running
    office.restart()
    assert office.digest_is_filed()
    assert [path.name for path in sorted((office.root / "data/digests/hebei").iterdir())] == [
        "2023-05-18.html",
        "2023-05-19.html",
    ]


def test_a_clock_that_is_set_back_does_not_repeat_a_digest(office: Office) -> None:
    assert office.digest_is_filed()
    office.now -= timedelta(minutes=10)
    assert not office.digest_is_filed()


def test_out_of_season_a_digest_is_due_only_when_there_is_something_to_tell(office: Office) -> None:
    office.now = datetime(2023, 8, 1, 18, 0, tzinfo=CHINA)
    assert not office.digest_is_filed()
    office.account.append(accepted_mail(), office.now)
    office.round()
    assert office.digest_is_filed()


# ---- one program to a home -------------------------------------------------------------------------------------------


def test_a_second_program_on_the_same_home_is_refused(office: Office) -> None:
    with only_instance(Home(office.root)):
        refused = f"出错：另一个 intake-bot 正在使用 {office.root.resolve()}，请先停止它\n"
        for words in (["poll"], ["digest"], ["run"]):
            assert run(*words, "--home", office.root) == Ran(1, "", refused)
        with pytest.raises(PermanentFailure), only_instance(Home(office.root)):
            raise AssertionError("two at once")
    assert run("poll", "--home", office.root, "--now", NOW.isoformat()).code == 0


def test_beside_a_running_program_one_may_look(office: Office) -> None:
    office.account.append(accepted_mail(), START)
    office.round()
    before = dump(office.root), tree(office.root / "data" / "files")
    with only_instance(Home(office.root)):
        assert run("check", "--home", office.root).code == 0
        assert run("held", "--home", office.root).code == 0
        preview = run("digest", "--preview", "--home", office.root, "--now", NOW.isoformat())
        assert (preview.code, preview.err) == (0, "")
        assert "合计：邮箱 1 封 = 收 1" in preview.out
        assert len(run("ledger", "--json", "--home", office.root).objects) == 1
    assert (dump(office.root), tree(office.root / "data" / "files")) == before
