"""Reminders, from the settings or a clerk's wish to the letter."""

from __future__ import annotations

import io
from contextlib import redirect_stdout

from intake_bot.clock import stopped_clock
from intake_bot.config.load import load
from intake_bot.demo.media import jpeg, zip_of
from intake_bot.digests.reminders.send import Reminders, remind_ahead, remind_on_request
from intake_bot.home.home import Home
from intake_bot.home.services import Services
from tests.stories.office import Letter, Office, at

PHOTO = "活动周濮阳县教育局照片"
GOOD = {"照片.zip": zip_of({"学生技能展示现场.jpg": jpeg(2400, 1800, seed=1)})}
ROSTER = "rosters/puyang.csv"


def with_addresses(office: Office) -> None:
    """Gives two units an address, and turns reminders on, two hours ahead."""
    path = office.home / "config" / ROSTER
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    column = lines[0].split(",").index("邮箱")
    for number, line in enumerate(lines[1:], 1):
        cells = line.split(",")
        cells[column] = {"濮阳县教育局": "pyx@school.example", "范县教育局": "fx@school.example"}.get(cells[0], "")
        lines[number] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def turn_on(office: Office) -> None:
    with (office.home / "config" / "intake.yaml").open("a", encoding="utf-8") as file:
        file.write("\nreminders:\n  hours_before: 2\n")


def reminders(office: Office, now: str, *, ask: bool = False) -> Reminders:
    home = Home(office.home)
    settings = load(home.root)
    bureau = settings.bureau(office.bureau)
    assert bureau is not None
    with redirect_stdout(io.StringIO()), Services.open(settings, home, stopped_clock(at(now))) as services:
        return remind_on_request(services, bureau, material="照片") if ask else remind_ahead(services, bureau)


def sent(office: Office, now: str) -> dict[str, Letter]:
    return {letter.to: letter for letter in office.poll(now)}


def test_reminder_goes_once_to_units_with_an_address_that_sent_nothing(puyang: Office) -> None:
    with_addresses(puyang)
    turn_on(puyang)
    puyang.receive("2023-05-14 10:00", f"{PHOTO}5月14日", GOOD, sender="pyx@school.example")
    puyang.poll("2023-05-14 10:01")
    assert reminders(puyang, "2023-05-14 13:00").written == ()
    found = reminders(puyang, "2023-05-14 14:30")
    assert [one.unit.name for one in found.written] == ["濮阳县教育局", "范县教育局"]
    assert "濮阳县教育局" not in [one.unit.name for one in found.without_address]
    assert reminders(puyang, "2023-05-14 15:00").written == ()
    letters = sent(puyang, "2023-05-14 15:01")
    assert set(letters) == {"pyx@school.example", "fx@school.example"}
    assert "照片（5月14日）" not in letters["pyx@school.example"].text
    assert "- 照片（5月14日），今天（5月14日）16:00 前" in letters["fx@school.example"].text.splitlines()
    assert "活动周范县教育局照片材料5月14日" in letters["fx@school.example"].text.splitlines()


def test_answer_to_a_reminder_is_a_submission_like_any_other(puyang: Office) -> None:
    with_addresses(puyang)
    found = reminders(puyang, "2023-05-14 15:00", ask=True)
    assert [debt.material for one in found.written for debt in one.debts] == ["照片", "照片"]
    reminder = sent(puyang, "2023-05-14 15:01")["pyx@school.example"]
    puyang.receive("2023-05-14 15:10", f"回复：{reminder.subject}", GOOD, sender="pyx@school.example", answers=reminder)
    (letter,) = puyang.poll("2023-05-14 15:11")
    assert letter.subject == "【已收】活动周濮阳县教育局照片（回执编号 1001-9）"


def test_reminder_that_comes_back_is_named_in_the_digest(puyang: Office) -> None:
    with_addresses(puyang)
    reminders(puyang, "2023-05-14 15:00", ask=True)
    reminder = sent(puyang, "2023-05-14 15:01")["pyx@school.example"]
    words = (
        f"抱歉，您的邮件被退回来了……\n主　题：{reminder.subject}\n收件人：pyx@school.example\n退信原因：对方邮箱已满"
    )
    puyang.receive("2023-05-14 15:03", "系统退信", text=words, sender="Postmaster@126.com")
    assert puyang.poll("2023-05-14 15:04") == []
    digest = puyang.digest("2023-05-14 16:30")
    assert f"“{reminder.subject}”未送达：给 pyx@school.example 的信被退回，对方邮箱已满" in digest


def test_clerks_wish_names_units_without_an_address_and_reminds_nobody_twice(puyang: Office) -> None:
    with_addresses(puyang)
    assert reminders(puyang, "2023-05-14 14:30").written == ()  # timed ones are off
    first = reminders(puyang, "2023-05-14 15:00", ask=True)
    assert len(first.written) == 2
    assert "台前县教育局" in [one.unit.name for one in first.without_address]
    assert reminders(puyang, "2023-05-14 15:30", ask=True).written == ()


def test_reminder_in_shadow_mode_is_written_and_not_sent(puyang: Office) -> None:
    with_addresses(puyang)
    puyang.edit("bureaus/puyang.yaml", "mode: live", "mode: shadow")
    assert len(reminders(puyang, "2023-05-14 15:00", ask=True).written) == 2
    assert puyang.poll("2023-05-14 15:01") == []


def test_flood_of_letters_to_one_address_stops_its_reminders(puyang: Office) -> None:
    with_addresses(puyang)
    puyang.edit("intake.yaml", "answers_per_hour: 12 ", "answers_per_hour: 1 ")
    puyang.receive("2023-05-14 14:50", "活动周濮阳县教育局文字材料", sender="pyx@school.example")
    puyang.poll("2023-05-14 14:51")
    found = reminders(puyang, "2023-05-14 15:00", ask=True)
    assert [one.unit.name for one in found.written] == ["范县教育局"]
    assert [one.unit.name for one in found.capped] == ["濮阳县教育局"]
