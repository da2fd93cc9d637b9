"""The walk out, against a real SMTP server that refuses, breaks off and forgets as it is told."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from intake_bot.config.settings import Sending
from intake_bot.digests.silent_letters import over_lines
from intake_bot.errors import IntakeError, TemporaryFailure
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.records import Letter, LetterDraft
from intake_bot.letters.digest import TroubleLine
from intake_bot.mail.connection import LoginRefused, Security
from intake_bot.mail.transport import DeliveryInDoubt, Session, SmtpSettings, Transport
from intake_bot.outbox import Delivered, Outbox
from tests.servers.smtp import MoodySmtpServer

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2023, 5, 17, 12, 0, tzinfo=ZONE)
SENDER = "hbsjytzcc@163.com"


@dataclass
class Desk:
    """An outbox with a clock that stands where it is put."""

    ledger: Ledger
    server: MoodySmtpServer
    password: str = "secret"
    port: int = 0
    """Where to knock instead of at the server's own door."""
    now: datetime = NOON
    pauses: int = 0
    sent_mail: set[str] | None = field(default_factory=set)
    """What lies among the sent mail; None: the mailbox lets nobody look."""
    sending: Sending = field(default_factory=lambda: Sending(retry_minutes=(2, 15, 60)))

    @property
    def outbox(self) -> Outbox:
        settings = SmtpSettings(
            self.server.host,
            self.port or self.server.port,
            SENDER,
            self.password,
            SENDER,
            Security.NONE,
            timeout_seconds=5,
        )
        return Outbox("hebei", Transport(settings), self.ledger, self.sending, ZONE, lambda: self.now, self._pause)

    def _pause(self) -> None:
        self.pauses += 1

    def write(self, *to: str, text: str = "Hello.") -> str:
        """Puts a letter into the outbox and returns its Message-ID."""
        message_id = f"<intake.{secrets.token_hex(16)}@163.com>"
        head = f"From: <{SENDER}>\r\nTo: {', '.join(to)}\r\nSubject: test\r\nMessage-ID: {message_id}\r\n\r\n"
        draft = LetterDraft(to, "test", message_id, f"{head}{text}\r\n".encode(), text)
        self.ledger.letters.file_alert("hebei", "mailbox.trouble", {}, draft, self.now)
        return message_id

    def deliver(self, after: timedelta = timedelta()) -> Delivered:
        self.now += after
        self.outbox.settle_doubts(lambda since: self.sent_mail)
        return self.outbox.deliver(lambda: False)

    @property
    def taken(self) -> list[tuple[str, ...]]:
        """To whom letters went, in order."""
        return [letter.recipients for letter in self.server.letters]

    @property
    def undelivered(self) -> tuple[Letter, ...]:
        """What the next digest will show as undelivered."""
        return self.ledger.digests.report("hebei").undelivered


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with MoodySmtpServer("secret") as server, Ledger.open(tmp_path / "ledger.sqlite3") as ledger:
        yield Desk(ledger, server)


def test_letters_leave_once_and_in_order_with_pauses_between(desk: Desk) -> None:
    for number in range(3):
        desk.write(f"t{number}@example.edu.cn")
    assert desk.deliver() == Delivered(sent=3)
    assert desk.deliver() == Delivered()
    assert desk.taken == [("t0@example.edu.cn",), ("t1@example.edu.cn",), ("t2@example.edu.cn",)]
    assert {letter.sender for letter in desk.server.letters} == {SENDER}
    assert desk.pauses == 2


def test_of_an_empty_outbox_no_server_is_asked(desk: Desk) -> None:
    desk.password = "wrong"
    assert desk.deliver() == Delivered()


def test_stop_is_asked_between_two_letters(desk: Desk) -> None:
    for number in range(3):
        desk.write(f"t{number}@example.edu.cn")
    assert desk.outbox.deliver(lambda: bool(desk.server.letters)) == Delivered(sent=1)
    assert desk.deliver() == Delivered(sent=2)


