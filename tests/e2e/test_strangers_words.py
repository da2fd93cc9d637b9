"""What strangers write into mails: in letters to schools and in the digest nothing of it can be clicked."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from intake_bot.cli import main
from intake_bot.demo.media import chinese_text, docx
from intake_bot.demo.servers import ImapAccount, SentLetter, SmtpServer
from tests.composing import composed
from tests.conftest import ImapHost
from tests.e2e.home import CLERK, make_home
from tests.e2e.inspection import read, text_of

SENDER = "stranger.one@evil-school.example.com"
LURE = "加QQ12345678 电话13800138000 见evil.com/x 写信a@evil.com www.evil.net"
_CLICKABLE = re.compile(r"evil\.(?:com|net)|a@|://evil|(?:QQ|电话)\d{5}|mailto:", re.ASCII)


@pytest.fixture
def imap_server(best_host: ImapHost, new_user: str) -> ImapAccount:
    """One server: what letters say does not depend on it."""
    return best_host.account(new_user)


@pytest.fixture
def home(imap_server: ImapAccount, smtp_server: SmtpServer, tmp_path: Path) -> Path:
    return make_home(tmp_path / "home", {"puyang": imap_server}, smtp_server)


LINK = "https://mail.163.com/large-attachment-download/index.html?file=abc"


def put(account: ImapAccount, number: int, subject: str, files: dict[str, bytes], text: str = "附件请查收。") -> None:
    raw = composed(
        subject,
        files,
        sender=f'"{LURE}" <{SENDER}>',
        to="py8991718@126.com",
        message_id=f"<{number}@evil-school.example.com>",
        text=text,
    )
    account.append(raw.as_bytes(), datetime.fromisoformat("2023-05-17T15:00:00+08:00"))


def run(home: Path, *command: str) -> None:
    with pytest.raises(SystemExit):
        main([*command, "--home", str(home)])


def html_text_of(letter: SentLetter) -> str:
    """What a reader of the HTML sees."""
    part = read(letter).get_body(("html",))
    assert part is not None
    return re.sub(r"<style.*?</style>|<[^>]+>", " ", str(part.get_content()), flags=re.DOTALL)


def test_words_of_a_stranger_are_not_clickable_in_any_letter(
    home: Path, imap_server: ImapAccount, smtp_server: SmtpServer
) -> None:
    put(imap_server, 1, f"活动周濮阳县教育局文字材料 {LURE}", {f"{LURE}.docx": docx([chinese_text(20)]), "1.jpg": b"x"})
    put(imap_server, 2, f"活动周{LURE}文字材料", {"www.evil.com.docx": docx([chinese_text(900)])})
    put(
        imap_server,
        3,
        f"活动周清丰县教育局文字材料 {LURE}",
        {f"{LURE}.wps.pages": b"PK\x03\x04", "说明.docx": b"\xd0\xcf"},
    )
    put(imap_server, 4, f"活动周范县教育局视频 {LURE}", {}, f"{LURE}.mp4 (180.2M) 到期 2023年6月1日\n{LINK}\n")
    run(home, "poll", "--now", "2023-05-17T15:30:00+08:00")
    run(home, "digest", "--now", "2023-05-18T17:30:00+08:00")
    run(home, "poll", "--now", "2023-05-18T17:31:00+08:00")
    letters = smtp_server.letters
    assert {recipient for letter in letters for recipient in letter.recipients} == {SENDER, CLERK}
    for letter in letters:
        for said in (text_of(letter), html_text_of(letter)):
            assert not _CLICKABLE.search(said), _CLICKABLE.findall(said)
            assert "evil．" in said
    said = "".join(text_of(letter) for letter in letters)
    assert all(name in said for name in ("1.jpg", "说明.docx"))
    (digest,) = (letter for letter in letters if letter.recipients == (CLERK,))
    assert "地址 mail.163.com/large-attachment-download/" in text_of(digest)
    assert SENDER in text_of(digest)  # the envelope's address, for the clerk only
