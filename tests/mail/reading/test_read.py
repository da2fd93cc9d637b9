from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake_bot.mail.message import Address, Attachment, Message, ReadingLimits
from intake_bot.mail.reading.head import read_head
from intake_bot.mail.reading.read import read_message
from tests.mail.samples import raw_mail, read
from tests.marking import slow
from tests.odd_mails import FOLDER, ODD_MAILS, OddMail
from tests.work import assert_grows_linearly


def read_sample(name: str, tmp_path: Path) -> Message:
    return read_message(FOLDER / f"{name}.eml", tmp_path, ReadingLimits())


@pytest.mark.parametrize("odd", ODD_MAILS, ids=lambda odd: odd.mail)
def test_odd_mail_is_read_as_expected(odd: OddMail, tmp_path: Path) -> None:
    message = read_sample(odd.mail, tmp_path)
    text = None if odd.text is None else message.text.strip()
    found = (message.subject, text, tuple(one.name for one in message.attachments), message.exceeded_limits)
    assert found == (odd.subject, odd.text, odd.names, ())


def test_every_odd_mail_has_an_expectation() -> None:
    assert {odd.path for odd in ODD_MAILS} == set(FOLDER.iterdir())


def test_ordinary_mail_is_read_completely(tmp_path: Path) -> None:
    raw = raw_mail(
        "Return-Path: <zhang@qq.com>",
        "Received: from a by b; Wed, 17 May 2023 15:02:11 +0800 (CST)",
        'From: "=?utf-8?B?5byg5LiJ?=" <zhang@qq.com>',
        "To: py8991718@126.com, =?gbk?B?wO7LxA==?= <li@163.com>",
        "Cc: wang@edu.cn",
        "Reply-To: <office@edu.cn>",
        "Subject: =?utf-8?B?5rS75Yqo5ZGo?=",
        "Date: Wed, 17 May 2023 15:01:00 +0800",
        "Message-ID: <tencent_1@qq.com>",
        "In-Reply-To: <a@b>",
        "References: <x@y>\r\n <a@b>",
        "Content-Type: multipart/mixed; boundary=b",
        "",
        "--b",
        "Content-Type: multipart/alternative; boundary=c",
        "",
        "--c",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "正文",
        "--c",
        "Content-Type: text/html; charset=utf-8",
        "",
        "<p>正文</p>",
        "--c--",
        "--b",
        "Content-Type: text/plain; name=说明.txt",
        "Content-Transfer-Encoding: base64",
        "",
        "6K+05piO",
        "--b--",
    )
    content = "说明".encode()
    assert read(raw, tmp_path) == Message(
        headers={
            "return-path": ("<zhang@qq.com>",),
            "received": ("from a by b; Wed, 17 May 2023 15:02:11 +0800 (CST)",),
            "from": ('"张三" <zhang@qq.com>',),
            "to": ("py8991718@126.com, 李四 <li@163.com>",),
            "cc": ("wang@edu.cn",),
            "reply-to": ("<office@edu.cn>",),
            "subject": ("活动周",),
            "date": ("Wed, 17 May 2023 15:01:00 +0800",),
            "message-id": ("<tencent_1@qq.com>",),
            "in-reply-to": ("<a@b>",),
            "references": ("<x@y> <a@b>",),
            "content-type": ("multipart/mixed; boundary=b",),
        },
        subject="活动周",
        sender=Address("张三", "zhang@qq.com"),
        reply_to=Address("", "office@edu.cn"),
        to=(Address("", "py8991718@126.com"), Address("李四", "li@163.com")),
        cc=(Address("", "wang@edu.cn"),),
        message_id="<tencent_1@qq.com>",
        in_reply_to=("<a@b>",),
        references=("<x@y>", "<a@b>"),
        sent_at=datetime.fromisoformat("2023-05-17T15:01:00+08:00"),
        received_at=datetime.fromisoformat("2023-05-17T15:02:11+08:00"),
        text="正文",
        html="<p>正文</p>",
        attachments=(
            Attachment(
                "说明.txt",
                tmp_path / "parts" / "part-001",
                len(content),
                hashlib.sha256(content).hexdigest(),
                "text/plain",
            ),
        ),
        bytes=len(raw),
    )
    assert (tmp_path / "parts" / "part-001").read_bytes() == content
    assert read_head(tmp_path / "mail.eml").message_id == "<tencent_1@qq.com>"


def test_picture_shown_in_html_is_inline(tmp_path: Path) -> None:
    message = read_sample("nameless-attachments-and-inline-pictures", tmp_path)
    assert [one.is_inline for one in message.attachments] == [True, False, False]


def test_forwarded_mail_is_kept_as_one_attachment(tmp_path: Path) -> None:
    (forwarded,) = read_sample("forwarded-as-attachment", tmp_path).attachments
    assert forwarded.content_type == "message/rfc822"
    assert forwarded.path.read_bytes().startswith(b"Subject: inner\r\n")
    assert forwarded.path.read_bytes().endswith(b"\r\n--c--")


