"""Makes the README's pictures: the demo's digest and two of its letters on a phone. `python -m tests.pictures [FOLDER]`

It needs Chromium and a Chinese font (`apt-get install chromium fonts-noto-cjk`). The pictures go to docs/pictures/,
each below 100 KB. No test runs it: look at what it made.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from PIL import Image

from intake_bot.config.load import load
from intake_bot.demo.puyang import PUYANG_MAILS
from intake_bot.demo.sandbox import open_sandbox
from intake_bot.service.poll_cycle import PollCycle

WIDTH, MAXIMUM_HEIGHT = 390, 1240
"""Of a phone's screen, and of a picture, in CSS pixels."""
_SCALE = 1.5
_MAXIMUM_BYTES = 100_000
PICTURES = {
    "digest.png": "未报",
    "rejection.png": "【请补正】活动周濮阳技师学院照片",
    "receipt.png": "【已收】活动周濮阳县教育局照片",
}
"""Each with the beginning of the letter's subject."""
_CONTACTS = ("王芳,0393-5550101", "张建国,13900000000", "李敏,0393-5550102、13800000000", ",", "刘洋,13700000000")
"""Name and telephone of the units in turn, all invented."""


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/pictures")
    folder.mkdir(parents=True, exist_ok=True)
    pages = demo_pages()
    with open_browser() as browser:
        for name, subject in PICTURES.items():
            page = next(page for said, page in pages.items() if said.startswith(subject))
            picture = shrink(browser.photograph(page))
            assert len(picture) < _MAXIMUM_BYTES, f"{name}: {len(picture)} bytes"
            (folder / name).write_bytes(picture)
            print(f"{folder / name}: {len(picture)} bytes")


def demo_pages() -> Mapping[str, str]:
    """The letters of 濮阳's day in the demo, as pages by their subject."""
    with tempfile.TemporaryDirectory() as folder, open_sandbox(Path(folder) / "home") as sandbox:
        add_contacts(sandbox.home.root / "config")
        ready = replace(sandbox, settings=load(sandbox.home.root))
        ready.replay(PUYANG_MAILS, PollCycle)
        return dict(page_of(letter.raw) for letter in ready.letters)


def add_contacts(config: Path) -> None:
    """Names contacts, and has the week begin on the demo's day, so that nothing of the days before is missing."""
    roster = config / "rosters" / "puyang.csv"
    head, *units = roster.read_text(encoding="utf-8-sig").splitlines()
    named = [f"{unit},{_CONTACTS[number % len(_CONTACTS)]}" for number, unit in enumerate(units)]
    roster.write_text("\n".join([f"{head},联系人,电话", *named]), encoding="utf-8")
    notice = config / "notices" / "puyang-2023.yaml"
    text = notice.read_text(encoding="utf-8")
    text = text.replace("first: 2023-05-14", "first: 2023-05-17")
    notice.write_text(text.replace('contact: ""', 'contact: "职成科 0393-5550100"'), encoding="utf-8")


def page_of(raw: bytes) -> tuple[str, str]:
    """Subject and HTML of a letter, with its pictures in it."""
    letter = message_from_bytes(raw, EmailMessage, policy=default)
    body = letter.get_body(("html",))
    assert body is not None
    page = body.get_content()
    for part in letter.walk():
        if part["Content-ID"]:
            content = b64encode(part.get_content()).decode()
            page = page.replace(f"cid:{part['Content-ID'].strip('<>')}", f"data:image/jpeg;base64,{content}")
    return letter["Subject"], page


class Browser:
    """A headless Chromium, spoken to over two pipes in its DevTools protocol: JSON, each message closed by a zero."""

    def __init__(self, commands: io.BufferedWriter, answers: io.BufferedReader, folder: Path) -> None:
        self._commands, self._answers, self._folder = commands, answers, folder
        self._number, self._rest, self._session = 0, b"", ""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._call("Page.enable")

    def photograph(self, page: str) -> bytes:
        """A PNG of the page as a phone shows it, from its beginning."""
        file = self._folder / "page.html"
        file.write_text(page, encoding="utf-8")
        self._call("Emulation.setDeviceMetricsOverride", width=WIDTH, height=1, deviceScaleFactor=_SCALE, mobile=True)
        self._call("Page.navigate", url=file.as_uri())
        while self._read().get("method") != "Page.loadEventFired":
            pass
        height = min(self._call("Page.getLayoutMetrics")["cssContentSize"]["height"], MAXIMUM_HEIGHT)
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}
        shot = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        return b64decode(shot["data"])

    def close(self) -> None:
        self._call("Browser.close")

    def _call(self, method: str, **params: object) -> Any:
        self._number += 1
        session = {"sessionId": self._session} if self._session else {}
        message = {"id": self._number, "method": method, "params": params, **session}
        self._commands.write(json.dumps(message).encode() + b"\0")
        self._commands.flush()
        while (answer := self._read()).get("id") != self._number:
            pass
        return answer["result"]

    def _read(self) -> Mapping[str, Any]:
        while b"\0" not in self._rest:
            self._rest += self._answers.read1()
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Chromium in a profile of its own. It reads commands from descriptor 3 and answers on descriptor 4."""
    (its_input, commands), (answers, its_output) = os.pipe(), os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        redirect = f'exec chromium "$@" 3<&{its_input} 4>&{its_output}'
        options = ["--headless=new", "--no-sandbox", "--hide-scrollbars", "--remote-debugging-pipe"]
        chromium = subprocess.Popen(
            ["bash", "-c", redirect, "bash", *options, f"--user-data-dir={profile}"],
            pass_fds=(its_input, its_output),
            stderr=subprocess.DEVNULL,
        )
        os.close(its_input)
        os.close(its_output)
        with os.fdopen(commands, "wb") as written, os.fdopen(answers, "rb") as read:
            browser = Browser(written, read, Path(profile))
            yield browser
            browser.close()
        chromium.wait(30)


def shrink(png: bytes) -> bytes:
    """The picture with 64 colours, which is enough for letters."""
    target = io.BytesIO()
    few = Image.open(io.BytesIO(png)).convert("RGB").quantize(64, dither=Image.Dither.NONE)
    few.save(target, "PNG", optimize=True)
    return target.getvalue()


if __name__ == "__main__":
    main()
