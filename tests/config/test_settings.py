"""Settings: defaults, secrets, and the notice for a mail."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from intake_bot.config.load import load
from intake_bot.config.settings import JUNK_FOLDERS, DigestSettings, IntakeSettings, Limits, Mode
from intake_bot.errors import TemporaryFailure
from intake_bot.files.limits import Allowance, FileLimits
from intake_bot.mail.message import ReadingLimits
from intake_bot.notices.roster import Roster
from tests.config.homes import BUREAU, ENVIRON, NOTICE, make_home


def test_bureau_without_optional_keys_has_defaults(tmp_path: Path) -> None:
    settings = load(make_home(tmp_path, bureau=("roster: rosters/jia.csv\n", "")), ENVIRON)
    bureau = settings.bureaus[0]
    assert settings.intake == IntakeSettings()
    assert (bureau.id, bureau.admins, bureau.mode, bureau.roster) == ("jia", (), Mode.LIVE, Roster())
    assert (bureau.mailbox.login, bureau.mailbox.imap.folder) == ("jia@example.edu.cn", "INBOX")
    assert settings.digest_times(bureau) == (time(17, 30),)


def test_bureau_with_every_key_is_read(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    (home / "ca.pem").write_text("", encoding="utf-8")
    (home / "config/bureaus/jia.yaml").write_text(
        """\
name: 甲市教育局
mailbox:
  address: Jia@example.edu.cn
  username: jia
  secret_file: jia.secret
  imap: {host: 127.0.0.1, port: 1143, security: none, folder: 报送, ca_file: ca.pem}
  smtp: {host: "::1", port: 1025, security: none}
