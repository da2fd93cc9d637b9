"""A corrected subject: every file of the first mail stays, also those that only a person can open."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from intake_bot.demo.media import zip_of
from tests.files import papers, samples
from tests.files.compound import compound
from tests.marking import slow_but
from tests.stories.office import Office
from tests.stories.photos import GOOD, GOOD_NAME, SMALL, file_names

OUTLOOK_MAIL = compound({"__properties_version1.0": b""})
KEPT: Mapping[str, tuple[str, Mapping[str, bytes], str, str]] = {
    "a good file": ("照片", {"照片.zip": zip_of({GOOD_NAME: GOOD})}, "accepted", "【已收】"),
    "a scan for a person": ("文字材料", {"活动情况.pdf": papers.pdf("", picture=True)}, "held", "【待人工查看】"),
    "a mail for a person": ("文字材料", {"材料.msg": OUTLOOK_MAIL}, "held", "【待人工查看】"),
    "a document of another program": ("文字材料", {"活动情况.doc": samples.OLE}, "held", "【待人工查看】"),
    "a faulty photo beside a good one": (
        "照片", {"照片.zip": zip_of({GOOD_NAME: GOOD, "领导讲话现场.jpg": SMALL})}, "rejected", "【请补正】",
    ),
    "a file that nobody asked for": (
        "照片", {"照片.zip": zip_of({GOOD_NAME: GOOD}), "校歌.mp3": b"ID3" + bytes(500)}, "accepted", "【已收】",
    ),
}  # fmt: skip
FEW = ("a scan for a person", "a faulty photo beside a good one", "a file that nobody asked for")


@pytest.mark.parametrize(("material", "files", "decision", "says"), slow_but(FEW, KEPT))
def test_corrected_subject_keeps_every_file(
    puyang: Office, material: str, files: Mapping[str, bytes], decision: str, says: str
) -> None:
    puyang.receive("2023-05-17 10:00", f"活动周濮阳县教育居{material}", files)
    (first,) = puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-17 11:00", f"活动周濮阳县教育局{material}材料", answers=first, text="主题改好了，谢谢")
    (letter,) = puyang.poll("2023-05-17 11:01")
    item = puyang.items()[1]
    assert (item.unit, item.decision.value) == ("濮阳县教育局", decision)
    assert letter.subject.startswith(says)
    kept = {file.name: file.path for file in puyang.mails()[1].files}
    assert set(files) <= set(kept)
    if decision != "accepted":
        assert set(file_names(item)) == set(files)


def test_faults_beside_the_subject_are_named_again(puyang: Office) -> None:
    files = {"照片.zip": zip_of({GOOD_NAME: GOOD, "领导讲话现场.jpg": SMALL})}
    puyang.receive("2023-05-17 10:00", "活动周濮阳县教育居照片", files)
    (first,) = puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-17 11:00", "活动周濮阳县教育局照片", answers=first, text="主题已改，重新报送")
    (letter,) = puyang.poll("2023-05-17 11:01")
    assert "照片太小：900×600，长边 900 像素、48 KB；要求 2000 像素以上、" in letter.text
    assert "没有找到照片" not in letter.text


def test_return_without_a_unit_is_listed_until_its_mailbox_has_sent_it_anew(puyang: Office) -> None:
    files = {"照片.zip": zip_of({GOOD_NAME: GOOD})}
    puyang.receive("2023-05-17 10:00", "活动周濮阳县教育居照片", files)
    puyang.receive("2023-05-17 10:30", "活动周濮阳县教育局照片", files, sender="other@school.example")
    puyang.poll("2023-05-17 10:31")
    assert "（单位不明）" in puyang.digest("2023-05-17 10:32")
    puyang.receive("2023-05-17 11:00", "活动周范县教育局视频", files)
    puyang.poll("2023-05-17 11:01")
    assert "（单位不明）" in puyang.digest("2023-05-17 11:02")
    puyang.receive("2023-05-17 12:00", "活动周范县教育局照片", files)
    puyang.poll("2023-05-17 12:01")
    assert "（单位不明）" not in puyang.digest("2023-05-17 12:02")
