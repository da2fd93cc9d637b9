"""The bar, on a real terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.conftest import WriteMail

RAW = b"From: a@example.edu.cn\r\nTo: py8991718@126.com\r\nSubject: hello\r\n\r\nhello\r\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals in the standard library")
def test_json_output_to_a_file_is_free_of_the_progress_bar_on_the_terminal(
    home: Path, write_mail: WriteMail, tmp_path: Path
) -> None:
    mails = [str(write_mail(f"{n}.eml", RAW)) for n in range(3)]
    leader, terminal = os.openpty()
    out = tmp_path / "out.json"
    with out.open("wb") as file:
        command = [sys.executable, "-m", "intake_bot", "judge", "--json", "--home", str(home), *mails]
        child = subprocess.Popen(command, stdout=file, stderr=terminal)
    os.close(terminal)
    shown = b""
    try:
        while data := os.read(leader, 4096):
            shown += data
    except OSError:  # Linux: the last one has closed the terminal
        pass
    os.close(leader)
    assert child.wait() == 0
    assert "试判" in shown.decode("utf-8", "replace")
    assert [json.loads(line)["file"] for line in out.read_text(encoding="utf-8").splitlines()] == mails
