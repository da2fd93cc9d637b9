from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake_bot.config.defaults import defaults_dir, init_home
from intake_bot.config.last_good import keep_last_good, read_last_good
from intake_bot.config.load import load
from intake_bot.config.settings import HealthSettings

NOW = datetime(2023, 5, 17, 8, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    init_home(tmp_path / "home")
    return tmp_path / "home"


def test_kept_settings_are_the_settings_that_were_loaded(home: Path) -> None:
    settings, kept = load(home), home / "data" / "kept.json"
    keep_last_good(settings, kept, NOW)
    found = read_last_good(kept, home)
    assert found is not None
    assert found.taken_at == NOW
    assert replace(found.settings, remarks=()) == replace(settings, remarks=())


def test_every_value_of_a_busy_configuration_is_kept(home: Path) -> None:
    """Texts that look like other types, long lines, quotes, a roster beside config/ in another encoding."""
    (home / "名册").mkdir()
    shutil.move(home / "config" / "rosters" / "puyang.csv", home / "名册" / "濮阳.csv")
    text = (home / "名册" / "濮阳.csv").read_text(encoding="utf-8-sig")
    (home / "名册" / "濮阳.csv").write_text(text, encoding="gbk")
    bureau = home / "config" / "bureaus" / "puyang.yaml"
    words = bureau.read_text(encoding="utf-8").replace("roster: rosters/puyang.csv", "roster: 名册/濮阳.csv")
    bureau.write_text(words + "digest_at: '10:30'\nauthserv_id: \"0x1F\"\n", encoding="utf-8")
    notice = home / "config" / "notices" / "puyang-2023.yaml"
    quote = "一段很长的原文：“引号”、#井号、冒号: 和 'x' " + "很长" * 300
    plain = notice.read_text(encoding="utf-8")
    assert 'contact: ""' in plain
    notice.write_text(plain.replace('contact: ""', f"contact: {json.dumps(quote)}"), encoding="utf-8")
    settings = load(home)
    kept = home / "data" / "kept.json"
    keep_last_good(settings, kept, NOW)
    found = read_last_good(kept, home)
    assert found is not None
    assert replace(found.settings, remarks=()) == replace(settings, remarks=())


def test_kept_file_holds_no_secret_no_comment_and_no_address_of_a_monitor(home: Path) -> None:
    bureau = home / "config" / "bureaus" / "puyang.yaml"
    bureau.write_text(
        "# 授权码 ABCDEFGHIJKLMNOP\n"
        + bureau.read_text(encoding="utf-8").replace(
            "secret_env: PUYANG_MAIL_SECRET", "secret_file: config/授权码.txt  # QRSTUVWX"
        ),
        encoding="utf-8",
    )
    (home / "config" / "授权码.txt").write_text("YZABCDEF", encoding="utf-8")
    intake = home / "config" / "intake.yaml"
    address = "https://hc-ping.com/5f1c7a52-0000-4000-8000-123456789abc"
    intake.write_text(intake.read_text(encoding="utf-8") + f"\nhealth:\n  ping_url: {address}\n", encoding="utf-8")
    settings, kept = load(home), home / "data" / "kept.json"
    keep_last_good(settings, kept, NOW)
    text = kept.read_text(encoding="utf-8")
    assert [word for word in ("ABCDEFGHIJKLMNOP", "QRSTUVWX", "YZABCDEF", "hc-ping", "5f1c7a52") if word in text] == []
    assert "config/授权码.txt" in text
    found = read_last_good(kept, home)
    assert found is not None
    expected = replace(settings, remarks=(), intake=settings.intake.model_copy(update={"health": HealthSettings()}))
    assert replace(found.settings, remarks=()) == expected
    assert kept.stat().st_mode & 0o077 == 0


def test_kept_file_is_written_only_when_the_settings_differ(home: Path) -> None:
    settings, kept = load(home), home / "data" / "kept.json"
    keep_last_good(settings, kept, NOW)
    keep_last_good(settings, kept, NOW.replace(hour=9))
    found = read_last_good(kept, home)
    assert found is not None
    assert found.taken_at == NOW
    intake = home / "config" / "intake.yaml"
    intake.write_text(
        intake.read_text(encoding="utf-8").replace("every_seconds: 120", "every_seconds: 90"), encoding="utf-8"
    )
    keep_last_good(load(home), kept, NOW.replace(hour=9))
    found = read_last_good(kept, home)
    assert found is not None
    assert (found.taken_at.hour, found.settings.intake.polling.every_seconds) == (9, 90)
    assert [path.name for path in kept.parent.iterdir()] == ["kept.json"]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _escape(path: Path) -> None:
    found = json.loads(path.read_bytes())
    found["files"]["../../outside.yaml"] = "a: 1"
    path.write_text(json.dumps(found), encoding="utf-8")


def _of_another_version(path: Path) -> None:
    found = json.loads(path.read_bytes())
    found["files"]["config/intake.yaml"] = "no_such_key: 1"
    path.write_text(json.dumps(found), encoding="utf-8")


@pytest.mark.parametrize(
    "spoil",
    [
        _cut,
        _escape,
        _of_another_version,
        Path.unlink,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"[1]"),
        lambda path: path.write_bytes(b"\xff\xfe"),
        lambda path: path.write_text('{"taken_at": 3, "files": {}}'),
        lambda path: path.write_text('{"taken_at": "2023-05-17T08:00:00", "files": {}}'),
    ],
    ids=["cut", "path outside", "other version", "gone", "empty", "list", "no text", "no time", "naive time"],
)
def test_spoiled_kept_file_counts_as_none_and_is_written_anew(home: Path, spoil: Callable[[Path], object]) -> None:
    settings, kept = load(home), home / "data" / "kept.json"
    keep_last_good(settings, kept, NOW)
    spoil(kept)
    assert read_last_good(kept, home) is None
    keep_last_good(settings, kept, NOW)
    assert read_last_good(kept, home) is not None


def test_kept_file_that_cannot_be_written_stops_nothing(home: Path) -> None:
    kept = home / "data" / "kept.json"
    kept.mkdir()
    keep_last_good(load(home), kept, NOW)
    assert read_last_good(kept, home) is None


def test_shipped_configuration_is_kept_whole() -> None:
    settings = load(defaults_dir())
    assert len(settings.values) == 1 + len(settings.bureaus) + len(settings.notices)
    assert len(settings.roster_texts) == len(settings.bureaus)
