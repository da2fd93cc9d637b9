"""`backup`, `restore` and `ledger verify`: what was taken in survives the disk that it was on."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from intake_bot.backup.verifying import Verified, verify
from intake_bot.demo.servers import ImapAccount, ImapServer, SmtpServer
from intake_bot.home import Home
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.upkeep import StoredFile
from tests.commands.damaged_backups import DAMAGES
from tests.e2e.home import make_home, write_bureau
from tests.e2e.looking import Ran, dump, fates, read, run, tree
from tests.e2e.mails import NOW, START, Fate, accepted_mail, compose, foreign_mail, rejected_mail
from tests.e2e.test_kill import die_in

AT_NOW = ("--now", NOW.isoformat())


@pytest.fixture(scope="module")
def account(pymap_server: ImapServer) -> ImapAccount:
    account = pymap_server.account("backup@example.edu.cn")
    link = "https://mail.163.com/large-attachment-download/index.html?file=abc"
    held = compose("活动周承德市教育局视频材料", text=f"视频见超大附件：{link}", message_id="<held@example.edu.cn>")
    for raw in (accepted_mail(), held, rejected_mail(), foreign_mail()):
        account.append(raw, START)
    return account


@pytest.fixture(scope="module")
def polled(account: ImapAccount, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an accepted, a held, a rejected and a foreign mail, and a digest. For reading only."""
    with SmtpServer("secret") as smtp:
        home = make_home(tmp_path_factory.mktemp("polled"), {"hebei": account}, smtp)
        assert run("poll", "--home", home, *AT_NOW).code == 0
        assert run("digest", "--home", home, *AT_NOW).code == 0
    return home


