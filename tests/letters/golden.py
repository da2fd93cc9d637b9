"""Whole letters compared with files under golden/.

After a wanted change: `WRITE_GOLDEN=1 pytest tests/letters`, then read the difference before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path

from intake_bot.letters.templates import Letter

FOLDER = Path(__file__).parent / "golden"


def assert_golden(name: str, letter: Letter) -> None:
    """The letter is, word for word, golden/`name`.txt (its subject first) and golden/`name`.html."""
    assert_same_text(f"{name}.txt", f"{letter.subject}\n\n{letter.text}")
    assert_same_text(f"{name}.html", letter.html)


def assert_same_text(file: str, written: str) -> None:
    """golden/`file` holds exactly this."""
    path = FOLDER / file
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(written, encoding="utf-8", newline="\n")
    assert written == path.read_text(encoding="utf-8")