def test_refused_for_now_waits_longer_every_time(desk: Desk) -> None:
    desk.write("t@example.edu.cn")
    desk.server.letter_answer = "451 4.7.1 greylisted"
    assert desk.deliver() == Delivered(deferred=1)
    waits = []
    for _ in range(4):
        (letter,) = desk.undelivered
        due = letter.next_attempt
        assert due is not None
        waits.append(due - desk.now)
        assert desk.deliver(waits[-1] - timedelta(seconds=1)) == Delivered()
        assert desk.deliver(timedelta(seconds=1)) == Delivered(deferred=1)
    assert waits == [timedelta(minutes=minutes) for minutes in (2, 15, 60, 60)]
    (letter,) = desk.undelivered
    assert "451 4.7.1 greylisted" in letter.last_error
    desk.server.letter_answer = ""
    assert desk.deliver(timedelta(hours=1)) == Delivered(sent=1)
    assert desk.undelivered == ()


def test_refused_for_two_days_is_given_up(desk: Desk) -> None:
    desk.write("t@example.edu.cn")
    desk.server.recipient_answers = {"t@example.edu.cn": "450 4.2.1 mailbox busy"}
    desk.sending = Sending(retry_minutes=(600,), give_up_after_hours=48)
    outcomes = [desk.deliver(timedelta(hours=10)) for _ in range(6)]
    # At 40 hours the next try would come at 50.
    assert outcomes == [*[Delivered(deferred=1)] * 3, Delivered(failed=1), Delivered(), Delivered()]
    assert [letter.state.value for letter in desk.undelivered] == ["failed"]


# ---- what 163, 126 and QQ mean by their answers ----------------------------------------------------------------------

NEXT_MORNING = datetime(2023, 5, 18, 6, 0, tzinfo=ZONE)
QUARTER = NOON + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("answer", "again"),
    [
        ("550 RP:TRC,smtp10,RsCowAB", NEXT_MORNING),
        ("554 MI:STC 163 smtp1", NEXT_MORNING),
        ("451 MI:SFQ 163 smtp5", QUARTER),
        ("421 HL:ICC 126 smtp2", QUARTER),
        ("450 MI:DMC", QUARTER),
        ("550 Mail content denied. frequency limited", QUARTER),
    ],
)
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_has_had_enough_is_asked_no_more_until_its_time(
    desk: Desk, step: str, answer: str, again: datetime
) -> None:
    for number in range(3):
        desk.write(f"t{number}@example.edu.cn")
    desk.server.mail_answer = answer if step == "MAIL" else ""
    desk.server.recipient_answers = {"t0@example.edu.cn": answer} if step == "RCPT" else {}
    desk.server.letter_answer = answer if step == "DATA" else ""
    assert desk.deliver() == Delivered(deferred=1)
    desk.server.mail_answer = desk.server.letter_answer = ""
    desk.server.recipient_answers = {}
    asked = desk.server.connections
    desk.write("t3@example.edu.cn")
    desk.now = again - timedelta(seconds=1)
    assert desk.deliver() == Delivered()
    assert desk.server.connections == asked
    assert desk.deliver(timedelta(seconds=1)) == Delivered(sent=4)


@pytest.mark.parametrize("greeting", ["554 IP<192.0.2.1> in blacklist", "421 HL:IFC too many connections"])
def test_a_server_that_will_not_talk_is_trouble_and_is_left_alone(desk: Desk, greeting: str) -> None:
    desk.write("t@example.edu.cn")
    asked = 0

    def greet(listener: socket.socket) -> None:
        nonlocal asked
        with suppress(OSError):  # closed
            while True:
                line, _ = listener.accept()
                asked += 1
                with line:
                    line.sendall(f"{greeting}\r\n".encode())

    with socket.create_server(("127.0.0.1", 0)) as listener:
        desk.port = listener.getsockname()[1]
        threading.Thread(target=greet, args=(listener,), daemon=True).start()
        for _ in range(7):
            with pytest.raises(IntakeError, match=greeting[:3]):
                desk.deliver(timedelta(minutes=2))
    assert asked == 1
    desk.port = desk.server.port
    assert desk.deliver(timedelta(minutes=3)) == Delivered(sent=1)


def test_a_letter_that_must_wait_alone_keeps_nobody_waiting(desk: Desk) -> None:
    desk.write("busy@example.edu.cn")
    desk.write("there@example.edu.cn")
    desk.server.recipient_answers = {"busy@example.edu.cn": "451 4.7.1 greylisted"}
    assert desk.deliver() == Delivered(sent=1, deferred=1)


