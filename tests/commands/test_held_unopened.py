"""Mails that were held unopened: retried, or decided by what the clerk says they are."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from datetime import datetime
from pathlib import Path

import pytest

from intake_bot.cli import run
from intake_bot.ledger.values.records import MailHeaders, SpooledRaw
from intake_bot.mail.imap.mail_key import MailKey
from intake_bot.mail.imap.spool import Spool
from tests.commands.held_mails import (
    accepted,
    downloaded,
)
from tests.commands.homes import NOW, TestHome
from tests.commands.mails import RECEIVED, mail, photos_zip
from tests.ledger.samples import head


def hold_unopened(office: TestHome, subject: str = "", raw: bytes | None = None) -> str:
    """A mail that was fetched and then failed three times; with `subject` its header could be read."""
    key = MailKey("puyang", "INBOX", 1, 7, datetime.fromisoformat(RECEIVED), 1000)
    with office.ledger() as ledger:
        record = ledger.messages.record_seen([key], key.internaldate)[0]
        raw = raw or mail("活动周濮阳县教育局照片材料", {"照片.zip": photos_zip()}).as_bytes()
        spooled = Spool(office.root / "data" / "spool").save(record.key, lambda write: write(raw))
        ledger.messages.record_spooled(
            {record.id: SpooledRaw(spooled.path.name, spooled.sha256, head("<a@school>"))}, key.internaldate
        )
        if subject:
            ledger.messages.record_headers({record.id: MailHeaders("school@qq.com", subject)})
        ledger.messages.hold(record.id, "连续3次没能处理", key.internaldate)
        return record.receipt


def test_mail_held_unopened_can_be_retried(office: TestHome) -> None:
    number = hold_unopened(office)
    code, printed = office.held("retry", number)
    assert (code, "还没有处理" in printed) == (0, True), printed
    office.poll()
    assert accepted(office) == [("濮阳县教育局", "照片")]
    assert office.letters[-1][1] == f"【已收】活动周濮阳县教育局照片（回执编号 {number}）"


def test_mail_held_unopened_is_accepted_by_its_subject(office: TestHome) -> None:
    number = hold_unopened(office, "活动周濮阳县教育局照片5月16日")
    code, printed = office.held("accept", number)
    assert (code, "照片（5月16日）：收下" in printed) == (0, True), printed
    assert office.letters[-1][:2] == (
        "school@qq.com", f"【已收·迟报】活动周濮阳县教育局照片（回执编号 {number}）",
    )  # fmt: skip
    with office.ledger() as ledger:
        [item] = ledger.submissions.iterate_items()
    assert [file.name for file in item.files] == ["原邮件.eml"]
    assert (office.root / "data" / "files" / item.files[0].path).read_bytes().startswith(b"From: ")


def test_mail_held_unopened_is_accepted_by_the_clerks_options(office: TestHome) -> None:
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
def test_accept_without_unit_or_material_asks_for_it(office: TestHome, options: tuple[str, ...], said: str) -> None:
    number = hold_unopened(office)
    code, printed = office.held("accept", number, *options)
    assert (code, said in printed) == (2, True), printed
    assert office.run("held")[0] == 1


def test_options_do_not_overrule_an_opened_mail(office: TestHome, held: str) -> None:
    code, printed = office.held("accept", held, "--unit", "范县")
    assert (code, "已经读出来了" in printed) == (2, True), printed


def test_mail_held_unopened_can_be_rejected(office: TestHome) -> None:
    number = hold_unopened(office, "请查收")
    code, printed = office.held("reject", number, "--reason", "邮件打不开，请重新发送")
    assert (code, "已退回补正" in printed) == (0, True), printed
    assert "邮件打不开，请重新发送" in office.letters[-1][2]


def test_supply_to_a_mail_held_unopened_is_refused(office: TestHome, tmp_path: Path) -> None:
    number = hold_unopened(office)
    code, printed = office.held("supply", number, downloaded(tmp_path))
    assert (code, f"held retry {number}" in printed) == (1, True), printed


def test_several_forwarded_mails_are_held_and_listed(office: TestHome) -> None:
    inner = {f"{unit}.eml": mail(f"活动周{unit}照片材料", {"照片.zip": photos_zip()}) for unit in ("濮阳县", "范县")}
    office.receive(mail("转发", inner, sender="county@example.edu.cn"))
    office.poll()
    printed = office.run("held")[1]
    assert "原因：这封邮件以附件形式转来了 2 封报送邮件：“活动周濮阳县照片材料”、“活动周范县照片材料”" in printed
    assert re.search(r"文件：.*濮阳县\.eml", printed)
    printed = office.run("digest", "--preview", "--now", NOW)[1]
    assert "转来了 2 封报送邮件" in printed


def test_home_before_the_command_is_accepted(office: TestHome) -> None:
    hold_unopened(office, "请查收")
    printed = io.StringIO()
    with redirect_stdout(printed):
        assert run(["--home", str(office.root), "held", "list"]) == 1
    assert "主题：请查收" in printed.getvalue()
