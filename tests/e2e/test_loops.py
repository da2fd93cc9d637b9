"""Machines that answer every letter of ours. Each brake must end such a loop alone, and together they end it soon."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.policy import compat32
from pathlib import Path

import pytest

from intake_bot.brakes import braking
from intake_bot.demo.servers import ImapServer, SentLetter, SmtpServer
from tests.e2e.home import ADDRESSES, edit, make_home
from tests.e2e.looking import fates, read, text_of
from tests.e2e.mails import START, UNITS, Fate, compose, rejected_mail
from tests.e2e.office import Office
from tests.mail.samples import raw_mail

SCHOOL = "school@example.edu.cn"
ROUNDS = 4

Answer = Callable[[SentLetter, int], bytes]
"""What a machine writes when it gets this letter, the n-th one."""


def marked(letter: SentLetter, number: int) -> bytes:
    """An auto-responder that says what it is."""
    return reply(letter, number, headers={"Auto-Submitted": "auto-replied"})


def from_another_bureau(letter: SentLetter, number: int) -> bytes:
    """A robot of ours, behind a gateway that took all signs of it away."""
    return reply(letter, number, sender=ADDRESSES["puyang"], headers={"Reply-To": SCHOOL})


def under_our_message_id(letter: SentLetter, number: int) -> bytes:
    """Our letter, sent back by a mailbox that calls itself its author."""
    return rewritten(letter, keep=("Subject", "Message-ID", "MIME-Version", "Content-Type"))


def with_our_header(letter: SentLetter, number: int) -> bytes:
    """The same by a mailbox that makes it a mail of its own."""
    return rewritten(letter, keep=("Subject", "X-Intake-Bot", "MIME-Version", "Content-Type"))


def enclosing_our_letter(letter: SentLetter, number: int) -> bytes:
    """A complaint of a mail server in words that nobody knows, with our letter attached."""
    text = raw_mail(
        f"From: {SCHOOL}", "Subject: 活动周天涯海角学校典型案例材料", f"Message-ID: <{number}.x@example.edu.cn>",
        "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", "",
        "--b", "Content-Type: text/plain; charset=utf-8", "", f"第 {number} 号：见附件。",
        "--b", "Content-Type: message/rfc822", "",
    )  # fmt: skip
    return text + letter.raw + b"\r\n--b--\r\n"


def always_new(letter: SentLetter, number: int) -> bytes:
    """A machine without a sign, with another file every time."""
    return reply(letter, number, files={"通知.txt": f"第 {number} 号自动通知".encode()})


def always_the_same(letter: SentLetter, number: int) -> bytes:
    """A machine without a sign that says the same every time."""
    return reply(letter, number)


def reply(
    letter: SentLetter,
    number: int,
    *,
    sender: str = SCHOOL,
    headers: dict[str, str] | None = None,
    files: dict[str, bytes] | None = None,
) -> bytes:
    """An answer with the ways of a person's: nothing but `headers` and the words give it away."""
    ours = read(letter)
    words = "我正在外地休假，周一返回后逐一处理，如有急事请联系办公室值班同志。"
    thread = {"In-Reply-To": str(ours["Message-ID"])}
    mine = f"<away{number}@example.edu.cn>"
    subject = f"Re: {ours['Subject']}"
    return compose(subject, files, sender=sender, text=words, message_id=mine, headers=thread | (headers or {}))


def rewritten(letter: SentLetter, keep: tuple[str, ...]) -> bytes:
    """The letter's own bytes under another's name."""
    mail = message_from_bytes(letter.raw, policy=compat32)
    for name in set(mail.keys()) - set(keep):
        del mail[name]
    mail["From"] = SCHOOL
    return mail.as_bytes()


@dataclass(frozen=True)
class Loop:
    """One machine, and the one brake that must end its loop."""

    brake: braking.Brake
    answer: Answer
    letters: int
    """How many it may cost."""


