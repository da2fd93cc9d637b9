"""Whole mails as bytes, as schools send them, and `judge --json` on them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

from intake_bot.cli import run
from intake_bot.config.defaults import defaults_dir
from intake_bot.demo import media
from tests.composing import composed

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
    to: str = PUYANG,
    headers: Mapping[str, str] | None = None,
    message_id: str = "",
) -> EmailMessage:
    """A mail to the Puyang bureau, if not `to` another."""
    return composed(
        subject,
        files,
        sender=sender,
        to=to,
        message_id=message_id or f"<{abs(hash((subject, sender)))}@school.example>",
        text=text,
        html=html,
        pictures=pictures,
        headers=headers,
    )


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


def listed(verdict: Mapping[str, Any]) -> list[str]:
    """The files that the letter lists, each with its state."""
    lines = [line.partition("] ") for line in verdict["reply"]["text"].splitlines() if line.startswith("[")]
    return [f"{state}] {name}" for state, _, names in lines for name in names.split("、")]
