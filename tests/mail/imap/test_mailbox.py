import imaplib
import random
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from imapclient import imap_utf7

import intake_bot
from intake_bot.demo.servers import ImapAccount, ImapServer
from intake_bot.errors import PermanentFailure, TemporaryFailure
from intake_bot.mail.connection import LoginRefused, Security
from intake_bot.mail.imap.mailbox import Mailbox
from intake_bot.mail.imap.responses import FetchRefused, MailGone, MailSummary
from intake_bot.mail.imap.settings import ImapSettings
from tests.marking import slow
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.manners import VIRUS_FOLDER
from tests.servers.netease import NeteaseServer
from tests.servers.proxy import ImapProxy

CHINA = timezone(timedelta(hours=8))
NOON = datetime(2023, 5, 17, 12, 0, 0, tzinfo=CHINA)
LETTER = b"From: a@example.edu.cn\r\nSubject: hello\r\n\r\nText.\r\n"
SERVERS = Path(__file__).parents[2] / "servers"
CERTIFICATE = SERVERS / "loopback.crt"


def settings(account: ImapAccount, chunk_bytes: int = 1024 * 1024, password: str | None = None) -> ImapSettings:
    return ImapSettings(
        account.host,
        account.port,
        account.user,
        account.password if password is None else password,
        Security.NONE,
        timeout_seconds=10,
        chunk_bytes=chunk_bytes,
    )


def opened(account: ImapAccount, chunk_bytes: int = 1024 * 1024) -> Mailbox:
    """A mailbox that is open."""
    mailbox = Mailbox(settings(account, chunk_bytes))
    mailbox.open()
    return mailbox


def fetched(mailbox: Mailbox, uid: int, announced_bytes: int) -> bytes:
    pieces: list[bytes] = []
    assert mailbox.fetch(uid, announced_bytes, pieces.append) == sum(map(len, pieces))
    return b"".join(pieces)


