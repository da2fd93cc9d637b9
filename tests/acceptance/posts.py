"""Mails as schools send them, each with what a patient clerk would say of it, and `judge --json` on all of them."""

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

CHINA = timezone(timedelta(hours=8))
Files = Mapping[str, bytes]
Make = Callable[[], Files]
"""Files are made only when their mail is written: all of them together would fill the memory."""
Verdict = Mapping[str, Any]
"""What `judge --json` prints of one mail."""

MAILBOXES = {
    "puyang-2023": "py8991718@126.com",
    "hefei-2023": "hfsjyzcc@163.com",
    "hebei-2023": "hbsjytzcc@163.com",
    "moe-2023": "zcs@moe.edu.cn",
}
NOTE = "五月十七日，我校在实训室举行技能展示活动，学生正在操作无人机。"
"""More than a greeting: it says what is seen."""


@dataclass(frozen=True)
class Case:
    """One mail: to which notice and clause it belongs, and what is expected of it."""

    notice: str
    clause: str
    """Empty for what holds under every notice."""
    what: str
    subject: str
    received: str
    """China's time, as 2023-05-17 15:00:00."""
    disposition: str
    codes: tuple[str, ...]
    """Of all findings, errors and remarks, in order of the alphabet."""
    files: Make
    text: str = ""
    html: str = ""
    pictures: Files | None = None
    """Shown by the HTML, under their names as Content-IDs."""
    mime: bytes = b""
    """Content-Type and all that follows, in the place of text, HTML and files."""
    day: str = ""
    """Of the first item, where it matters; `late` likewise."""
    late: bool | None = None

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.notice, self.clause, self.what) if part)


@dataclass(frozen=True)
class Under:
    """Makes the cases of one clause of a notice; `received` and `subject` are what they have in common."""

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
    """The mail, with the hour at which the bureau's server received it."""
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
    """What `judge --json` prints of each mail, by the name that it is given here."""
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
    """All findings: about the mail, and about each item."""
    return [*verdict["findings"], *(finding for item in verdict["items"] for finding in item["findings"])]


def codes_of(verdict: Verdict) -> tuple[str, ...]:
    return tuple(sorted({finding["code"] for finding in findings_of(verdict)}))


# ---- files -------------------------------------------------------------------------------------------------------


@cache
def photo(width: int = 2400, height: int = 1800, size: int = 2_000_000, seed: int = 0) -> bytes:
    """A JPEG of exactly so many pixels and bytes. Those behind its end are zeros, so that its mail stays small."""
    return media.jpeg(width, height, seed=seed).ljust(size, b"\0")


@cache
def small_photo(seed: int = 0) -> bytes:
    """As a chat program leaves it."""
    return media.jpeg(1280, 960, seed=seed)


def album(*pictures: bytes) -> Files:
    """照片.zip with these pictures, whose names say what is seen."""
    named = {f"学生技能展示现场{number or ''}.jpg": picture for number, picture in enumerate(pictures)}
    return {"照片.zip": media.zip_of(named)}


def one_photo(width: int = 2400, height: int = 1800, size: int = 2_000_000) -> Make:
    return lambda: album(photo(width, height, size))


def word(words: int = 1000, *notes: str, pictures: int = 0, links: tuple[str, ...] = ()) -> bytes:
    """A .docx of exactly so many 字, with closing `notes` beside them."""
    shown = [media.jpeg(640, 480, seed=number) for number in range(pictures)]
    return media.docx([media.chinese_text(words), *notes], shown, links)


def one_word(words: int = 1000) -> Make:
    return lambda: {"活动情况.docx": word(words)}


def one_video(width: int = 1280, height: int = 720, seconds: float = 5) -> Make:
    return lambda: {"实训.mp4": media.mp4(width, height, seconds)}


def big_video(size: int) -> Make:
    """视频.zip with an mp4 of exactly so many bytes: its frames are empty, so that the mail stays small."""
    return lambda: {"视频.zip": _packed_video(size)}


@cache
def _packed_video(size: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        video, archive = Path(folder) / "实训.mp4", Path(folder) / "视频.zip"
        media.write_mp4(video, 1280, 720, 60, size=size)
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
            package.write(video, video.name)
        return archive.read_bytes()
