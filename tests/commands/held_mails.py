"""Mails that are held, and what the ledger has of them."""

from __future__ import annotations

import re
from email.message import EmailMessage
from pathlib import Path

from intake_bot.demo import media
from intake_bot.judging.verdict import Decision
from tests.commands.homes import TestHome
from tests.commands.mails import mail

VIDEO = "活动周濮阳县教育局视频材料"
NOTE = "视频为五月十七日我校技能展示活动，学生正在操作无人机。"
FILE = "https://mail.163.com/large-attachment-download/index.html?file=abc%2B1&x=2"
OTHER = "http://u.163.com/xyz9"
AGAIN_HINT = "；要改判，用 accept 或 reject，并加上 --again"
"""What `held` says of a receipt that was decided."""


def big(name: str, link: str = FILE, size: str = "180.2M") -> str:
    return f'<a href="{link.replace("&", "&amp;")}">{name}</a><span> ({size}, 2023年6月1日 0:49 到期)</span>'


def video_mail(*links: str, subject: str = VIDEO) -> EmailMessage:
    return mail(subject, text=NOTE, html=f"<p>{NOTE}</p>" + "".join(links or (big("开幕式.mp4"),)))


def number_of(office: TestHome) -> str:
    code, printed = office.run("held")
    assert code == 1, printed
    found = re.search(r"^\d{4}-\d", printed, re.MULTILINE)
    assert found, printed
    return found[0]


def downloaded(tmp_path: Path, name: str = "开幕式.mp4", content: bytes | None = None) -> str:
    path = tmp_path / "下载" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if content is not None else media.mp4(1280, 720, 60))
    return str(path)


def accepted(office: TestHome) -> list[tuple[str, str]]:
    with office.ledger() as ledger:
        items = ledger.submissions.find_reported_items("puyang-2023", (Decision.ACCEPTED,))
        return [(item.unit, item.material) for item in items]


SMALL = media.zip_of({"启动仪式领导讲话.jpg": media.jpeg(900, 600)})
LATER = "2023-05-17T17:20:00+08:00"


def items_left(office: TestHome) -> list[tuple[str, str, str]]:
    """Material, day and decision of what nothing has superseded."""
    with office.ledger() as ledger:
        items = [one for one in ledger.submissions.iterate_items() if not one.superseded]
    return sorted((one.material, str(one.day), one.decision.value) for one in items)
