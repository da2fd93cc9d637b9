from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from intake_bot.digests.returned import reply_status, returned_lines, sum_up_faults
from intake_bot.judging.verdict import Decision, Disposition, Finding
from intake_bot.ledger.values.records import FiledItem, FiledMail
from intake_bot.ledger.values.states import LetterState, MessageState
from intake_bot.letters.digest_lines import ReplyStatus
from intake_bot.notices.notice import Severity
from tests.digests.reports import NOON, mail
from tests.digests.standings import day


def fault(code: str, found: str, file: str | None = None, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(code, severity, found, file=file)


def pixels(width: int, file: str) -> Finding:
    return fault("photo.too_few_pixels", f"图片为{width}×960像素，长边{width}像素", file)


def rejected(material: str, *findings: Finding) -> FiledItem:
    return FiledItem(material, day(17), NOON, False, Decision.REJECTED, findings, (), False)


def sent_back(receipt: str, *items: FiledItem, unit: str | None = "甲校") -> FiledMail:
    base = replace(mail(receipt), state=MessageState.JUDGED, disposition=Disposition.REJECTED, unit=unit)
    return replace(base, items=items, received=NOON + timedelta(minutes=int(receipt[3])))


FAULTS = {
    "one file": ([pixels(1280, "1.jpg")], ("图片为1280×960像素，长边1280像素",)),
    "many photos with few pixels": (
        [pixels(1000 + n, f"{n}.jpg") for n in range(12)],
        ("12 张照片像素不够：最大 1011 像素",),
    ),
    "many small files": (
        [fault("photo.too_small", f"图片大小为{size}", size) for size in ("82KB", "1.99MB", "900字节")],
        ("3 张照片文件太小：最大 1.99 MB",),
    ),
    "the same of many files": (
        [fault("photo.not_in_archive", "图片没有放进压缩包", f"{n}.jpg") for n in range(3)],
        ("3 张图片没有放进压缩包",),
    ),
    "different of two files": (
        [fault("document.not_word", f"这个文件实际是{kind}", f"{kind}.doc") for kind in ("PDF", "图片")],
        ("2 个文件，例如“PDF.doc”：这个文件实际是PDF",),
    ),
    "two things that are missing": (
        [fault("part.missing", "没有找到照片"), fault("part.missing", "没有找到文字")],
        ("没有找到照片", "没有找到文字"),
    ),
    "a remark": ([fault("file.unexpected", "没有用到", "x", Severity.REMARK)], ()),
}


@pytest.mark.parametrize(("findings", "said"), FAULTS.values(), ids=FAULTS)
def test_faults_of_one_kind_are_one_sentence(findings: list[Finding], said: tuple[str, ...]) -> None:
    assert sum_up_faults(findings) == said


def test_newest_return_of_an_item_is_listed_alone_and_newest_first() -> None:
    mails = [
        sent_back("1001-9", rejected("照片", pixels(1, "a"))),
        sent_back("1002-4", rejected("照片", pixels(2, "a")), rejected("文字材料", pixels(3, "a"))),
        sent_back("1003-2", unit=None),
    ]
    found = returned_lines(mails, frozenset())
    assert [(line.unit, line.name, line.receipt) for line in found] == [
        ("", "材料", "1003-2"),
        ("甲校", "文字材料（5月17日）", "1002-4"),
        ("甲校", "照片（5月17日）", "1002-4"),
    ]


def test_returns_of_one_unit_with_the_same_faults_share_a_line() -> None:
    mails = [sent_back(f"100{n}-9", replace(rejected("照片", pixels(1, "a")), day=day(14 + n))) for n in range(3)]
    (line, other) = returned_lines([*mails, sent_back("1004-1", rejected("照片", pixels(1, "a")), unit="乙校")], ())
    assert (line.unit, other.unit, other.items) == ("乙校", "甲校", 3)
    assert (other.name, other.receipt) == ("照片（5月14—16日）", "1000-9、1001-9、1002-9")


def test_return_of_an_item_that_is_in_by_now_is_not_listed() -> None:
    mails = [sent_back("1001-9", rejected("照片", pixels(1, "a")), replace(rejected("视频"), superseded=True))]
    assert returned_lines(mails, {("甲校", "照片", day(17))}) == ()


def test_supplemented_return_is_not_listed() -> None:
    assert returned_lines([replace(sent_back("1001-9"), supplemented=True)], frozenset()) == ()


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (None, ReplyStatus.NONE),
        (LetterState.QUEUED, ReplyStatus.SENT),
        (LetterState.WITHHELD, ReplyStatus.WITHHELD),
        (LetterState.BOUNCED, ReplyStatus.BOUNCED),
        (LetterState.FAILED, ReplyStatus.UNDELIVERED),
        (LetterState.DEFERRED, ReplyStatus.UNDELIVERED),
    ],
)
def test_reply_status_says_whether_the_school_read_it(state: LetterState | None, status: ReplyStatus) -> None:
    assert reply_status(state) is status
