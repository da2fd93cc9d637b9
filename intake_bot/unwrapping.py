"""Which mail is meant when a mail brings others along as attachments (作为附件转发)?

A subject that names unit and material speaks for itself: what the attached mails hold belongs to it. Any other one
(转发, 请查收) steps back behind the one attached mail that is a submission: that is judged as if it had come itself,
at the time at which the mail around it came, and whoever passed it on is answered. Where several are submissions a
person must take them apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from intake_bot.brakes.braking import Occasion, silence
from intake_bot.files.winmail import Winmail, is_winmail, unpack_winmail
from intake_bot.files.worker import Worker
from intake_bot.files.zips import Unreadable
from intake_bot.judging.recognise import recognise
from intake_bot.judging.replies import Approach
from intake_bot.judging.verdict import Disposition, Finding, MailKind, Verdict
from intake_bot.mail.body import own_words
from intake_bot.mail.cloud import CloudLink, cloud_links
from intake_bot.mail.forwards import Letter, opened_letter
from intake_bot.mail.message import Address, Attachment, Message, ReadingLimits
from intake_bot.notices.notice import Notice, Severity
from intake_bot.notices.roster import Roster
from intake_bot.notices.subject import SubjectReading, read_subject

_NAMED_MAILS = 5
_SUBJECT_LENGTH = 40


@dataclass(frozen=True)
class Meant:
    """The mail to be judged. Addresses and thread of `message` are those of the mail that came, for the answer; its
    subject and files are those of the mail that is meant."""

    message: Message
    author: Address
    """Who wrote the mail that is meant."""
    body: str
    """What its author wrote himself, without quoted history, and those whose mails belong to it."""
    links: tuple[CloudLink, ...]
    several: tuple[str, ...] = ()
    """Subjects of attached mails that are submissions, where there are several; then no one mail is meant."""


class Unwrapping:
    """Finds the mail that is meant, for one bureau's notice and roster."""

    def __init__(self, notice: Notice, roster: Roster, own_addresses: frozenset[str]) -> None:
        self._notice = notice
        self._roster = roster
        self._own_addresses = own_addresses

    def meant(self, message: Message, folder: Path, limits: ReadingLimits) -> Meant:
        """Attached mails are read, and their files decoded into `folder`. Raises OSError, of our own disk."""
        letter = opened_letter(message, folder, limits)
        if not letter.inside or self._names_all(message):
            return _whole(letter)
        found = [one for inner in letter.inside for one in self._submissions(inner)]
        submissions = list({one.message.message_id or str(number): one for number, one in enumerate(found)}.values())
        if len(submissions) > 1:
            alone = _whole(Letter(message))
            return replace(alone, several=tuple(one.message.subject for one in submissions))
        return _instead(letter, submissions[0]) if submissions else _whole(letter)

    def _submissions(self, letter: Letter) -> list[Letter]:
        """The mails that speak for themselves: this one, or those inside it."""
        if silence(Occasion(letter.message, self._own_addresses)) is not None:
            return []
        if not self._names_all(letter.message):
            deeper = [one for inner in letter.inside for one in self._submissions(inner)]
            if deeper:
                return deeper
        return [letter] if self._is_submission(letter) else []

    def _names_all(self, message: Message) -> bool:
        reading = self._read(message)
        return reading.unit is not None and bool(reading.materials)

    def _is_submission(self, letter: Letter) -> bool:
        message = letter.message
        carries_files = bool(letter.attachments or cloud_links(message))
        approach = Approach(message.sender.address, carries_files, answers_us=False)
        kind = recognise(self._read(message), approach, self._notice, self._roster)
        return kind is MailKind.SUBMISSION

    def _read(self, message: Message) -> SubjectReading:
        return read_subject(message.subject, self._notice, self._roster)


def _whole(letter: Letter) -> Meant:
    """The mail itself, together with all that is in it."""
    messages = tuple(letter.every_message())
    message = replace(letter.message, attachments=letter.attachments, sealed=letter.sealed, cut=letter.cut)
    return Meant(message, message.sender, _words(messages), _links(messages))


