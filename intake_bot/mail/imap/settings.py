"""How to reach a bureau's mailbox by IMAP."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from intake_bot.mail.connection import Security, hide_secret, require_encryption


@dataclass(frozen=True)
class ImapSettings:
    """How to reach a bureau's mailbox."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    security: Security = Security.TLS
    folder: str = "INBOX"
    ca_file: Path | None = None
    """Certificate authorities to trust instead of the system's, for a self-hosted server."""
    timeout_seconds: float = 60
    """For each command and its answer, as CommandSocket counts."""
    chunk_bytes: int = 1024 * 1024
    """Mails of this size or more are fetched in chunks of this size."""

    def __post_init__(self) -> None:
        require_encryption(self.host, self.security)
        hide_secret(self.username, self.password)

    @property
    def server(self) -> str:
        return f"{self.host}:{self.port}"
