"""Mails made to hurt, through the whole walk: mailbox, ledger, files, letters, digest and log.

The server has the manners of 163, which serves what no other would take in.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest

from intake_bot.demo.servers import SentLetter, SmtpServer
from intake_bot.files.store import safe_name
from tests.e2e.home import make_home
from tests.e2e.looking import Ran, fates, read, run, text_of
from tests.e2e.mails import NOW, START, Fate
from tests.hostile_mails import ABSURD, LONG, SENDER
from tests.servers.netease import NeteaseServer

AT_NOW = ("--now", NOW.isoformat())
NAMES = (*LONG, *ABSURD)
INCOMPLETE = ("10 000 parts", "10 000 nameless texts", "100 levels")
"""What is judged has more parts than are read, and nothing else is wrong with it."""
pytestmark = pytest.mark.timeout(600)
FIELDS = {
    "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted",
    "x-auto-response-suppress", "x-intake-bot", "mime-version", "content-type",
}  # fmt: skip


ORDERS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
TAGS = frozenset(
    {"html", "head", "meta", "title", "style", "body", "table", "thead", "tbody", "tr", "td", "th"}
    | {"div", "p", "span", "h1", "h2", "h3", "ul", "ol", "li", "b", "strong", "br", "a", "small", "hr"}
)


@dataclass(frozen=True)
class Walk:
    """What is left after one poll and one digest."""

    home: Path
    polled: Ran
    digest: Ran
    letters: tuple[SentLetter, ...]
    log: tuple[str, ...]
    """As the service writes it, a record each."""


class _Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """Every hostile mail from a sender of its own, one poll, one digest."""
    records = _Records()
    root = logging.getLogger()
    level = root.level
    root.addHandler(records)
    root.setLevel(logging.INFO)
    try:
        with NeteaseServer() as imap, SmtpServer("secret") as smtp:
            for number, name in enumerate(NAMES):
                raw = {**LONG, **ABSURD}[name]().replace(SENDER.encode(), b"school%d@example.edu.cn" % number)
                imap.account.append(raw, START)
            home = make_home(tmp_path_factory.mktemp("hostile") / "home", {"puyang": imap.account}, smtp)
            polled = run("poll", "--home", home, *AT_NOW)
            digest = run("digest", "--home", home, *AT_NOW)
            yield Walk(home, polled, digest, smtp.letters, tuple(records.lines))
    finally:
        root.removeHandler(records)
        root.setLevel(level)


class _Page(HTMLParser):
    """What a browser would make of a page: its tags, its attributes, its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update((name, value or "") for name, value in attrs)

    def handle_data(self, data: str) -> None:
        self.words += data


def html_of(letter: SentLetter) -> str:
    part = read(letter).get_body(("html",))
    assert part is not None
    html: str = part.get_content()
    return html


def unseen(text: str) -> set[str]:
    """Signs that nobody sees, and that change what is seen."""
    return {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and c not in "\r\n"}


def test_every_mail_is_judged(walk: Walk) -> None:
    count = len(NAMES)
    assert (walk.polled.code, walk.digest.code) == (0, 0)
    assert f"新邮件 {count} 封，处理完 {count} 封，未处理完 0 封；发出回信 {count} 封" in walk.polled.out
    walked = dict(zip(NAMES, fates(walk.home), strict=True))
    assert set(walked.values()) == {Fate.REJECTED, Fate.HELD}
    assert [walked[name] for name in INCOMPLETE] == [Fate.HELD] * len(INCOMPLETE)


def test_every_file_has_a_safe_name_in_its_place(walk: Walk) -> None:
    root = walk.home / "data" / "files"
    stored = [path.relative_to(root) for path in root.rglob("*") if path.is_file()]
    assert len(stored) > 1000
    assert {path.parts[:3] for path in stored} == {("puyang", "2023-05-15", "濮阳县教育局")}
    assert {len(path.parts) for path in stored} == {5}
    assert all(safe_name(part) == part for path in stored for part in path.parts)
    assert {path.name for path in walk.home.parent.iterdir()} == {"home"}


def test_every_letter_has_our_header_and_no_other(walk: Walk) -> None:
    answers = walk.letters[: len(NAMES)]
    assert [letter.recipients for letter in answers] == [(f"school{n}@example.edu.cn",) for n in range(len(NAMES))]
    for letter in walk.letters:
        names = [name.lower() for name in read(letter)]
        assert set(names) <= FIELDS
        assert len(names) == len(set(names))
        assert letter.raw.isascii()
        assert max(map(len, letter.raw.splitlines())) < 998
        assert re.search(rb"(?<!\r)\n|\r(?!\n)", letter.raw) is None


def test_every_text_is_plain_to_see_and_not_to_click(walk: Walk) -> None:
    for letter in walk.letters:
        text = text_of(letter)
        assert unseen(text) == set()
        assert re.search(r"://evil|www\.evil", text) is None
        assert text.count("intake_bot") == 0


def test_every_page_holds_our_markup_alone(walk: Walk) -> None:
    pages = [html_of(letter) for letter in walk.letters]
    pages += [path.read_text("utf-8") for path in (walk.home / "data" / "digests").rglob("*.html")]
    assert len(pages) == len(NAMES) + 2
    for html in pages:
        page = _Page(html)
        assert page.tags <= TAGS
        assert [name for name, value in page.attributes if name.startswith("on") or "evil" in value] == []
        assert unseen(page.words) == set()
        assert re.search(r"://evil|www\.evil", html) is None


def test_what_strangers_wrote_is_shown_as_they_wrote_it(walk: Walk) -> None:
    words = "".join(_Page(html_of(letter)).words for letter in walk.letters)
    assert "onerror=alert(1)>{{ 7*7 }}" in words
    assert "{{ 7*7 }}.txt" in words
    assert "[red]x[ red].txt" in words


def test_every_record_of_the_log_is_ours(walk: Walk) -> None:
    ours = [
        line for line in walk.log if not line.startswith(("setup plugin", "Context impl", "Will assume", "Running"))
    ]
    assert len(ours) > len(NAMES)
    for line in ours:
        assert re.fullmatch(r"[\x20-\x7e\u4e00-\u9fff]{1,200}", line), line
        assert re.search(r"evil|script|Bcc|alert|school\d|level=|\{\{", line) is None


def test_the_commands_show_no_sign_that_orders_a_terminal(walk: Walk) -> None:
    for command in (("held",), ("ledger",), ("ledger", "--json"), ("digest", "--preview", *AT_NOW)):
        shown = run(command[0], "--home", walk.home, *command[1:])
        assert shown.out
        assert ORDERS.search(shown.out + shown.err) is None