def _instead(outer: Letter, inner: Letter) -> Meant:
    """The attached mail in the place of the one that brought it; what else was attached goes with it."""
    meant = _whole(inner)
    message = replace(
        outer.message,
        subject=meant.message.subject,
        text=meant.message.text,
        html=meant.message.html,
        attachments=(*meant.message.attachments, *outer.message.attachments),
        sealed=outer.sealed,
        cut=outer.cut,
    )
    return replace(meant, message=message, links=_links((*inner.every_message(), outer.message)))


def _words(messages: tuple[Message, ...]) -> str:
    return "\n\n".join(words for message in messages if (words := own_words(message)))


def _links(messages: tuple[Message, ...]) -> tuple[CloudLink, ...]:
    found = {link.link: link for message in messages for link in cloud_links(message)}
    return tuple(found.values())


def out_of_winmail(meant: Meant, folder: Path, worker: Worker, most_files: int) -> Meant:
    """The mail with the files of each winmail.dat in its place, as if they had been attached by themselves; they are
    written into `folder`. The text in it counts where the mail has none. One that cannot be opened stays what it is.
    """
    files: list[Attachment] = []
    for number, attachment in enumerate(meant.message.attachments, 1):
        opened = _opened_winmail(attachment, folder / f"{number:03d}", worker, most_files)
        files += opened.files if opened else (attachment,)
        if opened and not meant.body:
            meant = _with_words(meant, opened)
    return replace(meant, message=replace(meant.message, attachments=tuple(files)))


def _opened_winmail(attachment: Attachment, folder: Path, worker: Worker, most_files: int) -> Winmail | None:
    if not is_winmail(attachment.path):
        return None
    try:
        return worker.ask(unpack_winmail, attachment.path, folder, most_files)
    except Unreadable:
        return None


def _with_words(meant: Meant, winmail: Winmail) -> Meant:
    said = replace(meant.message, text=winmail.text, html=winmail.html)
    links = {link.link: link for link in (*meant.links, *cloud_links(said))}
    return replace(meant, body=own_words(said), links=tuple(links.values()))


def joined(meant: Meant, other: Meant, number: int) -> Meant:
    """The mail that is meant, with what another one brings that belongs to it （2/3）. Where both have a file of one
    name, the other's is told apart by its `number`."""
    taken = {file.name for file in meant.message.attachments}
    others = tuple(
        replace(file, name=_numbered(file.name, number)) if file.name in taken else file
        for file in other.message.attachments
    )
    message = replace(
        meant.message,
        attachments=(*meant.message.attachments, *others),
        sealed=meant.message.sealed or other.message.sealed,
        cut=tuple(dict.fromkeys((*meant.message.cut, *other.message.cut))),
    )
    words = "\n\n".join(words for words in (meant.body, other.body) if words)
    links = {link.link: link for link in (*meant.links, *other.links)}
    return replace(meant, message=message, body=words, links=tuple(links.values()))


def _numbered(name: str, number: int) -> str:
    path = PurePosixPath(name)
    return f"{path.stem}（第{number}封）{path.suffix}"


def several_mails(subjects: tuple[str, ...]) -> Verdict:
    """The verdict on a mail that passes on several submissions at once: a person takes them apart."""
    named = "、".join(f"“{subject[:_SUBJECT_LENGTH]}”" for subject in subjects[:_NAMED_MAILS])
    more = "等" if len(subjects) > _NAMED_MAILS else ""
    finding = Finding(
        "mail.several",
        Severity.REMARK,
        f"这封邮件以附件形式转来了{len(subjects)}封报送邮件：{named}{more}，需要由工作人员分开登记",
        "",
        "您暂时不用做什么；如把这些邮件一封一封地转发，会更快收到回复",
        holds=True,
    )
    return Verdict(MailKind.SUBMISSION, Disposition.HELD, findings=(finding,))
