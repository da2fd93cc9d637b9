"""An SMTP server that answers as it is told: refusals with chosen codes, and a line that breaks at a chosen moment."""

from __future__ import annotations

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from intake_bot.demo.servers import SmtpServer


class MoodySmtpServer(SmtpServer):
    """Takes letters like SmtpServer, except for what these are set to. All may be changed while it runs."""

    def __init__(self, password: str) -> None:
        super().__init__(password)
        self.login_answer = ""
        """Reply to a login instead of looking at it."""
        self.mail_answer = ""
        """Reply to MAIL FROM instead of the usual one."""
        self.recipient_answers: dict[str, str] = {}
        """Reply to RCPT TO by address."""
        self.letter_answer = ""
        """Reply to a whole letter, which then is not kept."""
        self.hang_up_on_mail = False
        """Break the line at MAIL FROM."""
        self.hang_up_on_letter = False
        """Keep the whole letter, and break the line instead of answering."""
        self.connections = 0
        """How many have said EHLO."""

    async def handle_EHLO(  # noqa: N802 - as below
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, credentials: object
    ) -> AuthResult:
        if self.login_answer:
            return AuthResult(success=False, handled=False, message=self.login_answer)
        return super()._authenticate(server, session, envelope, mechanism, credentials)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd finds its hooks by these names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.hang_up_on_mail:
            _hang_up(server)
        return self.mail_answer or await super().handle_MAIL(server, session, envelope, address, options)

    async def handle_RCPT(  # noqa: N802 - as above
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.recipient_answers:
            return self.recipient_answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - as above
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.letter_answer:
            return self.letter_answer
        answer = await super().handle_DATA(server, session, envelope)
        if self.hang_up_on_letter:
            _hang_up(server)
        return answer


def _hang_up(server: SMTP) -> None:
    assert server.transport is not None
    server.transport.close()
