"""Whole mails, as mail programs write them; the rooms' tests give them their senders, mailboxes and hours."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP, Policy
from functools import lru_cache
from hashlib import sha256

_LARGE_BYTES = 50_000
"""Files from this size on are encoded without the library, which takes as long as the program needs for the mail."""
_LINE_CHARACTERS = 76


class ComposedMail(EmailMessage):
    """A mail whose large files are in its bytes only: its parts hold their hashes, each of one line of base64."""

    def __init__(self, policy: Policy = SMTP) -> None:
        super().__init__(policy)
        self.large: dict[bytes, bytes] = {}
        """Hash → file."""

    def as_bytes(self, unixfrom: bool = False, policy: Policy | None = None) -> bytes:
        raw = super().as_bytes(unixfrom, policy)
        for short, content in self.large.items():
            raw = raw.replace(b64encode(short), _lines_of_base64(content))
        return raw

    def attach_file(self, name: str, content: bytes) -> None:
        """Adds a file of any kind."""
        short = content
        if len(content) >= _LARGE_BYTES:
            self.large[short := sha256(content).digest()] = content
        self.add_attachment(short, "application", "octet-stream", filename=name)


@lru_cache(maxsize=16)
def _lines_of_base64(content: bytes) -> bytes:
    text = b64encode(content)
    return b"\r\n".join(text[at : at + _LINE_CHARACTERS] for at in range(0, len(text), _LINE_CHARACTERS))


def composed(
    subject: str,
    files: Mapping[str, bytes | EmailMessage] | None = None,
    *,
    sender: str,
    to: str,
    message_id: str,
    text: str = "",
    html: str = "",
    pictures: Mapping[str, bytes] | None = None,
    headers: Mapping[str, str] | None = None,
) -> ComposedMail:
    """The same arguments make the same bytes. `pictures` are shown by the HTML under their names as Content-IDs; a file
    that is a mail is attached as one."""
    mail = ComposedMail()
    for name, value in (headers or {}).items():
        mail[name] = value
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = sender, to, subject, message_id
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
        shown = list(mail.iter_parts())[1]
        assert isinstance(shown, EmailMessage)
        for cid, picture in (pictures or {}).items():
            shown.add_related(picture, "image", "jpeg", cid=f"<{cid}>", filename=f"{cid}.jpg", disposition="inline")
    for name, content in (files or {}).items():
        if isinstance(content, bytes):
            mail.attach_file(name, content)
        else:
            mail.add_attachment(content, filename=name)
            mail.large |= content.large if isinstance(content, ComposedMail) else {}
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        # A forwarded mail is a part of many, without a boundary of its own.
        if part.get_content_maintype() == "multipart":
            part.set_boundary(f"=_boundary_{number}")
    return mail
