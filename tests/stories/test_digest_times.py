"""When a clerk gets digests and notes, by `poll` alone, and the digest of a past time printed again."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from email import message_from_bytes

from intake_bot import cli
from intake_bot.demo.media import zip_of
from tests.stories.office import Letter, Office, at, letter_of
from tests.stories.photos import GOOD, GOOD_NAME

CLERK, SCHOOL = "clerk@example.edu.cn", "teacher@school.example"
PHOTO = "活动周濮阳县教育局照片材料"
PHOTOS = {"照片.zip": zip_of({GOOD_NAME: GOOD})}
FORGED = {"Authentication-Results": "mx.example.edu.cn; spf=fail smtp.mailfrom=x.example; dkim=none"}


def poll(office: Office, now: str) -> list[Letter]:
    """The letters to the clerk that one poll sends."""
    before = len(office.smtp.letters)
    office.poll(now)
    return [one for one in (letter_of(sent.raw) for sent in office.smtp.letters[before:]) if one.to == CLERK]


def printed(office: Office, *words: str) -> str:
    with redirect_stdout(io.StringIO()) as out:
        assert cli.run(["digest", "--home", str(office.home), "--bureau", "puyang", *words]) == 0
    return out.getvalue()


def hold(office: Office, received: str, subject: str = PHOTO) -> None:
    """A mail that waits for the clerk, and is not answered."""
    office.receive(received, subject, PHOTOS, headers=FORGED)


def test_note_tells_what_newly_waits_at_most_once_an_hour_in_work_hours(puyang: Office) -> None:
    hold(puyang, "2023-05-17 07:30")
    assert poll(puyang, "2023-05-17 07:31") == []
    (first,) = poll(puyang, "2023-05-17 08:00")
    assert first.subject == "【待办】濮阳县教育局：发件人可能是冒名的｜职教活动周濮阳"
    assert "又有 1 件要您办" in first.text
    assert "可以回复：收 1001-9" in first.text
    hold(puyang, "2023-05-17 08:30", "活动周范县教育局照片材料")
    assert poll(puyang, "2023-05-17 08:31") == []
    (second,) = poll(puyang, "2023-05-17 09:00")
    assert second.subject.startswith("【待办】范县教育局")
    assert "1001-9" not in second.text
    assert "统计从 5月17日 08:00 到 5月17日 09:00 新来的" in second.text
    assert poll(puyang, "2023-05-17 10:30") == []


def test_digest_comes_after_the_deadline_and_in_the_evening_and_counts_the_day(puyang: Office) -> None:
    puyang.receive("2023-05-17 15:00", PHOTO, PHOTOS)
    assert poll(puyang, "2023-05-17 16:29") == []
    (after,) = poll(puyang, "2023-05-17 16:30")
    assert after.subject == "未报20·退回0·待办0｜5月17日16:30 职教活动周濮阳"
    assert "接下来到期：文字材料、照片（5月18日），5月18日16:00前，还有 20 个单位没报。" in after.text
    assert poll(puyang, "2023-05-17 16:35") == []
    puyang.receive("2023-05-17 17:00", "活动周范县教育局照片材料", PHOTOS)
    (evening,) = poll(puyang, "2023-05-17 17:30")
    assert "合计：邮箱 2 封 = 收 2" in evening.text
    assert "⑦ 值得看看的照片：2 张" in evening.text
    kinds = [part.get_content_type() for part in message_from_bytes(puyang.smtp.letters[-1].raw).walk()]
    assert kinds.count("image/jpeg") == 2
    (next_day,) = poll(puyang, "2023-05-18 16:30")
    assert "统计从 5月17日 17:30 到 5月18日 16:30" in next_day.text
    assert "合计：邮箱 0 封" in next_day.text


def test_digest_of_a_past_time_is_printed_as_it_was_whatever_came_later(puyang: Office) -> None:
    hold(puyang, "2023-05-17 15:00")
    (sent,) = poll(puyang, "2023-05-17 16:30")
    puyang.receive("2023-05-17 18:00", "活动周范县教育局照片材料", PHOTOS)
    poll(puyang, "2023-05-17 18:01")
    with redirect_stdout(io.StringIO()):
        accept = ["held", "accept", "1001-9", "--home", str(puyang.home), "--now", at("2023-05-18 09:00").isoformat()]
        assert cli.run(accept) == 0
    again = printed(puyang, "--date", "2023-05-17", "--at", "16:30")
    assert again.splitlines() == [sent.subject, "", *sent.text.splitlines(), ""]
    day = printed(puyang, "--date", "2023-05-17")
    assert day.startswith("未报20·退回0·待办1｜5月17日23:59 职教活动周濮阳")
    assert "合计：邮箱 2 封 = 收 1 + 退 0 + 待人工 1 + 非报送 0" in day
    assert "待办0｜5月18日" in printed(puyang, "--date", "2023-05-18", "--at", "12:00").splitlines()[0]
    assert day == printed(puyang, "--date", "2023-05-17")


def test_digest_comes_after_a_deadline_that_a_clerk_moved_while_the_unit_owes(puyang: Office) -> None:
    (evening,) = poll(puyang, "2023-05-17 17:30")
    puyang.receive(
        "2023-05-17 17:40",
        f"Re: {evening.subject}",
        text="延 范县 照片 5月18日9:00\n延 台前县教育局 照片 5月17日 5月18日12:00",
        sender=CLERK,
        answers=evening,
    )
    (told,) = poll(puyang, "2023-05-17 17:41")
    assert "现在延到5月18日（周四）09:00" in told.text and "现在延到5月18日（周四）12:00" in told.text
    assert poll(puyang, "2023-05-18 09:29") == []
    (moved,) = poll(puyang, "2023-05-18 09:30")
    assert "范县教育局" in moved.text
    puyang.receive("2023-05-18 11:00", "活动周台前县教育局照片材料5月17日", PHOTOS)
    assert poll(puyang, "2023-05-18 12:31") == []
    (usual,) = poll(puyang, "2023-05-18 16:30")
    assert usual.subject.endswith("5月18日16:30 职教活动周濮阳")
