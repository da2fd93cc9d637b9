"""Delivery to a real SMTP server, which refuses and breaks off as a test says."""

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

from intake_bot.config.settings import SendingSettings
from intake_bot.digests.unsent_letter_lines import sending_limit_lines
from intake_bot.errors import IntakeError, TemporaryFailure
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import EventName
from intake_bot.ledger.values.records import Letter, LetterDraft
from intake_bot.letters.digest_lines import TroubleLine
from intake_bot.mail.connection import LoginRefused, Security
from intake_bot.mail.smtp.transport import DeliveryInDoubt, Session, SmtpSettings, Transport
from intake_bot.outbox.deliver import DeliveryCount, Outbox
from intake_bot.outbox.pace import Pacer
from tests.ledger.samples import claim_oldest
from tests.servers.smtp import MoodySmtpServer

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2023, 5, 17, 12, 0, tzinfo=ZONE)
SENDER = "hbsjytzcc@163.com"


@dataclass
class Delivery:
    """An outbox with its ledger and server. `now` is its clock, which a test sets."""

    ledger: Ledger
    server: MoodySmtpServer
    password: str = "secret"
    port: int = 0
    """A port in place of the server's own; zero for none."""
    now: datetime = NOON
    pauses: list[int] = field(default_factory=list)
    """Seconds."""
    sent_mail: set[str] | None = field(default_factory=set)
    """Message-IDs in the Sent folder; None where it cannot be searched."""
    sending: SendingSettings = field(default_factory=lambda: SendingSettings(retry_minutes=(2, 15, 60)))

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
        return Outbox("hebei", Transport(settings), self.ledger, self.sending, ZONE, lambda: self.now, self._pacer)

    def __post_init__(self) -> None:
        self._pacer = Pacer(self._pause)

    def _pause(self, seconds: float) -> None:
        self.pauses.append(round(seconds))

    def queue(self, *to: str, text: str = "Hello.") -> str:
        """Queues a letter; returns its Message-ID."""
        message_id = f"<intake.{secrets.token_hex(16)}@163.com>"
        head = f"From: <{SENDER}>\r\nTo: {', '.join(to)}\r\nSubject: test\r\nMessage-ID: {message_id}\r\n\r\n"
        draft = LetterDraft(to, "test", message_id, f"{head}{text}\r\n".encode(), text)
        self.ledger.letters.add_alert("hebei", EventName.MAILBOX_TROUBLE, {}, draft, self.now)
        return message_id

    def deliver(self, after: timedelta = timedelta()) -> DeliveryCount:
        self.now += after
        self.outbox.settle_doubts(lambda since: self.sent_mail)
        return self.outbox.deliver(lambda: False)

    @property
    def sent_to(self) -> list[tuple[str, ...]]:
        """The recipients of the letters that the server accepted, in order."""
        return [letter.recipients for letter in self.server.letters]

    @property
    def undelivered(self) -> tuple[Letter, ...]:
        """The letters that the next digest shows as undelivered."""
        return self.ledger.reports.gather_day_report("hebei").undelivered


@pytest.fixture
def delivery(tmp_path: Path) -> Iterator[Delivery]:
    with MoodySmtpServer("secret") as server, Ledger.open(tmp_path / "ledger.sqlite3") as ledger:
        yield Delivery(ledger, server)


def test_letters_are_sent_once_in_order_with_pauses(delivery: Delivery) -> None:
    for number in range(3):
        delivery.queue(f"t{number}@example.edu.cn")
    assert delivery.deliver() == DeliveryCount(sent=3)
    assert delivery.deliver() == DeliveryCount()
    assert delivery.sent_to == [("t0@example.edu.cn",), ("t1@example.edu.cn",), ("t2@example.edu.cn",)]
    assert {letter.sender for letter in delivery.server.letters} == {SENDER}
    assert delivery.pauses == [5, 5]


def test_empty_outbox_opens_no_connection(delivery: Delivery) -> None:
    delivery.password = "wrong"
    assert delivery.deliver() == DeliveryCount()


