"""Mails whose files take long to open: they end within the time of one mail, and nobody else waits for their sender."""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from intake_bot.cli import main
from intake_bot.demo.media import chinese_text, docx
from intake_bot.demo.servers import ImapAccount, SmtpServer
from intake_bot.files.measure import measure
from intake_bot.files.worker.time_budget import TimeBudget
from intake_bot.files.worker.worker import Worker
from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger
from tests.composing import composed
from tests.conftest import ImapHost
from tests.e2e.home import edit, make_home

START = datetime.fromisoformat("2023-05-17T15:00:00+08:00")
HARD, OTHER = "hard@example.edu.cn", "school@example.edu.cn"


@cache
def blank_png(side: int) -> bytes:
    """A picture of a few KB that takes about a second for 60 million pixels."""
    lines = zlib.compress(bytes((3 * side + 1) * side), 9)
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)), (b"IDAT", lines), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def mail(number: int, sender: str, unit: str, files: Mapping[str, bytes]) -> bytes:
    return composed(
        f"活动周{unit}文字材料",
        files,
        sender=sender,
        to="py8991718@126.com",
        message_id=f"<{number}@example.edu.cn>",
        text="附件请查收。",
    ).as_bytes()


def good(number: int, sender: str, unit: str) -> bytes:
    return mail(number, sender, unit, {"活动情况.docx": docx([chinese_text(900 + number)])})


def hard(number: int, sender: str, unit: str) -> bytes:
    pictures = {f"{one}.png": blank_png(7000) + bytes(one) for one in range(12)}
    return mail(number, sender, unit, {**pictures, "活动情况.docx": docx([chinese_text(900)])})


@pytest.fixture
def mailbox(best_host: ImapHost, new_user: str) -> ImapAccount:
    return best_host.account(new_user)


@pytest.fixture
def home(mailbox: ImapAccount, smtp_server: SmtpServer, tmp_path: Path) -> Path:
    home = make_home(tmp_path / "home", {"puyang": mailbox}, smtp_server)
    edit(home, "config/intake.yaml", "mail_seconds: 60", "mail_seconds: 2")
    return home


def poll(home: Path, minutes: int = 30) -> None:
    with pytest.raises(SystemExit):
        main(["poll", "--home", str(home), "--now", (START + timedelta(minutes=minutes)).isoformat()])


def settled(home: Path) -> list[str]:
    """The units of the mails with an item, in the order in which they were judged."""
    with closing(Ledger.open(Home(home).ledger)) as ledger:
        return [str(item.unit) for item in ledger.submissions.iterate_items()]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, float]]:
    """Every task about a file, with the processor seconds that its mail had left."""
    tasks: list[tuple[object, float]] = []
    ask = Worker.ask

    def note(
        worker: Worker, task: Callable[..., object], *arguments: object, budget: TimeBudget | None = None
    ) -> object:
        if budget is not None:  # else it is the mail that is read
            tasks.append((task, budget.processor_seconds))
        return ask(worker, task, *arguments, budget=budget)

    monkeypatch.setattr(Worker, "ask", note)
    return tasks


@pytest.mark.skipif(os.name == "nt", reason="needs a limit on processor seconds")
def test_mail_of_hard_files_ends_within_its_time_and_the_rest_is_held(
    home: Path, mailbox: ImapAccount, asked: list[tuple[object, float]], capsys: pytest.CaptureFixture[str]
) -> None:
    mailbox.append(hard(1, HARD, "濮阳县教育局"), START)
    poll(home)
    with pytest.raises(SystemExit):
        capsys.readouterr()
        main(["ledger", "--json", "--home", str(home)])
    left = [seconds for task, seconds in asked if task is measure]
    assert 0 < len(left) < 12  # not even all pictures are opened, and none twice
    assert left == sorted(left, reverse=True)
    assert 0 < left[-1] <= left[0] <= 2
    (item,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert item["verdict"] == "held"
    assert "活动情况.docx" in {file["name"] for file in item["files"]}  # unopened, and not called missing


@pytest.mark.slow
def test_next_mail_of_a_sender_waits_behind_others_after_a_hard_one(home: Path, mailbox: ImapAccount) -> None:
    mailbox.append(hard(1, HARD, "濮阳县教育局"), START)
    mailbox.append(good(2, f"Hard <{HARD.upper()}>", "清丰县教育局"), START)
    mailbox.append(good(3, OTHER, "南乐县教育局"), START)
    mailbox.append(good(4, OTHER, "范县教育局"), START)
    poll(home)
    assert settled(home) == ["南乐县教育局", "范县教育局", "濮阳县教育局", "清丰县教育局"]
    mailbox.append(good(5, HARD, "台前县教育局"), START)
    mailbox.append(good(6, OTHER, "华龙区教育局"), START)
    poll(home, 31)
    assert settled(home)[4:] == ["华龙区教育局", "台前县教育局"]


def test_mails_of_a_sender_keep_their_order_where_none_was_hard(home: Path, mailbox: ImapAccount) -> None:
    units = ["濮阳县教育局", "清丰县教育局", "南乐县教育局"]
    for number, unit in enumerate(units):
        mailbox.append(good(number, HARD if number < 2 else OTHER, unit), START)
    poll(home)
    assert settled(home) == units
