"""Which mail is judged when a mail brings others along as attachments (作为附件转发).

A subject that names unit and material speaks for itself: what the attached mails hold belongs to it. With any other
subject (转发, 请查收) the one attached mail that is a submission is judged as if it had come itself, received when the
mail around it was received; the forwarder gets the answer. Where several are submissions, the mail is held.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from intake_bot.files.archives.winmail import Winmail, is_winmail, unpack_winmail
from intake_bot.files.facts import Unreadable
from intake_bot.files.mail_budget import MailBudget
from intake_bot.files.worker.recorded import Opener
from intake_bot.intake.answers.loop_guard import Occasion, silence
from intake_bot.judging.prior_mail.replies import MailTraits
from intake_bot.judging.recognition import has_fitting_subject, is_submission
from intake_bot.judging.verdict import Disposition, Finding, MailKind, Verdict
from intake_bot.mail.body import extract_own_text, extract_passed_on_text
from intake_bot.mail.cloud_links import CloudLink, find_cloud_links
from intake_bot.mail.forwarded_mail import ForwardedMail, open_forwarded_mails
from intake_bot.mail.machines.triage import Weight, has_own_files, is_own_letter
from intake_bot.mail.message import Address, Attachment, Message, ReadingLimits
from intake_bot.notices.notice import Notice, Severity
from intake_bot.notices.roster import Roster
from intake_bot.notices.subject import SubjectReading, read_subject

_NAMED_MAILS = 5
_SUBJECT_LENGTH = 40


@dataclass(frozen=True)
class ResolvedMail:
    """The mail that is judged. `message` has the addresses and the thread of the mail that came, for the answer, and
    the subject and files of the mail that is judged."""

    message: Message
    author: Address
    """Who wrote the mail that is judged."""
    body: str
    """What its author wrote, and the authors of mails that belong to it; without quoted history."""
    passed_on: str
    """Words of others that its author passes on, as in a forwarded mail."""
    links: tuple[CloudLink, ...]
    has_files: bool = False
    """Its senders attached files, or left them at a mail provider; what programs add, and our own letters, are none."""
    several: tuple[str, ...] = ()
    """Subjects of attached mails that are submissions, where there are several; then none of them is judged."""

    @property
    def words(self) -> str:
        """All words that may be material."""
        return _join((self.body, self.passed_on))


class ForwardResolver:
    """Finds the mail that is judged, by one bureau's notice and roster."""

    def __init__(self, notice: Notice, roster: Roster, own_addresses: frozenset[str]) -> None:
        self._notice = notice
        self._roster = roster
        self._own_addresses = own_addresses

    def resolve(self, message: Message, folder: Path, limits: ReadingLimits) -> ResolvedMail:
        """Reads attached mails, and decodes their files into `folder`. Raises OSError, of our own disk."""
        letter = open_forwarded_mails(message, folder, limits)
        if not letter.forwarded or self._names_all(message):
            return _whole(letter, self._own_addresses)
        found = [one for inner in letter.forwarded for one in self._submissions(inner)]
        submissions = list({one.message.message_id or str(number): one for number, one in enumerate(found)}.values())
        if len(submissions) > 1:
            alone = _whole(ForwardedMail(message), self._own_addresses)
            return replace(alone, several=tuple(one.message.subject for one in submissions))
        return (
            _instead(letter, submissions[0], self._own_addresses)
            if submissions
            else _whole(letter, self._own_addresses)
        )

    def _submissions(self, letter: ForwardedMail) -> list[ForwardedMail]:
        """The mails that are submissions: this one, or those inside it."""
        alone = _whole(letter, self._own_addresses)
        weight = find_outweighed(alone, self._read(letter.message), answers_us=False)
        if silence(Occasion(letter.message, self._own_addresses, outweighed=weight)) is not None:
            return []
        if not self._names_all(letter.message):
            deeper = [one for inner in letter.forwarded for one in self._submissions(inner)]
            if deeper:
                return deeper
        return [letter] if self._is_submission(letter) else []

    def _names_all(self, message: Message) -> bool:
        reading = self._read(message)
        return reading.unit is not None and bool(reading.materials)

    def _is_submission(self, letter: ForwardedMail) -> bool:
        message = letter.message
        carries_files = bool(letter.attachments or find_cloud_links(message))
        traits = MailTraits(message.sender.address, carries_files, answers_us=False)
        return is_submission(self._read(message), traits, self._roster)

    def _read(self, message: Message) -> SubjectReading:
        return read_subject(message.subject, self._notice, self._roster)


def _whole(letter: ForwardedMail, own_addresses: frozenset[str]) -> ResolvedMail:
    """The mail itself, with the files, words and links of all mails inside it."""
    messages = tuple(letter.all_messages())
    message = replace(
        letter.message,
        attachments=letter.attachments,
        unread=letter.unread,
        exceeded_limits=letter.exceeded_limits,
    )
    links = _links(messages)
    others = [one for one in messages if not is_own_letter(one)]
    has_files = bool(links or letter.unread) or any(has_own_files(one) for one in others)
    passed_on = _join(extract_passed_on_text(one, own_addresses) for one in others)
    return ResolvedMail(message, message.sender, _join(map(extract_own_text, others)), passed_on, links, has_files)


