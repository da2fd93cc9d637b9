"""A clerk who answers her digest, at an office with two of them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from intake_bot import cli
from intake_bot.demo.media import zip_of
from intake_bot.demo.servers import ImapAccount
from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger
from tests.stories.office import Letter, Office, at, letter_of, open_office
from tests.stories.photos import BAD_NAME, GOOD, GOOD_NAME, SMALL

CLERK, COLLEAGUE, SCHOOL = "clerk@example.edu.cn", "li@example.edu.cn", "teacher@school.example"
PHOTO = "活动周濮阳县教育局照片材料"
PHOTOS = {"照片.zip": zip_of({GOOD_NAME: GOOD})}
SMALL_PHOTOS = {"照片.zip": zip_of({BAD_NAME: SMALL})}


@contextmanager
def open_clerks_office(root: Path, account: ImapAccount) -> Iterator[Office]:
    """濮阳 with two clerks."""
    with open_office(root, "puyang", account) as office:
        office.edit("bureaus/puyang.yaml", f"clerks: [{CLERK}]", f"clerks: [{CLERK}, {COLLEAGUE}]")
        yield office


def digest_of(office: Office, now: str = "2023-05-17 17:31", *, clerk: str = CLERK) -> Letter:
    """The digest that was sent to this clerk."""
    before = len(office.smtp.letters)
    with redirect_stdout(io.StringIO()):
        assert cli.run(["digest", "--home", str(office.home), "--now", at(now).isoformat()]) == 0
    office.poll(now)
    return to([letter_of(one.raw) for one in office.smtp.letters[before:]], clerk)


def order(office: Office, words: str, answers: Letter, now: str, *, sender: str = CLERK) -> list[Letter]:
    """What is sent after the clerk's answer."""
    office.receive(now, f"Re: {answers.subject}", text=words, sender=sender, answers=answers)
    return office.poll(now)


def number_of(office: Office) -> str:
    return office.mails()[-1].receipt


def asks(office: Office) -> str:
    office.receive("2023-05-17 15:00", PHOTO, text="请问照片可以明天交吗？")
    office.poll("2023-05-17 15:01")
    with Ledger.open(Home(office.home).ledger) as ledger:
        return ledger.submissions.find_held("puyang")[0].receipt


def to(letters: list[Letter], address: str) -> Letter:
    (letter,) = [one for one in letters if one.to == address]
    return letter


def held(office: Office) -> list[str]:
    with Ledger.open(Home(office.home).ledger) as ledger:
        return [mail.receipt for mail in ledger.submissions.find_held("puyang")]


def undo_line(letter: Letter) -> str:
    found = re.search(r"撤销 \d+", letter.text)
    assert found, letter.text
    return found[0]


def button(office: Office, digest: Letter, line: str) -> tuple[str, str]:
    """Subject and body of the mail that a button fills in."""
    raw = next(one.raw for one in office.smtp.letters if digest.message_id.encode() in one.raw)
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    page = message.get_body(("html",))
    assert page is not None
    links = re.findall(r'href="(mailto:[^"]*)"', page.get_content())
    link = next(one for one in map(unescape, links) if line in unquote(one))
    query = parse_qs(urlsplit(link).query)
    return query["subject"][0], query["body"][0]
