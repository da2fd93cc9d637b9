"""A server that behaves as those of 163 and 126 do, and serves malformed mails too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intake_bot.demo.servers import SmtpServer
from tests.e2e.home import make_home
from tests.e2e.inspection import dump, fates, run, tree
from tests.e2e.mails import NOW, START, Fate, accepted_mail, few, rejected_mail
from tests.servers.netease import NeteaseServer

AT_NOW = ("--now", NOW.isoformat())


@pytest.fixture
def netease() -> Iterator[NeteaseServer]:
    with NeteaseServer() as server:
        yield server


@pytest.fixture
def home(netease: NeteaseServer, smtp_server: SmtpServer, tmp_path: Path) -> Path:
    return make_home(tmp_path / "home", {"hebei": netease.account}, smtp_server)


def test_coremail_mailbox_is_polled_like_any_other(netease: NeteaseServer, home: Path, smtp_server: SmtpServer) -> None:
    for mail in few():
        netease.account.append(mail.raw, mail.received)
    assert run("poll", "--home", home, *AT_NOW).code == 0
    assert fates(home) == [mail.fate for mail in few()]
    before = dump(home), smtp_server.letters
    assert run("poll", "--home", home, *AT_NOW).code == 0
    assert (dump(home), smtp_server.letters) == before


def test_other_mail_under_a_known_uid_is_new(netease: NeteaseServer, home: Path, smtp_server: SmtpServer) -> None:
    netease.account.append(accepted_mail(), START)
    assert run("poll", "--home", home, *AT_NOW).code == 0
    netease.mails.clear()
    netease.account.append(rejected_mail(), START + timedelta(hours=1))
    assert run("poll", "--home", home, *AT_NOW).code == 0
    assert fates(home) == [Fate.ACCEPTED, Fate.REJECTED]
    assert len(smtp_server.letters) == 2


def test_two_mails_with_one_message_id_are_both_judged(netease: NeteaseServer, home: Path) -> None:
    netease.account.append(accepted_mail(), START)
    netease.account.append(rejected_mail(), START)
    assert accepted_mail() != rejected_mail()
    assert run("poll", "--home", home, *AT_NOW).code == 0
    assert fates(home) == [Fate.ACCEPTED, Fate.REJECTED]


SUBJECT = b"Subject: =?utf-8?b?5rS75Yqo5ZGo55+z5a625bqE5biC5pWZ6IKy5bGA5YW45Z6L5qGI5L6L?=\r\n"
"""活动周石家庄市教育局典型案例"""
FROM = b"From: t@example.edu.cn\r\nTo: hbsjytzcc@163.com\r\n"

HOSTILE = {
    "noise": bytes(range(256)) * 200,
    "line ends only": b"\r\n\r\n",
    "no sender": SUBJECT + b"\r\ntext",
    "sender of nonsense": b"From: <@><<>>, ;\r\n" + SUBJECT + b"\r\ntext",
    "raw GBK": "From: 老师 <t@example.edu.cn>\r\nSubject: 活动周石家庄市教育局典型案例\r\n\r\n正文".encode("gbk"),
    "half a character": FROM + b"Subject: =?gb2312?B?u+6=?= =?gb2312?B?tq/W3A==?=\r\n\r\n",
    "unknown charset": FROM + SUBJECT + b"Content-Type: text/plain; charset=x-none\r\n\r\n\xff\xfe\x00",
    "a header of a megabyte": FROM + SUBJECT + b"X-Long: " + b"x" * 1_000_000 + b"\r\n\r\ntext",
    "a thousand recipients": b"To: " + b", ".join(b"a%d@example.edu.cn" % n for n in range(1000)) + b"\r\n" + FROM[:24],
    "boundary without parts": FROM + SUBJECT + b'Content-Type: multipart/mixed; boundary="x"\r\n\r\nno such thing',
    "parts in parts": FROM
    + SUBJECT
    + b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(200)),
    "path as a name": FROM
    + SUBJECT
    + b'Content-Type: text/plain\r\nContent-Disposition: attachment; filename="../../../../etc/passwd"\r\n\r\nroot',
    "device as a name": FROM
    + SUBJECT
    + b'Content-Type: text/plain\r\nContent-Disposition: attachment; filename="CON.txt\\"; <b>"\r\n\r\nx',
    "lines that inject": FROM + b"Subject: =?utf-8?q?=E6=B4=BB=E5=8A=A8=E5=91=A8=0D=0ABcc:_x=40y.z?=\r\n\r\ntext",
}


def test_malformed_mails_are_settled_and_do_no_harm(
    netease: NeteaseServer, home: Path, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    for raw in HOSTILE.values():
        netease.account.append(raw, START)
    netease.account.append(accepted_mail(), START)
    polled = run("poll", "--home", home, *AT_NOW)
    count = len(HOSTILE) + 1
    assert polled.code == 0, polled.out
    assert f"新邮件 {count} 封，处理完 {count} 封，未处理完 0 封" in polled.out
    assert "没能处理" not in run("held", "--home", home).out
    assert fates(home)[-1] is Fate.ACCEPTED
    assert {path.name for path in tmp_path.iterdir()} == {"home"}
    assert {name.split("/")[0] for name in tree(home / "data")} <= {
        "files",
        "health.json",
        "intake-bot.lock",
        "last-good-config.json",
        "parsed-config.json",
        "ledger.sqlite3",
        "ledger.sqlite3-shm",
        "ledger.sqlite3-wal",
        "spool",
    }
    for letter in smtp_server.letters:
        assert b"\nBcc:" not in letter.raw
    assert run("digest", "--home", home, *AT_NOW).code == 0
    assert run("held", "--home", home).code in (0, 1)
    assert run("ledger", "--home", home).code == 0
