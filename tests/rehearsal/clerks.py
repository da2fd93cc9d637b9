"""What the clerks do, all of it by mail: a table, and how their telephones write it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from random import Random
from urllib.parse import parse_qs, unquote, urlsplit

from intake_bot.demo.clients import IPHONE, OUTLOOK, Client
from tests.e2e.home import ADDRESSES
from tests.rehearsal.post import Arrival, Post, ReadLetter, mail, quoted, thread
from tests.rehearsal.story_puyang import at

Files = Callable[[], Mapping[str, bytes]]
ZHANG, ZHOU, QIAN = "zhang@py.example", "zhou@hf.example", "qian@hf.example"
WANG = "wang@py.example"
"""A colleague who is no clerk, to whom 张 forwards a digest."""


@dataclass(frozen=True)
class Step:
    """One mail of a clerk. Words in braces are labels of mails: their receipt numbers stand there, as she reads them in
    what she answers. {撤销} is the order to copy from the last confirmation."""

    day: str
    clock: str
    bureau: str
    clerk: str
    answers: str
    """The beginning of the subject of the letter that she answers; the newest one to her. Empty: a new mail."""
    words: str
    how: str = "reply"
    """reply · button · home (from another address) · new"""
    files: Files = dict
    subject: str = ""

    @property
    def label(self) -> str:
        return f"{self.clerk} {self.day} {self.clock}"


def clerks_mails(steps: tuple[Step, ...], receipt: Callable[[str], str]) -> Iterator[Arrival]:
    """The mails of these steps. `receipt` finds the receipt number of a mail by its label."""
    for step in steps:
        yield Arrival(at(step.day, step.clock), step.bureau, step.label, _writer(step, receipt))


def _writer(step: Step, receipt: Callable[[str], str]) -> Callable[[Post], bytes]:
    return lambda post: _write(step, receipt, post)


def _write(step: Step, receipt: Callable[[str], str], post: Post) -> bytes:
    now, client = at(step.day, step.clock), _client(step)
    if not step.answers:
        return mail(step.bureau, client, ("经办人", step.clerk), step.subject, now, body=step.words, files=step.files())
    letter = post.last_to(_reader(step), step.answers)
    words = _filled(step.words, letter, receipt, post, step.bureau)
    if step.how == "button":
        line, _, typed = words.partition("\n")
        subject, body = button(letter, line)
        return mail(step.bureau, client, ("", step.clerk), subject, now, body=f"{body}{typed}\n\n发自我的iPhone")
    sender = ("经办人", f"{step.clerk.partition('@')[0]}.home@free.example" if step.how == "home" else step.clerk)
    body = f"{words}\n\n发自我的iPhone{quoted(letter, ADDRESSES[step.bureau])}"
    return mail(
        step.bureau, client, sender, f"回复：{letter.subject}", now, body=body, files=step.files(), extra=thread(letter)
    )


def _reader(step: Step) -> str:
    """Whose letter is answered: 王 answers what 张 forwarded."""
    return ZHANG if step.clerk == WANG else step.clerk


def _client(step: Step) -> Client:
    return Random(step.label).choice((IPHONE, IPHONE, OUTLOOK))


def _filled(words: str, letter: ReadLetter, receipt: Callable[[str], str], post: Post, bureau: str) -> str:
    def number(found: re.Match[str]) -> str:
        if found[1] == "撤销":
            undo = re.search(r"撤销 \d+", letter.text)
            assert undo, letter.text
            return undo[0]
        shown = receipt(found[1])
        seen = [one for one in post.letters if one.bureau == bureau and shown in one.text and one.to == letter.to]
        assert seen, f"{found[1]} {shown} was shown to {letter.to} in no letter"
        return shown

    return re.sub(r"\{([^}]*)\}", number, words)


def button(letter: ReadLetter, line: str) -> tuple[str, str]:
    """Subject and body of the mail that the button for this line fills in."""
    message = message_from_bytes(letter.raw, policy=default)
    assert isinstance(message, EmailMessage)
    page = message.get_body(("html",))
    assert page is not None
    links = [unescape(one) for one in re.findall(r'href="(mailto:[^"]*subject=[^"]*)"', page.get_content())]
    link = next(one for one in links if parse_qs(urlsplit(one).query)["subject"][0].startswith(f"{line}〔"))
    query = parse_qs(urlsplit(link).query)
    assert unquote(urlsplit(link).path) == ADDRESSES[letter.bureau]
    return query["subject"][0], query["body"][0]