def _instead(outer: ForwardedMail, inner: ForwardedMail, own_addresses: frozenset[str]) -> ResolvedMail:
    """The attached mail in place of the one that brought it, with that one's other attachments."""
    mail = _whole(inner, own_addresses)
    message = replace(
        outer.message,
        subject=mail.message.subject,
        text=mail.message.text,
        html=mail.message.html,
        attachments=(*mail.message.attachments, *outer.message.attachments),
        unread=outer.unread,
        exceeded_limits=outer.exceeded_limits,
    )
    links = _links((*inner.all_messages(), outer.message))
    return replace(mail, message=message, links=links, has_files=mail.has_files or has_own_files(outer.message))


def find_outweighed(mail: ResolvedMail, subject: SubjectReading, answers_us: bool) -> Weight:
    """The heaviest mark of a program that the mail outweighs with what it brings under this subject.

    An answer to a letter of ours never outweighs the mark of an auto-reply, which may come with files.
    """
    if mail.has_files and (has_fitting_subject(subject) or answers_us):
        return Weight.POSSIBLE if answers_us else Weight.UNREAD
    return Weight.NONE


def _join(words: Iterable[str]) -> str:
    return "\n\n".join(one for one in words if one)


def _links(messages: tuple[Message, ...]) -> tuple[CloudLink, ...]:
    found = {link.link: link for message in messages for link in find_cloud_links(message)}
    return tuple(found.values())


def unpack_winmail_parts(mail: ResolvedMail, folder: Path, worker: Opener, budget: MailBudget) -> ResolvedMail:
    """The mail with the files of each winmail.dat in its place, as if they had been attached by themselves; they are
    written into `folder`. The text in it counts where the mail has none. One that cannot be opened stays what it is.
    """
    files: list[Attachment] = []
    for number, attachment in enumerate(mail.message.attachments, 1):
        opened = _opened_winmail(attachment, folder / f"{number:03d}", worker, budget)
        files += opened.files if opened else (attachment,)
        if opened and not mail.body:
            mail = _with_words(mail, opened)
    return replace(mail, message=replace(mail.message, attachments=tuple(files)))


def _opened_winmail(attachment: Attachment, folder: Path, worker: Opener, budget: MailBudget) -> Winmail | None:
    if not is_winmail(attachment.path):
        return None
    try:
        return worker.ask(unpack_winmail, attachment.path, folder, budget.archives.members, budget=budget.time)
    except Unreadable:
        return None


def _with_words(mail: ResolvedMail, winmail: Winmail) -> ResolvedMail:
    said = replace(mail.message, text=winmail.text, html=winmail.html)
    links = {link.link: link for link in (*mail.links, *find_cloud_links(said))}
    return replace(mail, body=extract_own_text(said), links=tuple(links.values()))


def merge_piece(mail: ResolvedMail, other: ResolvedMail, number: int) -> ResolvedMail:
    """The mail with what another piece （2/3） brings. Where both have a file of one name, the other's name gets its
    `number`."""
    taken = {file.name for file in mail.message.attachments}
    others = tuple(
        replace(file, name=_add_number(file.name, number)) if file.name in taken else file
        for file in other.message.attachments
    )
    message = replace(
        mail.message,
        attachments=(*mail.message.attachments, *others),
        unread=tuple(dict.fromkeys((*mail.message.unread, *other.message.unread))),
        exceeded_limits=tuple(dict.fromkeys((*mail.message.exceeded_limits, *other.message.exceeded_limits))),
    )
    body, passed_on = _join((mail.body, other.body)), _join((mail.passed_on, other.passed_on))
    links = {link.link: link for link in (*mail.links, *other.links)}
    return replace(mail, message=message, body=body, passed_on=passed_on, links=tuple(links.values()))


def _add_number(name: str, number: int) -> str:
    path = PurePosixPath(name)
    return f"{path.stem}（第{number}封）{path.suffix}"


def several_mails(subjects: tuple[str, ...]) -> Verdict:
    """The verdict on a mail that forwards several submissions at once: held, for a person to separate them."""
    named = "、".join(f"“{subject[:_SUBJECT_LENGTH]}”" for subject in subjects[:_NAMED_MAILS])
    more = "等" if len(subjects) > _NAMED_MAILS else ""
    finding = Finding(
        "mail.several",
        Severity.REMARK,
        f"这封邮件以附件形式转来了 {len(subjects)} 封报送邮件：{named}{more}，需要由工作人员分开登记",
        "",
        "想更快收到答复，可以把这些邮件一封一封地转发",
        holds=True,
    )
    return Verdict(MailKind.SUBMISSION, Disposition.HELD, findings=(finding,))
