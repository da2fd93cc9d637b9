"""`held`: lists held mails, and accepts, rejects or retries them."""

from __future__ import annotations

import shutil
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from intake_bot.demo.servers import ImapServer
from intake_bot.ledger.values.events import EventName
from tests.commands.held_mails import (
    AGAIN_HINT,
    FILE,
    NOTE,
    accepted,
    big,
    downloaded,
    number_of,
    video_mail,
)
from tests.commands.homes import NOW, TestHome, make_home
from tests.commands.mails import mail
from tests.marking import slow
from tests.servers.dovecot import PASSWORD
from tests.servers.smtp import MoodySmtpServer


def test_held_list_shows_name_size_expiry_and_link(office: TestHome, held: str) -> None:
    code, printed = office.run("held", "list")
    assert code == 1
    assert "超大附件：开幕式.mp4（180.2M，2023年6月1日 0:49到期）" in printed
    assert FILE in printed.split()
    assert "held supply" in printed


def test_school_gets_a_letter_without_the_link(office: TestHome, held: str) -> None:
    [(to, subject, text)] = office.letters
    assert (to, subject) == ("school@qq.com", f"【待人工查看】活动周濮阳县教育局视频（回执编号 {held}）")
    assert "开幕式.mp4" in text
    assert "180.2M，2023年6月1日 0:49到期" in text
    assert "由工作人员下载查看" in text
    parts = message_from_bytes(office.smtp.letters[0].raw, policy=default).walk()
    said = [part.get_content() for part in parts if not part.is_multipart()]
    assert len(said) == 2
    assert not [one for one in said if "mail.163.com" in one or "file=abc" in one]


def test_digest_shows_the_link_as_plain_text(office: TestHome, held: str) -> None:
    code, printed = office.run("digest", "--preview", "--now", NOW)
    assert code == 0
    assert "超大附件：开幕式.mp4（180.2M），还能下载 14 天（到 6月1日 00:49）" in printed
    assert FILE.removeprefix("https://") in printed
    assert "https://mail.163.com" not in printed
    office.run("digest", "--now", NOW)
    page = (office.root / "data" / "digests" / "puyang" / "2023-05-17.html").read_text(encoding="utf-8")
    assert FILE.removeprefix("https://").replace("&", "&amp;") in page
    assert "<a " not in page


def test_accept_accepts_the_held_items(office: TestHome, held: str) -> None:
    code, printed = office.held("accept", held, "--reason", "已在电脑上看过")
    assert (code, "已收下" in printed) == (0, True), printed
    assert accepted(office) == [("濮阳县教育局", "视频")]
    assert office.letters[-1][1] == f"【已收】活动周濮阳县教育局视频（回执编号 {held}）"
    assert "已在电脑上看过" not in office.letters[-1][2]
    with office.ledger() as ledger:
        event = ledger.trail.find_last("puyang", [EventName.HELD_ACCEPTED])
    assert event is not None
    assert event.detail == {
        "reason": "已在电脑上看过", "clerk": "本机命令", "order": 1, "disposition": "accepted",
    }  # fmt: skip


def test_reject_sends_the_reason_to_the_school(office: TestHome, held: str) -> None:
    code, printed = office.held("reject", held, "--reason", "视频链接打不开，请重新发送。")
    assert (code, "已退回补正" in printed) == (0, True), printed
    to, subject, text = office.letters[-1]
    assert to == "school@qq.com"
    assert subject.endswith(f"活动周濮阳县教育局视频（回执编号 {held}）")
    assert "视频链接打不开，请重新发送" in text
    assert office.run("held")[0] == 0


@pytest.mark.parametrize(
    "decision", [("accept",), ("reject", "--reason", "视频打不开，请重新发送")], ids=["accept", "reject"]
)
@pytest.mark.parametrize("arrived", [slow("15:00:00"), "16:30:00"])
def test_decided_letter_states_times_in_the_bureaus_zone(
    office: TestHome, decision: tuple[str, ...], arrived: str
) -> None:
    """The ledger's times are in UTC: eight hours off they would show 07:00 and a deadline at 08:00."""
    office.receive(video_mail(), f"2023-05-17T{arrived}+08:00")
    office.poll("2023-05-17T16:35:00+08:00")
    office.held(decision[0], number_of(office), *decision[1:], now="2023-05-18T09:00:00+08:00")
    lateness = "按时" if arrived < "16" else "迟报 30 分钟"
    for _, _, text in office.letters:
        assert f"收到时间：2023年5月17日（周三）{arrived[:5]}（以邮箱服务器时间为准）" in text
        assert f"：截止 16:00，{lateness}" in text
    assert len(office.letters) == 2
    if decision[0] == "reject":
        assert "截止时间 5月17日 16:00 已过" in office.letters[-1][2]
    sent = [message_from_bytes(letter.raw, policy=default)["Date"].datetime for letter in office.smtp.letters]
    assert [at.isoformat()[-6:] for at in sent] == ["+08:00", "+08:00"]


def test_decision_with_no_letter_sends_none(office: TestHome, held: str) -> None:
    assert office.held("reject", held, "--reason", "重复", "--no-letter")[0] == 0
    assert len(office.letters) == 1


def test_retry_judges_again_with_the_supplied_files(office: TestHome, held: str) -> None:
    code, printed = office.held("retry", held)
    assert (code, "待人工处理" in printed) == (1, True), printed
    with office.ledger() as ledger:
        assert [len(one.links) for one in ledger.submissions.find_held("puyang")] == [1]


