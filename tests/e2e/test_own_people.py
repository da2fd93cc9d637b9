"""Mail of the bureau's own people is no school's; whose mail the roster says it is, it is."""

from __future__ import annotations

import json
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from intake_bot.cli import main
from intake_bot.demo.media import chinese_text, docx
from intake_bot.demo.servers import ImapServer, SmtpServer
from tests.composing import composed
from tests.e2e.home import ADDRESSES, ADMIN, CLERK, make_home
from tests.e2e.inspection import text_of
from tests.marking import slow, slow_but

SCHOOL, UNIT = "school@example.edu.cn", "濮阳县教育局"
SUBJECT = f"活动周{UNIT}文字材料"
GOOD, SHORT = {"活动情况.docx": docx([chinese_text(900)])}, {"活动情况.docx": docx([chinese_text(20)])}


class Desk:
    """The home of 濮阳 with its servers, beside 河北's."""

    def __init__(
        self, root: Path, imap: ImapServer, smtp: SmtpServer, user: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.account = imap.account(user)
        accounts = {"puyang": self.account, "hebei": imap.account(f"other-{user}")}
        self.home = make_home(root, accounts, smtp)
        self._smtp = smtp
        self._capsys = capsys
        self._count = 0

    def put(
        self,
        subject: str,
        files: dict[str, bytes] | dict[str, EmailMessage] | None = None,
        sender: str = CLERK,
        **more: str,
    ) -> None:
        self._count += 1
        headers = {name.replace("_", "-"): value for name, value in more.items() if name != "text"}
        raw = composed(
            subject,
            files,
            sender=sender,
            to=ADDRESSES["puyang"],
            message_id=f"<{self._count}@example.edu.cn>",
            text=more.get("text", "请查收。"),
            headers=headers,
        )
        self.account.append(raw.as_bytes(), datetime.fromisoformat("2023-05-17T15:00:00+08:00"))

    def run(self, *command: str) -> str:
        self._capsys.readouterr()
        with pytest.raises(SystemExit):
            main([*command, "--home", str(self.home)])
        return self._capsys.readouterr().out

    def poll(self) -> None:
        self.run("poll", "--now", "2023-05-17T15:30:00+08:00", "--bureau", "puyang")

    def verdicts(self) -> list[tuple[str, str]]:
        """Unit and verdict of each item."""
        items = map(json.loads, self.run("ledger", "--json").splitlines())
        return [(item["unit"], item["verdict"]) for item in items]

    def digest(self) -> str:
        return self.run("digest", "--preview", "--bureau", "puyang", "--now", "2023-05-17T17:30:00+08:00")

    def letters(self) -> list[tuple[str, ...]]:
        """Who got letters."""
        return [letter.recipients for letter in self._smtp.letters]

    def texts(self) -> list[str]:
        return [text_of(letter) for letter in self._smtp.letters]


@pytest.fixture
def desk(
    pymap_server: ImapServer, new_user: str, smtp_server: SmtpServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Desk:
    return Desk(tmp_path / "home", pymap_server, smtp_server, new_user, capsys)


def forwarded(files: dict[str, bytes]) -> EmailMessage:
    """A school's mail, to be attached."""
    raw = composed(SUBJECT, files, sender=SCHOOL, to=CLERK, message_id="<school@example.edu.cn>", text="请查收。")
    mail = message_from_bytes(raw.as_bytes(), policy=SMTP)
    assert isinstance(mail, EmailMessage)
    return mail


@pytest.mark.parametrize("sender", [CLERK, ADMIN, f"张老师 <{CLERK.upper()}>"])
@pytest.mark.parametrize("files", [pytest.param(GOOD, id="good"), slow(SHORT, id="faulty")])
def test_what_a_clerk_reports_for_a_unit_is_held_and_not_answered(
    desk: Desk, sender: str, files: dict[str, bytes]
) -> None:
    desk.put(SUBJECT, files, sender)
    desk.poll()
    assert desk.verdicts() == [(UNIT, "held")]
    assert desk.letters() == []
    said = desk.digest()
    assert "① 要您办的：1 件" in said
    assert "来自经办人的邮件，按代报处理" in said
    assert "材料 1 项 = 收 0 + 退 0 + 待人工 1" in said
    assert "机器正常。" in said


FORWARDS = {
    "attached": ("转来的材料", {"原邮件.eml": forwarded(SHORT)}),
    "attached under Fwd:": (f"Fwd: {SUBJECT}", {"原邮件.eml": forwarded(GOOD)}),
    "by its subject": (f"转发：{SUBJECT}", SHORT),
    "words alone": (f"转发: {SUBJECT}", None),
    "without a unit": ("转发：材料", {"材料.docx": docx([chinese_text(900)])}),
}


@pytest.mark.parametrize(("subject", "files"), slow_but(("attached", "by its subject", "words alone"), FORWARDS))
def test_what_a_clerk_forwards_is_held_and_not_answered(
    desk: Desk, subject: str, files: dict[str, bytes] | dict[str, EmailMessage] | None
) -> None:
    desk.put(subject, files)
    desk.poll()
    assert {verdict for _, verdict in desk.verdicts()} <= {"held"}
    assert desk.letters() == []
    said = desk.digest()
    assert "① 要您办的：1 件" in said
    assert "来自经办人的邮件" in said


OTHERS = {
    "a question": ("活动周什么时候截止？", None),
    "a submission's subject without files": (SUBJECT, None),
    "files that say nothing": ("会议纪要", GOOD),
    "an answer to the digest": ("Re: 【活动周每日汇总】濮阳市教育局 5月17日", None),
    "thanks": ("谢谢", None),
}


@pytest.mark.parametrize(("subject", "files"), slow_but(("a question", "files that say nothing"), OTHERS))
def test_other_mail_of_a_clerk_is_named_in_the_digest_and_not_answered(
    desk: Desk, subject: str, files: dict[str, bytes] | None
) -> None:
    desk.put(subject, files)
    desk.poll()
    assert (desk.verdicts(), desk.letters()) == ([], [])
    said = desk.digest()
    assert f"来自经办人的邮件：{CLERK} 发来“{subject}”" in said
    assert "待人工 0 + 非报送 1" in said


def test_clerk_accepts_or_rejects_what_was_reported_for_a_unit_without_a_letter(desk: Desk) -> None:
    desk.put(SUBJECT, SHORT)
    desk.put("活动周清丰县教育局文字材料", SHORT)
    desk.poll()
    desk.run("held", "accept", "1001-9", "--now", "2023-05-17T15:40:00+08:00")
    desk.run("held", "reject", "1002-4", "--reason", "太短", "--now", "2023-05-17T15:40:00+08:00")
    assert desk.verdicts()[-2:] == [(UNIT, "accepted"), ("清丰县教育局", "rejected")]
    desk.poll()
    assert desk.letters() == []


def test_clerks_mail_leaves_what_a_school_sent_alone(desk: Desk) -> None:
    desk.put(SUBJECT, SHORT, SCHOOL)
    desk.poll()
    desk.put(SUBJECT, GOOD)
    desk.poll()
    assert desk.verdicts() == [(UNIT, "rejected"), (UNIT, "held")]
    desk.put(SUBJECT, GOOD, SCHOOL)
    desk.poll()
    assert (UNIT, "accepted") in desk.verdicts()
    assert desk.letters() == [(SCHOOL,), (SCHOOL,)]


def give_address(desk: Desk, address: str, bureau: str = "puyang") -> None:
    """Writes this address beside the unit into the roster."""
    path = desk.home / "config" / "rosters" / f"{bureau}.csv"
    rows = path.read_text(encoding="utf-8-sig").splitlines()
    column = rows[0].split(",").index("邮箱")
    for number, row in enumerate(rows):
        cells = row.split(",")
        if cells[0] == UNIT:
            cells[column] = address
            rows[number] = ",".join(cells)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8-sig")


@pytest.mark.parametrize("address", [CLERK, ADDRESSES["hebei"]], ids=["a clerk's", "another bureau's mailbox"])
def test_address_that_the_roster_gives_to_a_unit_is_that_units(desk: Desk, address: str) -> None:
    give_address(desk, address)
    desk.put(SUBJECT, SHORT, address)
    desk.poll()
    assert desk.verdicts() == [(UNIT, "rejected")]
    assert desk.letters() == [(address,)]


def test_bureau_without_an_entry_in_the_roster_is_judged_as_anybody(desk: Desk) -> None:
    desk.put(SUBJECT, GOOD, ADDRESSES["hebei"])
    desk.poll()
    assert desk.verdicts() == [(UNIT, "accepted")]


@pytest.mark.parametrize(
    "headers", [{"X_Intake_Bot": "1"}, {"Auto_Submitted": "auto-replied"}], ids=["our header", "auto-submitted"]
)
def test_another_bureaus_robot_is_known_by_its_headers(desk: Desk, headers: dict[str, str]) -> None:
    give_address(desk, ADDRESSES["hebei"])
    desk.put(f"【请补正】{SUBJECT}", None, ADDRESSES["hebei"], **headers)
    desk.poll()
    assert (desk.verdicts(), desk.letters()) == ([], [])


def test_the_bureaus_own_mailbox_is_never_answered(desk: Desk) -> None:
    desk.put(SUBJECT, GOOD, ADDRESSES["puyang"])
    desk.poll()
    assert (desk.verdicts(), desk.letters()) == ([], [])