def large_letter(size: int) -> bytes:
    """Lines of 76 characters, as base64 would be; not one like another."""
    noise = random.Random(size).randbytes(size // 2).hex().encode()
    lines = b"\r\n".join(noise[start : start + 76] for start in range(0, len(noise), 76))
    return LETTER + lines + b"\r\n"


def flags_of(answer: Iterable[object]) -> list[set[bytes]]:
    """By mail, without \\Recent, which the server gives and takes by itself."""
    return [set(imaplib.ParseFlags(line)) - {rb"\Recent"} for line in answer if isinstance(line, bytes)]


@pytest.fixture
def netease() -> Iterator[NeteaseServer]:
    with NeteaseServer() as server:
        yield server


def test_search_by_day_returns_ascending_uids(imap_server: ImapAccount) -> None:
    for days in (0, 10, 5, 9):
        imap_server.append(LETTER, NOON - timedelta(days))
    with closing(opened(imap_server)) as mailbox:
        everything = mailbox.search(date(2023, 1, 1))
        recent = mailbox.search(date(2023, 5, 11))
        assert (everything, len(everything)) == (sorted(everything), 4)
        assert recent == [everything[0], everything[2]]
        assert mailbox.search(date(2024, 1, 1)) == []


def test_summary_has_time_of_receipt_in_utc_and_size(imap_server: ImapAccount) -> None:
    imap_server.append(LETTER, NOON)
    with closing(opened(imap_server)) as mailbox:
        (uid,) = mailbox.search(date(2023, 5, 15))
        received_at = datetime(2023, 5, 17, 4, 0, 0, tzinfo=UTC)
        assert mailbox.fetch_summaries([uid]) == {uid: MailSummary(uid, received_at, len(LETTER))}


def test_summaries_of_several_batches_leave_unknown_uids_out(imap_server: ImapAccount) -> None:
    for number in range(53):
        imap_server.append(LETTER + b"%d\r\n" % number, NOON)
    with closing(opened(imap_server)) as mailbox:
        uids = mailbox.search(date(2023, 5, 15))
        described = mailbox.fetch_summaries([*reversed(uids), 999_999])
        assert sorted(described) == uids
        assert mailbox.fetch_summaries([]) == {}


@pytest.mark.parametrize("chunk_bytes", [64, slow(500), 700, 1024 * 1024], ids=lambda n: f"pieces of {n}")
@pytest.mark.parametrize("error", [-600, -1, 0, 1, 600], ids=lambda n: f"announced {n:+}")
def test_fetch_with_wrong_announced_size_is_byte_identical(
    imap_server: ImapAccount, chunk_bytes: int, error: int
) -> None:
    letter = large_letter(1400 - len(LETTER) - 38)
    imap_server.append(letter, NOON)
    with closing(opened(imap_server, chunk_bytes)) as mailbox:
        (uid,) = mailbox.search(date(2023, 5, 15))
        assert fetched(mailbox, uid, len(letter) + error) == letter


def test_fetch_of_large_mail_writes_chunks(imap_server: ImapAccount) -> None:
    letter = large_letter(1_500_000)
    imap_server.append(letter, NOON)
    with closing(opened(imap_server, 256 * 1024)) as mailbox:
        (uid,) = mailbox.search(date(2023, 5, 15))
        pieces: list[bytes] = []
        mailbox.fetch(uid, len(letter), pieces.append)
        assert b"".join(pieces) == letter
        assert max(map(len, pieces)) == 256 * 1024


@pytest.mark.parametrize("chunk_bytes", [8, 1024 * 1024], ids=["in pieces", "whole"])
def test_fetch_of_missing_mail_raises_and_keeps_the_connection(imap_server: ImapAccount, chunk_bytes: int) -> None:
    with closing(opened(imap_server, chunk_bytes)) as mailbox:
        with pytest.raises(MailGone):
            mailbox.fetch(4711, 100, lambda _: None)
        assert mailbox.is_open
        mailbox.search_all()


def test_fetch_with_failing_writer_keeps_the_connection(imap_server: ImapAccount) -> None:
    imap_server.append(LETTER, NOON)

    def full(_: bytes) -> None:
        raise TemporaryFailure("磁盘已满")

    with closing(opened(imap_server)) as mailbox:
        (uid,) = mailbox.search(date(2023, 5, 15))
        with pytest.raises(TemporaryFailure, match="磁盘已满"):
            mailbox.fetch(uid, len(LETTER), full)
        assert fetched(mailbox, uid, len(LETTER)) == LETTER


def test_open_again_keeps_the_connection_and_sees_new_mail(imap_server: ImapAccount) -> None:
    with closing(opened(imap_server)) as mailbox:
        uidvalidity = mailbox.uidvalidity
        assert uidvalidity > 0
        assert mailbox.search(date(2023, 5, 15)) == []
        imap_server.append(LETTER, NOON)
        mailbox.open()
        assert len(mailbox.search(date(2023, 5, 15))) == 1
        assert mailbox.uidvalidity == uidvalidity


def test_open_with_wrong_password_raises_login_refused(imap_server: ImapAccount) -> None:
    mailbox = Mailbox(settings(imap_server, password="wrong"))
    with pytest.raises(LoginRefused, match="请检查授权码"):
        mailbox.open()
    assert not mailbox.is_open


def test_open_of_missing_folder_raises_temporary_failure(imap_server: ImapAccount) -> None:
    account = settings(imap_server)
    missing = ImapSettings(account.host, account.port, account.username, PASSWORD, Security.NONE, folder="没有")
    with pytest.raises(TemporaryFailure):
        Mailbox(missing).open()


def test_closed_mailbox_raises_server_failure(imap_server: ImapAccount) -> None:
    mailbox = opened(imap_server)
    mailbox.close()
    mailbox.close()
    assert not mailbox.is_open
    with pytest.raises(TemporaryFailure, match="已经断开"):
        mailbox.search_all()


@pytest.mark.parametrize("host", ["dovecot_server", "netease_proxy", "qq_proxy"])
def test_reading_changes_no_flags_and_no_seen_state(
    host: str, request: pytest.FixtureRequest, dovecot_server: Dovecot, new_user: str
) -> None:
    account: ImapAccount = request.getfixturevalue(host).account(new_user)
    for _ in range(3):
        account.append(large_letter(3000), NOON)
    with dovecot_server.client(new_user) as clerk:
        clerk.select("INBOX")
        clerk.store("2", "+FLAGS", r"(\Seen \Flagged)")
        before = clerk.fetch("1:*", "(UID FLAGS)")
    with closing(opened(account, 1000)) as mailbox:
        for uid, envelope in mailbox.fetch_summaries(mailbox.search(date(2023, 5, 15))).items():
            fetched(mailbox, uid, envelope.bytes)
            fetched(mailbox, uid, 1)
    with dovecot_server.client(new_user) as clerk:
        clerk.select("INBOX", readonly=True)
        after = clerk.fetch("1:*", "(UID FLAGS)")
        assert flags_of(after[1]) == flags_of(before[1]) == [set(), {rb"\Seen", rb"\Flagged"}, set()]
        assert clerk.search(None, "UNSEEN") == ("OK", [b"1 3"])


def test_search_all_returns_mails_of_any_day(imap_server: ImapAccount) -> None:
    for days in (0, 4000, 5):
        imap_server.append(LETTER, NOON - timedelta(days))
    with closing(opened(imap_server)) as mailbox:
        assert mailbox.search_all() == mailbox.search(date(2001, 1, 1))
        assert len(mailbox.search_all()) == 3


FOLDERS = ("垃圾邮件", "活动周", "活动周/JUNK", "Junkets")


@pytest.fixture(params=["dovecot_server", "netease_proxy", "qq_proxy"])
def account_with_folders(request: pytest.FixtureRequest, dovecot_server: Dovecot, new_user: str) -> ImapAccount:
    """An account with these folders, and one mail in the first of them."""
    with dovecot_server.client(new_user) as clerk:
        for folder in (*FOLDERS, VIRUS_FOLDER):
            clerk.create(quoted(folder))
        answer, text = clerk.append(quoted(FOLDERS[0]), "", imaplib.Time2Internaldate(NOON), LETTER)
        assert answer == "OK", text
    account: ImapAccount = request.getfixturevalue(request.param).account(new_user)
    return account


def quoted(folder: str) -> str:
    """A folder's name as it goes over the line (RFC 3501 5.1.3)."""
    return f'"{imap_utf7.encode(folder).decode("ascii")}"'


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("垃圾邮件", "广告邮件"), ("垃圾邮件",)),
        (("junk",), ("活动周/JUNK",)),
        (("垃圾邮件", "Junk", "活动周"), ("垃圾邮件", "活动周", "活动周/JUNK")),
        (("其他文件夹", "没有"), ()),
        ((), ()),
    ],
    ids=["one", "in other letters, inside another", "several", "none that may be opened", "no names"],
)
def test_folders_are_found_by_name(
    account_with_folders: ImapAccount, names: tuple[str, ...], found: tuple[str, ...]
) -> None:
    with closing(opened(account_with_folders)) as mailbox:
        assert tuple(sorted(mailbox.find_folders(names))) == tuple(sorted(found))


