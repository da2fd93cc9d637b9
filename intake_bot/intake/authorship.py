"""Who sent a mail, by its From address, its server's checks, and what the ledger knows of the address."""

from __future__ import annotations

from intake_bot.config.notice_context import NoticeContext
from intake_bot.intake.prior_mail import PriorMail
from intake_bot.judging.author import Author, KnownAddress, find_author
from intake_bot.mail.authentication import is_doubtful, read_authentication_results
from intake_bot.mail.message import Message
from intake_bot.notices.roster import Unit


def find_mail_author(message: Message, unit: Unit | None, context: NoticeContext, prior_mail: PriorMail) -> Author:
    """The author of the mail that came, which names this unit. Who wrote a mail that it forwards is only a claim."""
    address = message.sender.address
    own_server = context.bureau.authserv_id
    headers = message.headers.get("authentication-results", ())
    doubtful = own_server is not None and is_doubtful(read_authentication_results(headers, own_server))
    known = prior_mail.known_address(address, unit.name if unit else None) if address else KnownAddress()
    return find_author(address, unit, context.bureau.roster, known, doubtful)
