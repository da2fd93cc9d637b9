"""What a clerk does about held mails, from the command line, on real servers."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from intake_bot.cli import run
from intake_bot.demo import media
from intake_bot.demo.servers import ImapServer
from intake_bot.judging.verdict import Decision
from intake_bot.mail.key import MailKey
from intake_bot.mail.spool import Spool
from tests.commands.homes import NOW, TestHome, make_home
from tests.commands.mails import RECEIVED, mail, photos_zip
from tests.servers.dovecot import PASSWORD
from tests.servers.smtp import MoodySmtpServer

VIDEO = "活动周濮阳县教育局视频材料"
NOTE = "视频为五月十七日我校技能展示活动，学生正在操作无人机。"
FILE = "https://mail.163.com/large-attachment-download/index.html?file=abc%2B1&x=2"
OTHER = "http://u.163.com/xyz9"


def big(name: str, link: str = FILE, size: str = "180.2M") -> str:
    return f'<a href="{link.replace("&", "&amp;")}">{name}</a><span> ({size}, 2023年6月1日 0:49 到期)</span>'


def video_mail(*links: str, subject: str = VIDEO) -> EmailMessage:
    return mail(subject, text=NOTE, html=f"<p>{NOTE}</p>" + "".join(links or (big("开幕式.mp4"),)))


@pytest.fixture
def held(office: TestHome) -> str:
    """The number of a mail that waits for one video to be fetched."""
    office.receive(video_mail())
    office.poll()
    return number_of(office)


def number_of(office: TestHome) -> str:
    code, printed = office.run("held")
    assert code == 1, printed
    found = re.search(r"^\d{4}-\d", printed, re.MULTILINE)
    assert found, printed
    return found[0]


def downloaded(tmp_path: Path, name: str = "开幕式.mp4", content: bytes | None = None) -> str:
    path = tmp_path / "下载" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if content is not None else media.mp4(1280, 720, 60))
    return str(path)


def accepted(office: TestHome) -> list[tuple[str, str]]:
    with office.ledger() as ledger:
        items = ledger.history.reported_items("puyang-2023", (Decision.ACCEPTED,))
        return [(item.unit, item.material) for item in items]


def test_the_list_shows_name_size_expiry_and_link(office: TestHome, held: str) -> None:
    code, printed = office.run("held", "list")
    assert code == 1
    assert "超大附件：开幕式.mp4（180.2M，2023年6月1日 0:49到期）" in printed
    assert FILE in printed.split()
    assert "held supply" in printed


def test_the_school_is_told_and_never_gets_a_link(office: TestHome, held: str) -> None:
    [(to, subject, text)] = office.letters
    assert (to, subject) == ("school@qq.com", f"【待人工查看】活动周濮阳县教育局视频（回执编号 {held}）")
    assert "开幕式.mp4" in text
    assert "180.2M，2023年6月1日 0:49到期" in text
    assert "由工作人员下载查看" in text
    parts = message_from_bytes(office.smtp.letters[0].raw, policy=default).walk()
    said = [part.get_content() for part in parts if not part.is_multipart()]
    assert len(said) == 2
    assert not [one for one in said if "mail.163.com" in one or "file=abc" in one]


def test_the_digest_shows_the_link_as_plain_text(office: TestHome, held: str) -> None:
    code, printed = office.run("digest", "--preview", "--now", NOW)
    assert code == 0
    assert "超大附件：开幕式.mp4（180.2M，2023年6月1日 0:49到期）" in printed
    assert FILE.removeprefix("https://") in printed
    assert "https://mail.163.com" not in printed
    office.run("digest", "--now", NOW)
    page = (office.root / "data" / "digests" / "puyang" / "2023-05-17.html").read_text(encoding="utf-8")
    assert FILE.removeprefix("https://").replace("&", "&amp;") in page
    assert "<a " not in page


def test_supply_judges_as_if_it_had_been_attached(office: TestHome, held: str, tmp_path: Path) -> None:
    source = downloaded(tmp_path)
    code, printed = office.held("supply", held, source, now="2023-05-18T09:00:00+08:00")
    assert (code, "已收下" in printed, "信已发出" in printed) == (0, True, True), printed
    assert accepted(office) == [("濮阳县教育局", "视频")]
    assert office.run("held")[0] == 0
    to, subject, text = office.letters[-1]
    assert (to, subject) == ("school@qq.com", f"【已收】活动周濮阳县教育局视频（回执编号 {held}）")
    assert "15:00" in text
    with office.ledger() as ledger:
        [item] = [one for one in ledger.history.items() if not one.superseded]
        assert (item.late, [file.name for file in item.files], item.files[0].supplied) == (False, ["开幕式.mp4"], True)
        kept = office.root / "data" / "files" / item.files[0].path
    assert kept.read_bytes() == Path(source).read_bytes()
    Path(source).write_bytes(b"changed later")
    assert kept.read_bytes() != b"changed later"


def test_a_supplied_file_that_breaks_a_rule_is_rejected(office: TestHome, held: str, tmp_path: Path) -> None:
    code, printed = office.held("supply", held, downloaded(tmp_path, content=media.mp4(320, 240, 60)))
    assert (code, "已退回补正" in printed) == (0, True), printed
    assert accepted(office) == []
    assert office.run("held")[0] == 0
    assert "分辨率" in office.letters[-1][2]


@pytest.mark.parametrize("name", ["开幕式 (1).mp4", "开幕式（2）.MP4", "video.mp4"])
def test_a_downloaded_file_is_known_by_its_name_or_number(
    office: TestHome, held: str, tmp_path: Path, name: str
) -> None:
    code, printed = office.held("supply", held, downloaded(tmp_path, name))
    assert (code, "已收下" in printed) == (0, True), printed
    assert "开幕式.mp4" in office.letters[-1][2]


def test_links_that_were_not_supplied_still_hold(office: TestHome, tmp_path: Path) -> None:
    office.receive(video_mail(big("开幕式.mp4"), big("闭幕式.mp4", OTHER)))
    office.poll()
    number = number_of(office)
    code, printed = office.held("supply", number, downloaded(tmp_path))
    assert (code, "还要看：视频：“闭幕式.mp4”" in printed) == (1, True), printed
    printed = office.run("held")[1]
    assert (OTHER in printed, FILE in printed) == (True, False)
    code, printed = office.held("supply", number, downloaded(tmp_path, "闭幕式.mp4", media.mp4(1280, 720, 61)))
    assert (code, "已收下" in printed) == (0, True), printed
    assert "开幕式.mp4" in office.letters[-1][2]
    assert "闭幕式.mp4" in office.letters[-1][2]


def test_all_says_that_every_link_is_done_with(office: TestHome, tmp_path: Path) -> None:
    office.receive(video_mail(big("开幕式.mp4"), big("闭幕式.mp4", OTHER)))
    office.poll()
    code, printed = office.held("supply", number_of(office), "--all", downloaded(tmp_path, "两个视频合在一起.mp4"))
    assert (code, "已收下" in printed) == (0, True), printed


def test_other_items_of_the_mail_are_judged_again_too(office: TestHome, tmp_path: Path) -> None:
    office.receive(
        mail("活动周濮阳县教育局照片、视频材料", {"照片.zip": photos_zip()}, text=NOTE, html=NOTE + big("开幕式.mp4"))
    )
    office.poll()
    assert accepted(office) == [("濮阳县教育局", "照片")]
    code, printed = office.held("supply", number_of(office), downloaded(tmp_path))
    assert (code, sorted(accepted(office))) == (0, [("濮阳县教育局", "照片"), ("濮阳县教育局", "视频")]), printed


def test_accept_takes_in_what_is_held(office: TestHome, held: str) -> None:
    code, printed = office.held("accept", held, "--reason", "已在电脑上看过")
    assert (code, "已收下" in printed) == (0, True), printed
    assert accepted(office) == [("濮阳县教育局", "视频")]
    assert office.letters[-1][1] == f"【已收】活动周濮阳县教育局视频（回执编号 {held}）"
    assert "已在电脑上看过" not in office.letters[-1][2]
    with office.ledger() as ledger:
        event = ledger.trail.last("puyang", ["held.accepted"])
    assert event is not None
    assert event.detail == {"reason": "已在电脑上看过", "disposition": "accepted"}


def test_reject_tells_the_school_why(office: TestHome, held: str) -> None:
    code, printed = office.held("reject", held, "--reason", "视频链接打不开，请重新发送。")
    assert (code, "已退回补正" in printed) == (0, True), printed
    to, subject, text = office.letters[-1]
    assert to == "school@qq.com"
    assert subject.endswith(f"活动周濮阳县教育局视频（回执编号 {held}）")
    assert "视频链接打不开，请重新发送" in text
    assert office.run("held")[0] == 0


def test_a_decision_without_a_letter(office: TestHome, held: str) -> None:
    assert office.held("reject", held, "--reason", "重复", "--no-letter")[0] == 0
    assert len(office.letters) == 1


def test_retry_judges_again_with_what_was_given(office: TestHome, held: str) -> None:
    code, printed = office.held("retry", held)
    assert (code, "待人工处理" in printed) == (1, True), printed
    with office.ledger() as ledger:
        assert [len(one.links) for one in ledger.history.held("puyang")] == [1]


def test_a_decision_is_in_the_next_digest(office: TestHome, held: str) -> None:
    office.run("digest", "--now", NOW)
    office.held("accept", held, now="2023-05-18T09:00:00+08:00")
    code, printed = office.run("digest", "--preview", "--now", "2023-05-18T17:30:00+08:00")
    assert (code, "合计：邮箱 1 封 = 收 1 + 退 0 + 待人工 0 + 非报送 0" in printed) == (0, True), printed


def test_a_mail_that_still_waits_is_in_every_digest(office: TestHome, held: str) -> None:
    office.run("digest", "--now", NOW)
    printed = office.run("digest", "--preview", "--now", "2023-05-18T17:30:00+08:00")[1]
    assert f"以前的还有 1 封没有处理：\n  {held}\n" in printed
    office.held("accept", held)
    assert "以前的还有" not in office.run("digest", "--preview", "--now", "2023-05-18T17:30:00+08:00")[1]


def test_a_day_does_not_move_when_a_mail_is_judged_again(office: TestHome, tmp_path: Path) -> None:
    """Within the hours after a deadline an accepted item fills the day just due; its own second judgement does not
    see it filled."""
    subject = "活动周濮阳县教育局照片、视频材料"
    made = mail(subject, {"照片.zip": photos_zip()}, text=NOTE, html=NOTE + big("开幕式.mp4"))
    office.receive(made, at="2023-05-17T17:00:00+08:00")
    office.poll("2023-05-17T17:05:00+08:00")
    code, printed = office.held("supply", number_of(office), downloaded(tmp_path), now="2023-05-17T17:10:00+08:00")
    assert (code, "照片（5月17日）：收下" in printed, "视频（5月17日）：收下" in printed) == (0, True, True), printed
    assert "与此前收到的文件" not in office.letters[-1][2]


def test_the_raw_mail_is_kept_until_the_decision(office: TestHome, held: str) -> None:
    spool = office.root / "data" / "spool"
    assert [path.suffix for path in spool.iterdir()] == [".eml"]
    assert str(next(spool.iterdir())) in office.run("held")[1]
    office.poll()
    assert len(list(spool.iterdir())) == 1
    office.held("accept", held)
    assert list(spool.iterdir()) == []


def test_supply_works_while_another_program_holds_the_home(office: TestHome, held: str, tmp_path: Path) -> None:
    with FileLock(office.root / "data" / "intake-bot.lock"):
        code, printed = office.held("supply", held, downloaded(tmp_path))
    assert (code, "信在待发信箱里" in printed) == (0, True), printed
    office.poll()
    assert office.letters[-1][1].startswith("【已收】")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("250 OK", "信已发出。"),
        ("451 4.7.1 try again later", "信在待发信箱里，收件程序会发出。"),
        ("550 5.1.1 no such user", "信没能发出，请用别的办法告诉学校。"),
    ],
)
def test_what_is_said_of_a_letter_is_true_of_this_one(
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


def test_what_a_killed_command_left_and_cannot_be_removed_is_in_nobodys_way(
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


def test_two_clerks_do_not_work_at_once(office: TestHome, held: str) -> None:
    with FileLock(office.root / "data" / "desk.lock"):
        assert office.held("accept", held) == (1, "出错：另一个 intake-bot held 正在处理，请等它结束\n")


def test_a_held_mail_whose_raw_bytes_are_gone_can_still_be_decided(office: TestHome, held: str, tmp_path: Path) -> None:
    for path in (office.root / "data" / "spool").iterdir():
        path.unlink()
    code, printed = office.held("supply", held, downloaded(tmp_path))
    assert (code, "原邮件已不在本机" in printed) == (1, True)
    assert office.held("accept", held)[0] == 0
    assert office.letters[-1][1].startswith("【已收】")


@pytest.mark.parametrize("typed", ["{0}", "{1}", "回执编号 {0}", "{2}"], ids=["whole", "joined", "words", "unchecked"])
def test_numbers_are_understood_as_typed(office: TestHome, held: str, typed: str) -> None:
    assert office.held("accept", typed.format(held, held.replace("-", ""), held[:-2]))[0] == 0


def test_an_unknown_number_names_the_nearest(office: TestHome, held: str) -> None:
    code, printed = office.held("accept", "1011-9")
    assert (code, f"是不是想写“{held}”" in printed) == (2, True), printed


def test_a_mail_that_waits_for_nobody_is_refused(office: TestHome, held: str) -> None:
    office.held("accept", held)
    code, printed = office.held("reject", held, "--reason", "x")
    assert (code, printed) == (1, f"出错：{held} 不在待人工之列：已收下\n")


def test_a_file_that_is_not_there_is_refused(office: TestHome, held: str, tmp_path: Path) -> None:
    code, printed = office.held("supply", held, str(tmp_path / "没有.mp4"))
    assert (code, "没有这个文件" in printed) == (2, True)
    assert office.run("held")[0] == 1


def test_reject_wants_a_reason(office: TestHome, held: str) -> None:
    code, printed = office.held("reject", held)
    assert (code, "--reason" in printed) == (2, True)


def test_nothing_was_ever_registered(office: TestHome) -> None:
    assert office.run("held") == (0, "还没有登记过邮件。\n")
    assert office.held("accept", "1001-9")[0] == 1


# ---- mails that were never opened --------------------------------------------------------------------------------


def hold_unopened(office: TestHome, subject: str = "", raw: bytes | None = None) -> str:
    """A mail that was fetched and then failed three times; with `subject` its header could be read."""
    key = MailKey("puyang", "INBOX", 1, 7, datetime.fromisoformat(RECEIVED), 1000)
    with office.ledger() as ledger:
        record = ledger.messages.seen(key, key.internaldate)
        raw = raw or mail("活动周濮阳县教育局照片材料", {"照片.zip": photos_zip()}).as_bytes()
        spooled = Spool(office.root / "data" / "spool").save(record.key, lambda write: write(raw))
        ledger.messages.spooled(record.id, spooled.path.name, spooled.sha256, "<a@school>", key.internaldate)
        if subject:
            ledger.messages.headers_read(record.id, "school@qq.com", subject)
        ledger.messages.hold(record.id, "连续3次没能处理", key.internaldate)
        return record.receipt


def test_a_mail_held_unopened_can_be_retried(office: TestHome) -> None:
    number = hold_unopened(office)
    code, printed = office.held("retry", number)
    assert (code, "还没有处理" in printed) == (0, True), printed
    office.poll()
    assert accepted(office) == [("濮阳县教育局", "照片")]
    assert office.letters[-1][1] == f"【已收】活动周濮阳县教育局照片（回执编号 {number}）"


def test_a_mail_held_unopened_is_taken_for_what_its_subject_says(office: TestHome) -> None:
    number = hold_unopened(office, "活动周濮阳县教育局照片5月16日")
    code, printed = office.held("accept", number)
    assert (code, "照片（5月16日）：收下" in printed) == (0, True), printed
    assert office.letters[-1][:2] == (
        "school@qq.com", f"【已收·迟报】活动周濮阳县教育局照片（回执编号 {number}）",
    )  # fmt: skip
    with office.ledger() as ledger:
        [item] = ledger.history.items()
    assert [file.name for file in item.files] == ["原邮件.eml"]
    assert (office.root / "data" / "files" / item.files[0].path).read_bytes().startswith(b"From: ")


def test_a_mail_held_unopened_is_taken_for_what_the_clerk_says(office: TestHome) -> None:
    number = hold_unopened(office)
    code, printed = office.held(
        "accept", number, "--unit", "濮阳县", "--material", "照片", "--material", "视频", "--day", "2023-05-16"
    )
    assert (code, "照片（5月16日）：收下" in printed, "视频（5月16日）：收下" in printed) == (0, True, True), printed
    assert sorted(accepted(office)) == [("濮阳县教育局", "照片"), ("濮阳县教育局", "视频")]
    assert office.letters == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--unit：请写明是哪个单位"),
        (("--unit", "濮阳县教育居"), "是不是想写“濮阳县教育局”"),
        (("--unit", "濮阳县"), "--material：请写明是哪种材料：文字材料、照片"),
        (("--unit", "濮阳县", "--material", "照片儿"), "是不是想写“照片”"),
        (("--unit", "濮阳县", "--material", "照片", "--day", "5月16日"), "--day"),
    ],
)
def test_what_cannot_be_told_is_asked_for(office: TestHome, options: tuple[str, ...], said: str) -> None:
    number = hold_unopened(office)
    code, printed = office.held("accept", number, *options)
    assert (code, said in printed) == (2, True), printed
    assert office.run("held")[0] == 1


def test_a_slot_does_not_overrule_what_was_read(office: TestHome, held: str) -> None:
    code, printed = office.held("accept", held, "--unit", "范县")
    assert (code, "已经读出来了" in printed) == (2, True), printed


def test_a_mail_held_unopened_can_be_rejected(office: TestHome) -> None:
    number = hold_unopened(office, "请查收")
    code, printed = office.held("reject", number, "--reason", "邮件打不开，请重新发送")
    assert (code, "已退回补正" in printed) == (0, True), printed
    assert "邮件打不开，请重新发送" in office.letters[-1][2]


def test_files_are_not_supplied_to_a_mail_that_was_never_opened(office: TestHome, tmp_path: Path) -> None:
    number = hold_unopened(office)
    code, printed = office.held("supply", number, downloaded(tmp_path))
    assert (code, f"held retry {number}" in printed) == (1, True), printed


def test_several_forwarded_mails_are_held_and_named(office: TestHome) -> None:
    inner = {f"{unit}.eml": mail(f"活动周{unit}照片材料", {"照片.zip": photos_zip()}) for unit in ("濮阳县", "范县")}
    office.receive(mail("转发", inner, sender="county@example.edu.cn"))
    office.poll()
    printed = office.run("held")[1]
    assert "原因：这封邮件以附件形式转来了2封报送邮件：“活动周濮阳县照片材料”、“活动周范县照片材料”" in printed
    assert re.search(r"文件：.*濮阳县\.eml", printed)
    printed = office.run("digest", "--preview", "--now", NOW)[1]
    assert "转来了2封报送邮件" in printed


def test_the_home_may_be_named_before_the_command(office: TestHome) -> None:
    hold_unopened(office, "请查收")
    printed = io.StringIO()
    with redirect_stdout(printed):
        assert run(["--home", str(office.root), "held", "list"]) == 1
    assert "主题：请查收" in printed.getvalue()


def test_several_pieces_are_judged_again_as_one(office: TestHome, tmp_path: Path) -> None:
    for piece in (1, 2):
        office.receive(
            mail(
                f"{VIDEO}（{piece}/2）", {f"说明{piece}.txt": NOTE.encode()}, text=NOTE,
                html=NOTE + big(f"视频{piece}.mp4", f"{FILE}{piece}"), sender=f"s{piece}@qq.com",
            )
        )  # fmt: skip
    office.poll()
    number = number_of(office)
    first, second = downloaded(tmp_path, "视频1.mp4"), downloaded(tmp_path, "视频2.mp4", media.mp4(1280, 720, 61))
    code, printed = office.held("supply", number, first, second)
    assert (code, "已收下" in printed) == (0, True), printed
    assert ["视频1.mp4" in office.letters[-1][2], "视频2.mp4" in office.letters[-1][2]] == [True, True]
    office.poll()
    assert list((office.root / "data" / "spool").iterdir()) == []
    assert office.run("held")[0] == 0


# ---- mails that later ones have mended meanwhile -----------------------------------------------------------------

PHOTOS_AND_VIDEO = "活动周濮阳县教育局照片、视频材料"
SMALL = media.zip_of({"启动仪式领导讲话.jpg": media.jpeg(900, 600)})
LATER = "2023-05-17T17:20:00+08:00"


def photos_and_video(photos: bytes, **headers: str) -> EmailMessage:
    """Its video waits for a person."""
    return mail(PHOTOS_AND_VIDEO, {"照片.zip": photos}, text=NOTE, html=NOTE + big("开幕式.mp4"), headers=headers)


def supply(office: TestHome, number: str, tmp_path: Path) -> tuple[int, str]:
    return office.held("supply", number, downloaded(tmp_path), now=LATER)


def accept(office: TestHome, number: str, _: Path) -> tuple[int, str]:
    return office.held("accept", number, now=LATER)


def reject(office: TestHome, number: str, _: Path) -> tuple[int, str]:
    return office.held("reject", number, "--reason", "链接打不开", now=LATER)


def retry(office: TestHome, number: str, _: Path) -> tuple[int, str]:
    return office.held("retry", number, now=LATER)


def items_left(office: TestHome) -> list[tuple[str, str, str]]:
    """Material, day and decision of what nothing has superseded."""
    with office.ledger() as ledger:
        items = [one for one in ledger.history.items() if not one.superseded]
    return sorted((one.material, str(one.day), one.decision.value) for one in items)


@pytest.mark.parametrize(
    ("act", "label", "decision"),
    [
        (supply, "【已收·迟报】", "accepted"),
        (accept, "【已收·迟报】", "accepted"),
        (reject, "【请补正】", "rejected"),
        (retry, "【待人工查看】", "held"),
    ],
)
def test_what_a_later_mail_has_mended_is_settled(
    office: TestHome, tmp_path: Path, act: Callable[[TestHome, str, Path], tuple[int, str]], label: str, decision: str
) -> None:
    """Both came after the deadline, for the day just due; for the first it was not filled by the second."""
    office.receive(photos_and_video(SMALL), at="2023-05-17T17:00:00+08:00")
    office.poll("2023-05-17T17:01:00+08:00")
    number = number_of(office)
    office.receive(mail("活动周濮阳县教育局照片材料", {"照片.zip": photos_zip()}), at="2023-05-17T17:05:00+08:00")
    office.poll("2023-05-17T17:06:00+08:00")
    before = [("照片", "2023-05-17", "accepted"), ("视频", "2023-05-17", "held")]
    assert items_left(office) == before
    _, printed = act(office, number, tmp_path)
    assert "照片（" not in printed
    assert office.letters[-1][1] == f"{label}活动周濮阳县教育局视频（回执编号 {number}）"
    assert items_left(office) == [before[0], ("视频", "2023-05-17", decision)]


def test_a_supplement_that_is_judged_again_keeps_the_good_files(office: TestHome, tmp_path: Path) -> None:
    good = {"学生技能展示现场.jpg": media.jpeg(2400, 1800, min_bytes=2_100_000, seed=4)}
    office.receive(
        mail("活动周濮阳县教育局照片材料", {"旧照片.zip": media.zip_of({**good, "合影.jpg": media.jpeg(900, 600)})})
    )
    office.poll()
    letter = message_from_bytes(office.smtp.letters[0].raw, policy=default)
    office.receive(
        photos_and_video(photos_zip("实训室合影.jpg"), **{"In-Reply-To": letter["Message-ID"]}),
        at="2023-05-17T15:02:00+08:00",
    )
    office.poll()
    assert items_left(office) == [("照片", "2023-05-17", "accepted"), ("视频", "2023-05-17", "held")]
    code, printed = office.held("supply", number_of(office), downloaded(tmp_path))
    assert code == 0, printed
    assert items_left(office) == [("照片", "2023-05-17", "accepted"), ("视频", "2023-05-17", "accepted")]
    with office.ledger() as ledger:
        last = [one for one in ledger.history.items() if one.material == "照片"][-1]
    assert [file.name for file in last.files] == ["旧照片.zip", "照片.zip"]


# ---- questions, which a person answers ---------------------------------------------------------------------------


@pytest.fixture
def question(office: TestHome) -> str:
    """The number of a mail that answers a rejection and only asks something."""
    office.receive(mail("活动周濮阳县教育局照片材料", {"照片.zip": SMALL}))
    office.poll()
    letter = message_from_bytes(office.smtp.letters[0].raw, policy=default)
    office.receive(
        mail(f"Re: {letter['Subject']}", text="请问照片一定要两张吗？", headers={"In-Reply-To": letter["Message-ID"]}),
        at="2023-05-17T15:02:00+08:00",
    )
    office.poll()
    return number_of(office)


@pytest.mark.parametrize("act", [("accept",), ("reject", "--reason", "已电话答复", "--no-letter")])
def test_a_question_that_was_answered_is_closed(office: TestHome, question: str, act: tuple[str, ...]) -> None:
    assert "已经答复的，用 intake-bot held accept 编号 结案" in office.run("held")[1]
    items, letters = office.run("ledger", "--json"), office.letters
    code, printed = office.held(act[0], question, *act[1:])
    assert (code, printed) == (
        0, f"{question} 已结案，不算报送：濮阳县教育局　Re: 【请补正】活动周濮阳县教育局照片（回执编号 1001-9）\n",
    )  # fmt: skip
    assert office.run("held") == (0, "共 0 封待人工处理。\n")
    assert (office.run("ledger", "--json"), office.letters) == (items, letters)
    assert items_left(office) == [("照片", "2023-05-17", "rejected")]
    assert list((office.root / "data" / "spool").iterdir()) == []
    assert office.run("ledger", "verify")[0] == 0
    lines = office.run("digest", "--preview", "--now", NOW)[1].splitlines()
    assert "  照片（5月17日，截止 16:00）：已报 0/20，未到截止时间" in lines
    assert "四、退回补正：1 项（已回信，写明要改什么）" in lines
    assert "五、待人工：没有" in lines
    assert "合计：邮箱 2 封 = 收 0 + 退 1 + 待人工 0 + 非报送 1" in lines
    assert office.held("accept", question) == (1, f"出错：{question} 不在待人工之列：已结案，不算报送\n")


def test_the_trail_tells_of_a_closed_question(office: TestHome, question: str) -> None:
    office.held("accept", question, "--reason", "已电话答复")
    with office.ledger() as ledger:
        event = ledger.trail.last("puyang", ["held.closed", "held.accepted"])
    assert event is not None
    assert (event.what, event.detail) == ("held.closed", {"reason": "已电话答复", "disposition": "ignored"})


def test_a_closed_question_can_still_be_supplemented(office: TestHome, question: str) -> None:
    """The school goes on answering the letter about its question."""
    letter = message_from_bytes(office.smtp.letters[1].raw, policy=default)
    office.held("accept", question)
    thread = {"In-Reply-To": letter["Message-ID"]}
    office.receive(
        mail("活动周濮阳县教育局照片材料", {"照片.zip": photos_zip()}, text=NOTE, headers=thread),
        at="2023-05-17T15:10:00+08:00",
    )
    office.poll("2023-05-17T15:11:00+08:00")
    assert items_left(office) == [("照片", "2023-05-17", "accepted")]


def test_a_question_that_is_a_material_after_all_is_taken_in(office: TestHome, question: str) -> None:
    code, printed = office.held("accept", question, "--unit", "濮阳县", "--material", "照片")
    assert (code, "照片（5月17日）：收下" in printed) == (0, True), printed
    assert accepted(office) == [("濮阳县教育局", "照片")]


def test_a_question_can_be_rejected_with_a_letter(office: TestHome, question: str) -> None:
    code, printed = office.held("reject", question, "--reason", "请直接补发照片")
    assert (code, "已退回补正" in printed) == (0, True), printed
    assert "请直接补发照片" in office.letters[-1][2]
