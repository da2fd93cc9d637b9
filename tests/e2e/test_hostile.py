"""Hostile mails through the whole program: mailbox, ledger, files, letters, digest and log.

The server behaves as that of 163, which serves malformed mails too.
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
from tests.e2e.inspection import CommandResult, fates, read, run, text_of
from tests.e2e.mails import NOW, START, Fate
from tests.hostile_mails import HOSTILE, OVERSIZED, SENDER
from tests.servers.netease import NeteaseServer

AT_NOW = ("--now", NOW.isoformat())
NAMES = (*OVERSIZED, *HOSTILE)
FEW = (
    "100 levels", "dates", "charsets", "path", "direction", "line ends", "formula", "markup", "link",
    "subject that injects", "subject with markup", "sender that injects", "ids that inject", "page that is a program",
)  # fmt: skip
INCOMPLETE = ("10 000 parts", "10 000 nameless texts", "100 levels")
"""Mails whose only fault is that they have more parts than are read."""
pytestmark = pytest.mark.timeout(600)
FIELDS = {
    "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted",
    "x-auto-response-suppress", "x-intake-bot", "mime-version", "content-type",
}  # fmt: skip


CONTROL_CHARACTERS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
TAGS = frozenset(
    {"html", "head", "meta", "title", "style", "body", "table", "thead", "tbody", "tr", "td", "th"}
    | {"div", "p", "span", "h1", "h2", "h3", "ul", "ol", "li", "b", "strong", "br", "a", "small", "hr"}
)


@dataclass(frozen=True)
class HostileRun:
    """The results of one poll and one digest."""

    names: tuple[str, ...]
    """Names of the mails, in order."""
    home: Path
    polled: CommandResult
    digest: CommandResult
    letters: tuple[SentLetter, ...]
    log: tuple[str, ...]
    """The records of the log."""


class _Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(
    scope="module", params=[pytest.param(FEW, id="few"), pytest.param(NAMES, id="all", marks=pytest.mark.slow)]
)
def hostile_run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileRun]:
    """Hostile mails, each from a sender of its own, one poll, one digest."""
    names: tuple[str, ...] = request.param
    records = _Records()
    root = logging.getLogger()
    level = root.level
    root.addHandler(records)
    root.setLevel(logging.INFO)
    try:
        with NeteaseServer() as imap, SmtpServer("secret") as smtp:
            for number, name in enumerate(names):
                raw = {**OVERSIZED, **HOSTILE}[name]().replace(SENDER.encode(), b"school%d@example.edu.cn" % number)
                imap.account.append(raw, START)
            home = make_home(tmp_path_factory.mktemp("hostile") / "home", {"puyang": imap.account}, smtp)
            polled = run("poll", "--home", home, *AT_NOW)
            digest = run("digest", "--home", home, *AT_NOW)
            yield HostileRun(names, home, polled, digest, smtp.letters, tuple(records.lines))
    finally:
        root.removeHandler(records)
        root.setLevel(level)


class _Page(HTMLParser):
    """Tags, attributes and words of an HTML page."""

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


def invisible_characters(text: str) -> set[str]:
    """Invisible characters, which may change what is shown."""
    return {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and c not in "\r\n"}


def test_hostile_mails_are_all_judged(hostile_run: HostileRun) -> None:
    count = len(hostile_run.names)
    assert (hostile_run.polled.code, hostile_run.digest.code) == (0, 0)
    assert f"新邮件 {count} 封，处理完 {count} 封，未处理完 0 封；发出回信 {count} 封" in hostile_run.polled.out
    outcomes = dict(zip(hostile_run.names, fates(hostile_run.home), strict=True))
    assert set(outcomes.values()) == {Fate.REJECTED, Fate.HELD}
    assert {outcomes[name] for name in INCOMPLETE if name in outcomes} == {Fate.HELD}


def test_stored_files_have_safe_names_in_their_folder(hostile_run: HostileRun) -> None:
    root = hostile_run.home / "data" / "files"
    stored = [path.relative_to(root) for path in root.rglob("*") if path.is_file()]
    assert len(stored) > (1000 if hostile_run.names == NAMES else 25)
    assert {path.parts[:3] for path in stored} == {("puyang", "2023-05-15", "濮阳县教育局")}
    assert {len(path.parts) for path in stored} == {5}
    assert all(safe_name(part) == part for path in stored for part in path.parts)
    assert {path.name for path in hostile_run.home.parent.iterdir()} == {"home"}


def test_letters_have_the_headers_of_the_program_only(hostile_run: HostileRun) -> None:
    answers = hostile_run.letters[: len(hostile_run.names)]
    assert {letter.recipients for letter in answers} == {
        (f"school{n}@example.edu.cn",) for n in range(len(hostile_run.names))
    }
    for letter in hostile_run.letters:
        names = [name.lower() for name in read(letter)]
        assert set(names) <= FIELDS
        assert len(names) == len(set(names))
        assert letter.raw.isascii()
        assert max(map(len, letter.raw.splitlines())) < 998
        assert re.search(rb"(?<!\r)\n|\r(?!\n)", letter.raw) is None


def test_letter_texts_have_no_links_and_no_invisible_characters(hostile_run: HostileRun) -> None:
    for letter in hostile_run.letters:
        text = text_of(letter)
        assert invisible_characters(text) == set()
        assert re.search(r"://evil|www\.evil", text) is None
        assert text.count("intake_bot") == 0


def test_html_pages_have_the_markup_of_the_templates_only(hostile_run: HostileRun) -> None:
    pages = [html_of(letter) for letter in hostile_run.letters]
    pages += [path.read_text("utf-8") for path in (hostile_run.home / "data" / "digests").rglob("*.html")]
    assert len(pages) == len(hostile_run.names) + 2
    for html in pages:
        page = _Page(html)
        assert page.tags <= TAGS
        assert [name for name, value in page.attributes if name.startswith("on") or "evil" in value] == []
        assert invisible_characters(page.words) == set()
        assert re.search(r"://evil|www\.evil", html) is None


def test_words_of_a_sender_are_shown_unchanged(hostile_run: HostileRun) -> None:
    words = "".join(_Page(html_of(letter)).words for letter in hostile_run.letters)
    assert "onerror=alert(1)>{{ 7*7 }}" in words
    assert "{{ 7*7 }}.txt" in words
    assert "[red]x[ red].txt" in words


def test_log_records_hold_no_words_of_a_sender(hostile_run: HostileRun) -> None:
    ours = [
        line
        for line in hostile_run.log
        if not line.startswith(("setup plugin", "Context impl", "Will assume", "Running"))
    ]
    assert len(ours) > len(hostile_run.names)
    for line in ours:
        assert re.fullmatch(r"[\x20-\x7e\u4e00-\u9fff]{1,200}", line), line
        assert re.search(r"evil|script|Bcc|alert|school\d|level=|\{\{", line) is None


def test_command_output_has_no_terminal_control_characters(hostile_run: HostileRun) -> None:
    for command in (("held",), ("ledger",), ("ledger", "--json"), ("digest", "--preview", *AT_NOW)):
        shown = run(command[0], "--home", hostile_run.home, *command[1:])
        assert shown.out
        assert CONTROL_CHARACTERS.search(shown.out + shown.err) is None
