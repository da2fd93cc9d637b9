"""Findings that need prior mail or the roster: duplicates, unknown senders, quotas, extensions."""

from __future__ import annotations

import pytest

from intake_bot.demo.media import chinese_text, docx, jpeg, zip_of
from tests.marking import slow
from tests.stories.office import Office

PHOTO = jpeg(2400, 1800, seed=1)
SMALLER = jpeg(2040, 1530, seed=1)
OTHER = jpeg(2400, 1800, seed=2)
NAME = "学生技能展示现场.jpg"


def codes(office: Office) -> list[list[str]]:
    return [sorted(f.code for item in mail.items for f in item.findings) for mail in office.mails()]


def test_duplicate_of_another_units_file_is_remarked_without_its_name(puyang: Office) -> None:
    files = {"照片.zip": zip_of({NAME: PHOTO, "焊接专业学生比赛.jpg": OTHER})}
    puyang.receive("2023-05-17 10:00", "活动周濮阳县教育局照片", files)
    puyang.receive("2023-05-17 10:01", "活动周范县教育局照片", files)
    _, letter = puyang.poll("2023-05-17 10:02")
    assert puyang.decisions() == [("照片", "accepted", False)] * 2
    assert "1001-9" not in letter.text
    assert "相同" not in letter.text
    assert "濮阳县教育局" not in letter.text
    digest = puyang.digest("2023-05-17 10:05")
    same = f"“范县教育局”的文件与“濮阳县教育局”报送的“照片.zip/{NAME}”相同（回执编号 1001-9）"
    assert f"{same}；像这样的共 2 处" in digest


def test_recompressed_duplicate_photo_is_remarked(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", "活动周濮阳县教育局照片", {"照片.zip": zip_of({NAME: PHOTO})})
    puyang.receive("2023-05-18 10:00", "活动周濮阳县教育局照片", {"照片.zip": zip_of({"今天的活动现场.jpg": SMALLER})})
    _, letter = puyang.poll("2023-05-18 10:02")
    assert "- 与此前收到的文件看起来相同（回执编号 1001-9）" in letter.text.splitlines()
    assert codes(puyang) == [[], ["file.duplicate"]]


def test_files_resent_after_a_rejection_are_no_duplicates(puyang: Office) -> None:
    both = zip_of({NAME: PHOTO, "启动仪式领导讲话.jpg": jpeg(900, 600, seed=2)})
    puyang.receive("2023-05-17 10:00", "活动周濮阳县教育局照片", {"照片.zip": both})
    puyang.receive("2023-05-17 11:00", "活动周濮阳县教育局照片", {"照片.zip": zip_of({NAME: PHOTO})})
    puyang.poll("2023-05-17 11:01")
    assert codes(puyang)[1] == []


def test_duplicate_with_severity_off_is_not_remarked(puyang: Office) -> None:
    puyang.edit("notices/puyang-2023.yaml", "file.duplicate: remark", "file.duplicate: off")
    for unit in ("濮阳县教育局", "范县教育局"):
        puyang.receive("2023-05-17 10:00", f"活动周{unit}照片", {"照片.zip": zip_of({NAME: PHOTO})})
    puyang.poll("2023-05-17 10:02")
    assert codes(puyang) == [[], []]
    assert [entry[1] for entry in puyang.decisions()] == ["accepted", "accepted"]


def test_unregistered_sender_is_reported_to_the_clerk_only(puyang: Office) -> None:
    puyang.edit(
        "rosters/puyang.csv", "濮阳县教育局,濮阳县|濮阳县教体局,县区,,", "濮阳县教育局,濮阳县,县区,,@county.example"
    )
    files = {"照片.zip": zip_of({NAME: PHOTO})}
    puyang.receive("2023-05-17 10:00", "活动周濮阳县教育局照片", files, sender="private@other.example")
    (letter,) = puyang.poll("2023-05-17 10:01")
    assert letter.subject == "【已收】活动周濮阳县教育局照片（回执编号 1001-9）"
    assert "登记" not in letter.text
    digest = puyang.digest("2023-05-17 10:05")
    assert "请留意：1 处" in digest
    assert "不在“濮阳县教育局”登记的邮箱里" in digest
    assert "首次来信的地址" not in digest


def test_doubtful_mail_is_held_and_not_answered(puyang: Office) -> None:
    forged = {"Authentication-Results": "mx.example.edu.cn; spf=fail smtp.mailfrom=x.example; dkim=none"}
    files = {"照片.zip": zip_of({NAME: PHOTO})}
    puyang.receive("2023-05-17 10:00", "活动周濮阳县教育局照片", files, headers=forged)
    assert puyang.poll("2023-05-17 10:01") == []
    assert puyang.decisions() == [("照片", "held", False)]
    digest = puyang.digest("2023-05-17 10:05")
    assert "① 要您办的：1 件" in digest
    assert "可能是冒名的，没有回信" in digest


@pytest.mark.parametrize(
    ("unit", "wanted", "after_one"),
    [
        pytest.param("肥东县教育体育局", 2, "尚需 1 篇", id="县"),
        pytest.param("合肥铁路工程学校", 1, "已经报够", id="学校"),
        slow("合肥工业学校", 2, "尚需 1 篇", id="省级示范校"),
    ],
)
def test_quota_counts_the_article_just_accepted(hefei: Office, unit: str, wanted: int, after_one: str) -> None:
    for count, said in ((1, after_one), (2, "已经报够")):
        story = {f"典型案例{count}.docx": docx([chinese_text(900 + count)])}
        hefei.receive(f"2023-05-18 1{count}:00", f"活动周{unit}宣传材料", story)
        (letter,) = hefei.poll(f"2023-05-18 1{count}:01")
        line = f"宣传材料：本单位已报 {count} 篇，{said}（通知要求不少于 {wanted} 篇）。"
        assert [one for one in letter.text.splitlines() if "已报" in one] == [line]


def test_quota_counts_two_articles_in_one_mail(hefei: Office) -> None:
    stories = {f"典型案例{n}.docx": docx([chinese_text(900 + n)]) for n in (1, 2)}
    hefei.receive("2023-05-18 10:00", "活动周肥东县教育体育局宣传材料", stories)
    (letter,) = hefei.poll("2023-05-18 10:01")
    assert "宣传材料：本单位已报 2 篇，已经报够（通知要求不少于 2 篇）。" in letter.text.splitlines()


def test_extension_moves_the_deadline_of_one_unit(puyang: Office) -> None:
    puyang.edit(
        "notices/puyang-2023.yaml",
        "# extensions:\n",
        "extensions:\n  - {unit: 濮阳县教育局, material: 照片, day: 2023-05-17, until: 5月19日12:00前}\n",
    )
    for unit, seed in (("濮阳县教育局", 1), ("范县教育局", 2)):
        photo = {"照片.zip": zip_of({NAME: jpeg(2400, 1800, seed=seed)})}
        puyang.receive("2023-05-19 11:00", f"活动周{unit}照片5月17日", photo)
    puyang.poll("2023-05-19 11:01")
    assert [(item.unit, item.late) for item in puyang.items()] == [("濮阳县教育局", False), ("范县教育局", True)]
