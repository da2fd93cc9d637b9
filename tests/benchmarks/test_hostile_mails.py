"""No mail takes more than 10 seconds of the processor, or 120 MB of memory, in the process that reads it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.folder import MOST_BYTES, MOST_SECONDS
from tests.hostile_mails import OVERSIZED

# In a process of its own: the tests' own memory is large already, and a busy machine must not count as a slow mail.
PROGRAM = """
import json, sys
from pathlib import Path
from intake_bot.config.defaults import defaults_dir
from tests.benchmarks.folder import judged
options = ["--home", str(defaults_dir()), "--bureau", "puyang", "--received", "2023-05-17T15:00:00+08:00"]
costs = judged(sorted(Path(sys.argv[1]).iterdir()), options)
print(json.dumps({cost.path.name: [cost.processor_seconds, cost.peak_bytes, cost.trace] for cost in costs}))
"""

FEW = ("folded field of 8 MB", "100 levels", "tags that never end")
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells the memory of one mail")


@pytest.mark.slow
@LINUX
def test_no_hostile_mail_takes_more_memory(tmp_path: Path) -> None:
    _measure(FEW, tmp_path)


@pytest.mark.slow
@LINUX
@pytest.mark.timeout(600)
def test_no_hostile_mail_is_over_the_limits(tmp_path: Path) -> None:
    for name, seconds in _measure(tuple(OVERSIZED), tmp_path).items():
        assert seconds < MOST_SECONDS, name


def _measure(names: tuple[str, ...], folder: Path) -> dict[str, float]:
    """The processor seconds of each mail; none raises an exception or takes more memory than a mail may."""
    for name in names:
        (folder / name).write_bytes(OVERSIZED[name]())
    measured = subprocess.run([sys.executable, "-c", PROGRAM, str(folder)], check=True, stdout=subprocess.PIPE)
    costs = json.loads(measured.stdout)
    assert set(costs) == set(names)
    for name, (_, peak, trace) in costs.items():
        assert trace == "", name
        assert 0 < peak < MOST_BYTES, name
    return {name: seconds for name, (seconds, *_) in costs.items()}
