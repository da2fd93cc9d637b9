"""Whole letters compared with files under golden/.

After a wanted change: `WRITE_GOLDEN=1 pytest tests/letters`, then read the difference before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path

from intake_bot.letters.letter import Letter

_FOLDER = Path(__file__).parent / "golden"


def assert_golden(name: str, letter: Letter) -> None:
    """The letter is, word for word, golden/`name`.txt (its subject first) and golden/`name`.html."""
    _assert_same(_FOLDER / f"{name}.txt", f"{letter.subject}\n\n{letter.text}")
    _assert_same(_FOLDER / f"{name}.html", letter.html)


def _assert_same(path: Path, written: str) -> None:
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(written, encoding="utf-8", newline="\n")
    assert written == path.read_text(encoding="utf-8")
