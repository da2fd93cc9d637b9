"""When the poll cycle files a digest."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.e2e.mails import CHINA, accepted_mail
from tests.e2e.office import Office

# ---- the digest's hour -----------------------------------------------------------------------------------------------


def test_digest_is_filed_once_a_day_from_its_hour_on(office: Office) -> None:
    office.now = datetime(2023, 5, 18, 17, 29, 59, tzinfo=CHINA)
    assert not office.file_due_digest()
    office.now += timedelta(seconds=1)
    assert office.file_due_digest()
    office.now += timedelta(hours=5)
    assert not office.file_due_digest()
    office.now += timedelta(hours=12)
    assert not office.file_due_digest()
    office.now += timedelta(hours=12)  # its hour passed while the program did not run
    office.restart()
    assert office.file_due_digest()
    assert [path.name for path in sorted((office.root / "data/digests/hebei").iterdir())] == [
        "2023-05-18.html",
        "2023-05-19.html",
    ]


def test_clock_set_back_does_not_repeat_a_digest(office: Office) -> None:
    assert office.file_due_digest()
    office.now -= timedelta(minutes=10)
    assert not office.file_due_digest()


def test_digest_out_of_season_is_filed_only_with_content(office: Office) -> None:
    office.now = datetime(2023, 8, 1, 18, 0, tzinfo=CHINA)
    assert not office.file_due_digest()
    office.account.append(accepted_mail(), office.now)
    office.run_cycle()
    assert office.file_due_digest()