def test_stop_ends_the_delivery_between_two_letters(delivery: Delivery) -> None:
    for number in range(3):
        delivery.queue(f"t{number}@example.edu.cn")
    assert delivery.outbox.deliver(lambda: bool(delivery.server.letters)) == DeliveryCount(sent=1)
    assert delivery.deliver() == DeliveryCount(sent=2)


def test_temporarily_refused_letter_waits_longer_each_time(delivery: Delivery) -> None:
    delivery.queue("t@example.edu.cn")
    delivery.server.letter_answer = "451 4.7.1 greylisted"
    assert delivery.deliver() == DeliveryCount(deferred=1)
    waits = []
    for _ in range(4):
        (letter,) = delivery.undelivered
        due = letter.next_attempt
        assert due is not None
        waits.append(due - delivery.now)
        assert delivery.deliver(waits[-1] - timedelta(seconds=1)) == DeliveryCount()
        assert delivery.deliver(timedelta(seconds=1)) == DeliveryCount(deferred=1)
    assert waits == [timedelta(minutes=minutes) for minutes in (2, 15, 60, 60)]
    (letter,) = delivery.undelivered
    assert "451 4.7.1 greylisted" in letter.last_error
    delivery.server.letter_answer = ""
    assert delivery.deliver(timedelta(hours=1)) == DeliveryCount(sent=1)
    assert delivery.undelivered == ()


def test_letter_refused_for_two_days_is_given_up(delivery: Delivery) -> None:
    delivery.queue("t@example.edu.cn")
    delivery.server.recipient_answers = {"t@example.edu.cn": "450 4.2.1 mailbox busy"}
    delivery.sending = SendingSettings(retry_minutes=(600,), give_up_after_hours=48)
    outcomes = [delivery.deliver(timedelta(hours=10)) for _ in range(6)]
    # At 40 hours the next attempt would be at 50.
    assert outcomes == [*[DeliveryCount(deferred=1)] * 3, DeliveryCount(failed=1), DeliveryCount(), DeliveryCount()]
    assert [letter.state.value for letter in delivery.undelivered] == ["failed"]


# ---- refusals of 163, 126 and QQ -------------------------------------------------------------------------------------

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
def test_used_up_quota_rests_all_letters_until_its_time(
    delivery: Delivery, step: str, answer: str, again: datetime
) -> None:
    for number in range(3):
        delivery.queue(f"t{number}@example.edu.cn")
    delivery.server.mail_answer = answer if step == "MAIL" else ""
    delivery.server.recipient_answers = {"t0@example.edu.cn": answer} if step == "RCPT" else {}
    delivery.server.letter_answer = answer if step == "DATA" else ""
    assert delivery.deliver() == DeliveryCount(deferred=1)
    delivery.server.mail_answer = delivery.server.letter_answer = ""
    delivery.server.recipient_answers = {}
    asked = delivery.server.connections
    delivery.queue("t3@example.edu.cn")
    delivery.now = again - timedelta(seconds=1)
    assert delivery.deliver() == DeliveryCount()
    assert delivery.server.connections == asked
    assert delivery.deliver(timedelta(seconds=1)) == DeliveryCount(sent=4)


@pytest.mark.parametrize("greeting", ["554 IP<192.0.2.1> in blacklist", "421 HL:IFC too many connections"])
def test_refused_connection_raises_and_rests(delivery: Delivery, greeting: str) -> None:
    delivery.queue("t@example.edu.cn")
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
        delivery.port = listener.getsockname()[1]
        threading.Thread(target=greet, args=(listener,), daemon=True).start()
        for _ in range(7):
            with pytest.raises(IntakeError, match=greeting[:3]):
                delivery.deliver(timedelta(minutes=2))
    assert asked == 1
    delivery.port = delivery.server.port
    assert delivery.deliver(timedelta(minutes=3)) == DeliveryCount(sent=1)


