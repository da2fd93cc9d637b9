"""Every kind that is measured is among the files of the benchmark, and each of them opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.demo import media
from intake_bot.files.facts import ARCHIVES, PHOTOS, TEXTS, VIDEOS, Kind, Trouble
from intake_bot.files.sniff import sniff
from tests.benchmarks.files import files, look, report
from tests.files import samples

_NOT_READ = {Kind.PPT, Kind.OLE, Kind.IWORK, Kind.OTHER_ARCHIVE, Kind.PACKAGE, Kind.XLSB, Kind.XML}


@pytest.mark.slow
def test_files_of_every_kind_open(tmp_path: Path) -> None:
    kinds, troubled = set(), {}
    for name, content in files(tmp_path):
        path = samples.put(tmp_path, "file", content)
        kind = sniff(path)
        kinds.add(kind)
        if trouble := look(path, kind, tmp_path / "unpacked"):
            troubled[name] = trouble
    assert kinds == (PHOTOS | VIDEOS | TEXTS | ARCHIVES) - _NOT_READ
    assert troubled == {"webm of ffmpeg": Trouble.UNSUPPORTED}  # it does not tell its length


def test_report_has_a_row_for_each_file() -> None:
    every = [("photo", media.png(64, 48)), ("text", b"x"), ("archive", media.zip_of({"a.txt": b"x"}))]
    assert [row[:28].rstrip() for row in report(every, rounds=1)][3:] == [name for name, _ in every]
