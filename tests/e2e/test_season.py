"""A mailbox of a busy week: polled, polled again, and summed up in the digest."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from intake_bot.demo.servers import ImapAccount, SentLetter, SmtpServer
from tests.conftest import ImapHost
from tests.e2e.home import ADDRESSES, ADMIN, CLERK, make_home
from tests.e2e.inspection import CommandResult, answer, dump, fates, read, run, text_of, tree
from tests.e2e.mails import NOW, Fate, Mail, crowd, few, some
from tests.marking import slow
from tests.servers.dovecot import Dovecot


@dataclass(frozen=True)
class Season:
    """A home after one poll, with its mails and letters."""

    home: Path
    mails: tuple[Mail, ...]
    account: ImapAccount
    smtp: SmtpServer
    polled: CommandResult
    letters: tuple[SentLetter, ...]

    def of(self, *fates: Fate) -> list[Mail]:
        return [mail for mail in self.mails if mail.fate in fates]

    def held(self) -> list[Mail]:
        """Held mails that no later accepted mail with the same subject has superseded."""
        right = {subject_of(mail): mail.received for mail in self.of(Fate.ACCEPTED)}
        return [mail for mail in self.of(Fate.HELD) if right.get(subject_of(mail), mail.received) <= mail.received]


def subject_of(mail: Mail) -> str:
    return str(message_from_bytes(mail.raw, policy=default)["Subject"])


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(("pymap", few), id="few on pymap"),
        slow(("dovecot", some), id="some on dovecot"),
        slow(("dovecot", crowd), id="crowd on dovecot"),
    ],
)
def season(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    """One poll of a handful of mails on pymap, and of many on Dovecot."""
    server, write_mails = request.param
    host: ImapHost = request.getfixturevalue(f"{server}_server")
    mails = write_mails()
    account = host.account(f"season-{len(mails)}@example.edu.cn")
    for mail in mails:
        account.append(mail.raw, mail.received)
    with SmtpServer("secret") as smtp:
        home = make_home(tmp_path_factory.mktemp("season") / "工作 目录", {"hebei": account}, smtp)
        polled = run("poll", "--home", home, "--now", NOW.isoformat())
        yield Season(home, mails, account, smtp, polled, smtp.letters)


def test_season_settles_every_mail_once_as_expected(season: Season) -> None:
    count, answered = len(season.mails), len([mail for mail in season.mails if mail.fate.is_answered])
    assert season.polled == CommandResult(
        0,
        f"河北省教育厅：新邮件 {count} 封，处理完 {count} 封，未处理完 0 封；"
        f"发出回信 {answered} 封，稍后再发 0 封，发不出 0 封。\n",
        "",
    )
    assert fates(season.home) == [mail.fate for mail in season.mails]


def test_season_answers_every_submission_once_and_no_other_mail(season: Season) -> None:
    answers = [answer(letter) for letter in season.letters]
    expected = [(mail.sender, mail.message_id) for mail in season.mails if mail.fate.is_answered]
    assert sorted((one.to, one.in_reply_to) for one in answers) == sorted(expected)


def test_season_sends_rejections_before_receipts(season: Season) -> None:
    subjects = [answer(letter).subject for letter in season.letters]
    is_receipt = [subject.startswith("【已收") for subject in subjects]
    is_rejection = [subject.startswith("【请补正") for subject in subjects]
    assert any(is_receipt) and any(is_rejection)
    assert max(n for n, one in enumerate(is_rejection) if one) < min(n for n, one in enumerate(is_receipt) if one)


def test_season_letters_have_the_bureaus_address_and_machine_headers(season: Season) -> None:
    for letter in season.letters:
        message = read(letter)
        assert letter.sender == ADDRESSES["hebei"]
        assert letter.recipients == (message["To"],)
        assert message["From"].addresses[0].addr_spec == ADDRESSES["hebei"]
        assert message["Auto-Submitted"] == "auto-replied"
        assert message["References"] == message["In-Reply-To"]
        assert message.get_body(("html",)) is not None
    assert len({read(letter)["Message-ID"] for letter in season.letters}) == len(season.letters)


def test_season_ledger_lists_every_item_with_its_files(season: Season) -> None:
    listed = run("ledger", "--json", "--home", season.home).objects
    counts = Counter(item["verdict"] for item in listed)
    assert counts["accepted"] == len(season.of(Fate.ACCEPTED))
    assert counts["held"] == len(season.of(Fate.HELD))
    accepted = [item for item in listed if item["verdict"] == "accepted"]
    assert [item["message_id"] for item in accepted] == [mail.message_id for mail in season.of(Fate.ACCEPTED)]
    kept = Counter(tree(season.home / "data" / "files").values())
    for item in accepted:
        assert item["files"]
        for file in item["files"]:
            assert kept[file["sha256"]] > 0


def test_season_leaves_no_temporary_files(season: Season) -> None:
    data = season.home / "data"
    assert not (data / "work").exists() or tree(data / "work") == {}
    assert [name for name in tree(data / "files") if ".incoming" in name] == []


def test_season_keeps_the_raw_mail_of_each_held_mail_and_no_other(season: Season) -> None:
    """A held mail that a later one has settled needs none: it goes with its batch, or with the next poll where the two
    are of different batches."""
    held = sorted(hashlib.sha256(mail.raw).hexdigest() for mail in season.held())
    spool = season.home / "data" / "spool"
    assert set(held) <= set(tree(spool).values())
    assert run("poll", "--home", season.home, "--now", NOW.isoformat()).code == 0
    assert sorted(tree(spool).values()) == held


def test_second_poll_changes_nothing(season: Season) -> None:
    before = dump(season.home), tree(season.home / "data" / "files"), season.smtp.letters
    again = run("poll", "--home", season.home, "--now", NOW.isoformat())
    assert again == CommandResult(
        0, "河北省教育厅：新邮件 0 封，处理完 0 封，未处理完 0 封；发出回信 0 封，稍后再发 0 封，发不出 0 封。\n", ""
    )
    assert (dump(season.home), tree(season.home / "data" / "files"), season.smtp.letters) == before


def test_season_digest_adds_up_and_is_sent_once(season: Season) -> None:
    for _ in range(2):
        assert run("digest", "--home", season.home, "--now", NOW.isoformat()).code == 0
        assert run("poll", "--home", season.home, "--now", NOW.isoformat()).code == 0
    (digest,) = [letter for letter in season.smtp.letters if letter.recipients == (CLERK,)]
    others = (Fate.MACHINE, Fate.OTHER, Fate.DUPLICATE)
    n, a, b, c, d = map(
        len,
        (season.mails, season.of(Fate.ACCEPTED), season.of(Fate.REJECTED), season.of(Fate.HELD), season.of(*others)),
    )
    text = text_of(digest)
    assert f"合计：邮箱 {n} 封 = 收 {a} + 退 {b} + 待人工 {c} + 非报送 {d}\n" in text
    assert n == a + b + c + d
    assert "对不上" not in text
    assert f"项 = 收 {a}" in text
    assert read(digest)["Auto-Submitted"] == "auto-generated"
    pages = tree(season.home / "data" / "digests")
    assert list(pages) == ["hebei/2023-05-18.html"]


def test_held_lists_every_held_mail_of_the_season(season: Season) -> None:
    held = run("held", "--home", season.home)
    assert held.code == 1
    assert f"\n共 {len(season.held())} 封待人工处理。" in held.out
    files = re.findall("^    (?:文件|原邮件)：(.*)", held.out, re.MULTILINE)
    assert [Path(file).is_file() for file in files] == [True] * len(files) != []


def flags(dovecot: Dovecot, user: str) -> Any:
    with dovecot.client(user) as clerk:
        clerk.select("INBOX", readonly=True)
        return clerk.fetch("1:*", "(UID FLAGS)"), clerk.list()


def test_poll_changes_no_flag_and_no_folder_of_the_mailbox(
    dovecot_server: Dovecot, smtp_server: SmtpServer, new_user: str, tmp_path: Path
) -> None:
    account = dovecot_server.account(new_user)
    for mail in few():
        account.append(mail.raw, mail.received)
    with dovecot_server.client(new_user) as clerk:
        clerk.select("INBOX")
        clerk.store("2:4", "+FLAGS", r"(\Seen \Flagged)")
        clerk.store("5", "+FLAGS", r"(\Deleted)")
    before = flags(dovecot_server, new_user)
    home = make_home(tmp_path / "home", {"hebei": account}, smtp_server)
    assert run("poll", "--home", home, "--now", NOW.isoformat()).code == 0
    assert flags(dovecot_server, new_user) == before
    assert fates(home) == [mail.fate for mail in few()]
    assert ADMIN not in {recipient for letter in smtp_server.letters for recipient in letter.recipients}
