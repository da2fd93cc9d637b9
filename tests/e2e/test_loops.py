"""Machines that answer every letter. Each loop guard alone ends its kind of loop; together they end any loop."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.policy import compat32
from functools import partial
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapServer, SentLetter, SmtpServer
from intake_bot.intake.answers import loop_guard
from tests.e2e.home import ADDRESSES, edit, make_home
from tests.e2e.inspection import fates, query_ledger, read, text_of
from tests.e2e.mails import START, UNITS, Fate, compose, rejected_mail
from tests.e2e.office import Office
from tests.mail.samples import raw_mail
from tests.marking import slow

SCHOOL = "school@example.edu.cn"
CYCLES = 4
Answer = Callable[[SentLetter, int], bytes]
"""What a machine answers to this letter, the n-th one."""


def marked(letter: SentLetter, number: int) -> bytes:
    """An auto-responder with its header."""
    return reply(letter, number, headers={"Auto-Submitted": "auto-replied"})


def from_our_own_mailbox(letter: SentLetter, number: int) -> bytes:
    """A filter rule of our own mailbox, behind a gateway that removes its headers."""
    return reply(letter, number, sender=ADDRESSES["hebei"], headers={"Reply-To": SCHOOL})


def from_another_bureau(letter: SentLetter, number: int) -> bytes:
    """Another intake_bot: its letter, from the mailbox of its bureau."""
    mail = message_from_bytes(letter.raw, policy=compat32)
    del mail["From"], mail["Auto-Submitted"], mail["Message-ID"]
    mail["From"] = ADDRESSES["puyang"]
    return mail.as_bytes()


def under_our_message_id(letter: SentLetter, number: int) -> bytes:
    """Our letter with its Message-ID, from a mailbox that names itself as the sender."""
    return rewritten(letter, keep=("Subject", "Message-ID", "MIME-Version", "Content-Type"))


def with_our_header(letter: SentLetter, number: int) -> bytes:
    """Our letter with our header, from a mailbox that names itself as the sender."""
    return rewritten(letter, keep=("Subject", "X-Intake-Bot", "MIME-Version", "Content-Type"))


def enclosing_our_letter(letter: SentLetter, number: int) -> bytes:
    """A mail server's error in unknown words, with our letter attached."""
    text = raw_mail(
        f"From: {SCHOOL}", "Subject: 活动周天涯海角学校典型案例材料", f"Message-ID: <{number}.x@example.edu.cn>",
        "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", "",
        "--b", "Content-Type: text/plain; charset=utf-8", "", f"第 {number} 号：见附件。",
        "--b", "Content-Type: message/rfc822", "",
    )  # fmt: skip
    return text + letter.raw + b"\r\n--b--\r\n"


def always_new(letter: SentLetter, number: int) -> bytes:
    """A machine without any header of machines, with another file every time."""
    return reply(letter, number, files={"通知.txt": f"第 {number} 号自动通知".encode()})


def marked_like_a_person(letter: SentLetter, number: int) -> bytes:
    """A machine with headers that persons' mails have too, with another file every time."""
    files = {"通知.txt": f"第 {number} 号自动通知".encode()}
    return reply(letter, number, headers={"Precedence": "bulk", "X-Auto-Response-Suppress": "All"}, files=files)


def marked_and_new(letter: SentLetter, number: int) -> bytes:
    """A machine that says what it is, with another file every time."""
    files = {"通知.txt": f"第 {number} 号自动通知".encode()}
    return reply(letter, number, headers={"Auto-Submitted": "auto-replied"}, files=files)


def always_the_same(letter: SentLetter, number: int) -> bytes:
    """A machine without any header of machines that writes the same every time."""
    return reply(letter, number)


def reply(
    letter: SentLetter,
    number: int,
    *,
    sender: str = SCHOOL,
    headers: dict[str, str] | None = None,
    files: dict[str, bytes] | None = None,
    words: str = "我校邮箱近日迁移，旧地址的邮件由系统统一转存，今后以学校网站公布的联系方式为准。",
) -> bytes:
    """An answer that looks like a person's, but for `headers` and `words`."""
    ours = read(letter)
    thread = {"In-Reply-To": str(ours["Message-ID"])}
    mine = f"<away{number}@example.edu.cn>"
    subject = f"Re: {ours['Subject']}"
    return compose(subject, files, sender=sender, text=words, message_id=mine, headers=thread | (headers or {}))