def test_select_folder_changes_the_folder_and_open_selects_the_first_again(account_with_folders: ImapAccount) -> None:
    with closing(opened(account_with_folders)) as mailbox:
        assert mailbox.search_all() == []
        assert mailbox.select_folder("垃圾邮件")
        assert mailbox.folder == "垃圾邮件"
        (uid,) = mailbox.search(date(2023, 5, 15))
        assert fetched(mailbox, uid, len(LETTER)) == LETTER
        mailbox.open()
        assert (mailbox.folder, mailbox.search_all()) == ("INBOX", [])


def test_folder_that_cannot_be_selected_keeps_the_connection(account_with_folders: ImapAccount) -> None:
    with closing(opened(account_with_folders)) as mailbox:
        assert not mailbox.select_folder("没有")
        assert (mailbox.folder, mailbox.is_open) == ("", True)
        mailbox.open()
        assert (mailbox.folder, mailbox.search_all()) == ("INBOX", [])


def test_virus_folder_of_netease_is_listed_and_cannot_be_selected(netease_proxy: ImapProxy, new_user: str) -> None:
    with netease_proxy.behind.client(new_user) as clerk:
        clerk.create(quoted(VIRUS_FOLDER))
    with closing(opened(netease_proxy.account(new_user))) as mailbox:
        assert mailbox.find_folders([VIRUS_FOLDER]) == (VIRUS_FOLDER,)
        assert not mailbox.select_folder(VIRUS_FOLDER)
        assert mailbox.is_open


def test_server_that_refuses_to_list_folders_has_none(netease: NeteaseServer) -> None:
    netease.retort["LIST"] = "{tag} BAD LIST Parse command error"
    with closing(opened(netease.account)) as mailbox:
        assert mailbox.find_folders(["Junk"]) == ()
        assert mailbox.is_open