def test_deferred_letter_does_not_delay_others(delivery: Delivery) -> None:
    delivery.queue("busy@example.edu.cn")
    delivery.queue("there@example.edu.cn")
    delivery.server.recipient_answers = {"busy@example.edu.cn": "451 4.7.1 greylisted"}
    assert delivery.deliver() == DeliveryCount(sent=1, deferred=1)


def test_clock_set_back_ends_a_rest(delivery: Delivery) -> None:
    delivery.queue("t0@example.edu.cn")
    delivery.server.letter_answer = "554 MI:STC"
    delivery.deliver()
    delivery.server.letter_answer = ""
    delivery.now -= timedelta(days=300)
    delivery.queue("t1@example.edu.cn")
    assert delivery.deliver() == DeliveryCount(sent=2)


def test_used_up_daily_quota_is_in_the_digest(delivery: Delivery) -> None:
    delivery.queue("t@example.edu.cn")
    delivery.server.letter_answer = "550 RP:TRC"
    delivery.deliver()
    (line,) = sending_limit_lines(delivery.ledger.reports.gather_day_report("hebei"), ZONE)
    assert line == TroubleLine(
        "今天的发信额度用完了，其余的信 5月18日 06:00 起再发：发信服务器暂不接收（550 RP:TRC）",
        NOON,
        "急的事请电话告知对方",
    )


def test_letter_refused_as_spam_is_not_sent_again(delivery: Delivery) -> None:
    delivery.queue("t@example.edu.cn")
    delivery.server.letter_answer = "554 DT:SPM 163 smtp4"
    assert delivery.deliver() == DeliveryCount(failed=1)
    delivery.server.letter_answer = ""
    assert delivery.deliver(timedelta(days=1)) == DeliveryCount()
    (letter,) = delivery.undelivered
    assert letter.last_error == "发信服务器拒收，当成了垃圾邮件（554 DT:SPM 163 smtp4）"
    delivery.queue("t@example.edu.cn")
    delivery.queue("t@example.edu.cn", text="Other words.")
    assert delivery.deliver() == DeliveryCount(sent=1, failed=1)
    assert [letter.last_error for letter in delivery.undelivered][1:] == ["内容与一封被当成垃圾邮件的信相同，没有再发"]
    assert "Other words." in delivery.server.letters[0].raw.decode()


def test_letter_suspected_as_spam_twice_is_given_up(delivery: Delivery) -> None:
    delivery.queue("t@example.edu.cn")
    delivery.server.letter_answer = "451 DT:SPM"
    assert delivery.deliver() == DeliveryCount(deferred=1)
    assert delivery.deliver(timedelta(minutes=2)) == DeliveryCount(failed=1)
    delivery.server.letter_answer = ""
    delivery.queue("t@example.edu.cn")
    assert delivery.deliver() == DeliveryCount(failed=1)
    assert delivery.sent_to == []


def test_letter_suspected_as_spam_once_is_sent_by_the_second_attempt(delivery: Delivery) -> None:
    for _ in range(2):
        delivery.queue("t@example.edu.cn")
    delivery.server.letter_answer = "451 DT:SPM"
    assert delivery.deliver() == DeliveryCount(deferred=2)
    delivery.server.letter_answer = ""
    assert delivery.deliver(timedelta(minutes=2)) == DeliveryCount(sent=2)


def test_several_letters_use_one_connection(delivery: Delivery) -> None:
    for number in range(3):
        delivery.queue(f"t{number}@example.edu.cn")
    assert delivery.deliver() == DeliveryCount(sent=3)
    assert delivery.server.connections == 1


def test_permanently_refused_letter_fails_and_does_not_delay_others(delivery: Delivery) -> None:
    delivery.queue("gone@example.edu.cn")
    delivery.queue("there@example.edu.cn")
    delivery.server.recipient_answers = {"gone@example.edu.cn": "550 5.1.1 User not found"}
    assert delivery.deliver() == DeliveryCount(sent=1, failed=1)
    assert delivery.sent_to == [("there@example.edu.cn",)]
    (letter,) = delivery.undelivered
    assert (letter.recipients, letter.state.value) == (("gone@example.edu.cn",), "failed")
    assert "550 5.1.1 User not found" in letter.last_error
    assert delivery.deliver(timedelta(days=3)) == DeliveryCount()