def rewritten(letter: SentLetter, keep: tuple[str, ...]) -> bytes:
    """The letter's bytes with another sender."""
    mail = message_from_bytes(letter.raw, policy=compat32)
    for name in set(mail.keys()) - set(keep):
        del mail[name]
    mail["From"] = SCHOOL
    return mail.as_bytes()


@dataclass(frozen=True)
class Loop:
    """One machine, and the one guard that must end its loop."""

    guard: loop_guard.Guard
    answer: Answer
    letters: int
    """Number of letters until the loop ends."""
    without: int = CYCLES
    """Number of letters without any guard."""


LOOPS = {
    "a marked answer": Loop(loop_guard.machine_mail, marked, 1),
    "our own address": Loop(loop_guard.own_mail, from_our_own_mailbox, 1, without=1),
    "another bureau's robot": Loop(loop_guard.own_header, from_another_bureau, 1),
    "our Message-ID": Loop(loop_guard.own_mail, under_our_message_id, 1),
    "our header": Loop(loop_guard.own_header, with_our_header, 1),
    "our letter enclosed": Loop(loop_guard.own_header, enclosing_our_letter, 1),
    "a marked answer with files": Loop(loop_guard.machine_mail, marked_and_new, 1),
    "a person's headers and new files": Loop(loop_guard.caps, marked_like_a_person, 3),
    "new words": Loop(loop_guard.caps, always_new, 3),
    "the same words": Loop(loop_guard.said_already, always_the_same, 2),
}


@pytest.fixture
def office(pymap_server: ImapServer, new_user: str, smtp_server: SmtpServer, tmp_path: Path) -> Iterator[Office]:
    """The office of 河北, in one home with 濮阳's."""
    account, other = pymap_server.account(new_user), pymap_server.account(f"other-{new_user}")
    root = make_home(tmp_path / "home", {"hebei": account, "puyang": other}, smtp_server, digests=True)
    edit(root, "config/intake.yaml", "answers_per_hour: 12", "answers_per_hour: 3")
    with closing(Office(root, account, smtp_server)) as office:
        yield office


def letters_of(office: Office, answer: Answer, cycles: int) -> int:
    """Lets a machine answer every letter at once; returns how many letters it got."""
    assert office.settings.bureaus[0].id == "hebei"
    office.account.append(rejected_mail(), START)
    answered = 0
    for _ in range(cycles):
        office.run_cycle()
        for letter in office.smtp.letters[answered:]:
            answered += 1
            assert letter.recipients in ((SCHOOL,), (ADDRESSES["puyang"],))
            office.account.append(answer(letter, answered), office.now)
    return answered


@pytest.mark.slow
@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_each_guard_alone_ends_its_loop(loop: Loop, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_guard, "GUARDS", (loop.guard,))
    assert letters_of(office, loop.answer, CYCLES) == loop.letters


@pytest.mark.slow
@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_loop_without_a_guard_does_not_end(loop: Loop, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_guard, "GUARDS", ())
    assert letters_of(office, loop.answer, CYCLES) == loop.without


# ---- caps ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cap", "whose", "span"),
    [
        ("answers_per_hour: 3", "给 school@example.edu.cn 的回信", "一小时内"),
        slow("answers_per_day: 20", "给 school@example.edu.cn 的回信", "今天"),
        slow("bureau_answers_per_hour: 500", "给没有收过材料的地址的回信", "一小时内"),
        ("bureau_answers_per_day: 1000", "给没有收过材料的地址的回信", "今天"),
    ],
)
def test_cap_is_kept_and_reported_in_the_digest(office: Office, cap: str, whose: str, span: str) -> None:
    """Half of the bureau's maximum is kept for addresses that are known."""
    maximum = 4 if cap.startswith("bureau") else 2
    edit(office.root, "config/intake.yaml", f"  {cap}", f"  {cap.partition(':')[0]}: {maximum}")
    office.restart()
    assert letters_of(office, always_new, 3) == 2
    assert fates(office.root) == [Fate.REJECTED] * 3
    assert office.file_due_digest()
    office.run_cycle()
    said = text_of(office.smtp.letters[-1])
    assert said.count(f"{whose}{span}已到上限（2 封），另有 1 封来信照常判定、登记，没有回信") == 1
    assert "回执编号：1003-5" in said