clerks: [a@example.edu.cn, b@example.edu.cn]
admins: [c@example.edu.cn]
roster: config/rosters/jia.csv
mode: shadow
digest_at: 07:05
""",
        encoding="utf-8",
    )
    settings = load(home, {})
    bureau = settings.bureau("jia")
    assert bureau is not None
    assert bureau is settings.bureau_at("jia@EXAMPLE.edu.cn")
    assert (bureau.mode, bureau.mailbox.login, bureau.mailbox.imap.folder) == (Mode.SHADOW, "jia", "报送")
    assert (bureau.clerks, bureau.admins) == (("a@example.edu.cn", "b@example.edu.cn"), ("c@example.edu.cn",))
    assert len(bureau.roster.units) == 2
    assert settings.digest_times(bureau) == (time(7, 5),)
    assert settings.bureau("yi") is None
    assert settings.bureau_at("yi@example.edu.cn") is None


@pytest.mark.parametrize(
    ("written", "environ", "expected"),
    [
        ("secret_env: JIA_SECRET", {"JIA_SECRET": "s3cret"}, "s3cret"),
        ("secret_env: JIA_SECRET", {"JIA_SECRET": " s3cret\r\n"}, "s3cret"),
        ("secret_file: own.secret", {}, "f1le"),
        ("secret_file: bom.secret", {}, "f1le"),
    ],
    ids=["variable", "variable with white space", "file", "file with BOM and CRLF"],
)
def test_secret_is_read_from_variable_or_file(
    tmp_path: Path, written: str, environ: dict[str, str], expected: str
) -> None:
    home = make_home(tmp_path, bureau=("secret_env: JIA_SECRET", written))
    (home / "own.secret").write_text("f1le\n", encoding="utf-8")
    (home / "bom.secret").write_bytes("\ufefff1le\r\n".encode())
    settings = load(home, environ)
    assert settings.bureaus[0].secret(environ, home) == expected
    assert settings.remarks == ()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("secret_env: JIA_SECRET", "环境变量 JIA_SECRET 没有设置。"),
        ("secret_env: EMPTY", "环境变量 EMPTY 没有设置。"),
        ("secret_file: none.secret", "读不到文件 none.secret。"),
        ("secret_file: empty.secret", "文件 empty.secret 是空的。"),
        ("secret_file: broken.secret", "读不到文件 broken.secret。"),
    ],
)
def test_missing_secret_is_remark_and_raises_when_read(tmp_path: Path, written: str, expected: str) -> None:
    home = make_home(tmp_path, bureau=("secret_env: JIA_SECRET", written))
    (home / "empty.secret").write_text("\n", encoding="utf-8")
    (home / "broken.secret").write_bytes(b"\xff\xfe\xfd")
    environ = {"EMPTY": ""}
    settings = load(home, environ)
    message = f"甲市教育局的邮箱授权码还没有：{expected}"
    assert [str(r) for r in settings.remarks] == [f"config/bureaus/jia.yaml 第 4 行第 3 列：{message}"]
    with pytest.raises(TemporaryFailure, match=message):
        settings.bureaus[0].secret(environ, home)


@pytest.mark.parametrize(
    ("written", "junk"),
    [
        ("", JUNK_FOLDERS),
        (", folder: inbox", JUNK_FOLDERS),
        (", junk_folders: []", ()),
        (", junk_folders: [广告, Spam]", ("广告", "Spam")),
        (", folder: 报送", ()),
        (", folder: 报送, junk_folders: [广告]", ("广告",)),
    ],
)
def test_junk_folders_have_defaults_beside_inbox_only(tmp_path: Path, written: str, junk: tuple[str, ...]) -> None:
    home = make_home(tmp_path, bureau=("security: tls}\n  smtp", f"security: tls{written}}}\n  smtp"))
    (bureau,) = load(home, ENVIRON).bureaus
    assert bureau.mailbox.imap.junk == junk


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2022-01-01T12:00", "jia-2023"),
        ("2023-04-20T12:00", "jia-2023"),
        ("2023-05-16T12:00", "jia-2023"),
        ("2023-06-20T00:00", "jia-2023"),
        ("2023-12-01T12:00", "jia-2023"),
        ("2024-03-20T12:00", "jia-2024"),
        ("2024-05-14T12:00", "jia-2024"),
        ("2024-06-05T12:00", "jia-2024"),
        ("2024-06-10T12:00", "jia-2024-extra"),
        ("2030-01-01T12:00", "jia-2024-extra"),
    ],
    ids=[
        "before all",
        "before the first week",
        "in the week",
        "the last moment",
        "between the years",
        "before the second week",
        "in the second week",
        "another is to come",
        "in both: the later begun",
        "after all",
    ],
)
def test_notice_for_returns_open_notice(tmp_path: Path, at: str, expected: str) -> None:
    home = make_home(tmp_path)
    week = "{first: 2023-05-14, last: 2023-05-20}"
    for name, other in (
        ("jia-2024", "{first: 2024-05-12, last: 2024-05-18}"),
        ("jia-2024-extra", "{first: 2024-06-10, last: 2024-06-12}"),
    ):
        (home / f"config/notices/{name}.yaml").write_text(NOTICE.replace(week, other), encoding="utf-8")
    settings = load(home, ENVIRON)
    notice = settings.notice_for("jia", datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("Asia/Shanghai")))
    assert notice is not None
    assert notice.id == expected


def test_notice_for_bureau_without_notice_is_none(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    (home / "config/bureaus/yi.yaml").write_text(BUREAU.replace("jia@", "yi@"), encoding="utf-8")
    settings = load(home, ENVIRON)
    assert settings.notice_for("yi", datetime(2023, 5, 16, tzinfo=ZoneInfo("Asia/Shanghai"))) is None


def test_default_limits_are_those_of_mail_and_files() -> None:
    limits = Limits()
    assert (limits.reading, limits.files, limits.allowance) == (ReadingLimits(), FileLimits(), Allowance())


def test_every_limit_in_the_settings_reaches_mail_and_files() -> None:
    limits = Limits(
        header_bytes=1,
        parts=2,
        depth=3,
        archive_members=4,
        archive_bytes=5,
        archive_depth=6,
        photo_pixels=7,
        measure_seconds=10,
        mail_seconds=20,
        measure_bytes=300_000_000,
    )
    assert limits.reading == ReadingLimits(header_bytes=1, parts=2, depth=3)
    assert limits.files == FileLimits(
        members=4, unpacked_bytes=5, depth=6, jpeg_pixels=7, program_seconds=8, mail_seconds=20
    )
    assert limits.allowance == Allowance(seconds=10, memory_bytes=300_000_000, file_bytes=5)


def test_digest_may_have_several_times_and_work_hours_may_be_moved(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    (home / "config/intake.yaml").write_text(
        'digest: {at: ["17:30", "12:00", "17:30"], minutes_after_deadline: 0, work_hours: "7:30—19:00"}\n',
        encoding="utf-8",
    )
    digest = load(home, {}).intake.digest
    assert digest.at == (time(12, 0), time(17, 30))
    assert (digest.minutes_after_deadline, digest.work_hours) == (0, (time(7, 30), time(19, 0)))


@pytest.mark.parametrize("hours", ["18:00-8:00", "8:00", "8:00-25:00", "8-18"])
def test_work_hours_that_are_none_are_a_fault(hours: str) -> None:
    with pytest.raises(ValidationError):
        DigestSettings.model_validate({"work_hours": hours})