def test_netease_is_read_after_id(netease: NeteaseServer) -> None:
    letter = large_letter(3000)
    netease.account.append(LETTER, NOON)
    netease.account.append(letter, NOON)
    with closing(opened(netease.account, 1000)) as mailbox:
        assert mailbox.uidvalidity == 1
        first, second = mailbox.search(date(2023, 5, 15))
        assert [mailbox.fetch_summaries([first, second])[uid].bytes for uid in (first, second)] == [
            len(LETTER),
            len(letter),
        ]
        assert (fetched(mailbox, first, len(LETTER)), fetched(mailbox, second, len(letter))) == (LETTER, letter)
    commands = [command.partition(" ")[0] for command in netease.commands if not command.startswith("CAPABILITY")]
    assert commands[:4] == ["LOGIN", "ID", "EXAMINE", "UID"]
    version = intake_bot.__version__
    assert f'ID ("name" "intake-bot" "version" "{version}" "vendor" "intake-bot")' in netease.commands
    assert "UID SEARCH SINCE 15-May-2023" in netease.commands


def test_netease_that_lost_the_id_receives_it_again(netease: NeteaseServer) -> None:
    netease.ids_wanted = 2
    with closing(opened(netease.account)) as mailbox:
        assert mailbox.search(date(2023, 5, 15)) == []


@pytest.mark.parametrize("says_bye", [False, True], ids=["NO", "BYE"])
def test_unsafe_login_is_refused_without_many_retries(netease: NeteaseServer, says_bye: bool) -> None:
    netease.ids_wanted = 1000
    netease.says_bye = says_bye
    with pytest.raises(LoginRefused, match="授权码"):
        Mailbox(settings(netease.account)).open()
    assert len([command for command in netease.commands if command.startswith("EXAMINE")]) == (1 if says_bye else 2)


def test_netease_with_wrong_password_raises_login_refused(netease: NeteaseServer) -> None:
    with pytest.raises(LoginRefused, match="Login error or password error"):
        Mailbox(settings(netease.account, password="wrong")).open()


def test_password_beyond_ascii_is_refused_without_contacting_the_server(netease: NeteaseServer) -> None:
    with pytest.raises(LoginRefused, match="非英文字符"):
        Mailbox(settings(netease.account, password="密码")).open()
    assert "LOGIN" not in " ".join(netease.commands)


@pytest.mark.parametrize(
    "retort", ["{tag} NO [UNAVAILABLE] Temporary authentication failure", "* BYE too many connections"]
)
def test_login_that_is_unavailable_is_no_wrong_password(netease: NeteaseServer, retort: str) -> None:
    netease.retort["LOGIN"] = retort
    with pytest.raises(TemporaryFailure):
        Mailbox(settings(netease.account)).open()


def test_summaries_left_out_by_the_server_are_requested_again(netease: NeteaseServer) -> None:
    for _ in range(3):
        netease.account.append(LETTER, NOON)
    with closing(opened(netease.account)) as mailbox:
        uids = mailbox.search(date(2023, 5, 15))
        netease.leaves_out = {uids[1]}
        assert sorted(mailbox.fetch_summaries(uids)) == uids


def test_fetch_ends_at_nil_past_the_end_of_the_mail(netease: NeteaseServer) -> None:
    netease.nil_past_the_end = True
    letter = large_letter(3000)
    netease.account.append(letter, NOON)
    with closing(opened(netease.account, 1000)) as mailbox:
        (uid,) = mailbox.search(date(2023, 5, 15))
        assert fetched(mailbox, uid, len(letter) + 1000) == letter