@pytest.fixture(scope="module")
def backup(polled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it. For reading only."""
    target = tmp_path_factory.mktemp("backup") / "备份.zip"
    done = run("backup", "--home", polled, target)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"已备份到 {target}：台账和 7 个文件，")
    return target


@pytest.fixture
def copy(polled: Path, tmp_path: Path) -> Path:
    """A copy of the home to work on."""
    shutil.copytree(polled, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture
def empty(account: ImapAccount, smtp_server: SmtpServer, tmp_path: Path) -> Path:
    """A new home for the same bureau, without data."""
    return make_home(tmp_path / "new", {"hebei": account}, smtp_server)


def kept(home: Path) -> dict[str, str]:
    """All that is in data/ for good, but the ledger."""
    return {
        f"{folder}/{name}": digest
        for folder in ("files", "spool", "digests")
        for name, digest in tree(home / "data" / folder).items()
    }


def test_a_restored_home_is_the_one_that_was_backed_up(polled: Path, backup: Path, empty: Path) -> None:
    restored = run("restore", "--home", empty, backup)
    assert (restored.code, restored.err) == (0, "")
    assert "台账和 7 个文件，全部核对无误" in restored.out
    assert kept(empty) == kept(polled)
    before, after = dump(polled), dump(empty)
    assert after.pop("event")[:-1] == before.pop("event")
    assert after.pop("sqlite_sequence") != before.pop("sqlite_sequence")
    assert after == before
    assert not (empty / "data" / "restoring").exists()
    verified = run("ledger", "verify", "--home", empty)
    assert verified == Ran(0, "没有问题：台账完好，登记的 5 个文件都在，都没有变。\n", "")


def test_a_restored_home_works_on_and_gives_no_receipt_number_twice(
    backup: Path, empty: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    assert run("restore", "--home", empty, backup).code == 0
    account.append(compose("活动周唐山市教育局照片材料", message_id="<new@example.edu.cn>"), START)
    polled = run("poll", "--home", empty, *AT_NOW)
    assert "新邮件 1 封，处理完 1 封" in polled.out
    assert fates(empty) == [Fate.ACCEPTED, Fate.HELD, Fate.REJECTED, Fate.OTHER, Fate.REJECTED]
    (letter,) = smtp_server.letters
    assert "（回执编号 2005-" in read(letter)["Subject"]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no file modes")
def test_a_backup_is_for_its_owner_only(backup: Path, empty: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert run("restore", "--home", empty, backup).code == 0
    assert stat.S_IMODE((empty / "data" / "ledger.sqlite3").stat().st_mode) == 0o600


def test_a_backup_holds_a_manifest_and_no_secret(polled: Path, backup: Path) -> None:
    with zipfile.ZipFile(backup) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))
    assert names == [*(entry["name"] for entry in manifest["entries"]), "manifest.json"]
    assert {entry["name"]: entry["sha256"] for entry in manifest["entries"][1:]} == kept(polled)
    assert "secret.txt" not in "".join(names)


def test_letters_that_waited_at_the_backup_are_in_doubt_after_it(copy: Path, empty: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(copy / "data" / "ledger.sqlite3")) as ledger, ledger:
        ledger.execute("UPDATE letter SET state = 'queued' WHERE id = 1")
        ledger.execute("UPDATE letter SET state = 'deferred', next_attempt = created WHERE id = 2")
    assert run("backup", "--home", copy, tmp_path / "b.zip").code == 0
    restored = run("restore", "--home", empty, tmp_path / "b.zip")
    assert "有 2 封信备份时还没有发出" in restored.out
    with closing(sqlite3.connect(empty / "data" / "ledger.sqlite3")) as ledger:
        states = ledger.execute("SELECT state, next_attempt FROM letter ORDER BY id").fetchall()
    assert states[:2] == [("sending", None)] * 2
    assert {state for state, _ in states[2:]} == {"sent"}


def test_an_existing_backup_is_not_overwritten(polled: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.zip"
    target.write_text("older")
    assert run("backup", "--home", polled, target) == Ran(
        1, "", f"出错：{target} 已经有了，请换一个文件名；旧的备份不会被覆盖\n"
    )
    assert target.read_text() == "older"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["backup", "b.zip"], "还没有登记过邮件，没有可以备份的"),
        (["restore", "b.zip"], "没有 b.zip 这个文件"),
    ],
    ids=["backup", "restore"],
)
def test_where_there_is_nothing_it_is_said(empty: Path, words: list[str], said: str) -> None:
    done = run(*words, "--home", empty)
    assert (done.code, done.out, done.err) == (1, "", f"出错：{said}\n")
    assert kept(empty) == {}


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("away/b.zip", "没有 {folder}/away 这个文件夹"),
        ("file/b.zip", "没有 {folder}/file 这个文件夹"),
        ("", "{folder} 是文件夹，请写上备份文件的名字，如 {folder}/2023-05-17.zip"),
        ("长" * 200, "不能用 {folder}/" + "长" * 200 + " 这个文件名，请换一个短些的"),
    ],
    ids=["no folder", "a file as a folder", "a folder", "too long a name"],
)
@pytest.mark.skipif(os.name != "posix", reason="Windows has other separators, and a limit on whole paths")
def test_a_backup_to_where_there_can_be_none_is_refused(target: str, said: str, polled: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("backup", "--home", polled, tmp_path / target)
    assert (done.code, done.out, done.err) == (1, "", f"出错：{said.format(folder=tmp_path)}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "{folder} 是文件夹，请写明里面的哪个备份文件"),
        ("away.zip", "没有 {folder}/away.zip 这个文件"),
        ("长" * 200, "没有 {folder}/" + "长" * 200 + " 这个文件"),
        ("empty.zip", "{folder}/empty.zip 不是 intake-bot 的备份，或已损坏，没有恢复任何东西"),
        ("pipe", "没有 {folder}/pipe 这个文件"),
    ],
    ids=["a folder", "nothing", "too long a name", "an empty file", "a pipe"],
)
@pytest.mark.skipif(os.name != "posix", reason="Windows has other separators, and no pipes of this kind")
def test_what_is_no_backup_by_its_kind_is_not_restored(source: str, said: str, empty: Path, tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "empty.zip").touch()
    os.mkfifo(folder / "pipe")
    done = run("restore", "--home", empty, folder / source)
    assert (done.code, done.out, done.err) == (1, "", f"出错：{said.format(folder=folder)}\n")
    assert tree(empty / "data").keys() <= {".gitkeep", "intake-bot.lock"}


def test_a_home_with_data_is_not_restored_over(backup: Path, copy: Path) -> None:
    before = dump(copy), kept(copy)
    done = run("restore", "--home", copy, backup)
    assert done.code == 1
    assert "里已经有数据（ledger.sqlite3、files、spool、digests），恢复不会覆盖它们" in done.err
    assert (dump(copy), kept(copy)) == before


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_what_is_left_of_another_ledger_is_not_joined_with_the_restored_one(
    ending: str, backup: Path, empty: Path
) -> None:
    stale = empty / "data" / f"ledger.sqlite3{ending}"
    stale.write_bytes(b"pages")
    done = run("restore", "--home", empty, backup)
    assert (done.code, f"里已经有数据（ledger.sqlite3{ending}）" in done.err) == (1, True)
    assert stale.read_bytes() == b"pages"


@pytest.mark.parametrize("left", ["restoring", "restored"])
def test_the_only_files_are_kept_whatever_an_earlier_restore_left(left: str, backup: Path, copy: Path) -> None:
    data = copy / "data"
    (data / left).mkdir()
    shutil.move(data / "ledger.sqlite3", data / left / "ledger.sqlite3")
    shutil.copytree(data / "digests", data / left / "digests")
    for aside in data.glob("ledger.sqlite3-*"):
        aside.unlink()
    before = kept(copy)
    done = run("restore", "--home", copy, backup)
    assert (done.code, "里已经有数据（" in done.err) == (1, True)
    assert kept(copy) == before


def test_what_an_earlier_restore_left_goes_when_the_program_works(copy: Path) -> None:
    left = copy / "data" / "restoring" / "files"
    left.mkdir(parents=True)
    (left / "x").write_text("x")
    before = kept(copy)
    assert run("digest", "--home", copy, *AT_NOW).code == 0
    assert not left.parent.exists()
    assert kept(copy) == before


@pytest.mark.skipif(os.name != "posix", reason="Windows asks for a right to make links")
def test_a_link_is_not_replaced_by_a_folder(backup: Path, empty: Path, tmp_path: Path) -> None:
    (tmp_path / "big disk").mkdir()
    (empty / "data" / "files").symlink_to(tmp_path / "big disk")
    done = run("restore", "--home", empty, backup)
    place = empty / "data" / "files"
    assert done.err == f"出错：{place} 是链接或另一块盘，恢复放不进去；请先拿掉，恢复以后再把内容搬过去\n"
    assert place.is_symlink()
    assert tree(empty / "data").keys() <= {".gitkeep", "intake-bot.lock"}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_backup_that_is_not_whole_restores_nothing(
    damage: Callable[[Path, Path], None], backup: Path, empty: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.zip"
    damage(backup, damaged)
    done = run("restore", "--home", empty, damaged)
    assert (done.code, done.out) == (1, "")
    assert "没有恢复任何东西" in done.err
    assert tree(empty / "data").keys() <= {".gitkeep", "intake-bot.lock"}
    assert run("restore", "--home", empty, backup).code == 0


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_killed_restore_may_be_repeated(number: int, polled: Path, backup: Path, empty: Path) -> None:
    die_in("intake_bot.backup.restoring:_move", "before", number, "restore", "--home", empty, backup)
    assert not (empty / "data" / "ledger.sqlite3").exists()
    assert run("restore", "--home", empty, backup).code == 0
    assert kept(empty) == kept(polled)
    assert run("ledger", "verify", "--home", empty).code == 0


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGKILL")
def test_a_restore_killed_when_it_was_done_is_done(polled: Path, backup: Path, empty: Path) -> None:
    die_in("intake_bot.backup.restoring:_move", "after", 4, "restore", "--home", empty, backup)
    assert run("ledger", "verify", "--home", empty).code == 0
    assert "已经有数据" in run("restore", "--home", empty, backup).err
    assert kept(empty) == kept(polled)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGKILL")
def test_a_killed_backup_leaves_none_and_may_be_repeated(polled: Path, tmp_path: Path) -> None:
    die_in("intake_bot.backup.making:_Writing.add_text", "after", 1, "backup", "--home", polled, tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()
    assert run("backup", "--home", polled, tmp_path / "b.zip").code == 0


def _remove(path: Path) -> None:
    path.unlink()


def _change(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize(
    ("harm", "said"),
    [(_remove, "不见了"), (_change, "内容被改动过或已损坏"), (_cut, "大小不对（登记 ")],
    ids=["gone", "changed", "cut"],
)
def test_a_harmed_file_is_found_by_verify_and_by_backup(
    harm: Callable[[Path], None], said: str, copy: Path, tmp_path: Path
) -> None:
    path = next((copy / "data" / "files").glob("hebei/*/石家庄市教育局/*/典型案例.docx"))
    harm(path)
    verified = run("ledger", "verify", "--home", copy)
    assert verified.code == 1
    assert f"问题：回执编号 1001-9 的文件{said}" in verified.out
    assert str(path) in verified.out
    assert "有 1 处问题" in verified.out
    backed_up = run("backup", "--home", copy, tmp_path / "b.zip")
    assert backed_up.code == 1
    assert backed_up.out.startswith("问题：回执编号 1001-9 的文件")
    assert (tmp_path / "b.zip").is_file()


def test_verify_tells_of_references_that_lead_nowhere(copy: Path) -> None:
    with closing(sqlite3.connect(copy / "data" / "ledger.sqlite3")) as ledger, ledger:
        ledger.execute("UPDATE item SET submission = 99 WHERE id = 1")
        ledger.execute("UPDATE message SET settled = 999 WHERE id = 2")
        ledger.execute("UPDATE submission SET stands = 0 WHERE message = 3")
    verified = run("ledger", "verify", "--home", copy)
    assert verified.code == 1
    assert [line for line in verified.out.splitlines() if line.startswith("问题")] == [
        "问题：表 item 第 1 行指向 submission 里不存在的一行",
        "问题：邮件 1002-4 的处理结果没有对应的流水记录",
        "问题：邮件 1003-5 记为已判定，却没有判定结果",
    ]


def test_verify_tells_of_a_damaged_index(copy: Path) -> None:
    with closing(sqlite3.connect(copy / "data" / "ledger.sqlite3")) as ledger, ledger:
        ledger.execute("PRAGMA writable_schema = ON")
        ledger.execute("DELETE FROM sqlite_master WHERE name = 'ix_event_bureau_what'")
    verified = run("ledger", "verify", "--home", copy)
    assert verified.code == 1
    assert "问题：数据库结构有错：" in verified.out


def test_verify_remarks_on_what_is_in_nobody_s_way(copy: Path) -> None:
    stray = copy / "data" / "files" / "hebei" / "多余.txt"
    stray.write_text("x", encoding="utf-8")
    (raw,) = (copy / "data" / "spool").iterdir()
    raw.unlink()
    verified = run("ledger", "verify", "--home", copy)
    assert verified.code == 0
    assert verified.out.splitlines() == [
        f"提示：台账里没有登记这个文件（多半是处理中断时留下的，不影响使用）：{stray}",
        "提示：回执编号 1002-4 等人工处理，本机存的原邮件不见了或已损坏，不能重新判定；"
        f"请在邮箱里看原邮件，再用 held accept 或 held reject 作出决定：{raw}",
        "没有问题：台账完好，登记的 5 个文件都在，都没有变。",
    ]


def test_verify_counts_what_is_filed_meanwhile_as_filed(
    copy: Path, pymap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    account = pymap_server.account("meanwhile@example.edu.cn")
    account.append(compose("活动周唐山市教育局照片材料", message_id="<new@example.edu.cn>"), START)
    write_bureau(copy, "hebei", account, smtp_server)

    def meanwhile(files: Sequence[StoredFile]) -> Iterator[StoredFile]:
        assert "处理完 1 封" in run("poll", "--home", copy, *AT_NOW).out
        assert run("held", "reject", "1002-4", "--reason", "链接打不开", "--home", copy, *AT_NOW).code == 0
        yield from files

    home = Home(copy)
    with Ledger.open(home.ledger) as ledger:
        assert verify(ledger, home, meanwhile) == Verified(5, (), ())
        assert len(ledger.upkeep.stored_files()) > 5


def test_verify_misses_a_ledger_that_is_gone(copy: Path) -> None:
    data = copy / "data"
    for path in data.glob("ledger.sqlite3*"):
        path.unlink()
    said = f"出错：台账不见了：{data / 'files'} 里有文件，却没有 {data / 'ledger.sqlite3'}；请用备份恢复\n"
    assert run("ledger", "verify", "--home", copy) == Ran(1, "", said)


def test_verify_knows_what_is_no_home(tmp_path: Path) -> None:
    done = run("ledger", "verify", "--home", tmp_path / "mistyped")
    assert (done.code, done.out) == (2, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="Windows words it otherwise")
@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("data", "名字已经被占用，建不了 {home}/data"),
        ("data/restoring", "应该是文件夹，却不是 {home}/data/restoring"),
        ("data/restored", "应该是文件夹，却不是 {home}/data/restored"),
    ],
)
def test_a_file_where_a_folder_should_be_is_told(place: str, said: str, backup: Path, empty: Path) -> None:
    if place == "data":
        shutil.rmtree(empty / "data")
    (empty / place).write_text("x")
    done = run("restore", "--home", empty, backup)
    assert (done.code, done.out, done.err) == (1, "", f"出错：{said.format(home=empty)}\n")
    assert (empty / place).read_text() == "x"


def test_verify_before_the_first_poll_makes_nothing(empty: Path) -> None:
    assert run("ledger", "verify", "--home", empty) == Ran(0, "还没有登记过材料。\n", "")
    assert not (empty / "data" / "ledger.sqlite3").exists()
