"""Mails as schools send them, each with the expected outcome, and `judge --json` for all of them."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from intake_bot.cli import run
from intake_bot.demo import media
from tests.composing import composed
from tests.videos import write_video

CHINA = timezone(timedelta(hours=8))
Files = Mapping[str, bytes]
Make = Callable[[], Files]
"""Files are made when their mail is written: all of them together would fill the memory."""
Verdict = Mapping[str, Any]
"""The output of `judge --json` for one mail."""

MAILBOXES = {
    "puyang-2023": "py8991718@126.com",
    "hefei-2023": "hfsjyzcc@163.com",
    "hebei-2023": "hbsjytzcc@163.com",
    "moe-2023": "zcs@moe.edu.cn",
}
NOTE = "五月十七日，我校在实训室举行技能展示活动，学生正在操作无人机。"
"""A caption: more than a greeting."""


@dataclass(frozen=True)
class Case:
    """One mail, with its notice and clause, and the expected outcome."""

    notice: str
    clause: str
    """Empty for cases of every notice."""
    what: str
    subject: str
    received: str
    """China time: 2023-05-17 15:00:00."""
    disposition: str
    codes: tuple[str, ...]
    """Codes of all findings, sorted."""
    files: Make
    text: str = ""
    html: str = ""
    pictures: Files | None = None
    """Files inside the HTML, with their names as Content-IDs."""
    mime: bytes = b""
    """Content-Type and all that follows, in the place of text, HTML and files."""
    day: str = ""
    """Day of the first item, where it matters; `late` likewise."""
    late: bool | None = None

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.notice, self.clause, self.what) if part)


@dataclass(frozen=True)
class Under:
    """Makes cases of one clause of a notice, with the same `received` and `subject`."""

    notice: str
    clause: str
    subject: str
    received: str

    def accepted(self, what: str, files: Make, *codes: str, **more: Any) -> Case:
        return self._case("accepted", what, files, codes, more)

    def rejected(self, what: str, files: Make, *codes: str, **more: Any) -> Case:
        return self._case("rejected", what, files, codes, more)

    def held(self, what: str, files: Make, *codes: str, **more: Any) -> Case:
        return self._case("held", what, files, codes, more)

    def _case(self, disposition: str, what: str, files: Make, codes: Iterable[str], more: dict[str, Any]) -> Case:
        common = {"subject": self.subject, "received": self.received}
        return Case(
            notice=self.notice,
            clause=self.clause,
            what=what,
            disposition=disposition,
            codes=tuple(sorted(codes)),
            files=files,
            **{**common, **more},
        )


def nothing() -> Files:
    """A mail without attachments."""
    return {}


def raw(case: Case) -> bytes:
    """The mail with the header of the bureau's server that received it."""
    moment = datetime.fromisoformat(case.received).replace(tzinfo=CHINA)
    mail = composed(
        case.subject,
        None if case.mime else case.files(),
        sender="school@qq.com",
        to=MAILBOXES[case.notice],
        message_id=f"<{hashlib.sha256(case.name.encode()).hexdigest()[:16]}@school.example>",
        text=case.text,
        html=case.html,
        pictures=case.pictures,
        headers={"Received": f"from school.example by mx.example with ESMTP; {format_datetime(moment)}"},
    )
    if not case.mime:
        return mail.as_bytes()
    for name in ("Content-Type", "Content-Transfer-Encoding"):
        del mail[name]
    header = mail.as_bytes().partition(b"\r\n\r\n")[0]
    return header + b"\r\n" + case.mime


def judged(folder: Path, home: Path, mails: Iterable[tuple[str, bytes]]) -> dict[str, Verdict]:
    """Returns name → output of `judge --json` for each mail."""
    paths = {}
    for number, (name, content) in enumerate(mails):
        paths[name] = folder / f"{number:03}.eml"
        paths[name].write_bytes(content)
    printed = io.StringIO()
    with redirect_stdout(printed):
        run(["judge", "--home", str(home), "--json", *map(str, paths.values())])
    lines = [json.loads(line) for line in printed.getvalue().splitlines()]
    return dict(zip(paths, lines, strict=True))


def findings_of(verdict: Verdict) -> list[dict[str, str]]:
    """Returns all findings, of the mail and of its items."""
    return [*verdict["findings"], *(finding for item in verdict["items"] for finding in item["findings"])]


def codes_of(verdict: Verdict) -> tuple[str, ...]:
    return tuple(sorted({finding["code"] for finding in findings_of(verdict)}))


# ---- files -------------------------------------------------------------------------------------------------------


@cache
def photo(width: int = 2400, height: int = 1800, size: int = 2_000_000, seed: int = 0) -> bytes:
    """A JPEG of exactly this size in pixels and bytes. Its tail is zeros, so that the mail compresses well."""
    return media.jpeg(width, height, seed=seed).ljust(size, b"\0")


@cache
def small_photo(seed: int = 0) -> bytes:
    """A photo as a chat program saves it."""
    return media.jpeg(1280, 960, seed=seed)


def album(*pictures: bytes) -> Files:
    """照片.zip with these pictures, under descriptive names."""
    named = {f"学生技能展示现场{number or ''}.jpg": picture for number, picture in enumerate(pictures)}
    return {"照片.zip": media.zip_of(named)}


def one_photo(width: int = 2400, height: int = 1800, size: int = 2_000_000) -> Make:
    return lambda: album(photo(width, height, size))


def word(words: int = 1000, *notes: str, pictures: int = 0, links: tuple[str, ...] = ()) -> bytes:
    """A .docx of exactly this number of 字, and `notes` at its end."""
    shown = [media.jpeg(640, 480, seed=number) for number in range(pictures)]
    return media.docx([media.chinese_text(words), *notes], shown, links)


def one_word(words: int = 1000) -> Make:
    return lambda: {"活动情况.docx": word(words)}


def one_video(width: int = 1280, height: int = 720, seconds: float = 5) -> Make:
    return lambda: {"实训.mp4": media.mp4(width, height, seconds)}


def big_video(size: int) -> Make:
    """视频.zip with an mp4 of exactly this number of bytes. Its frames are empty, so that the mail stays small."""
    return lambda: {"视频.zip": _packed_video(size)}


@cache
def _packed_video(size: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        video, archive = Path(folder) / "实训.mp4", Path(folder) / "视频.zip"
        write_video(video, size)
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
            package.write(video, video.name)
        return archive.read_bytes()
