"""From a bureau's configuration to the settings of its two doors."""

from __future__ import annotations

from pathlib import Path

from intake_bot.config.settings import Bureau, IntakeSettings, Server
from intake_bot.mail.mailbox import ImapSettings
from intake_bot.mail.transport import SmtpSettings


def imap_settings(bureau: Bureau, secret: str, intake: IntakeSettings, home: Path) -> ImapSettings:
    """How to reach the bureau's mailbox; files are relative to `home`."""
    imap, polling = bureau.mailbox.imap, intake.polling
    return ImapSettings(
        host=imap.host,
        port=imap.port,
        username=bureau.mailbox.login,
        password=secret,
        security=imap.security,
        folder=imap.folder,
        ca_file=ca_file(imap, home),
        timeout_seconds=polling.timeout_seconds,
        chunk_bytes=polling.chunk_bytes,
    )


def smtp_settings(bureau: Bureau, secret: str, intake: IntakeSettings, home: Path) -> SmtpSettings:
    """How to reach the bureau's SMTP server; files are relative to `home`."""
    smtp = bureau.mailbox.smtp
    return SmtpSettings(
        host=smtp.host,
        port=smtp.port,
        username=bureau.mailbox.login,
        password=secret,
        sender=bureau.mailbox.address,
        security=smtp.security,
        ca_file=ca_file(smtp, home),
        timeout_seconds=intake.polling.timeout_seconds,
    )


def ca_file(server: Server, home: Path) -> Path | None:
    """The certificate authority of the server's own, if it has one."""
    return home / server.ca_file if server.ca_file else None
