import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake_bot.demo.servers import SentLetter, SmtpServer
from intake_bot.errors import PermanentFailure, TemporaryFailure
from intake_bot.mail.connection import LoginRefused, Security
from intake_bot.mail.smtp.transport import (
    DeliveryInDoubt,
    RefusalKind,
    RefusedForGood,
    RefusedForNow,
    SmtpRefusal,
    SmtpSettings,
    Transport,
    read_refusal,
)
from tests.servers.dovecot import PASSWORD
from tests.servers.smtp import MoodySmtpServer

SENDER = "py8991718@126.com"
SCHOOL = "school@example.edu.cn"
LETTER = b"Subject: =?utf-8?b?5pS25Yiw?=\r\n\r\n.\r\n..two dots\r\nend\r\n"
SERVERS = Path(__file__).parents[2] / "servers"
CERTIFICATE = SERVERS / "loopback.crt"


def transport(
    server: SmtpServer,
    password: str = PASSWORD,
    security: Security = Security.NONE,
    ca_file: Path | None = None,
) -> Transport:
    return Transport(
        SmtpSettings(server.host, server.port, SENDER, password, SENDER, security, ca_file, timeout_seconds=10)
    )


@pytest.fixture
def moody() -> Iterator[MoodySmtpServer]:
    with MoodySmtpServer(PASSWORD) as server:
        yield server


def test_batch_is_sent_over_one_connection_byte_for_byte(smtp_server: SmtpServer) -> None:
    with transport(smtp_server).session() as session:
        assert session.send(LETTER, [SCHOOL]) == {}
        assert session.send(LETTER * 2, ["a@b.cn", "c@d.cn"]) == {}
    assert smtp_server.letters == (
        SentLetter(SENDER, (SCHOOL,), LETTER),
        SentLetter(SENDER, ("a@b.cn", "c@d.cn"), LETTER * 2),
    )


def test_wrong_password_raises_login_refused(smtp_server: SmtpServer) -> None:
    with pytest.raises(LoginRefused, match=r"535.*授权码"), transport(smtp_server, "wrong").session():
        pytest.fail("not logged in")


def test_password_beyond_ascii_is_refused_without_contacting_the_server(smtp_server: SmtpServer) -> None:
    with pytest.raises(LoginRefused, match="非英文字符"), transport(smtp_server, "密码").session():
        pytest.fail("not logged in")


@pytest.mark.parametrize(
    ("code", "text", "kind"),
    [
        (421, "HL:REP 126 smtp8", RefusalKind.PAUSE),
        (421, "too many connections", RefusalKind.PAUSE),
        (450, "MI:CEL", RefusalKind.PAUSE),
        (450, "4.2.1 mailbox busy", RefusalKind.WAIT),
        (451, "4.7.1 greylisted", RefusalKind.WAIT),
        (451, "DT:SPM", RefusalKind.SUSPECT),
        (451, "MI:SFQ 163 smtp5", RefusalKind.PAUSE),
        (451, "RP:CEL", RefusalKind.PAUSE),
        (451, "too much fail authentication", RefusalKind.PAUSE),
        (452, "insufficient storage", RefusalKind.WAIT),
        (454, "Temporary authentication failure", RefusalKind.WAIT),
        (535, "Error: authentication failed", RefusalKind.LOGIN),
        (530, "5.7.0 Authentication required", RefusalKind.LOGIN),
        (553, "authentication is required", RefusalKind.LOGIN),
        (553, "Mail from must equal authorized user", RefusalKind.LOGIN),
        (501, "mail from address must be same as authorization user", RefusalKind.LOGIN),
        (550, "RP:TRC,smtp10,RsCowAB", RefusalKind.TOMORROW),
        (550, "MI:STC", RefusalKind.TOMORROW),
        (554, "MI:STC", RefusalKind.TOMORROW),
        (550, "Ip frequency limited", RefusalKind.PAUSE),
        (550, "Invalid User", RefusalKind.NEVER),
        (550, "User suspended", RefusalKind.NEVER),
        (552, "Illegal Attachment", RefusalKind.NEVER),
        (553, "NULL sender is not allowed", RefusalKind.NEVER),
        (554, "DT:SPM 126 smtp3", RefusalKind.SPAM),
        (550, "DT:SPM", RefusalKind.SPAM),
        (554, "DT:SUM", RefusalKind.NEVER),
    ],
    ids=lambda value: str(value),
)
def test_refusal_of_each_provider_has_its_kind(code: int, text: str, kind: RefusalKind) -> None:
    assert read_refusal(code, text.encode()) == SmtpRefusal(code, text, kind)


def test_server_text_is_one_printable_line() -> None:
    refusal = read_refusal(550, "a\r\nb\x1b[31m\0\t中".encode() + b"\xff" + b"x" * 1000)
    assert refusal.text.startswith("a b [31m 中")
    assert len(refusal.text) == 300


@pytest.mark.parametrize(
    ("answer", "failure", "kind"),
    [
        ("451 DT:SPM", RefusedForNow, RefusalKind.SUSPECT),
        ("550 RP:TRC", RefusedForNow, RefusalKind.TOMORROW),
        ("554 DT:SPM", RefusedForGood, RefusalKind.SPAM),
    ],
)
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_letter_after_a_refused_one_is_sent(
    moody: MoodySmtpServer, step: str, answer: str, failure: type[RefusedForNow | RefusedForGood], kind: RefusalKind
) -> None:
    with transport(moody).session() as session:
        moody.mail_answer = answer if step == "MAIL" else ""
        moody.recipient_answers = {SCHOOL: answer} if step == "RCPT" else {}
        moody.letter_answer = answer if step == "DATA" else ""
        with pytest.raises(failure) as raised:
            session.send(LETTER, [SCHOOL])
        code, _, text = answer.partition(" ")
        assert isinstance(raised.value, RefusedForNow | RefusedForGood)
        assert raised.value.refusal == SmtpRefusal(int(code), text, kind)
        moody.mail_answer = moody.letter_answer = ""
        moody.recipient_answers = {}
        assert session.send(LETTER, [SCHOOL]) == {}
    assert len(moody.letters) == 1


