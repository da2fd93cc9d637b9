"""Mails that were forwarded as attachments (作为附件转发), read like any other mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from intake_bot.mail.message import Attachment, Message, ReadingLimits, UnreadContent
from intake_bot.mail.reading.read import read_message
from intake_bot.mail.smime import open_smime

MAIL_TYPES = frozenset({"message/rfc822", "message/global", "message/news"})
MAXIMUM_DEPTH = 2
"""A county forwards what a school forwarded; mails at a greater depth stay attachments."""
MAXIMUM_MAILS = 50
"""Forwarded mails opened in one mail; further ones stay attachments."""


@dataclass(frozen=True)
class ForwardedMail:
    """A mail with the mails that were forwarded in it; these are no longer among its attachments."""

    message: Message
    forwarded: tuple[ForwardedMail, ...] = ()

    def all_messages(self) -> Iterator[Message]:
        """This mail and all mails forwarded in it, at any depth, in order."""
        yield self.message
        for mail in self.forwarded:
            yield from mail.all_messages()

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files of this mail and of all mails forwarded in it."""
        return tuple(one for message in self.all_messages() for one in message.attachments)

    @property
    def exceeded_limits(self) -> tuple[str, ...]:
        """The limits that this mail or one forwarded in it exceeds, as in `Message.exceeded_limits`."""
        return tuple(dict.fromkeys(limit for message in self.all_messages() for limit in message.exceeded_limits))

    @property
    def unread(self) -> tuple[UnreadContent, ...]:
        """Why some content of this mail or of one forwarded in it is unknown."""
        return tuple(dict.fromkeys(reason for message in self.all_messages() for reason in message.unread))


def carries_mails(message: Message) -> bool:
    """Whether a mail is attached to this one, by its type or its name."""
    return any(map(_is_declared_as_mail, message.attachments))


def open_forwarded_mails(message: Message, folder: Path, limits: ReadingLimits) -> ForwardedMail:
    """Opens the mails attached to a mail, two levels deep, and decodes their files into `folder`.

    Decoded files are no larger than their mail, so each level needs at most one more copy on the disk. Raises OSError
    if our disk fails.
    """
    return _Opener(folder, limits).open(message, MAXIMUM_DEPTH)


@dataclass
class _Opener:
    folder: Path
    limits: ReadingLimits
    count: int = 0

    def open(self, message: Message, levels: int) -> ForwardedMail:
        files: list[Attachment] = []
        forwarded: list[ForwardedMail] = []
        for attachment in message.attachments:
            inner = self._read(attachment) if levels else None
            if inner is None:
                files.append(attachment)
            else:
                forwarded.append(self.open(inner, levels - 1))
        return ForwardedMail(replace(message, attachments=tuple(files)), tuple(forwarded))

    def _read(self, attachment: Attachment) -> Message | None:
        """The attached mail; None for a file that is no mail, whatever its name and type say."""
        if not _is_declared_as_mail(attachment) or self.count == MAXIMUM_MAILS:
            return None
        self.count += 1
        folder = self.folder / f"mail-{self.count:02d}"
        message = open_smime(read_message(attachment.path, folder, self.limits), folder / "sealed", self.limits)
        return message if message.subject or message.sender.address else None


def _is_declared_as_mail(attachment: Attachment) -> bool:
    if attachment.is_undecoded:
        return False
    return attachment.content_type in MAIL_TYPES or PurePosixPath(attachment.name.lower()).suffix == ".eml"