def test_a_clock_set_back_does_not_make_a_rest_longer(desk: Desk) -> None:
    desk.write("t0@example.edu.cn")
    desk.server.letter_answer = "554 MI:STC"
    desk.deliver()
    desk.server.letter_answer = ""
    desk.now -= timedelta(days=300)
    desk.write("t1@example.edu.cn")
    assert desk.deliver() == Delivered(sent=2)


def test_the_digest_tells_that_the_day_s_letters_are_spent(desk: Desk) -> None:
    desk.write("t@example.edu.cn")
    desk.server.letter_answer = "550 RP:TRC"
    desk.deliver()
    (line,) = over_lines(desk.ledger.digests.report("hebei"), ZONE)
    assert line == TroubleLine(
        "今天的发信额度用完了，其余的信 5月18日 06:00 起再发：发信服务器暂不接收（550 RP:TRC）",
        NOON,
        "急的事请电话告知对方",
    )


def test_what_is_taken_for_spam_is_not_offered_again(desk: Desk) -> None:
    desk.write("t@example.edu.cn")
    desk.server.letter_answer = "554 DT:SPM 163 smtp4"
    assert desk.deliver() == Delivered(failed=1)
    desk.server.letter_answer = ""
    assert desk.deliver(timedelta(days=1)) == Delivered()
    (letter,) = desk.undelivered
    assert letter.last_error == "发信服务器拒收，当成了垃圾邮件（554 DT:SPM 163 smtp4）"
    desk.write("t@example.edu.cn")
    desk.write("t@example.edu.cn", text="Other words.")
    assert desk.deliver() == Delivered(sent=1, failed=1)
    assert [letter.last_error for letter in desk.undelivered][1:] == ["内容与一封被当成垃圾邮件的信相同，没有再发"]
    assert "Other words." in desk.server.letters[0].raw.decode()


def test_what_looks_like_spam_is_offered_once_more_and_then_never(desk: Desk) -> None:
    desk.write("t@example.edu.cn")
    desk.server.letter_answer = "451 DT:SPM"
    assert desk.deliver() == Delivered(deferred=1)
    assert desk.deliver(timedelta(minutes=2)) == Delivered(failed=1)
    desk.server.letter_answer = ""
    desk.write("t@example.edu.cn")
    assert desk.deliver() == Delivered(failed=1)
    assert desk.taken == []


def test_what_looks_like_spam_may_pass_the_second_time(desk: Desk) -> None:
    for _ in range(2):
        desk.write("t@example.edu.cn")
    desk.server.letter_answer = "451 DT:SPM"
    assert desk.deliver() == Delivered(deferred=2)
    desk.server.letter_answer = ""
    assert desk.deliver(timedelta(minutes=2)) == Delivered(sent=2)


def test_a_batch_goes_over_one_connection(desk: Desk) -> None:
    for number in range(3):
        desk.write(f"t{number}@example.edu.cn")
    assert desk.deliver() == Delivered(sent=3)
    assert desk.server.connections == 1


def test_refused_for_good_is_told_and_keeps_nobody_waiting(desk: Desk) -> None:
    desk.write("gone@example.edu.cn")
    desk.write("there@example.edu.cn")
    desk.server.recipient_answers = {"gone@example.edu.cn": "550 5.1.1 User not found"}
    assert desk.deliver() == Delivered(sent=1, failed=1)
    assert desk.taken == [("there@example.edu.cn",)]
    (letter,) = desk.undelivered
    assert (letter.recipients, letter.state.value) == (("gone@example.edu.cn",), "failed")
    assert "550 5.1.1 User not found" in letter.last_error
    assert desk.deliver(timedelta(days=3)) == Delivered()


def test_one_recipient_of_two_refused_is_noted(desk: Desk) -> None:
    desk.write("gone@example.edu.cn", "there@example.edu.cn")
    desk.server.recipient_answers = {"gone@example.edu.cn": "550 5.1.1 User not found"}
    assert desk.deliver() == Delivered(sent=1)
    assert desk.taken == [("there@example.edu.cn",)]
    noted = desk.ledger.trail.last("hebei", ("letter.recipient_refused",))
    assert noted is not None
    assert noted.detail["to"] == "gone@example.edu.cn"


@pytest.mark.parametrize("to", [("no address",), ()], ids=["no address", "nobody"])
def test_a_letter_to_nobody_fails_and_keeps_nobody_waiting(desk: Desk, to: tuple[str, ...]) -> None:
    desk.write(*to)
    desk.write("there@example.edu.cn")
    assert desk.deliver() == Delivered(sent=1, failed=1)
    assert len(desk.undelivered) == 1