@pytest.mark.parametrize(
    ("command", "retort"),
    [
        ("UID FETCH", "* BYE going down"),
        ("UID FETCH", "* 1 FETCH (1 2)\r\n{tag} OK"),
        ("UID FETCH", "* 1 FETCH (UID 1446555803 RFC822.SIZE\r\n{tag} OK"),
        ("UID FETCH", "* 1 FETCH (UID x BODY[] NIL)\r\n{tag} OK"),
        ("UID FETCH", "* 1 FETCH (UID 1446555803 BODY x)\r\n{tag} OK"),
        ("UID SEARCH", "* SEARCH abc\r\n{tag} OK"),
        ("UID SEARCH", "{tag} NO SEARCH State error"),
        ("UID SEARCH", "什么"),
    ],
)
def test_response_that_is_no_imap_closes_the_connection(netease: NeteaseServer, command: str, retort: str) -> None:
    netease.account.append(LETTER, NOON)
    with closing(opened(netease.account)) as mailbox:
        (uid,) = mailbox.search(date(2023, 5, 15))
        netease.retort[command] = retort
        actions: dict[str, Callable[[], object]] = {
            "UID FETCH": lambda: mailbox.fetch(uid, 10, lambda _: None),
            "UID SEARCH": lambda: mailbox.search(date(2023, 5, 15)),
        }
        with pytest.raises(TemporaryFailure, match=f"{netease.host}:{netease.port}"):
            actions[command]()
        assert not mailbox.is_open
        netease.retort.clear()
        mailbox.open()
        assert mailbox.search(date(2023, 5, 15)) == [uid]


@pytest.mark.parametrize("retort", ["{tag} NO FETCH failed", "{tag} BAD what?"])
def test_refused_fetch_keeps_the_connection(netease: NeteaseServer, retort: str) -> None:
    netease.account.append(LETTER, NOON)
    with closing(opened(netease.account)) as mailbox:
        (uid,) = mailbox.search(date(2023, 5, 15))
        netease.retort["UID FETCH"] = retort
        with pytest.raises(FetchRefused, match=f"{netease.host}:{netease.port}"):
            mailbox.fetch(uid, 10, lambda _: None)
        netease.retort.clear()
        assert mailbox.is_open
        assert fetched(mailbox, uid, len(LETTER)) == LETTER


def test_unreachable_server_raises_temporary_failure() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        mailbox = Mailbox(ImapSettings("127.0.0.1", port, "a", "b", Security.NONE, timeout_seconds=5))
        with pytest.raises(TemporaryFailure, match=f"127.0.0.1:{port}"):
            mailbox.open()


def test_silent_server_raises_temporary_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        mailbox = Mailbox(ImapSettings("127.0.0.1", port, "a", "b", Security.NONE, timeout_seconds=0.2))
        with pytest.raises(TemporaryFailure, match="限定时间"):
            mailbox.open()


def server_tls() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE, SERVERS / "loopback.key")
    return context


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_tls_with_trusted_certificate_connects(security: Security) -> None:
    with ImapServer(PASSWORD, security, server_tls()) as server:
        account = server.account("a@example.edu.cn")
        account.append(LETTER, NOON)
        trusting = ImapSettings(
            account.host, account.port, account.user, PASSWORD, security, ca_file=CERTIFICATE, timeout_seconds=10
        )
        mailbox = Mailbox(trusting)
        mailbox.open()
        with closing(mailbox):
            (uid,) = mailbox.search(date(2023, 5, 15))
            assert fetched(mailbox, uid, len(LETTER)) == LETTER


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_tls_with_untrusted_certificate_raises_with_the_reason(security: Security) -> None:
    with ImapServer(PASSWORD, security, server_tls()) as server:
        doubting = ImapSettings(server.host, server.port, "a", "b", security, timeout_seconds=10)
        with pytest.raises(TemporaryFailure, match=r"证书没有通过验证.*ca_file"):
            Mailbox(doubting).open()


def test_missing_starttls_sends_no_password(netease: NeteaseServer) -> None:
    netease.retort["CAPABILITY"] = "* CAPABILITY IMAP4rev1 ID\r\n{tag} OK"
    account = netease.account
    with pytest.raises(TemporaryFailure):
        Mailbox(ImapSettings(account.host, account.port, account.user, PASSWORD, Security.STARTTLS)).open()
    assert "LOGIN" not in " ".join(netease.commands)


def test_unreadable_ca_file_is_named(tmp_path: Path) -> None:
    missing = ImapSettings("127.0.0.1", 1, "a", "b", ca_file=tmp_path / "ca.pem")
    with pytest.raises(PermanentFailure, match=r"ca\.pem"):
        Mailbox(missing).open()


def test_unencrypted_connection_is_allowed_for_loopback_only() -> None:
    with pytest.raises(ValueError, match="loopback"):
        ImapSettings("imap.126.com", 143, "a", "b", Security.NONE)


def test_settings_hide_the_password() -> None:
    assert "geheim" not in repr(ImapSettings("imap.126.com", 993, "a", "geheim"))