def test_hourly_cap_allows_answers_after_an_hour(office: Office) -> None:
    assert letters_of(office, always_new, 4) == 3
    office.now += timedelta(minutes=55)
    office.account.append(rejected_again(), office.now)
    office.run_cycle()
    assert len(office.smtp.letters) == 3
    office.now += timedelta(minutes=5)
    office.account.append(rejected_again(), office.now)
    office.run_cycle()
    assert len(office.smtp.letters) == 4


def test_cap_counts_a_sender_by_from_and_by_reply_to(office: Office) -> None:
    """A machine with many reply addresses is one sender, and so is one with many sender addresses."""
    for number in range(4):
        to = f"r{number}@example.edu.cn"
        office.account.append(fresh(number, sender="one@example.edu.cn", headers={"Reply-To": to}), office.now)
        sender = f"s{number}@example.edu.cn"
        office.account.append(fresh(number + 4, sender=sender, headers={"Reply-To": "two@example.edu.cn"}), office.now)
    office.run_cycle()
    to_whom = sorted(letter.recipients[0] for letter in office.smtp.letters)
    assert to_whom == [
        *(f"r{number}@example.edu.cn" for number in range(3)),
        *["two@example.edu.cn"] * 3,
    ]


def test_an_answer_is_not_sent_to_another_domain(office: Office) -> None:
    office.account.append(fresh(1, sender="one@example.edu.cn", headers={"Reply-To": "victim@school.example"}), START)
    office.account.append(fresh(2, sender="1@qq.com", headers={"Reply-To": "2@qq.com"}), START)
    office.run_cycle()
    assert sorted(letter.recipients for letter in office.smtp.letters) == [("1@qq.com",), ("one@example.edu.cn",)]


def test_letters_to_several_schools_all_differ(office: Office) -> None:
    """163 takes repeated texts for spam: each letter has its own receipt number in subject and text."""
    for number in range(3):
        mail = sent_again(number, "活动周天涯海角学校典型案例材料", {"一.txt": b"one"})
        office.account.append(mail.replace(SCHOOL.encode(), f"t{number}@example.edu.cn".encode()), START)
    office.run_cycle()
    assert len({text_of(letter) for letter in office.smtp.letters}) == 3
    assert len({read(letter)["Subject"] for letter in office.smtp.letters}) == 3


def rejected_again() -> bytes:
    """A mail that is rejected and differs from all others."""
    return fresh(secrets.randbelow(10**9))


def fresh(number: int, *, sender: str = SCHOOL, headers: dict[str, str] | None = None) -> bytes:
    files = {"材料.txt": f"第 {number} 稿".encode()}
    mine = f"<fresh{number}@example.edu.cn>"
    return compose("活动周天涯海角学校典型案例材料", files, sender=sender, message_id=mine, headers=headers)


# ---- repeated complaints ---------------------------------------------------------------------------------------------


def sent_again(number: int, subject: str, files: dict[str, bytes]) -> bytes:
    return compose(subject, files, message_id=f"<again{number}@example.edu.cn>", text=f"老师好，第 {number} 次发送。")


@pytest.mark.parametrize(
    ("subject", "files", "letters"),
    [
        pytest.param("活动周天涯海角学校典型案例材料", {"一.txt": b"one"}, 1, id="the same files and faults"),
        pytest.param("活动周天涯海角学校典型案例材料", {"一.txt": b"two"}, 2, id="another file"),
        pytest.param("活动周天涯海角学校典型案例材料", {"二.txt": b"one"}, 1, id="the file by another name"),
        pytest.param("活动周海角中学典型案例材料", {"一.txt": b"one"}, 2, id="another name for the unit"),
        pytest.param("活动周天涯海角学校照片材料", {"一.txt": b"one"}, 2, id="another material"),
        pytest.param(f"活动周{UNITS[0]}典型案例材料", {"一.txt": b"one"}, 2, id="another unit"),
    ],
)
def test_same_complaint_is_answered_once_a_day(
    subject: str, files: dict[str, bytes], letters: int, office: Office
) -> None:
    office.account.append(sent_again(1, "活动周天涯海角学校典型案例材料", {"一.txt": b"one"}), START)
    office.run_cycle()
    office.account.append(sent_again(2, subject, files), office.now)
    office.run_cycle()
    assert len(office.smtp.letters) == letters


