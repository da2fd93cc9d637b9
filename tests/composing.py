"""Whole mails, as mail programs write them; the rooms' tests give them their senders, mailboxes and hours."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP


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
) -> EmailMessage:
    """The same arguments make the same bytes. `pictures` are shown by the HTML under their names as Content-IDs; a file
    that is a mail is attached as one."""
    mail = EmailMessage(SMTP)
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
            mail.add_attachment(content, "application", "octet-stream", filename=name)
        else:
            mail.add_attachment(content, filename=name)
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        # A forwarded mail is a part of many, without a boundary of its own.
        if part.get_content_maintype() == "multipart":
            part.set_boundary(f"=_boundary_{number}")
    return mail
