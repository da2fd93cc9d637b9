"""Everything hostile in one mail, inspected by a process that has all rooms loaded, as the service has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from intake_bot.files.facts import Trouble
from intake_bot.files.inspect import inspect_files
from intake_bot.files.limits import FileLimits
from intake_bot.files.worker.worker import Worker
from intake_bot.mail.message import Attachment
from tests.files import samples
from tests.files.hostile import Files, corpus, long, quick

_MOST_BYTES = 120_000_000


def written(folder: Path, made: Files) -> dict[Attachment, Trouble | None]:
    """The files, with the trouble of each."""
    return {samples.attached(folder, name, content): trouble for name, content, trouble in made}


@pytest.mark.parametrize("made", [quick, pytest.param(long, marks=pytest.mark.slow)])
def test_hostile_file_has_expected_trouble(tmp_path: Path, worker: Worker, made: Callable[[], Files]) -> None:
    files = written(tmp_path, made())
    found = {
        file.name: inspect_files([file], tmp_path / file.sha256, FileLimits(), worker)[0].facts.trouble
        for file in files
    }
    assert found == {file.name: trouble for file, trouble in files.items()}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads its own peak from /proc")
def test_hostile_files_take_little_memory_of_service(tmp_path: Path) -> None:
    files = written(tmp_path, corpus())
    keeper = samples.put(tmp_path, "keeper.py", _KEEPER.encode())
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, keeper, tmp_path, *(file.path for file in files)],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        check=True,
        text=True,
    )
    inspected, peak = json.loads(done.stdout)
    assert inspected >= len(files)
    assert peak < _MOST_BYTES


_KEEPER = """
import json, sys
from pathlib import Path
import intake_bot.service.poll_cycle
from intake_bot.files.inspect import inspect_files
from intake_bot.files.limits import FileLimits
from intake_bot.files.worker.worker import Worker
from intake_bot.mail.message import Attachment
from tests.files.conftest import ALLOWANCE

work, *paths = (Path(argument) for argument in sys.argv[1:])
files = [Attachment(path.name, path, path.stat().st_size, path.name, "") for path in paths]
with Worker(ALLOWANCE) as worker:
    found = inspect_files(files, work / "work", FileLimits(), worker)
(peak,) = (line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps([len(found), int(peak) * 1024]))
"""
