"""Whole mails as bytes, as schools send them, and `judge --json` on them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path
from typing import Any

from intake_bot.cli import run
from intake_bot.config.defaults import defaults_dir
from intake_bot.demo import media

PUYANG = "py8991718@126.com"
RECEIVED = "2023-05-17T15:00:00+08:00"
PHOTOS = "活动周濮阳县教育局照片材料"
NOTE = "现场照片为五月十七日我校技能展示活动，学生正在操作无人机，摄影张三。"


@cache
def photo(seed: int = 0) -> bytes:
    """As the Puyang notice wants it."""
    return media.jpeg(2400, 1800, min_bytes=2_100_000, seed=seed)


@cache
def photos_zip(name: str = "学生技能展示现场.jpg", seed: int = 0) -> bytes:
    return media.zip_of({name: photo(seed)})


def mail(
    subject: str,
    files: Mapping[str, bytes | EmailMessage] | None = None,
    *,
    text: str = "",
    html: str = "",
    pictures: Mapping[str, bytes] | None = None,
    sender: str = "school@qq.com",
    headers: Mapping[str, str] | None = None,
    message_id: str = "",
) -> EmailMessage:
    """A mail to the Puyang bureau. `pictures` are shown by the HTML under their names as Content-IDs; a file that is a
    mail is attached as one."""
    made = EmailMessage(SMTP)
    made["From"], made["To"], made["Subject"] = sender, PUYANG, subject
    made["Message-ID"] = message_id or f"<{abs(hash((subject, sender)))}@school.example>"
    for name, value in (headers or {}).items():
        made[name] = value
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
        shown = list(made.iter_parts())[1]
        assert isinstance(shown, EmailMessage)
        for cid, picture in (pictures or {}).items():
            shown.add_related(picture, "image", "jpeg", cid=f"<{cid}>", filename=f"{cid}.jpg", disposition="inline")
    for name, content in (files or {}).items():
        if isinstance(content, bytes):
            made.add_attachment(content, "application", "octet-stream", filename=name)
        else:
            made.add_attachment(content, filename=name)
    return made


def judged(folder: Path, mails: Sequence[EmailMessage | bytes], received: str = RECEIVED) -> list[dict[str, Any]]:
    """What `judge --json` prints, by the shipped configuration."""
    paths = []
    for number, one in enumerate(mails):
        path = folder / f"{number}.eml"
        path.write_bytes(one if isinstance(one, bytes) else one.as_bytes())
        paths.append(str(path))
    printed = io.StringIO()
    with redirect_stdout(printed):
        run(["judge", "--home", str(defaults_dir()), "--json", "--received", received, *paths])
    return [json.loads(line) for line in printed.getvalue().splitlines()]


def summary(verdict: Mapping[str, Any]) -> tuple[str, str | None, list[str], list[str]]:
    """Disposition, unit, materials, and all codes in order."""
    findings = [*verdict["findings"], *(finding for item in verdict["items"] for finding in item["findings"])]
    return (
        verdict["disposition"],
        verdict["unit"],
        [item["material"] for item in verdict["items"]],
        sorted({finding["code"] for finding in findings}),
    )
