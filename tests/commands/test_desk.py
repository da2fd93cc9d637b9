"""`desk`: the orders of a clerk, given on this machine."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.commands.held_mails import SMALL, accepted, number_of, video_mail
from tests.commands.homes import TestHome
from tests.commands.mails import mail
from tests.ledger.samples import key
from tests.marking import slow

AT = datetime(2023, 5, 17, 7, 0, tzinfo=UTC)


def desk(office: TestHome, *words: str) -> tuple[int, str]:
    return office.run("desk", *words, "--now", "2023-05-17T15:30:00+08:00")


def test_desk_without_words_lists_the_orders(office: TestHome) -> None:
    code, printed = office.run("desk")
    assert code == 0
    assert "收 1017-6" in printed
    assert "打包 照片" in printed
    assert "选 3、7、12" in printed


def test_order_is_carried_out_and_undone(office: TestHome) -> None:
    office.receive(mail("活动周濮阳县教育局照片材料", {"照片.zip": SMALL}))
    office.poll()
    code, printed = desk(office, "收", "1001-9")
    assert code == 0, printed
    assert "照片（5月17日）原来退回补正，现在改为收下" in printed
    assert accepted(office) == [("濮阳县教育局", "照片")]
    assert "现在改为收下" in office.letters[-1][2]
    code, printed = desk(office, "撤销 1")
    assert code == 0, printed
    assert accepted(office) == []


def test_decision_of_held_has_a_number_and_is_undone(office: TestHome) -> None:
    office.receive(video_mail())
    office.poll()
    number = number_of(office)
    assert office.held("reject", number, "--reason", "链接打不开")[0] == 0
    code, printed = desk(office, "撤销", "1")
    assert code == 0, printed
    assert f"本机命令 已在 5月17日 15:05 办过“退 {number} 链接打不开”" in printed
    assert number_of(office) == number


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("收 1001-8", "没有“1001-8”这个编号"),
        slow("收 1002-4", "没有编号为“1002-4”的邮件"),
        ("撤销 99", "没有第 99 号命令"),
        slow("打包", "还没有收下这样的材料"),
        ("随便写写", "是不是想写"),
    ],
)
def test_order_that_cannot_be_carried_out_says_why(office: TestHome, words: str, said: str) -> None:
    office.receive(mail("活动周濮阳县教育局照片材料", {"照片.zip": SMALL}))
    office.poll()
    code, printed = desk(office, words)
    assert code == 1
    assert said in printed


def held_unopened(office: TestHome, bureau: str = "puyang") -> str:
    """The receipt number of a mail that nobody could open."""
    with office.ledger() as ledger:
        record = ledger.messages.record_seen([key(bureau=bureau, uid=900)], AT)[0]
        ledger.messages.hold(record.id, "连续3次没能处理", AT)
        return record.receipt


def test_unopened_mail_is_accepted_by_its_words_and_held_again(office: TestHome) -> None:
    number = held_unopened(office)
    code, printed = desk(office, f"收 {number}")
    assert (code, "请写明是哪个单位" in printed) == (1, True), printed
    code, printed = desk(office, f"收 {number} 范县 照片 5月17日")
    assert (code, "照片（5月17日）现在登记为收下" in printed) == (0, True), printed
    assert accepted(office) == [("范县教育局", "照片")]
    code, printed = desk(office, "撤销 1")
    assert code == 0, printed
    assert accepted(office) == []
    assert number_of(office) == number


def test_mail_of_another_bureau_has_no_such_number_here(office: TestHome) -> None:
    number = held_unopened(office, "hefei")
    code, printed = desk(office, f"收 {number} 范县 照片 5月17日")
    assert (code, f"没有编号为“{number}”的邮件" in printed) == (1, True), printed
    code, printed = desk(office, f"答 {number} 可以")
    assert (code, f"没有编号为“{number}”的邮件" in printed) == (1, True), printed


def test_submission_cannot_be_closed_as_a_question(office: TestHome) -> None:
    office.receive(video_mail())
    office.poll()
    code, printed = desk(office, f"关 {number_of(office)}")
    assert (code, "不能只结案" in printed) == (1, True), printed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("延 范县 照片 5月16日", "已经过了"),
        ("延 范县 照片 12月31日", "这次报送就结束了"),
        ("延 范县 照片 5月14日 今天15:59", "现在延到5月17日（周三）15:59"),
        ("延 范县 视频 5月17日 今天15:59", "原来的期限不比这个早"),
    ],
)
def test_extension_says_what_it_changes(office: TestHome, words: str, said: str) -> None:
    with office.ledger():
        pass
    assert said in desk(office, words)[1]


def test_reminding_many_schools_is_asked_about_first(office: TestHome) -> None:
    roster = office.root / "config" / "rosters" / "puyang.csv"
    rows = roster.read_text("utf-8-sig").splitlines()
    units = [row.split(",")[0] for row in rows[1:]]
    roster.write_text("单位,邮箱\n" + "".join(f"{unit},u{n}@x.example\n" for n, unit in enumerate(units)), "utf-8")
    with office.ledger():
        pass
    code, printed = desk(office, "催 照片")
    assert (code, f"会写信给 {len(units)} 个单位" in printed) == (1, True), printed
    assert office.letters == []
    code, printed = desk(office, "催 照片", "--yes")
    assert (code, f"已写信催 {len(units)} 个单位" in printed) == (0, True), printed
    assert len(office.letters) == len(units)
    code, printed = desk(office, "催 照片", "--yes")
    assert (code, "一小时内刚催过" in printed) == (1, True), printed


def test_unit_without_an_address_is_named_to_be_telephoned(office: TestHome) -> None:
    with office.ledger():
        pass
    code, printed = desk(office, "催 范县 照片")
    assert (code, "没有登记邮箱的 1 个，请打电话" in printed) == (0, True), printed
    assert re.search("没报：照片（.*）\n +　范县教育局\n", printed), printed
    assert re.search("还没报照片（.*）的（1 个单位）：范县教育局", printed), printed
    assert office.letters == []


@pytest.mark.parametrize(("words", "names"), [("台账", ["台账.xlsx"]), ("周报", ["周报.docx", "周报.xlsx"])])
def test_workbook_and_week_report_are_written_and_their_paths_told(
    office: TestHome, words: str, names: list[str]
) -> None:
    with office.ledger():
        pass
    code, printed = desk(office, words)
    folder = office.root / "exports"
    assert (code, "附在这封信里" in printed) == (0, False), printed
    assert [path.name for path in sorted(folder.iterdir())] == [f"濮阳市教育局{name}" for name in names]
    for name in names:
        assert f"已存成 {folder / f'濮阳市教育局{name}'}" in printed
        assert (folder / f"濮阳市教育局{name}").read_bytes()[:2] == b"PK"