def test_letter_with_some_refused_recipients_is_sent_and_they_are_returned(moody: MoodySmtpServer) -> None:
    moody.recipient_answers = {"gone@example.edu.cn": "550 Invalid User"}
    with transport(moody).session() as session:
        refused = session.send(LETTER, ["gone@example.edu.cn", SCHOOL])
    assert refused == {"gone@example.edu.cn": SmtpRefusal(550, "Invalid User", RefusalKind.NEVER)}
    assert moody.letters == (SentLetter(SENDER, (SCHOOL,), LETTER),)


def test_letter_with_all_recipients_refused_waits_if_one_refusal_is_temporary(moody: MoodySmtpServer) -> None:
    moody.recipient_answers = {"gone@example.edu.cn": "550 Invalid User", SCHOOL: "450 RP:DRC"}
    with transport(moody).session() as session, pytest.raises(RefusedForNow, match="450 RP:DRC"):
        session.send(LETTER, ["gone@example.edu.cn", SCHOOL])


def test_connection_that_breaks_before_the_letter_leaves_no_doubt(moody: MoodySmtpServer) -> None:
    moody.hang_up_on_mail = True
    with transport(moody).session() as session:
        with pytest.raises(TemporaryFailure) as raised:
            session.send(LETTER, [SCHOOL])
        assert not isinstance(raised.value, DeliveryInDoubt)
        with pytest.raises(TemporaryFailure):
            session.send(LETTER, [SCHOOL])
    assert moody.letters == ()


def test_connection_that_breaks_after_the_letter_leaves_doubt(moody: MoodySmtpServer) -> None:
    moody.hang_up_on_letter = True
    with transport(moody).session() as session, pytest.raises(DeliveryInDoubt, match=f"{moody.host}:{moody.port}"):
        session.send(LETTER, [SCHOOL])
    assert len(moody.letters) == 1


def test_response_without_code_leaves_doubt(moody: MoodySmtpServer) -> None:
    moody.letter_answer = "what?"
    with transport(moody).session() as session, pytest.raises(DeliveryInDoubt):
        session.send(LETTER, [SCHOOL])


@pytest.mark.parametrize("recipients", [[], ["a b@c.cn"], [SCHOOL, "a@b.cn>\r\nDATA"], ["中文@例子.cn"]], ids=str)
def test_unusable_recipient_is_never_sent_to_the_server(smtp_server: SmtpServer, recipients: list[str]) -> None:
    with transport(smtp_server).session() as session:
        with pytest.raises(PermanentFailure):
            session.send(LETTER, recipients)
        assert session.send(LETTER, [SCHOOL]) == {}


def test_unreachable_server_raises_temporary_failure() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        settings = SmtpSettings("127.0.0.1", port, "a", "b", SENDER, Security.NONE, timeout_seconds=5)
        with pytest.raises(TemporaryFailure, match=f"127.0.0.1:{port}"), Transport(settings).session():
            pytest.fail("nobody is there")


@pytest.mark.parametrize(
    ("greeting", "failure"),
    [
        (b"421 HL:ICC too many connections\r\n", RefusedForNow),
        (b"554 IP<1.2.3.4> in blacklist\r\n", RefusedForGood),
        (b"", TemporaryFailure),
        (b"220 hello\r\n", TemporaryFailure),
    ],
)
def test_server_that_refuses_to_greet_raises_its_failure(greeting: bytes, failure: type[Exception]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            line, _ = listener.accept()
            with line:
                line.sendall(greeting)

        thread = threading.Thread(target=greet)
        thread.start()
        port = listener.getsockname()[1]
        settings = SmtpSettings("127.0.0.1", port, "a", "b", SENDER, Security.NONE, timeout_seconds=5)
        with pytest.raises(failure), Transport(settings).session():
            pytest.fail("it does not talk")
        thread.join()


def server_tls() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE, SERVERS / "loopback.key")
    return context


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_tls_with_trusted_certificate_connects(security: Security) -> None:
    with SmtpServer(PASSWORD, security, server_tls()) as server:
        with transport(server, security=security, ca_file=CERTIFICATE).session() as session:
            assert session.send(LETTER, [SCHOOL]) == {}
        assert len(server.letters) == 1


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_tls_with_untrusted_certificate_raises_with_the_reason(security: Security) -> None:
    with (
        SmtpServer(PASSWORD, security, server_tls()) as server,
        pytest.raises(TemporaryFailure, match=r"证书没有通过验证.*ca_file"),
        transport(server, security=security).session(),
    ):
        pytest.fail("not to be trusted")


def test_missing_starttls_sends_no_password(smtp_server: SmtpServer) -> None:
    with (
        pytest.raises(LoginRefused, match="STARTTLS"),
        transport(smtp_server, security=Security.STARTTLS).session(),
    ):
        pytest.fail("not protected")


def test_unencrypted_connection_is_allowed_for_loopback_only() -> None:
    with pytest.raises(ValueError, match="loopback"):
        SmtpSettings("smtp.126.com", 25, SENDER, "b", SENDER, Security.NONE)


def test_settings_hide_the_password() -> None:
    assert "geheim" not in repr(SmtpSettings("smtp.126.com", 465, SENDER, "geheim", SENDER))
