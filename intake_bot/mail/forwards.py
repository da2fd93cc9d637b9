"""Mails that were forwarded as attachments (作为附件转发), read like mails of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from intake_bot.mail.message import Attachment, Message, ReadingLimits, read_message
from intake_bot.mail.smime import unsealed

LEVELS = 2
"""A county passes on what a school passed on; what lies deeper stays an attachment."""
MOST_MAILS = 50
"""Of one mail; what lies beyond stays an attachment."""


@dataclass(frozen=True)
class Letter:
    """A mail and the mails attached to it, which are not among its attachments any more."""

    message: Message
    inside: tuple[Letter, ...] = ()

    def every_message(self) -> Iterator[Message]:
        """This mail and all inside it, in order."""
        yield self.message
        for letter in self.inside:
            yield from letter.every_message()

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files of this mail and of all inside it."""
        return tuple(one for message in self.every_message() for one in message.attachments)

    @property
    def cut(self) -> tuple[str, ...]:
        """What was left unread of this mail and those inside it."""
        return tuple(dict.fromkeys(what for message in self.every_message() for what in message.cut))

    @property
    def sealed(self) -> bool:
        """This mail or one inside it could not be opened."""
        return any(message.sealed for message in self.every_message())


def opened_letter(message: Message, folder: Path, limits: ReadingLimits) -> Letter:
    """The mail with its attached mails opened, two levels deep; their files are decoded into `folder`.

    Decoding never makes anything larger, so the disk takes at most one more copy for each level. Raises OSError, of
    our own disk.
    """
    return _Opener(folder, limits).open(message, LEVELS)


@dataclass
class _Opener:
    folder: Path
    limits: ReadingLimits
    count: int = 0

    def open(self, message: Message, levels: int) -> Letter:
        files: list[Attachment] = []
        inside: list[Letter] = []
        for attachment in message.attachments:
            inner = self._read(attachment) if levels else None
            if inner is None:
                files.append(attachment)
            else:
                inside.append(self.open(inner, levels - 1))
        return Letter(replace(message, attachments=tuple(files)), tuple(inside))

    def _read(self, attachment: Attachment) -> Message | None:
        """The attached mail; None for a file that is none, whatever it calls itself."""
        if not _calls_itself_mail(attachment) or self.count == MOST_MAILS:
            return None
        self.count += 1
        folder = self.folder / f"mail-{self.count:02d}"
        message = unsealed(read_message(attachment.path, folder, self.limits), folder / "sealed", self.limits)
        return message if message.subject or message.sender.address else None


def _calls_itself_mail(attachment: Attachment) -> bool:
    return attachment.content_type == "message/rfc822" or PurePosixPath(attachment.name.lower()).suffix == ".eml"
