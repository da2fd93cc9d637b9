"""`held supply`: files that a clerk downloaded are judged as if they had been attached."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from filelock import FileLock

from intake_bot.demo import media
from tests.commands.held_mails import (
    FILE,
    LATER,
    NOTE,
    OTHER,
    SMALL,
    VIDEO,
    accepted,
    big,
    downloaded,
    items_left,
    number_of,
    video_mail,
)
from tests.commands.homes import TestHome
from tests.commands.mails import mail, photos_zip
from tests.marking import slow


def test_supplied_file_is_judged_as_an_attachment(office: TestHome, held: str, tmp_path: Path) -> None:
    source = downloaded(tmp_path)
    code, printed = office.held("supply", held, source, now="2023-05-18T09:00:00+08:00")
    assert (code, "已收下" in printed, "信已发出" in printed) == (0, True, True), printed
    assert accepted(office) == [("濮阳县教育局", "视频")]
    assert office.run("held")[0] == 0
    to, subject, text = office.letters[-1]
    assert (to, subject) == ("school@qq.com", f"【已收】活动周濮阳县教育局视频（回执编号 {held}）")
    assert "15:00" in text
    with office.ledger() as ledger:
        [item] = [one for one in ledger.submissions.iterate_items() if not one.superseded]
        assert (item.late, [file.name for file in item.files], item.files[0].supplied) == (False, ["开幕式.mp4"], True)
        kept = office.root / "data" / "files" / item.files[0].path
    assert kept.read_bytes() == Path(source).read_bytes()
    Path(source).write_bytes(b"changed later")
    assert kept.read_bytes() != b"changed later"


def test_supplied_file_that_breaks_a_rule_is_rejected(office: TestHome, held: str, tmp_path: Path) -> None:
    code, printed = office.held("supply", held, downloaded(tmp_path, content=media.mp4(320, 240, 60)))
    assert (code, "已退回补正" in printed) == (0, True), printed
    assert accepted(office) == []
    assert office.run("held")[0] == 0
    assert "分辨率" in office.letters[-1][2]


@pytest.mark.parametrize("name", ["开幕式 (1).mp4", slow("开幕式（2）.MP4"), "video.mp4"])
def test_supplied_file_is_matched_by_its_name_or_number(office: TestHome, held: str, tmp_path: Path, name: str) -> None:
    code, printed = office.held("supply", held, downloaded(tmp_path, name))
    assert (code, "已收下" in printed) == (0, True), printed
    assert "开幕式.mp4" in office.letters[-1][2]


def test_links_without_a_supplied_file_still_hold_the_mail(office: TestHome, tmp_path: Path) -> None:
    office.receive(video_mail(big("开幕式.mp4"), big("闭幕式.mp4", OTHER)))
    office.poll()
    number = number_of(office)
    code, printed = office.held("supply", number, downloaded(tmp_path))
    assert (code, "还要看：视频：“闭幕式.mp4”" in printed) == (1, True), printed
    printed = office.run("held")[1]
    assert (OTHER in printed, FILE in printed) == (True, False)
    code, printed = office.held("supply", number, downloaded(tmp_path, "闭幕式.mp4", media.mp4(1280, 720, 61)))
    assert (code, "已收下" in printed) == (0, True), printed
    assert "开幕式.mp4" in office.letters[-1][2]
    assert "闭幕式.mp4" in office.letters[-1][2]


def test_supply_all_settles_every_link(office: TestHome, tmp_path: Path) -> None:
    office.receive(video_mail(big("开幕式.mp4"), big("闭幕式.mp4", OTHER)))
    office.poll()
    code, printed = office.held("supply", number_of(office), "--all", downloaded(tmp_path, "两个视频合在一起.mp4"))
    assert (code, "已收下" in printed) == (0, True), printed


def test_supply_judges_all_items_of_the_mail_again(office: TestHome, tmp_path: Path) -> None:
    office.receive(
        mail("活动周濮阳县教育局照片、视频材料", {"照片.zip": photos_zip()}, text=NOTE, html=NOTE + big("开幕式.mp4"))
    )
    office.poll()
    assert accepted(office) == [("濮阳县教育局", "照片")]
    code, printed = office.held("supply", number_of(office), downloaded(tmp_path))
    assert (code, sorted(accepted(office))) == (0, [("濮阳县教育局", "照片"), ("濮阳县教育局", "视频")]), printed


def test_day_of_a_mail_judged_again_does_not_move(office: TestHome, tmp_path: Path) -> None:
    """Within the hours after a deadline an accepted item fills the day just due; its own second judgement does not
    see it filled."""
    subject = "活动周濮阳县教育局照片、视频材料"
    made = mail(subject, {"照片.zip": photos_zip()}, text=NOTE, html=NOTE + big("开幕式.mp4"))
    office.receive(made, at="2023-05-17T17:00:00+08:00")
    office.poll("2023-05-17T17:05:00+08:00")
    code, printed = office.held("supply", number_of(office), downloaded(tmp_path), now="2023-05-17T17:10:00+08:00")
    assert (code, "照片（5月17日）：收下" in printed, "视频（5月17日）：收下" in printed) == (0, True, True), printed
    assert "与此前收到的文件" not in office.letters[-1][2]


def test_supply_works_while_the_service_holds_the_home(office: TestHome, held: str, tmp_path: Path) -> None:
    with FileLock(office.root / "data" / "intake-bot.lock"):
        code, printed = office.held("supply", held, downloaded(tmp_path))
    assert (code, "信在待发信箱里" in printed) == (0, True), printed
    office.poll()
    assert office.letters[-1][1].startswith("【已收】")


def test_supply_of_a_missing_file_is_refused(office: TestHome, held: str, tmp_path: Path) -> None:
    code, printed = office.held("supply", held, str(tmp_path / "没有.mp4"))
    assert (code, "没有这个文件" in printed) == (2, True)
    assert office.run("held")[0] == 1


def test_pieces_are_judged_again_as_one_submission(office: TestHome, tmp_path: Path) -> None:
    for piece in (1, 2):
        office.receive(
            mail(
                f"{VIDEO}（{piece}/2）", {f"说明{piece}.txt": NOTE.encode()}, text=NOTE,
                html=NOTE + big(f"视频{piece}.mp4", f"{FILE}{piece}"), sender="s@qq.com",
            )
        )  # fmt: skip
    office.poll()
    number = number_of(office)
    first, second = downloaded(tmp_path, "视频1.mp4"), downloaded(tmp_path, "视频2.mp4", media.mp4(1280, 720, 61))
    code, printed = office.held("supply", number, first, second)
    assert (code, "已收下" in printed) == (0, True), printed
    assert ["视频1.mp4" in office.letters[-1][2], "视频2.mp4" in office.letters[-1][2]] == [True, True]
    office.poll()
    assert list((office.root / "data" / "spool").iterdir()) == []
    assert office.run("held")[0] == 0


PHOTOS_AND_VIDEO = "活动周濮阳县教育局照片、视频材料"


def photos_and_video(photos: bytes, **headers: str) -> EmailMessage:
    """A mail whose video is held."""
    return mail(PHOTOS_AND_VIDEO, {"照片.zip": photos}, text=NOTE, html=NOTE + big("开幕式.mp4"), headers=headers)


def supply(office: TestHome, number: str, tmp_path: Path) -> tuple[int, str]:
    return office.held("supply", number, downloaded(tmp_path), now=LATER)


def accept(office: TestHome, number: str, _: Path) -> tuple[int, str]:
    return office.held("accept", number, now=LATER)


def reject(office: TestHome, number: str, _: Path) -> tuple[int, str]:
    return office.held("reject", number, "--reason", "链接打不开", now=LATER)


def retry(office: TestHome, number: str, _: Path) -> tuple[int, str]:
    return office.held("retry", number, now=LATER)


@pytest.mark.parametrize(
    ("act", "label", "decision"),
    [
        (supply, "【已收·迟报】", "accepted"),
        slow(accept, "【已收·迟报】", "accepted"),
        (reject, "【请补正】", "rejected"),
        slow(retry, "【待人工查看】", "held"),
    ],
)
def test_held_item_corrected_by_a_later_mail_is_settled(
    office: TestHome, tmp_path: Path, act: Callable[[TestHome, str, Path], tuple[int, str]], label: str, decision: str
) -> None:
    """Both mails arrive after the deadline, for the day just due: the second does not fill that day for the first."""
    office.receive(photos_and_video(SMALL), at="2023-05-17T17:00:00+08:00")
    office.poll("2023-05-17T17:01:00+08:00")
    number = number_of(office)
    office.receive(mail("活动周濮阳县教育局照片材料", {"照片.zip": photos_zip()}), at="2023-05-17T17:05:00+08:00")
    office.poll("2023-05-17T17:06:00+08:00")
    before = [("照片", "2023-05-17", "accepted"), ("视频", "2023-05-17", "held")]
    assert items_left(office) == before
    _, printed = act(office, number, tmp_path)
    assert "照片（" not in printed
    assert office.letters[-1][1] == f"{label}活动周濮阳县教育局视频（回执编号 {number}）"
    assert items_left(office) == [before[0], ("视频", "2023-05-17", decision)]


def test_supplement_judged_again_keeps_the_good_files(office: TestHome, tmp_path: Path) -> None:
    good = {"学生技能展示现场.jpg": media.jpeg(2400, 1800, min_bytes=2_100_000, seed=4)}
    office.receive(
        mail("活动周濮阳县教育局照片材料", {"旧照片.zip": media.zip_of({**good, "合影.jpg": media.jpeg(900, 600)})})
    )
    office.poll()
    letter = message_from_bytes(office.smtp.letters[0].raw, policy=default)
    office.receive(
        photos_and_video(photos_zip("实训室合影.jpg"), **{"In-Reply-To": letter["Message-ID"]}),
        at="2023-05-17T15:02:00+08:00",
    )
    office.poll()
    assert items_left(office) == [("照片", "2023-05-17", "accepted"), ("视频", "2023-05-17", "held")]
    code, printed = office.held("supply", number_of(office), downloaded(tmp_path))
    assert code == 0, printed
    assert items_left(office) == [("照片", "2023-05-17", "accepted"), ("视频", "2023-05-17", "accepted")]
    with office.ledger() as ledger:
        last = [one for one in ledger.submissions.iterate_items() if one.material == "照片"][-1]
    assert [file.name for file in last.files] == ["旧照片.zip", "照片.zip"]
