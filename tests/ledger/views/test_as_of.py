"""The ledger read as it was, with the queries that read it as it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from intake_bot.judging.verdict import Decision, Disposition
from intake_bot.ledger.database import Database
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.states import LetterState
from intake_bot.ledger.views.as_of import views_as_of
from tests.ledger.samples import DAY, NOW, claim_oldest, draft, item, judgement, spooled, verdict

LATER = NOW + timedelta(hours=2)
EVENING = NOW + timedelta(hours=4)


def at(path: Path, moment: datetime) -> Ledger:
    return Ledger.open_as_of(path, moment)


def test_mails_items_and_letters_of_the_past_are_shown_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(path) as ledger:
        first = spooled(ledger, 1)
        held = verdict(item(decision=Decision.HELD), disposition=Disposition.HELD)
        ledger.messages.record_judgement(first.id, judgement(held, draft("<a1@intake>")), NOW)
        second = spooled(ledger, 2, received=NOW + timedelta(minutes=1))
        ledger.messages.record_judgement(second.id, judgement(verdict()), LATER)
        letter = ledger.letters.find_answer_to("puyang", first.receipt)
        assert letter is not None
        claim_oldest(ledger, "puyang", LATER)
        ledger.letters.mark_failed(letter.id, "550", LATER)
    with at(path, NOW + timedelta(hours=1)) as past:
        assert [mail.receipt for mail in past.submissions.find_held("puyang")] == [first.receipt]
        assert past.submissions.find_reported_items("puyang-2023", (Decision.ACCEPTED,)) == ()
        before = past.letters.find_answer_to("puyang", first.receipt)
        assert before is not None
        assert (before.state, before.last_error) == (LetterState.QUEUED, "")
        assert past.open_works.gather("puyang", "puyang-2023").undelivered == ()
    with at(path, EVENING) as now:
        assert now.submissions.find_held("puyang") == ()
        assert len(now.submissions.find_reported_items("puyang-2023", (Decision.ACCEPTED,))) == 1
        assert [one.last_error for one in now.open_works.gather("puyang", "puyang-2023").undelivered] == ["550"]


def test_digests_of_the_past_end_where_they_ended(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(path) as ledger:
        message = spooled(ledger, 1)
        ledger.messages.record_judgement(message.id, judgement(), NOW)
        report = ledger.reports.gather_day_report("puyang")
        assert ledger.digests.add(DAY, LATER, report, draft("<d1@intake>"), LATER)
    with at(path, NOW) as past:
        assert [mail.receipt for mail in past.reports.gather_day_report("puyang").mails] == [message.receipt]
        assert past.digests.find_newest("puyang") is None
    with at(path, LATER) as now:
        assert now.reports.gather_day_report("puyang").mails == ()
        assert now.digests.find_newest("puyang") is not None


def test_before_the_first_event_nothing_is_there(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(path) as ledger:
        ledger.messages.record_judgement(spooled(ledger, 1).id, judgement(), NOW)
    with at(path, NOW - timedelta(days=1)) as past:
        report = past.reports.gather_day_report("puyang")
        assert (report.mails, report.unfinished, report.last_event) == ((), (), 0)


def test_every_field_that_changes_is_written_down(tmp_path: Path) -> None:
    """The views and the triggers name the same fields: a field that one of them forgets would tell of the future."""
    path = tmp_path / "ledger.sqlite3"
    Ledger.open(path).close()
    database = Database.open(path)
    with database.reading() as session:
        triggers = {
            row[0]
            for row in session.connection().execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        }
    database.close()
    shown = "".join(views_as_of(1))
    changed = {name.removesuffix("_changed") for name in triggers if name.endswith("_changed")}
    assert len(changed) > 15
    for name in changed:
        table, _, field = name.partition("_")
        assert f"place = '{table}' AND row" in shown and f"field = '{field}' AND (event" in shown
    assert shown.count("AS integer") == 0
    assert shown.count("NOT EXISTS") == len([name for name in triggers if name.endswith("_came")])