def test_times_with_cst_are_read_as_china_time(tmp_path: Path) -> None:
    message = read_sample("date-with-bare-cst", tmp_path)
    assert message.sent_at == datetime.fromisoformat("2023-05-17T15:01:00+08:00")
    assert message.received_at == datetime.fromisoformat("2023-05-17T15:02:11+08:00")


@pytest.mark.parametrize(
    ("fields", "sender"),
    [
        pytest.param(["Sender: a@b.cn"], Address("", "a@b.cn"), id="no From"),
        pytest.param(["From: 张三", "Return-Path: <a@b.cn>"], Address("", "a@b.cn"), id="From without address"),
        pytest.param(['From: "a\x01b" <a\x01b@c.cn>'], Address("", ""), id="control character"),
        pytest.param(
            ["From: =?utf-8?B?5byg5LiJCkJjYw==?= <a@b.cn>"],
            Address("张三 Bcc", "a@b.cn"),
            id="newline in name",
        ),
        pytest.param(["From: =?utf-8?B?YUBiLmNuCkJjYzogeEB5LmNu?="], Address("", ""), id="newline in address"),
        pytest.param(["From: 张三, 李四 <a@b.cn>"], Address("李四", "a@b.cn"), id="comma in a raw name"),
        pytest.param(["From: =?utf-8?Q?=E5=BC=A0,_a?= <a@b.cn>"], Address("张, a", "a@b.cn"), id="comma in a word"),
        pytest.param(['From: "service@bank.cn" <a@b.cn>'], Address("service@bank.cn", "a@b.cn"), id="address as name"),
        pytest.param(
            ["From: 教育局:办公室(1) <a@b.cn>"],
            Address("教育局:办公室(1)", "a@b.cn"),
            id="colon in a name",
        ),
        pytest.param(["From: undisclosed-recipients:;"], Address("", ""), id="empty group"),
    ],
)
def test_sender_is_read_from_first_field_with_an_address(fields: list[str], sender: Address, tmp_path: Path) -> None:
    assert read(raw_mail(*fields, "", "正文"), tmp_path).sender == sender


@pytest.mark.parametrize(
    ("raw", "limits", "cut"),
    [
        pytest.param(
            b"Subject: " + b"a" * 300 + b"\r\n\r\nx", ReadingLimits(header_bytes=1000), ("headers",), id="field"
        ),
        pytest.param(b"A: b\r\n" * 300 + b"\r\nx", ReadingLimits(header_bytes=1000), ("headers",), id="header"),
        pytest.param(
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 4,
            ReadingLimits(parts=3),
            ("parts",),
            id="parts",
        ),
        pytest.param(
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 2 + b"--b--\r\n",
            ReadingLimits(parts=3),
            (),
            id="just as many parts",
        ),
        pytest.param(
            b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(3))
            + b"\r\nx",
            ReadingLimits(depth=2),
            ("depth",),
            id="depth",
        ),
        pytest.param(b"\r\n" + "正文".encode() * 10, ReadingLimits(text_bytes=20), ("text",), id="text"),
        pytest.param(b"\r\n" + b"x" * 20, ReadingLimits(text_bytes=20), (), id="just fits"),
    ],
)
def test_mail_beyond_a_limit_reports_the_limit(
    raw: bytes, limits: ReadingLimits, cut: tuple[str, ...], tmp_path: Path
) -> None:
    assert read(raw, tmp_path, limits).exceeded_limits == cut


def test_text_beyond_the_limit_is_cut_between_characters(tmp_path: Path) -> None:
    assert read(b"\r\n" + "正文".encode() * 10, tmp_path, ReadingLimits(text_bytes=20)).text == "正文正文正文"


def test_mail_with_huge_field_is_read_after_it(tmp_path: Path) -> None:
    raw = b"X-Junk: " + b"a" * 5_000_000 + b"\r\nFrom: a@b.cn\r\nContent-Type: image/png\r\n\r\nx"
    message = read(raw, tmp_path)
    assert (message.sender.address, len(message.attachments), message.exceeded_limits) == ("a@b.cn", 1, ("headers",))


CONTAINER = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"Content-Type: text/plain; charset=undefined\r\n\r\n\xff\xfe", id="no charset"),
        pytest.param(
            b"Date: Wed, 99 May 99999 25:61:61 +9999\r\nReceived: ;;1 Jan 0001 00:00 +2359\r\n\r\n", id="dates"
        ),
    ],
)
def test_hostile_mail_is_read(raw: bytes, tmp_path: Path) -> None:
    assert read(raw, tmp_path).bytes == len(raw)


