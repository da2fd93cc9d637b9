"""The week report shows the photos that a clerk has picked, and names those that it cannot show."""

from __future__ import annotations

import pytest

from intake_bot.demo.media import jpeg, zip_of
from intake_bot.digests.week import photos
from tests.stories.clerk import CLERK, PHOTO, order, to, undo_line
from tests.stories.office import Office
from tests.stories.photos import GOOD
from tests.stories.picks import FANXIAN, OPENING, THIRD, two_photos, week_photos, week_words


def test_picked_photos_are_named_shown_in_the_week_report_and_picked_no_more_after_an_undo(office: Office) -> None:
    digest = two_photos(office)
    assert "写上“选”和照片的号，如：选 1" in digest.text
    assert week_photos(office) == ("活动照片", ["范县教育局：技能比武现场", "濮阳县教育局：开幕式现场"])
    (letter,) = order(office, "选 2", digest, "2023-05-17 17:40")
    assert letter.subject == "【已办】选 2"
    assert "2 号　濮阳县教育局：开幕式现场" in letter.text
    assert "一共选了 1 张" in letter.text
    assert week_photos(office) == ("优秀照片", ["濮阳县教育局：开幕式现场"])
    (undone,) = order(office, undo_line(letter), letter, "2023-05-17 17:50")
    assert "2 号　濮阳县教育局：开幕式现场" in undone.text
    assert week_photos(office)[0] == "活动照片"


@pytest.mark.slow
def test_photo_that_is_accepted_no_more_is_not_shown_and_named(office: Office) -> None:
    digest = two_photos(office)
    order(office, "选 1、2", digest, "2023-05-17 17:40")
    letters = order(office, "退 1002-4 照片不是今年的", digest, "2023-05-17 17:45")
    assert f"已写信告诉 {FANXIAN}" in to(letters, CLERK).text
    assert week_photos(office) == ("优秀照片", ["濮阳县教育局：开幕式现场"])
    assert "现在没有收下，或者打不开，没有放进去（1 张）：范县教育局“技能比武现场”" in week_words(office)


def test_photo_that_a_later_mail_brought_again_is_still_shown(office: Office) -> None:
    order(office, "选 2", two_photos(office), "2023-05-17 17:40")
    again = zip_of({THIRD: jpeg(2400, 1800, seed=7), OPENING: GOOD})
    office.receive("2023-05-17 18:00", f"{PHOTO}5月17日", {"照片新.zip": again})
    office.poll("2023-05-17 18:01")
    assert [one.superseded for one in office.items()] == [True, False, False]
    assert week_photos(office) == ("优秀照片", ["濮阳县教育局：开幕式现场"])


@pytest.mark.slow
def test_more_photos_than_the_report_holds_are_named(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MAXIMUM_PICKED", 1)
    order(office, "选 1-2", two_photos(office), "2023-05-17 17:40")
    assert week_photos(office) == ("优秀照片", ["范县教育局：技能比武现场"])
    assert "周报里最多放 1 张照片，后选的没有放进去（1 张）：濮阳县教育局“开幕式现场”。" in week_words(office)
