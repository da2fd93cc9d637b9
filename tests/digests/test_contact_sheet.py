"""The contact sheet, made of real files in the store by a real worker."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from intake_bot.demo.media import jpeg, zip_of
from intake_bot.digests.contact_sheet import MAXIMUM_PHOTOS, choose_items, make_contact_sheet
from intake_bot.files.facts import Kind
from intake_bot.files.limits import FileLimits
from intake_bot.files.worker.worker import Worker
from intake_bot.judging.verdict import Decision, Disposition
from intake_bot.ledger.values.records import FiledItem, FiledMail, KeptFile
from intake_bot.ledger.values.states import MessageState
from intake_bot.letters.digest_lines import PhotoLine
from tests.digests.reports import NOON, mail
from tests.digests.standings import day
from tests.files.conftest import ALLOWANCE


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(ALLOWANCE) as one:
        yield one


def kept(root: Path, name: str, content: bytes, kind: Kind) -> KeptFile:
    (root / name).write_bytes(content)
    return KeptFile(name, name, "0" * 64, len(content), kind)


def accepted(receipt: str, *files: KeptFile, decision: Decision = Decision.ACCEPTED) -> FiledMail:
    item = FiledItem("照片", day(17), NOON, False, decision, (), files, False)
    base = replace(mail(receipt), state=MessageState.JUDGED, disposition=Disposition.ACCEPTED, unit="甲校")
    return replace(base, items=(item,))


def test_photos_in_an_archive_are_shown_small_with_unit_name_and_pixels(tmp_path: Path, worker: Worker) -> None:
    archive = zip_of({"照片/开幕式.jpg": jpeg(640, 480, seed=1), "照片/说明.txt": "说明".encode()})
    mails = [accepted("1001-9", kept(tmp_path, "照片.zip", archive, Kind.ZIP))]
    sheet = make_contact_sheet(mails, tmp_path, FileLimits(), worker)
    (line,), (picture,) = sheet.lines, sheet.pictures
    assert line == PhotoLine("p1.1001-9@intake", "甲校", "开幕式", "640×480", "1001-9", 1)
    assert picture.cid == line.cid
    with Image.open(io.BytesIO(picture.content)) as image:
        assert (image.format, image.size) == ("JPEG", (320, 240))


def test_comment_of_a_photo_is_not_in_its_small_picture(tmp_path: Path, worker: Worker) -> None:
    photo = jpeg(640, 480, min_bytes=2_000_000, seed=1)  # comments fill it up
    sheet = make_contact_sheet(
        [accepted("1001-9", kept(tmp_path, "现场.jpg", photo, Kind.JPEG))], tmp_path, FileLimits(), worker
    )
    assert len(sheet.pictures[0].content) < 20_000


def test_files_that_are_damaged_lost_or_rejected_are_left_out(tmp_path: Path, worker: Worker) -> None:
    lost = KeptFile("没了.jpg", "没了.jpg", "0" * 64, 9, Kind.JPEG)
    broken = kept(tmp_path, "坏.zip", b"PK\x03\x04 nothing", Kind.ZIP)
    good = kept(tmp_path, "好.jpg", jpeg(400, 300, seed=2), Kind.JPEG)
    mails = [accepted("1001-9", lost, broken, good), accepted("1002-4", good, decision=Decision.REJECTED)]
    sheet = make_contact_sheet(mails, tmp_path, FileLimits(), worker)
    assert [line.caption for line in sheet.lines] == ["好"]


def test_day_without_photos_has_no_sheet(tmp_path: Path, worker: Worker) -> None:
    text = kept(tmp_path, "说明.docx", b"x", Kind.DOCX)
    sheet = make_contact_sheet([accepted("1001-9", text)], tmp_path, FileLimits(), worker)
    assert (sheet.lines, sheet.pictures) == ((), ())


@pytest.mark.parametrize(("count", "items", "photos"), [(1, 1, 3), (12, 12, 2), (24, 24, 1), (40, 24, 1)])
def test_newest_items_share_the_sheet(tmp_path: Path, count: int, items: int, photos: int) -> None:
    file = KeptFile("a.jpg", "a.jpg", "0" * 64, 9, Kind.JPEG)
    chosen = choose_items([accepted(f"{1000 + n}-0", file) for n in range(count)])
    assert (len(chosen), {one.photos for one in chosen}) == (items, {photos})
    assert chosen[0].receipt == f"{999 + count}-0"
    assert len(chosen) * photos <= MAXIMUM_PHOTOS
