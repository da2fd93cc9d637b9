"""Makes the settings of the IMAP and SMTP clients from a bureau's configuration."""

from __future__ import annotations

from pathlib import Path

from intake_bot.config.settings import Bureau, IntakeSettings, Server
from intake_bot.mail.imap.settings import ImapSettings
from intake_bot.mail.smtp.transport import SmtpSettings


def imap_settings(bureau: Bureau, secret: str, intake: IntakeSettings, home: Path) -> ImapSettings:
    """Returns the settings for the bureau's mailbox. Files are relative to `home`."""
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
    """Returns the settings for the bureau's SMTP server. Files are relative to `home`."""
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
    """Returns the file of the server's own certificate authority, if it has one."""
    return home / server.ca_file if server.ca_file else None
