from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from intake_bot.config.load import load
from intake_bot.config.settings import JUNK_FOLDERS, IntakeSettings, Mode
from intake_bot.errors import TemporaryFailure
from intake_bot.notices.roster import Roster
from tests.config.homes import BUREAU, ENVIRON, NOTICE, make_home, remarks


def test_smallest_bureau_has_defaults(tmp_path: Path) -> None:
    settings = load(make_home(tmp_path, bureau=("roster: rosters/jia.csv\n", "")), ENVIRON)
    bureau = settings.bureaus[0]
    assert settings.intake == IntakeSettings()
    assert (bureau.id, bureau.admins, bureau.mode, bureau.roster) == ("jia", (), Mode.LIVE, Roster())
    assert (bureau.mailbox.login, bureau.mailbox.imap.folder) == ("jia@example.edu.cn", "INBOX")
    assert settings.digest_at(bureau) == time(17, 30)


def test_every_key_of_a_bureau_is_taken(tmp_path: Path) -> None:
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
    assert settings.digest_at(bureau) == time(7, 5)
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
def test_secret_is_read_when_asked_for(tmp_path: Path, written: str, environ: dict[str, str], expected: str) -> None:
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
def test_missing_secret_is_a_remark_and_fails_only_when_asked_for(tmp_path: Path, written: str, expected: str) -> None:
    home = make_home(tmp_path, bureau=("secret_env: JIA_SECRET", written))
    (home / "empty.secret").write_text("\n", encoding="utf-8")
    (home / "broken.secret").write_bytes(b"\xff\xfe\xfd")
    environ = {"EMPTY": ""}
    settings = load(home, environ)
    message = f"甲市教育局的邮箱授权码还没有：{expected}"
    assert [str(r) for r in settings.remarks] == [f"config/bureaus/jia.yaml 第 4 行第 3 列：{message}"]
    with pytest.raises(TemporaryFailure, match=message):
        settings.bureaus[0].secret(environ, home)


def test_notice_of_no_bureau_is_a_remark(tmp_path: Path) -> None:
    assert remarks(make_home(tmp_path, notice=("bureau: jia", "bureau: suzhou"))) == [
        "config/bureaus/jia.yaml：这个教育局还没有通知（config/notices）。",
        "config/notices/jia-2023.yaml 第 1 行第 9 列：没有 config/bureaus/suzhou.yaml，这份通知用不上。",
    ]


def test_notice_of_a_like_name_is_a_remark_where_the_bureau_has_another(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    other = NOTICE.replace("bureau: jia", "bureau: jja")
    (home / "config/notices/jja-2023.yaml").write_text(other, encoding="utf-8")
    assert remarks(home) == [
        "config/notices/jja-2023.yaml 第 1 行第 9 列：没有 config/bureaus/jja.yaml，这份通知用不上，是不是想写“jia”。",
    ]


def test_two_bureaus_may_share_a_mailbox_with_a_folder_each(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    other = BUREAU.replace("security: tls}\n  smtp", "security: tls, folder: 报送}\n  smtp")
    (home / "config/bureaus/yi.yaml").write_text(other, encoding="utf-8")
    assert remarks(home) == ["config/bureaus/yi.yaml：这个教育局还没有通知（config/notices）。"]


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
def test_junk_folders_are_the_usual_ones_beside_the_inbox(tmp_path: Path, written: str, junk: tuple[str, ...]) -> None:
    home = make_home(tmp_path, bureau=("security: tls}\n  smtp", f"security: tls{written}}}\n  smtp"))
    (bureau,) = load(home, ENVIRON).bureaus
    assert bureau.mailbox.imap.junk == junk


def test_empty_roster_is_a_remark(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    (home / "config/rosters/jia.csv").write_text("单位,简称,类别,级别,邮箱\n", encoding="utf-8")
    assert remarks(home) == ["config/rosters/jia.csv：名册是空的。"]


def test_bureau_without_a_roster_is_a_remark(tmp_path: Path) -> None:
    assert remarks(make_home(tmp_path, bureau=("roster: rosters/jia.csv\n", ""))) == [
        "config/bureaus/jia.yaml：没有写 roster（名册），主题里的单位一个也认不出来。"
    ]


def test_category_and_rank_that_nobody_has_yet_are_remarks(tmp_path: Path) -> None:
    quota = "[学校, 企业]\n    quotas: [{at_least: 1, clause: 二, quote: 数, ranks: [国家级]}]"
    assert remarks(make_home(tmp_path, notice=("[学校]", quota))) == [
        "config/notices/jia-2023.yaml 第 12 行第 25 列：名册里现在没有类别为“企业”的单位（有：县区、学校）。",
        "config/notices/jia-2023.yaml 第 13 行第 56 列：名册里现在没有级别为“国家级”的单位。",
    ]


def test_files_that_are_not_read_are_remarks(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    for name in ("bureaus/yi.yaml.txt", "notices/旧.YAML", "notices/.yi.yaml", "notices/说明.txt"):
        (home / "config" / name).write_text("", encoding="utf-8")
    (home / "config/intake.yml").write_text("", encoding="utf-8")
    assert remarks(home) == [
        "config/bureaus/yi.yaml.txt：文件名不以 .yaml 结尾，没有读取。",
        "config/intake.yml：没有读取：这个文件要叫 intake.yaml。",
        "config/notices/旧.YAML：文件名不以 .yaml 结尾，没有读取。",
    ]


def test_file_of_comments_only_is_all_defaults(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    (home / "config/intake.yaml").write_text("\ufeff# 全部用默认值\n", encoding="utf-8")
    assert load(home, ENVIRON).intake == IntakeSettings()


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
def test_notice_is_the_one_that_is_open(tmp_path: Path, at: str, expected: str) -> None:
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


def test_bureau_without_notice_has_none(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    (home / "config/bureaus/yi.yaml").write_text(BUREAU.replace("jia@", "yi@"), encoding="utf-8")
    settings = load(home, ENVIRON)
    assert settings.notice_for("yi", datetime(2023, 5, 16, tzinfo=ZoneInfo("Asia/Shanghai"))) is None