def test_repeated_complaint_is_in_the_digest_and_answered_the_next_day(office: Office) -> None:
    for number in range(3):
        office.account.append(sent_again(number, "活动周天涯海角学校典型案例材料", {"一.txt": b"one"}), START)
    office.run_cycle()
    assert office.file_due_digest()
    office.run_cycle()
    said = "school@example.edu.cn 又发来 2 封来信，文件和要改的地方都与今天回过信的一样，照常判定、登记，没有再回信"
    assert said in text_of(office.smtp.letters[-1])
    office.now += timedelta(days=1)
    office.account.append(sent_again(4, "活动周天涯海角学校典型案例材料", {"一.txt": b"one"}), office.now)
    office.run_cycle()
    assert len(office.letters_to(SCHOOL)) == 2


# ---- machines whose words say nothing --------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["您的邮件已收到，我会尽快回复", "收到，谢谢！"])
def test_automatic_thanks_for_a_letter_are_not_answered(office: Office, words: str) -> None:
    assert letters_of(office, partial(reply, words=words), 5) == 1
    assert fates(office.root) == [Fate.REJECTED, Fate.OTHER]
    assert [row[-1] for row in query_ledger(office.root, "SELECT reason FROM message")] == ["", "thanks"]


def test_reply_without_its_announced_attachment_is_answered(office: Office) -> None:
    assert letters_of(office, partial(reply, words="已修改，请查收附件。"), 2) == 2


# ---- several machines ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cycles", [100, pytest.param(1000, marks=pytest.mark.slow)])
def test_loop_of_two_robots_and_an_auto_responder_ends(
    cycles: int, pymap_server: ImapServer, new_user: str, tmp_path: Path
) -> None:
    """Two homes without knowledge of each other. First one gets a mail in the other's name, and a mail of a school. The
    school answers every letter without a header of machines, and passes it on to the other robot unchanged.

    A robot without new mail runs at every fiftieth cycle only, to show that it stays silent.
    """
    with SmtpServer("secret") as first, SmtpServer("secret") as second:
        one = robot(pymap_server, f"one-{new_user}", "hebei", first, tmp_path)
        two = robot(pymap_server, f"two-{new_user}", "puyang", second, tmp_path)
        with closing(one), closing(two):
            post = Post({ADDRESSES["hebei"]: one, ADDRESSES["puyang"]: two})
            post.put(one, compose("活动周天涯海角学校照片材料", sender=ADDRESSES["puyang"]))
            post.put(one, rejected_mail())
            for number in range(cycles):
                for office in (one, two):
                    if office in post.fresh or number % 50 == 0:
                        post.fresh.discard(office)
                        office.run_cycle()
                        post.carry(office)
                    office.now += timedelta(minutes=1)
            assert len(first.letters) == 3
            assert second.letters == ()


class Post:
    """Delivers letters between robots and a school that answers and forwards every letter."""

    def __init__(self, robots: Mapping[str, Office]) -> None:
        self._robots = robots
        self._carried = dict.fromkeys(robots.values(), 0)
        self.fresh: set[Office] = set()
        """Robots with mail that they have not polled yet."""

    def put(self, robot: Office, raw: bytes) -> None:
        robot.account.append(raw, robot.now)
        self.fresh.add(robot)

    def carry(self, writer: Office) -> None:
        """Delivers all letters that this robot has sent since the last call."""
        for letter in writer.smtp.letters[self._carried[writer] :]:
            self._carried[writer] += 1
            for address in letter.recipients:
                self._deliver(letter, address, writer)

    def _deliver(self, letter: SentLetter, address: str, writer: Office) -> None:
        if address in self._robots:
            self.put(self._robots[address], letter.raw)
        elif address == SCHOOL:
            self.put(writer, always_the_same(letter, secrets.randbelow(10**9)))
            for other in self._robots.values():
                if other is not writer:
                    self.put(other, letter.raw)


def robot(server: ImapServer, user: str, bureau: str, smtp: SmtpServer, folder: Path) -> Office:
    account = server.account(user)
    return Office(make_home(folder / bureau, {bureau: account}, smtp, digests=True), account, smtp)