LEVEL = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
HOSTILE: dict[str, tuple[int, Callable[[int], bytes]]] = {
    "junk": (4000, lambda n: bytes(range(256)) * n),
    "NULs": (2_000_000, lambda n: b"\0" * n),
    "CRs": (2_000_000, lambda n: b"\r" * n),
    "tiny fields": (1_000_000, lambda n: b"a:\n" * n),
    "words": (60_000, lambda n: b"Subject: " + b"=?utf-8?B?5L2g?=\r\n " * n + b"\r\n\r\nx"),
    "words without end": (20_000, lambda n: b"Subject: " + b"=?a?q?" * n + b"\r\n\r\nx"),
    "long subject": (5_000_000, lambda n: b"Subject: " + b"a" * n + b"\r\n\r\nx"),
    "folded subject": (300_000, lambda n: b"Subject: " + b"a b c d e f g\r\n " * n + b"\r\n\r\nx"),
    "recipients": (100_000, lambda n: b"To: " + b"a@b.cn, " * n + b"\r\n\r\n"),
    "quotes": (20_000, lambda n: b"From: " + b'"\\"' * n + b"\r\n\r\n"),
    "brackets": (30_000, lambda n: b"From: " + b"<(" * n + b"\r\n\r\n"),
    "parts": (10_000, lambda n: CONTAINER + b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n" * n),
    "ends": (100_000, lambda n: CONTAINER + b"--b--\r\n" * n),
    "hyphens": (500_000, lambda n: CONTAINER + b"--\n" * n),
    "levels": (800, lambda n: b"".join(LEVEL % (level, level) for level in range(n))),
    "equal boundaries": (5000, lambda n: (CONTAINER + b"--b\r\n") * n),
    "parameters": (15_000, lambda n: b"Content-Type: image/png" + b';a="\\' * n + b"\r\n\r\n"),
    "sections": (6000, lambda n: b"Content-Type: image/png" + b"; name*0=a" * n + b"\r\n\r\n"),
    "punycode": (500_000, lambda n: b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-" * n),
}


@pytest.mark.slow
@pytest.mark.parametrize(("size", "make"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_mail_is_read_in_linear_time(
    size: int, make: Callable[[int], bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    def read_mail(size: int) -> None:
        raw = make(size)
        assert read(raw, tmp_path_factory.mktemp("mail")).bytes == len(raw)

    assert_grows_linearly(read_mail, size)


PIECES = st.sampled_from(
    [
        b"Content-Type: multipart/mixed; boundary=b\r\n",
        b'Content-Type: multipart/alternative; boundary="b"\n',
        b"Content-Type: text/html; charset=gb2312\r\n",
        b"Content-Type: image/png; name*0*=gbk'';name*1=x\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n",
        b'Content-Disposition: attachment; filename="=?gbk?B?wO7Lx?="\r\n',
        b"From: =?utf-8?Q?=?= <a@b.cn>\r\n",
        b"Subject: =?gbk?B?\r\n ?=\r\n",
        b"Date: Wed, 17 May 2023 15:02:11\r\n",
        b"Message-ID: <a@b>\r\n",
        b"\r\n",
        b"\r",
        b"\n",
        b"--b\r\n",
        b"--b--\r\n",
        b"--b",
        b"=\r\n",
        b"=E4",
        b"5L2g=",
        b"\xd6\xd0",
        b"\xe4\xbd",
        b"\0",
        b": ",
    ]
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES | st.binary(max_size=8), max_size=40).map(b"".join))
def test_any_bytes_are_read_as_a_message(tmp_path: Path, raw: bytes) -> None:
    message = read(raw, tmp_path)
    texts = (message.subject, message.text, message.html, message.sender.name, *(a.name for a in message.attachments))
    assert all(text.encode() is not None for text in texts)
    assert all(one.bytes == one.path.stat().st_size for one in message.attachments)
    assert read(raw, tmp_path) == message


def big_mail(path: Path, megabytes: int) -> None:
    line = b"A" * 76 + b"\r\n"
    with path.open("wb") as file:
        file.write(
            CONTAINER + b"--b\r\nContent-Type: video/mp4; name=1.mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        )
        for _ in range(megabytes):
            file.write(line * (1_000_000 * 4 // 3 // 76))
        file.write(b"--b--\r\n")


def long_line(path: Path, megabytes: int) -> None:
    with path.open("wb") as file:
        file.write(b"Content-Type: video/mp4\r\n\r\n")
        for _ in range(megabytes):
            file.write(b"A" * 1_000_000)


# In a process of its own, since the tests' own memory is large already. What Python allocates is what grows.
MEASURE = """
import sys, tracemalloc
from pathlib import Path
from intake_bot.mail.message import ReadingLimits
from intake_bot.mail.reading.read import read_message
tracemalloc.start()
read_message(Path(sys.argv[1]), Path(sys.argv[2]), ReadingLimits())
print(tracemalloc.get_traced_memory()[1])
"""


@pytest.mark.parametrize("write", [pytest.param(big_mail, id="base64"), slow(long_line, id="one line")])
def test_large_mail_is_read_in_constant_memory(write: object, tmp_path: Path) -> None:
    assert callable(write)
    peaks = []
    for megabytes in (3, 30):
        write(tmp_path / "big.eml", megabytes)
        command = [sys.executable, "-c", MEASURE, str(tmp_path / "big.eml"), str(tmp_path / "parts")]
        peaks.append(int(subprocess.run(command, check=True, capture_output=True).stdout))
    assert peaks[1] < peaks[0] * 1.2
    assert peaks[1] < 30_000_000
