"""A whole week of two bureaus: 40 units, some 900 mails, and clerks who only mail."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from intake_bot.config.load import load
from intake_bot.config.settings import Settings
from intake_bot.demo.servers import SmtpServer
from intake_bot.orders.read import Known, Understood, read_orders
from tests.conftest import ImapHost
from tests.e2e.inspection import query_ledger
from tests.rehearsal.clerks import button
from tests.rehearsal.golden import attachments, day_page, differences, document_page, samples_page, workbook_page
from tests.rehearsal.home import ADMIN, CLERKS
from tests.rehearsal.play import BUREAUS, Rehearsal, play_week
from tests.rehearsal.post import ReadLetter

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]  # two minutes on a machine with nothing else to do


@pytest.fixture(scope="module")
def rehearsal(best_host: ImapHost, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    folder = tmp_path_factory.mktemp("rehearsal")
    accounts = {bureau: best_host.account(f"{folder.name}-{bureau}@example.edu.cn") for bureau in BUREAUS}
    with SmtpServer("secret") as smtp:
        yield play_week(folder, accounts, smtp)


def known(letter: ReadLetter, settings: Settings) -> Known:
    """What the words of an answer to this letter are compared with."""
    bureau, notice = settings.bureau(letter.bureau), settings.notice_for(letter.bureau, letter.at)
    assert bureau is not None
    assert notice is not None
    return Known(notice, bureau.roster, letter.at)


def test_every_letter_is_what_a_careful_person_would_have_written(rehearsal: Rehearsal) -> None:
    found = [
        name
        for bureau in BUREAUS
        for day in range(10, 22)
        for name in differences(f"{bureau}/5月{day}日.txt", day_page(rehearsal.of(bureau, day)))
    ]
    found += [
        name for bureau in BUREAUS for name in differences(f"{bureau}/信样.txt", samples_page(rehearsal.of(bureau)))
    ]
    assert found == []


def test_workbooks_and_week_reports_hold_what_was_reported(rehearsal: Rehearsal) -> None:
    found = []
    for bureau in BUREAUS:
        last = {name: content for one in rehearsal.of(bureau) for name, content in attachments(one)}
        found += differences(f"{bureau}/台账.csv", workbook_page(last["台账.xlsx"]))
        found += differences(f"{bureau}/周报.csv", workbook_page(last["周报.xlsx"]))
        found += differences(f"{bureau}/周报.txt", document_page(last["周报.docx"]))
    assert found == []


def test_every_mail_is_settled_exactly_once(rehearsal: Rehearsal) -> None:
    rows = query_ledger(rehearsal.home, "SELECT bureau, state FROM message")
    arrived = Counter(one.bureau for one in rehearsal.week.arrived)
    assert Counter(bureau for bureau, _ in rows) == arrived
    assert {state for _, state in rows} <= {"judged", "held", "ignored", "duplicate"}
    assert rehearsal.week.waiting == []
    assert sum(arrived.values()) > 850


def test_sums_of_every_digest_explain_every_mail(rehearsal: Rehearsal) -> None:
    sums = re.compile(r"合计：邮箱 (\d+) 封 = 收 (\d+) \+ 退 (\d+) \+ 待人工 (\d+) \+ 非报送 (\d+)")
    for bureau in BUREAUS:
        digests = [one for one in rehearsal.of(bureau) if one.subject.startswith("未报")]
        assert len(digests) > 15
        for one in digests:
            found = sums.search(one.text)
            assert found, one.text
            total, *parts = map(int, found.groups())
            assert total == sum(parts)
            assert "对不上" not in one.text


def test_every_ready_answer_is_an_order_when_it_is_copied_and_has_its_button(rehearsal: Rehearsal) -> None:
    settings = load(rehearsal.home)
    answers = 0
    for one in rehearsal.letters:
        for line in re.findall("可以回复：(.*)", one.text):
            order, number, *words = line.split(" ", 2)
            (reading,) = read_orders(
                " ".join((order, number, *(["照片看不清"] if words else []))), known(one, settings)
            )
            assert isinstance(reading, Understood), line
            assert button(one, f"{order} {number}")
            answers += 1
    assert answers > 20


def test_nobody_gets_two_letters_for_one_thing(rehearsal: Rehearsal) -> None:
    sent = Counter((one.to, one.message_id) for one in rehearsal.letters)
    assert [key for key, count in sent.items() if count > 1] == []
    told = [one for one in rehearsal.letters if not one.subject.startswith("【提醒】")]
    assert [key for key, count in Counter((one.to, one.text) for one in told).items() if count > 1] == []


def test_nobody_is_reminded_of_the_same_twice_within_an_hour(rehearsal: Rehearsal) -> None:
    last: dict[tuple[str, str], datetime] = {}
    for one in rehearsal.letters:
        if one.subject.startswith("【提醒】"):
            for debt in re.findall("^- .*", one.text, re.MULTILINE):
                before = last.get((one.to, debt))
                assert before is None or one.at - before >= timedelta(hours=1), one
                last[one.to, debt] = one.at
    assert last != {}


def test_the_program_never_stumbles(rehearsal: Rehearsal) -> None:
    assert "Traceback" not in rehearsal.log
    assert not [one for one in rehearsal.said if "Traceback" in one or "问题" in one]
    assert rehearsal.log.count(" started ") == 2


def test_no_bureau_reads_of_the_other(rehearsal: Rehearsal) -> None:
    for bureau, other in (BUREAUS, BUREAUS[::-1]):
        letters = rehearsal.of(bureau)
        assert not [one for one in letters if one.to in CLERKS[other]]
        assert not [one for one in letters if {"puyang": "合肥", "hefei": "濮阳"}[bureau] in one.text]
    assert not [one for one in rehearsal.of("hefei") if one.to == ADMIN]


def test_ledger_holds_no_open_end(rehearsal: Rehearsal) -> None:
    states = {state for (state,) in query_ledger(rehearsal.home, "SELECT DISTINCT state FROM letter")}
    assert states <= {"sent", "bounced"}