def test_decision_is_in_the_next_digest(office: TestHome, held: str) -> None:
    office.run("digest", "--now", NOW)
    office.held("accept", held, now="2023-05-18T09:00:00+08:00")
    code, printed = office.run("digest", "--preview", "--now", "2023-05-18T17:30:00+08:00")
    assert (code, "合计：邮箱 1 封 = 收 1 + 退 0 + 待人工 0 + 非报送 0" in printed) == (0, True), printed


def test_held_mail_is_in_every_digest(office: TestHome, held: str) -> None:
    office.run("digest", "--now", NOW)
    printed = office.run("digest", "--preview", "--now", "2023-05-18T17:30:00+08:00")[1]
    assert held in printed
    assert "待办1" in printed
    office.held("accept", held)
    assert "待办0" in office.run("digest", "--preview", "--now", "2023-05-18T17:30:00+08:00")[1]


def test_raw_mail_is_kept_until_the_decision(office: TestHome, held: str) -> None:
    spool = office.root / "data" / "spool"
    assert [path.suffix for path in spool.iterdir()] == [".eml"]
    assert str(next(spool.iterdir())) in office.run("held")[1]
    office.poll()
    assert len(list(spool.iterdir())) == 1
    office.held("accept", held)
    assert list(spool.iterdir()) == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("250 OK", "信已发出。"),
        ("451 4.7.1 try again later", "信在待发信箱里，收件程序会发出。"),
        ("550 5.1.1 no such user", "信没能发出，请用别的办法告诉学校。"),
    ],
)
def test_reported_letter_state_is_that_of_the_letter(
    tmp_path: Path, pymap_server: ImapServer, new_user: str, monkeypatch: pytest.MonkeyPatch, answer: str, said: str
) -> None:
    """The letter about another mail was waiting, and leaves at the same time."""
    with MoodySmtpServer(PASSWORD) as smtp:
        office = make_home(tmp_path / "home", pymap_server.account(new_user), smtp, monkeypatch)
        office.receive(video_mail())
        office.receive(mail("活动周范县教育局视频材料", text=NOTE, html=NOTE + big("闭幕式.mp4"), sender="fx@qq.com"))
        office.poll()
        with FileLock(office.root / "data" / "intake-bot.lock"):
            office.held("accept", number_of(office))
        before = len(smtp.letters)
        smtp.recipient_answers = {} if answer == "250 OK" else {"fx@qq.com": answer}
        printed = office.held("accept", number_of(office))[1]
        assert len(smtp.letters) - before == 1 + (answer == "250 OK")
        assert printed.endswith(f"    {said}\n"), printed


def test_unremovable_leftovers_of_a_killed_command_do_no_harm(
    office: TestHome, held: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a virus scanner leaves it on Windows, which has a file of it open."""
    (office.root / "data" / "desk" / "tmpabc").mkdir(parents=True)
    removing = shutil.rmtree

    def refused(path: Path, *arguments: Any, **options: Any) -> None:
        if Path(path) != office.root / "data" / "desk":
            removing(path, *arguments, **options)

    monkeypatch.setattr(shutil, "rmtree", refused)
    code, printed = office.held("accept", held)
    assert (code, "已收下" in printed) == (0, True), printed


def test_second_clerk_at_the_same_time_is_refused(office: TestHome, held: str) -> None:
    with FileLock(office.root / "data" / "desk.lock"):
        assert office.held("accept", held) == (1, "出错：另一条命令（held 或 desk）正在处理，请等它结束\n")


def test_held_mail_without_its_raw_bytes_can_be_decided(office: TestHome, held: str, tmp_path: Path) -> None:
    for path in (office.root / "data" / "spool").iterdir():
        path.unlink()
    code, printed = office.held("supply", held, downloaded(tmp_path))
    assert (code, "原邮件已不在本机" in printed) == (1, True)
    assert office.held("accept", held)[0] == 0
    assert office.letters[-1][1].startswith("【已收】")


@pytest.mark.parametrize(
    "typed",
    [
        slow("{0}", id="whole"),
        pytest.param("{1}", id="joined"),
        pytest.param("回执编号 {0}", id="words"),
        slow("{2}", id="unchecked"),
    ],
)
def test_receipt_number_is_accepted_in_any_spelling(office: TestHome, held: str, typed: str) -> None:
    assert office.held("accept", typed.format(held, held.replace("-", ""), held[:-2]))[0] == 0


def test_unknown_receipt_number_suggests_the_nearest(office: TestHome, held: str) -> None:
    code, printed = office.held("accept", "1011-9")
    assert (code, f"是不是想写“{held}”" in printed) == (2, True), printed


def test_decision_on_a_mail_that_is_not_held_is_refused(office: TestHome, held: str) -> None:
    office.held("accept", held)
    code, printed = office.held("reject", held, "--reason", "x")
    assert (code, printed) == (1, f"出错：{held} 不在待人工之列：已收下{AGAIN_HINT}\n")


def test_reject_without_a_reason_is_refused(office: TestHome, held: str) -> None:
    code, printed = office.held("reject", held)
    assert (code, "--reason" in printed) == (2, True)


def test_held_before_the_first_poll_lists_and_decides_nothing(office: TestHome) -> None:
    assert office.run("held") == (0, "还没有登记过邮件。\n")
    assert office.held("accept", "1001-9")[0] == 1