LOOPS = {
    "a marked answer": Loop(braking.machine_mail, marked, 1),
    "another bureau's address": Loop(braking.own_mail, from_another_bureau, 1),
    "our Message-ID": Loop(braking.own_mail, under_our_message_id, 1),
    "our header": Loop(braking.own_header, with_our_header, 1),
    "our letter enclosed": Loop(braking.own_header, enclosing_our_letter, 1),
    "new words": Loop(braking.caps, always_new, 3),
    "the same words": Loop(braking.said_already, always_the_same, 2),
}


@pytest.fixture
def office(pymap_server: ImapServer, new_user: str, smtp_server: SmtpServer, tmp_path: Path) -> Iterator[Office]:
    """河北's robot, in one home with 濮阳's."""
    account, other = pymap_server.account(new_user), pymap_server.account(f"other-{new_user}")
    root = make_home(tmp_path / "home", {"hebei": account, "puyang": other}, smtp_server)
    edit(root, "config/intake.yaml", "answers_per_hour: 12", "answers_per_hour: 3")
    with closing(Office(root, account, smtp_server)) as office:
        yield office


def letters_of(office: Office, answer: Answer, rounds: int) -> int:
    """Lets a machine answer every letter at once; returns how many letters it got."""
    assert office.settings.bureaus[0].id == "hebei"
    office.account.append(rejected_mail(), START)
    answered = 0
    for _ in range(rounds):
        office.round()
        for letter in office.smtp.letters[answered:]:
            answered += 1
            assert letter.recipients == (SCHOOL,)
            office.account.append(answer(letter, answered), office.now)
    return answered


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_one_brake_alone_ends_the_loop(loop: Loop, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(braking, "BRAKES", (loop.brake,))
    assert letters_of(office, loop.answer, ROUNDS) == loop.letters


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_without_a_brake_it_never_ends(loop: Loop, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(braking, "BRAKES", ())
    assert letters_of(office, loop.answer, ROUNDS) == ROUNDS


# ---- caps ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cap", "whose", "span"),
    [
        ("answers_per_hour: 3", "给 school@example.edu.cn 的回信", "一小时内"),
        ("answers_per_day: 20", "给 school@example.edu.cn 的回信", "今天"),
        ("bureau_answers_per_hour: 500", "本单位发出的回信", "一小时内"),
        ("bureau_answers_per_day: 1000", "本单位发出的回信", "今天"),
    ],
)
def test_a_cap_is_kept_and_told_in_the_digest(office: Office, cap: str, whose: str, span: str) -> None:
    edit(office.root, "config/intake.yaml", f"  {cap}", f"  {cap.partition(':')[0]}: 2")
    office.restart()
    assert letters_of(office, always_new, 3) == 2
    assert fates(office.root) == [Fate.REJECTED] * 3
    assert office.digest_is_filed()
    office.round()
    said = text_of(office.smtp.letters[-1])
    assert said.count(f"{whose}{span}已到上限（2 封），另有 1 封来信照常判定、登记，没有回信") == 1
    assert "回执编号：1003-5" in said


def test_an_hour_later_there_are_answers_again(office: Office) -> None:
    assert letters_of(office, always_new, 4) == 3
    office.now += timedelta(minutes=55)
    office.account.append(rejected_again(), office.now)
    office.round()
    assert len(office.smtp.letters) == 3
    office.now += timedelta(minutes=5)
    office.account.append(rejected_again(), office.now)
    office.round()
    assert len(office.smtp.letters) == 4


def test_a_sender_is_known_by_where_he_writes_from_and_by_where_he_wants_his_answer(office: Office) -> None:
    """A machine that wants each answer at another address is one sender, and so is one that writes from many."""
    for number in range(4):
        to = f"r{number}@example.com"
        office.account.append(fresh(number, sender="one@example.edu.cn", headers={"Reply-To": to}), office.now)
        sender = f"s{number}@example.edu.cn"
        office.account.append(fresh(number + 4, sender=sender, headers={"Reply-To": "two@example.com"}), office.now)
    office.round()
    to_whom = sorted(letter.recipients[0] for letter in office.smtp.letters)
    assert to_whom == ["r0@example.com", "r1@example.com", "r2@example.com", *["two@example.com"] * 3]


def test_no_two_letters_have_the_same_words(office: Office) -> None:
    """What is the same too often is spam to 163: each letter has a receipt number of its own, subject and text."""
    for number in range(3):
        mail = sent_again(number, "活动周天涯海角学校典型案例材料", {"一.txt": b"one"})
        office.account.append(mail.replace(SCHOOL.encode(), f"t{number}@example.edu.cn".encode()), START)
    office.round()
    assert len({text_of(letter) for letter in office.smtp.letters}) == 3
    assert len({read(letter)["Subject"] for letter in office.smtp.letters}) == 3


def rejected_again() -> bytes:
    """A mail like no other, with something to mend."""
    return fresh(secrets.randbelow(10**9))


def fresh(number: int, *, sender: str = SCHOOL, headers: dict[str, str] | None = None) -> bytes:
    files = {"材料.txt": f"第 {number} 稿".encode()}
    mine = f"<fresh{number}@example.edu.cn>"
    return compose("活动周天涯海角学校典型案例材料", files, sender=sender, message_id=mine, headers=headers)


# ---- the same, said once ---------------------------------------------------------------------------------------------


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
def test_the_same_is_said_once_a_day(subject: str, files: dict[str, bytes], letters: int, office: Office) -> None:
    office.account.append(sent_again(1, "活动周天涯海角学校典型案例材料", {"一.txt": b"one"}), START)
    office.round()
    office.account.append(sent_again(2, subject, files), office.now)
    office.round()
    assert len(office.smtp.letters) == letters


def test_what_was_not_said_again_is_in_the_digest_and_is_said_the_next_day(office: Office) -> None:
    for number in range(3):
        office.account.append(sent_again(number, "活动周天涯海角学校典型案例材料", {"一.txt": b"one"}), START)
    office.round()
    assert office.digest_is_filed()
    office.round()
    told = "school@example.edu.cn 又发来 2 封来信，文件和要改的地方都与今天回过信的一样，照常判定、登记，没有再回信"
    assert told in text_of(office.smtp.letters[-1])
    office.now += timedelta(days=1)
    office.account.append(sent_again(4, "活动周天涯海角学校典型案例材料", {"一.txt": b"one"}), office.now)
    office.round()
    assert len(office.letters_to(SCHOOL)) == 2


# ---- all together ----------------------------------------------------------------------------------------------------


def test_two_robots_and_an_auto_responder_fall_silent(pymap_server: ImapServer, new_user: str, tmp_path: Path) -> None:
    """Two homes that know nothing of each other. It begins with a mail to one in the other's name, and with a school's.
    What the school gets it answers, unmarked, and passes on to the other robot as it is.

    A robot without new post is asked at every fiftieth round only, to see that it stays silent.
    """
    with SmtpServer("secret") as first, SmtpServer("secret") as second:
        one = robot(pymap_server, f"one-{new_user}", "hebei", first, tmp_path)
        two = robot(pymap_server, f"two-{new_user}", "puyang", second, tmp_path)
        with closing(one), closing(two):
            post = Post({ADDRESSES["hebei"]: one, ADDRESSES["puyang"]: two})
            post.put(one, compose("活动周天涯海角学校照片材料", sender=ADDRESSES["puyang"]))
            post.put(one, rejected_mail())
            for number in range(1000):
                for office in (one, two):
                    if office in post.fresh or number % 50 == 0:
                        post.fresh.discard(office)
                        office.round()
                        post.carry(office)
                    office.now += timedelta(minutes=1)
            assert len(first.letters) == 3
            assert second.letters == ()


class Post:
    """Carries letters between robots, by their addresses, and a school that answers and passes on all it gets."""

    def __init__(self, robots: Mapping[str, Office]) -> None:
        self._robots = robots
        self._carried = dict.fromkeys(robots.values(), 0)
        self.fresh: set[Office] = set()
        """Robots with post that they have not seen yet."""

    def put(self, robot: Office, raw: bytes) -> None:
        robot.account.append(raw, robot.now)
        self.fresh.add(robot)

    def carry(self, writer: Office) -> None:
        """All that this robot has written since it was asked last."""
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
    return Office(make_home(folder / bureau, {bureau: account}, smtp), account, smtp)