def test_a_letter_that_breaks_the_program_fails_and_keeps_nobody_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write("breaking@example.edu.cn")
    desk.write("there@example.edu.cn")
    send = Session.send

    def breaking(session: Session, raw: bytes, recipients: tuple[str, ...]) -> object:
        if recipients == ("breaking@example.edu.cn",):
            raise ZeroDivisionError
        return send(session, raw, recipients)

    monkeypatch.setattr(Session, "send", breaking)
    assert desk.deliver() == Delivered(sent=1, failed=1)
    assert [letter.last_error for letter in desk.undelivered] == ["ZeroDivisionError"]


def test_a_line_that_breaks_before_the_letter_puts_it_off(desk: Desk) -> None:
    for number in range(2):
        desk.write(f"t{number}@example.edu.cn")
    desk.server.hang_up_on_mail = True
    with pytest.raises(TemporaryFailure):
        desk.deliver()
    desk.server.hang_up_on_mail = False
    assert desk.taken == []
    assert desk.deliver(timedelta(minutes=2)) == Delivered(sent=2)


def test_a_line_that_breaks_after_the_letter_leaves_a_doubt_and_one_message_id(desk: Desk) -> None:
    message_id = desk.write("t@example.edu.cn")
    desk.server.hang_up_on_letter = True
    with pytest.raises(DeliveryInDoubt):
        desk.deliver()
    desk.server.hang_up_on_letter = False
    assert desk.deliver(timedelta(hours=1)) == Delivered(sent=1)
    assert desk.deliver(timedelta(hours=1)) == Delivered()
    first, second = desk.server.letters
    assert first == second
    assert message_id.encode() in first.raw


def test_a_letter_in_doubt_that_lies_among_the_sent_mail_was_sent(desk: Desk) -> None:
    message_id = desk.write("t@example.edu.cn")
    desk.server.hang_up_on_letter = True
    with pytest.raises(DeliveryInDoubt):
        desk.deliver()
    desk.server.hang_up_on_letter = False
    desk.sent_mail = {message_id, "<another@163.com>"}
    assert [letter.state.value for letter in desk.undelivered] == ["sending"]
    assert desk.deliver(timedelta(minutes=2)) == Delivered()
    assert desk.undelivered == ()
    assert len(desk.server.letters) == 1


def test_a_letter_in_doubt_waits_an_hour_for_somebody_who_can_look(desk: Desk) -> None:
    desk.write("t@example.edu.cn")
    assert desk.ledger.letters.claim("hebei", desk.now) is not None  # and died
    desk.write("other@example.edu.cn")
    desk.sent_mail = None
    outcomes = [desk.deliver(timedelta(minutes=20)) for _ in range(4)]
    assert outcomes == [Delivered(sent=1), Delivered(), Delivered(sent=1), Delivered()]
    assert desk.taken == [("other@example.edu.cn",), ("t@example.edu.cn",)]


def test_a_letter_in_doubt_for_two_days_is_given_up(desk: Desk) -> None:
    desk.write("t@example.edu.cn")
    desk.sending = Sending(retry_minutes=(600,), give_up_after_hours=48)
    desk.server.hang_up_on_letter = True
    for _ in range(8):
        with suppress(DeliveryInDoubt):
            desk.deliver(timedelta(hours=10))
    assert [letter.state.value for letter in desk.undelivered] == ["failed"]
    assert len(desk.server.letters) == 4


def test_a_refused_login_leaves_every_letter_as_it_was(desk: Desk) -> None:
    for number in range(2):
        desk.write(f"t{number}@example.edu.cn")
    desk.password = "wrong"
    for _ in range(3):
        with pytest.raises(LoginRefused, match="535"):
            desk.deliver(timedelta(minutes=2))
    assert desk.undelivered == ()
    desk.password = "secret"
    assert desk.deliver() == Delivered(sent=2)


def test_a_server_that_never_answers_a_letter_is_not_sent_it_at_every_round(desk: Desk) -> None:
    desk.write("t@example.edu.cn")
    desk.server.hang_up_on_letter = True
    for _ in range(60):
        with suppress(DeliveryInDoubt):
            desk.deliver(timedelta(minutes=2))
    assert len(desk.server.letters) == 4
