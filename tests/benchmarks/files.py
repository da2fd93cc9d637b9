"""What does it cost to look at a file?

`python -m tests.benchmarks.files` prints milliseconds per file and kind: in this process, and by the worker, which
every file of a stranger goes through. Files are made here; the first one of each kind warms the caches.
"""

from __future__ import annotations

import gzip
import io
import statistics
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from intake_bot.demo import media
from intake_bot.files.archives.archive import Budget, Source, unpack
from intake_bot.files.archives.winmail import unpack_winmail
from intake_bot.files.facts import ARCHIVES, Kind, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.measure import measure
from intake_bot.files.sniff import sniff
from intake_bot.files.worker.worker import Worker
from tests.files import packages, papers, rars, samples, winmail
from tests.files.conftest import ALLOWANCE
from tests.files.sevens import SEVEN_ZIP, packed

LIMITS = FileLimits()


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """What schools send, at its usual size where that is easily made, else as another program wrote it."""
    photo = media.jpeg(4000, 3000, min_bytes=3_000_000)
    photos = {f"照片{number}.jpg": photo for number in range(3)}
    yield "jpeg 12 MP 3 MB", photo
    yield "jpeg with a second picture", samples.mpo()
    yield "png 2 MP", media.png(1600, 1200)
    yield from ((f"{form.lower()} of 64 × 48", samples.picture(form)) for form in ("GIF", "BMP", "WEBP", "TIFF"))
    yield "heic 12 MP, 48 tiles", samples.heic_in_tiles(4032, 3024, 48)
    yield "mp4 20 MB", media.mp4(1280, 720, 60, size=20_000_000)
    yield "avi 1500 frames", samples.avi(1280, 720, 1500)
    yield from _written_by_others()
    yield "docx 1500 字", media.docx([media.chinese_text(100)] * 15)
    yield "docx 74000 字", media.docx([media.chinese_text(37)] * 2000)
    yield "xlsx", media.xlsx([["标题", "1"]] * 50)
    yield "pptx", papers.pptx(["<a:p><a:t>活动周</a:t></a:p>"] * 50)
    yield (
        "ofd",
        papers.ofd('<ofd:TextObject Boundary="0 0 9 9"><ofd:TextCode X="0" Y="0">一</ofd:TextCode></ofd:TextObject>'),
    )
    yield "html", ("<html>" + "<p>说明" * 500).encode()
    yield "txt", ("说明" * 500).encode()
    yield "wordml 2003", packages.wordml("<w:p><w:r><w:t>说明</w:t></w:r></w:p>" * 500)
    yield "spreadsheetml 2003", packages.spreadsheetml("<Cell><Data>说明</Data></Cell>")
    yield "zip of 3 photos", media.zip_of(photos)
    yield "tar of 3 photos", _tar_of(photos)
    yield "gz of a photo", gzip.compress(photo, 1)
    yield "rar4 of 3 photos", rars.rar4(photos)
    yield "rar5 of 3 photos", rars.rar5(photos)
    yield "rar5 solid of 100 KB", rars.rar5_packed({"说明.txt": ("说明" * 16_000).encode()}, solid=True)
    yield (
        "winmail.dat of 3 photos",
        winmail.winmail(*(winmail.attachment(name.encode("gbk"), content) for name, content in photos.items())),
    )
    if SEVEN_ZIP is not None:
        yield "7z of 3 photos", packed(folder, "a.7z", photos)[0]
        yield "zip deflate64 of 3 photos", packed(folder, "b.zip", photos, "-mm=Deflate64")[0]


def _tar_of(members: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return written.getvalue()


def _written_by_others() -> Iterator[tuple[str, bytes]]:
    for path in sorted(Path(samples.__file__).parent.glob("documents/originals/*")):
        yield f"{path.suffix[1:]} of LibreOffice", path.read_bytes()
    for path in sorted(Path(samples.__file__).parent.glob("recorded/ffmpeg.*")):
        yield f"{path.suffix[1:]} of ffmpeg", path.read_bytes()


def report(every: Iterable[tuple[str, bytes]], rounds: int) -> Iterator[str]:
    """A row per file, and the costs of the worker itself."""
    yield f"{'file':28}{'in this process':>18}{'by the worker':>16}   (milliseconds, median of {rounds})"
    with Worker(ALLOWANCE) as worker, tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        worker.ask(nothing)
        yield f"{'start of the worker':28}{'':18}{_milliseconds(begin):16.1f}"
        yield f"{'a question and its answer':28}{'':18}{_median(rounds, lambda _: worker.ask(nothing)):16.2f}"
        for number, (name, content) in enumerate(every):
            path = samples.put(Path(folder), f"file {number}", content)
            kind = sniff(path)
            here = _median(rounds, partial(_here, path, kind))
            there = _median(rounds, partial(_there, worker, path, kind))
            yield f"{name:28}{here:18.1f}{there:16.1f}"


def _here(path: Path, kind: Kind, turn: int) -> None:
    look(path, kind, path.with_name(f"{path.name} here {turn}"))


def _there(worker: Worker, path: Path, kind: Kind, turn: int) -> None:
    worker.ask(look, path, kind, path.with_name(f"{path.name} there {turn}"))


def nothing() -> None:
    """The least that can be asked."""


def look(path: Path, kind: Kind, folder: Path) -> Trouble | None:
    """All that is done with a file: what kept it from being read, if anything did."""
    sniff(path, path.name)
    if kind is Kind.TNEF:
        unpack_winmail(path, folder, LIMITS.members)
        return None
    if kind in ARCHIVES:
        return unpack(Source((path,), kind), folder, Budget.of(LIMITS), LIMITS).trouble
    return measure(path, kind, LIMITS).trouble


def _median(rounds: int, task: Callable[[int], object]) -> float:
    """Of all rounds but the first, which comes in addition."""
    times = []
    for turn in range(rounds + 1):
        begin = time.perf_counter()
        task(turn)
        times.append(_milliseconds(begin))
    return statistics.median(times[1:])


def _milliseconds(since: float) -> float:
    return (time.perf_counter() - since) * 1000


if __name__ == "__main__":
    from tests.benchmarks import files as by_name  # the worker finds what it is asked by the module's name

    with tempfile.TemporaryDirectory() as place:
        for row in by_name.report(by_name.files(Path(place)), rounds=15):
            sys.stdout.write(row + "\n")
            sys.stdout.flush()
