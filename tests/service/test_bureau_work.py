"""What nobody foresaw in one job of one bureau: recorded, told, tried again; the other jobs and bureaus go on."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from intake_bot.config.load import load
from intake_bot.config.partial import PartialSettings
from intake_bot.config.settings import Settings
from intake_bot.demo.servers import ImapServer, SmtpServer
from intake_bot.digests.file_digest import DigestFiler
from intake_bot.errors import IntakeError
from intake_bot.home.home import Home
from intake_bot.intake.intake import Intake, IntakeCount
from intake_bot.mail.connection import MAXIMUM_PAUSE_SECONDS, ServerFailure
from intake_bot.outbox.deliver import Outbox
from intake_bot.service.bureau_work import JobKind, UnexpectedFailure
from intake_bot.service.config_watcher import ConfigWatcher
from intake_bot.service.daemon import Daemon
from intake_bot.service.lateness import ALERT_AFTER
from intake_bot.service.poll_cycle import PollCycle
from tests.e2e.home import ADMIN, make_home
from tests.e2e.inspection import text_of
from tests.e2e.mails import NOW, START, accepted_mail, compose
from tests.e2e.office import Office

LOCAL = "【需要处理】河北省教育厅收件程序在本机遇到问题"
RECOVERED = "【已恢复】河北省教育厅邮箱恢复收件"


def break_job(patch: pytest.MonkeyPatch, place: type, name: str, bureau: str = "hebei") -> None:
    """Has the method of this name raise what nobody foresaw, for one bureau."""
    right = getattr(place, name)

    def method(self: object, *arguments: object) -> object:
        ours = getattr(self, "_bureau", arguments[0])
        if getattr(ours, "id", ours) == bureau:
            raise ZeroDivisionError("nobody foresaw it")
        return right(self, *arguments)

    patch.setattr(place, name, method)


def pass_time(office: Office, minutes: int = 2) -> tuple[str, ...]:
    trouble = office.run_cycle().trouble
    office.file_due_digest()
    office.now += timedelta(minutes=minutes - 1)
    return trouble


@pytest.mark.parametrize(
    ("place", "name", "words"),
    [(Intake, "take_in", "收信时出了意外（ZeroDivisionError）"), (DigestFiler, "file_due", "做每日汇总时出了意外")],
)
def test_unexpected_error_is_recorded_alerted_when_it_lasts_and_over_when_the_job_runs(
    place: type, name: str, words: str, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        break_job(patch, place, name)
        for _ in range(0, int(ALERT_AFTER.total_seconds() // 60) + 4, 2):
            pass_time(office)
        assert office.letters_to(ADMIN) == [LOCAL]
        assert f"原因：{words}" in text_of(office.smtp.letters[-1])
        assert any(words in complaint for complaint in office.cycle.health.words.split("；"))
    for _ in range(2):
        assert pass_time(office) == ()
    assert office.letters_to(ADMIN) == [LOCAL, RECOVERED]


def test_unexpected_error_while_sending_stops_no_receiving(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.account.append(accepted_mail(), START)
    with monkeypatch.context() as patch:
        break_job(patch, Outbox, "deliver")
        done = office.run_cycle()
        assert done.taken == IntakeCount(seen=1, settled=1)
        assert "发信时出了意外（ZeroDivisionError）" in done.trouble[0]
    assert office.run_cycle().delivered.sent == 1


def test_unexpected_error_of_one_bureau_is_not_noticed_by_another(
    pymap_server: ImapServer, new_user: str, smtp_server: SmtpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = {"hebei": pymap_server.account(new_user), "hefei": pymap_server.account(f"2{new_user}")}
    root = make_home(tmp_path / "home", accounts, smtp_server, digests=True)
    accounts["hefei"].append(compose("活动周合肥学校典型案例材料"), START)
    break_job(monkeypatch, Intake, "take_in")
    settings = load(root)
    with PollCycle(settings, Home(root), lambda: NOW) as cycle:
        done = {bureau.id: cycle.run(bureau, lambda: False) for bureau in settings.bureaus}
    assert [bool(done[name].trouble) for name in ("hebei", "hefei")] == [True, False]
    assert (done["hefei"].taken.settled, done["hefei"].delivered.sent) == (1, 1)


def test_job_that_fails_unexpectedly_rests_longer_each_time(office: Office) -> None:
    def no_edit(running: Settings) -> PartialSettings:
        return PartialSettings(running)

    watcher = ConfigWatcher(Home(office.root), no_edit, lambda: office.now)
    daemon = Daemon(office.cycle, office.settings, watcher, threading.Event())
    every = office.settings.intake.polling.every_seconds
    (work,) = office.cycle.works.values()

    def rest(trouble: IntakeError | None, kind: JobKind = JobKind.RECEIVE) -> float | None:
        return daemon._rest(work, kind, trouble)

    failure = UnexpectedFailure(JobKind.RECEIVE, ZeroDivisionError())
    rests = [rest(failure) or 0 for _ in range(7)]
    assert (rests[0], MAXIMUM_PAUSE_SECONDS * 0.7 < rests[-1] < MAXIMUM_PAUSE_SECONDS * 1.3) == (every, True)
    assert rest(failure, JobKind.SEND) == every  # each job by itself
    assert rest(ServerFailure("no answer")) == every
    assert rest(None) is None
    assert rest(failure) == every