def test_refused_recipient_of_two_is_recorded(delivery: Delivery) -> None:
    delivery.queue("gone@example.edu.cn", "there@example.edu.cn")
    delivery.server.recipient_answers = {"gone@example.edu.cn": "550 5.1.1 User not found"}
    assert delivery.deliver() == DeliveryCount(sent=1)
    assert delivery.sent_to == [("there@example.edu.cn",)]
    noted = delivery.ledger.trail.find_last("hebei", (EventName.LETTER_RECIPIENT_REFUSED,))
    assert noted is not None
    assert noted.detail["to"] == "gone@example.edu.cn"


@pytest.mark.parametrize("to", [("no address",), ()], ids=["no address", "nobody"])
def test_letter_without_a_recipient_fails_and_does_not_delay_others(delivery: Delivery, to: tuple[str, ...]) -> None:
    delivery.queue(*to)
    delivery.queue("there@example.edu.cn")
    assert delivery.deliver() == DeliveryCount(sent=1, failed=1)
    assert len(delivery.undelivered) == 1


def test_letter_that_raises_an_error_fails_and_does_not_delay_others(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery.queue("breaking@example.edu.cn")
    delivery.queue("there@example.edu.cn")
    send = Session.send

    def breaking(session: Session, raw: bytes, recipients: tuple[str, ...]) -> object:
        if recipients == ("breaking@example.edu.cn",):
            raise ZeroDivisionError
        return send(session, raw, recipients)

    monkeypatch.setattr(Session, "send", breaking)
    assert delivery.deliver() == DeliveryCount(sent=1, failed=1)
    assert [letter.last_error for letter in delivery.undelivered] == ["ZeroDivisionError"]


def test_connection_broken_before_the_letter_defers_it(delivery: Delivery) -> None:
    for number in range(2):
        delivery.queue(f"t{number}@example.edu.cn")
    delivery.server.hang_up_on_mail = True
    with pytest.raises(TemporaryFailure):
        delivery.deliver()
    delivery.server.hang_up_on_mail = False
    assert delivery.sent_to == []
    assert delivery.deliver(timedelta(minutes=2)) == DeliveryCount(sent=2)


def test_connection_broken_after_the_letter_leaves_it_in_doubt_with_its_message_id(delivery: Delivery) -> None:
    message_id = delivery.queue("t@example.edu.cn")
    delivery.server.hang_up_on_letter = True
    with pytest.raises(DeliveryInDoubt):
        delivery.deliver()
    delivery.server.hang_up_on_letter = False
    assert delivery.deliver(timedelta(hours=1)) == DeliveryCount(sent=1)
    assert delivery.deliver(timedelta(hours=1)) == DeliveryCount()
    first, second = delivery.server.letters
    assert first == second
    assert message_id.encode() in first.raw


def test_letter_in_doubt_in_the_sent_folder_is_marked_sent(delivery: Delivery) -> None:
    message_id = delivery.queue("t@example.edu.cn")
    delivery.server.hang_up_on_letter = True
    with pytest.raises(DeliveryInDoubt):
        delivery.deliver()
    delivery.server.hang_up_on_letter = False
    delivery.sent_mail = {message_id, "<another@163.com>"}
    assert [letter.state.value for letter in delivery.undelivered] == ["sending"]
    assert delivery.deliver(timedelta(minutes=2)) == DeliveryCount()
    assert delivery.undelivered == ()
    assert len(delivery.server.letters) == 1


def test_letter_in_doubt_waits_an_hour_for_an_unreadable_sent_folder(delivery: Delivery) -> None:
    delivery.queue("t@example.edu.cn")
    assert claim_oldest(delivery.ledger, "hebei", delivery.now) is not None  # and the program died
    delivery.queue("other@example.edu.cn")
    delivery.sent_mail = None
    outcomes = [delivery.deliver(timedelta(minutes=20)) for _ in range(4)]
    assert outcomes == [DeliveryCount(sent=1), DeliveryCount(), DeliveryCount(sent=1), DeliveryCount()]
    assert delivery.sent_to == [("other@example.edu.cn",), ("t@example.edu.cn",)]


def test_letter_in_doubt_for_two_days_is_given_up(delivery: Delivery) -> None:
    delivery.queue("t@example.edu.cn")
    delivery.sending = SendingSettings(retry_minutes=(600,), give_up_after_hours=48)
    delivery.server.hang_up_on_letter = True
    for _ in range(8):
        with suppress(DeliveryInDoubt):
            delivery.deliver(timedelta(hours=10))
    assert [letter.state.value for letter in delivery.undelivered] == ["failed"]
    assert len(delivery.server.letters) == 4


def test_refused_login_changes_no_letter(delivery: Delivery) -> None:
    for number in range(2):
        delivery.queue(f"t{number}@example.edu.cn")
    delivery.password = "wrong"
    for _ in range(3):
        with pytest.raises(LoginRefused, match="535"):
            delivery.deliver(timedelta(minutes=2))
    assert delivery.undelivered == ()
    delivery.password = "secret"
    assert delivery.deliver() == DeliveryCount(sent=2)


def test_letter_without_a_response_is_not_sent_at_every_cycle(delivery: Delivery) -> None:
    delivery.queue("t@example.edu.cn")
    delivery.server.hang_up_on_letter = True
    for _ in range(60):
        with suppress(DeliveryInDoubt):
            delivery.deliver(timedelta(minutes=2))
    assert len(delivery.server.letters) == 4


# ---- the pause between two letters -----------------------------------------------------------------------------------


def test_pause_lasts_from_one_run_to_the_next(delivery: Delivery) -> None:
    for _ in range(2):
        delivery.queue("t@example.edu.cn")
        assert delivery.deliver() == DeliveryCount(sent=1)
    assert delivery.pauses == [5]


@pytest.mark.parametrize("answer", ["421 4.3.2 too many connections", "450 MI:SFQ 163 smtp8,too many letters"])
def test_pause_grows_when_the_server_counts_and_shrinks_slowly(delivery: Delivery, answer: str) -> None:
    delivery.queue("t@example.edu.cn")
    delivery.server.letter_answer = answer
    for _ in range(3):
        assert delivery.deliver(after=timedelta(hours=1)) == DeliveryCount(deferred=1)
    delivery.server.letter_answer = ""
    for hours in (1, 6, 24):
        delivery.pauses.clear()
        for _ in range(2):
            delivery.queue("t@example.edu.cn")
        delivery.deliver(after=timedelta(hours=hours))
        assert 5 <= delivery.pauses[-1] < 40
    assert delivery.pauses[-1] == 6


def test_refusal_of_one_letter_leaves_the_pause(delivery: Delivery) -> None:
    delivery.queue("t@example.edu.cn")
    delivery.server.letter_answer = "451 4.7.1 greylisted"
    delivery.deliver()
    delivery.server.letter_answer = ""
    delivery.queue("u@example.edu.cn")
    delivery.deliver(after=timedelta(minutes=5))
    assert set(delivery.pauses) == {5}


def test_long_pause_is_spent_without_a_connection(delivery: Delivery) -> None:
    delivery.sending = SendingSettings.model_validate({"pause_seconds": 31})
    for number in range(3):
        delivery.queue(f"t{number}@example.edu.cn")
    assert delivery.deliver() == DeliveryCount(sent=3)
    assert (delivery.pauses, delivery.server.connections) == ([31, 31], 3)


def test_stop_during_a_pause_ends_the_delivery(delivery: Delivery) -> None:
    for number in range(3):
        delivery.queue(f"t{number}@example.edu.cn")
    assert delivery.outbox.deliver(lambda: bool(delivery.pauses)) == DeliveryCount(sent=1)
