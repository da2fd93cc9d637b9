"""`doctor` on real servers: what it says when all is well, and for each thing that is not."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from intake_bot.config.defaults import packaged_templates
from intake_bot.demo.servers import ImapAccount, ImapServer, SmtpServer
from tests.e2e.home import edit, make_home, write_bureau
from tests.e2e.inspection import CommandResult, run, tree
from tests.e2e.mails import NOW, START, accepted_mail
from tests.servers.dovecot import Dovecot
from tests.servers.netease import NeteaseServer
from tests.servers.smtp import MoodySmtpServer


@pytest.fixture
def account(pymap_server: ImapServer, new_user: str) -> ImapAccount:
    return pymap_server.account(new_user)


@pytest.fixture
def root(account: ImapAccount, smtp_server: SmtpServer, tmp_path: Path) -> Path:
    return make_home(tmp_path / "home", {"hebei": account}, smtp_server)


def doctor(root: Path, *words: str) -> CommandResult:
    return run("doctor", "--home", root, "--now", NOW.isoformat(), *words)


def told(ran: CommandResult, grade: str) -> dict[str, str]:
    """What was tried → what was said, of one grade."""
    return dict(re.findall(rf"^  \[{grade}\] (.+?)：(.+)$", ran.out, re.MULTILINE))


def todo(ran: CommandResult, what: str) -> str:
    """What to do about it."""
    found = re.search(rf"^  \[不行\] {re.escape(what)}.*\n +怎么办：(.+)$", ran.out, re.MULTILINE)
    assert found is not None, ran.out
    return found[1]


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def test_doctor_on_dovecot_finds_no_fault_and_changes_no_mail(
    dovecot_server: Dovecot, smtp_server: SmtpServer, new_user: str, tmp_path: Path
) -> None:
    account = dovecot_server.account(new_user)
    account.append(accepted_mail(), NOW)
    root = make_home(tmp_path / "家", {"hebei": account}, smtp_server)
    healthy = doctor(root)
    assert (healthy.code, healthy.err, told(healthy, "不行")) == (0, "", {})
    assert healthy.out.rstrip().endswith("没有发现问题。")
    well = told(healthy, "正常")
    assert list(well) == [
        "检查",
        "数据文件夹",
        "磁盘",
        "台账",
        "7-Zip（解 RAR、7z 压缩包）",
        "MediaInfo（量视频）",
        f"收信服务器 127.0.0.1:{account.port}",
        "收信邮箱",
        f"发信服务器 127.0.0.1:{smtp_server.port}",
        "发信登录",
    ]
    assert well["收信邮箱"] == "能登录，能只读打开“INBOX”，最近两三天有 1 封邮件"
    assert list(told(healthy, "没查")) == ["本机时间"]
    assert smtp_server.letters == ()
    assert not (root / "data/ledger.sqlite3").exists()
    with dovecot_server.client(new_user) as clerk:
        clerk.select("INBOX", readonly=True)
        assert clerk.fetch("1", "(FLAGS)")[1] == [rb"1 (FLAGS (\Recent))"]


def test_doctor_beside_a_running_service_changes_nothing(root: Path, account: ImapAccount) -> None:
    account.append(accepted_mail(), START)
    assert run("poll", "--home", root, "--now", NOW.isoformat()).code == 0
    before = tree(root / "data")
    again = doctor(root)
    assert (again.code, told(again, "正常")["台账"]) == (0, "打得开")
    assert {name: digest for name, digest in tree(root / "data").items() if "sqlite3-" not in name} == before


def test_wrong_secret_is_reported_for_both_servers_with_its_place(root: Path) -> None:
    (root / "secret.txt").write_text("wrong", encoding="utf-8")
    ill = doctor(root)
    assert (ill.code, list(told(ill, "不行"))) == (1, ["收信邮箱", "发信登录"])
    for what in told(ill, "不行"):
        assert "重新生成授权码（不是登录密码），换到文件 secret.txt。不要反复重试" in todo(ill, what)
    assert ill.out.rstrip().endswith("有 2 处要处理（标着“不行”的）。")


def test_missing_secret_is_reported_and_the_servers_are_tried(root: Path) -> None:
    (root / "secret.txt").unlink()
    ill = doctor(root)
    assert (ill.code, list(told(ill, "不行"))) == (1, ["授权码"])
    assert todo(ill, "授权码").endswith("生成授权码，放进文件 secret.txt。")
    assert len([what for what in told(ill, "正常") if "服务器" in what]) == 2


def test_netease_login_sends_id_and_its_refusal_is_explained(smtp_server: SmtpServer, tmp_path: Path) -> None:
    with NeteaseServer() as server:
        root = make_home(tmp_path, {"hebei": server.account}, smtp_server)
        assert doctor(root).code == 0
        commands = [command.partition(" ")[0] for command in server.commands]
        assert ("ID" in commands, "SELECT" in commands) == (True, False)
        server.ids_wanted = 9
        ill = doctor(root)
    assert "认为登录不安全" in told(ill, "不行")["收信邮箱"]


def test_closed_port_is_reported_with_the_port_to_open(
    root: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    port = closed_port()
    write_bureau(root, "hebei", replace(account, port=port), smtp_server)
    ill = doctor(root)
    assert (ill.code, list(told(ill, "不行"))) == (1, [f"收信服务器 127.0.0.1:{port}"])
    assert f"放行到 127.0.0.1 的 {port} 端口" in todo(ill, "收信服务器")
    assert "收信邮箱" not in ill.out


def test_unknown_host_is_reported(root: Path, account: ImapAccount, smtp_server: SmtpServer) -> None:
    edit(root, "config/bureaus/hebei.yaml", "imap: {host: 127.0.0.1", "imap: {host: imap.invalid")
    edit(root, "config/bureaus/hebei.yaml", "security: none}", "security: tls}")
    ill = doctor(root)
    assert "查不到这个主机名" in told(ill, "不行")[f"收信服务器 imap.invalid:{account.port}"]


def test_server_without_the_configured_tls_is_reported(root: Path, smtp_server: SmtpServer) -> None:
    name = f"发信服务器 127.0.0.1:{smtp_server.port}"
    edit(
        root,
        "config/bureaus/hebei.yaml",
        f"port: {smtp_server.port}, security: none",
        f"port: {smtp_server.port}, security: tls",
    )
    ill = doctor(root)
    assert "加密没有谈成" in told(ill, "不行")[name]
    assert "security：tls 一般配 993（收信）、465（发信）" in todo(ill, name)


def test_missing_imap_folder_is_reported(root: Path, account: ImapAccount) -> None:
    edit(
        root,
        "config/bureaus/hebei.yaml",
        f"port: {account.port}, security",
        f"port: {account.port}, folder: 报送, security",
    )
    ill = doctor(root)
    assert "请核对文件夹“报送”在网页邮箱里有没有" in todo(ill, "收信邮箱")


def test_trial_of_an_smtp_server_sends_no_letter(account: ImapAccount, tmp_path: Path) -> None:
    with MoodySmtpServer("secret") as smtp:
        root = make_home(tmp_path, {"hebei": account}, smtp)
        smtp.mail_answer = "451 busy"  # nobody comes so far: nothing is sent
        assert doctor(root).code == 0


def test_smtp_server_that_limits_connections_is_reported(account: ImapAccount, tmp_path: Path) -> None:
    with MoodySmtpServer("secret") as smtp:
        root = make_home(tmp_path, {"hebei": account}, smtp)
        smtp.login_answer = "454 4.7.0 too many connections"
        ill = doctor(root)
        assert (ill.code, list(told(ill, "不行"))) == (1, ["发信登录"])
        assert todo(ill, "发信登录") == "服务商嫌连得太勤，或者正忙：请过半小时再试，其间不要反复试。"


def test_slow_clock_is_detected_by_the_newest_mail(root: Path, account: ImapAccount) -> None:
    account.append(accepted_mail(), NOW + timedelta(hours=3))
    ill = doctor(root)
    assert (ill.code, told(ill, "不行")["本机时间"][:18]) == (1, "比邮箱服务器慢了至少 3 小时（本机"[:18])


def _full(root: Path) -> None:
    edit(root, "config/intake.yaml", "free_disk_bytes: 200000000", f"free_disk_bytes: {10**18}")


def _no_folder(root: Path) -> None:
    (root / "data").rmdir()
    (root / "data").write_text("a file where the folder should be", encoding="utf-8")


def _no_ledger(root: Path) -> None:
    (root / "data").mkdir(exist_ok=True)
    (root / "data/ledger.sqlite3").write_bytes(b"this is no database at all, but long enough to be one" * 100)


def _no_notice(root: Path) -> None:
    (root / "config/notices/hebei-2023.yaml").unlink()


@pytest.mark.parametrize(
    ("break_it", "what", "said"),
    [
        (_full, "磁盘", "请清理 "),
        (_no_folder, "数据文件夹", "请确认运行收件程序的用户能在这个文件夹里新建"),
        (_no_ledger, "台账", "请照提示处理；台账损坏时从备份恢复"),
        (_no_notice, "通知", "请在 config/notices 里放一份这个教育局的通知"),
    ],
    ids=["disk", "folder", "ledger", "notice"],
)
def test_fault_of_this_machine_is_reported_with_advice(
    root: Path, break_it: Callable[[Path], None], what: str, said: str
) -> None:
    break_it(root)
    ill = doctor(root)
    assert (ill.code, list(told(ill, "不行"))) == (1, [what])
    assert todo(ill, what).startswith(said)


def test_faults_of_configuration_and_letters_are_reported_and_the_machine_is_tried(root: Path) -> None:
    edit(root, "config/intake.yaml", "every_seconds:", "evry_seconds:")
    shutil.copytree(packaged_templates(), root / "templates")
    edit(root, "templates/words/held.txt", "{{ letter.", "{{ leter.")
    ill = doctor(root)
    assert ill.code == 1
    assert list(told(ill, "不行")) == ["config/intake.yaml 第 15 行", "templates/words/held.txt 第 4 行"]
    assert "MediaInfo（量视频）" in told(ill, "正常")


def test_missing_programs_are_reported(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake_bot.doctor.machine.list_entries", _missing)
    ill = doctor(root)
    assert list(told(ill, "不行")) == ["7-Zip（解 RAR、7z 压缩包）"]
    assert "重新安装收件程序" in todo(ill, "7-Zip")


def _missing(*_: object) -> None:
    raise OSError("no such program")


def test_missing_home_is_reported_and_not_made(tmp_path: Path) -> None:
    ran = doctor(tmp_path / "mistyped")
    assert told(ran, "不行")["数据文件夹"] == f"没有 {tmp_path / 'mistyped'} 这个文件夹"
    assert list(tmp_path.iterdir()) == []
